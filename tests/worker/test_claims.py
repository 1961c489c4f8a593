"""Who is believed about a document, and what somebody who is not may learn: nothing that came from a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import redis

from channel.adapters import Match
from domain.facts import Case, CaseKind, Fact
from domain.people import Claim, Level
from domain.person import Person
from domain.verdict import Colour
from flows.effects import Amend, Declare, Effect, Erase
from store.changes import Act
from store.keys import account_tag, shard_of
from store.views import ViewCell
from tests.stage import NOW, PHOENIX, FixedClock, commit, declare, identity, openid, pid_of, stage
from worker.context import Context
from worker.decisions.claims import confirm, identified
from worker.decisions.recording import record
from worker.delivery import letters
from worker.jobs import settle_lane

WHO, OTHER = openid(1), openid(2)
CASE = Case(id="c1", at=NOW - timedelta(days=1), case=CaseKind.CONFIRMED, since=date(2020, 3, 1))
ACT = Act("网格员 李强", "seen")


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    return stage(valkey_url, tmp_path, SETTLE_LANES="1")


@pytest.fixture
def asking(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    """A house with an identity service, which has not answered yet."""
    return stage(valkey_url, tmp_path, SETTLE_LANES="1", IDENTITY_URL="http://127.0.0.1:9", ADAPTER_KEY="12345678")


def do(ctx: Context, who: str, *effects: Effect) -> None:
    commit(ctx, who, *((pid_of(ctx, identity(1)), effect) for effect in effects))
    settle_lane(ctx, 0)


def person(ctx: Context) -> Person:
    pid = pid_of(ctx, identity(1))
    return ctx.people.read([pid])[pid]


def on_the_list(ctx: Context, fact: Fact = CASE) -> None:
    assert ctx.people.write([record(person(ctx), fact, ACT, ctx.moment())]) == [True]


def told(ctx: Context, who: str = WHO) -> list[str]:
    opened = [letters.unseal(ctx.vault, e.fields[b"b"]) for e in ctx.streams.read("post", [shard_of(who)], 30)]
    mine = [letter for letter in opened if letter.openid == who]
    return [say.template for letter in mine for say in letter.says] + [each.kind for each in mine if not each.says]


def view(ctx: Context, who: str = WHO) -> ViewCell:
    return ctx.views.read(who)[0][pid_of(ctx, identity(1))]


def claim(level: Level, name: str = "王芳", phone: str = "13800000001") -> Declare:
    effect = declare(replace(identity(1), name=name, phone=phone), account_tag(WHO))
    return replace(effect, level=level)


# --- below phone-verified --------------------------------------------------------------------------------------------


def test_an_unproved_claimant_who_erases_learns_nothing_of_a_list_and_takes_nothing_from_it(ctx: Context) -> None:
    on_the_list(ctx)
    do(ctx, WHO, claim(Level.UNVERIFIED), Erase(pid=person(ctx).pid))
    assert told(ctx) == ["told_erased", "code"]
    assert (person(ctx).identity, person(ctx).account, person(ctx).history.facts) == (None, "", (CASE,))


def test_whoever_proved_the_telephone_is_told_that_a_listed_record_stays(ctx: Context) -> None:
    on_the_list(ctx)
    do(ctx, WHO, claim(Level.PHONE), Erase(pid=person(ctx).pid))
    assert told(ctx) == ["told_colour", "told_erase_waits", "code"]
    assert person(ctx).identity is not None


# --- proof ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "again", "kept"),
    [
        (Level.PHONE, claim(Level.UNVERIFIED), Level.PHONE),
        (Level.PHONE, claim(Level.UNVERIFIED, phone="13900000000"), Level.UNVERIFIED),
        (Level.PHONE, claim(Level.PHONE, phone="13900000000"), Level.PHONE),
        (Level.MATCHED, claim(Level.PHONE), Level.MATCHED),
        (Level.MATCHED, claim(Level.PHONE, name="李明"), Level.PHONE),
        (Level.CONFIRMED, claim(Level.UNVERIFIED, phone="13900000000"), Level.CONFIRMED),
    ],
    ids=["same", "telephone", "proved telephone", "same match", "another name", "confirmed"],
)
def test_proof_is_kept_while_what_was_proved_is_still_said(
    ctx: Context, first: Level, again: Declare, kept: Level
) -> None:
    do(ctx, WHO, claim(first))
    do(ctx, WHO, replace(again, fact=replace(again.fact, id="second")))
    assert person(ctx).level is kept


def test_until_the_identity_service_has_answered_nothing_from_a_list_is_shown(asking: Context) -> None:
    on_the_list(asking)
    do(asking, WHO, claim(Level.PHONE))
    cell = view(asking)
    assert (cell.claim, cell.level, [fact.id for fact in cell.history.facts]) == (
        Claim.BOUND,
        Level.UNVERIFIED,
        [f"{account_tag(WHO)}-1"],
    )
    assert told(asking) == ["identity"]


@pytest.mark.parametrize(
    ("answer", "level", "letters_then"),
    [
        (Match.MATCH, Level.MATCHED, ["identity", "code"]),
        (Match.UNKNOWN, Level.PHONE, ["identity", "code"]),
        (Match.MISMATCH, Level.UNVERIFIED, ["told_identity_mismatch", "identity", "code"]),
        (None, Level.UNVERIFIED, ["identity", "code"]),
    ],
    ids=["match", "unknown", "mismatch", "no answer"],
)
def test_the_answer_of_the_identity_service_decides_and_the_code_follows(
    asking: Context, answer: Match | None, level: Level, letters_then: list[str]
) -> None:
    do(asking, WHO, claim(Level.PHONE))
    change = identified(person(asking), answer, asking.moment())
    assert change
    asking.people.write([change])
    settle_lane(asking, 0)
    assert view(asking).level is level
    assert told(asking) == letters_then
    tasks = {task.about for task in asking.tasks.open(PHOENIX)}
    assert tasks == (set() if level >= Level.PHONE else {"confirm"})
    assert identified(person(asking), Match.MATCH, asking.moment()) is None


def test_a_telephone_proved_anew_after_a_mismatch_is_asked_about_again(asking: Context) -> None:
    do(asking, WHO, claim(Level.PHONE))
    change = identified(person(asking), Match.MISMATCH, asking.moment())
    assert change
    asking.people.write([change])
    do(asking, WHO, Amend(pid=person(asking).pid, phone="13900000000", level=Level.PHONE))
    assert view(asking).level is Level.UNVERIFIED
    assert told(asking).count("identity") == 2


# --- contested --------------------------------------------------------------------------------------------------------


def test_the_holder_hears_of_another_claimant_once(ctx: Context) -> None:
    do(ctx, WHO, claim(Level.PHONE))
    for _ in range(3):
        do(ctx, OTHER, claim(Level.PHONE))
    assert told(ctx).count("told_contested_holder") == 1
    assert told(ctx, OTHER).count("told_contested") == 3


def test_a_claimant_may_declare_once_the_holder_has_erased(ctx: Context) -> None:
    do(ctx, WHO, claim(Level.PHONE))
    do(ctx, OTHER, claim(Level.PHONE))
    assert view(ctx, OTHER).claim is Claim.CONTESTED
    do(ctx, WHO, Erase(pid=person(ctx).pid))
    assert view(ctx, OTHER).claim is None


def test_a_worker_who_has_seen_the_document_ends_the_question_to_the_identity_service(asking: Context) -> None:
    do(asking, WHO, claim(Level.PHONE))
    asking.people.write([confirm(person(asking), WHO, ACT, asking.moment())])
    settle_lane(asking, 0)
    assert view(asking).level is Level.CONFIRMED
    assert identified(person(asking), Match.MISMATCH, asking.moment()) is None


# --- clocks -----------------------------------------------------------------------------------------------------------


def test_a_machine_whose_clock_is_behind_counts_what_another_has_just_heard(ctx: Context) -> None:
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.advance(seconds=-2)
    do(ctx, WHO, claim(Level.PHONE))
    assert ctx.rosters.counts(PHOENIX, NOW.date()) == {Colour.GREEN: 1}
