"""我的数据 and 删除: what is stored about somebody, and its erasure."""

from __future__ import annotations

from dataclasses import replace

from domain.facts import Declaration, Exposure, Report, Undo
from domain.people import Claim
from domain.places import full_name
from flows.core import Known, Say, Session, Turn
from flows.effects import EndCare, Erase
from flows.kinds.texts import ExactWord
from flows.plain import Json
from flows.questions import Flow, Question, Scene
from flows.standing import colour_may_show
from flows.told import relative
from flows.words import ERASE_CONFIRM

ERASE_WORD = "确认删除"


def my_data(known: Known) -> Say:
    """What is stored, in numbers and masked: the chat may be read over somebody's shoulder.

    An unproved claim sees its own reports only: its history holds nothing else.
    """
    profile, history = known.profile, known.history
    reports = sum(1 for fact in history.facts if isinstance(fact, Declaration | Report))
    others = sum(1 for fact in history.facts if not isinstance(fact, Declaration | Report | Exposure | Undo))
    args: dict[str, Json] = {"name": profile.name, "document": profile.document, "phone": profile.phone}
    args |= {"community": full_name(profile.community), "address": profile.address}
    args |= {"reports": reports + len(history.normal), "others": others if colour_may_show(known) else 0}
    args |= {"exposures": sum(1 for fact in history.facts if isinstance(fact, Exposure))}
    carers: list[Json] = [[each.name, relative(each.relation)] for each in known.carers if each.active]
    return Say("my_data", {**args, "choice": known.remind, "carers": carers})


def _submit(scene: Scene) -> Turn:
    forgotten = forget(scene.session)
    if scene.known is None or scene.known.claim is Claim.CONTESTED:
        return Turn(forgotten, (Say("erased", {"person": False}),))
    ends = tuple(EndCare(pid=each.pid) for each in scene.family)
    return Turn(forgotten, (Say("erased", {"person": True}),), (Erase(pid=scene.known.pid), *ends))


def forget(session: Session) -> Session:
    """The session of somebody who is asked for consent anew. The limit on text messages is not reset."""
    return replace(session, consented_at=None, community="", conversation=None)


ERASURE = Flow(
    "erasure",
    "删除我的数据",
    (Question("sure", "删除后不能恢复，健康码会立即失效，要用须重新申报。", ExactWord(ERASE_WORD, ERASE_CONFIRM)),),
    _submit,
)
