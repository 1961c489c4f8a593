"""`python -m channel.code_samples FOLDER` draws every look of the code, of invented people, for eyes and for the bench.

Prints one JSON object: by look the file, what its QR holds, its bytes and the milliseconds that drawing it takes.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from timeit import repeat

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from channel.code_image import Card, draw
from domain.facts import SHANGHAI
from domain.handles import HandleKind, seal_handle
from domain.passes import Pass, expiry, issue, key_id, link
from domain.verdict import Colour

_ISSUED = datetime(2020, 3, 2, 8, 15, tzinfo=SHANGHAI)
_PEOPLE = {
    Colour.GREEN: "王*",
    Colour.GREY: "李*强",
    Colour.YELLOW: "欧**敏",
    Colour.RED: "J***",
    Colour.NONE: "阿***提",
}


def sample(colour: Colour, public_url: str = "https://yima.example.gov.cn") -> Card:
    """The card of an invented person, signed with a key that is no secret; the colour none is an unproved claim."""
    key = Ed25519PrivateKey.from_private_bytes(sha256(b"sample").digest())
    handle = seal_handle(bytes(32), sha256(colour.encode()).digest()[:12], _ISSUED.date(), HandleKind.CODE)
    content = Pass(handle, colour, _ISSUED, expiry(_ISSUED, _ISSUED.date()))
    url = link(public_url, issue(key, key_id(key.public_key()), content))
    return Card(colour, colour is Colour.NONE, _PEOPLE[colour], content.issued, content.expires, url)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--public-url", default="https://yima.example.gov.cn", show_default=True)
@click.option("--rounds", default=20, show_default=True, help="drawings a measurement; the best of five is printed")
def samples(folder: Path, public_url: str, rounds: int) -> None:
    """Draw every look of the code into FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for colour in _PEOPLE:
        card = sample(colour, public_url)
        file = folder / f"{'unverified' if card.unverified else colour}.png"
        file.write_bytes(draw(card))
        best = min(repeat(partial(draw, card), number=rounds, repeat=5)) / rounds
        made[file.stem] = {
            "file": str(file),
            "url": card.url,
            "bytes": file.stat().st_size,
            "ms": round(best * 1000, 3),
        }
    click.echo(json.dumps(made, indent=1))


if __name__ == "__main__":
    samples()
