"""The browser inside the phones: it fetches pages as WeChat's does, by its own name and with the phone's own cookies.

A page in a frame would see the desktop's browser, and many refuse to be framed. So the sandbox fetches for the frame:
`/sandbox/web/<phone>/<scheme>/<host>/<path>`. Links and forms are led through it; scripts that fetch from their own
server are not, and need 「在浏览器打开」.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from html import escape
from threading import Lock
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

import flask
import requests

from sandbox.phone_api import find_phone
from sandbox.phones import Phone
from sandbox.world import World

AGENT = (
    "Mozilla/5.0 (Linux; Android 13; V2183A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 "
    "Mobile Safari/537.36 MicroMessenger/8.0.47.2560(0x28002F35) WeChat/arm64 NetType/WIFI Language/zh_CN ABI/arm64"
)
AUTHORIZE = "/connect/oauth2/authorize"
_SUBSCRIBE = "/sandbox/subscribe"
_HERE = "/sandbox/web"
_REDIRECTS = 10
_PATIENCE = 20.0
_LARGEST = 8 * 1024 * 1024
_REMEMBERED = 500
_POLICY = "sandbox allow-scripts allow-forms allow-popups allow-modals"
"""Makes the page a stranger to the sandbox, whose address it has in the frame."""
_ADDRESS = re.compile(r"""(\s(?:href|src|action|poster)\s*=\s*)(["'])((?:https?:/)?/.*?)\2""", re.IGNORECASE)


class NoPage(Exception):
    """The page cannot be shown; the text says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the frame asks for."""

    method: str
    url: str
    body: bytes = b""
    content_type: str = ""


class Browser:
    """The browsers of all phones. Cookies are kept until the sandbox ends."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._lock = Lock()
        self._sessions: OrderedDict[str, requests.Session] = OrderedDict()

    def fetch(self, phone: Phone, request: Request) -> requests.Response:
        """The page at the end of all redirects, which may be an address of the sandbox itself. Raises NoPage."""
        session = self._session(phone)
        for _ in range(_REDIRECTS):
            answer = self._send(session, phone, request)
            if not answer.is_redirect:
                return answer
            url = urljoin(answer.url, answer.headers["Location"])
            again = answer.status_code in (307, 308)
            request = Request(request.method, url, request.body, request.content_type) if again else Request("GET", url)
            if self.is_own_page(url):
                return answer
        raise NoPage("网页跳转的次数太多")

    def is_own_page(self, url: str) -> bool:
        """Whether the sandbox shows this page itself: everything of its own but the authorization, which redirects."""
        parts, own = urlsplit(url), urlsplit(self._base)
        return parts.netloc.lower() == own.netloc.lower() and parts.path != AUTHORIZE

    def through(self, phone: Phone, url: str) -> str:
        """Where the frame finds a page; the one that asks for consent is told whose phone this is."""
        if self.is_own_page(url):
            parts = urlsplit(url)
            named = parts.path != _SUBSCRIBE or "phone" in dict(parse_qsl(parts.query))
            query = parts.query if named else "&".join(filter(None, (parts.query, f"phone={phone.id}")))
            return urlunsplit(("", "", parts.path or "/", query, parts.fragment))
        scheme, _, rest = url.partition("://")
        return f"{_HERE}/{phone.id}/{scheme.lower()}/{rest}"

    def _send(self, session: requests.Session, phone: Phone, request: Request) -> requests.Response:
        headers = {"Content-Type": request.content_type} if request.content_type else {}
        url = self._identified(request.url, phone)
        try:
            answer = session.request(
                request.method,
                url,
                data=request.body or None,
                headers=headers,
                timeout=_PATIENCE,
                allow_redirects=False,
                stream=True,
            )
            with answer:
                answer._content = answer.raw.read(_LARGEST + 1, decode_content=True)
        except (requests.RequestException, OSError, ValueError) as error:
            raise NoPage("连不上这个网址的服务器") from error
        if len(answer.content) > _LARGEST:
            raise NoPage("这个网页太大")
        return answer

    def _identified(self, url: str, phone: Phone) -> str:
        """On the sandbox's own authorization page, it is told whose phone this is."""
        parts = urlsplit(url)
        if parts.path == AUTHORIZE and parts.netloc.lower() == urlsplit(self._base).netloc.lower():
            query = "&".join(filter(None, (parts.query, urlencode({"sandbox_phone": phone.id}))))
            parts = parts._replace(query=query)
        return urlunsplit(parts._replace(fragment=""))

    def _session(self, phone: Phone) -> requests.Session:
        with self._lock:
            session = self._sessions.setdefault(phone.id, requests.Session())
            self._sessions.move_to_end(phone.id)
            session.trust_env = False
            session.headers.update({"User-Agent": AGENT, "Accept-Language": "zh-CN,zh;q=0.9"})
            while len(self._sessions) > _REMEMBERED:
                self._sessions.popitem(last=False)
            return session


def blueprint(world: World) -> flask.Blueprint:
    """The route of the frame."""
    routes = flask.Blueprint("browser", __name__)
    browser = Browser(world.base)

    @routes.route(f"{_HERE}/<phone_id>/<any(http, https):scheme>/<path:rest>", methods=["GET", "POST"])
    def show(phone_id: str, scheme: str, rest: str) -> flask.typing.ResponseReturnValue:
        phone, asked = find_phone(world, phone_id), flask.request
        query = asked.query_string.decode("latin-1")
        url = f"{scheme}://{quote(rest, safe=_SAFE)}{'?' + query if query else ''}"
        if browser.is_own_page(url):
            return flask.redirect(browser.through(phone, url))
        try:
            answer = browser.fetch(phone, Request(asked.method, url, asked.get_data(), asked.content_type or ""))
        except NoPage as error:
            return _unseen(url, str(error))
        if answer.is_redirect:
            return flask.redirect(browser.through(phone, urljoin(answer.url, answer.headers["Location"])))
        return _framed(browser, phone, answer)

    return routes


_SAFE = "/:@!$&'()*+,;=~%[]"


def _framed(browser: Browser, phone: Phone, answer: requests.Response) -> flask.Response:
    kind = answer.headers.get("Content-Type", "application/octet-stream")
    content = answer.content
    if kind.lower().startswith("text/html"):
        encoding = answer.encoding if "charset" in kind.lower() and answer.encoding else "utf-8"
        page = _led(browser, phone, answer.url, content.decode(encoding, "replace"))
        content, kind = page.encode(), "text/html; charset=utf-8"
    headers = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return flask.Response(content, answer.status_code, {**headers, "Content-Type": kind})


def _led(browser: Browser, phone: Phone, url: str, page: str) -> str:
    """The page with its addresses led through the sandbox, and the script that tells the phone its title."""

    def lead(found: re.Match[str]) -> str:
        target = browser.through(phone, urljoin(url, found[3].replace("&amp;", "&"))).replace("&", "&amp;")
        return f"{found[1]}{found[2]}{target}{found[2]}"

    told = f'<script src="/static/inside.js" data-address="{escape(url)}"></script>'
    return _ADDRESS.sub(lead, page) + told


def _unseen(url: str, reason: str) -> flask.typing.ResponseReturnValue:
    page = flask.render_template("unseen.html", url=url, reason=reason)
    return page, 502, {"Content-Security-Policy": f"{_POLICY}; default-src 'self'"}
