"""Mass messages: jobs that reach their audience in the background, each person four times a month at most."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Thread
from typing import Any

from sandbox.bounds import Limits
from sandbox.clock import Clock
from sandbox.database import Database
from sandbox.errors import ApiError
from sandbox.phones import Phones
from sandbox.population import openid
from sandbox.quota import Quota
from sandbox.results import Results

SENDING, SUCCESS, DELETED = "SENDING", "SEND_SUCCESS", "DELETE"
_PAGE, _BATCH = 5000, 200
"""People looked up at once, and written to in one transaction: other calls get through in between."""
_REST = 0.5
_FIRST_ID, _FIRST_DATA_ID = 1_000_000_001, 2_247_483_650
_TO_ALL = "mass to all"
_WITHDRAWABLE = ("mpnews", "mpvideo")
_ADMINISTRATOR = openid("administrator", 1)
"""Whom the result event names as its sender."""


@dataclass(frozen=True, slots=True)
class Audience:
    """All followers, those with a tag, or those listed."""

    tag: int | None = None
    openids: Sequence[str] | None = None

    @property
    def to_all(self) -> bool:
        return self.tag is None and self.openids is None

    def text(self) -> str:
        """As it is kept and digested."""
        return json.dumps({"tag": self.tag, "openids": self.openids})


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out: its type as sent, and the type and body of what phones show."""

    type: str
    shown: str
    body: Mapping[str, Any]


class Mass:
    """The jobs. `now` is the sandbox's instant, `today` the same in Shanghai."""

    def __init__(
        self, database: Database, limits: Limits, clock: Clock, phones: Phones, quota: Quota, results: Results
    ) -> None:
        self._database, self._limits, self._clock = database, limits, clock
        self._phones, self._quota, self._results = phones, quota, results
        self._wake, self._closing = Event(), Event()
        self._thread = Thread(target=self._work, daemon=True, name="mass")

    def start(self) -> None:
        """Go on with what is unfinished, and from now on with what is submitted."""
        self._thread.start()

    def close(self) -> None:
        """Stop behind the batch that is being delivered; the next start goes on there."""
        self._closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def submit(self, audience: Audience, message: Message, client_id: str, today: datetime) -> tuple[int, int | None]:
        """Take a job: its msg_id and, of articles, its msg_data_id.

        Raises ApiError 45067, 45065 (with the msg_id there is), 45066, 9500002, 45028.
        """
        if len(client_id.encode()) > self._limits.mass_client_id:
            raise ApiError(45067)
        digested = hashlib.sha256(f"{audience.text()}\n{message.type}\n{_json(message.body)}".encode()).hexdigest()
        key = f"c:{client_id}" if client_id else f"d:{digested}"
        now = today.timestamp()
        self._refuse_again(key, now)
        with self._database.together():
            self._refuse_more(audience, today)
            taken = self._database.row("select coalesce(max(msg_id), ?) + 1 as id from mass", (_FIRST_ID - 1,))
            msg_id = int(taken["id"]) if taken else _FIRST_ID
            data_id = _FIRST_DATA_ID + msg_id - _FIRST_ID if message.type == "mpnews" else None
            self._database.rows(
                "insert into mass (msg_id, data_id, type, shown, body, audience, key, asked, status) "
                "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (msg_id, data_id, message.type, message.shown, _json(message.body), audience.text(), key, now, SENDING),
            )
        self._wake.set()
        return msg_id, data_id

    def status(self, msg_id: object) -> str:
        """SENDING, SEND_SUCCESS or DELETE. Raises ApiError 40059."""
        return str(self._job(msg_id)["status"])

    def withdraw(self, msg_id: object) -> None:
        """Delete articles or a video; others cannot be recalled. Raises ApiError 40059, 48008."""
        job = self._job(msg_id)
        if job["type"] not in _WITHDRAWABLE:
            raise ApiError(48008)
        self._database.rows("update mass set status = ? where msg_id = ?", (DELETED, job["msg_id"]))

    def received(self, openid: str, today: datetime) -> int:
        """How many mass messages a person got in this month."""
        row = self._database.row(
            "select times from mass_month where openid = ? and month = ?", (openid, today.strftime("%Y-%m"))
        )
        return int(row["times"]) if row else 0

    def _job(self, msg_id: object) -> sqlite3.Row:
        if isinstance(msg_id, str) and msg_id.isascii() and msg_id.isdigit():
            msg_id = int(msg_id)
        row = self._database.row("select * from mass where msg_id = ?", (msg_id,)) if isinstance(msg_id, int) else None
        if row is None:
            raise ApiError(40059)
        return row

    def _refuse_again(self, key: str, now: float) -> None:
        """A clientmsgid, or the same content to the same people, within a day; and again too soon."""
        row = self._database.row(
            "select msg_id, refused from mass where key = ? and asked > ? order by asked desc",
            (key, now - self._limits.mass_dedup),
        )
        if row is None:
            return
        if now - row["refused"] < self._limits.mass_retry_pause:
            raise ApiError(45066)
        self._database.rows("update mass set refused = ? where msg_id = ?", (now, row["msg_id"]))
        raise ApiError(45065, msg_id=row["msg_id"])

    def _refuse_more(self, audience: Audience, today: datetime) -> None:
        running = self._database.row("select count(*) as n from mass where status = ?", (SENDING,))
        if running is not None and running["n"] >= self._limits.mass_running:
            raise ApiError(9500002)
        if audience.to_all:
            self._quota.take(_TO_ALL, today.strftime("%Y-%m-%d"), self._limits.mass_all_per_day, 45028)
            self._quota.take(_TO_ALL, today.strftime("%Y-%m"), self._limits.mass_all_per_month, 45028)

    def _work(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            for job in self._database.rows("select * from mass where status = ? and finished is null", (SENDING,)):
                self._deliver(job)
            self._wake.wait(_REST)

    def _deliver(self, job: sqlite3.Row) -> None:
        reached = job["reached"]
        while people := self._people(job, reached):
            for start in range(0, len(people), _BATCH):
                if self._closing.is_set():
                    return
                with self._database.together():
                    self._batch(job, people[start : start + _BATCH])
            reached = people[-1]["n"]
            self._phones.changed()
        with self._database.together():
            self._finish(job["msg_id"])

    def _people(self, job: sqlite3.Row, reached: int) -> list[sqlite3.Row]:
        """The next ones not reached yet: rows of n, id, openid, blocked, blacklisted."""
        audience = json.loads(job["audience"])
        base = (
            "select phone.rowid as n, id, phone.openid, blocked.phone is not null as blocked, "
            "coalesce(blacklisted, 0) as blacklisted from phone "
            "left join trait on trait.openid = phone.openid left join blocked on blocked.phone = phone.id "
        )
        ending = f"following and phone.rowid > ? order by phone.rowid limit {_PAGE}"
        if audience["openids"] is not None:
            listed = "where phone.openid in (select value from json_each(?)) and "
            return self._database.rows(base + listed + ending, (json.dumps(audience["openids"]), reached))
        if audience["tag"] is not None:
            tagged = "join tagged on tagged.openid = phone.openid where tag = ? and "
            return self._database.rows(base + tagged + ending, (audience["tag"], reached))
        return self._database.rows(base + "where " + ending, (reached,))

    def _batch(self, job: sqlite3.Row, people: Sequence[sqlite3.Row]) -> None:
        now, month = self._clock.now(), self._clock.today().strftime("%Y-%m")
        passed = [one for one in people if not one["blacklisted"] and self._counts(one["openid"], month)]
        reached = [one for one in passed if not one["blocked"]]
        self._database.many(
            "insert into line (phone, sender, type, at, via, body) values (?, 'account', ?, ?, 'mass', ?)",
            ((one["id"], job["shown"], now, job["body"]) for one in reached),
        )
        self._database.rows(
            "update mass set reached = ?, total = total + ?, filtered = filtered + ?, sent = sent + ?, "
            "failed = failed + ? where msg_id = ?",
            (people[-1]["n"], len(people), len(passed), len(reached), len(passed) - len(reached), job["msg_id"]),
        )

    def _counts(self, openid: str, month: str) -> bool:
        """Whether the person may get one more this month; it is counted."""
        return bool(
            self._database.rows(
                "insert into mass_month select ?, ?, 1 where ? > 0 "
                "on conflict do update set times = times + 1 where times < ? returning times",
                (openid, month, self._limits.mass_per_month, self._limits.mass_per_month),
            )
        )

    def _finish(self, msg_id: int) -> None:
        self._database.rows(
            "update mass set finished = ?, status = case status when ? then ? else status end where msg_id = ?",
            (self._clock.now(), SENDING, SUCCESS, msg_id),
        )
        row = self._job(msg_id)
        told = int(row["sent"] * (1 - min(1.0, self._limits.mass_uncounted)))
        counts = {"TotalCount": row["total"], "FilterCount": row["filtered"], "SentCount": told}
        self._results.add(
            _ADMINISTRATOR,
            "MASSSENDJOBFINISH",
            {"MsgID": msg_id, "Status": "send success", **counts, "ErrorCount": row["failed"]},
        )


def _json(body: object) -> str:
    return json.dumps(body, ensure_ascii=False)
