"""Setting up password and authenticator, for the first time or anew: by a code that an administrator made or, for
somebody who has signed in by a scan just now, by their own."""

from __future__ import annotations

from domain.invites import read_code
from domain.roles import Refused, Staff
from domain.scopes import ID
from store.changes import Act
from store.console_sessions import Way
from store.credentials import Credential, Enrolment
from worker.context import Context
from worker.signing import entry
from worker.signing.alerts import alert
from worker.signing.proofs import checked, hashed, new_code, new_secret, step_of


def offer(ctx: Context, staff: Staff, by: str, act: Act) -> str:
    """The code for somebody, good once and for a day."""
    code = new_code()
    ctx.audit.note(act)
    ctx.credentials.offer(staff.id, code, new_secret(), by, ctx.clock.now())
    return code


def open_offer(ctx: Context, who: str, code: str, visitor: entry.Visitor) -> Enrolment:
    """What a code sets up. Raises Refused: `enrol_wrong`, `sign_in_too_often`, `code_unreadable`."""
    attempt = entry.count(ctx, visitor)
    found = ctx.credentials.offered(who, read_code(code), ctx.clock.now()) if ID.fullmatch(who) else None
    if found is None:
        raise Refused("enrol_wrong")
    ctx.limits.forgive(attempt)
    return found


def enrol(ctx: Context, who: str, code: str, password: str, digits: str, visitor: entry.Visitor) -> entry.Entered:
    """Password and authenticator are set, all earlier sessions end, and a new one begins. Raises Refused: those of
    `open_offer` and `checked`, `totp_wrong`."""
    enrolment, now = open_offer(ctx, who, code, visitor), ctx.clock.now()
    password = checked(who, password)
    step = step_of(digits, enrolment.secret, 0, now)
    if step is None:
        raise Refused("totp_wrong")
    staff = ctx.staff.read(who)
    credential = Credential(hashed(password), enrolment.secret, step, now)
    if not ctx.credentials.enrol(who, enrolment, credential):
        raise Refused("enrol_wrong")
    ctx.audit.note(Act(who, "set password", reason=f"code by {enrolment.by}", organisation=staff.organisation))
    ctx.console_sessions.end_all(who)
    alert(ctx, staff, "password_set", visitor.address, visitor.browser, now)
    return entry.enter(ctx, staff, Way.PASSWORD, visitor)
