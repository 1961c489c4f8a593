"""Messages a second of the webhook, beside a durable SET, WeRoBot's echo and an empty route on the same server.

The message is the daily check-in, "36.5", of residents who have declared, each under a new MsgId: one read, one commit,
one fact. Every subject in turn, round by round, so that a noisy machine disturbs all alike; figures are medians.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import redis

from bench import wire
from bench.house import environment, until_settled, waiting, worker
from bench.load import Figures, load
from bench.processes import CACHE, database, web, workshop
from bench.residents import Line, Resident, check_in, declare_all, some
from bench.table import show
from bench.wire import Account, Request

SEALS: dict[str, Callable[[Account, str], Request]] = {"plain": wire.plain, "safe": wire.safe}
LIKELY_MOST = 5_000
"""Requests a second to prepare; a faster route begins again, which only the two plain routes do not mind."""


@dataclass(slots=True)
class Subject:
    """One of those compared. `house` is measured on restored residents, with or without the worker that settles."""

    name: str
    address: str
    path: str
    house: bool = False
    settling: bool = False
    figures: list[Figures] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bench:
    """What all rounds share."""

    account: Account
    residents: list[Resident]
    client: redis.Redis
    environ: dict[str, str]
    folder: Path
    seconds: int


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="of load, a subject and round")
    parser.add_argument("--mode", choices=SEALS, help="only this one")
    told = parser.parse_args()
    account = Account()
    with workshop("webhook") as folder, database(folder / "redis") as url, redis.Redis.from_url(url) as client:
        environ = environment(account, url, folder)
        bench = Bench(account, list(some(told.residents)), client, environ, folder, told.seconds)
        with web(environ, folder / "web.log") as house:
            kept = declared(bench, house)
            for mode in [told.mode] if told.mode else SEALS:
                with subjects(bench, house, mode) as compared:
                    for number in range(told.rounds):
                        for subject in compared[number:] + compared[:number]:
                            measure(bench, subject, SEALS[mode], kept)
                    report(mode, compared, told)


def declared(bench: Bench, house: str) -> dict[bytes, bytes]:
    """Have all residents declare and settle; the keys to begin every round with."""
    with worker("settle", bench.environ, bench.folder):
        declare_all(Line(f"{house}/wechat", bench.account), bench.residents)
        until_settled(bench.client)
    lasting = (b":account:", b":view:", b":person:", b":salt:", b":roster:")
    names = [name for name in bench.client.scan_iter("yima:*", 1_000) if any(part in name for part in lasting)]
    return dict(zip(names, map(bench.client.dump, names), strict=True))


@contextlib.contextmanager
def subjects(bench: Bench, house: str, mode: str) -> Iterator[list[Subject]]:
    """All of them, up and answering."""
    echo = {**bench.environ, "TOKEN": bench.account.token, "APP_ID": bench.account.app_id}
    echo |= {"AES_KEY": bench.account.aes_key} if mode == "safe" else {}
    with (
        web(bench.environ, bench.folder / "plain.log", "bench.plain_routes:create_app") as plain_routes,
        web(echo, bench.folder / "werobot.log", "bench.werobot_echo:create_app", werobot_python()) as werobot,
    ):
        yield [
            Subject("webhook, settle off", house, "/wechat", house=True),
            Subject("webhook, settle on", house, "/wechat", house=True, settling=True),
            Subject("durable SET", plain_routes, "/set"),
            Subject("WeRoBot echo", werobot, "/wechat"),
            Subject("empty route", plain_routes, "/empty"),
        ]


def werobot_python() -> str:
    """The interpreter of WeRoBot's environment, made at the first run."""
    home, wanted = CACHE / "werobot", Path(__file__).with_name("werobot.txt")
    stamp = home / "installed.txt"
    if not stamp.exists() or stamp.read_text("utf-8") != wanted.read_text("utf-8"):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(wanted)], check=True, env=os.environ)
        stamp.write_text(wanted.read_text("utf-8"), "utf-8")
    return str(home / "bin" / "python")


def measure(bench: Bench, subject: Subject, seal: Callable[[Account, str], Request], kept: dict[bytes, bytes]) -> None:
    """One round of one subject. Raises RuntimeError when an answered check-in is not there."""
    count = len(bench.residents)
    wanted = range(LIKELY_MOST * bench.seconds)
    requests = [check_in(bench.account, bench.residents[number % count], seal) for number in wanted]
    if not subject.house:
        subject.figures.append(load(subject.address, subject.path, requests, bench.seconds, bench.folder))
        return
    restore(bench.client, kept)
    with worker("settle", bench.environ, bench.folder) if subject.settling else contextlib.nullcontext():
        figures = load(subject.address, subject.path, requests, bench.seconds, bench.folder)
        committed = waiting(bench.client, "outbox")
        if subject.settling:
            until_settled(bench.client)
        elif committed < figures.requests - figures.failed:
            raise RuntimeError(f"{figures.requests} answers, but only {committed} check-ins on the outboxes")
    subject.figures.append(figures)


def restore(client: redis.Redis, kept: dict[bytes, bytes]) -> None:
    names = list(client.scan_iter("yima:{*", 1_000))
    with client.pipeline(transaction=False) as trip:
        for start in range(0, len(names), 500):
            trip.unlink(*names[start : start + 500])
        for name, value in kept.items():
            trip.restore(name, 0, value)
        trip.execute()


def report(mode: str, compared: list[Subject], told: argparse.Namespace) -> None:
    rates = {subject.name: median(each.rate for each in subject.figures) for subject in compared}
    durable, echo = rates["durable SET"], rates["WeRoBot echo"]
    rows = [
        (
            subject.name,
            f"{rates[subject.name]:,.0f}",
            f"{rates[subject.name] / durable:.2f}",
            f"{rates[subject.name] / echo:.2f}",
            f"{median(each.p50 for each in subject.figures):.1f}",
            f"{median(each.p99 for each in subject.figures):.1f}",
            f"{sum(each.failed for each in subject.figures)}",
        )
        for subject in compared
    ]
    title = f"{mode} mode: {told.residents} residents, medians of {told.rounds} rounds of {told.seconds} s"
    show(title, ("", "a second", "x durable SET", "x WeRoBot", "p50 ms", "p99 ms", "failed"), rows)


if __name__ == "__main__":
    main()
