"""Orders of the staff: what each records, what stands in its way, and that none of them is a colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.appointing import granted, new_staff
from domain.carry_out import Done, carry_out
from domain.facts import (
    SHANGHAI,
    Attest,
    By,
    Case,
    CaseKind,
    Contact,
    Cured,
    Declaration,
    Exposure,
    Fact,
    Isolation,
    IsolationMode,
    Recheck,
    Report,
    Review,
    Symptom,
    Upstream,
    Withdraw,
)
from domain.fields import BadRecord
from domain.orders import ORDERS, order_from_json
from domain.person import Person
from domain.roles import Grant, Refused, Role, Staff
from domain.scopes import Communities, GridCells, Institution
from domain.verdict import Colour, judge
from domain.withdrawals import withdrawal
from domain.world import World

D = date(2020, 3, 2)
PHOENIX = "640106001001"
LI = granted(new_staff("li.qiang", "李强", "凤凰社区"), Grant(Role.COMMUNITY_WORKER, Communities("640106")))
ELSEWHERE = granted(new_staff("ma.li", "马丽", "惠农社区"), Grant(Role.COMMUNITY_WORKER, Communities("6402")))
NURSE = granted(new_staff("chen.jing", "陈静", "第四医院"), Grant(Role.INSTITUTION_REPORTER, Institution("yinchuan-4")))
WARD = "yinchuan-4"


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2020, 3, 2, hour, tzinfo=SHANGHAI) + timedelta(days=day)


def day(n: int) -> date:
    return D + timedelta(days=n)


DECLARED = Declaration(id="d", at=at(0, 8), by=By.SELF, temperature=Decimal("36.5"))
LISTED = Contact(id="x", at=at(0, 9), exposed_on=D, isolation=Isolation(IsolationMode.HOME, D))
ILL = Case(id="c", at=at(0, 9), case=CaseKind.CONFIRMED, since=D)
STATED = Upstream(id="p", at=at(0, 9), colour="red")
FEVER = Report(id="f", at=at(1, 9), by=By.SELF, temperature=Decimal("38.0"))
GATE_FEVER = replace(FEVER, id="g", by=By.GATE)


def person(*facts: Fact, institution: str = "", community: str = PHOENIX) -> Person:
    return Person(bytes(12), 1, community=community, institution=institution).with_facts(DECLARED, *facts)


NOON = at(1)


def begun(text: str) -> dict[str, Any]:
    return {"from": text}


def give(order: str, who: Person, staff: Staff = LI, now: datetime = NOON, **fields: object) -> Done:
    return carry_out(order_from_json(order, fields), staff, who, "上门核实", now, World())


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        call()
    return refusal.value.reason


# --- what is recorded ------------------------------------------------------------------------------------------------


def test_isolation_of_somebody_who_is_not_listed_is_told_on_their_behalf() -> None:
    (fact,) = give("isolate", person(), **begun("2020-03-01")).facts
    assert isinstance(fact, Exposure)
    assert (fact.by, fact.isolation) == (By.WORKER, Isolation(IsolationMode.HOME, date(2020, 3, 1)))


def test_a_listed_contacts_isolation_may_turn_out_later_but_never_earlier() -> None:
    (later,) = give("isolate", person(LISTED), now=at(3), **begun("2020-03-04")).facts
    assert isinstance(later, Contact)
    assert (later.exposed_on, later.isolation) == (D, Isolation(IsolationMode.HOME, date(2020, 3, 4)))
    assert give("isolate", person(LISTED), now=at(3), **begun("2020-03-01")).facts == ()


def test_a_recheck_counts_when_it_is_normal_and_is_a_report_whenever_it_is_not() -> None:
    normal = give("recheck", person(LISTED), temperature="36.6").facts
    fever = give("recheck", person(LISTED), temperature="37.3").facts
    cough = give("recheck", person(LISTED), temperature="36.6", symptoms=["dry_cough"]).facts
    assert [type(fact) for fact in normal] == [Report, Recheck]
    assert [type(fact) for fact in (*fever, *cough)] == [Report, Report]


def test_attesting_and_reviewing_keep_their_reason() -> None:
    (attested,) = give("attest", person(), now=at(4), day="2020-03-04").facts
    (reviewed,) = give("review", person(FEVER), of="f").facts
    assert isinstance(attested, Attest)
    assert isinstance(reviewed, Review)
    assert (attested.day, attested.reason, reviewed.of, reviewed.reason) == (day(2), "上门核实", "f", "上门核实")


def test_a_review_that_measures_a_fever_is_a_report_of_it() -> None:
    (fact,) = give("review", person(FEVER), of="f", temperature="37.9").facts
    assert isinstance(fact, Report)
    assert (fact.by, fact.temperature) == (By.WORKER, Decimal("37.9"))


def test_a_ward_is_reported_also_for_days_before() -> None:
    (today,) = give("ward-report", person(institution=WARD), NURSE, at(5), temperature="36.5").facts
    (before,) = give("ward-report", person(institution=WARD), NURSE, at(5), temperature="36.5", day="2020-03-04").facts
    assert isinstance(today, Report)
    assert isinstance(before, Report)
    assert (today.by, today.taken, before.taken) == (By.INSTITUTION, None, at(2))


def test_a_stay_in_an_institution_from_admission_to_discharge() -> None:
    assert give("admit", person(ILL), NURSE, institution=WARD).institution == WARD
    (cured,) = give("cure", person(ILL, institution=WARD), NURSE, on="2020-03-03").facts
    assert cured == Cured(id=cured.id, at=at(1), on=day(1))
    assert give("discharge", person(ILL, institution=WARD), NURSE).institution == ""


def test_isolation_opens_a_task_and_its_end_closes_it() -> None:
    over = person(LISTED, Recheck(id="k", at=at(14, 9)))
    assert give("isolate", person(LISTED), **begun("2020-03-02")).opens == "isolation"
    assert give("release", over, now=at(14)).closes == "isolation"


def test_a_worker_of_the_community_puts_people_into_grid_cells_and_one_of_a_cell_takes_from_their_own_only() -> None:
    wu = granted(new_staff("wu.gang", "吴刚", "凤凰社区"), Grant(Role.COMMUNITY_WORKER, GridCells(PHOENIX, (3, 4))))
    assert give("grid", person(), cell=3).grid == 3
    assert give("grid", replace(person(), grid=3), wu, cell=5).grid == 5
    assert refused(lambda: give("grid", person(), wu, cell=3)) == "scope"
    with pytest.raises(BadRecord, match="cell"):
        give("grid", person(), cell=100)


@pytest.mark.parametrize("name", ORDERS)
def test_the_same_order_again_records_the_same_facts(name: str) -> None:
    who = person(ILL, LISTED, FEVER, institution=WARD, community=PHOENIX)
    who = replace(who, account="o1")
    fields: dict[str, Any] = {
        "from": "2020-03-03",
        "temperature": "36.6",
        "day": "2020-03-02",
        "of": "f",
        "institution": WARD,
    }
    fields |= {"on": "2020-03-03", "cell": 3}
    staff = NURSE if name in ("admit", "ward-report", "cure", "discharge") else LI
    if name == "release":
        who = replace(who, history=person(LISTED, Recheck(id="k", at=at(0, 10))).history)
    now = at(15) if name == "release" else at(1)
    first = give(name, who, staff, now, **fields)
    again = give(name, who.with_facts(*first.facts), staff, now + timedelta(minutes=1), **fields)
    assert {fact.id for fact in again.facts} <= {fact.id for fact in first.facts}


# --- what stands in the way ------------------------------------------------------------------------------------------

COUGHING = replace(FEVER, id="s", temperature=Decimal("36.5"), symptoms=frozenset({Symptom.DRY_COUGH}))

REFUSALS: tuple[tuple[str, str, Person, Staff, int, dict[str, object]], ...] = (
    ("scope", "attest", person(), ELSEWHERE, 1, {"day": "2020-03-02"}),
    ("scope", "attest", person(community=""), LI, 1, {"day": "2020-03-02"}),
    ("role", "cure", person(ILL, institution=WARD), LI, 1, {"on": "2020-03-02"}),
    ("role", "attest", person(institution=WARD), NURSE, 1, {"day": "2020-03-02"}),
    ("scope", "cure", person(ILL), NURSE, 1, {"on": "2020-03-02"}),
    ("scope", "ward-report", person(ILL, institution="guyuan-1"), NURSE, 1, {"temperature": "36.5"}),
    ("scope", "admit", person(ILL), NURSE, 1, {"institution": "guyuan-1"}),
    ("admitted_elsewhere", "admit", person(ILL, institution="guyuan-1"), NURSE, 1, {"institution": WARD}),
    ("nothing_to_isolate", "admit", person(), NURSE, 1, {"institution": WARD}),
    ("to_come", "cure", person(ILL, institution=WARD), NURSE, 1, {"on": "2020-03-04"}),
    ("to_come", "ward-report", person(institution=WARD), NURSE, 1, {"temperature": "36.5", "day": "2020-03-04"}),
    ("too_late", "ward-report", person(institution=WARD), NURSE, 4, {"temperature": "36.5", "day": "2020-03-02"}),
    ("too_late", "attest", person(), LI, 4, {"day": "2020-03-02"}),
    ("to_come", "attest", person(), LI, 1, {"day": "2020-03-04"}),
    ("to_come", "isolate", person(), LI, 1, {"from": "2020-03-04"}),
    ("too_late", "isolate", person(), LI, 14, {"from": "2020-03-02"}),
    ("nothing_to_isolate", "release", person(), LI, 1, {}),
    ("too_early", "release", person(LISTED), LI, 20, {}),
    ("too_early", "release", person(LISTED, Recheck(id="k", at=at(1, 9))), LI, 13, {}),
    ("no_such_record", "review", person(FEVER), LI, 1, {"of": "nothing"}),
    ("no_such_record", "review", person(), LI, 1, {"of": "d"}),
    ("not_measured", "review", person(GATE_FEVER), LI, 1, {"of": "g"}),
    ("nobody_claims", "confirm", person(), LI, 1, {}),
    ("nobody_claims", "confirm", replace(person(), account="o1"), LI, 1, {"account": "o2"}),
    ("nobody_claims", "confirm", replace(person(), account="o1", contesting=("o2",)), LI, 1, {}),
    ("scope", "attest", Person(bytes(12)), LI, 1, {"day": "2020-03-02"}),
)


@pytest.mark.parametrize(
    ("reason", "order", "who", "staff", "today", "fields"),
    REFUSALS,
    ids=[f"{row[1]} {row[0]} {number}" for number, row in enumerate(REFUSALS)],
)
def test_what_may_not_be_is_refused_with_its_reason(
    reason: str, order: str, who: Person, staff: Staff, today: int, fields: dict[str, object]
) -> None:
    assert refused(lambda: give(order, who, staff, at(today), **fields)) == reason


def test_the_last_day_of_each_deadline_is_in_time() -> None:
    assert give("ward-report", person(institution=WARD), NURSE, at(3), temperature="36.5", day="2020-03-02").facts
    assert give("attest", person(), LI, at(3), day="2020-03-02").facts
    assert give("isolate", person(), LI, at(13), **begun("2020-03-02")).facts


@pytest.mark.parametrize(("name", "staff"), [("attest", LI), ("discharge", NURSE)])
def test_every_order_needs_a_reason(name: str, staff: Staff) -> None:
    order = order_from_json(name, {"day": "2020-03-02"})
    assert refused(lambda: carry_out(order, staff, person(institution=WARD), " ", NOON, World())) == "no_reason"


def test_no_order_takes_red_away() -> None:
    """Whatever is ordered on the first day of a case, red stays red."""
    who = person(ILL, institution=WARD)
    orders: dict[str, dict[str, Any]] = {
        "isolate": {"from": "2020-03-02"},
        "recheck": {"temperature": "36.5"},
        "attest": {"day": "2020-03-02"},
    }
    facts = [fact for name, fields in orders.items() for fact in give(name, who, LI, at(1), **fields).facts]
    facts += give("cure", who, NURSE, at(1), on="2020-03-03").facts
    facts += give("ward-report", who, NURSE, at(1), temperature="36.5").facts
    assert judge(who.with_facts(*facts).history, at(1)).colour is Colour.RED


# --- withdrawing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", ["c", "x", "p"])
def test_cases_contacts_and_upstream_colours_are_withdrawn_once(of: str) -> None:
    who = person(ILL, LISTED, STATED)
    fact = withdrawal(who, of, "记录有误", NOON)
    after = who.with_facts(fact)
    assert (fact.of, fact.reason) == (of, "记录有误")
    assert of in {each.id for each in after.history.facts}
    assert refused(lambda: withdrawal(after, of, "记录有误", NOON)) == "no_such_record"


@pytest.mark.parametrize(
    ("of", "words", "reason"),
    [("f", "记录有误", "not_withdrawable"), ("nothing", "记录有误", "no_such_record"), ("c", " ", "no_reason")],
)
def test_nothing_else_is_withdrawn_and_nothing_without_a_reason(of: str, words: str, reason: str) -> None:
    assert refused(lambda: withdrawal(person(ILL, FEVER), of, words, NOON)) == reason


def test_a_withdrawn_case_is_as_if_it_had_never_been() -> None:
    who = person(ILL)
    after = who.with_facts(withdrawal(who, "c", "记录有误", at(1)))
    assert judge(after.history, at(1)).colour is judge(person().history, at(1)).colour
    assert any(isinstance(fact, Withdraw) for fact in after.history.facts)
