"""The history of colours is what judging every instant in turn gives; and what stands behind each clause."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.changes import Change, changes
from domain.facts import SHANGHAI, Fact, History, day_of
from domain.fold import KEPT_DAYS, fold
from domain.grounds import grounds
from domain.verdict import Colour, World, judge
from tests.domain import telling as t
from tests.domain.lives import lives, worlds

LAST = 40
NOW = t.when(LAST, "12:00:00")
GREEN, GREY, YELLOW, RED = Colour.GREEN, Colour.GREY, Colour.YELLOW, Colour.RED


def judged_at_every_instant(facts: list[Fact], world: World) -> list[Change]:
    """Judge at every midnight and at every recording; keep what differs from the one before."""
    first = min((fact.at for fact in facts), default=NOW)
    days = range((day_of(NOW) - day_of(first)).days + 1)
    midnights = {datetime.combine(day_of(first) + timedelta(n), time(), SHANGHAI) for n in days}
    moments = sorted({*midnights, NOW, *(fact.at for fact in facts if fact.at <= NOW)})
    runs = [(first, Change(day_of(first), Colour.NONE, ()))]
    for moment in moments:
        verdict = judge(History(tuple(facts)), moment, world)
        if verdict.colour is not runs[-1][1].colour:
            runs.append((moment, Change(day_of(moment), verdict.colour, verdict.clauses)))
    return without_old_greys(runs)


def without_old_greys(runs: list[tuple[datetime, Change]]) -> list[Change]:
    """A grey that was over long ago is told as green."""
    ends = [*(moment - timedelta(microseconds=1) for moment, _ in runs[1:]), NOW]
    shown = [
        GREEN if each.colour is GREY and (day_of(NOW) - day_of(end)).days > KEPT_DAYS else each.colour
        for (_, each), end in zip(runs, ends, strict=True)
    ]
    return [
        Change(each.day, colour, each.clauses)
        for (_, each), colour, before in zip(runs[1:], shown[1:], shown[:-1], strict=True)
        if colour is not before
    ]


@given(lives(0, LAST), worlds(LAST))
def test_the_changes_are_those_of_judging_every_instant(facts: list[Fact], world: World) -> None:
    brute = judged_at_every_instant(facts, world)
    told = changes(History(tuple(facts)), NOW, world)
    assert list(told) == brute[-len(told) :] if told else brute == []


def test_a_whole_course_is_told_also_when_its_days_are_folded() -> None:
    facts: list[Fact] = [
        t.declared(0),
        t.case(1),
        t.cured(10),
        *t.daily(11, 24, t.INSTITUTION),
        *t.daily(25, 38, t.SELF),
    ]
    expected = [
        Change(t.day(0), GREEN, ("附件四(一)1·a",)),
        Change(t.day(1), RED, ("附件四(一)4",)),
        Change(t.day(24), YELLOW, ("附件四(一)5·b",)),
        Change(t.day(38), GREEN, ("附件四(一)1·a",)),
    ]
    history = History(tuple(facts))
    assert list(changes(history, NOW)) == expected
    assert list(changes(fold(history, t.day(LAST)), NOW)) == expected


def test_a_case_recorded_late_and_withdrawn_shows_on_the_days_on_which_it_was_told() -> None:
    case = t.case(1, recorded=3)
    facts: list[Fact] = [t.declared(0), *t.daily(1, 6), case, t.withdraw(case, 5)]
    told = changes(History(tuple(facts)), t.when(6))
    assert [(each.day, each.colour) for each in told] == [(t.day(0), GREEN), (t.day(3), RED), (t.day(5), GREEN)]


def test_the_first_grey_day_is_a_change_though_nothing_was_recorded() -> None:
    told = changes(History((t.declared(0), t.report(6))), t.when(6, "10:00:00"))
    assert [(each.day, each.colour) for each in told] == [(t.day(0), GREEN), (t.day(4), GREY), (t.day(6), GREEN)]


def test_nobody_who_has_not_declared_has_a_history() -> None:
    assert changes(History((t.case(0),)), t.when(3)) == ()


CASE, CONTACT, FEVER = t.case(1), t.contact(1), t.report(2, "38.0")
GATE = t.gate(2, "37.6")
TOLD = t.told(2, contact=1)
STATED = t.upstream(2, "red")


@pytest.mark.parametrize(
    ("facts", "behind"),
    [
        ([CASE], {"附件四(一)4": [CASE]}),
        ([CASE, t.withdraw(CASE, 2)], {"附件四(一)1·a": []}),
        ([CONTACT], {"附件四(一)3": [CONTACT]}),
        ([GATE], {"附件四(一)1·c": [GATE]}),
        ([FEVER], {"本地·1": [FEVER]}),
        ([FEVER, t.undo(FEVER, minutes=2)], {"附件四(一)1·a": []}),
        ([TOLD], {"本地·2": [TOLD]}),
        ([STATED], {"正文三": [STATED]}),
        ([CONTACT, FEVER], {"附件四(一)3": [CONTACT], "本地·1": [FEVER]}),
    ],
    ids=["case", "withdrawn", "contact", "gate", "fever", "undone", "told", "stated", "two"],
)
def test_behind_each_clause_are_its_facts(facts: list[Fact], behind: dict[str, list[Fact]]) -> None:
    found = grounds(History((t.declared(0), *facts)), t.when(2, "20:00:00"))
    assert {each.clause: list(each.facts) for each in found} == behind


def test_behind_a_count_of_days_is_what_it_waits_for() -> None:
    ill: list[Fact] = [t.case(1), t.cured(5), *t.daily(6, 19, t.INSTITUTION)]
    assert [each.facts for each in grounds(History((t.declared(0), *ill)), t.when(21))] == [(ill[0],)]
    fever = t.report(1, "38.0")
    assert [each.facts for each in grounds(History((t.declared(0), fever)), t.when(3))] == [(fever,)]


@given(lives(0, LAST), worlds(LAST), st.integers(0, LAST))
def test_every_clause_of_a_verdict_has_a_ground(facts: list[Fact], world: World, n: int) -> None:
    history, at = History((t.declared(0), *facts)), t.when(n, "20:00:00")
    verdict = judge(history, at, world)
    found = grounds(history, at, world)
    assert tuple(each.clause for each in found) == verdict.clauses
    if verdict.colour in (YELLOW, RED):
        assert all(each.facts for each in found)
