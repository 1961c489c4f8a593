"""The first drain: the effects on the outboxes of a lane become facts on people.

It may run twice, overlap another run or die between any two steps: an entry leaves its outbox only after everything
that it causes is written, and a person applies nothing at or below the watermark of its source.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from domain.person import Person
from flows.effects import Amend, Appeal, Ask, Effect, SendSms, Undelivered, WantCode, WantCodes
from store.accounts import Accounts
from store.changes import Change
from store.keys import account_tag, shard_of_pid
from store.people import People
from store.person import Damaged
from store.sealing import Vault
from store.streams import MAX_FAILURES, Entry, Streams
from worker.decisions.apply import Source, apply
from worker.decisions.moment import Moment
from worker.delivery import letters

log = logging.getLogger(__name__)

BATCH = 100
"""Entries of one shard read at once."""


@dataclass(frozen=True, slots=True)
class Item:
    """One outbox entry, opened."""

    entry: Entry
    source: Source
    pid: bytes
    effect: Effect


@dataclass(slots=True)
class Batch:
    """What one pass decided: persons to write with the entry behind each, entries to move, entries done before."""

    changes: list[tuple[Change, Entry]] = field(default_factory=list)
    moves: list[tuple[Entry, list[tuple[str, bytes]]]] = field(default_factory=list)
    done: list[Entry] = field(default_factory=list)
    retry: bool = False


@dataclass(frozen=True, slots=True)
class Drained:
    """What a pass did: how many entries left, whether another pass is due, the shards whose post got letters, and those
    of the persons written, whose following is to be drained by whoever has their lane."""

    moved: int = 0
    again: bool = False
    posted: frozenset[int] = frozenset()
    persons: frozenset[int] = frozenset()
    fed: bool = False
    """Whether a feed of a partner got longer."""


class Settler:
    """The first drain of one or more shards."""

    def __init__(
        self, accounts: Accounts, people: People, streams: Streams, vault: Vault, moment: Callable[[], Moment]
    ) -> None:
        self._accounts = accounts
        self._people = people
        self._streams = streams
        self._vault = vault
        self._moment = moment

    def drain(self, shards: Iterable[int]) -> Drained:
        """One pass. Raises RedisError when Redis is away: nothing is lost, the sweep comes again."""
        entries, parked = self._streams.read_outboxes(shards, BATCH)
        if not entries:
            return Drained()
        failures: list[tuple[Entry, Exception]] = []
        items = self._open(entries, parked, failures)
        batch = self._decide(items, failures)
        drained = self._write(batch)
        for entry, failure in failures:
            self._fail(entry, failure)
        return drained

    def _open(self, entries: list[Entry], parked: set[bytes], failures: list[tuple[Entry, Exception]]) -> list[Item]:
        """Opened entries in order, without those of accounts that are parked or that fail in this pass."""
        items = []
        blocked: set[bytes] = set()
        for entry in entries:
            account = entry.fields[b"o"]
            if account in parked:
                self._streams.park("outbox", entry, account.decode(), "an earlier effect of this account is parked")
            elif account not in blocked:
                try:
                    items.append(self._item(entry))
                except Exception as error:
                    blocked.add(account)
                    failures.append((entry, error))
        return items

    def _item(self, entry: Entry) -> Item:
        openid, seq = entry.fields[b"o"].decode(), int(entry.fields[b"s"])
        pid, effect = self._accounts.open_effect(openid, entry.fields[b"e"])
        return Item(entry, Source(openid, account_tag(openid), seq), pid, effect)

    def _decide(self, items: list[Item], failures: list[tuple[Entry, Exception]]) -> Batch:
        """Apply every effect, in order, to the persons as they are now and as this batch leaves them."""
        batch, moment, blocked = Batch(), self._moment(), set[str]()
        people = self._people.read_sound(item.pid for item in items if item.pid)
        if mains := [person.alias_of for person in people.values() if person.alias_of]:
            people = self._people.read_sound(mains) | people
        for item in items:
            if item.source.openid in blocked:
                continue
            try:
                self._decide_one(item, people, batch, moment)
            except RedisError:
                raise
            except Exception as error:
                blocked.add(item.source.openid)
                failures.append((item.entry, error))
        return batch

    def _decide_one(self, item: Item, people: dict[bytes, Person], batch: Batch, moment: Moment) -> None:
        match item.effect:
            case WantCode() | WantCodes() | SendSms() | Undelivered() | Ask() as effect:
                letter = letters.of_account(item.source.openid, item.source.seq, effect)
                batch.moves.append((item.entry, [letters.seal(self._vault, letter)]))
            case effect:
                if item.pid not in people:
                    raise Damaged
                person, main = people[item.pid], people.get(people[item.pid].alias_of)
                if main is not None and _is_of_the_main(effect):
                    person, main = main, None
                change = apply(person, effect, item.source, moment, main)
                if change is None:
                    batch.done.append(item.entry)
                else:
                    people[person.pid] = change.after
                    batch.changes.append((change, item.entry))

    def _write(self, batch: Batch) -> Drained:
        """Persons first, then the entries behind those that were written."""
        written = self._people.write([change for change, _ in batch.changes])
        done = [entry for (_, entry), ok in zip(batch.changes, written, strict=True) if ok]
        self._streams.move_to_post(batch.moves)
        self._streams.remove("outbox", [*batch.done, *done])
        moved = len(batch.done) + len(done) + len(batch.moves)
        posted = frozenset(entry.shard for entry, _ in batch.moves)
        persons = frozenset(shard_of_pid(change.after.pid) for change, _ in batch.changes)
        return Drained(moved, not all(written), posted, persons)

    def _fail(self, entry: Entry, error: Exception) -> None:
        """Count; after five times park the entry and hold back its account's later ones. No data in the log."""
        failures = self._streams.failed("outbox", entry)
        log.error(
            "effect %s of shard %02x failed (%d): %s", entry.id.decode(), entry.shard, failures, type(error).__name__
        )
        if failures >= MAX_FAILURES:
            self._streams.park("outbox", entry, entry.fields[b"o"].decode(), type(error).__name__)


def _is_of_the_main(effect: Effect) -> bool:
    """Whether an effect under a linked document concerns the whole person, not what is recorded under the document."""
    return isinstance(effect, Appeal) or (isinstance(effect, Amend) and effect.phone is None)
