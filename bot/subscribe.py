"""/subscribe: the page where a resident agrees to the long-term notice for reminders.

Only WeChat's own tag can ask for that consent, and only on a page signed with the ticket of the JS-SDK; what was chosen
comes back as an event of the account. In a sandbox its stand-in script brings the tag.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template, request
from redis.exceptions import RedisError

from channel.platform import SendError

SDK = "https://res.wx.qq.com/open/js/jweixin-1.6.0.js"
SANDBOX_SDK = "/open/js/jweixin-1.6.0.js"


@dataclass(frozen=True, slots=True)
class Page:
    """What the page is made of. `ticket` gives None while nobody has one."""

    app_id: str
    template: str
    public_url: str
    sandbox: str
    ticket: Callable[[], str | None]

    @property
    def sdk(self) -> str:
        """Where the script comes from."""
        return f"{self.sandbox}{SANDBOX_SDK}" if self.sandbox else SDK

    def signed(self, path: str) -> dict[str, str | int] | None:
        """What `wx.config` takes for a page at this path with its query; None without a ticket."""
        try:
            ticket = self.ticket()
        except (SendError, RedisError):
            return None
        if ticket is None:
            return None
        nonce, stamp = secrets.token_hex(8), int(time.time())
        signature = sign(ticket, nonce, stamp, self.public_url + path)
        return {"appId": self.app_id, "timestamp": stamp, "nonceStr": nonce, "signature": signature}


def sign(ticket: str, nonce: str, stamp: int, url: str) -> str:
    """The JS-SDK's signature of a page; `url` without what follows a `#`."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={stamp}&url={url}"
    return hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - the platform's choice


def blueprint(page: Page) -> Blueprint:
    """The page; without a template there is nothing to agree to."""
    routes = Blueprint("subscribe", __name__)

    @routes.get("/subscribe")
    def show() -> Response:
        if not page.template:
            return Response("本号没有开通打卡提醒通知\n", 404, mimetype="text/plain")
        query = request.query_string.decode("ascii", "replace")
        config = page.signed(request.path + (f"?{query}" if query else ""))
        nonce = secrets.token_urlsafe(12)
        html = render_template("subscribe.html", page=page, config=config, nonce=nonce)
        response = Response(html, 200 if config else 503, mimetype="text/html")
        response.headers["Content-Security-Policy"] = _policy(page, nonce)
        if page.sandbox:
            response.headers["X-Frame-Options"] = "ALLOWALL"
        return response

    return routes


def _policy(page: Page, nonce: str) -> str:
    """Scripts are the SDK's and the one of this page. What else WeChat's browser brings in for its tags is its own
    affair, so the rest is left open; framed by nobody, but by the sandbox's phones."""
    origin = f"{urlsplit(page.sdk).scheme}://{urlsplit(page.sdk).netloc}"
    framed = page.sandbox or "'none'"
    return f"script-src 'nonce-{nonce}' {origin}; object-src 'none'; base-uri 'none'; frame-ancestors {framed}"
