"""Ways to break an installation for real, each undone at its end; each yields the settings that the doctor is given."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from settings import LIVE_FILE
from settings.reading import read_env_file
from tests.e2e.house import House
from tests.valkey import free_port

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


@contextlib.contextmanager
def ending_certificate(house: House, folder: Path) -> Iterator[Values]:
    """A web server whose certificate is its own and ends in five days."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=5, hours=1))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "pem").write_bytes(made.sign(key, SHA256()).public_bytes(Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pem")
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield {**values_of(house), "PUBLIC_URL": f"https://127.0.0.1:{server.server_port}"}
        server.shutdown()


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
