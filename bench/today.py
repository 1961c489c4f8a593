"""Today of a community worker with 2,500 residents of whom nobody has reported: how long it takes to open.

The house of `make run` with its sandbox. The residents come by a table of pass cards with a temperature each; a day
later all of them are missing. The worker signs in by scanning with a telephone, as people do. Compared with the page
of the own account, which is the console's machinery and nothing else, opened in turn with it.
"""

from __future__ import annotations

import argparse
import csv
import http.cookiejar
import re
import statistics
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from bench.house import Running, call, until_settled, whole_house
from bench.phones import new_phone
from bench.processes import workshop
from bench.residents import Resident
from bench.table import show

COMMUNITY = "640106001002"
WORKER, ROOT = "li.qiang", "root.admin"
LIMIT = 0.3
"""Seconds that the page may take."""
PAGES = {
    "my account (nothing but the console)": "/console/me",
    "today, fifty of them by name": "/console/today",
    "today, the last page": "/console/today?page=50",
    "calls": "/console/calls",
    "tasks": "/console/tasks",
    "the list to print, everybody by name": "/console/today/print",
}


@dataclass(slots=True)
class Desk:
    """A browser in which the worker is signed in."""

    house: Running
    opener: urllib.request.OpenerDirector

    def open(self, path: str, body: bytes | None = None) -> str:
        headers = {} if body is None else {"HX-Request": "true"}
        request = urllib.request.Request(f"{self.house.web}{path}", body, headers)  # noqa: S310 (loopback)
        with self.opener.open(request, timeout=60) as answer:
            return str(answer.read().decode())

    def seconds(self, path: str) -> float:
        began = time.perf_counter()
        self.open(path)
        return time.perf_counter() - began


def main() -> None:
    """Print the table; fails when Today takes longer than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=2_500)
    parser.add_argument("--times", type=int, default=30)
    told = parser.parse_args()
    with workshop("today") as folder, whole_house(folder) as house:
        appoint(house)
        settle_in(house, folder, told.residents)
        desk = signed_in(house)
        page = desk.open("/console/today")
        if f"<b>{told.residents}</b>" not in page:
            raise RuntimeError(f"not everybody is missing: {re.findall(r'<b>[0-9]+</b>', page)}")
        taken = measured(desk, told.times)
    report(taken, told.residents)
    if statistics.median(taken["/console/today"]) > LIMIT:
        raise SystemExit(f"Today takes longer than {LIMIT} s")


def measured(desk: Desk, times: int) -> dict[str, list[float]]:
    """Seconds of each page, opened in turn; the first round warms up."""
    taken: dict[str, list[float]] = {path: [] for path in PAGES.values()}
    for turn in range(times + 1):
        for path, seconds in taken.items():
            last = desk.seconds(path)
            if turn:
                seconds.append(last)
    return taken


def report(taken: dict[str, list[float]], residents: int) -> None:
    floor = statistics.median(taken["/console/me"])
    rows = []
    for name, path in PAGES.items():
        each = sorted(taken[path])
        median, late = statistics.median(each), each[min(len(each) - 1, int(len(each) * 0.95))]
        rows.append((name, f"{median * 1_000:,.0f}", f"{late * 1_000:,.0f}", f"{median / floor:.1f}"))
    show(f"Today with {residents:,} residents", ("", "ms, median", "ms, 95 %", "× my account"), rows)


# --- the stage --------------------------------------------------------------------------------------------------------


def appoint(house: Running) -> None:
    house.command("staff", "found", given={"id": ROOT, "name": "赵敏", "organisation": "自治区指挥部"})
    house.command("staff", "add", "--as", ROOT, given={"id": WORKER, "name": "李强", "organisation": "凤凰社区"})
    house.command("staff", "grant", WORKER, "community_worker", COMMUNITY, "--as", ROOT)


def settle_in(house: Running, folder: Path, residents: int) -> None:
    """A table of cards, then a day passes."""
    table = folder / "people.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("姓名", "证件号码", "社区代码", "手机号", "住址", "体温"))
        for number in range(1, residents + 1):
            who = Resident(number)
            rows.writerow(("王秀兰", who.document, COMMUNITY, who.phone, f"幸福路{number}号", "36.5"))
    began = time.monotonic()
    house.command("card", "table", str(table), "--pdf", str(folder / "cards.pdf"), "--as", WORKER)
    until_settled(house.database())
    print(f"{residents:,} residents in {time.monotonic() - began:.0f} s")
    call(f"{house.sandbox}/sandbox/clock", {"advance": 86_400})


def signed_in(house: Running) -> Desk:
    """By a scan of the page's QR."""
    phone = new_phone(house.sandbox, Resident(900_001))
    phone.follow()
    phone.say(house.command("staff", "invite", WORKER, "--as", ROOT).strip())
    phone.until_heard("绑定成功")
    jar = http.cookiejar.CookieJar()
    desk = Desk(house, urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)))
    picture = re.search(r"data:image/png;base64,[A-Za-z0-9+/=]+", desk.open("/console/sign-in"))
    if picture is None:
        raise RuntimeError("no QR to sign in with")
    call(f"{house.sandbox}/sandbox/phones/{phone.id}/scan", {"data": picture[0]})
    phone.until_heard("扫码登录")
    desk.open("/console/sign-in/collect", b"")
    return desk
