"""10,000 pushes while every call to the platform's API stalls for 20 s: how long answers take, and what comes after.

The whole house runs as its operators run it. Residents of the sandbox's phones have answered everything; then the
stall begins and all of them confirm; when it has lasted longer than one call stalls, so that whatever it can fill is
full, they go on talking, each message signed and sent as the platform sends it, on connections kept open. Before it the
same messages of other residents are timed without a stall. When the last push is answered the stall ends, and every
code that waited must be on its phone.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from threading import Lock

from bench import wire
from bench.house import Running, call, delete, until_settled, waiting, whole_house
from bench.phones import Phone, new_phone, up_to_summary
from bench.processes import workshop
from bench.residents import THANKS, Line, Resident, content_of, next_msg_id, some
from bench.table import show
from bench.wire import Account

LIMIT = 5.0
"""Seconds after which the platform gives an answer up."""
WORDS = ("36.5", "状态", "为什么", "帮助", "记录")
NOT_RECORDED = "没有记下"
LAST_PICTURE = 300.0
"""Seconds after the stall within which everything must have come: the longest wait between two tries, and a try."""


@dataclass(slots=True)
class Answers:
    """Seconds of each answer, and those that were none."""

    seconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def quantile(self, share: float) -> float:
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))]

    @property
    def late(self) -> int:
        return sum(seconds > LIMIT for seconds in self.seconds)


def main() -> None:
    """Print both tables; fails when an answer took five seconds, or something that waited did not come."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pushes", type=int, default=10_000)
    parser.add_argument("--residents", type=int, default=200)
    parser.add_argument("--threads", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=20.0, help="of every stall")
    told = parser.parse_args()
    each = told.pushes // told.residents
    with workshop("stall") as folder, whole_house(folder, WECHAT_MODE="compatible") as house:
        line, account = Line(f"{house.web}/wechat", house.account()), house.account()
        quiet, loud = prepared(house, some(2 * told.residents), told.threads)
        before = Answers()
        talk_all(line, account, quiet, ("确认",), told.threads, before)
        talk_all(line, account, quiet, script(each - 1), told.threads, before)
        until_settled(house.database(), ("outbox", "follow", "post"))
        call(f"{house.sandbox}/sandbox/faults", {"preset": "stall", "seconds": told.seconds})
        began, during = time.monotonic(), Answers()
        talk_all(line, account, loud, ("确认",), told.threads, during)
        time.sleep(max(0.0, began + 1.25 * told.seconds - time.monotonic()))
        talk_all(line, account, loud, script(each - 1), told.threads, during)
        lasted, left = time.monotonic() - began, waiting(house.database(), "post")
        stalled = forget_faults(house)
        came = until_all_came(house)
        given_up = waiting(house.database(), "undelivered")
        pictures = [phone.pictures() for phone in loud]
    report(before, during)
    after = [
        ("seconds of the stall", f"{lasted:.0f}"),
        ("calls that stalled", str(stalled)),
        ("letters that waited at its end", str(left)),
        ("seconds until all were delivered", f"{came:.1f}"),
        ("residents with their picture", f"{sum(map(bool, pictures))} of {len(loud)}"),
        ("pictures in all", str(sum(pictures))),
        ("letters given up", str(given_up)),
    ]
    show("after the stall", ("", "count"), after)
    if during.late or during.refused or given_up or not all(pictures) or not left:
        raise SystemExit("an answer was late or lost, or a letter did not come, or nothing stalled")


def prepared(house: Running, residents: Sequence[Resident], threads: int) -> tuple[list[Phone], list[Phone]]:
    """Phones whose residents have only 确认 left to say, in two halves."""
    with ThreadPoolExecutor(threads) as pool:
        phones = list(pool.map(lambda resident: new_phone(house.sandbox, resident), residents))
        list(pool.map(up_to_summary, phones))
    return phones[::2], phones[1::2]


def talk_all(
    line: Line, account: Account, phones: Sequence[Phone], said: Sequence[str], threads: int, answers: Answers
) -> None:
    """Every phone says all of it, one message after another; `threads` phones at a time."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda phone: talk(line, account, phone, said, answers), phones))


def talk(line: Line, account: Account, phone: Phone, said: Sequence[str], answers: Answers) -> None:
    for content in said:
        xml = wire.text_xml(account, phone.openid, content, next_msg_id(), int(time.time()))
        request = wire.plain(account, xml)
        began = time.monotonic()
        try:
            reply = content_of(line.push(request))
        except (OSError, RuntimeError) as error:
            reply = f"{NOT_RECORDED}: {error}"
        seconds = time.monotonic() - began
        good = THANKS in reply if content == "确认" else bool(reply) and NOT_RECORDED not in reply
        with answers.lock:
            answers.seconds.append(seconds)
            answers.refused += [] if good else [f"{content}: {reply[:60]}"]


def script(count: int) -> Sequence[str]:
    return list(itertools.islice(itertools.cycle(WORDS), count))


def forget_faults(house: Running) -> int:
    """End the stall; how many calls it struck."""
    struck = sum(int(rule["struck"]) for rule in call(f"{house.sandbox}/sandbox/faults")["rules"])
    delete(f"{house.sandbox}/sandbox/faults")
    return struck


def until_all_came(house: Running) -> float:
    """Seconds until nothing waits; LAST_PICTURE if that never happened."""
    began, database = time.monotonic(), house.database()
    while (seconds := time.monotonic() - began) < LAST_PICTURE:
        if not any(waiting(database, stream) for stream in ("outbox", "follow", "post")):
            break
        time.sleep(0.2)
    return seconds


def report(before: Answers, during: Answers) -> None:
    rows = [
        (
            name,
            str(len(answers.seconds)),
            f"{median(answers.seconds) * 1000:.0f}",
            f"{answers.quantile(0.99) * 1000:.0f}",
            f"{max(answers.seconds) * 1000:.0f}",
            str(answers.late),
            str(len(answers.refused)),
        )
        for name, answers in (("without", before), ("every call stalls", during))
    ]
    head = ("", "pushes", "p50 ms", "p99 ms", "max ms", "over 5 s", "not taken down")
    show("answers to pushes", head, rows)
    for refusal in (*before.refused[:3], *during.refused[:3]):
        print(refusal)


if __name__ == "__main__":
    main()
