"""One token for the whole house, over the sandbox's server: what a platform that refuses its own tokens costs."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
import redis
import requests

from channel.platform import Client, Platform, SendError
from store.keys import Keys
from store.tokens import Tokens
from tests.sandbox.conftest import ACCOUNT, Open, Stage, open_stage, webhook

__all__ = ["open_stage", "webhook"]

PROCESSES, THREADS = 4, 8


@dataclass
class Door:
    """Stands before the sandbox, counts, and answers 40001 to every call but those for a token while it storms."""

    url: str = ""
    storm: bool = False
    calls: Counter[str] = field(default_factory=Counter)
    forced: int = 0


@pytest.fixture
def sandbox(open_stage: Open) -> Stage:
    return open_stage()


@pytest.fixture
def door(sandbox: Stage) -> Iterator[Door]:
    made = Door()

    class Passage(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            path = urlsplit(self.path).path
            made.calls[path] += 1
            if path == "/cgi-bin/stable_token":
                made.forced += b'"force_refresh":true' in body
            elif made.storm:
                return self.answer(b'{"errcode":40001,"errmsg":"invalid credential"}')
            query = dict(parse_qsl(urlsplit(self.path).query))
            answer = requests.post(sandbox.base + path, params=query, data=body, timeout=10)
            return self.answer(answer.content)

        def answer(self, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passage)
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def house(door: Door, redis_client: redis.Redis) -> list[Platform]:
    """As many clients as processes: nothing but Redis is common to them."""

    def process() -> Platform:
        tokens = Tokens(redis_client, Keys())
        return Platform(Client(door.url, ACCOUNT["app_id"], ACCOUNT["app_secret"], tokens))

    return [process() for _ in range(PROCESSES)]


def everybody(house: list[Platform], made: Callable[[Platform], object]) -> list[int | None]:
    """Each thread of each process calls once, at the same time: the errcode, or None where it was done."""

    def one(platform: Platform) -> int | None:
        try:
            made(platform)
        except SendError as error:
            return error.code
        return None

    with ThreadPoolExecutor(PROCESSES * THREADS) as pool:
        return list(pool.map(one, [platform for platform in house for _ in range(THREADS)]))


def call(platform: Platform) -> None:
    platform.create_qr("community:640106001002", 60)


def test_a_cold_house_fetches_one_token(house: list[Platform], door: Door) -> None:
    everybody(house, call)
    assert door.calls["/cgi-bin/stable_token"] == 1


def test_a_storm_costs_the_calls_under_way_and_a_handful(house: list[Platform], door: Door) -> None:
    everybody(house, call)
    door.calls.clear()
    door.storm = True
    assert set(everybody(house, call)) == {40001}
    under_way = PROCESSES * THREADS
    assert door.calls.total() <= under_way + 4
    door.calls.clear()
    for _ in range(10):
        assert set(everybody(house, call)) == {40001}
    assert door.calls.total() == 0
    assert door.forced == 1


def test_after_the_storm_one_trial_gives_everybody_the_token(
    house: list[Platform], door: Door, redis_client: redis.Redis
) -> None:
    everybody(house, call)
    door.storm = True
    everybody(house, call)
    door.storm = False
    redis_client.delete(Keys().token_part("closed"))  # ten seconds later
    door.calls.clear()
    assert set(everybody(house, call)) == {None}
    assert door.calls["/cgi-bin/stable_token"] == 1
    assert door.forced == 1


def test_a_token_that_somebody_else_replaced_is_renewed_once_and_nobody_notices(
    house: list[Platform], door: Door, sandbox: Stage
) -> None:
    everybody(house, call)
    door.calls.clear()
    now = sandbox.world.clock.now()
    sandbox.world.tokens.stable(now, "", True)
    assert set(everybody(house, call)) == {None}
    assert door.calls["/cgi-bin/stable_token"] == 1
    assert door.forced == 0
