"""After the end of the notice (正文三·末): nothing is asked and nothing taken down any more, whatever is said.

What is stored can still be seen and erased, by those who agreed to its being stored.
"""

from __future__ import annotations

from dataclasses import replace

from domain.facts import day_of
from domain.notices import in_force
from flows.core import Say, Turn
from flows.plain import Json
from flows.privacy import ERASURE
from flows.questions import Scene
from flows.told import quoted, told_day
from flows.words import Command

STILL = frozenset({Command.RECORDS, Command.LOOKS, Command.APPEALS, Command.MY_DATA, Command.ERASE})
"""What is answered as before."""
INSIDE = frozenset({None, Command.CANCEL, Command.BACK, *STILL})
"""What is answered inside the conversation that erases; None is a text that is no command."""


def has_ended(scene: Scene) -> bool:
    """Whether the notice has ended by now."""
    return scene.desk.world.has_ended(day_of(scene.desk.now))


def closed(scene: Scene, command: Command | None) -> Turn | None:
    """That the code is out of use, with the clause; ends what was under way. None for what is still answered."""
    ends_on = scene.desk.world.ends_on
    if ends_on is None or not has_ended(scene) or _is_still_answered(scene, command):
        return None
    notice = in_force(day_of(scene.desk.now))
    clause = notice.clause(notice.ended)
    args: dict[str, Json] = {"day": told_day(ends_on), "clause": clause.id, "words": quoted(clause.words)}
    args["stored"] = scene.known is not None and scene.session.consented_at is not None
    return Turn(replace(scene.session, conversation=None), (Say("ended", args),))


def _is_still_answered(scene: Scene, command: Command | None) -> bool:
    conversation = scene.session.conversation
    if scene.session.consented_at is None:
        return False
    return command in STILL if conversation is None else conversation.flow == ERASURE.name and command in INSIDE
