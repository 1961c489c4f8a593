"""全家 36.5 36.4 36.6: everybody's check-in in one message, in the order shown.

All normal, it is recorded at once, and the answer is the summary: to have mixed up two normal readings harms nobody,
and 全家撤销 takes all of them back. A fever, or a grey code, is confirmed first.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from domain.days import last_own_report
from domain.facts import By, Report, Undo, day_of
from domain.notices import in_force
from domain.reject import Reject
from domain.verdict import Colour
from flows.checkin import MOST_ABNORMAL, said_here
from flows.core import Known, Say, Turn
from flows.effects import Effect, Record
from flows.engine import begin, reject_say
from flows.family_order import acting, called, wanted_order
from flows.family_words import readings_in
from flows.kinds.family import LAPSED, READINGS, FamilySummary, Unchanged, readings_of
from flows.plain import Json
from flows.questions import Flow, Question, Scene
from flows.standing import colour_may_show, own_reports, verdict_args, verdict_of
from flows.temperature import read_temperature
from flows.told import READER


def family_check_in(scene: Scene, text: str) -> Turn:
    """Everybody's reading, or the order in which they are wanted."""
    people, typed = acting(scene), readings_in(text)
    if not people or len(typed) != len(people):
        return Turn(scene.session, (wanted_order(scene, len(typed)),))
    readings: list[Decimal] = []
    for person, each in zip(people, typed, strict=True):
        try:
            reading = read_temperature(each)
        except Reject as reject:
            named = Say("family_reading", {"typed": each[:10]}, person.relation)
            return Turn(scene.session, (named, reject_say(reject)))
        if reading is None:
            return Turn(scene.session, (wanted_order(scene, len(typed)),))
        readings.append(reading)
    rows: list[Json] = [
        [person.pid.hex(), called(person), str(reading)] for person, reading in zip(people, readings, strict=True)
    ]
    grey: list[Json] = [called(person) for person in people if verdict_of(person, scene.desk).colour is Colour.GREY]
    fever = in_force(scene.today).limits.fever.value
    here = replace(scene, answers={READINGS: rows, LAPSED: grey})
    if not grey and all(reading < fever for reading in readings):
        return _recorded(here)
    return begin(FAMILY_CHECKIN, scene, here.answers)


def family_undo(scene: Scene) -> Turn:
    """全家撤销: the last report that this account made of each, while that is still possible."""
    undone: list[Json] = []
    effects: list[Effect] = []
    for person in acting(scene):
        here = scene.about(person) if person.relation else scene
        last = last_own_report(said_here(person.history, here), scene.desk.now)
        if last is not None:
            fact = Undo(id=scene.effect_id(len(effects)), at=max(scene.at, last.at), of=last.id)
            effects.append(Record(pid=person.pid, fact=fact))
            undone.append([called(person), str(last.temperature)])
    if not effects:
        return Turn(scene.session, (Say("undo_nothing"),))
    return Turn(scene.session, (Say("family_undone", {"rows": undone}),), tuple(effects))


def _recorded(scene: Scene) -> Turn:
    """Who is still of the family, each with their reading; whoever's trips have to be asked is left out and named."""
    people = {person.pid.hex(): person for person in acting(scene)}
    grey = scene.answers.get(LAPSED)
    left_out = grey if isinstance(grey, list) and scene.answers.get("unchanged") is False else []
    effects: list[Effect] = []
    rows: list[Json] = []
    alarms: list[Json] = []
    for pid, name, reading in readings_of(scene):
        person = people.get(pid)
        if person is None or name in left_out:
            continue
        report = _report(scene, person, reading, len(effects))
        enough = len(own_reports(person.history, scene.today)) >= MOST_ABNORMAL
        if not enough:
            effects.append(Record(pid=person.pid, fact=report))
        rows.append([name, reading, *_standing(person, scene, None if enough else report)])
        if report.temperature >= in_force(day_of(report.at)).limits.fever.value:
            alarms.append(name)
    missing: list[Json] = [name for _, name, _ in readings_of(scene) if name in left_out]
    # The first relative left out, as an example of what to type; oneself is reported without a name.
    example = next((name for name in missing if name != READER), "")
    said = Say("family_done", {"rows": rows, "left_out": missing, "alarms": alarms, "example": example})
    return Turn(scene.session, (said,), tuple(effects))


def _report(scene: Scene, person: Known, reading: str, index: int) -> Report:
    by = By.CARER if person.relation else By.SELF
    return Report(id=scene.effect_id(index), at=scene.at, by=by, temperature=Decimal(reading))


def _standing(person: Known, scene: Scene, report: Report | None) -> tuple[Json, Json]:
    """(colour, until) as far as they may show."""
    if not colour_may_show(person):
        return "unverified", ""
    args = verdict_args(verdict_of(person, scene.desk, *([report] if report else [])), scene.desk.now, scene.desk.world)
    return args["colour"], args["until"]


FAMILY_CHECKIN = Flow(
    "family_checkin",
    "全家打卡",
    (
        Question("unchanged", "", Unchanged(), lambda scene: bool(scene.answers.get(LAPSED)), fresh=True),
        Question("confirm", "请核对每个人的体温。", FamilySummary(), fresh=True),
    ),
    _recorded,
)
