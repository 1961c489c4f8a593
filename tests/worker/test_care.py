"""Who may act for whom, on a real server: two accounts, their races, and what each of them sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import redis

from domain.care import MOST_CARERS, Capacity, shown
from domain.facts import By, Case, CaseKind, Declaration, Report, Undo
from domain.orders import Confirm
from domain.people import Claim, Identity, Level
from domain.person import Person
from domain.roles import Grant, Refused, Role, Staff
from domain.scopes import Communities
from flows.core import Known
from flows.effects import AddCare, AnswerCare, EndCare, Erase, Record, Standing
from store.changes import Act
from store.keys import account_tag, shard_of
from store.known import family_of, known_of
from tests.stage import NOW, PHOENIX, FixedClock, commit, declare, identity, openid, pid_of, stage
from worker.context import Context
from worker.decisions.ordering import order
from worker.decisions.recording import record
from worker.delivery import letters
from worker.jobs import settle_lane

MOTHER, FATHER, GRANNY, STRANGER = openid(1), openid(2), openid(3), openid(4)
CHILD = replace(identity(7), name="王乐", phone="")
CASE = Case(id="c1", at=NOW - timedelta(days=1), case=CaseKind.CONFIRMED, since=NOW.date())
ACT = Act("网格员 李强", "seen")
LI_QIANG = Staff("li.qiang", "李强", "凤凰社区", (Grant(Role.COMMUNITY_WORKER, Communities(PHOENIX)),))


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    return stage(valkey_url, tmp_path, SETTLE_LANES="1")


def do(ctx: Context, who: str, effect: Standing, of: Identity = CHILD) -> None:
    said(ctx, who, effect, of)
    settle_lane(ctx, 0)


def said(ctx: Context, who: str, effect: Standing, of: Identity = CHILD) -> None:
    """Committed, and not settled yet."""
    commit(ctx, who, (pid_of(ctx, of), effect))


def person(ctx: Context, of: Identity = CHILD) -> Person:
    pid = pid_of(ctx, of)
    return ctx.people.read([pid])[pid]


def add(who: str, relation: str = "乐乐", of: Identity = CHILD, own: bool = False, at: datetime = NOW) -> AddCare:
    fact = Declaration(id=f"{account_tag(who)}-care", at=NOW, by=By.CARER, temperature=Decimal("36.6"))
    home = {} if own else {"community": PHOENIX, "address": "幸福路 1 号", "fact": fact}
    return AddCare(identity=of, relation=relation, at=at, asker="王*", **home)  # type: ignore[arg-type]  # some of its fields


def family(ctx: Context, who: str) -> tuple[Known, ...]:
    return family_of(ctx.accounts.read(who), *ctx.views.read(who))


def report(ctx: Context, who: str, number: int, temperature: str = "36.4", of: Identity = CHILD) -> Record:
    name = f"{account_tag(who)}-{number}"
    fact = Report(id=name, at=NOW, by=By.CARER, temperature=Decimal(temperature))
    return Record(pid=pid_of(ctx, of), fact=fact)


def reports(ctx: Context, of: Identity = CHILD) -> set[str]:
    return {fact.id for fact in person(ctx, of).history.facts}


def told(ctx: Context, who: str) -> list[str]:
    """What stands on the post of an account, by template, or by kind where it says nothing; `care_told` with which."""
    opened = [letters.unseal(ctx.vault, e.fields[b"b"]) for e in ctx.streams.read("post", [shard_of(who)], 50)]
    mine = [letter for letter in opened if letter.openid == who]
    return [
        f"{say.template}:{say.args['result']}" if "result" in say.args else say.template
        for letter in mine
        for say in letter.says
    ] + [each.kind for each in mine if not each.says]


# --- somebody without an account -------------------------------------------------------------------------------------


def test_a_child_is_added_at_once_as_a_claim_that_the_worker_confirms(ctx: Context) -> None:
    do(ctx, MOTHER, add(MOTHER))
    (child,) = family(ctx, MOTHER)
    assert (child.claim, child.level, child.relation, child.capacity) == (
        Claim.BOUND,
        Level.UNVERIFIED,
        "乐乐",
        Capacity.CARER,
    )
    assert [task.about for task in ctx.tasks.open(PHOENIX)] == ["confirm"]
    assert told(ctx, MOTHER) == ["care_told:added"]
    ctx.people.write([order(Confirm(), LI_QIANG, person(ctx), "看过户口本", ctx.moment())])
    settle_lane(ctx, 0)
    assert family(ctx, MOTHER)[0].level is Level.CONFIRMED
    assert ctx.tasks.open(PHOENIX) == []
    assert told(ctx, MOTHER)[1:] == ["told_confirmed"]


def test_below_phone_verified_a_carer_learns_nothing_that_came_from_a_list(ctx: Context) -> None:
    assert ctx.people.write([record(person(ctx), CASE, ACT, ctx.moment())]) == [True]
    do(ctx, MOTHER, add(MOTHER))
    assert CASE not in family(ctx, MOTHER)[0].history.facts
    ctx.people.write([order(Confirm(), LI_QIANG, person(ctx), "看过户口本", ctx.moment())])
    settle_lane(ctx, 0)
    assert CASE in family(ctx, MOTHER)[0].history.facts
    assert "told_colour" in told(ctx, MOTHER)


def test_two_carers_who_add_the_same_child_at_once_never_both_have_it(ctx: Context) -> None:
    said(ctx, MOTHER, add(MOTHER))
    said(ctx, FATHER, add(FATHER, "儿子"))
    settle_lane(ctx, 0)
    states = {who: [each.capacity for each in family(ctx, who)] for who in (MOTHER, FATHER)}
    first, second = (MOTHER, FATHER) if states[MOTHER] == [Capacity.CARER] else (FATHER, MOTHER)
    assert states == {first: [Capacity.CARER], second: [Capacity.ASKING]}
    (waiting,) = family(ctx, second)
    assert (waiting.history.facts, waiting.profile.name, waiting.profile.document) == ((), "", "")
    assert reports(ctx) == {f"{account_tag(first)}-care"}
    assert told(ctx, second) == ["care_told:community"]
    assert "care_asked" in told(ctx, first)
    do(ctx, first, AnswerCare(pid=person(ctx).pid, carer=second, yes=True))
    assert [each.capacity for each in family(ctx, second)] == [Capacity.CARER]


def test_a_worker_confirms_the_second_carer_by_name(ctx: Context) -> None:
    do(ctx, MOTHER, add(MOTHER))
    do(ctx, FATHER, add(FATHER, "儿子"))
    ctx.people.write([order(Confirm(), LI_QIANG, person(ctx), "看过户口本", ctx.moment())])
    settle_lane(ctx, 0)
    assert family(ctx, FATHER)[0].capacity is Capacity.ASKING
    assert [task.about for task in ctx.tasks.open(PHOENIX)] == ["confirm"]
    ctx.people.write([order(Confirm(FATHER), LI_QIANG, person(ctx), "父亲也来了", ctx.moment())])
    settle_lane(ctx, 0)
    assert family(ctx, FATHER)[0].capacity is Capacity.CARER
    assert ctx.tasks.open(PHOENIX) == []
    with pytest.raises(Refused):
        order(Confirm(STRANGER), LI_QIANG, person(ctx), "不认识", ctx.moment())


def test_only_a_carer_in_force_reports_and_only_its_own_is_taken_back(ctx: Context) -> None:
    do(ctx, MOTHER, add(MOTHER))
    do(ctx, MOTHER, report(ctx, MOTHER, 2))
    do(ctx, STRANGER, report(ctx, STRANGER, 1))
    do(ctx, MOTHER, Record(pid=person(ctx).pid, fact=CASE))
    both = {f"{account_tag(MOTHER)}-care", f"{account_tag(MOTHER)}-2"}
    assert reports(ctx) == both
    do(ctx, FATHER, add(FATHER, "儿子"))
    do(ctx, MOTHER, AnswerCare(pid=person(ctx).pid, carer=FATHER, yes=True))
    for who in (FATHER, MOTHER):
        undo = Undo(id=f"{account_tag(who)}-u", at=NOW, of=f"{account_tag(MOTHER)}-2")
        do(ctx, who, Record(pid=person(ctx).pid, fact=undo))
    assert reports(ctx) == both | {f"{account_tag(MOTHER)}-u"}


def test_no_more_than_four_carers(ctx: Context) -> None:
    for number in range(1, MOST_CARERS + 2):
        do(ctx, openid(number), add(openid(number)))
    assert len(person(ctx).carers) == MOST_CARERS
    assert family(ctx, openid(MOST_CARERS + 1)) == ()
    assert told(ctx, openid(MOST_CARERS + 1)) == ["care_told:enough"]


def test_whom_nobody_declares_for_can_be_asked_by_nobody(ctx: Context) -> None:
    do(ctx, MOTHER, add(MOTHER, own=True))
    assert (family(ctx, MOTHER), person(ctx).carers, told(ctx, MOTHER)) == ((), (), ["care_told:nobody"])


# --- somebody with an account ----------------------------------------------------------------------------------------

OLD = identity(3)


def with_account(ctx: Context) -> None:
    do(ctx, GRANNY, declare(OLD, account_tag(GRANNY)), OLD)


def test_whoever_has_an_account_is_asked_and_before_the_yes_nothing_happens(ctx: Context) -> None:
    with_account(ctx)
    do(ctx, MOTHER, add(MOTHER, "妈妈", OLD), OLD)
    do(ctx, MOTHER, report(ctx, MOTHER, 2, of=OLD), OLD)
    assert reports(ctx, OLD) == {f"{account_tag(GRANNY)}-1"}
    (waiting,) = family(ctx, MOTHER)
    assert (waiting.capacity, waiting.profile.name, waiting.history.facts) == (Capacity.ASKING, "", ())
    assert "care_asked" in told(ctx, GRANNY)
    do(ctx, GRANNY, AnswerCare(pid=person(ctx, OLD).pid, carer=MOTHER, yes=True), OLD)
    do(ctx, MOTHER, report(ctx, MOTHER, 4, of=OLD), OLD)
    assert reports(ctx, OLD) == {f"{account_tag(GRANNY)}-1", f"{account_tag(MOTHER)}-4"}
    (granny,) = family(ctx, MOTHER)
    assert (granny.level, granny.profile.phone, granny.profile.address, granny.looks) == (Level.PHONE, "", "", ())


def test_after_a_no_nobody_is_asked_again_for_a_week_and_an_answer_after_leaving_changes_nothing(ctx: Context) -> None:
    with_account(ctx)
    pid = person(ctx, OLD).pid
    do(ctx, MOTHER, add(MOTHER, "妈妈", OLD), OLD)
    do(ctx, GRANNY, AnswerCare(pid=pid, carer=MOTHER, yes=False), OLD)
    assert family(ctx, MOTHER) == ()
    do(ctx, MOTHER, add(MOTHER, "妈妈", OLD), OLD)
    assert (family(ctx, MOTHER), told(ctx, MOTHER)[-1]) == ((), "care_told:declined")
    assert told(ctx, GRANNY).count("care_asked") == 1
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.advance(days=7)
    do(ctx, MOTHER, add(MOTHER, "妈妈", OLD, at=ctx.clock.now()), OLD)
    said(ctx, MOTHER, EndCare(pid=pid), OLD)
    settle_lane(ctx, 0)
    do(ctx, GRANNY, AnswerCare(pid=pid, carer=MOTHER, yes=True), OLD)
    assert (family(ctx, MOTHER), shown(person(ctx, OLD).carers)) == ((), ())
    assert told(ctx, GRANNY)[-2:] == ["care_gone", "code"]


def test_nobody_answers_in_anothers_place(ctx: Context) -> None:
    with_account(ctx)
    pid = person(ctx, OLD).pid
    do(ctx, MOTHER, add(MOTHER, "妈妈", OLD), OLD)
    for who in (MOTHER, STRANGER):
        do(ctx, who, AnswerCare(pid=pid, carer=MOTHER, yes=True), OLD)
    assert [each.active for each in person(ctx, OLD).carers] == [False]


def test_without_an_answer_a_request_lapses_on_the_seventh_day(ctx: Context) -> None:
    with_account(ctx)
    do(ctx, MOTHER, add(MOTHER, "妈妈", OLD), OLD)
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.advance(days=7)
    do(ctx, GRANNY, AnswerCare(pid=person(ctx, OLD).pid, carer=MOTHER, yes=True), OLD)
    assert (person(ctx, OLD).carers, family(ctx, MOTHER)) == ((), ())


def test_the_person_ends_the_care_at_once(ctx: Context) -> None:
    with_account(ctx)
    pid = person(ctx, OLD).pid
    do(ctx, MOTHER, add(MOTHER, "妈妈", OLD), OLD)
    do(ctx, GRANNY, AnswerCare(pid=pid, carer=MOTHER, yes=True), OLD)
    do(ctx, STRANGER, EndCare(pid=pid, carer=MOTHER), OLD)
    me = known_of(ctx.accounts.read(GRANNY), *ctx.views.read(GRANNY))
    assert me
    assert [(each.account, each.active) for each in me.carers] == [(MOTHER, True)]
    do(ctx, GRANNY, EndCare(pid=pid, carer=MOTHER), OLD)
    assert family(ctx, MOTHER) == ()
    do(ctx, MOTHER, report(ctx, MOTHER, 9, of=OLD), OLD)
    assert reports(ctx, OLD) == {f"{account_tag(GRANNY)}-1"}


# --- accounts come and go --------------------------------------------------------------------------------------------


def test_a_person_who_gets_an_account_takes_over_with_their_history_and_knows_their_carers(ctx: Context) -> None:
    do(ctx, MOTHER, add(MOTHER))
    do(ctx, MOTHER, report(ctx, MOTHER, 2))
    do(ctx, STRANGER, declare(replace(CHILD, phone="13800000007"), account_tag(STRANGER)))
    me = known_of(ctx.accounts.read(STRANGER), *ctx.views.read(STRANGER))
    assert me
    assert {f"{account_tag(MOTHER)}-care", f"{account_tag(MOTHER)}-2"} < {fact.id for fact in me.history.facts}
    assert [each.relation for each in me.carers] == ["乐乐"]
    assert "care_yours" in told(ctx, STRANGER)
    assert "care_taken_over" in told(ctx, MOTHER)
    assert family(ctx, MOTHER)[0].on_own
    do(ctx, STRANGER, EndCare(pid=me.pid, carer=MOTHER))
    assert family(ctx, MOTHER) == ()


def test_a_carer_whose_account_is_erased_leaves_and_the_child_keeps_its_record(ctx: Context) -> None:
    do(ctx, MOTHER, declare(identity(1), account_tag(MOTHER)), identity(1))
    do(ctx, MOTHER, add(MOTHER))
    do(ctx, MOTHER, Erase(pid=person(ctx, identity(1)).pid), identity(1))
    do(ctx, MOTHER, EndCare(pid=person(ctx).pid))
    assert family(ctx, MOTHER) == ()
    assert (person(ctx).carers, reports(ctx)) == ((), {f"{account_tag(MOTHER)}-care"})
    do(ctx, STRANGER, add(STRANGER))
    assert family(ctx, STRANGER)[0].capacity is Capacity.ASKING


def test_what_was_just_said_is_shown_before_it_is_settled(ctx: Context) -> None:
    said(ctx, MOTHER, add(MOTHER))
    (child,) = family(ctx, MOTHER)
    assert (child.claim, child.relation, child.profile.name) == (Claim.CHECKING, "乐乐", "王*")
    said(ctx, MOTHER, report(ctx, MOTHER, 2))
    assert [fact.id for fact in family(ctx, MOTHER)[0].history.facts][-1] == f"{account_tag(MOTHER)}-2"
    said(ctx, MOTHER, EndCare(pid=child.pid))
    assert family(ctx, MOTHER) == ()


def test_the_order_is_that_of_adding_and_a_family_of_four_is_a_small_view(ctx: Context) -> None:
    do(ctx, MOTHER, declare(identity(1), account_tag(MOTHER)), identity(1))
    assert isinstance(ctx.clock, FixedClock)
    people = [replace(identity(n), phone="") for n in (21, 22, 23)]
    for number, each in enumerate(people):
        do(ctx, MOTHER, add(MOTHER, "甲乙丙"[number], each), each)
    assert [each.relation for each in family(ctx, MOTHER)] == ["甲", "乙", "丙"]
    raw = ctx.redis.get(ctx.keys.view(MOTHER))
    assert isinstance(raw, bytes)
    assert len(raw) < 2_048
