"""What a scan of a printed card is told: its holder as they are now, with the same force as a code (正文二·4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import redis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.gate import Answer, Checker
from domain import cards, passes
from domain.appointing import granted, new_staff
from domain.facts import Case, CaseKind, day_of
from domain.people import Document, Identity, Level
from domain.person import Person
from domain.roles import Grant, Refused, Role, Staff
from domain.scopes import Communities, Everywhere
from domain.verdict import NOWHERE
from store.cards import OldCard
from store.changes import Act
from store.keys import account_tag
from tests.stage import BRIDGE, NOW, PHOENIX, FixedClock, commit, declare, identity, openid, pid_of, stage
from worker.cards.issuing import issue, lose
from worker.context import Context
from worker.decisions.recording import record
from worker.gate.scanning import Scanner
from worker.jobs import settle_lane
from worker.residents.registering import Entry

LI_QIANG: Staff = granted(new_staff("li.qiang", "李强", "凤凰社区"), Grant(Role.COMMUNITY_WORKER, Communities(PHOENIX)))
WANG_XIULAN = Entry(identity(7), PHOENIX, "幸福路 2 号", Decimal("36.5"))
"""王秀兰: 81, no telephone."""


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    return stage(valkey_url, tmp_path, SETTLE_LANES="1")


def scan(ctx: Context, person: Person, card: int = -1) -> Answer:
    """Scan a card as it is printed."""
    key = Ed25519PrivateKey.from_private_bytes(ctx.settings.code_signing_key).public_key()
    token = ctx.signer().link_on(person.cards[card], person.pid).rpartition("/")[2]
    checker = Checker(
        Scanner({passes.key_id(key): key}, ctx.settings.handle_key), ctx.people, ctx.clock, lambda: NOWHERE
    )
    return checker.check(token)


def later(ctx: Context, **parts: float) -> None:
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.advance(**parts)


def test_whoever_has_no_telephone_passes_with_a_card_and_the_scan_is_looked_up(ctx: Context) -> None:
    holder = issue(ctx, WANG_XIULAN, LI_QIANG, "上门办理")
    answer = scan(ctx, holder)
    assert (answer.result, answer.live, answer.name) == ("green", True, "王*7")
    assert answer.card == cards.told_number(holder.cards[-1].number)
    act = Act("ma.hong", "record case", "c1", "流调", "区疾控")
    case = Case(id="c1", at=NOW, case=CaseKind.CONFIRMED, since=day_of(NOW))
    assert ctx.people.write([record(holder, case, act, ctx.moment())]) == [True]
    assert scan(ctx, holder).result == "red"


def test_a_card_carries_no_colour_and_only_its_day_ends_it(ctx: Context) -> None:
    holder = issue(ctx, WANG_XIULAN, LI_QIANG, "上门办理")
    later(ctx, days=10)
    assert scan(ctx, holder).result == "grey"
    later(ctx, days=170)
    assert scan(ctx, holder).result == "grey"
    later(ctx, days=1)
    assert scan(ctx, holder).result == "expired"


def test_without_a_declaration_there_is_a_card_and_no_colour(ctx: Context) -> None:
    holder = issue(ctx, replace(WANG_XIULAN, temperature=None), LI_QIANG, "上门办理")
    assert scan(ctx, holder).result == "none"


def test_a_new_card_voids_the_one_before_at_once_also_within_a_day(ctx: Context) -> None:
    issue(ctx, WANG_XIULAN, LI_QIANG, "上门办理")
    later(ctx, seconds=1)
    holder = issue(ctx, WANG_XIULAN, LI_QIANG, "字迹不清")
    assert [scan(ctx, holder, 0).result, scan(ctx, holder).result] == ["revoked", "green"]
    assert len([fact for fact in holder.history.facts if type(fact).__name__ == "Declaration"]) == 1


def test_a_lost_card_is_void_at_once_and_the_next_one_good(ctx: Context) -> None:
    holder = issue(ctx, WANG_XIULAN, LI_QIANG, "上门办理")
    lose(ctx, holder.cards[-1].number, LI_QIANG, "丢失")
    assert scan(ctx, holder).result == "revoked"
    later(ctx, seconds=1)
    assert scan(ctx, issue(ctx, WANG_XIULAN, LI_QIANG, "补发")).result == "green"


def test_the_owner_of_a_card_who_gets_an_account_keeps_history_and_card(ctx: Context) -> None:
    holder = issue(ctx, WANG_XIULAN, LI_QIANG, "上门办理")
    who, pid = openid(7), pid_of(ctx, identity(7))
    commit(ctx, who, (pid, declare(identity(7), account_tag(who))))
    settle_lane(ctx, 0)
    bound = ctx.people.read([pid])[pid]
    assert (bound.account, bound.cards) == (who, holder.cards)
    assert len([fact for fact in bound.history.facts if type(fact).__name__ == "Declaration"]) == 2
    assert scan(ctx, bound).result == "green"


def test_a_worker_issues_cards_where_they_work_and_nowhere_else(ctx: Context) -> None:
    with pytest.raises(Refused, match="scope"):
        issue(ctx, replace(WANG_XIULAN, community=BRIDGE), LI_QIANG, "上门办理")
    other = granted(new_staff("sun.li", "孙丽", "满春园社区"), Grant(Role.COMMUNITY_WORKER, Communities(BRIDGE)))
    holder = issue(ctx, WANG_XIULAN, LI_QIANG, "上门办理")
    for attempt in (
        lambda: issue(ctx, replace(WANG_XIULAN, community=BRIDGE), other, "搬家"),
        lambda: lose(ctx, holder.cards[-1].number, other, "丢失"),
    ):
        with pytest.raises(Refused, match="scope"):
            attempt()
    auditor = granted(new_staff("qian.jin", "钱进", "审计厅"), Grant(Role.AUDITOR, Everywhere()))
    with pytest.raises(Refused, match="role"):
        issue(ctx, WANG_XIULAN, auditor, "上门办理")


def test_a_card_of_before_is_found_by_its_number_until_it_is_lost(ctx: Context) -> None:
    old = OldCard("YC-0001234", "王秀兰", PHOENIX, "凤凰社区")
    assert [ctx.cards.take_over(old), ctx.cards.take_over(replace(old, name="别人"))] == [True, False]
    assert ctx.cards.find("YC-0001234") == old
    lose(ctx, "YC-0001234", LI_QIANG, "丢失")
    lost = ctx.cards.find("YC-0001234")
    assert isinstance(lost, OldCard)
    assert lost.ended == NOW
    assert not lost.holds_on(day_of(NOW) + timedelta(days=1))
    with pytest.raises(Refused, match="no_such_card"):
        lose(ctx, "YC-9999999", LI_QIANG, "丢失")


def test_whoever_typed_a_strangers_document_gets_no_card_printed_for_them(ctx: Context) -> None:
    who, pid = openid(8), pid_of(ctx, identity(7))
    stranger = replace(declare(identity(7), account_tag(who)), level=Level.UNVERIFIED)
    commit(ctx, who, (pid, stranger))
    settle_lane(ctx, 0)
    with pytest.raises(Refused, match="unproved_claim"):
        issue(ctx, WANG_XIULAN, LI_QIANG, "上门办理")
    assert ctx.people.read([pid])[pid].cards == ()


def test_a_name_of_the_same_document_in_another_hand_does_not_replace_what_an_account_said(ctx: Context) -> None:
    who, pid = openid(7), pid_of(ctx, identity(7))
    commit(ctx, who, (pid, declare(identity(7), account_tag(who))))
    settle_lane(ctx, 0)
    misread = Identity("王芬", Document(identity(7).document.kind, identity(7).document.number))
    holder = issue(ctx, Entry(misread, PHOENIX), LI_QIANG, "上门办理")
    assert holder.identity == identity(7)
