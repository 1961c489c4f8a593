"""The people who hold the phones, and what is on their screens."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Condition
from typing import Any

from sandbox.clock import Clock
from sandbox.database import Database

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
NUMBER = re.compile(r"[0-9]{11}|\+[1-9][0-9]{6,14}", re.ASCII)
"""A telephone number: eleven digits, or E.164 with its + for one from elsewhere."""
_PHONES = "select *, exists(select 1 from blocked where phone = phone.id) as blocked from phone"


@dataclass(frozen=True, slots=True)
class Phone:
    """One person's WeChat, which knows one account. `since` is the instant of following, `touched` of the last sign.

    A follower who `blocked` the account takes no messages from it and can still write to it.
    """

    id: str
    name: str
    number: str
    openid: str
    following: bool
    since: float | None
    scene: str
    touched: float
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a chat. `n` grows over all chats; `sender` is me, account, sms or system; `body` by type."""

    n: int
    phone: str
    sender: str
    type: str
    at: float
    via: str
    body: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """The line as the phone API tells it; media come with the address of their picture."""
        body = dict(self.body)
        if "media_id" in body:
            body["url"] = f"/sandbox/media/{body['media_id']}"
        return {
            "n": self.n,
            "phone": self.phone,
            "from": self.sender,
            "type": self.type,
            "at": self.at,
            "via": self.via,
            **body,
        }


class Phones:
    """All phones and chats, with waiting for what is new. Thread-safe."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._changed = Condition()
        self._version = int(time.time() * 1000)
        self._typing: dict[str, float] = {}

    def add(self, name: str, number: str | None) -> Phone:
        """A new phone that follows nobody. Without a number it gets an invented one."""
        with self._database.together():
            count = self._database.note("phones", 0) + 1
            self._database.keep("phones", count)
            openid = "o" + "".join(secrets.choice(_ALPHABET) for _ in range(27))
            phone = Phone(f"p{count}", name, number or f"139{count:08d}", openid, False, None, "", self._clock.now())
            self._database.rows(
                "insert into phone values (?, ?, ?, ?, ?, ?, ?, ?)",
                (phone.id, phone.name, phone.number, phone.openid, 0, None, "", phone.touched),
            )
        self.changed()
        return phone

    def all(self) -> list[Phone]:
        """Every phone that somebody holds, oldest first: not the populations."""
        at_hand = f"{_PHONES} indexed by phone_at_hand where number != '' order by rowid"
        return [_phone(row) for row in self._database.rows(at_hand)]

    def by_id(self, phone_id: str) -> Phone | None:
        """The phone of this id, if there is one."""
        row = self._database.row(f"{_PHONES} where id = ?", (phone_id,))
        return _phone(row) if row else None

    def by_openid(self, openid: str) -> Phone | None:
        """The phone that the account knows by this OpenID, if there is one."""
        row = self._database.row(f"{_PHONES} where openid = ?", (openid,))
        return _phone(row) if row else None

    def by_number(self, number: str) -> list[Phone]:
        """The phones with this telephone number."""
        return [_phone(row) for row in self._database.rows(f"{_PHONES} where number = ?", (number,))]

    def followers(self, after: str, most: int) -> tuple[int, list[str]]:
        """How many follow, and the openids of those who were made after the phone of openid `after`."""
        total = self._database.row("select count(*) as n from phone where following = 1")
        rows = self._database.rows(
            "select openid from phone where following = 1 and "
            "rowid > coalesce((select rowid from phone where openid = ?), 0) order by rowid limit ?",
            (after, most),
        )
        return int(total["n"]) if total else 0, [row["openid"] for row in rows]

    def follow(self, phone: Phone, scene: str) -> None:
        """The person follows from now on; `scene` is that of the code scanned, or empty."""
        self._database.rows(
            "update phone set following = 1, since = ?, scene = ? where id = ?", (self._clock.now(), scene, phone.id)
        )
        self.changed()

    def unfollow(self, phone: Phone) -> None:
        """The person does not follow any more; who follows again has blocked nobody."""
        self._database.rows("update phone set following = 0 where id = ?", (phone.id,))
        self.block(phone, False)

    def block(self, phone: Phone, blocked: bool) -> None:
        """The person takes no more messages of the account, or takes them again."""
        if blocked:
            self._database.rows("insert or ignore into blocked values (?)", (phone.id,))
        else:
            self._database.rows("delete from blocked where phone = ?", (phone.id,))
        self.changed()

    def touch(self, phone: Phone) -> None:
        """The person did something just now."""
        self._database.rows("update phone set touched = ? where id = ?", (self._clock.now(), phone.id))

    def say(self, phone_id: str, sender: str, type_: str, body: Mapping[str, Any], via: str) -> int:
        """Put a line on the screen of a phone; returns its number."""
        row = self._database.row(
            "insert into line (phone, sender, type, at, via, body) values (?, ?, ?, ?, ?, ?) returning n",
            (phone_id, sender, type_, self._clock.now(), via, json.dumps(body, ensure_ascii=False)),
        )
        if sender == "account":
            self._typing.pop(phone_id, None)
        if not in_population(phone_id):
            self.changed()
        return int(row["n"]) if row else 0

    def lines(self, phone_id: str, after: int, wait: float) -> list[Line]:
        """The lines of a phone above number `after`; waits up to `wait` seconds for the first."""
        deadline = time.monotonic() + wait
        while True:
            seen = self._version
            rows = self._database.rows("select * from line where phone = ? and n > ? order by n", (phone_id, after))
            left = deadline - time.monotonic()
            if rows or left <= 0:
                return [_line(row) for row in rows]
            self.wait(seen, left)

    def earlier(self, phone_id: str, before: int, most: int) -> list[Line]:
        """The newest `most` lines of a phone below number `before`, oldest first."""
        rows = self._database.rows(
            "select * from line where phone = ? and n < ? order by n desc limit ?", (phone_id, before, most)
        )
        return [_line(row) for row in reversed(rows)]

    def news(self, phone_ids: Collection[str], after: int, most: int) -> list[Line]:
        """The newest `most` lines of each of these phones above number `after`, oldest first."""
        found = [
            row
            for phone_id in phone_ids
            for row in self._database.rows(
                "select * from line where phone = ? and n > ? order by n desc limit ?", (phone_id, after, most)
            )
        ]
        return sorted((_line(row) for row in found), key=lambda line: line.n)

    def typing(self, phone_id: str, until: float | None) -> None:
        """Show 「对方正在输入…」 until an instant, or stop showing it."""
        if until is None:
            self._typing.pop(phone_id, None)
        else:
            self._typing[phone_id] = until
        self.changed()

    def is_typing(self, phone_id: str) -> bool:
        """Whether the account is shown as typing."""
        return self._typing.get(phone_id, 0.0) > self._clock.now()

    def changed(self) -> None:
        """Tell whoever waits that something on some screen is new."""
        with self._changed:
            self._version += 1
            self._changed.notify_all()

    def wait(self, seen: int, seconds: float) -> int:
        """Wait until the version is another than `seen`; returns the version."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != seen, seconds)
            return self._version


def in_population(phone_id: str) -> bool:
    """Whether the phone was made by the thousand, and nobody looks at its screen."""
    return "." in phone_id


def _phone(row: sqlite3.Row) -> Phone:
    return Phone(
        row["id"],
        row["name"],
        row["number"],
        row["openid"],
        bool(row["following"]),
        row["since"],
        row["scene"],
        row["touched"],
        bool(row["blocked"]),
    )


def _line(row: sqlite3.Row) -> Line:
    return Line(row["n"], row["phone"], row["sender"], row["type"], row["at"], row["via"], json.loads(row["body"]))
