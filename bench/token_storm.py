"""A storm of 40001: for a minute the platform refuses every token that it hands out. How many calls does that cost?

The house has three deliver processes with eight threads each, and they are busy: the residents confirm as the storm
begins, so each thread has a code to send. Counted by the sandbox are the calls and the tokens fetched while the storm
lasts, and those until every code has arrived beyond the two that each needs. Beside it, in the same sandbox, wechatpy's
own client sends one single message into the same storm.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from wechatpy import WeChatClient

from bench.house import Running, call, delete, until_settled, waiting, whole_house, worker
from bench.phones import Phone, confirm, new_phone, up_to_summary
from bench.processes import PROJECT, workshop
from bench.residents import some
from bench.table import show

PROCESSES, THREADS = 3, 8
AT_ONCE = 24
"""Residents who confirm at the same time, so that every thread has something to send."""
ALLOWED = 10
"""Calls of one process in one minute of storm. When it begins a call per thread is under way, which nobody can call
back: eight; and two for finding out whether it is over."""
LAST_PICTURE = 300.0
TOKEN_PATHS = ("/cgi-bin/token", "/cgi-bin/stable_token")


def main() -> None:
    """Print the table; fails above ALLOWED, or when a code does not arrive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=60.0, help="of the storm")
    told = parser.parse_args()
    with workshop("storm") as folder, whole_house(folder) as house, contextlib.ExitStack() as more:
        for number in range(1, PROCESSES):
            more.enter_context(another(house, folder / f"more-{number}"))
        phones = ready(house, told.residents)
        alone = contrast(house)
        storm(house)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(confirm, phones))
        time.sleep(told.seconds)
        during, left = calls(house), waiting(house.database(), "post")
        calm(house)
        recovered = until_delivered(house)
        until, given_up = calls(house), waiting(house.database(), "undelivered")
        pictures = [phone.pictures() for phone in phones]
    a_minute = 60 * sum(during.values()) / told.seconds / PROCESSES
    rows = [
        ("wechatpy's client, one message", str(sum(alone.values())), str(tokens(alone)), ""),
        (f"the house, {told.seconds:g} s of storm", str(sum(during.values())), str(tokens(during)), f"{a_minute:.1f}"),
        ("the house, until recovery", str(sum(until.values()) - 2 * sum(pictures)), str(tokens(until)), ""),
    ]
    title = f"{len(phones)} codes to send, {PROCESSES} deliver processes of {THREADS} threads"
    show(title, ("calls beyond those needed", "all", "for tokens", "a process-minute"), rows)
    print(f"waiting at the end of the storm: {left}; delivered {recovered:.1f} s after it")
    print(f"residents with their picture: {sum(map(bool, pictures))}; pictures {sum(pictures)}; given up {given_up}")
    if a_minute > ALLOWED or given_up or not all(pictures) or not left:
        raise SystemExit("too many calls, or a code did not arrive, or there was no storm")


def until_delivered(house: Running) -> float:
    """Seconds until nothing waits, or LAST_PICTURE."""
    began = time.monotonic()
    with contextlib.suppress(TimeoutError):
        until_settled(house.database(), ("outbox", "follow", "post"), LAST_PICTURE)
    return time.monotonic() - began


@contextlib.contextmanager
def another(house: Running, folder: Path) -> Iterator[None]:
    """One more deliver process of the running house: beside it, it finds its settings by DATA_DIR."""
    folder.mkdir()
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    with worker("deliver", {**environ, "PYTHONPATH": str(PROJECT), "DATA_DIR": str(house.folder)}, folder):
        yield


def ready(house: Running, count: int) -> Sequence[Phone]:
    """Phones whose residents have only 确认 left to say; the house has a token."""
    phones = [new_phone(house.sandbox, resident) for resident in some(count + 1)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(up_to_summary, phones))
    confirm(phones[0])
    phones[0].first("account", "image")
    return phones[1:]


def contrast(house: Running) -> Mapping[str, int]:
    """What wechatpy's client asks for when it sends one message into the storm."""
    account = house.account()

    class Client(WeChatClient):  # type: ignore[misc]  # wechatpy is untyped
        API_BASE_URL = f"{house.sandbox}/cgi-bin/"

        def fetch_access_token(self) -> Any:
            query = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
            return self._fetch_access_token(f"{house.sandbox}/cgi-bin/token", query)

    storm(house)
    with contextlib.suppress(RecursionError):
        Client(account.app_id, account.app_secret).message.send_text("o", "您好")
    counted = calls(house)
    calm(house)
    return counted


def storm(house: Running) -> None:
    """From now on every token is refused, and calls are counted."""
    delete(f"{house.sandbox}/sandbox/calls")
    call(f"{house.sandbox}/sandbox/faults", {"preset": "token-storm"})


def calm(house: Running) -> None:
    delete(f"{house.sandbox}/sandbox/faults")


def calls(house: Running) -> Mapping[str, int]:
    """Calls of the API by path since the storm began."""
    counts = call(f"{house.sandbox}/sandbox/calls?kind=none")["counts"]
    return {path: number for path, number in counts.items() if path.startswith("/cgi-bin/")}


def tokens(counted: Mapping[str, int]) -> int:
    return sum(counted.get(path, 0) for path in TOKEN_PATHS)


if __name__ == "__main__":
    main()
