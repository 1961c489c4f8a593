"""What a house on one machine is made of: its folder, keys, addresses and environment, before anything is started."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from settings import LIVE_FILE, LOCK_FILE, NAMES, PROJECT, Settings, reading
from settings.shapes import on_loopback
from worker.running import engine, processes
from worker.running.engine import Engine
from worker.running.stand_in import KEY_NAMES, TEMPLATE_SETTINGS, keys_of, write_account

KEYS_FILE = "keys.env"
DEFAULT_SANDBOX = "http://127.0.0.1:8081"
LEFTOVER_SECONDS = 5.0


class HouseRefused(Exception):
    """The house cannot be opened; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where something listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """As a browser on this machine reaches it."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class House:
    """A locked folder and all that its processes are told."""

    settings: Settings
    environ: Mapping[str, str]
    """For the children: the surroundings and every setting, "" where none is set, so that no `.env` shines through."""
    engine: Engine | None
    web: Address
    sandbox: Address | None
    lock: int

    @property
    def folder(self) -> Path:
        """DATA_DIR."""
        return self.settings.data_dir

    def record(self, pids: Mapping[str, int]) -> None:
        """Write down who runs here, for a second start and for one that comes after a crash."""
        told = {"pid": os.getpid(), "web": self.web.url, "sandbox": self.sandbox.url if self.sandbox else ""}
        born = {name: [pid, _born(pid)] for name, pid in pids.items()}
        engine.write_private(self.folder / "house.json", json.dumps({**told, "children": born}) + "\n")

    def close(self) -> None:
        """Give the folder free, after all children have ended."""
        (self.folder / LIVE_FILE).unlink(missing_ok=True)
        (self.folder / "house.json").unlink(missing_ok=True)
        if self.engine:
            self.engine.close()
        os.close(self.lock)


def open_house(with_sandbox: bool, given: Mapping[str, str]) -> House:
    """Lock DATA_DIR, complete the settings, check them and the ports. Starts nothing.

    `given`: settings by name, as `settings.reading.given` reads them. Raises HouseRefused, EngineRefused, BadSettings.
    """
    folder = PROJECT / Path(given.get("DATA_DIR") or "data").expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    _refuse_the_other_kind(with_sandbox, given, folder)
    lock = _locked(folder)
    database: Engine | None = None
    try:
        _refuse_leftovers(folder)
        completed = _with_sandbox(given, folder) if with_sandbox else dict(given)
        if not completed.get("REDIS_URL"):
            reading.load({**completed, "REDIS_URL": "redis://127.0.0.1:0"})  # says all that is wrong before it locks
            database = engine.prepare(folder / "redis", completed.get("DURABILITY", "fsync"))
            completed["REDIS_URL"] = database.url
        return _furnished(completed, given, database, with_sandbox, lock)
    except BaseException:
        if database:
            database.close()
        os.close(lock)
        raise


def _furnished(
    completed: Mapping[str, str], given: Mapping[str, str], database: Engine | None, with_sandbox: bool, lock: int
) -> House:
    checked = reading.load(completed)
    web = Address(checked.host, checked.port)
    sandbox = _address_of(checked.sandbox) if with_sandbox else None
    _refuse_taken_port(web, "PORT=8090")
    if sandbox:
        _refuse_taken_port(sandbox, "SANDBOX=http://127.0.0.1:8091")
        write_account(checked)
    every = {**dict.fromkeys(NAMES, ""), **completed, "DATA_DIR": str(checked.data_dir)}
    live = every if with_sandbox else {name: value for name, value in completed.items() if name not in given}
    engine.write_private(checked.data_dir / LIVE_FILE, "".join(f"{name}='{value}'\n" for name, value in live.items()))
    told = {**reading.surroundings(), **every, "PYTHONUNBUFFERED": "1"}
    return House(checked, told, database, web, sandbox, lock)


def sandbox_environ(house: House, sandbox: Address) -> dict[str, str]:
    """The surroundings, and what `processes.SANDBOX` takes: the stand-in is a stranger and learns no setting."""
    folder = house.folder / "sandbox"
    told = {"CONFIG": str(folder / "account.json"), "HOST": sandbox.host, "PORT": str(sandbox.port)}
    told |= {"DATA": str(folder), "WEBHOOK": f"{house.web.url}/wechat"}
    return (
        reading.surroundings() | {f"SANDBOX_{name}": value for name, value in told.items()} | {"PYTHONUNBUFFERED": "1"}
    )


def argv_of(house: House, process: processes.Process) -> tuple[str, ...]:
    """The command line of a process of this house."""
    resolved = {"HOST": house.settings.host, "PORT": str(house.settings.port)}
    return process.argv({**house.environ, **resolved})


# --- the sandbox's account --------------------------------------------------------------------------------------------


def _with_sandbox(given: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The settings of a house that talks to the stand-in only, whatever account the environment names."""
    sandbox = given.get("SANDBOX") or DEFAULT_SANDBOX
    if not on_loopback(urlsplit(sandbox).hostname or ""):
        raise HouseRefused("SANDBOX: 只能在本机 · is started here, so it must be http://127.0.0.1:PORT")
    port = given.get("PORT", "")
    port = port if port.isdecimal() else "8080"
    fixed = {"SANDBOX": sandbox, "WECHAT_API_BASE": sandbox, "WECHAT_MP_BASE": sandbox}
    fixed |= {"SMS_URL": f"{sandbox}/adapters/sms", "IDENTITY_URL": f"{sandbox}/adapters/identity"}
    fixed |= {"WECHAT_AES_KEY_PREVIOUS": "", **TEMPLATE_SETTINGS}
    keys = keys_of(folder / KEYS_FILE)
    fixed |= {"UPSTREAM_URL": f"{sandbox}/upstream", "UPSTREAM_KEY": keys["ADAPTER_KEY"]}
    account = {name: value for name, value in keys.items() if name not in KEY_NAMES}
    completed = {"PUBLIC_URL": f"http://127.0.0.1:{port}", **keys, **given, **account, **fixed}
    return {name: value for name, value in completed.items() if value}


# --- what stands in the way -------------------------------------------------------------------------------------------


def _refuse_the_other_kind(with_sandbox: bool, given: Mapping[str, str], folder: Path) -> None:
    """Invented residents and real ones never share a database."""
    played, used = (folder / KEYS_FILE).exists(), (folder / "redis" / engine.MARKER).exists()
    if given.get("REDIS_URL") or not used or played == with_sandbox:
        return
    holds = "沙盒的演示数据 · the sandbox's invented people" if played else "真实账号的数据 · a real account's people"
    raise HouseRefused(f"{folder} 存有{holds}。请另选文件夹 · choose another folder: DATA_DIR=…")


def _locked(folder: Path) -> int:
    lock = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        told = _told(folder)
        addresses = " · ".join(filter(None, (str(told.get("sandbox", "")), str(told.get("web", "")))))
        raise HouseRefused(f"已在运行 · already running (pid {told.get('pid', '?')}): {addresses}") from None
    return lock


def _refuse_leftovers(folder: Path) -> None:
    """After a supervisor was killed its children end by themselves; one that does not is named, never killed."""
    children = _told(folder).get("children", {})
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while left := [f"{name} {pid}" for name, (pid, born) in children.items() if born and _born(pid) == born]:
        if time.monotonic() > deadline:
            which = ", ".join(left)
            raise HouseRefused(
                f"上次异常退出后仍在运行，请先结束 · left over from a crash, end them with `kill`: {which}"
            )
        time.sleep(0.1)


def _refuse_taken_port(address: Address, instead: str) -> None:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            why = f"端口 {address.port} 不可用 · {address.host}:{address.port} cannot be used ({error.strerror})"
            raise HouseRefused(f"{why}. 换一个 · choose another: make run {instead}") from None


def _told(folder: Path) -> dict[str, Any]:
    try:
        told = json.loads((folder / "house.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _born(pid: int) -> int:
    """When a process started, in ticks since boot; 0 if it is gone or the system cannot say."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except (OSError, ValueError):
        return 0
    return 0 if state == "Z" else int(rest[18])


def _address_of(url: str) -> Address:
    parts = urlsplit(url)
    return Address(parts.hostname or "127.0.0.1", parts.port or 80)
