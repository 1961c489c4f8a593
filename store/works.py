"""Long works in Redis: what was asked for, how far it is, and the files, sealed, in pieces that expire.

Files live here and not on a disk because whoever serves a page may be another machine than the one that made the file.
Every run of a work has a number, and what an overtaken run writes counts for nothing: not its progress, not its end,
and its pieces lie under its own number. A result is named only when all of its pieces are there.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from redis import Redis

from domain.roles import Refused
from domain.works import Args, Made, Work, WorkKind, WorkState
from store.changes import Act, act_entry
from store.codec import dumps, instant, loads, millis
from store.keys import WORK_FILE_SECONDS, WORK_KEPT_SECONDS, Keys
from store.sealing import Vault
from store.work_scripts import BEGIN, CANCEL, END, PAUSE, START, STEP

PIECE = 256 * 1024
"""Bytes: small enough that a write of one holds nobody else up for long."""
CANCELLED, OVERTAKEN = -1, -2


@dataclass(frozen=True, slots=True)
class _Head:
    kind: WorkKind
    staff: str
    title: str
    args: Args
    asked_at: datetime
    given: Made | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known at the end of a work."""

    state: WorkState
    result: Made | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that has begun: its number, how often earlier ones died, and the mark that the last one left."""

    run: int
    tries: int
    mark: bytes


class Overtaken(Exception):
    """Another run of this work has begun: this one ends."""


class Cancelled(Exception):
    """Whoever asked for it has changed their mind."""


class Works:
    """The repository of works."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault, now: Callable[[], datetime]) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._now = now
        self._start, self._begin, self._step, self._pause, self._end, self._cancel = (
            redis.register_script(text) for text in (START, BEGIN, STEP, PAUSE, END, CANCEL)
        )

    # --- asking for one ----------------------------------------------------------------------------------------------

    def start(
        self, kind: WorkKind, staff: str, args: Args, title: str = "", *, given: Made | None = None, name: str = ""
    ) -> str:
        """Put it down; the sweep of the clock has it done. Its id, which is `name` if that was made before, with
        `new_name`: the same name again is the same work."""
        name, now = name or self.new_name(), self._now()
        head = _Head(kind, staff, title, args, now, given)
        # Looked after before it is there: killed in between, the sweep finds nothing under the name and forgets it.
        self._redis.zadd(self._keys.unfinished_works(), {name: millis(now)})
        act = Act(staff, f"start {kind.value}", name, title)
        keys = [self._keys.work(name), self._keys.work_audit(name)]
        sealed = self._vault.seal(_belongs_to(name), dumps(_Head, head))
        self._start(keys=keys, args=[sealed, act_entry(b"", act), WORK_KEPT_SECONDS])
        self._redis.zadd(self._keys.works_of(staff), {name: millis(now)}, nx=True)
        self._redis.expire(self._keys.works_of(staff), WORK_KEPT_SECONDS)
        return name

    @staticmethod
    def new_name() -> str:
        """Nobody can guess it."""
        return secrets.token_urlsafe(9).replace("-", "x").replace("_", "y")

    def cancel(self, name: str, act: Act) -> bool:
        """Ask for its end; one that waits ends at once. False: it is over already."""
        keys = [self._keys.work(name), self._keys.work_audit(name)]
        return bool(self._cancel(keys=keys, args=[act_entry(b"", act), millis(self._now())]))

    # --- reading -----------------------------------------------------------------------------------------------------

    def read(self, name: str) -> Work:
        """Raises Refused (`unknown_work`)."""
        raw = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.work(name)))
        if b"head" not in raw:
            raise Refused("unknown_work", name)
        return self._load(name, raw)

    def of(self, staff: str, count: int = 50) -> list[Work]:
        """What somebody asked for, the latest first."""
        names = cast("list[bytes]", self._redis.zrevrange(self._keys.works_of(staff), 0, count - 1))
        return self._read_all([name.decode() for name in names])

    def unfinished(self) -> list[tuple[str, datetime]]:
        """Those to look after, the oldest first, each with when it was asked for."""
        found = cast(
            "list[tuple[bytes, float]]", self._redis.zrange(self._keys.unfinished_works(), 0, -1, withscores=True)
        )
        return [(name.decode(), instant(int(at))) for name, at in found]

    def look_away(self, name: str) -> None:
        self._redis.zrem(self._keys.unfinished_works(), name)

    def _read_all(self, names: Sequence[str]) -> list[Work]:
        with self._redis.pipeline(transaction=False) as trip:
            for name in names:
                trip.hgetall(self._keys.work(name))
            return [self._load(name, raw) for name, raw in zip(names, trip.execute(), strict=True) if b"head" in raw]

    def _load(self, name: str, raw: Mapping[bytes, bytes]) -> Work:
        head: _Head = loads(_Head, self._vault.open(_belongs_to(name), raw[b"head"]))
        ending: Ending | None = loads(Ending, raw[b"ending"]) if b"ending" in raw else None
        ended = raw.get(b"ended")
        return Work(
            name,
            head.kind,
            head.staff,
            head.title,
            head.asked_at,
            head.args,
            head.given,
            WorkState(raw[b"state"].decode()),
            int(raw.get(b"done", 0)),
            int(raw.get(b"total", 0)),
            instant(int(ended)) if ended else None,
            ending.result if ending else None,
            ending.counts if ending else {},
            ending.reason if ending else "",
            ending.detail if ending else "",
            b"cancel" in raw,
        )

    # --- a run -------------------------------------------------------------------------------------------------------

    def begin(self, name: str) -> Begun | None:
        """A new run; whatever ran before is overtaken. None: it is over, or gone."""
        found = self._begin(keys=[self._keys.work(name)], args=[])
        if not found:
            return None
        run, tries, mark = found
        return Begun(int(run), int(tries), self._vault.open(_belongs_to(name), mark) if mark else b"")

    def step(self, name: str, run: int, done: int, total: int, mark: bytes | None = None) -> None:
        """Say how far it is; a mark is what the next run begins with. Raises Cancelled, Overtaken."""
        sealed = b"" if mark is None else self._vault.seal(_belongs_to(name), mark)
        match int(self._step(keys=[self._keys.work(name)], args=[run, done, total, sealed])):
            case 0:
                return
            case 1:
                raise Cancelled
            case _:
                raise Overtaken

    def pause(self, name: str, run: int) -> None:
        """The run ends in good order, and another one will go on."""
        self._pause(keys=[self._keys.work(name)], args=[run])

    def end(self, name: str, run: int, ending: Ending) -> bool:
        """The work is over. False: this run was overtaken, and its end is none."""
        args = [run, ending.state.value, dumps(Ending, ending), millis(self._now()), WORK_KEPT_SECONDS]
        ended = bool(self._end(keys=[self._keys.work(name)], args=args))
        if ended:
            self.look_away(name)
        return ended

    # --- files -------------------------------------------------------------------------------------------------------

    def keep_file(self, name: str, run: int, pieces: Iterable[bytes], file: Made) -> Made:
        """Put a file's bytes away, in pieces of at most `PIECE`; what is returned goes into the ending. `run` 0: what
        was handed in with the work."""
        count = size = 0
        for count, piece in enumerate(_cut(pieces), 1):
            key = self._keys.work_piece(name, run, count - 1)
            self._redis.set(key, self._vault.seal(_piece_of(name, run, count - 1), piece), ex=WORK_FILE_SECONDS)
            size += len(piece)
        until = self._now() + timedelta(seconds=WORK_FILE_SECONDS)
        return Made(file.name, file.media_type, size, count, run, until)

    def file(self, name: str, made: Made) -> Iterator[bytes]:
        """Its bytes, piece by piece. Raises Refused (`file_gone`) at the first one that is not there any more."""
        for count in range(made.pieces):
            sealed = cast("bytes | None", self._redis.get(self._keys.work_piece(name, made.run, count)))
            if sealed is None:
                raise Refused("file_gone", name)
            yield self._vault.open(_piece_of(name, made.run, count), sealed)

    def drop_file(self, name: str, made: Made) -> None:
        """Before it expires by itself."""
        for count in range(made.pieces):
            self._redis.unlink(self._keys.work_piece(name, made.run, count))


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of PIECE."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)


def _belongs_to(name: str) -> bytes:
    return f"work:{name}".encode()


def _piece_of(name: str, run: int, count: int) -> bytes:
    return f"work:{name}:{run}:{count}".encode()
