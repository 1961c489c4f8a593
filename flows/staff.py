"""The staff's front desk: asked before the residents'. Most of what staff want needs the registry and other people's
records, so it becomes an Ask and is answered by a message; the reply says that it is under way.

A member of the staff is a resident too: whatever is none of the staff's words goes on to the residents' desk.
"""

from __future__ import annotations

from flows.core import Ask, Json, Say, Turn
from flows.ended import has_ended
from flows.questions import Scene
from flows.staff_words import StaffCommand, read

STILL = frozenset({StaffCommand.BIND, StaffCommand.POST, StaffCommand.UNBIND, StaffCommand.UNBIND_SURE})
"""What is done after the end of the notice too."""


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
        case _:
            return asked(scene, what, **parts)


def asked(scene: Scene, what: str, **args: Json) -> Turn:
    """The turn that has the desk behind do something."""
    return Turn(scene.session, (Say("asked"),), (Ask(what=what, args=args),))
