"""Letting somebody in: by a scan that was approved, or by password and authenticator.

Guessing is limited by what cannot be somebody else's: a source that fails too often waits, and so does a browser.
Failures from browsers that an account has never used close that account to such browsers alone, so nobody is kept out
by others: a browser used before and the scan go on working.
"""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.roles import Refused, Staff
from domain.scopes import ID
from store.console_sessions import Way
from store.credentials import Credential
from store.limits import Limit, Try
from worker.context import Context
from worker.signing.alerts import alert
from worker.signing.proofs import fits, step_of

PER_SOURCE = Limit("sign-in source", 20, timedelta(minutes=15))
PER_BROWSER = Limit("sign-in browser", 10, timedelta(minutes=15))
PER_STRANGERS = Limit("sign-in strangers", 20, timedelta(hours=1))
BROWSER_BYTES = 24
NOBODY = "-"
"""Stands for what cannot be an id."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever stands before the door: the source's address, what browser it says it is, its own cookie or empty."""

    address: str
    browser: str
    cookie: str
    language: str

    @property
    def source(self) -> str:
        """The address; of IPv6 the network that one household has."""
        try:
            found = ipaddress.ip_address(self.address)
        except ValueError:
            return self.address
        return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)


@dataclass(frozen=True, slots=True)
class Entered:
    """The cookie of the session, and the one by which this browser is known from now on."""

    session: str
    browser: str


def by_password(ctx: Context, who: str, password: str, code: str, visitor: Visitor) -> Entered:
    """Raises Refused: `sign_in_wrong`, whichever part was; `sign_in_too_often`."""
    now, who = ctx.clock.now(), who if ID.fullmatch(who) else NOBODY
    known = ctx.credentials.knows(who, visitor.cookie)
    tries = _counted(ctx, who, visitor, known, now)
    credential = ctx.credentials.read(who)
    right = fits(password, credential.password if credential else "")
    if credential is None or not right or not _step(ctx, who, credential, code, now):
        raise Refused("sign_in_wrong")
    try:
        staff = ctx.staff.read(who)
    except Refused:
        raise Refused("sign_in_wrong") from None
    ctx.limits.forgive(*tries)
    if not known:
        alert(ctx, staff, "password", visitor.address, visitor.browser, now)
    return enter(ctx, staff, Way.PASSWORD, visitor)


def enter(ctx: Context, staff: Staff, way: Way, visitor: Visitor) -> Entered:
    """A new session of somebody who has shown who they are."""
    browser = visitor.cookie or secrets.token_urlsafe(BROWSER_BYTES)
    if way is Way.PASSWORD:
        ctx.credentials.remember(staff.id, browser)
    session = ctx.console_sessions.begin(
        staff.id,
        way,
        staff.account,
        ctx.clock.now(),
        address=visitor.address,
        browser=visitor.browser,
        language=visitor.language,
    )
    return Entered(session, browser)


def count(ctx: Context, visitor: Visitor) -> Try:
    """One try with a set-up code. It is too long to be guessed from many sources, so only the source is limited: no
    stranger keeps anybody from using theirs. Raises Refused (`sign_in_too_often`)."""
    attempt = ctx.limits.attempt(PER_SOURCE, visitor.source, ctx.clock.now())
    if attempt is None:
        raise Refused("sign_in_too_often")
    return attempt


def _counted(ctx: Context, who: str, visitor: Visitor, known: bool, now: datetime) -> tuple[Try, ...]:
    if known:
        wanted = [(PER_BROWSER, f"{who}\0{visitor.cookie}")]
    else:
        wanted = [(PER_SOURCE, visitor.source), (PER_STRANGERS, who)]
    made: list[Try] = []
    for limit, name in wanted:
        attempt = ctx.limits.attempt(limit, name, now)
        if attempt is None:
            ctx.limits.forgive(*made)
            raise Refused("sign_in_too_often")
        made.append(attempt)
    return tuple(made)


def _step(ctx: Context, who: str, credential: Credential, code: str, now: datetime) -> bool:
    step = step_of(code, credential.secret, credential.counter, now)
    return step is not None and ctx.credentials.used(who, credential, step)
