"""Ways to break an installation for real, each undone at its end; each yields the settings that the doctor is given."""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from settings import LIVE_FILE, read_env_file
from tests.e2e.house import House
from tests.valkey import client_of, free_port, running_valkey
from worker.queues import SETTLE, OurJob, queue

Values = Mapping[str, str]
Break = Callable[[House, Path], AbstractContextManager[Values]]


def values_of(house: House) -> Values:
    """The settings of a running house."""
    return {name: value for name, value in read_env_file(house.folder / LIVE_FILE).items() if value}


def told(**changed: str) -> Break:
    """Settings changed; "" takes one away."""

    @contextlib.contextmanager
    def broken(house: House, _folder: Path) -> Iterator[Values]:
        yield {name: value for name, value in {**values_of(house), **changed}.items() if value}

    return broken


def configured(name: str, value: str) -> Break:
    """The database's own configuration changed by CONFIG SET."""

    @contextlib.contextmanager
    def broken(house: House, _folder: Path) -> Iterator[Values]:
        values = values_of(house)
        with client_of(values["REDIS_URL"]) as client:
            before = client.config_get(name)[name]
            client.config_set(name, value)
            try:
                yield values
            finally:
                client.config_set(name, before)

    return broken


@contextlib.contextmanager
def little_memory(house: House, folder: Path) -> Iterator[Values]:
    """Less room than is nearly used up."""
    with client_of(values_of(house)["REDIS_URL"]) as client:
        most = int(client.info("memory")["used_memory"] * 1.25)
    with configured("maxmemory", str(most))(house, folder) as values:
        yield values


@contextlib.contextmanager
def empty_database(house: House, folder: Path) -> Iterator[Values]:
    """A database on which no worker and no clock ever ran, and things wait in it from yesterday."""
    with running_valkey(folder / "empty") as url, client_of(url) as client:
        yesterday = int((datetime.now(UTC) - timedelta(days=1)).timestamp() * 1000)
        client.xadd("yima:{00}:outbox", {"b": "x"}, id=f"{yesterday}-1")
        client.xadd("yima:{01}:post", {"b": "x"}, id=f"{yesterday}-1")
        client.xadd("yima:{02}:parked", {"reason": "why"})
        client.xadd("yima:{03}:undelivered", {"reason": "no window"})
        yield {**values_of(house), "REDIS_URL": url}


@contextlib.contextmanager
def dead_worker(house: House, folder: Path) -> Iterator[Values]:
    """A worker that died with its machine: RQ still lists it, its beats have stopped."""
    with running_valkey(folder / "dead") as url, client_of(url) as client:
        worker = SimpleWorker([queue(SETTLE, client)], connection=client, serializer=JSONSerializer, job_class=OurJob)
        worker.register_birth()  # type: ignore[no-untyped-call]
        client.hset(worker.key, "last_heartbeat", (datetime.now(UTC) - timedelta(minutes=5)).isoformat())
        yield {**values_of(house), "REDIS_URL": url}


@contextlib.contextmanager
def a_replica(house: House, folder: Path) -> Iterator[Values]:
    """A database that only follows another."""
    with running_valkey(folder / "first") as first, running_valkey(folder / "second") as second:
        with client_of(second) as client:
            client.replicaof("127.0.0.1", first.rpartition(":")[2].partition("/")[0])
        yield {**values_of(house), "REDIS_URL": second}


@contextlib.contextmanager
def with_password(house: House, folder: Path) -> Iterator[Values]:
    """A database whose password the house does not know."""
    with running_valkey(folder / "locked") as url:
        with client_of(url) as client:
            client.config_set("requirepass", secrets.token_hex(8))
        yield {**values_of(house), "REDIS_URL": url.replace("//", "//:wrong@")}


@contextlib.contextmanager
def refused_tokens(house: House, folder: Path) -> Iterator[Values]:
    """The house pauses its calls, as it does after tokens that were refused."""
    values = values_of(house)
    with client_of(values["REDIS_URL"]) as client:
        client.set("yima:{platform}:token:closed", "1", ex=300)
        client.set("yima:{platform}:token:storm", "3", ex=300)
        try:
            yield values
        finally:
            client.delete("yima:{platform}:token:closed", "yima:{platform}:token:storm")


def menu(change: Callable[[House, str], object]) -> Break:
    """Another program of the same account changes the menu; `change` is given a token."""

    @contextlib.contextmanager
    def broken(house: House, _folder: Path) -> Iterator[Values]:
        token = _token(house)
        before = house.get("/cgi-bin/menu/get", access_token=token)["menu"]
        change(house, token)
        try:
            yield values_of(house)
        finally:
            _publish(house, token, before)

    return broken


def foreign_menu(house: House, token: str) -> None:
    _publish(house, token, {"button": [{"type": "click", "name": "a", "key": "a"}]})


def no_menu(house: House, token: str) -> None:
    house.get("/cgi-bin/menu/delete", access_token=token)


def faulty(**preset: object) -> Break:
    """A fault of the platform is switched on."""

    @contextlib.contextmanager
    def broken(house: House, _folder: Path) -> Iterator[Values]:
        house.post("/sandbox/faults", preset)
        try:
            yield values_of(house)
        finally:
            requests.delete(f"{house.sandbox}/sandbox/faults", timeout=10).raise_for_status()

    return broken


@contextlib.contextmanager
def quota_gone(house: House, folder: Path) -> Iterator[Values]:
    """Less is left of today's calls than the account needs."""
    house.post("/sandbox/limits", {"daily": {"/cgi-bin/media/upload": 0, "/cgi-bin/menu/create": 1}})
    try:
        yield values_of(house)
    finally:
        house.post("/sandbox/limits", {"daily": None})


@contextlib.contextmanager
def spent_by_others(house: House, folder: Path) -> Iterator[Values]:
    """Another program has called 300 times today; the one of the house has not."""
    token, url = _token(house), f"{house.sandbox}/cgi-bin/media/upload"
    with requests.Session() as session:
        for _ in range(300):
            session.post(url, params={"access_token": token, "type": "image"}, timeout=10)
    yield values_of(house)


@contextlib.contextmanager
def another_time(house: House, folder: Path) -> Iterator[Values]:
    """The house obeys a clock that is an hour ahead of the platform's."""
    before = house.get("/sandbox/clock")["offset"]
    house.pass_time(hours=1)
    values = {name: value for name, value in values_of(house).items() if name != "SANDBOX"}
    yield {**values, "WECHAT_MODE": "safe"}
    assert house.get("/sandbox/clock")["offset"] > before


def open_to_others(name: str, mode: int) -> Break:
    """Permissions of a file of DATA_DIR, or of the folder itself."""

    @contextlib.contextmanager
    def broken(house: House, _folder: Path) -> Iterator[Values]:
        path = house.folder / name
        before = path.stat().st_mode & 0o777
        path.chmod(mode)
        try:
            yield values_of(house)
        finally:
            path.chmod(before)

    return broken


def answering(status: int, body: str, date: timedelta = timedelta(), setting: str = "WECHAT_API_BASE") -> Break:
    """Somebody else answers at an address: a proxy's page, or a platform with another time of day."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response_only(status)
            self.send_header("Date", format_datetime(datetime.now(UTC) + date, usegmt=True))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            return

    @contextlib.contextmanager
    def broken(house: House, _folder: Path) -> Iterator[Values]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield {**values_of(house), setting: f"http://127.0.0.1:{server.server_port}"}
        finally:
            server.shutdown()
            server.server_close()

    return broken


def nobody_there(setting: str, scheme: str = "http") -> Break:
    """Nothing listens at the address of a setting."""
    return told(**{setting: f"{scheme}://127.0.0.1:{free_port()}"})


def _publish(house: House, token: str, menu: object) -> None:
    """In raw UTF-8, as the platform wants it."""
    body = json.dumps(menu, ensure_ascii=False).encode()
    answer = requests.post(f"{house.sandbox}/cgi-bin/menu/create?access_token={token}", body, timeout=10).json()
    assert answer["errcode"] == 0, answer


def _token(house: House) -> str:
    account = json.loads((house.folder / "sandbox" / "account.json").read_text("utf-8"))
    body = {"grant_type": "client_credential", "appid": account["app_id"], "secret": account["app_secret"]}
    return str(house.post("/cgi-bin/stable_token", body)["access_token"])
