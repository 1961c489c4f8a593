"""`kill -9` of web, settle, deliver and the database in turn, in the middle of 500 declarations.

The residents talk on the sandbox's phones, 16 at a time; the platform retries as it does. Who sees the platform's fault,
or the sentence that nothing was recorded, says the same again, as people do. A declaration is acknowledged when the
thanks for 确认 are in the chat: after the drill each of these must be there, with its picture.
"""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bench.house import Running, until_settled, whole_house
from bench.phones import Phone, code_in, new_phone
from bench.processes import workshop
from bench.residents import THANKS, Resident, some
from bench.table import show

VICTIMS = ("web", "settle", "deliver", "engine")
NOT_RECORDED = "没有记下"
PATIENCE = 30
"""How often somebody says the same again."""
LAST_PICTURE = 180.0
"""Seconds after the last thanks within which every picture must have come."""


@dataclass(slots=True)
class Drill:
    """What happened so far."""

    house: Running
    thanked: list[Phone] = field(default_factory=list)
    repeated: Counter[str] = field(default_factory=Counter)
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
        phone.follow()
        for content in resident.words:
            insist(drill, phone, content)
            if content == resident.phone:
                insist(drill, phone, code_in(phone.first("sms", "sms")["text"]))
        if THANKS not in insist(drill, phone, "确认"):
            raise RuntimeError("no thanks for 确认")
    except Exception as reason:
        with drill.lock:
            drill.lost.append(f"{phone.id}: {reason}")
        return
    drill.thank(phone, victims)


def insist(drill: Drill, phone: Phone, content: str) -> str:
    """Say it until it is answered; an answer that came too late to be seen makes the house ask the next question."""
    for attempt in range(PATIENCE):
        reply = phone.say(content)
        if reply and NOT_RECORDED not in reply:
            return reply
        with drill.lock:
            drill.repeated[content if content in ("确认", "申报", "同意") else "an answer"] += 1
        time.sleep(0.5 + attempt / 10)
    raise RuntimeError(f"{content}: never answered")


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
        ("messages said again", str(drill.repeated.total())),
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
