"""The supervisor, with real processes: what crashes comes back, what ends leaves nothing, a second start says so."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from redis import Redis

from settings import LIVE_FILE, PROJECT
from settings.reading import load, read_env_file
from tests.processes import runs
from tests.valkey import client_of, free_port

PATIENCE = 30.0


def eventually(true: Callable[[], bool]) -> None:
    """Wait until something is so; the test fails after `PATIENCE` seconds."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class LittleHouse:
    """A house in a folder of the test, with the database that is real and processes that are not."""

    folder: Path
    environ: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, kind: str = "run", **more: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.house.little_house", kind]
        with (self.folder.parent / "told").open("a") as log:
            supervisor = subprocess.Popen(
                command, cwd=PROJECT, env=self.environ | more, stdout=log, stderr=log, text=True
            )
        self.started.append(supervisor)
        return supervisor

    def refused(self, kind: str = "run", **more: str) -> str:
        """What a start says that is refused."""
        before = len(self.told())
        assert self.start(kind, **more).wait(PATIENCE) == 1
        return self.told()[before:]

    def told(self) -> str:
        told = self.folder.parent / "told"
        return told.read_text() if told.exists() else ""

    def is_ready(self, turn: int = 1) -> bool:
        return self.told().count("Yima is ready") == turn

    def pids(self) -> dict[str, int]:
        children = json.loads((self.folder / "house.json").read_text())["children"]
        return {name: pid for name, (pid, _) in children.items()}

    def redis_url(self) -> str:
        return read_env_file(self.folder / LIVE_FILE)["REDIS_URL"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[LittleHouse]:
    folder = tmp_path / "data of a house"
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "ORDER": str(tmp_path / "order")}
    environ |= {"PORT": str(free_port()), "SANDBOX": f"http://127.0.0.1:{free_port()}", "PYTHONUTF8": "1"}
    house = LittleHouse(folder, environ)
    yield house
    for supervisor in house.started:  # of a test that failed half-way; one that has ended is left alone
        supervisor.terminate()
        supervisor.wait(PATIENCE)


def test_a_house_runs_and_ends_in_order_and_leaves_no_process(house: LittleHouse, tmp_path: Path) -> None:
    supervisor = house.start()
    eventually(lambda: house.is_ready() and all(f"ERROR {name} " in house.told() for name in ("settle", "clock")))
    pids = house.pids()
    supervisor.terminate()
    assert supervisor.wait(PATIENCE) == 0
    order = (tmp_path / "order").read_text().split()
    assert (order[0], order[-1], sorted(order)) == ("web", "sandbox", ["clock", "sandbox", "settle", "web"])
    assert set(pids) == {"engine", "web", "settle", "clock", "sandbox"}
    assert [name for name, pid in pids.items() if runs(pid)] == []


def test_a_child_that_crashes_is_started_again(house: LittleHouse) -> None:
    supervisor = house.start()
    eventually(house.is_ready)
    before = house.pids()
    os.kill(before["settle"], signal.SIGKILL)
    eventually(lambda: house.pids().get("settle") not in (None, before["settle"]))
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(PATIENCE) == 0
    assert "settle: 意外结束" in house.told()


def test_a_killed_database_comes_back_with_what_it_acknowledged(house: LittleHouse) -> None:
    supervisor = house.start()
    eventually(house.is_ready)
    with client_of(house.redis_url()) as client:
        client.set("acknowledged", "yes")
    before = house.pids()["engine"]
    os.kill(before, signal.SIGKILL)
    eventually(lambda: house.pids().get("engine") not in (None, before))
    with client_of(house.redis_url()) as client:
        eventually(lambda: answers(client))
        assert client.get("acknowledged") == b"yes"
    supervisor.terminate()
    assert supervisor.wait(PATIENCE) == 0


def answers(client: Redis) -> bool:
    """Whether the server is there and has read its file."""
    try:
        return bool(client.ping())
    except Exception:
        return False


def test_children_end_with_a_supervisor_that_is_killed_and_the_next_start_works(house: LittleHouse) -> None:
    supervisor = house.start()
    eventually(house.is_ready)
    pids = house.pids()
    supervisor.kill()
    supervisor.wait(PATIENCE)
    eventually(lambda: not any(map(runs, pids.values())))
    again = house.start()
    eventually(lambda: house.is_ready(2))
    again.terminate()
    assert again.wait(PATIENCE) == 0


def test_a_second_start_says_where_the_first_one_is(house: LittleHouse) -> None:
    supervisor = house.start()
    eventually(house.is_ready)
    told = house.refused()
    supervisor.terminate()
    supervisor.wait(PATIENCE)
    assert "already running" in told
    assert f"http://127.0.0.1:{house.environ['PORT']}" in told
    assert house.environ["SANDBOX"] in told


@pytest.mark.parametrize("setting", ["PORT", "SANDBOX"])
def test_a_taken_port_is_named_with_the_way_out(house: LittleHouse, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = house.refused(**{setting: port if setting == "PORT" else f"http://127.0.0.1:{port}"})
    assert port in told
    assert f"make run {setting}=" in told


def test_what_is_wrong_in_the_environment_is_said_before_anything_starts(house: LittleHouse) -> None:
    told = house.refused(PID_KEY="short", SETTLE_LANES="many", DURABILITY="perhaps")
    assert [name for name in ("PID_KEY:", "SETTLE_LANES:", "DURABILITY:") if name not in told] == []
    assert not (house.folder / "redis").exists()


def test_serve_without_an_account_names_what_is_missing(house: LittleHouse) -> None:
    told = house.refused("serve")
    assert [name for name in ("WECHAT_APP_ID:", "PUBLIC_URL:", "PID_KEY:") if name not in told] == []


def test_a_real_account_is_never_mixed_with_the_sandboxs_people(house: LittleHouse) -> None:
    supervisor = house.start()
    eventually(house.is_ready)
    supervisor.terminate()
    supervisor.wait(PATIENCE)
    assert "DATA_DIR=" in house.refused("serve")


def test_run_talks_to_its_own_sandbox_whatever_account_the_environment_names(house: LittleHouse) -> None:
    real = {"WECHAT_APP_ID": "wx5823bf96d3bd56c7", "WECHAT_API_BASE": "https://api.weixin.qq.com"}
    supervisor = house.start(**real)
    eventually(house.is_ready)
    live = load(read_env_file(house.folder / LIVE_FILE))
    supervisor.terminate()
    supervisor.wait(PATIENCE)
    assert (live.wechat_api_base, live.sandbox) == (house.environ["SANDBOX"],) * 2
    assert live.wechat_app_id != real["WECHAT_APP_ID"]


def test_a_command_typed_beside_a_running_house_finds_it(house: LittleHouse) -> None:
    supervisor = house.start()
    eventually(house.is_ready)
    ask = [sys.executable, "-c", "from settings.reading import load; s = load(); print(s.sandbox, s.redis_url)"]
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(house.folder)}
    found = subprocess.run(ask, cwd=PROJECT, env=environ, capture_output=True, text=True, check=True).stdout.split()
    expected = [house.environ["SANDBOX"], house.redis_url()]
    supervisor.terminate()
    supervisor.wait(PATIENCE)
    assert found == expected


def test_keys_are_made_once_and_are_private(house: LittleHouse) -> None:
    kept = []
    for turn in (1, 2):
        supervisor = house.start()
        eventually(partial(house.is_ready, turn))
        supervisor.terminate()
        supervisor.wait(PATIENCE)
        kept.append((house.folder / "keys.env").read_text())
    assert kept[0] == kept[1]
    assert (house.folder / "keys.env").stat().st_mode & 0o077 == 0


def test_logs_are_kept_and_errors_are_shown(house: LittleHouse) -> None:
    supervisor = house.start()
    eventually(house.is_ready)
    eventually(lambda: "clock shows this line" in house.told())
    supervisor.terminate()
    supervisor.wait(PATIENCE)
    assert "clock is up" in (house.folder / "logs" / "clock.log").read_text()
    assert "clock | ERROR clock shows this line" in house.told()
    assert "clock is up" not in house.told()
