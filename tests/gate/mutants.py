"""Tokens that are almost ours: mutated characters and bytes, and the negative cases of certificates, as our token has
them. `python -m tests.gate.mutants 100000` tries so many on the Python verifier and on the page's."""

from __future__ import annotations

import base64
import json
import random
import string
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain import handles, passes
from domain.facts import SHANGHAI
from domain.handles import HandleKind
from domain.keyring import cose_key_set, keyring
from domain.passes import Pass, Valid
from domain.verdict import Colour

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
KID, RING = passes.key_id(KEY.public_key()), keyring(KEY)
NOON = datetime(2020, 3, 2, 12, 0, tzinfo=SHANGHAI)
LETTERS = string.ascii_uppercase + "234567"
PAGE = Path(__file__).parent.parent.parent / "bot" / "static" / "gate"

CHECK = """
import { verify } from "./gate/token.mjs";
import { keysOf } from "./gate/lists.mjs";
import { createInterface } from "node:readline";
const [keys, now] = [await keysOf(Buffer.from(process.argv[2], "hex")), Number(process.argv[3])];
for await (const line of createInterface({ input: process.stdin })) {
  const found = await verify(JSON.parse(line), keys, now);
  console.log(found.fault ?? "valid");
}
"""


def genuine(colour: Colour = Colour.GREEN) -> str:
    handle = handles.seal_handle(bytes(32), b"twelve bytes", NOON.date(), HandleKind.CODE)
    return passes.issue(KEY, KID, Pass(handle, colour, NOON, NOON + passes.LIFETIME))


def mutants(count: int, seed: int = 7) -> Iterator[str]:
    """Never the token itself, and never the same message under another spelling that is ours."""
    chance, token = random.Random(seed), genuine()
    acts: tuple[Callable[[str], str], ...] = (
        lambda t: _at(chance, t, chance.choice(LETTERS)),
        lambda t: _at(chance, t, chance.choice("abc01890=-_ \x00é码\ud800")),
        lambda t: _at(chance, t, ""),
        lambda t: _at(chance, t, "".join(chance.choices(LETTERS, k=2))),
        lambda t: t[: chance.randrange(len(t))],
        lambda t: t + "".join(chance.choices(LETTERS, k=chance.randrange(1, 9))),
        lambda t: _bytes(chance, t),
        lambda t: "".join(chance.choices(LETTERS, k=chance.randrange(0, 200))),
        str.lower,
    )
    made = 0
    while made < count:
        mutant = token
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            mutant = chance.choice(acts)(mutant) if mutant else ""
        if mutant != token:
            made += 1
            yield mutant


def _at(chance: random.Random, text: str, put: str) -> str:
    place = chance.randrange(len(text))
    return text[:place] + put + text[place + 1 :]


def _bytes(chance: random.Random, text: str) -> str:
    try:
        raw = bytearray(base64.b32decode(text + "=" * (-len(text) % 8)))
    except (ValueError, TypeError):
        return text + "A"
    raw[chance.randrange(len(raw) or 1) :][:1] = bytes([chance.randrange(256)])
    place = chance.randrange(len(raw) or 1)
    raw[place : place + 1] = bytes([chance.randrange(256)])
    return base64.b32encode(raw).decode().rstrip("=")


def by_python(tokens: list[str], now: datetime = NOON) -> list[str]:
    found = (passes.verify(token, RING, now) for token in tokens)
    return ["valid" if isinstance(each, Valid) else each.fault.value for each in found]


def by_the_page(tokens: list[str], folder: Path, now: datetime = NOON) -> list[str]:
    """The modules of the guard's app, run by Node; `folder` takes copies under names that it loads as modules."""
    (folder / "gate").mkdir(parents=True, exist_ok=True)
    (folder / "packages").mkdir(exist_ok=True)
    for name in ("token", "lists", "cbor"):
        text = (PAGE / f"{name}.js").read_text("utf-8").replace('.js"', '.mjs"')
        (folder / "gate" / f"{name}.mjs").write_text(text, "utf-8")
    package = PAGE.parent / "packages" / "ed25519.js"
    (folder / "packages" / "ed25519.mjs").write_text(package.read_text("utf-8"), "utf-8")
    (folder / "check.mjs").write_text(CHECK, "utf-8")
    argv = ["node", str(folder / "check.mjs"), cose_key_set(RING).hex(), str(int(now.timestamp()))]
    lines = "".join(json.dumps(token) + "\n" for token in tokens)
    done = subprocess.run(argv, input=lines, capture_output=True, text=True, check=True)
    return done.stdout.split()


# --- certificates' negative cases -------------------------------------------------------------------------------------


def spelled(message: Any) -> str:
    return base64.b32encode(message if isinstance(message, bytes) else cbor2.dumps(message)).decode().rstrip("=")


def signed(
    protected: Any = None,
    payload: Any = None,
    key: Ed25519PrivateKey = KEY,
    unprotected: Any = None,
    over: bytes | None = None,
) -> str:
    """A COSE_Sign1 whose parts a case chooses; the signature is genuine over whatever they are."""
    head = cbor2.dumps({1: -8, 4: KID} if protected is None else protected)
    body = payload if isinstance(payload, bytes) else cbor2.dumps(claims() if payload is None else payload)
    signature = key.sign(passes.to_be_signed(head, body if over is None else over))
    return spelled([head, {} if unprotected is None else unprotected, body, signature])


def claims(issued: datetime = NOON, lasts: timedelta = passes.LIFETIME, code: Any = None) -> dict[int, Any]:
    start, end = int(issued.timestamp()), int((issued + lasts).timestamp())
    return {4: end, 6: start, -65537: code if code is not None else [bytes(16), 1]}


def main() -> int:
    """1 when a mutant is accepted or the two verifiers do not agree on the valid one."""
    import tempfile

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    tokens = [*mutants(count), genuine()]
    with tempfile.TemporaryDirectory() as folder:
        answers = {"python": by_python(tokens), "page": by_the_page(tokens, Path(folder))}
    wrong = 0
    for name, found in answers.items():
        accepted = found[:-1].count("valid")
        wrong += accepted + (len(found) != len(tokens)) + (found[-1] != "valid")
        sys.stdout.write(f"{name}: {count} mutants, {accepted} accepted, the genuine one {found[-1]}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
