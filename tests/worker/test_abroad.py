"""A telephone from elsewhere: the adapters are handed E.164, and a refusal is told with the way on."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import redis

from flows.effects import SendSms
from store.keys import account_tag, shard_of
from store.streams import Entry
from tests.stage import commit, declare, identity, openid, pid_of, stage
from worker import drains
from worker.context import Context
from worker.jobs import settle_lane

WHO, PHONE = openid(1), "+85291234567"


@dataclass
class Elsewhere:
    """The platform, a gateway of text messages and an identity service, on a free port; `seen` are (path, body)."""

    base: str = ""
    refuses: bool = False
    seen: list[tuple[str, Any]] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, Any]:
        match path:
            case "/sms":
                return (422, {"error": "nothing is sent abroad"}) if self.refuses else (200, {"ok": True})
            case "/identity":
                return 200, {"result": "match"}
            case "/cgi-bin/stable_token":
                return 200, {"access_token": "token", "expires_in": 7200}
            case _:
                return 200, {"errcode": 0, "errmsg": "ok"}

    def told(self, path: str) -> list[Any]:
        return [body for where, body in self.seen if where == path]


@contextlib.contextmanager
def running() -> Iterator[Elsewhere]:
    site = Elsewhere()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            path = self.path.partition("?")[0]
            site.seen.append((path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            status, answer = site.answer(path)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.base = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with running() as site:
        yield site


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path, elsewhere: Elsewhere) -> Context:
    base = elsewhere.base
    more = {"SMS_URL": f"{base}/sms", "IDENTITY_URL": f"{base}/identity", "ADAPTER_KEY": "12345678"}
    return stage(valkey_url, tmp_path, SETTLE_LANES="1", WECHAT_API_BASE=base, **more)


def letters_of(ctx: Context) -> list[Entry]:
    return ctx.streams.read("post", [shard_of(WHO)], 10)


def delivered(ctx: Context) -> None:
    """What waits on the account's post, once round."""
    deliverer = drains.deliverer(ctx)
    for entry in letters_of(ctx):
        letter = deliverer._sender.open(entry.fields[b"b"])
        assert letter is not None
        deliverer._try(entry, letter)


def test_the_code_goes_abroad_under_the_country_code(ctx: Context, elsewhere: Elsewhere) -> None:
    commit(ctx, WHO, (b"", SendSms(phone=PHONE, nonce="n")))
    settle_lane(ctx, 0)
    delivered(ctx)
    assert [each["phone"] for each in elsewhere.told("/sms")] == [PHONE]
    assert letters_of(ctx) == []


def test_a_gateway_that_sends_nothing_abroad_is_told_with_the_way_on(ctx: Context, elsewhere: Elsewhere) -> None:
    elsewhere.refuses = True
    commit(ctx, WHO, (b"", SendSms(phone=PHONE, nonce="n")))
    settle_lane(ctx, 0)
    delivered(ctx)
    assert len(elsewhere.told("/sms")) == 1
    [said] = elsewhere.told("/cgi-bin/message/custom/send")
    assert "+852****4567" in said["text"]["content"]
    assert "收不到" in said["text"]["content"]
    assert PHONE not in said["text"]["content"]
    assert letters_of(ctx) == []


def test_the_identity_service_is_asked_with_it(ctx: Context, elsewhere: Elsewhere) -> None:
    who = replace(identity(1), phone=PHONE)
    commit(ctx, WHO, (pid_of(ctx, who), declare(who, account_tag(WHO))))
    settle_lane(ctx, 0)
    [entry] = letters_of(ctx)
    letter = drains.deliverer(ctx)._sender.open(entry.fields[b"b"])
    assert letter is not None
    drains.deliverer(ctx)._sender.send(letter)
    [asked] = elsewhere.told("/identity")
    assert (asked["phone"], asked["kind"]) == (PHONE, "resident_id")
