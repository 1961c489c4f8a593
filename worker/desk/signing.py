"""A scanned QR of the console: the page that shows it signs in, and the chat says so; and how all of that is ended."""

from __future__ import annotations

from flows.core import Say
from worker.context import Context
from worker.delivery.letters import Sendable
from worker.signing.alerts import told
from worker.staff.duties import on_duty


def sign_in(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """The page that waits with this code is let in as the account's member of the staff."""
    staff, now = on_duty(ctx, letter.openid), ctx.clock.now()
    ticket = ctx.console_tickets.approve(str(letter.args["code"]), staff.id, letter.openid, now)
    return (Say("console_signed_in", {"name": staff.name, **told(ticket.address, ticket.browser, now)}),)


def address(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """工作台: where it is; on the telephone WeChat says who it is."""
    on_duty(ctx, letter.openid)
    return (Say("console_address", {"url": f"{ctx.settings.public_url}/console/"}),)


def sign_out(ctx: Context, letter: Sendable) -> tuple[Say, ...]:
    """退出工作台: every session of this member of the staff is over."""
    staff = on_duty(ctx, letter.openid)
    ctx.console_sessions.end_all(staff.id)
    return (Say("console_left"),)
