"""The staff's front desk: asked before the residents'. Most of what staff want needs the registry and other people's
records, so it becomes an Ask and is answered by a message; the reply says that it is under way.

A member of the staff is a resident too: whatever is none of the staff's words goes on to the residents' desk.
"""

from __future__ import annotations

import re

from flows.broadcasting import BROADCAST
from flows.catalogue import FLOWS
from flows.core import Say, Turn
from flows.ended import has_ended
from flows.engine import begin
from flows.questions import Scene
from flows.staff_asks import asked
from flows.staff_report import STAFF_REPORT, report_for
from flows.staff_words import StaffCommand, read

SIGN_IN = "console:"
"""How the scene of a QR of the console begins; behind it stands its code."""
STILL = frozenset(
    {
        StaffCommand.BIND,
        StaffCommand.POST,
        StaffCommand.UNBIND,
        StaffCommand.UNBIND_SURE,
        StaffCommand.CONSOLE,
        StaffCommand.SIGN_OUT,
    }
)
"""What is done after the end of the notice too."""

_BEFORE_CORRECTION = re.compile(r"^\s*更正广播\s*\d+[\s:：,，。.]*")
"""What stands behind it goes out as it was typed, with its lines and its full stops."""


def said(scene: Scene, text: str) -> Turn | None:
    """The turn of a word of the staff; None for everything else, and from everybody else."""
    duty = scene.desk.duty
    heard = read(text, frozenset(duty.roles) if duty else frozenset())
    if heard is None or (has_ended(scene) and heard[0] not in STILL):
        return None
    what, parts = heard
    match what:
        case StaffCommand.BIND if "code" not in parts:
            return Turn(scene.session, (Say("bind_how", {"bound": duty is not None}),))
        case StaffCommand.UNBIND:
            return Turn(scene.session, (Say("unbind_sure"),))
        case StaffCommand.REPORT_FOR:
            return report_for(scene, **parts, busy=_busy(scene))
        case StaffCommand.BROADCAST:
            return _busy(scene) or begin(BROADCAST, scene)
        case StaffCommand.BROADCAST_REJECT | StaffCommand.BROADCAST_CANCEL | StaffCommand.BROADCAST_CORRECT if (
            "reason" not in parts
        ):
            return Turn(scene.session, (Say("broadcast_why", {"what": what.value, "number": parts["number"]}),))
        case StaffCommand.BROADCAST_CORRECT:
            return asked(scene, what, number=parts["number"], reason=_BEFORE_CORRECTION.sub("", text, 1))
        case StaffCommand.DONE if "reason" not in parts:
            return Turn(scene.session, (Say("done_how", {"number": parts["number"]}),))
        case _:
            return asked(scene, what, **parts)


def scanned(scene: Scene, key: str) -> Turn | None:
    """The turn of a QR of the console: the page that shows it is to sign in. None for any other QR."""
    if not key.startswith(SIGN_IN):
        return None
    return asked(scene, "sign_in", code=key.removeprefix(SIGN_IN))


def _busy(scene: Scene) -> Turn | None:
    """Another conversation is under way: it is finished first, or left."""
    conversation = scene.session.conversation
    flow = FLOWS.get(conversation.flow) if conversation else None
    if flow is None or flow in (STAFF_REPORT, BROADCAST):
        return None
    return Turn(scene.session, (Say("in_the_middle", {"title": flow.title}),))
