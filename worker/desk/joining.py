"""Organisations by chat: what joining means, joining, what was joined, leaving. For residents: any account may ask."""

from __future__ import annotations

from domain.roles import Refused
from flows.core import Say
from flows.plain import Json
from flows.told import relative, words
from store.known import Shown
from worker.context import Context
from worker.delivery.letters import Sendable
from worker.staff import organisations

JOIN = "join"


def offer(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """A scanned QR: who asks, what they would see; nothing is joined before 确认加入."""
    try:
        unit = ctx.organisations.read(str(letter.args["id"]))
    except Refused:
        return (Say("join_unknown"),)
    ctx.notes.put(letter.openid, JOIN, unit.id, ctx.moment().now)
    people: list[Json] = [_called(each) for each in organisations.people_of(ctx, letter.openid)]
    return (Say("join_offer", {"organisation": unit.name, "people": people}),)


def join(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """确认加入: the account's own person, or the relative of this number."""
    id = ctx.notes.get(letter.openid, JOIN, ctx.moment().now)
    if not id:
        return (Say("join_unknown"),)
    try:
        unit, who = organisations.join(ctx, letter.openid, id, _number(letter))
    except Refused as refused:
        return (Say("join_many" if refused.reason == "too_many_joined" else "join_number"),)
    return (Say("joined", {"organisation": unit.name, "name": _called(who)}),)


def memberships(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """我的单位: each with its number, and for whom."""
    called = {each.known.pid: _called(each) for each in organisations.people_of(ctx, letter.openid)}
    joined: list[Json] = [
        [ctx.organisations.read(id).name, called.get(member.pid, "")]
        for id, member in ctx.organisations.joined_by(letter.openid)
    ]
    return (Say("memberships", {"joined": joined}),)


def leave(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """退出单位: the one of this number, or the only one there is; repeated, it has been done."""
    joined = ctx.organisations.joined_by(letter.openid)
    if "number" not in letter.args and len(joined) != 1:
        return memberships(ctx, letter)
    done = ctx.notes.get(letter.openid, f"left {letter.ref}", ctx.moment().now)
    if done:
        return (Say("left_organisation", {"organisation": done}),)
    try:
        unit = organisations.leave(ctx, letter.openid, _number(letter))
    except Refused:
        return memberships(ctx, letter)
    ctx.notes.put(letter.openid, f"left {letter.ref}", unit.name, ctx.moment().now)
    return (Say("left_organisation", {"organisation": unit.name}),)


def _number(letter: Sendable) -> int:
    return int(str(letter.args.get("number", 1)))


def _called(who: Shown) -> Json:
    """A relative by what the owner calls them, oneself by that."""
    relation = relative(who.relation) if who.relation else words("本人")
    return words("{name}（{relation}）", name=who.known.profile.name, relation=relation)
