"""Who is reminded at which hour: both sides of every threshold, and what holds on any days whatever happens on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channel.render import render
from domain.facts import (
    SHANGHAI,
    By,
    Case,
    CaseKind,
    Contact,
    Declaration,
    Fact,
    History,
    Isolation,
    IsolationMode,
    Report,
    Stay,
)
from domain.people import Level
from domain.person import Person
from domain.reminders import (
    BY_DEFAULT,
    GREY_DAYS,
    LAST_CALL_HOUR,
    OFF,
    SLOTS,
    WARNING_BY,
    Call,
    instant_of,
    is_quiet,
    minute_of,
    slot_of,
    slots_of,
)
from domain.verdict import NOWHERE, Colour, RiskArea, World
from worker.decisions.foreseen import notice
from worker.decisions.moment import Moment
from worker.decisions.reminders import (
    call_by_order,
    call_now,
    day_of_person,
    next_look,
    next_look_of,
    notice_is_due,
    reminder_letters,
    with_time_left,
)

PID = bytes((7, 128, 0, *range(9)))
"""Minute 30 of an hour; ten o'clock without a choice."""
TEN = PID
ELEVEN = bytes((7, 128, 1, *range(9)))
FIRST = date(2020, 3, 2)


def on(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """An instant of day D+n after the declaration on D."""
    return datetime(2020, 3, 2, hour, minute, tzinfo=SHANGHAI) + timedelta(days=day)


def reported(day: int, by: By = By.SELF, temperature: str = "36.5", hour: int = 7) -> Report:
    return Report(id=f"r{day}-{by}-{hour}", at=on(day, hour), by=by, temperature=Decimal(temperature))


def resident(*facts: Fact, remind: int = BY_DEFAULT, level: Level = Level.PHONE, pid: bytes = PID) -> Person:
    """Somebody who declared at seven on the morning of D."""
    declaration = Declaration(id="d", at=on(0, 7), by=By.SELF, temperature=Decimal("36.5"))
    history = History((declaration, *facts))
    return Person(pid, 1, account="o", level=level, history=history, remind=remind)


CONTACT = Contact(id="c", at=on(0, 7, 30), exposed_on=date(2020, 3, 1))
ISOLATED = replace(CONTACT, isolation=Isolation(IsolationMode.CENTRAL, date(2020, 3, 8)))
"""Until D+20; the own fourteen days are done before."""
CASE = Case(id="k", at=on(1, 7), case=CaseKind.CONFIRMED, since=date(2020, 3, 3))
YELLOW = (CONTACT, reported(1), reported(2))
"""Two days of the count are done on D+2."""


def look(person: Person, now: datetime, world: World = NOWHERE) -> datetime | None:
    moment = Moment(now, world)
    return next_look(person, moment.judge(person), moment)


@pytest.mark.parametrize(
    ("person", "now", "expected"),
    [
        (resident(), on(0, 8), on(1, 10, 30)),
        (resident(pid=ELEVEN), on(0, 8), on(1, 11, 30)),
        (resident(), on(1, 10, 29), on(1, 10, 30)),
        (resident(), on(1, 10, 30), on(2, 10, 30)),
        (resident(reported(1)), on(1, 8), on(2, 10, 30)),
        (resident(reported(1, By.GATE)), on(1, 8), on(2, 10, 30)),
        (resident(remind=20), on(1, 8), on(1, 20, 30)),
        (resident(remind=8), on(1, 8), on(1, 8, 30)),
        (resident(), on(3, 10, 29), on(3, 10, 30)),
        (resident(), on(3, 10, 30), on(3, 11, 30)),
        (replace(resident(), noticed=date(2020, 3, 5)), on(3, 10, 30), on(4, 10, 30)),
        (resident(remind=20), on(3, 8), on(3, WARNING_BY, 30)),
        (resident(remind=OFF), on(0, 8), on(3, 10, 30)),
        (resident(), on(3 + GREY_DAYS, 9), on(3 + GREY_DAYS, 10, 30)),
        (resident(), on(3 + GREY_DAYS, 10, 30), None),
        (resident(), on(4 + GREY_DAYS, 9), None),
        (resident(remind=OFF), on(4, 9), None),
        (resident(CONTACT), on(0, 9), on(1, 8, 30)),
        (resident(*YELLOW), on(3, 8, 29), on(3, 8, 30)),
        (resident(*YELLOW), on(3, 8, 30), on(3, 20, 30)),
        (resident(*YELLOW), on(3, 20, 30), on(4, 8, 30)),
        (resident(*YELLOW, reported(3)), on(3, 8, 29), on(4, 8, 30)),
        (resident(*YELLOW, reported(3, By.GATE)), on(3, 9), on(3, 20, 30)),
        (resident(*YELLOW, remind=12), on(3, 9), on(3, 12, 30)),
        (resident(*YELLOW, remind=OFF), on(3, 9), on(3, 20, 30)),
        (resident(CASE), on(1, 8), None),
        (replace(resident(), account=""), on(0, 8), None),
        (replace(resident(), erasing=True), on(0, 8), None),
        (Person(PID, 1, account="o", level=Level.PHONE), on(0, 8), None),
        (resident(*YELLOW, level=Level.UNVERIFIED), on(3, 9), on(3, 10, 30)),
        (resident(CASE, level=Level.UNVERIFIED), on(1, 9), on(1, 10, 30)),
    ],
    ids=[
        "whoever reported today: tomorrow",
        "others an hour later",
        "a minute before the own one",
        "at the own minute: the next day",
        "reported: tomorrow",
        "measured at a gate: a check-in too",
        "the latest hour of choice",
        "the earliest hour of choice",
        "the last green day, before the warning",
        "a warning that could not be told: in an hour again",
        "a warning that was told",
        "a late choice does not delay the warning",
        "no reminders: the last green day all the same",
        "the last grey day with a reminder",
        "after it the community's list has them",
        "long grey",
        "grey and no reminders",
        "yellow from today on",
        "yellow comes first",
        "and again in the evening",
        "after the last call: the next morning",
        "yellow and reported",
        "a gate's reading counts nothing for yellow",
        "yellow at the hour of choice",
        "yellow and no reminders: the last call all the same",
        "red: institutions report",
        "nobody to write to",
        "who wants to be erased",
        "who never declared",
        "unproved, as if the list did not know them",
        "unproved, and a case on a list",
    ],
)
def test_when_the_clock_looks_next(person: Person, now: datetime, expected: datetime | None) -> None:
    assert look(person, now) == expected


@pytest.mark.parametrize(
    ("person", "now", "expected"),
    [
        (resident(), on(1, 10, 29), None),
        (resident(), on(1, 10, 30), Call.USUAL),
        (resident(), on(1, 20, 59), Call.USUAL),
        (resident(reported(1)), on(1, 12), None),
        (resident(remind=OFF), on(1, 12), None),
        (resident(), on(3, 12), None),
        (resident(), on(4, 10, 29), None),
        (resident(), on(4, 10, 30), Call.GREY),
        (resident(), on(4 + GREY_DAYS, 12), None),
        (resident(*YELLOW), on(3, 8, 29), None),
        (resident(*YELLOW), on(3, 8, 30), Call.YELLOW),
        (resident(*YELLOW), on(3, 20, 29), Call.YELLOW),
        (resident(*YELLOW), on(3, 20, 30), Call.LAST),
        (resident(*YELLOW, remind=20), on(3, 20, 30), Call.LAST),
        (resident(CONTACT), on(0, 20, 30), None),
        (replace(resident(), history=History((CONTACT,))), on(1, 20, 30), None),
        (resident(*YELLOW, level=Level.UNVERIFIED), on(3, 20, 30), Call.USUAL),
        (resident(level=Level.UNVERIFIED), on(3 + GREY_DAYS, 12), Call.GREY),
        (resident(level=Level.UNVERIFIED), on(4 + GREY_DAYS, 12), None),
        (resident(CASE), on(1, 20, 30), None),
        (resident(replace(CONTACT, at=on(1, 7))), on(1, 20, 30), Call.USUAL),
        (resident(ISOLATED, *(reported(day) for day in range(1, 15))), on(14, 20, 30), None),
        (resident(ISOLATED, *(reported(day) for day in range(1, 15))), on(15, 20, 30), Call.USUAL),
        (resident(ISOLATED, *(reported(day) for day in range(1, 14))), on(14, 20, 30), Call.LAST),
    ],
    ids=[
        "before the own minute",
        "at the own minute",
        "late, after a standstill",
        "reported",
        "wants none",
        "a last green day has its warning",
        "grey, before the own minute",
        "grey",
        "long grey",
        "yellow, before the own minute",
        "yellow",
        "yellow, before the last call",
        "the last call",
        "the hour of choice is that of the last call",
        "yellow since today, and reported",
        "never declared",
        "unproved, no colour shows",
        "unproved, the last grey day with a reminder",
        "unproved and long grey",
        "red",
        "the day that begins a count is none of it",
        "the count is full, and so is today",
        "a full count loses nothing",
        "the last day of a count",
    ],
)
def test_what_the_clock_says_at_an_instant(person: Person, now: datetime, expected: Call | None) -> None:
    moment = Moment(now, World())
    day = day_of_person(person, moment.judge(person), moment)
    assert day is not None
    assert call_now(day) is expected


def test_a_green_that_a_listing_ends_tomorrow_is_reminded_as_on_any_day() -> None:
    """No check-in keeps it, so there is no warning that would say so."""
    stays = (Stay("武汉", date(2020, 3, 1)),)
    fact = Declaration(id="d", at=on(0, 7), by=By.SELF, temperature=Decimal("36.5"), stays=stays)
    person = replace(resident(), history=History((fact,)))
    world = World(risk_areas=(RiskArea("武汉", date(2020, 3, 4)),))
    moment = Moment(on(1, 12), world)
    verdict = moment.judge(person)
    day = day_of_person(person, verdict, moment)
    assert (verdict.colour, verdict.until) == (Colour.GREEN, date(2020, 3, 3))
    assert day is not None
    assert call_now(day) is Call.USUAL


def test_a_day_credited_to_everybody_reminds_nobody() -> None:
    moment = Moment(on(1, 12), World(outages=frozenset({date(2020, 3, 3)})))
    day = day_of_person(resident(), moment.judge(resident()), moment)
    assert day is not None
    assert (call_now(day), call_by_order(day)) == (None, None)


@pytest.mark.parametrize(
    ("person", "now", "words", "never"),
    [
        (resident(*YELLOW), on(3, 8, 30), ("第 3 天，共 14 天", "今天24时前", "从第1天重新数"), ("最后",)),
        (resident(*YELLOW), on(3, 20, 30), ("第 3 天，共 14 天", "还有 3 小时", "从第1天重新数"), ("提醒设置",)),
        (resident(), on(1, 12), ("今天24时前", "如 36.5"), ("黄码", "绿码", "天，共")),
        (resident(), on(4, 12), ("灰码", "今天24时前"), ("黄码",)),
        (resident(*YELLOW, level=Level.UNVERIFIED), on(3, 21), ("今天24时前",), ("黄码", "天，共")),
    ],
    ids=["yellow", "the last call", "green", "grey", "unproved"],
)
def test_the_words_of_a_reminder(person: Person, now: datetime, words: tuple[str, ...], never: tuple[str, ...]) -> None:
    moment = Moment(now, World())
    day = day_of_person(person, moment.judge(person), moment)
    assert day is not None
    call = call_now(day)
    assert call is not None
    (written,) = reminder_letters(day, call)
    text = render(with_time_left(written.says, now))
    assert all(word in text for word in words), text
    assert not any(word in text for word in never), text
    assert "打卡" in text
    assert written.says[0].args["asked"] is (call is Call.LAST)


def test_every_slot_has_one_minute_and_every_minute_four_or_five_slots() -> None:
    for minute in range(60):
        assert {minute_of(bytes((0, slot))) for slot in slots_of(minute, minute)} == {minute}
        assert len(slots_of(minute, minute)) in (4, 5)
    assert slots_of(0, 59) == range(SLOTS)


# --- any days --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """One message that nobody asked for. `call` None: what time brings."""

    at: datetime
    call: Call | None


def live(person: Person, days: list[int], standstills: set[int]) -> tuple[list[Written], dict[date, bool]]:
    """The clock looks at somebody for weeks, at every hour at the own minute, as the index says; on each day the person
    reports at that hour (24: never). In hours of `standstills` (counted from D) no leader is there.

    What was written; and per day, whether somebody yellow was missing with a count to lose when the last call was due.
    """
    written: list[Written] = []
    marks: set[tuple[date, bool]] = set()
    missing: dict[date, bool] = {}
    due: datetime | None = look(person, on(0, 7))
    for hour in range(8, 24 * len(days)):
        now = on(0, 0) + timedelta(hours=hour, minutes=minute_of(person.pid))
        number, clock = divmod(hour, 24)
        if clock == days[number]:
            person = replace(
                person, version=person.version + 1, history=person.history.plus(reported(number, hour=clock))
            )
            later = look(person, now)
            due = due if due is not None and due <= now else later
        moment = Moment(now, World())
        day = day_of_person(person, moment.judge(person), moment)
        assert day is not None
        if clock == LAST_CALL_HOUR and hour not in standstills:
            missing[now.date()] = Call.LAST in day.calls().values()
        if due is None or due > now or is_quiet(now) or hour in standstills:
            continue
        change = notice(person, moment) if notice_is_due(day) else None
        if change is not None:
            written.append(Written(now, None))
            marks.add((now.date(), False))
            person = change.after
            day = day_of_person(person, moment.judge(person), moment)
            assert day is not None
        elif (call := call_now(day)) is not None and (now.date(), call is Call.LAST) not in marks:
            written.append(Written(now, call))
            marks.add((now.date(), call is Call.LAST))
        due = next_look_of(day)
        assert due is None or due > now
    return written, missing


FORTNIGHTS = st.lists(st.sampled_from((8, 9, 12, 19, 24, 24)), min_size=20, max_size=20)
BEGUN = st.sampled_from(((), (CONTACT,), (reported(0, temperature="38.0"),)))
CHOICES = st.sampled_from((BY_DEFAULT, OFF, 8, 15, 20))
STANDSTILLS = st.sets(st.integers(0, 20 * 24), max_size=60)


@settings(max_examples=60, deadline=None)
@given(FORTNIGHTS, BEGUN, CHOICES, STANDSTILLS, st.binary(min_size=12, max_size=12))
def test_on_any_days_nobody_is_written_to_twice_nor_at_night_and_every_yellow_is_called(
    days: list[int], facts: tuple[Fact, ...], choice: int, standstills: set[int], pid: bytes
) -> None:
    written, missing = live(resident(*facts, remind=choice, pid=pid), days, standstills)
    assert not any(is_quiet(each.at) for each in written)
    for day in {each.at.date() for each in written}:
        unasked = [each.call for each in written if each.at.date() == day]
        assert len([call for call in unasked if call is not Call.LAST]) <= 1, unasked
        assert unasked.count(Call.LAST) <= 1
    called = {each.at.date() for each in written if each.call is Call.LAST}
    assert called == {day for day, yellow in missing.items() if yellow}


def test_the_property_sees_all_that_can_be_said() -> None:
    """Otherwise it would hold of a clock that never writes."""
    green, _ = live(resident(), [24] * 8, set())
    assert [each.call for each in green] == [Call.USUAL, Call.USUAL, None, *[Call.GREY] * GREY_DAYS]
    assert green[0].at == instant_of(PID, date(2020, 3, 3), 10)
    yellow, missing = live(resident(CONTACT), [8, 8, 24, 8], set())
    assert [each.call for each in yellow] == [Call.YELLOW, Call.LAST]
    assert [day.day for day, lost in missing.items() if lost] == [4]
    assert slot_of(PID) == 128
    assert Moment(on(1), World()).judge(resident(CONTACT)).colour is Colour.YELLOW
