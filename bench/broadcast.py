"""A broadcast to 100,000 residents: its speed against a bare client loop; after faults and kills, everybody's account.

The house of `make run` with its sandbox; the residents are the sandbox's population, invented in the house as people
with these accounts. First the bare loop over as many connections, then the broadcast, then the bare loop again. Then
the drill: 5 % of all calls fail, some although done, and every ten seconds the worker that sends is killed with -9.
Whoever got what is read from the sandbox's own record, resident by resident.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import csv
import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.house import Running, call, delete, whole_house
from bench.import_list import children
from bench.phones import new_phone, population
from bench.processes import PROJECT, workshop
from bench.residents import Resident
from bench.table import show

CONNECTIONS = 16
TEXT = "【通知】明日起恢复公交，请佩戴口罩乘车，乘车时出示健康码。"
KILL_SECONDS = 10.0
AUTHOR, SECOND, ROOT = "zhao.min", "ma.hong", "root.admin"
SENT, UNKNOWN = "平台已受理", "结果不明"


@dataclass(slots=True)
class Stage:
    """A house whose residents are the population `people`; another population is for the bare loop."""

    house: Running
    folder: Path
    openids: list[str]
    bare: list[str]

    def broadcast(self) -> str:
        """A number: drafted, looked at and submitted by one, approved by another."""
        drafted = self.house.command("broadcast", "draft", "--text", TEXT, "--as", AUTHOR)
        print(drafted)
        number = re.search(r"广播 (\d+)", drafted)
        if number is None:
            raise RuntimeError(drafted)
        for step in ("preview", "submit"):
            self.house.command("broadcast", step, number[1], "--as", AUTHOR)
        self.house.command("broadcast", "approve", number[1], "--as", SECOND)
        return number[1]

    def until_over(self, number: str) -> str:
        """The report."""
        return self.house.command("broadcast", "progress", number, "--as", AUTHOR)

    def outcomes(self, number: str) -> dict[str, str]:
        """Tag of an account -> what became of it, as the house says."""
        rows = csv.reader(self.house.command("broadcast", "everybody", number, "--as", AUTHOR).splitlines()[1:])
        return {tag: outcome for tag, outcome, _ in rows}

    def received(self) -> dict[str, int]:
        """OpenID -> how often the notice is on the screen, as the sandbox says; beside it stand the day's reminders."""
        people = population(self.house.sandbox, "people", len(self.openids), said=TEXT)
        return {str(each["openid"]): int(each["received"]) for each in people}


@dataclass(slots=True)
class Killer:
    """Kills the processes that send, and their children, every so often."""

    house: Running
    every: float
    over: threading.Event = field(default_factory=threading.Event)
    kills: int = 0

    def run(self) -> None:
        while not self.over.wait(self.every):
            senders = [pid for name, pid in self.house.children().items() if name.startswith("bulk")]
            jobs = [job for pid in senders for job in children(pid)]
            for victim in (*jobs, *senders):  # fewer while they are being started again
                with contextlib.suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
            self.kills += bool(jobs)


def main() -> None:
    """Print both tables; fails when somebody was written to twice or is not accounted for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=100_000)
    parser.add_argument("--drill-only", action="store_true")
    parser.add_argument("--speed-only", action="store_true")
    told = parser.parse_args()
    with staged(told.residents) as stage:
        wrong = [] if told.drill_only else speed(stage)
        wrong += [] if told.speed_only else drill(stage)
    for line in wrong:
        print(line)
    if wrong:
        raise SystemExit("not everybody is accounted for")


@contextlib.contextmanager
def staged(count: int) -> Iterator[Stage]:
    with workshop("broadcast") as folder, whole_house(folder) as house:
        for prefix in ("people", "bare"):
            call(f"{house.sandbox}/sandbox/population", {"n": count, "prefix": prefix})
        lists = [
            [str(each["openid"]) for each in population(house.sandbox, name, count)] for name in ("people", "bare")
        ]
        stage = Stage(house, folder, *lists)
        appoint(stage)
        accounts = folder / "accounts.txt"
        accounts.write_text("\n".join(stage.openids), "utf-8")
        began = time.monotonic()
        stage.house.command("demo", str(count), "--accounts", str(accounts))
        stage.house.command("rebuild")
        print(f"{count:,} residents invented in {time.monotonic() - began:.0f} s")
        yield stage


def appoint(stage: Stage) -> None:
    """Two administrators of notices; the one who drafts has bound her phone by chat."""
    stage.house.command("staff", "found", given={"id": ROOT, "name": "李强", "organisation": "自治区指挥部"})
    for who in (AUTHOR, SECOND):
        stage.house.command(
            "staff", "add", "--as", ROOT, given={"id": who, "name": "赵敏", "organisation": "自治区指挥部"}
        )
        stage.house.command("staff", "grant", who, "notice_admin", "everywhere", "--as", ROOT)
    phone = new_phone(stage.house.sandbox, Resident(1))
    phone.follow()
    phone.say(stage.house.command("staff", "invite", AUTHOR, "--as", ROOT).strip())
    phone.until_heard("绑定成功")


# --- speed -----------------------------------------------------------------------------------------------------------


def speed(stage: Stage) -> list[str]:
    """The broadcast between two bare loops."""
    before = bare(stage)
    number = stage.broadcast()
    reported = stage.until_over(number)
    print(reported)
    after = bare(stage)
    pace = re.search(r"每秒 (\d+) 条", reported)
    if pace is None:
        raise RuntimeError(reported)
    ours = float(pace[1])
    mean = (before + after) / 2
    rows = [
        ("bare client loop, before", f"{before:,.0f}", ""),
        ("the broadcast", f"{ours:,.0f}", f"{ours / mean:.2f}"),
        ("bare client loop, after", f"{after:,.0f}", ""),
    ]
    title = f"Messages a second to {len(stage.openids):,} residents, {CONNECTIONS} connections each"
    show(title, ("", "a second", "× bare"), rows)
    return checked(stage, number, before={}, kills=0)[1]


def bare(stage: Stage) -> float:
    """Messages a second."""
    account = stage.house.account()
    body = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret}
    token = call(f"{stage.house.sandbox}/cgi-bin/stable_token", body)["access_token"]
    command = [sys.executable, "-m", "bench.bare_sends", stage.house.sandbox, token, str(CONNECTIONS), TEXT]
    done = subprocess.run(command, cwd=PROJECT, input="\n".join(stage.bare), capture_output=True, text=True, check=True)
    seconds, sent = (float(part) for part in done.stdout.split())
    if sent != len(stage.bare):
        raise RuntimeError(f"the bare loop: {done.stdout}")
    return sent / seconds


# --- the drill -------------------------------------------------------------------------------------------------------


def drill(stage: Stage) -> list[str]:
    """5 % faults, a kill every ten seconds; then everybody is looked for."""
    before = stage.received()
    number = stage.broadcast()
    call(f"{stage.house.sandbox}/sandbox/faults", {"preset": "five-percent"})
    killer = Killer(stage.house, KILL_SECONDS)
    threading.Thread(target=killer.run, daemon=True).start()
    began = time.monotonic()
    reported = stage.until_over(number)
    seconds = time.monotonic() - began
    killer.over.set()
    delete(f"{stage.house.sandbox}/sandbox/faults")
    print(reported)
    rows, wrong = checked(stage, number, before, killer.kills)
    rows += [("kills -9 of the sender", str(killer.kills)), ("seconds", f"{seconds:.0f}")]
    show(f"{len(stage.openids):,} residents, 5 % faults, a kill every {KILL_SECONDS:.0f} s", ("", "count"), rows)
    return wrong


def checked(
    stage: Stage, number: str, before: Mapping[str, int], kills: int
) -> tuple[list[tuple[str, str]], list[str]]:
    """The accounts, resident by resident: what the house says against what the sandbox put on the screens."""
    outcomes, now = stage.outcomes(number), stage.received()
    got = {tag(openid): count - before.get(openid, 0) for openid, count in now.items()}
    said = Counter(outcome for outcome in outcomes.values())
    killed = sum(count for outcome, count in said.items() if outcome.startswith(UNKNOWN) and "中断" in outcome)
    counts = Counter((outcome, got[who]) for who, outcome in outcomes.items())
    rows = [
        (f"{outcome}: on the screen {times} times", str(count)) for (outcome, times), count in sorted(counts.items())
    ]
    rows.append(("not of the audience", str(len(got) - len(outcomes))))
    wrong = [f"{who}: {times} times" for who, times in got.items() if times > 1 or (times and who not in outcomes)]
    for who, outcome in outcomes.items():
        if outcome == SENT and got[who] != 1:
            wrong.append(f"{who}: said to be sent, on the screen {got[who]} times")
        if outcome != SENT and not outcome.startswith(UNKNOWN) and got[who]:
            wrong.append(f"{who}: {outcome}, and on the screen")
        if outcome in ("未发", "正在发"):
            wrong.append(f"{who}: {outcome}")
    if killed > kills * CONNECTIONS:
        wrong.append(f"{killed} unknown after {kills} kills with {CONNECTIONS} in flight")
    rows.append((f"unknown by a kill, at most {CONNECTIONS} each", str(killed)))
    return rows, wrong


def tag(openid: str) -> str:
    """As the house names an account without naming it."""
    return base64.urlsafe_b64encode(
        hashlib.blake2b(openid.encode(), digest_size=6, person=b"yima tag").digest()
    ).decode()


if __name__ == "__main__":
    main()
