"""Reading the audit: the acts of a day, of one person or one member of the staff, newest first.

Today's and what the last file does not hold yet come from Redis, earlier days from the files; ids of acts are instants
of the database's server. Reading stands in the audit as well.
"""

from __future__ import annotations

import base64
import binascii
import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

from domain.facts import SHANGHAI
from domain.people import DocumentKind, parse_document
from domain.reject import Reject
from domain.roles import Action, Refused, Staff, require
from store.changes import Act
from store.keys import AUDITED, pid_text, shard_of_pid
from store.sealing import person_id
from worker.context import Context

PID_BYTES = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; `person` is a pid or empty, `staff` an id or empty."""

    day: date
    person: bytes = b""
    staff: str = ""

    def span(self) -> tuple[int, int]:
        """The day's first and last millisecond."""
        first = datetime.combine(self.day, time(), SHANGHAI)
        last = first + timedelta(days=1)
        return int(first.timestamp() * 1000), int(last.timestamp() * 1000) - 1

    def fits(self, act: Done) -> bool:
        return self.person in (b"", act.pid) and self.staff in ("", act.by)


@dataclass(frozen=True, slots=True)
class Done:
    """One act as it stands in the audit."""

    id: str
    pid: bytes
    by: str
    what: str
    fact: str
    reason: str
    organisation: str

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(int(self.id.partition("-")[0]) / 1000, SHANGHAI)

    @property
    def order(self) -> tuple[int, int]:
        """Its place in time."""
        milliseconds, _, number = self.id.partition("-")
        return int(milliseconds), int(number)

    @property
    def person(self) -> str:
        """What a page calls the person: nothing that says who that is."""
        return pid_text(self.pid) if self.pid else ""


def read(ctx: Context, by: Staff, wanted: Wanted, most: int) -> list[Done]:
    """The newest acts that fit, at most so many. Raises Refused (`role`)."""
    require(by, Action.READ_AUDIT)
    about = " ".join(filter(None, (str(wanted.day), wanted.staff, pid_text(wanted.person) if wanted.person else "")))
    ctx.audit.note(Act(by.id, "read audit", reason=about, organisation=by.organisation))
    newest = heapq.nlargest(2 * most, chain(_in_redis(ctx, wanted), _in_files(ctx, wanted)), key=lambda act: act.order)
    # What was written into a file a moment ago may be in Redis still.
    return list(dict.fromkeys(newest))[:most]


def reference_in(text: str) -> bytes:
    """The pid that a page's reference stands for. Raises Refused (`no_person`)."""
    try:
        pid = base64.b64decode(text, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        pid = b""
    if len(pid) != PID_BYTES:
        raise Refused("no_person")
    return pid


def reference_of(ctx: Context, by: Staff, number: str) -> bytes:
    """The pid of whoever has this identity card; the number stays out of the audit. Raises Refused: `role`,
    `no_person`."""
    require(by, Action.READ_AUDIT)
    ctx.audit.note(Act(by.id, "find reference", organisation=by.organisation))
    try:
        document = parse_document(DocumentKind.RESIDENT_ID, number.strip(), date.max)
    except (Reject, ValueError):
        raise Refused("no_person") from None
    return person_id(ctx.settings.pid_key, document.kind.value, document.number)


def _in_redis(ctx: Context, wanted: Wanted) -> Iterator[Done]:
    shards = [shard_of_pid(wanted.person)] if wanted.person else list(AUDITED)
    for shard in shards:
        for name, fields in ctx.audit.acts_between(shard, *wanted.span()):
            act = Done(name, *fields)
            if wanted.fits(act):
                yield act


def _in_files(ctx: Context, wanted: Wanted) -> Iterator[Done]:
    """From the files of that day and of the next, which has what came after the day's was written."""
    first, last = wanted.span()
    named = {str(wanted.day), str(wanted.day + timedelta(days=1))}
    for path in sorted(ctx.audit_folder.glob("*.jsonl")):
        if path.stem.partition("-")[2] not in named:
            continue
        with path.open(encoding="utf-8") as file:
            for line in map(json.loads, file):
                if "act" in line and first <= int(line["id"].partition("-")[0]) <= last:
                    act = _of_line(line)
                    if wanted.fits(act):
                        yield act


def _of_line(line: dict[str, Any]) -> Done:
    pid, *rest = line["act"]
    return Done(line["id"], base64.urlsafe_b64decode(pid), *rest)
