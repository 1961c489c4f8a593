"""Who is at the console: a member of the staff with a session that holds, as the registry says at this moment."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from flask import Request

from domain.deputies import acting
from domain.facts import day_of
from domain.roles import Action, Refused, Staff, holds, may, require
from domain.scopes import EVERYBODY, Target
from store.console_sessions import Session, Way
from worker.context import Context

COOKIE = "yima_staff"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in."""

    staff: Staff
    session: Session
    now: datetime

    @property
    def language(self) -> str:
        return self.session.language

    def may(self, action: Action, target: Target = EVERYBODY) -> bool:
        """Whether they may do this to the target."""
        return may(self.staff, action, target)

    def sees(self, action: Action, target: Target = EVERYBODY) -> bool:
        """Whether they may look at what this action is about: an auditor reads everything."""
        return self.may(action, target) or holds(self.staff, Action.READ_AUDIT)

    def may_somewhere(self, action: Action) -> bool:
        """Whether they may do this to anybody at all."""
        return holds(self.staff, action)

    def require(self, action: Action, target: Target = EVERYBODY) -> None:
        """Raises Refused: `role` or `scope`."""
        require(self.staff, action, target)

    def genuine(self, request: Request) -> bool:
        """Whether a form or a script of our own page sends this."""
        sent = request.headers.get("X-CSRF") or request.form.get("csrf", "")
        return hmac.compare_digest(sent.encode(), self.session.csrf.encode())


def visit_of(ctx: Context, cookie: str) -> Visit | None:
    """The visit that a cookie brings; None for a session that is over, and for somebody who has left since: whoever
    lost every role, or signed in by a WeChat account that is no longer theirs."""
    now = ctx.clock.now()
    session = ctx.console_sessions.read(cookie, now)
    if session is None:
        return None
    try:
        staff = ctx.staff.read(session.staff)
    except Refused:
        staff = None
    if staff is None or (session.way is not Way.PASSWORD and staff.account != session.account):
        ctx.console_sessions.end(session.staff, session.tag)
        return None
    return Visit(acting(staff, day_of(now)), ctx.console_sessions.touched(session, now), now)
