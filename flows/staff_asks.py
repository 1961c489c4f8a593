"""What staff ask of the desk behind."""

from __future__ import annotations

from flows.core import Say, Turn
from flows.effects import Ask
from flows.plain import Json
from flows.questions import Scene


def asked(scene: Scene, what: str, **args: Json) -> Turn:
    """The turn that has the desk behind do something; `at`, the instant that was meant, goes with it."""
    return Turn(scene.session, (Say("asked"),), (Ask(what=what, args={**args, "at": scene.at.isoformat()}),))
