"""Bytes of Redis per resident: after the declaration, and after 14 days of daily check-ins.

Residents talk to the webhook directly; settle, deliver and clock run, towards a platform that accepts everything and
whose clock the house obeys. Beside the whole (`used_memory`, resident set), every kind of key by MEMORY USAGE.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice

import redis

from bench import wire
from bench.house import environment, until_settled, worker
from bench.processes import database, web, workshop
from bench.residents import Line, Resident, declare_all, next_msg_id, some
from bench.table import show
from bench.wire import Account

PLANNED = 600
"""Bytes a resident in all, of the plan."""
DAY = 86_400
LONG_POLL = 15.0
"""Seconds for which a question after the clock may stay unanswered."""
PASSING = ("inbox",)
"""Keys that end by themselves within 11 minutes: counted apart."""


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes of all residents together."""

    used: int
    rss: int
    kinds: Counter[str]
    passing: int


class Platform:
    """Says yes to everything, and what time it is: `offset` seconds from now."""

    def __init__(self) -> None:
        self.offset, self.version, self.uploads = 0, 1, 0

    def answer(self, path: str) -> dict[str, object]:
        """The JSON for a path."""
        if path.startswith("/sandbox/clock"):
            return {"offset": self.offset, "version": self.version}
        if path.startswith("/cgi-bin/stable_token"):
            return {"access_token": "token", "expires_in": 7_200}
        if path.startswith("/cgi-bin/media/upload"):
            self.uploads += 1
            # As long as a real one.
            return {"type": "image", "media_id": f"{self.uploads:064d}", "created_at": int(time.time())}
        return {"errcode": 0, "errmsg": "ok"}


@contextmanager
def listening(platform: Platform) -> Iterator[str]:
    """The platform on a free port; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            end = time.monotonic() + LONG_POLL
            while f"after={platform.version}&" in self.path and time.monotonic() < end:
                time.sleep(0.2)
            self._tell()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._tell()

        def _tell(self) -> None:
            body = json.dumps(platform.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked has gone
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        platform.version += 1
        server.shutdown()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=3_000)
    parser.add_argument("--days", type=int, default=14, help="of check-ins after the declaration; 0 for none")
    told = parser.parse_args()
    residents, account, platform = some(told.residents), Account(), Platform()
    with ExitStack() as stack:
        folder = stack.enter_context(workshop("memory"))
        url = stack.enter_context(database(folder / "redis"))
        client = stack.enter_context(redis.Redis.from_url(url))
        world = stack.enter_context(listening(platform))
        more = {"SANDBOX": world, "WECHAT_API_BASE": world, "WECHAT_MP_BASE": world}
        environ = environment(account, url, folder, **more)
        house = stack.enter_context(web(environ, folder / "web.log"))
        for name in ("settle", "deliver", "clock"):
            stack.enter_context(worker(name, environ, folder))
        line = Line(f"{house}/wechat", account)
        declare_all(line, [Resident(999_999)])  # what exists once is not charged to the residents
        until_settled(client, ("outbox", "follow", "post"))
        empty = weigh(client)
        declare_all(line, residents)
        until_settled(client, ("outbox", "follow", "post"), seconds=600)
        report("after the declaration and its picture", empty, weigh(client), len(residents))
        for day in range(told.days):
            platform.offset, platform.version = (day + 1) * DAY, platform.version + 1
            time.sleep(1)
            check_in_all(line, account, residents, platform)
            until_settled(client)
        if told.days:
            report(f"after {told.days} days of check-ins", empty, weigh(client), len(residents))


def check_in_all(line: Line, account: Account, residents: Sequence[Resident], platform: Platform) -> None:
    now = int(time.time()) + platform.offset

    def say(resident: Resident) -> None:
        xml = wire.text_xml(account, resident.openid, "36.5", next_msg_id(), now)
        line.push(wire.plain(account, xml, now))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(say, residents))


def weigh(client: redis.Redis) -> Weight:
    """All keys by kind; the passing ones are then removed, as time would, before the whole is read."""
    kinds: Counter[str] = Counter()
    for names in by_500(client.scan_iter("yima:*", 1_000)):
        with client.pipeline(transaction=False) as trip:
            for name in names:
                trip.memory_usage(name, samples=0)
            sizes = trip.execute()
        for name, size in zip(names, sizes, strict=True):
            kinds[kind_of(name)] += size or 0
        gone = [name for name in names if kind_of(name) in PASSING]
        if gone:
            client.unlink(*gone)
    passing = sum(kinds.pop(kind, 0) for kind in PASSING)
    client.memory_purge()
    time.sleep(1)
    told = client.info("memory")
    return Weight(int(told["used_memory"]), int(told["used_memory_rss"]), kinds, passing)


def by_500(names: Iterator[bytes]) -> Iterator[list[bytes]]:
    while some_names := list(islice(names, 500)):
        yield some_names


def kind_of(name: bytes) -> str:
    """`yima:{3f}:account:o…` is an account."""
    return re.sub(r"^yima:\{[^}]*\}:", "", name.decode("utf-8", "replace")).split(":")[0]


def report(title: str, empty: Weight, full: Weight, count: int) -> None:
    kinds = {kind: full.kinds[kind] - empty.kinds[kind] for kind in full.kinds}
    rows = [(kind, f"{size / count:,.0f}") for kind, size in sorted(kinds.items(), key=lambda item: -item[1])]
    rows.append(("all keys that stay", f"{sum(kinds.values()) / count:,.0f}"))
    rows.append(("used_memory", f"{(full.used - empty.used) / count:,.0f}"))
    rows.append(("resident set", f"{(full.rss - empty.rss) / count:,.0f}"))
    rows.append(("(remembered replies, gone after 11 minutes)", f"{(full.passing - empty.passing) / count:,.0f}"))
    ratioed = [(name, size, f"{int(size.replace(',', '')) / PLANNED:.2f}") for name, size in rows]
    show(f"{title}: {count:,} residents, bytes each", ("", "bytes", f"x {PLANNED} planned"), ratioed)


if __name__ == "__main__":
    main()
