"""A sandbox on a free port, and a webhook that answers with wechatpy, the reader that is not ours."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import create_reply
from wechatpy.utils import check_signature

from sandbox.app import create_app
from sandbox.config import read
from sandbox.server import Server
from sandbox.world import World, build

ACCOUNT = {
    "app_id": "wx5823bf96d3bd56c7",
    "app_secret": "0123456789abcdef0123456789abcdef",
    "token": "yimatoken",
    "aes_key": "Q0hBTkdFTUVDSEFOR0VNRUNIQU5HRU1FQ0hBTkdFTUU",
    "original_id": "gh_97417a04a28d",
    "account_name": "宁夏一码",
    "sms_key": "adapter-key-0",
}
CRYPTO = WeChatCrypto(ACCOUNT["token"], ACCOUNT["aes_key"], ACCOUNT["app_id"])

Answer = tuple[int, bytes]
Handler = Callable[[dict[str, str], bytes], Answer]


def received(query: dict[str, str], body: bytes) -> Any:
    """The push as wechatpy reads it."""
    return parse_message(CRYPTO.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"]))


def sealed(reply: str, query: dict[str, str]) -> Answer:
    """A reply's XML in wechatpy's envelope."""
    return 200, CRYPTO.encrypt_message(reply, query["nonce"], query["timestamp"]).encode()


def echo(query: dict[str, str], body: bytes) -> Answer:
    """Answers 「收到：…」 to a text, and nothing to the rest."""
    message = received(query, body)
    if message.type != "text":
        return 200, b"success"
    return sealed(create_reply(f"收到：{message.content}", message).render(), query)


@dataclass
class Webhook:
    """The account's server. `answer` may be exchanged; `requests` are (query, body, headers)."""

    answer: Handler = echo
    requests: list[tuple[dict[str, str], bytes, dict[str, str]]] = field(default_factory=list)
    url: str = ""
    echo: str = "{}"

    def events(self, name: str) -> list[dict[str, Any]]:
        """The nodes of the events of this name, as xmltodict reads them."""
        found = [message._data for message in self.messages]
        return [dict(nodes) for nodes in found if str(nodes.get("Event", "")).lower() == name.lower()]

    @property
    def messages(self) -> list[Any]:
        return [received(query, body) for query, body, _ in self.requests]


@dataclass
class Stage:
    """A sandbox that runs, spoken to over HTTP."""

    base: str
    world: World
    webhook: Webhook
    session: requests.Session

    def get(self, path: str, /, **query: Any) -> Any:
        return self.session.get(self.base + path, params=query, timeout=40).json()

    def post(self, path: str, document: Any = None, status: int = 200, **query: Any) -> Any:
        answer = self.session.post(self.base + path, json=document, params=query, timeout=40)
        assert answer.status_code == status, answer.text
        return answer.json()

    def api(self, path: str, document: Any = None) -> Any:
        """Call the host side with a good token; a document is posted as raw UTF-8."""
        query = {"access_token": self.world.tokens.stable(self.world.clock.now(), "", False)[0]}
        if document is None:
            return self.session.get(self.base + path, params=query, timeout=10).json()
        raw = json.dumps(document, ensure_ascii=False).encode()
        return self.session.post(self.base + path, params=query, data=raw, timeout=10).json()

    def person(self, following: bool = True, **stated: str) -> dict[str, Any]:
        """A new phone, 李强's; a follower unless said otherwise."""
        phone: dict[str, Any] = self.post("/sandbox/phones", {"name": "李强", **stated})
        if following:
            self.post(f"/sandbox/phones/{phone['id']}/follow")
        return phone

    def act(self, phone: dict[str, Any], act: str, /, status: int = 200, **stated: Any) -> Any:
        return self.post(f"/sandbox/phones/{phone['id']}/{act}", stated, status)

    def screen(self, phone: dict[str, Any]) -> list[tuple[str, str]]:
        """(from, text or type) of every line of a chat."""
        lines = self.get(f"/sandbox/phones/{phone['id']}/messages")
        return [(line["from"], line.get("text", line["type"])) for line in lines]


def code(answer: Any) -> int:
    """The error code of an answer of the host side."""
    return int(answer.get("errcode", 0))


def eventually(look: Callable[[], Any], seconds: float = 10.0) -> Any:
    """What `look` gives as soon as it gives something; what happens behind an answer takes a moment."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
    return found


Open = Callable[..., Stage]


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.requests.append((query, body, dict(self.headers.items())))
            status, answer = hook.answer(query, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            check_signature(ACCOUNT["token"], query["signature"], query["timestamp"], query["nonce"])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(hook.echo.format(query["echostr"]).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # the sandbox hangs up on purpose
    hook.url = f"http://127.0.0.1:{server.server_address[1]}/wechat"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield hook
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_stage(webhook: Webhook, tmp_path: Path) -> Iterator[Open]:
    """Open a sandbox with some limits and a mode; opened again, it is the same one after a restart."""
    running: list[tuple[Server, World]] = []

    def stop() -> None:
        while running:
            server, world = running.pop()
            server.shutdown()
            server.server_close()
            world.close()

    def start(mode: str = "safe", account: dict[str, Any] | None = None, **limits: Any) -> Stage:
        stop()
        told = {**ACCOUNT, "mode": mode, "limits": {"failure_pause": 0, "result_pause": 0, **limits}, **(account or {})}
        played, read_limits = read(told)
        server = Server(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{server.server_address[1]}"
        world = build(played, read_limits, tmp_path / "data", base, webhook.url)
        server.app = create_app(world)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        running.append((server, world))
        return Stage(base, world, webhook, requests.Session())

    yield start
    stop()


@pytest.fixture
def stage(open_stage: Open) -> Stage:
    """A sandbox with the platform's usual limits."""
    return open_stage()
