"""授权: what a resident allows a partner's system, by a code that it shows. Whose code it is, the desk behind says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from flows.core import Say, Turn
from flows.effects import Ask
from flows.plain import Json
from flows.questions import Scene
from flows.words import AUTHORISATIONS, DECLINES, Command, command_in, plain, word

SCENE_PREFIX = "authorise:"
WAITS = timedelta(minutes=10)

_ENDINGS = "。.!！~～"
_GIVE = re.compile(r"(?:授权|authori[sz]e)[\s:]*(?P<code>[0-9a-z][0-9a-z -]{0,30})?", re.IGNORECASE)
_END = re.compile(r"(?:撤销|撤消|取消|解除)授权\s*(?P<number>\d{1,6})?|revoke\s*(?P<n>\d{1,6})?", re.IGNORECASE)


def said(scene: Scene, text: str) -> Turn | None:
    """The turn of a word about authorisations; None for everything else."""
    bare = plain(text).strip(_ENDINGS).strip()
    if (turn := _answered(scene, bare)) is not None:
        return turn
    if word(text) in AUTHORISATIONS:
        return _needs_person(scene) or _asked(scene, "authorisations")
    if (match := _END.fullmatch(bare)) is not None:
        number = match["number"] or match["n"] or ""
        return _needs_person(scene) or _asked(scene, "authorisation_end", number=number)
    match = _GIVE.fullmatch(bare)
    return None if match is None else shown(scene, match["code"] or "")


def scanned(scene: Scene, key: str) -> Turn | None:
    """The turn of a scan of a partner's QR; None for other scenes."""
    return shown(scene, key.removeprefix(SCENE_PREFIX)) if key.startswith(SCENE_PREFIX) else None


def shown(scene: Scene, code: str) -> Turn:
    """A code was typed or scanned: who asks and for what is told first; nothing is allowed by it yet."""
    if not code:
        return Turn(scene.session, (Say("authorise_how"),))
    if (turn := _needs_person(scene)) is not None:
        return turn
    session = replace(scene.session, authorising=code, authorising_at=scene.at)
    return _asked(replace(scene, session=session), "authorise", code=code)


def _answered(scene: Scene, bare: str) -> Turn | None:
    """同意 or 不同意, while a code waits for it."""
    at, code = scene.session.authorising_at, scene.session.authorising
    if not code or at is None or not timedelta(0) <= scene.at - at < WAITS:
        return None
    yes, no = command_in(bare) is Command.AGREE, word(bare) in DECLINES
    if not yes and not no:
        return None
    done = replace(scene, session=replace(scene.session, authorising="", authorising_at=None))
    return _asked(done, "authorise_answer", code=code, yes=yes)


def _needs_person(scene: Scene) -> Turn | None:
    return Turn(scene.session, (Say("declare_first"),)) if scene.known is None else None


def _asked(scene: Scene, what: str, **args: Json) -> Turn:
    ask = Ask(what=what, args={**args, "at": scene.at.isoformat()})
    return Turn(scene.session, (Say("authorise_wait"),), (ask,))
