"""The overview's count: an eighth of a province on rosters, counted in one round, against reading them cell by cell.

Rosters are written as the house keeps them (16 bytes a person), 2,470 people a community; counted by `python -m worker
overview`, the best of three rounds. Beside it the same cells are fetched and taken apart one by one, and nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import struct
import subprocess
import sys
import time
from contextlib import ExitStack

import redis

from bench.house import environment
from bench.processes import PROJECT, database, workshop
from bench.table import show
from bench.wire import Account

COMMUNITY, CHUNKS, PROVINCE = 2_470, 64, 2_912
CELL = struct.Struct(">QHHBB?B")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communities", type=int, default=364)
    number = parser.parse_args().communities
    with ExitStack() as stack:
        folder = stack.enter_context(workshop("count"))
        url = stack.enter_context(database(folder / "redis"))
        client = stack.enter_context(redis.Redis.from_url(url))
        environ = environment(Account(), url, folder)
        names = communities(environ)[:number]
        for name in names:
            fill(client, name)
        packed, busy = min(counted(client, environ) for _ in range(3))
        bare = one_by_one(client, names)
    rest = PROVINCE / number
    head = ("", "seconds", "of a province", "Redis busy, of a province")
    rows = [("a round of the house", f"{packed:.2f}", f"{packed * rest:.1f}", f"{busy * rest:.1f}")]
    rows.append(("cell by cell", f"{bare:.2f}", f"{bare * rest:.1f}", "as above"))
    show(f"{number} communities of {COMMUNITY:,} people counted", head, rows)


def communities(environ: dict[str, str]) -> list[str]:
    """All codes of 12 digits, as the house knows them."""
    told = "from domain.places import communities_in; print(*communities_in(''))"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=PROJECT, env=environ, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def fill(client: redis.Redis, community: str) -> None:
    """Everybody of a community, three of four of whom have reported today."""
    shard, today = hashlib.blake2b(community.encode()).digest()[0], int(time.time() // 86_400)
    with client.pipeline(transaction=False) as trip:
        for person in range(COMMUNITY):
            pid = hashlib.blake2b(f"{community} {person}".encode(), digest_size=12).digest()
            cell = CELL.pack(7, today - (person % 4 == 0), today + person % 3, 1 + person % 4, 1, True, 0)
            trip.hset(f"yima:{{{shard:02x}}}:roster:{community}:{pid[1] % CHUNKS}", pid, cell)
        trip.execute()


def counted(client: redis.Redis, environ: dict[str, str]) -> tuple[float, float]:
    """Seconds of a round, and seconds for which the database was busy with it."""
    before = busy(client)
    command = [sys.executable, "-m", "worker", "overview"]
    done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True, check=True)
    seconds = re.search(r"用了 ([0-9.]+) 秒", done.stderr)
    if seconds is None:
        raise RuntimeError(done.stderr)
    return float(seconds[1]), busy(client) - before


def busy(client: redis.Redis) -> float:
    told = client.info("cpu")
    return float(told["used_cpu_user"]) + float(told["used_cpu_sys"])


def one_by_one(client: redis.Redis, names: list[str]) -> float:
    began = time.perf_counter()
    for name in names:
        shard = hashlib.blake2b(name.encode()).digest()[0]
        with client.pipeline(transaction=False) as trip:
            for chunk in range(CHUNKS):
                trip.hgetall(f"yima:{{{shard:02x}}}:roster:{name}:{chunk}")
            people = [CELL.unpack(cell) for cells in trip.execute() for cell in cells.values()]
        if len(people) != COMMUNITY:
            raise RuntimeError(name)
    return time.perf_counter() - began
