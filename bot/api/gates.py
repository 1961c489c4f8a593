"""Verify a code, hand in what was measured and who came by; the opaque datum of the first call serves the second."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

import msgpack

from bot.api import models, uploads
from bot.api.operations import Call, Operation
from bot.gate import Checker
from domain.facts import By, Report
from domain.gate import FEVER, Outcome, Result
from domain.partners.bindings import unpair
from domain.partners.rights import Right
from domain.person import Person
from store.sealing import Unsealable
from store.venues import Visit
from worker.gate.scanning import OfPerson
from worker.partners.recording import Entry, Written, fits, receipt, record_rows
from worker.partners.seeing import handle_of, may_see

DATUM_LIVES = timedelta(hours=24)
SEEN = frozenset({Result.GREEN, Result.GREY, Result.YELLOW, Result.RED, Result.UNVERIFIED, Result.NONE})
WHY = {
    "unknown": "Nobody is known to you by this: use a fresh bizExtData, or a handle.",
    "to_come": "`taken` lies ahead of our clock: set yours.",
    "too_late": "`taken` is more than three days ago: it is not recorded any more.",
    "keeps_changing": "The record changes all the time just now: send the batch again with the same key.",
    "venue": "No open venue of this id: have it registered.",
}


@dataclass(frozen=True, slots=True)
class Gates:
    """What these operations work with besides the call."""

    checker: Checker

    def verify(self, call: Call) -> models.Verified:
        text, now = cast(models.Scanned, call.body).code, call.ctx.clock.now()
        found = self.checker.check(text)
        record = self._record(call, text, now) if found.result in SEEN else None
        seen = record is not None and may_see(call.client, record, _main(call, record))
        return models.Verified(
            result=found.result,
            live=found.live,
            name=found.name,
            issued=found.issued,
            checked=found.checked or now,
            handle=handle_of(call.ctx, call.client, record) if record and seen else None,
            bizExtData=_datum(call, record.pid, now) if record else None,
        )

    def _record(self, call: Call, text: str, now: datetime) -> Person | None:
        match self.checker.scanner.read(text, now):
            case OfPerson(pid=pid) if pid:
                return call.ctx.people.read([pid])[pid]
            case _:
                return None

    def operations(self) -> tuple[Operation, ...]:
        return (
            Operation("verifyCode", "POST", "/codes/verifications", Right.VERIFY, "Check a code that somebody shows",
                      self.verify, models.Verified, models.Scanned),
            Operation("uploadTemperatures", "POST", "/temperatures", Right.UPLOAD, "Up to 1,000 temperatures",
                      temperatures, uploads.RowResults, uploads.Temperatures, keyed=True),
            Operation("uploadPassages", "POST", "/passages", Right.UPLOAD, "Up to 1,000 passages",
                      passages, uploads.RowResults, uploads.Passages, keyed=True),
        )  # fmt: skip


def temperatures(call: Call) -> uploads.RowResults:
    rows = cast(uploads.Temperatures, call.body).rows
    return _handed_in(call, rows, [row.temperature for row in rows], [""] * len(rows))


def passages(call: Call) -> uploads.RowResults:
    """The reading, where there is one, is a fact; the passage stands with the venue, once however often it is sent."""
    rows = cast(uploads.Passages, call.body).rows
    known = {venue.id for venue in call.ctx.venues.all() if not venue.closed}
    faults = ["" if row.venue in known else "venue" for row in rows]
    answer = _handed_in(call, rows, [row.temperature for row in rows], faults)
    named = zip(answer.rows, rows, _pids(call, rows), strict=True)
    visits = [(row.venue, _visit(call, row, pid, each.receipt)) for each, row, pid in named if each.receipt and pid]
    call.ctx.venues.note_all(visits)
    return answer


def _visit(call: Call, row: uploads.PassageRow, pid: bytes, name: str) -> Visit:
    feverish = row.temperature is not None and row.temperature >= FEVER
    outcome = Outcome.PASSED if row.passed and not feverish else Outcome.STOPPED
    now = call.ctx.clock.now()
    return Visit(name, row.taken, pid, outcome, Result.CANNOT_CHECK_NOW, staff=f"client {call.client.id}", written=now)


def _handed_in(
    call: Call, rows: Sequence[uploads.Row], readings: Sequence[Decimal | None], faults: Sequence[str]
) -> uploads.RowResults:
    """Every row is on record, or says why not."""
    now, pids = call.ctx.clock.now(), _pids(call, rows)
    reasons, entries = [], list[Entry]()
    for n, (row, pid, reading, fault) in enumerate(zip(rows, pids, readings, faults, strict=True)):
        reason = fault or fits(row.taken, now) or ("" if pid else "unknown")
        reasons.append(reason)
        if not reason and pid and reading is not None:
            name = receipt(call.client.id, call.key, n)
            taken = min(row.taken, now)
            entries.append(Entry(pid, Report(id=name, at=now, by=By.GATE, temperature=reading, taken=taken)))
    written = {each.receipt: each for each in record_rows(call.ctx, call.client, entries, "api upload")}
    results = [_result(call, n, reason, written) for n, reason in enumerate(reasons)]
    good = sum(each.status is uploads.RowStatus.RECORDED for each in results)
    return uploads.RowResults(recorded=good, refused=len(results) - good, rows=results)


def _result(call: Call, row: int, reason: str, written: dict[str, Written]) -> uploads.RowResult:
    name = receipt(call.client.id, call.key, row)
    why = reason or (written[name].reason if name in written else "")
    if why:
        return uploads.RowResult(row=row, status=uploads.RowStatus.REFUSED, receipt=None, reason=WHY[why])
    return uploads.RowResult(row=row, status=uploads.RowStatus.RECORDED, receipt=name, reason=None)


# --- whom a row means ------------------------------------------------------------------------------------------------


def _pids(call: Call, rows: Sequence[uploads.Row]) -> list[bytes | None]:
    """By handle whom the client may see; by the datum whoever showed it a code within a day. One trip or two."""
    key, now = call.ctx.settings.handle_key, call.ctx.clock.now()
    opened = [unpair(key, call.client.id, row.handle) if row.handle else None for row in rows]
    data = [_read_datum(call, row.bizExtData, now) if row.bizExtData else None for row in rows]
    wanted = {pid for each in opened if each for pid in (each[0],)} | {pid for pid in data if pid}
    records = call.ctx.people.read_sound(wanted)
    aliases = [pid for pid, each in records.items() if each.alias_of]
    mains = call.ctx.people.read_main(aliases) if aliases else {}
    found: list[bytes | None] = []
    for handle, datum in zip(opened, data, strict=True):
        if datum is not None:
            found.append(datum if datum in records and records[datum].identity else None)
            continue
        record = records.get(handle[0]) if handle else None
        fits = record is not None and handle is not None and record.generation == handle[1]
        known = fits and record is not None and may_see(call.client, record, mains.get(record.pid, record))
        found.append(record.pid if known and record else None)
    return found


def _main(call: Call, record: Person) -> Person:
    return call.ctx.people.read_main([record.pid])[record.pid] if record.alias_of else record


def _datum(call: Call, pid: bytes, now: datetime) -> str:
    plain = msgpack.packb((pid, int((now + DATUM_LIVES).timestamp())))
    sealed = call.ctx.vault.seal(_belongs(call), plain)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _read_datum(call: Call, text: str, now: datetime) -> bytes | None:
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        pid, until = msgpack.unpackb(call.ctx.vault.open(_belongs(call), sealed))
    except (binascii.Error, ValueError, Unsealable):
        return None
    return pid if now.timestamp() < until else None


def _belongs(call: Call) -> bytes:
    return b"bizExtData " + call.client.id.encode()
