"""/p/<token>: the picture of a code, drawn when it is looked at. For codes that go out as a card, without any upload.

Whoever has the token has the code; the signature is checked, and the masked name is looked up live.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Blueprint, Response
from redis.exceptions import RedisError

from channel.clock import Clock
from channel.code_image import Card, draw
from domain import handles, passes
from domain.facts import day_of
from domain.passes import Pass, Valid
from domain.people import mask_name
from domain.verdict import World
from store.people import People
from store.person import Damaged

CACHE_SECONDS, CACHED = 60.0, 512
"""A phone asks twice, for the card and for the page behind it; 512 pictures are under 10 MB."""


class Away(Exception):
    """The person could not be read just now."""


@dataclass
class Drawer:
    """Draws, and keeps what it drew for a minute."""

    keys: Mapping[bytes, Ed25519PublicKey]
    handle_key: bytes
    public_url: str
    people: People
    clock: Clock
    world: Callable[[], World]
    _drawn: OrderedDict[str, tuple[float, bytes]] = field(default_factory=OrderedDict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def picture(self, token: str) -> bytes | None:
        """A PNG; None where there is no code to show: not ours, expired, nobody, ended. Raises Away."""
        match passes.verify(token, self.keys, self.clock.now()):
            case Valid(content=Pass() as shown) if not self.world().has_ended(day_of(self.clock.now())):
                return self._kept(token) or self._draw(token, shown)
            case _:
                return None

    def _draw(self, token: str, shown: Pass) -> bytes | None:
        opened = handles.open_handle(self.handle_key, shown.handle)
        if opened is None:
            return None
        try:
            person = self.people.read([opened.pid])[opened.pid]
        except (RedisError, Damaged) as error:
            raise Away from error
        if person.identity is None:
            return None
        url = passes.link(self.public_url, token)
        name = mask_name(person.identity.name)
        png = draw(Card(shown.colour, shown.unverified, name, shown.issued, shown.expires, url))
        with self._guard:
            self._drawn[token] = (time.monotonic(), png)
            while len(self._drawn) > CACHED:
                self._drawn.popitem(last=False)
        return png

    def _kept(self, token: str) -> bytes | None:
        with self._guard:
            at, png = self._drawn.get(token, (0.0, b""))
        return png if png and time.monotonic() - at < CACHE_SECONDS else None


def blueprint(drawer: Drawer) -> Blueprint:
    """The picture, under `/p/`."""
    routes = Blueprint("code_picture", __name__)

    @routes.get("/p/<token>")
    def show(token: str) -> Response:
        try:
            png = drawer.picture(token)
        except Away:
            return Response("暂时打不开，请稍后再试\n", 503, mimetype="text/plain")
        if png is None:
            return Response("这个健康码已过期，请回到公众号回复“健康码”\n", 404, mimetype="text/plain")
        return Response(png, mimetype="image/png")

    return routes
