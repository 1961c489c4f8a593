"""Invented residents and the talk in which one of them declares, over HTTP as the platform would carry it."""

from __future__ import annotations

import http.client
import itertools
import re
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import local
from urllib.parse import urlsplit

from bench import wire
from bench.wire import Account, Request

SCENE = "community:640106001002"
THANKS = "申报已收到"
"""In the answer to 确认: from here on the declaration is the house's business."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_msg_ids = itertools.count(int(time.time() * 1_000) << 20)


@dataclass(frozen=True, slots=True)
class Resident:
    """The one of this number, up to 999,999."""

    number: int

    @property
    def openid(self) -> str:
        return f"oBench{self.number:022d}"

    @property
    def document(self) -> str:
        """A valid resident ID: a birthday a thousand, a sequence number within."""
        born, sequence = divmod(self.number, 1_000)
        year, rest = divmod(born, 336)
        month, day = divmod(rest, 28)
        digits = f"640106{1960 + year}{month + 1:02d}{day + 1:02d}{sequence:03d}"
        check = "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=True)) % 11]
        return digits + check

    @property
    def phone(self) -> str:
        return f"138{self.number:08d}"

    @property
    def words(self) -> tuple[str, ...]:
        """What this resident says after following, up to the summary; no text-message code is asked for."""
        return ("同意", "申报", "王芳", self.document, self.phone, "幸福路1号3-201", "否", "否", "1", "无", "36.5")


def next_msg_id() -> int:
    """Beyond 2**53, never twice."""
    return next(_msg_ids)


def check_in(account: Account, resident: Resident, seal: Callable[[Account, str], Request]) -> Request:
    """「36.5」 under a new MsgId."""
    return seal(account, wire.text_xml(account, resident.openid, "36.5", next_msg_id(), int(time.time())))


class Line:
    """The platform's line to a webhook; one connection a thread."""

    def __init__(self, webhook: str, account: Account) -> None:
        self._url, self._account, self._own = urlsplit(webhook), account, local()

    def follow(self, resident: Resident) -> str:
        return self.push(wire.plain(self._account, wire.follow_xml(self._account, resident.openid, SCENE, _now())))

    def say(self, resident: Resident, content: str) -> str:
        """The text of the passive reply."""
        xml = wire.text_xml(self._account, resident.openid, content, next_msg_id(), _now())
        return content_of(self.push(wire.plain(self._account, xml)))

    def push(self, request: Request) -> str:
        """The body of the answer. Raises OSError or http.client.HTTPException, and RuntimeError for any but a 200."""
        if not hasattr(self._own, "connection"):
            self._own.connection = http.client.HTTPConnection(self._url.hostname or "", self._url.port, timeout=10)
        connection: http.client.HTTPConnection = self._own.connection
        try:
            connection.request("POST", f"{self._url.path}?{request.query}", request.body.encode())
            answer = connection.getresponse()
            body = answer.read().decode()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        if answer.status != http.client.OK:
            raise RuntimeError(f"http {answer.status}")
        return body


def declare(line: Line, resident: Resident) -> None:
    """The whole talk. Raises RuntimeError when it does not end with the thanks."""
    line.follow(resident)
    for content in resident.words:
        line.say(resident, content)
    reply = line.say(resident, "确认")
    if THANKS not in reply:
        raise RuntimeError(f"no declaration: {reply}")


def declare_all(line: Line, residents: Iterable[Resident], threads: int = 8) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(lambda resident: declare(line, resident), residents):
            pass


def content_of(xml: str) -> str:
    found = re.search(r"<Content><!\[CDATA\[(.*)\]\]></Content>", xml, re.DOTALL)
    return found[1] if found else ""


def some(count: int, first: int = 1) -> Sequence[Resident]:
    return [Resident(first + number) for number in range(count)]


def _now() -> int:
    return int(time.time())
