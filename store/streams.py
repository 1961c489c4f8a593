"""The outboxes: streams whose entries leave only by exact id, after everything they cause is committed elsewhere.

One drain reads all shards of its lane in one trip. What fails is counted; after five failures the entry and everything
later of the same account is parked, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from redis import Redis

from store.keys import SHARDS, UNDELIVERED_KEPT, Keys
from store.scripts import queue_script

MAX_FAILURES = 5
ATTEMPTS_SECONDS = 86_400

_MOVE = """
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
for i = 2, #ARGV, 2 do
  redis.call('XADD', KEYS[2], '*', 'k', ARGV[i], 'b', ARGV[i + 1])
end
return 1
"""

_PARK = """
local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])
if #entry == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'reason', ARGV[4], unpack(entry[1][2]))
if ARGV[3] ~= '' then redis.call('XTRIM', KEYS[2], 'MAXLEN', '~', ARGV[3]) end
redis.call('XDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
if ARGV[2] ~= '' then redis.call('SADD', KEYS[4], ARGV[2]) end
return 1
"""

_RELEASE = """
local parked = redis.call('XRANGE', KEYS[1], '-', '+')
local waiting = redis.call('XRANGE', KEYS[3], '-', '+')
local function back(fields)
  local kept, target = {}, KEYS[3]
  for i = 1, #fields, 2 do
    if fields[i] == 'f' then target = KEYS[4] end
    if fields[i] ~= 'reason' then kept[#kept + 1] = fields[i]; kept[#kept + 1] = fields[i + 1] end
  end
  redis.call('XADD', target, '*', unpack(kept))
end
for _, entry in ipairs(parked) do back(entry[2]) end
for _, entry in ipairs(waiting) do
  redis.call('XDEL', KEYS[3], entry[1])
  back(entry[2])
end
redis.call('DEL', KEYS[1], KEYS[2])
return #parked
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a stream: its shard, its id and its fields."""

    shard: int
    id: bytes
    fields: Mapping[bytes, bytes]


class Streams:
    """Reading, removing, moving and parking of outbox, follow and post."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._park = redis.register_script(_PARK)
        self._release = redis.register_script(_RELEASE)

    def read(self, stream: str, shards: Iterable[int], count: int) -> list[Entry]:
        """The oldest `count` entries of each shard, in one trip, in order within a shard."""
        shards = list(shards)
        with self._redis.pipeline(transaction=False) as trip:
            for shard in shards:
                trip.xrange(self._name(stream, shard), count=count)
            answers = trip.execute()
        return [
            Entry(shard, entry, fields)
            for shard, entries in zip(shards, answers, strict=True)
            for entry, fields in entries
        ]

    def read_outboxes(self, shards: Iterable[int], count: int) -> tuple[list[Entry], set[bytes]]:
        """Entries as `read` gives them, and the accounts that were held back just before or just after: of a release
        or a parking in between, a later effect is parked again or parked too instead of overtaking."""
        shards = list(shards)
        with self._redis.pipeline(transaction=False) as trip:
            for shard in shards:
                trip.smembers(self._keys.parked_accounts(shard))
                trip.xrange(self._keys.outbox(shard), count=count)
                trip.smembers(self._keys.parked_accounts(shard))
            answers = trip.execute()
        entries = [
            Entry(shard, entry, fields)
            for shard, rows in zip(shards, answers[1::3], strict=True)
            for entry, fields in rows
        ]
        return entries, set().union(*answers[0::3], *answers[2::3])

    def remove(self, stream: str, entries: Sequence[Entry]) -> None:
        """Exactly these ids, in one trip."""
        if not entries:
            return
        by_shard: dict[int, list[bytes]] = {}
        for entry in entries:
            by_shard.setdefault(entry.shard, []).append(entry.id)
        with self._redis.pipeline(transaction=False) as trip:
            for shard, ids in by_shard.items():
                trip.xdel(self._name(stream, shard), *ids)
            trip.execute()

    def move_to_post(self, moves: Sequence[tuple[Entry, Sequence[tuple[str, bytes]]]]) -> None:
        """Outbox entries that concern only their account become letters on its post: one step each, one trip."""
        if not moves:
            return
        with self._redis.pipeline(transaction=False) as trip:
            for entry, letters in moves:
                names = [self._keys.outbox(entry.shard), self._keys.post(entry.shard)]
                queue_script(trip, _MOVE, names, [entry.id, *(part for letter in letters for part in letter)])
            trip.execute()

    def failed(self, stream: str, entry: Entry) -> int:
        """Count one more failure; how many there were. Forgotten a day after the last failure of the shard."""
        name = self._keys.attempts(entry.shard, stream)
        with self._redis.pipeline(transaction=False) as trip:
            trip.hincrby(name, entry.id.decode(), 1)
            trip.expire(name, ATTEMPTS_SECONDS)
            return int(trip.execute()[0])

    def park(self, stream: str, entry: Entry, account: str, reason: str) -> None:
        """Put an entry aside where `python -m worker parked` shows it; later ones of `account` are held back."""
        keys, shard = self._keys, entry.shard
        self._park(
            keys=[
                self._name(stream, shard),
                keys.parked(shard),
                keys.attempts(shard, stream),
                keys.parked_accounts(shard),
            ],
            args=[entry.id, account, "", reason],
        )

    def give_up(self, entry: Entry, reason: str) -> None:
        """A letter that cannot be delivered, kept with its reason."""
        keys, shard = self._keys, entry.shard
        self._park(
            keys=[keys.post(shard), keys.undelivered(shard), keys.attempts(shard, "post"), keys.parked_accounts(shard)],
            args=[entry.id, "", UNDELIVERED_KEPT, reason],
        )

    def release(self, shard: int) -> int:
        """Parked effects go back, before whatever waits now, so that the order of each account is kept; how many."""
        keys = self._keys
        names = [keys.parked(shard), keys.parked_accounts(shard), keys.outbox(shard), keys.follow(shard)]
        return int(self._release(keys=names))

    def oldest(self, streams: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
        """Per stream, (shard, milliseconds of the oldest entry) of every shard that has any; one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for stream in streams:
                for shard in range(SHARDS):
                    trip.xrange(self._name(stream, shard), count=1)
            answers = iter(trip.execute())
        return {
            stream: [
                (shard, int(entries[0][0].split(b"-")[0])) for shard in range(SHARDS) if (entries := next(answers))
            ]
            for stream in streams
        }

    def lengths(self, streams: Sequence[str]) -> dict[str, int]:
        """Per stream, the entries of all shards; one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for stream in streams:
                for shard in range(SHARDS):
                    trip.xlen(self._name(stream, shard))
            answers = trip.execute()
        return {stream: sum(answers[n * SHARDS : (n + 1) * SHARDS]) for n, stream in enumerate(streams)}

    def _name(self, stream: str, shard: int) -> str:
        match stream:
            case "outbox":
                return self._keys.outbox(shard)
            case "follow":
                return self._keys.follow(shard)
            case "post":
                return self._keys.post(shard)
            case "parked":
                return self._keys.parked(shard)
            case _:
                return self._keys.undelivered(shard)
