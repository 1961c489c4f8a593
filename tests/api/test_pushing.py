"""Pushes: where they may go, how they are signed, what a slow, broken or hostile receiver can do."""

from __future__ import annotations

import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from standardwebhooks.webhooks import Webhook
from werkzeug.serving import make_server

from domain.partners.client import Hook
from domain.partners.display import Display, State
from store.feed import Page
from tests.api.conftest import Street
from worker.partners import pushing
from worker.partners.addresses import BadAddress, Target, check_url, look_up
from worker.partners.admin import told_secret
from worker.partners.pushing import Failed, body_of, send, signed
from worker.partners.seeing import Seen

OUTSIDE, HERE = "https://yima.example.org", "http://127.0.0.1:8080"
PAGE = Page(("A" * 22,), "7-1", False)
CHANGES = [Seen("A" * 22, 3, Display(State.GREEN))]


@pytest.mark.parametrize(
    "url",
    [
        *("http://partner.example.org/hook", "https://10.0.0.7/hook", "https://192.168.1.1/", "https://172.16.0.9/"),
        *("https://169.254.169.254/latest/meta-data", "https://127.0.0.1/hook", "http://127.0.0.1/hook"),
        *("https://localhost/hook", "https://[::1]/", "https://[fd00::1]/", "https://[fe80::1]/", "https://0.0.0.0/"),
        *("https://[::ffff:10.0.0.7]/", "https://100.64.0.1/", "https://user:pw@partner.example.org/", "ftp://a.org/"),
        *("https://224.0.0.1/", "https://partner.example.org:0/", "https:///hook", "https://[::1/", "", "//a.org/"),
    ],
)
def test_nothing_goes_into_a_private_network_or_without_encryption(url: str) -> None:
    with pytest.raises(BadAddress):
        look_up(url, OUTSIDE)


def test_a_name_that_leads_inside_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*addresses: str) -> object:
        return lambda host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr("worker.partners.addresses.socket.getaddrinfo", answer("93.184.216.34"))
    assert look_up("https://partner.example.org/hook?a=1", OUTSIDE).ip == "93.184.216.34"
    monkeypatch.setattr("worker.partners.addresses.socket.getaddrinfo", answer("93.184.216.34", "10.0.0.7"))
    with pytest.raises(BadAddress):
        look_up("https://partner.example.org/hook", OUTSIDE)


def test_loopback_is_for_an_installation_that_is_only_there() -> None:
    assert check_url("http://127.0.0.1:8190/hook", HERE).port == 8190
    with pytest.raises(BadAddress):
        check_url("http://127.0.0.1:8190/hook", OUTSIDE)


def test_a_signature_is_what_standard_webhooks_says_it_is_with_either_secret() -> None:
    new, old = os.urandom(32), os.urandom(32)
    body = body_of(PAGE, CHANGES)
    headers = signed(Hook(HERE, (new, old)), "changes-7-1", int(time.time()), body)
    for secret in (new, old):
        said = Webhook(told_secret(secret)).verify(body, headers)
        assert said["data"]["changes"][0]["state"] == "green"
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(told_secret(os.urandom(32))).verify(body, headers)
    with pytest.raises(Exception, match="too old"):
        Webhook(told_secret(new)).verify(body, signed(Hook(HERE, (new,)), "changes-7-1", int(time.time()) - 600, body))


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for a name that only this test trusts: (certificate, key)."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "server.pem", folder / "server.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    files[1].write_bytes(key.private_bytes(pem, pkcs8, plain))
    return files


def test_the_receiver_proves_its_name_whatever_address_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = certificate(tmp_path, "partner.example.org")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*names)
    app = Flask("receiver")
    app.add_url_rule("/hook", "hook", lambda: ("", 204), methods=["POST"])
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=context)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def found(host: str) -> object:
        return lambda url, ours: Target("https", host, server.port, "127.0.0.1", "/hook")

    hook = Hook("https://partner.example.org/hook", (b"k" * 32,))
    monkeypatch.setattr(pushing, "look_up", found("partner.example.org"))
    with pytest.raises(Failed, match="Cert"):
        send(hook, PAGE, CHANGES, OUTSIDE)
    monkeypatch.setattr("worker.partners.pushing.certifi.where", lambda: str(names[0]))
    send(hook, PAGE, CHANGES, OUTSIDE)
    monkeypatch.setattr(pushing, "look_up", found("other.example.org"))
    with pytest.raises(Failed, match="Cert"):
        send(hook, PAGE, CHANGES, OUTSIDE)
    server.shutdown()
    server.server_close()


@pytest.fixture
def drip() -> Iterator[str]:
    """A receiver that takes the connection and answers one byte a second, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 600:
                if over.wait(0.2):
                    break
                try:
                    connection.sendall(bytes([byte]))
                except OSError:
                    break
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
    over.set()
    listener.close()


def test_a_receiver_that_drips_is_left_after_its_time(drip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "TIMEOUT", 1.0)
    begun = time.monotonic()
    with pytest.raises(Failed):
        send(Hook(drip, (b"k" * 32,)), PAGE, CHANGES, HERE)
    assert time.monotonic() - begun < 10


def test_a_redirection_is_not_followed(street: Street) -> None:
    partner = street.partner
    partner.hook()
    street.bind(street.resident())
    partner.status = 302
    partner.push()
    assert partner.ctx.feeds.progress("gate-1").reason == "answered 302"


def test_a_push_that_was_taken_without_an_answer_comes_again_and_is_known(street: Street) -> None:
    """As after a machine that died between the answer and its note: the same id once more."""
    partner = street.partner
    partner.hook()
    street.bind(street.resident())
    before = partner.ctx.feeds.progress("gate-1")
    partner.push()
    assert partner.receiver.taken == 1
    partner.ctx.feeds.put_progress("gate-1", before)
    partner.push()
    assert partner.receiver.taken == 1
    assert partner.ctx.feeds.progress("gate-1").failures == 0


def test_a_receiver_that_fails_delays_nobody_else_and_is_asked_less_and_less_often(street: Street) -> None:
    partner = street.partner
    partner.hook()
    handle = street.bind(street.resident())
    partner.status = 500
    pauses = []
    for _ in range(4):
        partner.push()
        progress = partner.ctx.feeds.progress("gate-1")
        assert progress.not_before is not None
        pauses.append(round((progress.not_before - pushing._real_now()).total_seconds()))
    assert pauses == [1, 2, 4, 8]
    pushing.push_all(partner.ctx)
    assert partner.ctx.feeds.progress("gate-1").failures == 4, "its time has not come"
    assert handle


def test_a_body_is_as_the_feed_has_it() -> None:
    told = json.loads(body_of(PAGE, CHANGES))
    assert told["data"]["cursor"] == "7-1"
    assert set(told["data"]["changes"][0]) == {"handle", "version", "state", "until", "then"}
