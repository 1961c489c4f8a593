"""Persons in Redis. A person is written by one script which, in the same slot, appends what follows from the change."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import cast

from redis import Redis
from redis.client import Pipeline

from domain.person import Person
from store.changes import Change, Following, act_entry
from store.codec import dumps
from store.keys import Keys, shard_of_pid
from store.person import Damaged, account_of, pack, unpack
from store.scripts import queue_mget, queue_script
from store.sealing import Vault

log = logging.getLogger(__name__)

_WRITE = """
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
if ARGV[3] == '' then redis.call('DEL', KEYS[2]) else redis.call('SET', KEYS[2], ARGV[3]) end
if ARGV[4] == '1' then redis.call('SADD', KEYS[4], ARGV[5]) else redis.call('SREM', KEYS[4], ARGV[5]) end
if ARGV[6] == '1' then redis.call('SADD', KEYS[6], ARGV[5]) else redis.call('SREM', KEYS[6], ARGV[5]) end
for i = 7, #ARGV, 2 do
  if ARGV[i] ~= '' then redis.call('XADD', KEYS[3], '*', 'f', ARGV[i]) end
  if ARGV[i + 1] ~= '' then redis.call('XADD', KEYS[5], '*', 'a', ARGV[i + 1]) end
end
return 1
"""


MOST_HOPS = 3
"""From a document to the person it belongs to it is one; two officers at the same moment may make it two."""


class People:
    """The repository of persons."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault

    def read(self, pids: Iterable[bytes]) -> dict[bytes, Person]:
        """Every pid asked for, in one trip; a person never seen is version 0. Raises Damaged."""
        return {pid: unpack(self._vault, pid, *pair) for pid, pair in self._fetch(pids)}

    def read_main(self, pids: Iterable[bytes]) -> dict[bytes, Person]:
        """Per pid asked for, the person it leads to: the record itself, or whose alias it is. Raises Damaged."""
        leads = self.read(pids)
        for _ in range(MOST_HOPS):
            hops = {person.alias_of for person in leads.values() if person.alias_of}
            if not hops:
                break
            mains = self.read(hops)
            leads = {pid: mains[each.alias_of] if each.alias_of else each for pid, each in leads.items()}
        return leads

    def read_sound(self, pids: Iterable[bytes]) -> dict[bytes, Person]:
        """As `read`, without those whose record is damaged: they stop nobody else's work."""
        sound = {}
        for pid, pair in self._fetch(pids):
            try:
                sound[pid] = unpack(self._vault, pid, *pair)
            except Damaged as reason:
                log.error("a person of shard %02x was left out: %s", shard_of_pid(pid), reason)
        return sound

    def _fetch(self, pids: Iterable[bytes]) -> list[tuple[bytes, tuple[bytes | None, bytes | None]]]:
        wanted = list(dict.fromkeys(pids))
        if len(wanted) == 1:  # a pipeline of one costs as much again as its trip
            names = (self._keys.person(wanted[0]), self._keys.salt(wanted[0]))
            raw, salt = cast("list[bytes | None]", self._redis.mget(names))
            return [(wanted[0], (raw, salt))]
        with self._redis.pipeline(transaction=False) as trip:
            for pid in wanted:
                queue_mget(trip, self._keys.person(pid), self._keys.salt(pid))
            return list(zip(wanted, trip.execute(), strict=True))

    def accounts(self, pids: Sequence[bytes]) -> list[str]:
        """The account of each, or empty; identities stay sealed. One trip; a damaged record has none."""
        with self._redis.pipeline(transaction=False) as trip:
            for pid in pids:
                trip.get(self._keys.person(pid))
            return [account_of(raw) for raw in trip.execute()]

    def travelled(self, shard: int) -> list[bytes]:
        """The pids of a shard with a named place on record."""
        return list(cast("set[bytes]", self._redis.smembers(self._keys.travelled(shard))))

    def write(self, changes: Sequence[Change]) -> list[bool]:
        """One trip for all. False: this person changed since it was read, nothing of this change was written.

        Changes of one person follow on each other, and are written together or not at all: a later one must not meet
        a version of its number that somebody else wrote.
        """
        if not changes:
            return []
        of_person: dict[bytes, list[Change]] = {}
        for change in changes:
            of_person.setdefault(change.after.pid, []).append(change)
        with self._redis.pipeline(transaction=False) as trip:
            for chain in of_person.values():
                self._queue(trip, chain)
            written = dict(zip(of_person, trip.execute(), strict=True))
        return [bool(written[change.after.pid]) for change in changes]

    def _queue(self, trip: Pipeline, chain: Sequence[Change]) -> None:
        before, after = chain[0].before, chain[-1].after
        keys, pid, shard = self._keys, after.pid, shard_of_pid(after.pid)
        salt, value = pack(self._vault, after)
        expected = before.version.to_bytes(8) if before.version else b""
        caused: list[bytes] = []
        for change in chain:
            caused += [_following_of(change), act_entry(pid, change.act) if change.act else b""]
        queue_script(
            trip,
            _WRITE,
            [
                keys.person(pid),
                keys.salt(pid),
                keys.follow(shard),
                keys.erasing(shard),
                keys.audit(shard),
                keys.travelled(shard),
            ],
            [expected, value, salt, int(after.erasing), pid, int(after.travelled), *caused],
        )


def _following_of(change: Change) -> bytes:
    """Empty when nothing follows: a list names many who never declared, whom no view, roster or letter knows."""
    follows, person = change.following, change.after
    concerns = (
        follows.viewers,
        follows.letters,
        follows.tasks,
        follows.left_community,
        follows.left_institution,
        follows.void,
    )
    links = (follows.left_main, follows.freed, follows.beside, person.alias_of)
    partners = (follows.left_partners, person.bindings)
    known = (person.account, person.contesting, person.community, person.institution, person.carers, *links, *partners)
    return dumps(Following, follows) if any(concerns) or any(known) else b""
