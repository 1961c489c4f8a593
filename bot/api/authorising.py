"""Authorise a caller: the client asks, the resident agrees in the chat, the client has a handle."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import cast

from bot.api import models
from bot.api.operations import Call, Operation
from channel.platform import SendError
from domain.invites import LENGTH, LETTERS, code_from, told_code
from domain.partners import authorisation
from domain.partners.bindings import ASKED_FOR
from domain.partners.rights import Right
from domain.roles import Refused
from flows.authorising import SCENE_PREFIX
from store.changes import Act
from worker.desk.authorising import unbind
from worker.partners.seeing import subject


def ask(call: Call) -> models.NewAuthorisation:
    """A code for the resident, and a QR for WeChat where the platform gives one now."""
    body, now = cast(models.Asked, call.body), call.ctx.clock.now()
    rights = tuple(right for right in Right if right.value in body.scopes)
    if lacking := [right for right in rights if right not in call.client.rights]:
        raise Refused("not_allowed", lacking[0].value)
    code = code_from([secrets.randbelow(len(LETTERS)) for _ in range(LENGTH)])
    asked = authorisation.Authorisation(call.client.id, body.user, rights, now + ASKED_FOR)
    id = call.ctx.authorisations.put(code, asked)
    told = _told(id, asked, now)
    return models.NewAuthorisation(**told.model_dump(), code=told_code(code), qr=_qr(call, code))


def look(call: Call) -> models.Authorisation:
    found = call.ctx.authorisations.read(call.path["id"])
    if found.client != call.client.id:
        raise Refused("authorisation_unknown")
    return _told(call.path["id"], found, call.ctx.clock.now())


def give_up(call: Call) -> models.Nothing:
    """The client wants nothing more of this resident; what it recorded stays."""
    about = subject(call.ctx, call.client, call.path["handle"], Right.QUERY)
    unbind(call.ctx, about.record.pid, call.client.id, Act(f"client {call.client.id}", "authorisation end"))
    return models.Nothing()


def _told(id: str, asked: authorisation.Authorisation, now: datetime) -> models.Authorisation:
    return models.Authorisation(
        id=id,
        user=asked.user,
        scopes=[cast(models.Personal, right.value) for right in asked.rights],
        state="expired" if asked.has_expired(now) else asked.stage,
        expires=asked.until,
        handle=asked.handle or None,
    )


def _qr(call: Call, code: str) -> str | None:
    try:
        seconds = int(ASKED_FOR.total_seconds())
        return call.ctx.platform(essential=False).create_qr(f"{SCENE_PREFIX}{code}", seconds)
    except SendError:
        return None


OPERATIONS = (
    Operation("askAuthorisation", "POST", "/authorisations", Right.AUTHORISE, "Ask a resident for an authorisation",
              ask, models.NewAuthorisation, models.Asked, status=201, problems=("not-allowed",)),
    Operation("authorisation", "GET", "/authorisations/{id}", Right.AUTHORISE, "How an authorisation stands", look,
              models.Authorisation, problems=("unknown-authorisation",)),
    Operation("endAuthorisation", "DELETE", "/residents/{handle}/authorisation", Right.AUTHORISE,
              "Give up an authorisation", give_up, models.Nothing,
              problems=("unknown-handle", "not-allowed", "changing")),
)  # fmt: skip
