"""Whoever stands before the console's door: where from, with what browser. Told to the member of the staff later."""

from __future__ import annotations

from flask import Request, Response

from bot.console import prose
from bot.console.visits import COOKIE
from worker.context import Context
from worker.signing.entry import Entered, Visitor

BROWSER_COOKIE = "yima_browser"
BROWSER_SECONDS = 180 * 86_400
_BROWSERS = (
    ("MicroMessenger/", "微信"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def visitor_of(ctx: Context, request: Request) -> Visitor:
    """Who asks, as far as a request says it."""
    address = address_of(request, ctx.settings.proxies)
    browser = told_browser(request.headers.get("User-Agent", ""))
    return Visitor(address, browser, request.cookies.get(BROWSER_COOKIE, "")[:64], prose.language_now())


def address_of(request: Request, proxies: int) -> str:
    """The address of the source: what the outermost of our proxies saw, or who is connected where there is none."""
    hops = [part.strip() for line in request.headers.getlist("X-Forwarded-For") for part in line.split(",")]
    if proxies and len(hops) >= proxies:
        return hops[-proxies][:64]
    return request.remote_addr or ""


def told_browser(agent: str) -> str:
    """In words that somebody recognises: Chrome · Windows."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "其他浏览器")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} · {system}" if system else browser


def let_in(ctx: Context, response: Response, entered: Entered) -> Response:
    """The response with both cookies: the session's ends with the browser, the browser's own stays."""
    secure = ctx.settings.public_url.startswith("https:")
    response.set_cookie(COOKIE, entered.session, path="/", httponly=True, secure=secure, samesite="Lax")
    response.set_cookie(
        BROWSER_COOKIE,
        entered.browser,
        path="/console",
        max_age=BROWSER_SECONDS,
        httponly=True,
        secure=secure,
        samesite="Lax",
    )
    return response
