"""20 residents at once, each sending each message three times, overlapping: one answer, one fact.

Every push of the talk, the follow and two check-ins too, goes out on three connections at the same instant. A retry
must be answered byte for byte alike (the XML as it is before encryption), and nothing may be recorded twice.
"""

from __future__ import annotations

import argparse
import re
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import redis

from bench import wire
from bench.house import environment, until_settled, worker
from bench.processes import database, web, workshop
from bench.residents import SCENE, Line, Resident, content_of, next_msg_id, some
from bench.table import show
from bench.wire import Account

TIMES = 3
CHECK_INS = ("36.5", "36.6")


@dataclass(slots=True)
class Counts:
    """What happened, over all residents."""

    messages: int = 0
    alike: int = 0
    thanked: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)


def main() -> None:
    """Print the counts; fails when a retry was answered otherwise or a fact stands twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=20)
    residents = some(parser.parse_args().residents)
    account = Account()
    with workshop("overlap") as folder, database(folder / "redis") as url, redis.Redis.from_url(url) as client:
        environ = environment(account, url, folder)
        with web(environ, folder / "web.log") as house, worker("settle", environ, folder):
            line, counts = Line(f"{house}/wechat", account), Counts()
            began = time.monotonic()
            with ThreadPoolExecutor(len(residents)) as pool:
                list(pool.map(lambda resident: talk(line, account, resident, counts), residents))
            seconds = time.monotonic() - began
            until_settled(client)
            versions = [int.from_bytes(client.get(key)[:8]) for key in client.scan_iter("yima:*:person:*")]
            answers = [line.say(resident, "36.5") for resident in residents]
    report(residents, counts, answers, versions, seconds)


def talk(line: Line, account: Account, resident: Resident, counts: Counts) -> None:
    created = int(time.time())
    pushes = [wire.follow_xml(account, resident.openid, SCENE, created)]
    pushes += [
        wire.text_xml(account, resident.openid, content, next_msg_id(), created)
        for content in (*resident.words, "确认", *CHECK_INS)
    ]
    with ThreadPoolExecutor(TIMES) as pool:
        for xml in pushes:
            together = threading.Barrier(TIMES)
            twins = [pool.submit(one, line, account, xml, together, counts) for _ in range(TIMES)]
            answers = [each.result() for each in twins]
            with counts.lock:
                counts.messages += 1
                counts.alike += len({answer for answer in answers if answer is not None}) == 1 and None not in answers
                counts.thanked += "申报已收到" in content_of(answers[0] or "")


def one(line: Line, account: Account, xml: str, together: threading.Barrier, counts: Counts) -> str | None:
    """One delivery, signed anew; a 503 is retried as the platform does. None when nothing was answered at all."""
    together.wait()
    for _ in range(TIMES):
        try:
            return line.push(wire.plain(account, xml))
        except RuntimeError as status:
            with counts.lock:
                counts.refused[str(status)] += 1
    return None


def report(
    residents: Sequence[Resident], counts: Counts, answers: Sequence[str], versions: Sequence[int], seconds: float
) -> None:
    """`answers`: to one more check-in, which say how many there were on this day: 申报 and two check-ins are three."""
    told = [int(found[1]) if (found := re.search(r"报过 (\d+) 次", answer)) else 0 for answer in answers]
    rows = [
        ("messages, each delivered three times", str(counts.messages)),
        ("answered byte for byte alike", str(counts.alike)),
        ("answered 503 first, then by a retry", str(counts.refused.total())),
        ("declarations acknowledged", str(counts.thanked)),
        ("persons", str(len(versions))),
        ("writes of a person, least and most", f"{min(versions)} {max(versions)}"),
        ("reports of today that a fourth one is told of, least and most", f"{min(told)} {max(told)}"),
        ("seconds", f"{seconds:.1f}"),
    ]
    show(f"{len(residents)} residents at once, every message three times overlapping", ("", "count"), rows)
    if counts.alike != counts.messages or len(versions) != len(residents):
        raise SystemExit("a retry was answered otherwise, or somebody is missing")


if __name__ == "__main__":
    main()
