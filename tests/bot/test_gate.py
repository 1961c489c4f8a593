"""What a scan of a code is told: the person as they are now, and nothing that the code itself was not good for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from bot.gate import Checker, Gate
from bot.gate.pages import blueprint
from domain import handles, passes
from domain.facts import day_of
from domain.handles import HandleKind
from domain.passes import Pass
from domain.people import Level
from domain.verdict import NOWHERE, Colour, World
from store.changes import Act
from store.keys import account_tag
from tests.stage import NOW, commit, declare, identity, openid, pid_of, stage
from worker.context import Context
from worker.decisions.claims import confirm
from worker.gate.scanning import Scanner
from worker.jobs import settle_lane

WHO = openid(1)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    return stage(valkey_url, tmp_path, SETTLE_LANES="1")


def declared(ctx: Context, level: Level) -> bytes:
    pid = pid_of(ctx, identity(1))
    commit(ctx, WHO, (pid, replace(declare(identity(1), account_tag(WHO)), level=level)))
    settle_lane(ctx, 0)
    return pid


def scan(ctx: Context, pid: bytes, colour: Colour) -> str:
    return check(ctx, code(ctx, pid, colour))


def code(ctx: Context, pid: bytes, colour: Colour) -> str:
    handle = handles.seal_handle(ctx.settings.handle_key, pid, day_of(NOW), HandleKind.CODE)
    return passes.issue(KEY, passes.key_id(KEY.public_key()), Pass(handle, colour, NOW, passes.expiry(NOW, None)))


def check(ctx: Context, token: str, world: World = NOWHERE) -> str:
    keys = {passes.key_id(KEY.public_key()): KEY.public_key()}
    return Checker(Scanner(keys, ctx.settings.handle_key), ctx.people, ctx.clock, lambda: world).check(token).result


def test_a_green_code_of_a_proved_claim_is_green(ctx: Context) -> None:
    assert scan(ctx, declared(ctx, Level.PHONE), Colour.GREEN) == "green"


def test_a_code_of_before_the_proof_does_not_pass_after_somebody_has_proved_the_claim(ctx: Context) -> None:
    pid = declared(ctx, Level.UNVERIFIED)
    assert scan(ctx, pid, Colour.NONE) == "unverified"
    person = ctx.people.read([pid])[pid]
    ctx.people.write([confirm(person, WHO, Act("网格员 李强", "confirm"), ctx.moment())])
    assert scan(ctx, pid, Colour.NONE) == "unverified"
    assert scan(ctx, pid, Colour.GREEN) == "green"


def test_a_damaged_record_cannot_be_checked_now(ctx: Context, redis_client: redis.Redis) -> None:
    pid = declared(ctx, Level.PHONE)
    redis_client.setrange(ctx.keys.person(pid), 30, b"\x00" * 30)
    assert scan(ctx, pid, Colour.GREEN) == "cannot-check-now"


@pytest.mark.parametrize("level", [Level.PHONE, Level.UNVERIFIED])
@pytest.mark.parametrize("hours", [1, 30], ids=["still good", "expired"])
def test_after_the_end_of_the_notice_every_genuine_code_is_out_of_use(ctx: Context, level: Level, hours: int) -> None:
    token = code(ctx, declared(ctx, level), Colour.GREEN)
    ctx.clock.advance(hours=hours)  # type: ignore[attr-defined]  # the stage's clock
    assert check(ctx, token, World(ends_on=day_of(NOW) - timedelta(1))) == "ended"
    assert check(ctx, token[:-1] + "A", World(ends_on=day_of(NOW) - timedelta(1))) == "bad-signature"


def test_on_the_last_day_a_code_is_what_it_was(ctx: Context) -> None:
    assert check(ctx, code(ctx, declared(ctx, Level.PHONE), Colour.GREEN), World(ends_on=day_of(NOW))) == "green"


@pytest.mark.parametrize(
    ("accepts", "says", "lang"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "目前未发现已知风险", 'lang="zh-CN"'),
        ("en-GB,en;q=0.9", "No risk is known at this time", 'lang="en"'),
        ("fr", "目前未发现已知风险", 'lang="zh-CN"'),
    ],
)
def test_the_page_speaks_the_language_of_the_browser(ctx: Context, accepts: str, says: str, lang: str) -> None:
    token = code(ctx, declared(ctx, Level.PHONE), Colour.GREEN)
    keys = {passes.key_id(KEY.public_key()): KEY.public_key()}
    app, checker = Flask("bot"), Checker(Scanner(keys, ctx.settings.handle_key), ctx.people, ctx.clock, lambda: NOWHERE)
    app.register_blueprint(blueprint(Gate(ctx, checker, checker)))
    answer = app.test_client().get(f"/v/{token}", headers={"Accept-Language": accepts})
    assert says in answer.text
    assert lang in answer.text
    assert "Accept-Language" in answer.vary
