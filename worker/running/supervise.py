"""A whole house on one machine: `python -m worker.running.supervise run` (with the sandbox) or `serve` (without)."""

from __future__ import annotations

import contextlib
import http.client
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import click
import redis

from settings import ENV_FILE, PROJECT, BadSettings, reading
from store.connection import connect
from worker.running.children import Child, Children
from worker.running.ending import end_on
from worker.running.engine import EngineRefused, WeakServer, check_durability, wait_until_ready
from worker.running.house import House, HouseRefused, argv_of, open_house, sandbox_environ
from worker.running.processes import PROCESSES, SANDBOX, WEB, Process

ENGINE = "engine"
READY_SECONDS = 60.0
TICK = 0.1


@dataclass(frozen=True, slots=True)
class Crew:
    """What runs in a house beside the database, and the command that publishes the menu once all is up."""

    processes: tuple[Process, ...] = PROCESSES
    sandbox: Process = SANDBOX
    menu: tuple[str, ...] = (sys.executable, "-m", "bot.menu")

    def stages(self) -> Sequence[Sequence[str]]:
        """The order of ending: nobody ends before those who need it."""
        others = [process.name for process in self.processes if process.name != WEB.name]
        return ([WEB.name], others, [self.sandbox.name], [ENGINE])


def keep(house: House, crew: Crew, tell: Callable[[str], None], stopping: threading.Event) -> None:
    """Run the house until `stopping` is set; then end everything, in order. The house is closed afterwards.

    Raises EngineRefused, WeakServer, redis.RedisError when the database is not to be had.
    """
    children = Children(house.folder / "logs", tell)
    try:
        _start_database(house, children, stopping)
        for child in _crew_of(house, crew):
            if not stopping.is_set():
                children.start(child)
        house.record(children.pids())
        _watch(house, crew, children, tell, stopping)
    finally:
        tell("正在停止… · stopping…")
        children.stop(crew.stages())
        house.close()
        tell("已停止，数据已保存 · stopped, the data is kept")


def _start_database(house: House, children: Children, stopping: threading.Event) -> None:
    database = house.engine
    if database is None:
        with connect(house.settings.redis_url, socket_timeout=5.0) as client:
            check_durability(client, house.settings)
        return
    inherits = (database.lock,)
    children.start(Child(ENGINE, database.argv, reading.surroundings(), database.folder, inherits, grace=60.0))
    house.record(children.pids())
    wait_until_ready(database.url, lambda: children.alive(ENGINE) and not stopping.is_set())


def _crew_of(house: House, crew: Crew) -> Iterator[Child]:
    if house.sandbox:
        environ = sandbox_environ(house, house.sandbox)
        yield Child(crew.sandbox.name, crew.sandbox.argv(environ), environ, PROJECT)
    for process in crew.processes:
        yield Child(process.name, argv_of(house, process), house.environ, PROJECT)


def _watch(
    house: House, crew: Crew, children: Children, tell: Callable[[str], None], stopping: threading.Event
) -> None:
    waiting = {"web": f"{house.web.url}/healthz"}
    if house.sandbox:
        waiting["sandbox"] = f"{house.sandbox.url}/sandbox/clock"
    late = time.monotonic() + READY_SECONDS
    known = children.pids()
    while not stopping.wait(TICK):
        children.look_after()
        if known != (known := children.pids()):
            house.record(known)
        if not waiting:
            continue
        waiting = {name: url for name, url in waiting.items() if not _answers(url)}
        if not waiting:
            _welcome(house, crew, tell)
        elif time.monotonic() > late:
            tell(f"{', '.join(waiting)} 仍未就绪，请看日志 · not ready yet, see {house.folder / 'logs'}")
            late += READY_SECONDS


def _welcome(house: House, crew: Crew, tell: Callable[[str], None]) -> None:
    if house.sandbox:
        _publish_menu(house, crew, tell)
    rows = [("手机 · phone", f"{house.sandbox.url}/")] if house.sandbox else []
    rows += [("消息接口 · webhook", f"{house.settings.public_url}/wechat")]
    rows += [("核验页 · verification", f"{house.settings.public_url}/v")]
    rows += [("工作台 · console", f"{house.settings.public_url}/console/")]
    rows += [("数据 · data", str(house.folder)), ("日志 · logs", str(house.folder / "logs"))]
    body = "\n".join(f"  {label}{' ' * (24 - _columns(label))}{where}" for label, where in rows)
    tell(f"\n一码已就绪 · Yima is ready\n{body}\n  停止请按 Ctrl-C · Ctrl-C stops everything\n")


def _columns(text: str) -> int:
    """How wide a terminal shows a text: a Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _publish_menu(house: House, crew: Crew, tell: Callable[[str], None]) -> None:
    log = house.folder / "logs" / "menu.log"
    with log.open("wb") as output:
        try:
            done = subprocess.run(  # noqa: S603 - the house's own command
                crew.menu, cwd=PROJECT, env=dict(house.environ), stdout=output, stderr=output, timeout=30, check=False
            )
            failed = done.returncode != 0
        except (OSError, subprocess.TimeoutExpired):
            failed = True
    if failed:
        tell(f"菜单没有发布 · the menu was not published, see {log}")


def _answers(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=1.0)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def run_house(kind: str, crew: Crew, tell: Callable[[str], None] = click.echo) -> int:
    """Open a house and keep it until SIGINT, SIGTERM or SIGHUP. Returns the exit status; tells what is wrong."""
    stopping = threading.Event()
    end_on(stopping, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    with_sandbox = kind == "run"
    try:
        house = open_house(with_sandbox, reading.given(env_file=None if with_sandbox else ENV_FILE))
        keep(house, crew, tell, stopping)
    except (BadSettings, HouseRefused, EngineRefused, WeakServer) as refused:
        tell(str(refused))
        return 1
    except redis.RedisError as error:
        tell(f"REDIS_URL: 连不上数据库 · the database does not answer ({type(error).__name__})")
        return 1
    return 0


@click.command()
@click.argument("kind", type=click.Choice(["run", "serve"]))
def main(kind: str) -> None:
    """Run the house: `run` with the stand-in for WeChat, `serve` for a real account."""
    with contextlib.suppress(BrokenPipeError):
        sys.exit(run_house(kind, Crew()))


if __name__ == "__main__":
    main()
