"""The columns of forms, kept under a name for everybody who exports."""

from __future__ import annotations

from typing import cast

from redis import Redis

from domain.exports import READY, ColumnSet
from domain.roles import Refused
from store.changes import Act, act_entry
from store.codec import dumps, loads
from store.keys import Keys

_PUT = """
if ARGV[2] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
redis.call('XADD', KEYS[2], '*', 'a', ARGV[3])
return 1
"""


class ColumnSets:
    """The repository of sets; those that are ready to use are among them and stay as they are."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._names = [keys.column_sets(), keys.world_audit()]

    def all(self) -> list[ColumnSet]:
        """The ready ones, then the others by name."""
        kept = cast("dict[bytes, bytes]", self._redis.hgetall(self._names[0])).values()
        made: list[ColumnSet] = [loads(ColumnSet, raw) for raw in kept]
        return [*READY, *sorted(made, key=lambda each: each.name)]

    def read(self, id: str) -> ColumnSet:
        """Raises Refused (`unknown_set`)."""
        for each in self.all():
            if each.id == id:
                return each
        raise Refused("unknown_set", id)

    def put(self, made: ColumnSet, act: Act) -> None:
        """Under its id; another of that id is replaced."""
        self._redis.register_script(_PUT)(keys=self._names, args=[made.id, dumps(ColumnSet, made), act_entry(b"", act)])

    def drop(self, id: str, act: Act) -> None:
        self._redis.register_script(_PUT)(keys=self._names, args=[id, b"", act_entry(b"", act)])
