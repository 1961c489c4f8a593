"""Why somebody has their colour: clauses in the notice's words, the records behind them, by whom, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.changes import Change, changes
from domain.facts import (
    By,
    Case,
    Contact,
    Cured,
    Declaration,
    Exposure,
    Fact,
    History,
    Report,
    Upstream,
    day_of,
)
from domain.grounds import Ground, grounds
from domain.notice import Clause
from domain.notices import in_force
from domain.outlook import earliest_change
from domain.verdict import Colour, World, judge
from flows.core import Known, Say
from flows.names import CASE_NAMES, MODE_NAMES, RECORDER_NAMES, SYMPTOM_NAMES
from flows.plain import Json
from flows.questions import Scene
from flows.standing import verdict_args, verdict_of
from flows.told import quoted, relative, told_day, words

RECORDS_SHOWN = 2
"""Records behind one clause; a fortnight of fevers would not fit into one message."""
FEW = 2
"""Clauses beside which there is room for that many records of each."""
CHANGES_SHOWN = 5
BRIEFLY = 1
"""Records and changes where an open question has to fit in beside them."""
LOOKS_SHOWN = 10
ORGANISATION_SHOWN = 24
"""Characters of an organisation's name, or of a purpose."""


def why(known: Known, scene: Scene) -> Say:
    """为什么: the colour with all that stands behind it, and how it came about."""
    desk = scene.desk
    verdict = verdict_of(known, desk)
    brief = scene.session.conversation is not None
    args = explained(known.history, known.recorded_by, desk.now, desk.world, brief)
    args |= {"since": told_day(verdict.since) if verdict.since else "", "notice": verdict.notice}
    told = changes(known.history, desk.now, desk.world)[-(BRIEFLY if brief else CHANGES_SHOWN) :]
    return Say("why", {**args, "changes": [_told_change(each) for each in reversed(told)]})


def looks(known: Known) -> Say:
    """谁看过我: the newest first."""
    newest = sorted(known.looks, key=lambda look: look.at, reverse=True)[:LOOKS_SHOWN]
    rows: list[Json] = [
        [told_day(day_of(each.at)), each.organisation[:ORGANISATION_SHOWN], each.purpose[:ORGANISATION_SHOWN]]
        for each in newest
    ]
    carers: list[Json] = [[each.name, relative(each.relation)] for each in known.carers if each.active]
    return Say("looks", {"looks": rows, "carers": carers})


def told_colour(before: Colour, history: History, recorded_by: Mapping[str, str], now: datetime, world: World) -> Say:
    """The message about a change of colour."""
    return Say("told_colour", {"before": before.value, **explained(history, recorded_by, now, world)})


def explained(
    history: History, recorded_by: Mapping[str, str], now: datetime, world: World, brief: bool = False
) -> dict[str, Json]:
    """The arguments of every template that explains a colour: colour, until, left, done, rounds, clauses, change.

    `brief`: the newest record only of each clause, and in another language no originals.
    """
    verdict = judge(history, now, world)
    ahead = earliest_change(history, now, world)
    found = grounds(history, now, world)
    records = BRIEFLY if brief or len(found) > FEW else RECORDS_SHOWN
    return {
        **verdict_args(verdict, now, world),
        "clauses": [_told_ground(each, recorded_by, now, records, brief) for each in found],
        "change": [told_day(ahead[1]), ahead[0].value] if ahead else None,
    }


def told_clause(clause: Clause) -> Json:
    """The notice's own words, or those of a decision made here, which need no original beside them."""
    return words(clause.words) if clause.local else quoted(clause.words)


def told_fact(fact: Fact) -> Json:
    """A recorded fact in a few words."""
    match fact:
        case Case(case=kind, since=since):
            return words("{what}，自{day}起", what=words(CASE_NAMES[kind]), day=told_day(since))
        case Cured(on=on):
            return words("{day}治愈", day=told_day(on))
        case Contact(isolation=None):
            return words("密切接触者")
        case Contact(isolation=isolation) if isolation is not None:
            return words(
                "密切接触者，{mode}自{day}起", mode=words(MODE_NAMES[isolation.mode]), day=told_day(isolation.begun)
            )
        case Report() | Declaration() if fact.symptoms or isinstance(fact, Report):
            return _told_report(fact)
        case Declaration() | Exposure():
            return words("申报的行程、接触或隔离")
        case Upstream():
            return words("上级平台的颜色")
        case _:
            return words("其他记录")


def _told_report(fact: Report | Declaration) -> Json:
    """The temperature, and the first of the symptoms."""
    temperature = str(fact.temperature)
    if not fact.symptoms:
        return words("体温 {temperature}℃", temperature=temperature)
    first = words(SYMPTOM_NAMES[min(fact.symptoms)])
    if len(fact.symptoms) == 1:
        return words("体温 {temperature}℃，{first}", temperature=temperature, first=first)
    return words("体温 {temperature}℃，{first}等", temperature=temperature, first=first)


def recorder(fact: Fact, recorded_by: Mapping[str, str]) -> Json:
    """Who recorded it: the organisation, never a private name."""
    if fact.id in recorded_by:
        return recorded_by[fact.id][:ORGANISATION_SHOWN]
    match fact:
        case Case() | Cured():
            return words("病例名单")
        case Contact():
            return words("接触者名单")
        case Upstream():
            return words("上级平台")
        case _:
            return words(RECORDER_NAMES[getattr(fact, "by", By.WORKER)])


def told_record(fact: Fact, recorded_by: Mapping[str, str]) -> Json:
    """A fact with who recorded it and when."""
    by, on = recorder(fact, recorded_by), told_day(day_of(fact.at))
    return words("{fact}（{by}，{day}）", fact=told_fact(fact), by=by, day=on)


def _told_ground(ground: Ground, recorded_by: Mapping[str, str], now: datetime, records: int, brief: bool) -> Json:
    """[clause, the notice's words, records]; the newest records of many."""
    clause = in_force(day_of(now)).clause(ground.clause)
    said = words(clause.words) if brief else told_clause(clause)
    return [ground.clause, said, [told_record(each, recorded_by) for each in ground.facts[-records:]]]


def _told_change(change: Change) -> Json:
    named: list[Json] = [] if change.colour is Colour.GREEN else list(change.clauses)
    return [told_day(change.day), change.colour.value, named]
