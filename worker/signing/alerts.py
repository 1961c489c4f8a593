"""What the chat says of the console: to the account of the member of the staff, as far as a message may reach it."""

from __future__ import annotations

from datetime import datetime

from domain.facts import SHANGHAI
from domain.roles import Staff
from flows.core import Say
from store.keys import lane_of, shard_of
from worker.context import Context
from worker.delivery import letters
from worker.delivery.letters import Sendable
from worker.queues import DELIVER


def tell(ctx: Context, staff: Staff, say: Say, ref: str) -> None:
    """`ref` is the same for the same message. Whoever has no account is not told."""
    if not staff.account:
        return
    kind, body = letters.seal(ctx.vault, Sendable(staff.account, "text", says=(say,), ref=ref))
    shard = shard_of(staff.account)
    ctx.redis.xadd(ctx.keys.post(shard), {"k": kind, "b": body})
    ctx.waker.wake(DELIVER, lane_of(shard, ctx.lanes))


def alert(ctx: Context, staff: Staff, what: str, address: str, browser: str, now: datetime) -> None:
    """Somebody signed in with the password on a new browser (`password`), or set it anew (`password_set`)."""
    say = Say("console_alert", {"what": what, **told(address, browser, now)})
    tell(ctx, staff, say, f"console-{what}-{int(now.timestamp())}")


def told(address: str, browser: str, now: datetime) -> dict[str, str]:
    """Where and when, as the chat's templates take it."""
    at = now.astimezone(SHANGHAI)
    return {"at": f"{at.month}月{at.day}日 {at:%H:%M}", "address": address, "browser": browser}
