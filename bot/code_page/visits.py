"""Who is asking for the page: by WeChat's word or by a link of the chat, and after that by a sealed cookie.

The account is read again for every answer, so that whoever unfollows or erases sees nothing from then on.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.code_page.seals import Seals, Visitor, Way
from channel.clock import Clock
from channel.platform import SendError
from channel.platform.oauth import Authorization, BadCode, OnlyPreviewing
from flows.core import Session
from store.account import ReadFailed
from store.accounts import Accounts
from store.known import Shown, everyone_of


class Stop(StrEnum):
    """Why somebody sees no code; each has its words in `code_stop.html`."""

    NOBODY = "nobody"
    LINK_OVER = "link-over"
    NOT_RETURNED = "not-returned"
    """A sign-in that does not belong to this browser, is too old, or was done already."""
    PREVIEW = "preview"
    NOT_FOLLOWING = "not-following"
    AWAY = "away"


class Stopped(Exception):
    """No code is shown."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop.value)
        self.stop = stop


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at the page. `people` are those whom the account may show, in order."""

    visitor: Visitor
    session: Session
    people: tuple[Shown, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Door:
    """Lets visitors in. `page_url` is where WeChat sends them back to, less `/in`."""

    accounts: Accounts
    clock: Clock
    seals: Seals
    authorization: Authorization
    page_url: str

    def visit(self, cookie: str) -> Visit:
        """Raises Stopped."""
        now = self.clock.now()
        visitor = self.seals.open_session(cookie, now)
        if visitor is None:
            raise Stopped(Stop.NOBODY)
        try:
            desktop = self.accounts.look(visitor.openid)
        except ReadFailed:
            raise Stopped(Stop.AWAY) from None
        session = desktop.account.session
        if not session.following:
            raise Stopped(Stop.NOT_FOLLOWING)
        return Visit(visitor, session, everyone_of(desktop.account, dict(desktop.views)), now)

    def by_link(self, token: str, cookie: str) -> str:
        """The session of somebody with a link of the chat: the one they have already, if it does. Raises Stopped."""
        now = self.clock.now()
        openid, known = self.seals.open_link(token, now), self.seals.open_session(cookie, now)
        if openid is None and known is None:
            raise Stopped(Stop.LINK_OVER)
        if known is not None and openid in (None, known.openid):
            return cookie
        return self.seals.session(Visitor(str(openid), Way.LINK), now)

    def send_off(self) -> tuple[str, str]:
        """Where WeChat says who this is, and the state that has to come back from there."""
        state = self.seals.state(self.clock.now())
        return self.authorization.address(f"{self.page_url}/in", state), state

    def by_wechat(self, code: str, state: str, remembered: str) -> str:
        """The session of somebody who comes back from WeChat. Raises Stopped."""
        now = self.clock.now()
        if not hmac.compare_digest(state.encode(), remembered.encode()) or not self.seals.is_state(state, now):
            raise Stopped(Stop.NOT_RETURNED)
        try:
            openid = self.authorization.oauth_openid(code)
        except BadCode:
            raise Stopped(Stop.NOT_RETURNED) from None
        except OnlyPreviewing:
            raise Stopped(Stop.PREVIEW) from None
        except SendError:
            raise Stopped(Stop.AWAY) from None
        return self.seals.session(Visitor(openid, Way.WECHAT), now)
