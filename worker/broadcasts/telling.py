"""Who is told of a broadcast by chat: other administrators that one waits for them, its author what became of it."""

from __future__ import annotations

from dataclasses import replace

from domain.broadcasts.account import Mark, Report, tally
from domain.broadcasts.broadcast import WORDS, Broadcast, Route
from domain.broadcasts.content import as_text
from domain.broadcasts.results import Mass
from domain.roles import Action, Refused, may
from flows.core import Say
from flows.plain import Json
from store.keys import lane_of, shard_of
from store.piles import WHOLE
from worker.context import Context
from worker.delivery import letters
from worker.delivery.letters import Sendable
from worker.queues import DELIVER

REASON_SHOWN = 60
SHOWN = 200
"""Characters of a notice inside a message about it."""


def tell_admins(ctx: Context, broadcast: Broadcast, say: Say, but: str = "") -> int:
    """A message to every administrator with a phone who may approve it; how many there are."""
    told = 0
    for staff in ctx.staff.all():
        if staff.id != but and staff.account and may(staff, Action.BROADCAST_APPROVE):
            _post(ctx, staff.account, broadcast, say)
            told += 1
    return told


def tell_author(ctx: Context, broadcast: Broadcast, say: Say) -> None:
    """`say` names the template; what it declares is in `about`."""
    try:
        author = ctx.staff.read(broadcast.author)
    except Refused:
        return  # left meanwhile
    if author.account:
        _post(ctx, author.account, broadcast, say)


def about(ctx: Context, broadcast: Broadcast) -> dict[str, Json]:
    """What the messages about a broadcast say of it."""
    plan, text = ctx.broadcasts.plan(broadcast.number), as_text(broadcast.content)
    return {
        "number": broadcast.number,
        "state": WORDS[broadcast.state],
        "author": name_of(ctx, broadcast.author),
        "by": name_of(ctx, broadcast.decided_by),
        "reason": broadcast.reason[:REASON_SHOWN],
        "audience": broadcast.audience.words(),
        "text": text if len(text) <= SHOWN else f"{text[:SHOWN]}……",
        "people": plan.people if plan else broadcast.people,
        "reachable": plan.reachable if plan else 0,
        "calls": plan.calls if plan else 0,
        "left": plan.calls_left if plan else None,
        "emergency": broadcast.emergency,
        "route": broadcast.route.value,
        "at": f"{broadcast.send_at:%m月%d日 %H:%M}" if broadcast.send_at else "",
    }


def name_of(ctx: Context, staff_id: str) -> str:
    """As colleagues know them; the id of whoever is not there any more."""
    try:
        return ctx.staff.read(staff_id).name
    except Refused:
        return staff_id


def report(ctx: Context, broadcast: Broadcast) -> Report:
    """What became of everybody so far."""
    chunks = range(broadcast.chunks)
    states = ctx.piles.states(broadcast.pile, chunks) if broadcast.pile else {}
    codes: dict[int, int] = {}
    for (chunk, index), code in (ctx.piles.codes(broadcast.pile, chunks) if broadcast.pile else {}).items():
        codes[code] = codes.get(code, 0) + (states[chunk].count(b"F") if index == WHOLE else 1)
    return tally(states, codes, broadcast.left_out)


def masses(ctx: Context, broadcast: Broadcast) -> list[Mass]:
    """The mass messages of a broadcast that the platform took, each with what it reported of it."""
    if broadcast.route is not Route.MASS or not broadcast.pile:
        return []
    messages = ctx.piles.messages(broadcast.pile, range(broadcast.chunks))
    states = ctx.piles.states(broadcast.pile, list(messages))
    results = ctx.mass_results.read(list(messages.values()))
    sent = Mark.SENT.value.encode()
    told = zip(messages.items(), results, strict=True)
    return [Mass(message, states[chunk].count(sent), result) for (chunk, message), result in told]


def _post(ctx: Context, openid: str, broadcast: Broadcast, say: Say) -> None:
    shard, ref = shard_of(openid), f"broadcast-{broadcast.number}-{say.template}"
    says = (replace(say, args=about(ctx, broadcast)),)
    kind, body = letters.seal(ctx.vault, Sendable(openid, "text", says=says, ref=ref))
    ctx.redis.xadd(ctx.keys.post(shard), {"k": kind, "b": body})
    ctx.waker.wake(DELIVER, lane_of(shard, ctx.lanes))
