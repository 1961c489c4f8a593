"""A message when the colour changes: once, with its reasons and who recorded them, and never to an unproved claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import redis

from channel.render import render
from domain.facts import By, Case, CaseKind, Fact, Report, Upstream, Withdraw
from domain.people import Level
from domain.person import Person
from flows.effects import Amend, Effect
from flows.plain import Json
from flows.told import in_chinese
from store.changes import Act
from store.keys import account_tag, shard_of
from tests.stage import NOW, commit, declare, identity, openid, pid_of, report, stage
from worker.context import Context
from worker.decisions.claims import confirm
from worker.decisions.recording import record
from worker.delivery import letters
from worker.jobs import settle_lane

WHO = openid(1)
TAG = account_tag(WHO)
CASE = Case(id="case", at=NOW, case=CaseKind.CONFIRMED, since=NOW.date())


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    return stage(valkey_url, tmp_path, SETTLE_LANES="1")


def person(ctx: Context) -> Person:
    pid = pid_of(ctx, identity(1))
    return ctx.people.read([pid])[pid]


def says(ctx: Context, *effects: Effect) -> None:
    commit(ctx, WHO, *((pid_of(ctx, identity(1)), effect) for effect in effects))
    settle_lane(ctx, 0)


def recorded(ctx: Context, fact: Fact, organisation: str = "金凤区疾控中心") -> None:
    act = Act("sun.yu", "record", fact.id, "名单", organisation)
    assert ctx.people.write([record(person(ctx), fact, act, ctx.moment())]) == [True]
    settle_lane(ctx, 0)


def claim(level: Level) -> Effect:
    return replace(declare(identity(1), TAG), level=level)


def told(ctx: Context) -> list[Mapping[str, Json]]:
    """The arguments of every message about a colour, in order."""
    entries = ctx.streams.read("post", [shard_of(WHO)], 100)
    posted = [letters.unseal(ctx.vault, entry.fields[b"b"]) for entry in entries]
    return [say.args for letter in posted for say in letter.says if say.template == "told_colour"]


def colours(ctx: Context) -> list[tuple[Json, Json]]:
    return [(args["before"], args["colour"]) for args in told(ctx)]


def test_what_others_record_is_told_with_the_clause_and_the_organisation(ctx: Context) -> None:
    says(ctx, claim(Level.PHONE))
    recorded(ctx, CASE)
    assert colours(ctx) == [("green", "red")]
    clauses: Any = told(ctx)[0]["clauses"]
    ((clause, words, (record,)),) = clauses
    assert clause == "附件四(一)4"
    assert in_chinese(words) == "确诊病例（含临床诊断）、疑似病例、发热病例，生成红色防疫健康码"
    assert in_chinese(record) == "确诊病例，自3月2日起（金凤区疾控中心，3月2日）"


def test_the_same_again_and_what_changes_no_colour_is_not_told(ctx: Context) -> None:
    says(ctx, claim(Level.PHONE))
    recorded(ctx, CASE)
    recorded(ctx, CASE)
    recorded(ctx, replace(CASE, id="another", case=CaseKind.SUSPECTED))
    for _ in range(3):
        settle_lane(ctx, 0)
    assert colours(ctx) == [("green", "red")]
    recorded(ctx, Withdraw(id="w1", at=NOW, of="case"))
    recorded(ctx, Withdraw(id="w2", at=NOW, of="another"))
    assert colours(ctx) == [("green", "red"), ("red", "green")]


def test_whoever_declares_into_a_colour_is_told_why(ctx: Context) -> None:
    recorded(ctx, CASE)
    says(ctx, claim(Level.PHONE))
    assert colours(ctx) == [("none", "red")]


def test_below_phone_verified_nothing_is_told_until_it_is_proved(ctx: Context) -> None:
    says(ctx, claim(Level.UNVERIFIED))
    recorded(ctx, CASE)
    recorded(ctx, Upstream(id="u", at=NOW, colour="yellow"))
    recorded(ctx, Report(id="ward", at=NOW, by=By.INSTITUTION, temperature=Decimal("38.0")))
    assert told(ctx) == []
    says(ctx, Amend(pid=person(ctx).pid, phone="13900000000", level=Level.PHONE))
    assert colours(ctx) == [("none", "red")]


def test_a_worker_who_confirms_a_claim_lets_its_colour_be_explained(ctx: Context) -> None:
    says(ctx, claim(Level.UNVERIFIED))
    recorded(ctx, CASE)
    ctx.people.write([confirm(person(ctx), WHO, Act("li.qiang", "confirm"), ctx.moment())])
    settle_lane(ctx, 0)
    assert colours(ctx) == [("none", "red")]


def test_what_a_resident_reports_is_told_in_the_answer_and_not_again(ctx: Context) -> None:
    says(ctx, claim(Level.PHONE))
    says(ctx, report(person(ctx).pid, f"{TAG}-2", "38.0", NOW + timedelta(minutes=1)))
    assert told(ctx) == []


def test_the_message_reads_well_and_fits(ctx: Context) -> None:
    says(ctx, claim(Level.PHONE))
    recorded(ctx, CASE)
    entries = ctx.streams.read("post", [shard_of(WHO)], 100)
    posted = [letters.unseal(ctx.vault, entry.fields[b"b"]) for entry in entries]
    text = next(render(each.says) for each in posted if each.says)
    assert "由绿码变为红码" in text
    assert "定点医院" in text
    assert "申诉" in text
