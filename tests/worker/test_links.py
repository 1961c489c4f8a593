"""Two documents of one person on a real server: an officer links them, both accounts go on, two people take it back."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import redis
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.gate import Checker
from domain import handles, passes
from domain.appointing import granted, new_staff
from domain.facts import Case, CaseKind, day_of
from domain.handles import HandleKind
from domain.passes import Pass
from domain.people import Claim, Level
from domain.person import Person
from domain.roles import Grant, Role
from domain.scopes import Communities, Everywhere, Scope
from domain.verdict import NOWHERE, Colour, judge
from flows.core import Known
from flows.effects import Amend, Effect, Erase, Record
from store.changes import Act
from store.keys import account_tag, shard_of
from store.known import known_of, unsettled
from tests.stage import BRIDGE, NOW, PHOENIX, FixedClock, commit, declare, identity, openid, pid_of, report, stage
from tests.worker.test_kill_drill import Fuse, Killed, fused
from worker import drains
from worker.context import Context
from worker.decisions.recording import record
from worker.delivery import letters
from worker.gate.scanning import Scanner
from worker.jobs import settle_lane
from worker.operate import COMMANDS
from worker.settling.rebuild import rebuild_rosters

FIRST, SECOND, STRANGER = openid(1), openid(2), openid(3)
ONE, TWO = identity(1), identity(2)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
CASE = Case(id="c1", at=NOW, case=CaseKind.CONFIRMED, since=date(2020, 3, 2))
STAFF: tuple[tuple[str, Role, Scope], ...] = (
    ("sun.yu", Role.EPIDEMIC_OFFICER, Communities("640106")),
    ("he.fang", Role.EPIDEMIC_OFFICER, Everywhere()),
    ("li.qiang", Role.COMMUNITY_WORKER, Communities("640106")),
)


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A house in which somebody has declared with her ID, and with her passport from a second phone."""
    made = stage(valkey_url, tmp_path, SETTLE_LANES="1")
    for name, module in list(sys.modules.items()):
        if name.startswith("worker.operate.") and hasattr(module, "context"):
            monkeypatch.setattr(module, "context", lambda: made)
    prepare(made)
    return made


def prepare(ctx: Context) -> None:
    ctx.redis.flushall()
    for id, role, scope in STAFF:
        ctx.staff.add(granted(new_staff(id, "某人", "金凤区疾控中心"), Grant(role, scope)), Act("test", "staff add"))
    do(ctx, FIRST, declare(ONE, account_tag(FIRST)))
    do(ctx, SECOND, declare(TWO, account_tag(SECOND)), who=2)


def do(ctx: Context, account: str, *effects: Effect, who: int = 1) -> None:
    commit(ctx, account, *((pid(ctx, who), effect) for effect in effects))
    settle_lane(ctx, 0)


def pid(ctx: Context, number: int) -> bytes:
    return pid_of(ctx, identity(number))


def person(ctx: Context, number: int = 1) -> Person:
    return ctx.people.read([pid(ctx, number)])[pid(ctx, number)]


def colour(ctx: Context, number: int = 1) -> Colour:
    return ctx.moment().judge(person(ctx, number)).colour


def sees(ctx: Context, account: str) -> Known:
    cells, media = ctx.views.read(account)
    read = ctx.accounts.read(account)
    known = known_of(read, cells, media)
    assert known is not None
    return known


def shown(ctx: Context, account: str) -> Colour:
    return judge(sees(ctx, account).history, ctx.clock.now(), NOWHERE).colour


def told(ctx: Context, account: str) -> list[str]:
    opened = [letters.unseal(ctx.vault, e.fields[b"b"]) for e in ctx.streams.read("post", [shard_of(account)], 99)]
    return [say.template for letter in opened if letter.openid == account for say in letter.says]


def listed(ctx: Context, number: int) -> None:
    """A list names this document."""
    act = Act("upstream", "list cases", CASE.id, "名单", "自治区疾控中心")
    assert ctx.people.write([record(person(ctx, number), CASE, act, ctx.moment())]) == [True]
    settle_lane(ctx, 0)


def scan(ctx: Context, number: int) -> str:
    handle = handles.seal_handle(ctx.settings.handle_key, pid(ctx, number), day_of(NOW), HandleKind.CODE)
    shows = Pass(handle, Colour.GREEN, NOW, passes.expiry(NOW, None))
    token = passes.issue(KEY, passes.key_id(KEY.public_key()), shows)
    keys = {passes.key_id(KEY.public_key()): KEY.public_key()}
    return Checker(Scanner(keys, ctx.settings.handle_key), ctx.people, ctx.clock, lambda: NOWHERE).check(token).result


def run(*words: str, given: Any = None) -> Result:
    command = next(command for command in COMMANDS if command.name == words[0])
    return CliRunner().invoke(command, words[1:], input=json.dumps(given or {}))


def document(number: int) -> dict[str, str]:
    return {"number": identity(number).document.number}


def link(ctx: Context, second: int = 2, main: int = 1, staff: str = "sun.yu") -> Result:
    given = {"document": document(second), "main": document(main), "reason": "护照和身份证是同一人，看过原件"}
    made = run("link", "make", "--as", staff, given=given)
    settle_lane(ctx, 0)
    return made


def unlink(ctx: Context) -> None:
    id = run("link", "propose", "--as", "sun.yu", given={"document": document(2), "reason": "认错了人"}).output.split()[
        0
    ]
    assert "不能自己批准" in run("link", "approve", id, "--as", "sun.yu").output
    assert run("link", "approve", id, "--as", "he.fang").exit_code == 0
    settle_lane(ctx, 0)


# --- linked ----------------------------------------------------------------------------------------------------------


def test_a_list_that_names_the_second_document_turns_the_first_red(ctx: Context) -> None:
    assert link(ctx).exit_code == 0
    listed(ctx, 2)
    assert (colour(ctx), shown(ctx, FIRST), shown(ctx, SECOND)) == (Colour.RED, Colour.RED, Colour.RED)
    assert (scan(ctx, 1), scan(ctx, 2)) == ("red", "red")
    assert (told(ctx, FIRST), told(ctx, SECOND)) == (["told_colour"], ["told_colour"])
    assert sees(ctx, SECOND).recorded_by == {"c1": "自治区疾控中心"}
    assert ctx.rosters.counts(PHOENIX, NOW.date()) == Counter({Colour.RED: 1})
    assert rebuild_rosters(ctx) == 1
    assert ctx.rosters.counts(PHOENIX, NOW.date()) == Counter({Colour.RED: 1})


def test_what_was_on_record_of_the_second_before_is_taken_up_and_told(ctx: Context) -> None:
    listed(ctx, 2)
    assert shown(ctx, FIRST) is Colour.GREEN
    link(ctx)
    assert (shown(ctx, FIRST), shown(ctx, SECOND), scan(ctx, 1)) == (Colour.RED, Colour.RED, "red")
    assert told(ctx, FIRST) == ["told_colour"]


def test_a_document_that_nobody_has_shown_yet_can_be_linked_and_waits_for_its_list(ctx: Context) -> None:
    assert link(ctx, second=9, staff="he.fang").exit_code == 0
    listed(ctx, 9)
    assert shown(ctx, FIRST) is Colour.RED


def test_both_accounts_go_on_and_see_what_either_says(ctx: Context) -> None:
    link(ctx)
    do(ctx, SECOND, report(pid(ctx, 2), "r2", "38.0"), who=2)
    assert (shown(ctx, FIRST), shown(ctx, SECOND)) == (Colour.YELLOW, Colour.YELLOW)
    do(ctx, FIRST, report(pid(ctx, 1), "r1", "36.4"))
    assert {"r1", "r2"} <= {fact.id for fact in sees(ctx, SECOND).history.facts}
    do(ctx, SECOND, Amend(pid=pid(ctx, 2), community=BRIDGE), who=2)
    assert person(ctx).community == BRIDGE
    assert (sees(ctx, FIRST).profile.community, sees(ctx, SECOND).profile.community) == (BRIDGE, BRIDGE)
    assert ctx.rosters.counts(PHOENIX, NOW.date()) == Counter()
    for account in (FIRST, SECOND):
        read = ctx.accounts.read(account)
        assert unsettled(read, ctx.views.read(account)[0]) == ()
    assert ([task.about for task in ctx.tasks.open(PHOENIX)], [task.about for task in ctx.tasks.open(BRIDGE)]) == (
        [],
        ["abnormal"],
    )


def test_what_was_just_said_is_shown_before_it_is_carried_on(ctx: Context) -> None:
    link(ctx)
    commit(ctx, SECOND, (pid(ctx, 2), report(pid(ctx, 2), "r2", "38.0")))
    assert shown(ctx, SECOND) is Colour.YELLOW
    drains.settler(ctx).drain(range(256))
    assert (shown(ctx, SECOND), scan(ctx, 2)) == (Colour.YELLOW, "yellow")
    settle_lane(ctx, 0)
    assert (shown(ctx, SECOND), scan(ctx, 1)) == (Colour.YELLOW, "yellow")


def test_staff_reach_the_person_by_either_document(ctx: Context) -> None:
    link(ctx)
    given = {"document": document(2), "reason": "上门", "purpose": "核对", "temperature": "38.0"}
    assert run("order", "report", "--as", "li.qiang", given=given).exit_code == 0
    seen = json.loads(run("person", "--as", "li.qiang", given=given).output)
    settle_lane(ctx, 0)
    assert (seen["colour"], shown(ctx, FIRST), shown(ctx, SECOND)) == ("yellow", Colour.YELLOW, Colour.YELLOW)
    assert [look.purpose for look in sees(ctx, SECOND).looks] == ["核对"]


def test_only_an_officer_links_and_the_same_again_is_nothing_new(ctx: Context) -> None:
    assert "您的角色不能这样做" in link(ctx, staff="li.qiang").output
    assert person(ctx, 2).alias_of == b""
    link(ctx)
    version = person(ctx, 2).version
    assert link(ctx).exit_code == 0
    assert person(ctx, 2).version == version
    do(ctx, STRANGER, declare(identity(3), account_tag(STRANGER)), who=3)
    assert "已经关联" in link(ctx, second=2, main=3).output
    assert "另有证件关联" in link(ctx, second=1, main=3).output
    assert "同一本证件" in link(ctx, second=1, main=2).output


# --- declared with the second document -------------------------------------------------------------------------------


def test_a_stranger_who_declares_with_a_linked_document_is_contested_and_sees_nothing(ctx: Context) -> None:
    link(ctx, second=9, staff="he.fang")
    listed(ctx, 9)
    do(ctx, STRANGER, declare(identity(9), account_tag(STRANGER)), who=9)
    assert sees(ctx, STRANGER).claim is Claim.CONTESTED
    assert "c1" not in {fact.id for fact in sees(ctx, STRANGER).history.facts}
    assert told(ctx, STRANGER) == ["told_contested"]
    assert told(ctx, FIRST)[-1] == "told_contested_holder"
    assert "contested" in [task.about for task in ctx.tasks.open(PHOENIX)]
    assert person(ctx).account == FIRST
    given = {"document": document(9), "reason": "看过护照", "account": STRANGER}
    assert run("order", "confirm", "--as", "li.qiang", given=given).exit_code == 0
    settle_lane(ctx, 0)
    assert (shown(ctx, STRANGER), shown(ctx, FIRST)) == (Colour.RED, Colour.RED)
    assert [task.about for task in ctx.tasks.open(PHOENIX)] == []


def test_the_same_account_declares_with_its_other_document(ctx: Context) -> None:
    link(ctx, second=9, staff="he.fang")
    do(ctx, FIRST, declare(identity(9), "again", "38.0", BRIDGE), who=9)
    assert (shown(ctx, FIRST), sees(ctx, FIRST).claim, scan(ctx, 1)) == (Colour.YELLOW, Claim.BOUND, "yellow")
    assert person(ctx).community == BRIDGE
    assert ctx.rosters.counts(BRIDGE, NOW.date()) == Counter({Colour.YELLOW: 1})
    assert [task.about for task in ctx.tasks.open(BRIDGE)] == ["abnormal"]


# --- apart again -----------------------------------------------------------------------------------------------------


def test_two_people_take_a_mistaken_link_back_and_each_has_what_is_its_own(ctx: Context) -> None:
    link(ctx)
    listed(ctx, 2)
    do(ctx, FIRST, report(pid(ctx, 1), "r1", "36.4"))
    unlink(ctx)
    assert (shown(ctx, FIRST), shown(ctx, SECOND)) == (Colour.GREEN, Colour.RED)
    assert (scan(ctx, 1), scan(ctx, 2)) == ("green", "red")
    assert "r1" not in {fact.id for fact in sees(ctx, SECOND).history.facts}
    assert {fact.id for fact in person(ctx).history.facts} == {f"{account_tag(FIRST)}-1", "r1"}
    assert (person(ctx).links, person(ctx).apart, person(ctx, 2).alias_of) == ((), None, b"")
    assert ctx.rosters.counts(PHOENIX, NOW.date()) == Counter({Colour.GREEN: 1, Colour.RED: 1})
    assert told(ctx, FIRST) == ["told_colour", "told_colour"]
    do(ctx, SECOND, report(pid(ctx, 2), "r2", "36.4"), who=2)
    assert "r2" in {fact.id for fact in sees(ctx, SECOND).history.facts}
    assert "r2" not in {fact.id for fact in person(ctx).history.facts}
    assert link(ctx).exit_code == 0
    assert (shown(ctx, FIRST), shown(ctx, SECOND)) == (Colour.RED, Colour.RED)


def test_whoever_erases_the_second_document_takes_it_out_of_the_first(ctx: Context) -> None:
    link(ctx)
    do(ctx, SECOND, report(pid(ctx, 2), "r2", "36.4"), who=2)
    do(ctx, SECOND, Erase(pid=pid(ctx, 2)), who=2)
    assert (person(ctx, 2).identity, person(ctx).links) == (None, ())
    assert {fact.id for fact in person(ctx).history.facts} == {f"{account_tag(FIRST)}-1"}
    assert told(ctx, SECOND)[-1] == "told_erased"
    cells, _ = ctx.views.read(SECOND)
    assert cells[pid(ctx, 2)].claim is None


def test_an_erasure_waits_for_a_colour_that_comes_from_the_other_document(ctx: Context) -> None:
    link(ctx)
    listed(ctx, 1)
    do(ctx, SECOND, Erase(pid=pid(ctx, 2)), who=2)
    assert person(ctx, 2).identity is not None
    assert told(ctx, SECOND)[-1] == "told_erase_waits"


def test_whoever_erases_the_first_leaves_the_second_on_its_own(ctx: Context) -> None:
    link(ctx)
    do(ctx, FIRST, Erase(pid=pid(ctx, 1)))
    assert (person(ctx).identity, person(ctx, 2).alias_of) == (None, b"")
    assert (shown(ctx, SECOND), scan(ctx, 2), scan(ctx, 1)) == (Colour.GREEN, "green", "not-found")
    assert ctx.rosters.counts(PHOENIX, NOW.date()) == Counter({Colour.GREEN: 1})


def test_a_claim_that_is_not_proved_cannot_be_linked_and_shows_nothing_later(ctx: Context) -> None:
    do(ctx, STRANGER, replace(declare(identity(3), account_tag(STRANGER)), level=Level.UNVERIFIED), who=3)
    assert "还没有确认" in link(ctx, second=3).output
    link(ctx)
    listed(ctx, 1)
    renamed = replace(identity(2), name="别人")
    do(ctx, SECOND, replace(declare(renamed, "renamed"), level=Level.UNVERIFIED), who=2)
    assert sees(ctx, SECOND).level is Level.UNVERIFIED
    assert "c1" not in {fact.id for fact in sees(ctx, SECOND).history.facts}
    assert scan(ctx, 2) == "unverified"


# --- killed at every step --------------------------------------------------------------------------------------------


def _life(ctx: Context, drain: Context) -> None:
    """A case and a fever under the second document after the link, drained by somebody who may die."""
    effect: Record = report(pid(ctx, 2), "r2", "38.0")
    commit(ctx, SECOND, (pid(ctx, 2), effect))
    settle_lane(drain, 0)


@pytest.mark.parametrize("after_sending", [False, True], ids=["before sending", "before the answer"])
def test_whoever_carries_it_on_may_die_at_every_step(ctx: Context, after_sending: bool) -> None:
    Fuse.after_sending = after_sending
    assert isinstance(ctx.clock, FixedClock)
    for step in range(1, 200):
        prepare(ctx)
        given = {"document": document(2), "main": document(1), "reason": "同一人"}
        assert run("link", "make", "--as", "sun.yu", given=given).exit_code == 0
        act = Act("upstream", "list cases", CASE.id, "名单", "自治区疾控中心")
        assert ctx.people.write([record(person(ctx, 2), CASE, act, ctx.moment())]) == [True]
        died = False
        Fuse.left = step
        try:
            _life(ctx, fused(ctx))
        except Killed:
            died = True
            settle_lane(ctx, 0)
        main = person(ctx)
        assert {"c1", "r2"} <= {fact.id for fact in main.history.facts}
        assert len(main.history.facts) == len({fact.id for fact in main.history.facts}) == 4
        assert (told(ctx, FIRST), told(ctx, SECOND)) == (["told_colour"], ["told_colour"])
        assert (shown(ctx, FIRST), shown(ctx, SECOND)) == (Colour.RED, Colour.RED)
        assert ctx.streams.oldest(("outbox", "follow")) == {"outbox": [], "follow": []}
        assert ctx.rosters.counts(PHOENIX, NOW.date()) == Counter({Colour.RED: 1})
        if not died:
            assert step > 8, "the drill ended before it reached the steps"
            return
    pytest.fail("it was never finished")
