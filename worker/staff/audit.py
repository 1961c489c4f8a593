"""The audit leaves Redis in files, one a day, and is verified whole: files first, then what is still in Redis.

A file is JSON lines: for each seal its entries and then the seal, at the end the root. It is written beside its name
and moved there when it is complete; whoever dies in between writes it again.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import msgpack

from domain.audit import GENESIS, Break, Entry, Head, Seal, check, root
from store.audit import Audit, Root, stream_name
from store.keys import AUDITED

STREAMS = tuple(stream_name(shard) for shard in AUDITED)
NOTHING = Root(0, "", GENESIS, tuple(Head() for _ in AUDITED))


@dataclass(slots=True)
class Findings:
    """What a verification saw. Whole while `breaks` is empty."""

    files: int = 0
    seals: int = 0
    entries: int = 0
    waiting: int = 0
    """Entries of the last minute, that no seal covers yet."""
    roots: list[str] = field(default_factory=list)
    """Hashes of the roots in order; the last one is to be noted somewhere else."""
    breaks: list[Break] = field(default_factory=list)


# --- exporting -------------------------------------------------------------------------------------------------------


def export(audit: Audit, folder: Path, day: date) -> Path | None:
    """Seal, write everything since the last root into a file named for `day`, and trim; None when there is nothing."""
    before = audit.root() or NOTHING
    audit.trim(before)
    audit.seal_all()
    heads = tuple(audit.heads())
    if heads == before.heads:
        return None
    number, name = before.number + 1, day.isoformat()
    made = Root(number, name, root(number, name, before.hash, heads), heads)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{number:06d}-{name}.jsonl"
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        _write(audit, file, before, made)
        file.flush()
        os.fsync(file.fileno())
    for stale in folder.glob(f"{number:06d}-*.jsonl"):
        stale.unlink()
    part.rename(path)
    if audit.put_root(before if before.number else None, made):
        audit.trim(made)
    return path


def _write(audit: Audit, file: TextIO, before: Root, made: Root) -> None:
    for shard, first, last in zip(AUDITED, before.heads, made.heads, strict=True):
        for sealed, entries in audit.sealed(shard, first, last):
            for name, body in entries:
                _line(file, {"stream": sealed.stream, "id": name, **_plain(body)})
            _line(file, _seal_json(sealed))
    _line(file, {"root": made.hash.hex(), "number": made.number, "day": made.day, "before": before.hash.hex()})


def _line(file: TextIO, value: dict[str, Any]) -> None:
    file.write(json.dumps(value, ensure_ascii=False) + "\n")


def _plain(body: bytes) -> dict[str, Any]:
    """An act as a list that people can read, if it says the same bytes again; else its bytes."""
    try:
        pid, *rest = msgpack.unpackb(body)
        act = [base64.urlsafe_b64encode(pid).decode(), *rest]
        if _body({"act": act}) == body:
            return {"act": act}
    except (ValueError, TypeError):
        pass
    return {"raw": body.hex()}


def _body(line: dict[str, Any]) -> bytes:
    if "raw" in line:
        return bytes.fromhex(line["raw"])
    pid, *rest = line["act"]
    return msgpack.packb((base64.urlsafe_b64decode(pid), *rest))


def _seal_json(sealed: Seal) -> dict[str, Any]:
    return {
        "stream": sealed.stream,
        "seal": sealed.number,
        "last": sealed.last,
        "marks": sealed.marks.hex(),
        "hash": sealed.hash.hex(),
    }


# --- verifying -------------------------------------------------------------------------------------------------------


def verify(audit: Audit, folder: Path) -> Findings:
    """Recompute every seal and root, in the files and in Redis."""
    found = Findings()
    # Redis first: a file that is written meanwhile holds no less than what was read here.
    exported, numbers, heads = audit.root() or NOTHING, audit.numbers(), audit.heads()
    reached = NOTHING
    files = sorted(folder.glob("*.jsonl"))
    for path in files:
        reached = _verify_file(path, reached, found)
        found.files += 1
    if reached.number < exported.number:
        found.breaks.append(Break("files", f"file {reached.number + 1:06d}", "missing"))
        reached = exported
    elif reached.number == exported.number and reached.hash != exported.hash:
        found.breaks.append(Break("files", f"root {reached.number}", "not the one in Redis"))
    for shard, name, after, head in zip(AUDITED, STREAMS, reached.heads, heads, strict=True):
        _verify_stream(audit, shard, after, head, numbers.get(name, 0), found)
    return found


def _verify_stream(audit: Audit, shard: int, after: Head, head: Head, number: int, found: Findings) -> None:
    name = stream_name(shard)
    if head.number < max(after.number, number):
        found.breaks.append(Break(name, f"seal {head.number + 1}", "missing"))
        return
    before = after
    for sealed, entries in audit.sealed(shard, after, head):
        if broken := _verified(sealed, before, entries, found):
            found.breaks.append(broken)
            return
        before = sealed.head()
    if before.number <= head.number and before != head:
        what = "changed" if before.number == head.number else "missing"
        found.breaks.append(Break(name, f"seal {before.number + (what == 'missing')}", what))
        return
    found.waiting += audit.unsealed(shard, before)


def _verified(sealed: Seal, before: Head, entries: Sequence[Entry], found: Findings) -> Break | None:
    found.seals += 1
    found.entries += len(entries)
    return check(sealed, before, entries)


def _verify_file(path: Path, before: Root, found: Findings) -> Root:
    """The root at the end of a file; what is broken is added to `found` with the line at which it shows."""
    heads = dict(zip(STREAMS, before.heads, strict=True))
    broken: set[str] = set()
    waiting: list[Entry] = []
    last: dict[str, Any] = {}
    for number, line in _lines(path, found):
        last = line
        if "id" in line:
            waiting.append((line["id"], _body(line)))
        elif "seal" in line:
            sealed = _seal_from(line)
            stream = sealed.stream
            wrong = _verified(sealed, heads.get(stream, Head()), waiting, found)
            if wrong and stream not in broken:
                found.breaks.append(Break(stream, f"{path.name} line {number}: {wrong.where}", wrong.what))
                broken.add(stream)
            heads[stream], waiting = sealed.head(), []
    return _verify_root(path, before, tuple(heads[name] for name in STREAMS), last, found)


def _verify_root(path: Path, before: Root, heads: tuple[Head, ...], line: dict[str, Any], found: Findings) -> Root:
    number, day = line.get("number", 0), line.get("day", "")
    stated = bytes.fromhex(line.get("root", ""))
    if number != before.number + 1:
        found.breaks.append(Break("files", f"file {before.number + 1:06d}", "missing"))
    elif line.get("before") != before.hash.hex() or stated != root(number, day, before.hash, heads):
        found.breaks.append(Break("files", f"{path.name}: root {number}", "changed"))
    found.roots.append(stated.hex())
    return Root(number, day, stated, heads)


def _lines(path: Path, found: Findings) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(file, 1):
            try:
                line = json.loads(text)
                if "id" in line:
                    _body(line)
                yield number, line
            except (ValueError, TypeError, KeyError, AttributeError):
                found.breaks.append(Break("files", f"{path.name} line {number}", "unreadable"))


def _seal_from(line: dict[str, Any]) -> Seal:
    marks, digest = bytes.fromhex(line["marks"]), bytes.fromhex(line["hash"])
    return Seal(line["stream"], line["seal"], line["last"], marks, digest)
