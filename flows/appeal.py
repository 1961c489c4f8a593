"""申诉: what is wrong, in the resident's words and pictures, under a number; 申诉进度: what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from domain.appeals import DEADLINE, MOST_OPEN, Ticket, TicketState, number_of_ticket
from domain.places import full_name
from flows.core import Known, Say, Turn
from flows.effects import Appeal
from flows.explaining import told_record
from flows.kinds.appeals import Contested, Pictures
from flows.kinds.summary import Summary
from flows.kinds.texts import Text
from flows.plain import Json
from flows.questions import Flow, Question, Scene
from flows.told import in_chinese, told_moment

REGION = "64"
"""Owner of the appeal of somebody who belongs to no community yet."""
SHOWN = 4
REASON_SHOWN = 60
"""Characters of a reason in the list; the message about the decision had all of it."""
LONGEST_STORY = 120


def may_appeal(known: Known) -> bool:
    """Whether one more appeal can be filed: a few at a time, so that each is looked at."""
    return sum(each.is_open for each in known.tickets) < MOST_OPEN


def progress_of(known: Known) -> Say:
    """申诉进度: the newest first."""
    newest = sorted(known.tickets, key=lambda each: each.at, reverse=True)[:SHOWN]
    facts = {fact.id: fact for fact in known.history.facts}
    rows: list[Json] = [
        _told_ticket(each, told_record(facts[each.fact], known.recorded_by) if each.fact in facts else each.about)
        for each in newest
    ]
    return Say("appeals", {"tickets": rows})


def _told_ticket(ticket: Ticket, about: Json) -> Json:
    return {
        "number": ticket.number,
        "about": about,
        "state": ticket.state.value,
        "due": told_moment(ticket.due),
        "owner": full_name(ticket.owner),
        "outcome": str(ticket.outcome or ""),
        "reason": ticket.reason[:REASON_SHOWN],
        "organisation": ticket.decided_by,
    }


def _submit(scene: Scene) -> Turn:
    known = scene.known
    if known is None:
        return Turn(scene.session, (Say("declare_first"),))
    if not may_appeal(known):
        return Turn(scene.session, (Say("appeal_enough"), progress_of(known)))
    ticket = _ticket(known, scene)
    args: dict[str, Json] = {"number": ticket.number, "owner": full_name(ticket.owner), "due": told_moment(ticket.due)}
    return Turn(scene.session, (Say("appeal_filed", args),), (Appeal(pid=known.pid, ticket=ticket),))


def _ticket(known: Known, scene: Scene) -> Ticket:
    contested, pictures = scene.answers["contested"], scene.answers["pictures"]
    about = contested if isinstance(contested, Mapping) else {}
    return Ticket(
        number=number_of_ticket(scene.effect_id(), scene.at),
        at=scene.at,
        owner=known.profile.community or REGION,
        clause=str(about.get("clause", "")),
        fact=str(about.get("fact", "")),
        about=in_chinese(about.get("about", "")),
        text=str(scene.answers["story"]),
        pictures=tuple(str(each) for each in pictures) if isinstance(pictures, list) else (),
        due=scene.at + DEADLINE,
        state=TicketState.OPEN,
    )


QUESTIONS: tuple[Question, ...] = (
    Question("contested", "您觉得哪一条不对？", Contested(), label="申诉的内容"),
    Question(
        "story",
        "请写明哪里不对、实际情况是怎样的。",
        Text(example="我一直在家，没有接触过病例", most=LONGEST_STORY),
        label="情况说明",
    ),
    Question("pictures", "如果有证明，请拍照发来，最多3张。", Pictures(), label="图片"),
    Question("confirm", "请核对后确认。", Summary(lambda: QUESTIONS)),
)

APPEAL = Flow("appeal", "申诉", QUESTIONS, _submit)
