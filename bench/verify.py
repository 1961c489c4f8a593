"""Verifications a second beside the least that checks a code, and their p99 while the write path works.

The least is a Flask route on the same server and database that does only the signature check and one read. Both in
turn, round by round. Then a few gates look at a steady pace: at rest, and while check-ins come at 70 % of the most that
the write path took just before, settled by one worker.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import threading
import time
from datetime import date
from pathlib import Path
from statistics import median

import cbor2
import redis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bench import wire
from bench.house import environment, until_settled, worker
from bench.load import Figures, load, look
from bench.processes import database, web, workshop
from bench.residents import Line, Resident, check_in, declare_all, some
from bench.table import show
from bench.wire import Account, Request

SHARE = 0.7
GATES, LOOKS = 4, 60.0
"""Connections of the steady look-ups, and how many come a second."""


def token_of(resident: Resident, environ: dict[str, str]) -> str:
    """A green code as the house signs it, written from the description in domain/passes.py."""
    signing = Ed25519PrivateKey.from_private_bytes(_key(environ, "CODE_SIGNING_KEY"))
    pid = hmac.digest(_key(environ, "PID_KEY"), f"10\0{resident.document}".encode(), "sha256")[:12]
    now = int(time.time())
    day = date.fromtimestamp(now + 8 * 3600).toordinal()  # noqa: DTZ012 (the day in China, on a machine in UTC)
    block = pid + day.to_bytes(3, "big") + b"\x01"
    handle = Cipher(algorithms.AES(_key(environ, "HANDLE_KEY")), modes.ECB()).encryptor().update(block)  # noqa: S305
    kid = hashlib.sha256(signing.public_key().public_bytes_raw()).digest()[:2]
    protected = cbor2.dumps({1: -8, 4: kid})
    payload = cbor2.dumps({4: now + 86_400, 6: now, -65537: [handle, 1]})
    signature = signing.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    return base64.b32encode(cbor2.dumps([protected, {}, payload, signature])).decode().rstrip("=")


def _key(environ: dict[str, str], name: str) -> bytes:
    return base64.urlsafe_b64decode(environ[name] + "=")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of load, a subject and round")
    told = parser.parse_args()
    account = Account()
    with workshop("verify") as folder, database(folder / "redis") as url, redis.Redis.from_url(url) as client:
        environ, residents = environment(account, url, folder), list(some(told.residents))
        with (
            web(environ, folder / "web.log") as house,
            web(environ, folder / "plain.log", "bench.plain_routes:create_app") as plain,
        ):
            with worker("settle", environ, folder):
                declare_all(Line(f"{house}/wechat", account), residents)
                until_settled(client)
            tokens = [token_of(each, environ) for each in residents]
            compare(house, plain, tokens, told, folder)
            with worker("settle", environ, folder):
                under_load(house, account, residents, tokens, told, folder)


def compare(house: str, plain: str, tokens: list[str], told: argparse.Namespace, folder: Path) -> None:
    """Verifications a second of both, and the ratio."""
    subjects = {"verification": (house, "/V/"), "signature and one read": (plain, "/bare/")}
    figures: dict[str, list[Figures]] = {name: [] for name in subjects}
    for _ in range(told.rounds):
        for name, (address, path) in subjects.items():
            figures[name].append(look(address, [path + each for each in tokens], told.seconds, folder))
    rates = {name: median(each.rate for each in found) for name, found in figures.items()}
    rows = [
        (
            name,
            f"{rates[name]:,.0f}",
            f"{rates[name] / rates['signature and one read']:.2f}",
            f"{median(each.p50 for each in found):.1f}",
            f"{median(each.p99 for each in found):.1f}",
            f"{sum(each.failed for each in found)}",
        )
        for name, found in figures.items()
    ]
    title = f"16 connections, medians of {told.rounds} rounds of {told.seconds} s"
    show(title, ("", "a second", "x least", "p50 ms", "p99 ms", "failed"), rows)


def under_load(
    house: str, account: Account, residents: list[Resident], tokens: list[str], told: argparse.Namespace, folder: Path
) -> None:
    """The p99 of steady look-ups at rest, and at 70 % of what the write path takes."""
    paths, rest, loaded = [f"/V/{each}" for each in tokens], [], []
    made = [check_in(account, residents[n % len(residents)], wire.plain) for n in range(5_000 * told.seconds)]
    most = load(house, "/wechat", made, told.seconds, folder).rate
    writes: list[Figures] = []
    for _ in range(told.rounds):
        rest.append(look(house, paths, told.seconds, folder, GATES, LOOKS))
        fresh = [check_in(account, residents[n % len(residents)], wire.plain) for n in range(len(made))]
        writer = threading.Thread(target=_write, args=(writes, house, fresh, told.seconds + 2, folder, SHARE * most))
        writer.start()
        time.sleep(1)
        loaded.append(look(house, paths, told.seconds, folder, GATES, LOOKS))
        writer.join()
    before, during = (median(each.p99 for each in found) for found in (rest, loaded))
    rows = [
        ("at rest", f"{median(each.p50 for each in rest):.1f}", f"{before:.1f}", "1.00"),
        ("while writing", f"{median(each.p50 for each in loaded):.1f}", f"{during:.1f}", f"{during / before:.2f}"),
    ]
    pace = median(each.rate for each in writes)
    title = f"about {LOOKS:.0f} verifications a second; write path {pace:,.0f} of at most {most:,.0f} a second"
    show(title, ("", "p50 ms", "p99 ms", "x rest"), rows)


def _write(figures: list[Figures], house: str, made: list[Request], seconds: int, folder: Path, rate: float) -> None:
    figures.append(load(house, "/wechat", made, seconds, folder, rate))


if __name__ == "__main__":
    main()
