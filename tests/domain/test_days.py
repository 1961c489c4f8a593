"""The record of the last days, what can still be undone, and the last own day."""

from __future__ import annotations

from decimal import Decimal

from domain.days import DayRecord, last_own_day, last_own_report, recent_days
from domain.facts import History, Symptom
from domain.fold import fold
from tests.domain.telling import (
    CARER,
    GATE,
    INSTITUTION,
    SELF,
    WORKER,
    attest,
    daily,
    day,
    declared,
    gate,
    report,
    review,
    undo,
    when,
)


def test_the_record_tells_of_each_day_who_how_warm_and_what_of_it_stands() -> None:
    slip, ill = report(2, "38.0"), report(3, "37.5", Symptom.DRY_COUGH, clock="08:00:00")
    facts = (
        declared(), report(1, "36.2", by=CARER), gate(1, "36.9"), slip, undo(slip, minutes=1),
        ill, report(3, "36.8", by=WORKER), attest(4, recorded=5), report(6), gate(7, taken=(6, "20:00:00")),
    )  # fmt: skip
    assert recent_days(History(facts), day(6), 8) == (
        DayRecord(day(-1)),
        DayRecord(day(0), (SELF,), Decimal("36.5"), reported=True),
        DayRecord(day(1), (CARER, GATE), Decimal("36.9"), reported=True),
        DayRecord(day(2), undone=True),
        DayRecord(
            day(3), (SELF, WORKER), Decimal("37.5"), frozenset({Symptom.DRY_COUGH}), reported=True, abnormal=True
        ),
        DayRecord(day(4), attested=True),
        DayRecord(day(5)),
        DayRecord(day(6), (SELF,), Decimal("36.5"), reported=True),
    )


def test_a_reviewed_day_is_no_longer_abnormal() -> None:
    ill = report(1, "37.5")
    (record,) = recent_days(History((declared(), ill, review(ill, 1, "36.6"))), day(1), 1)
    assert (record.abnormal, record.temperature) == (False, Decimal("37.5"))


def test_a_folded_day_says_only_that_it_was_normal() -> None:
    folded = fold(History((declared(), *daily(1, 20))), day(20))
    records = recent_days(folded, day(20), 5)
    assert records[0] == DayRecord(day(16), reported=True, folded=True)
    assert records[1] == DayRecord(day(17), (SELF,), Decimal("36.5"), reported=True)


def test_the_last_own_report_can_be_undone_for_ten_minutes() -> None:
    first, second = report(1, clock="09:00:00"), report(1, "38.0", clock="09:05:00")
    history = History((declared(), first, second, gate(1)))
    assert last_own_report(history, when(1, "09:04:59")) == first
    assert last_own_report(history, when(1, "09:06:00")) == second
    assert last_own_report(history.plus(undo(second, minutes=1)), when(1, "09:06:00")) == first
    assert last_own_report(history, when(1, "09:15:00")) == second
    assert last_own_report(history, when(1, "09:15:01")) is None
    assert last_own_report(History((declared(),)), when(0, "09:10:00")) == declared()
    assert last_own_report(History((report(1, by=WORKER), report(1, by=GATE))), when(1, "09:01:00")) is None


def test_the_last_own_day_is_of_the_person_a_carer_a_worker_or_an_attestation() -> None:
    history = History((declared(), report(2, by=WORKER), *daily(3, 5, INSTITUTION), gate(6)))
    assert last_own_day(History()) is None
    assert last_own_day(history) == day(2)
    assert last_own_day(history.plus(attest(4, recorded=5))) == day(4)
    slip = report(7)
    assert last_own_day(history.plus(slip, undo(slip, minutes=2))) == day(2)
