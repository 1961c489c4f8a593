"""`kill -9` of web, settle, deliver and the database in turn, in the middle of 500 declarations.

The residents talk on the sandbox's phones, 16 at a time; the platform retries as it does. Who sees its fault prompt,
or the sentence that nothing was recorded, says the same again, as people do. A declaration is acknowledged when the
thanks for 确认 are in the chat: after the drill each of these must be there, with its picture.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from bench.house import Running, until_settled, whole_house
from bench.phones import Phone, code_in, new_phone
from bench.processes import workshop
from bench.residents import THANKS, Resident, some
from bench.table import show

VICTIMS = ("web", "settle", "deliver", "engine")
NOT_RECORDED = "没有记下"
PATIENCE = 30
"""How often somebody says the same again."""
LAST_WORD = 5.0
"""Seconds in which a declaration whose thanks were lost shows by its picture that it is there."""
LAST_PICTURE = 180.0
"""Seconds after the last thanks within which every picture must have come."""


@dataclass(slots=True)
class Drill:
    """What happened so far."""

    house: Running
    thanked: list[Phone] = field(default_factory=list)
    repeated: int = 0
    begun_anew: int = 0
    lost: list[str] = field(default_factory=list)
    killed: list[tuple[str, int, float]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def thank(self, phone: Phone, victims: dict[int, str]) -> None:
        """One more is acknowledged; at certain numbers somebody dies."""
        with self.lock:
            self.thanked.append(phone)
            victim = victims.pop(len(self.thanked), None)
        if victim:
            pid = self.house.children()[victim]
            os.kill(pid, signal.SIGKILL)
            self.killed.append((victim, len(self.thanked), time.monotonic()))


def main() -> None:
    """Print the counts; fails when anything acknowledged is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=500)
    parser.add_argument("--threads", type=int, default=16)
    told = parser.parse_args()
    residents = some(told.residents)
    victims = {told.residents * (n + 1) // (len(VICTIMS) + 1): victim for n, victim in enumerate(VICTIMS)}
    with workshop("kill") as folder, whole_house(folder) as house:
        drill, began = Drill(house), time.monotonic()
        with ThreadPoolExecutor(told.threads) as pool:
            list(pool.map(lambda resident: talk(drill, resident, victims), residents))
        talked = time.monotonic()
        pictures = until_pictures(drill.thanked, talked)
        ended = time.monotonic()
        until_settled(house.database(), ("outbox", "follow", "post"))
        present = persons(house)
    report(drill, residents, pictures, present, (talked - began, ended - talked))


def talk(drill: Drill, resident: Resident, victims: dict[int, str]) -> None:
    phone = new_phone(drill.house.sandbox, resident)
    try:
        insist(drill, phone.follow)  # an account that did not hear of it would ask for the community
        while THANKS not in (reply := declare(drill, phone)):
            time.sleep(LAST_WORD)
            if phone.pictures():
                break  # recorded; only the thanks were lost on the way
            with drill.lock:
                drill.begun_anew += 1
                if drill.begun_anew > len(VICTIMS) * PATIENCE:
                    raise RuntimeError(f"no thanks for 确认: {reply}")
            insist(drill, partial(phone.say, "取消"))
    except Exception as reason:
        with drill.lock:
            drill.lost.append(f"{phone.id}: {reason}; {last_words(phone)}")
        return
    drill.thank(phone, victims)


def last_words(phone: Phone, count: int = 6) -> str:
    """The end of the chat, for whoever looks into a talk that broke off."""
    return " / ".join(f"{line['from']}: {str(line.get('text', ''))[:40]!r}" for line in phone.lines()[-count:])


def declare(drill: Drill, phone: Phone) -> str:
    """Every answer in its turn; the reply to 确认. An answer said again may meet the next question."""
    for content in phone.owner.words:
        seen = max((line["n"] for line in phone.lines()), default=0)
        reply = insist(drill, partial(phone.say, content))
        if too_soon := re.search(r"请过 (\d+) 秒", reply):  # one text message a minute, who begins anew too
            time.sleep(int(too_soon[1]) + 1)
            insist(drill, partial(phone.say, "重发"))
        if content == phone.owner.phone:
            insist(drill, partial(phone.say, code_in(phone.first("sms", "sms", seen)["text"])))
    return insist(drill, partial(phone.say, "确认"))


def insist(drill: Drill, push: Callable[[], str]) -> str:
    """Do it until it is answered and recorded; the answer."""
    for attempt in range(PATIENCE):
        reply = push()
        if reply and NOT_RECORDED not in reply:
            return reply
        with drill.lock:
            drill.repeated += 1
        time.sleep(0.5 + attempt / 10)
    raise RuntimeError("never answered")


def until_pictures(phones: Sequence[Phone], since: float) -> list[int]:
    """How many pictures each phone has, once all have one or the time is over."""
    pictures = [0] * len(phones)
    while time.monotonic() - since < LAST_PICTURE and not all(pictures):
        pictures = [count or phone.pictures() for count, phone in zip(pictures, phones, strict=True)]
        time.sleep(0.2)
    return [phone.pictures() for phone in phones]


def persons(house: Running) -> int:
    """Persons in the database that an account holds: an empty identity is a few bytes only."""
    return sum(1 for _ in house.database().scan_iter("yima:*:person:*", 1_000))


def report(
    drill: Drill, residents: Sequence[Resident], pictures: Sequence[int], present: int, seconds: tuple[float, float]
) -> None:
    rows = [
        ("residents", str(len(residents))),
        ("killed (after so many)", " ".join(f"{name} ({after})" for name, after, _ in drill.killed)),
        ("messages said again", str(drill.repeated)),
        ("talks begun anew after 取消", str(drill.begun_anew)),
        ("acknowledged", str(len(drill.thanked))),
        ("persons present", str(present)),
        ("with a picture", str(sum(count > 0 for count in pictures))),
        ("with more than one picture", str(sum(count > 1 for count in pictures))),
        ("talks that broke off", str(len(drill.lost))),
        ("seconds of talking", f"{seconds[0]:.0f}"),
        ("seconds from the last thanks to the last picture", f"{seconds[1]:.1f}"),
    ]
    show("kill -9 in the middle of declarations", ("", "count"), rows)
    for line in drill.lost[:5]:
        print(line)
    if present < len(drill.thanked) or not all(pictures):
        raise SystemExit("something acknowledged is missing")


if __name__ == "__main__":
    main()
