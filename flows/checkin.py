"""打卡: a temperature is the whole check-in. 不适 adds symptoms, a grey person tells trips and contacts again, 撤销."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from domain.days import last_own_report
from domain.facts import Declaration, Fact, History, Report, Symptom, Undo, day_of
from domain.verdict import Colour, colour_of
from flows.core import Desk, Known, Say, Turn
from flows.effects import Effect, Record
from flows.engine import begin
from flows.kinds.health import Symptoms, told_symptoms
from flows.kinds.summary import Summary
from flows.plain import Json
from flows.questions import Flow, Question, Scene, answered, either
from flows.reporting import CONTACT, TEMPERATURE, TRAVEL, exposure_from, is_abnormal, report_from
from flows.standing import colour_say, own_reports

MOST_NORMAL, MOST_ABNORMAL = 12, 24
"""Own reports of one day, after which one more says nothing new and is not kept: nobody can fill the database."""

UNWELL = "unwell"
LAPSED = "lapsed"
"""Presets of the conversation: something is wrong; the code is grey, so trips and contacts are asked again."""


def check_in(scene: Scene, temperature: Decimal | None, *, unwell: bool = False) -> Turn:
    """Today's check-in: at once when the temperature is all there is to know, else with what is still open."""
    known = scene.known
    if known is None:
        return Turn(scene.session, (Say("declare_first"),))
    presets: dict[str, Json] = {**scene.subject, LAPSED: _has_lapsed(known, scene.desk), UNWELL: unwell}
    if temperature is None and unwell:
        today = own_reports(known.history, scene.today)
        temperature = Decimal(today[-1][1]) if today else None
    if temperature is not None:
        presets["temperature"] = str(temperature)
    turn = begin(CHECKIN, scene, presets)
    if presets[LAPSED] and turn.session.conversation is not None and isinstance(turn.says, tuple):
        return replace(turn, says=(Say("checkin_lapsed", {}, scene.who), *turn.says))
    return turn


def undo(scene: Scene) -> Turn:
    """撤销: take back the last own report while that is still possible."""
    known = scene.known
    if known is None:
        return Turn(scene.session, (Say("declare_first"),))
    last = last_own_report(said_here(known.history, scene), scene.desk.now)
    if last is None:
        return Turn(scene.session, (Say("undo_nothing"),))
    fact = Undo(id=scene.effect_id(), at=max(scene.at, last.at), of=last.id)
    done = Say("undo_done", {"temperature": str(last.temperature), "symptoms": _told(last)})
    return Turn(scene.session, (done, colour_say(known, scene.desk, fact)), (Record(pid=known.pid, fact=fact),))


def said_here(history: History, scene: Scene) -> History:
    """What may be taken back: of a relative, only what this account has said itself."""
    if not scene.who:
        return history
    mine = (fact for fact in history.facts if isinstance(fact, Undo) or fact.id.startswith(f"{scene.session.tag}-"))
    return History(tuple(mine))


def _submit(scene: Scene) -> Turn:
    known = scene.known
    if known is None:
        return Turn(scene.session, (Say("declare_first"),))
    report = report_from(scene)
    exposure = exposure_from(scene, 1)
    earlier = len(own_reports(known.history, day_of(report.at)))
    if exposure is None and earlier >= (MOST_ABNORMAL if is_abnormal(report) else MOST_NORMAL):
        return Turn(scene.session, (Say("checkin_enough", {"earlier": earlier}), colour_say(known, scene.desk)))
    facts: tuple[Fact, ...] = (report, exposure) if exposure else (report,)
    effects: tuple[Effect, ...] = tuple(Record(pid=known.pid, fact=fact) for fact in facts)
    return Turn(scene.session, _confirmation(known, scene, facts, earlier), effects)


def _confirmation(known: Known, scene: Scene, facts: tuple[Fact, ...], earlier: int) -> tuple[Say, ...]:
    report = report_from(scene)
    said = Say("checkin_done", {"temperature": str(report.temperature), "symptoms": _told(report)})
    again = (Say("checkin_again", {"earlier": earlier}),) if earlier else ()
    alarm = (Say("abnormal"),) if is_abnormal(report) else ()
    return (said, *again, *alarm, colour_say(known, scene.desk, *facts))


def _tells_again(scene: Scene) -> bool:
    """Whether trips and contacts are asked: the code is grey, and nothing is wrong that must be recorded at once."""
    return scene.answers.get(LAPSED) is True and not (
        "temperature" in scene.answers and is_abnormal(report_from(scene))
    )


def _has_lapsed(known: Known, desk: Desk) -> bool:
    return colour_of(known.history, desk.now, desk.world) is Colour.GREY


def _told(report: Report | Declaration) -> Json:
    return told_symptoms([each.value for each in Symptom if each in report.symptoms]) if report.symptoms else ""


QUESTIONS: tuple[Question, ...] = (
    Question(
        "symptoms",
        "请选出{who}的不舒服，可以选几项。",
        Symptoms(some=True),
        answered(UNWELL, True),
        "今天的症状",
        fresh=True,
    ),
    TEMPERATURE,
    replace(TRAVEL[0], when=_tells_again),
    *TRAVEL[1:],
    replace(CONTACT[0], when=_tells_again),
    *CONTACT[1:],
    Question(
        "confirm",
        "请核对后确认。",
        Summary(lambda: QUESTIONS),
        either(answered("travelled", True), answered("contact", True)),
    ),
)

CHECKIN = Flow("checkin", "健康打卡", QUESTIONS, _submit)
