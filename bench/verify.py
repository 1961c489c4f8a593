"""Verifications a second beside the least that checks a code, and their p99 while the write path works.

The least is a Flask route on the same server and database that does only the signature check and one read. Both in
turn, round by round. Then a few gates look at a steady pace: at rest, and while check-ins come at 70 % of the most that
the write path took just before. The most is what one worker on the same cores settles, to the last of it: what is only
accepted piles up.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
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
from bench.wire import Account

SHARE = 0.7
GATES, LOOKS = 4, 60.0
"""Connections of the steady look-ups, and how many come a second."""


def token_of(resident: Resident, environ: dict[str, str]) -> str:
    """A green code as the house signs it, written from the description in domain/passes.py and domain/handles.py."""
    signing = Ed25519PrivateKey.from_private_bytes(_key(environ, "CODE_SIGNING_KEY"))
    pid = hmac.digest(_key(environ, "PID_KEY"), f"10\0{resident.document}".encode(), "sha256")[:12]
    now = int(time.time())
    day = date.fromtimestamp(now + 8 * 3600).toordinal()  # noqa: DTZ012 (the day in China, on a machine in UTC)
    block = pid + day.to_bytes(3, "big") + b"\x01"
    handle = Cipher(algorithms.AES(_key(environ, "HANDLE_KEY")), modes.ECB()).encryptor().update(block)  # noqa: S305 one block
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
                under_load(Writes(house, account, residents, client, folder), tokens, told)


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


@dataclass(frozen=True, slots=True)
class Writes:
    """The write path: check-ins at the webhook, settled by a worker."""

    house: str
    account: Account
    residents: list[Resident]
    client: redis.Redis
    folder: Path

    def most(self, seconds: int) -> float:
        """Check-ins a second, from the first that is sent to the last that is settled."""
        began = time.monotonic()
        sent = self._send(seconds)
        until_settled(self.client)
        return sent.requests / (time.monotonic() - began)

    def while_writing(self, seconds: int, rate: float, act: Callable[[], Figures]) -> tuple[Figures, Figures]:
        """What `act` sees in the midst of check-ins at this rate, and they; nothing is left to settle afterwards."""
        sent: list[Figures] = []
        writer = threading.Thread(target=lambda: sent.append(self._send(seconds + 2, rate)))
        writer.start()
        time.sleep(1)
        seen = act()
        writer.join()
        until_settled(self.client)
        return seen, sent[0]

    def _send(self, seconds: int, rate: float = 0) -> Figures:
        who = self.residents
        made = [check_in(self.account, who[n % len(who)], wire.plain) for n in range(int(rate or 3_000) * seconds)]
        return load(self.house, "/wechat", made, seconds, self.folder, rate)


def under_load(path: Writes, tokens: list[str], told: argparse.Namespace) -> None:
    """The p99 of steady look-ups at rest, and at 70 % of what the write path takes."""
    asked, rest, loaded, writes = [f"/V/{each}" for each in tokens], list[Figures](), list[Figures](), list[Figures]()

    def looked() -> Figures:
        return look(path.house, asked, told.seconds, path.folder, GATES, LOOKS)

    most = path.most(told.seconds)
    for _ in range(told.rounds):
        rest.append(looked())
        seen, sent = path.while_writing(told.seconds, SHARE * most, looked)
        loaded.append(seen)
        writes.append(sent)
    before, during = (median(each.p99 for each in found) for found in (rest, loaded))
    rows = [
        ("at rest", f"{median(each.p50 for each in rest):.1f}", f"{before:.1f}", "1.00"),
        ("while writing", f"{median(each.p50 for each in loaded):.1f}", f"{during:.1f}", f"{during / before:.2f}"),
    ]
    pace = median(each.rate for each in writes)
    title = f"about {LOOKS:.0f} verifications a second; write path {pace:,.0f} of at most {most:,.0f} a second"
    show(title, ("", "p50 ms", "p99 ms", "x rest"), rows)


if __name__ == "__main__":
    main()
