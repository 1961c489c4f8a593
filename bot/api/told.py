"""Values of the house as the API tells them."""

from __future__ import annotations

from bot.api import models
from bot.api.operations import Call
from domain.partners.display import State
from domain.roles import Refused
from worker.partners.seeing import Seen, Subject, handle_of, seen


def resident(each: Seen) -> models.Resident:
    then = [models.Step(since=step.since, state=step.state) for step in each.display.then]
    shown = each.display
    return models.Resident(handle=each.handle, version=each.version, state=shown.state, until=shown.until, then=then)


def resident_now(call: Call, about: Subject) -> models.Resident:
    """As it is after what was just written."""
    return resident_of(call, handle_of(call.ctx, call.client, about.record))


def resident_of(call: Call, handle: str) -> models.Resident:
    """Raises Refused (`unknown_handle`)."""
    found = seen(call.ctx, call.client, [handle])
    if not found or found[0].display.state is State.WITHDRAWN:
        raise Refused("unknown_handle")
    return resident(found[0])
