"""Two documents of one person: judged by all that is recorded under both, and apart again as if never linked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facts import Fact, History
from domain.fold import fold
from domain.linking import JUMP, carried, dropped, linked, unite, unlinked
from domain.people import Document, DocumentKind, Identity, Level
from domain.person import Person
from domain.roles import Grant, Refused, Role, Staff
from domain.scopes import Communities, Everywhere, Scope
from domain.verdict import World, judge
from tests.domain import telling as t
from tests.domain.lives import lives, worlds

LAST = 60
PHOENIX = "640106001002"
WHO = Identity("María-José", Document(DocumentKind.PASSPORT, "E1234567"))
A, B, C = b"a" * 12, b"b" * 12, b"c" * 12


def officer(scope: Scope | None = None, role: Role = Role.EPIDEMIC_OFFICER) -> Staff:
    return Staff("sun.yu", "孙玉", "疾控中心", (Grant(role, scope or Everywhere()),))


def person(pid: bytes, *facts: Fact) -> Person:
    level = Level.PHONE
    return Person(pid, 3, 0, WHO, "", PHOENIX, level, f"o{pid[:1].decode()}", history=History(facts))


@st.composite
def two_lives(draw: st.DrawFn) -> tuple[list[Fact], list[Fact]]:
    """What was recorded of one person, by chance under one document or the other."""
    whole = list({fact.id: fact for fact in [t.declared(), *draw(lives(0, LAST, busy=8))]}.values())
    first = [fact for fact in whole if draw(st.booleans())]
    return first, [fact for fact in whole if fact not in first]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(two_lives(), worlds(LAST), st.integers(0, LAST))
def test_the_main_record_is_judged_as_all_facts_together(
    life: tuple[list[Fact], list[Fact]], world: World, n: int
) -> None:
    main, second = person(A, *life[0]), linked(person(B, *life[1]), person(A, *life[0]), officer())
    after = carried(main, second, second.version, [second])
    assert after is not None
    at = t.when(n, "12:00:00")
    assert judge(after.history, at, world) == judge(History((*life[0], *life[1])), at, world)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(two_lives(), worlds(LAST))
def test_also_when_both_were_folded_before(life: tuple[list[Fact], list[Fact]], world: World) -> None:
    """Each was folded on its own, without what the other knows: what is left out is too old to colour anybody."""
    folded = [fold(History(tuple(facts)), t.day(LAST), world) for facts in life]
    at = t.when(LAST, "23:59:59")
    assert judge(unite(*folded), at, world).colour == judge(History((*life[0], *life[1])), at, world).colour


def test_it_is_carried_once_a_version_and_apart_again_as_it_was() -> None:
    main, second = person(A, t.declared()), linked(person(B, t.declared(), t.case(5)), person(A), officer())
    once = carried(main, second, 4, [second])
    assert once is not None
    assert [fact.id for fact in once.history.facts].count(t.declared().id) == 1
    assert carried(once, second, 4, [second]) is None
    recorded = once.with_facts(t.report(7))
    back = dropped(recorded, B, [])
    assert back is not None
    assert back == replace(main.with_facts(t.report(7)), recorded_by={})
    assert dropped(back, B, []) is None


def test_of_two_linked_documents_one_may_go_and_the_other_stays() -> None:
    main = person(A, t.declared())
    second, third = (linked(each, main, officer()) for each in (person(B, t.case(5)), person(C, t.report(9))))
    both = carried(carried(main, second, 4, [second]) or main, third, 4, [second, third])
    assert both is not None
    one = dropped(both, B, [third])
    assert one is not None
    assert {fact.id for fact in one.history.facts} == {t.declared().id, t.report(9).id}
    assert [link.pid for link in one.links] == [C]


def test_what_was_taken_back_elsewhere_stays_taken_back() -> None:
    case = t.case(5)
    second = linked(person(B, case), person(A), officer())
    main = carried(person(A, t.declared()), second, 4, [second])
    assert main is not None
    gone = main.with_facts(t.withdraw(case, 6))
    alone = unlinked(second, gone)
    assert (alone.alias_of, alone.version) == (b"", second.version + JUMP)
    assert t.withdraw(case, 6) in alone.history.facts


@pytest.mark.parametrize(
    ("second", "main", "staff", "reason"),
    [
        (person(B), person(A), officer(role=Role.COMMUNITY_WORKER, scope=Communities("64")), "role"),
        (person(B), person(A), officer(Communities("6402")), "scope"),
        (replace(person(B), community="640202001001"), person(A), officer(Communities("640106")), "scope"),
        (person(A), person(A), officer(), "same_document"),
        (person(B), Person(A), officer(), "main_undeclared"),
        (replace(person(B), alias_of=C), person(A), officer(), "linked_already"),
        (replace(person(B), level=Level.UNVERIFIED), person(A), officer(), "claim_open"),
        (replace(person(B), contesting=("oz",)), person(A), officer(), "claim_open"),
        (replace(person(B), institution="yinchuan-4"), person(A), officer(), "admitted_elsewhere"),
    ],
)
def test_a_link_is_refused(second: Person, main: Person, staff: Staff, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        linked(second, main, staff)
    assert refused.value.reason == reason
