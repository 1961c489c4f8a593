"""The registry of clients: sealed, changed by one script together with the audit. Quotas, nonces, batches beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import msgpack
from redis import Redis

from domain.partners.client import Client
from domain.roles import Refused
from store.changes import Act, act_entry
from store.codec import dumps, loads
from store.keys import BATCH_SECONDS, NONCE_SECONDS, Keys
from store.scripts import queue_script
from store.sealing import Vault

_PUT = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[4] == '' then redis.call('HDEL', KEYS[2], ARGV[1]) else redis.call('HSET', KEYS[2], ARGV[1], ARGV[4]) end
redis.call('XADD', KEYS[3], '*', 'a', ARGV[5])
return 1
"""

_COUNT = """
local used = redis.call('INCR', KEYS[1])
if used == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return used
"""


@dataclass(frozen=True, slots=True)
class Used:
    """Requests of the present minute and day, this one among them."""

    minute: int
    day: int


class Partners:
    """The repository. Clients are few; a request reads its own and counts itself in one trip."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._put = redis.register_script(_PUT)

    def read(self, id: str) -> Client:
        """Raises Refused (`unknown_client`)."""
        raw = cast("bytes | None", self._redis.hget(self._keys.clients(), id))
        if raw is None:
            raise Refused("unknown_client")
        return self._load(id, raw)

    def all(self) -> list[Client]:
        """By id."""
        cells = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.clients()))
        return [self._load(id.decode(), raw) for id, raw in sorted(cells.items())]

    def add(self, client: Client, act: Act) -> None:
        """Raises Refused (`client_exists`)."""
        if not self._written(b"", client, act):
            raise Refused("client_exists")

    def change(self, id: str, edit: Callable[[Client], Client], act: Act) -> Client:
        """Raises Refused (`unknown_client`) and whatever `edit` raises."""
        while True:
            raw = cast("bytes | None", self._redis.hget(self._keys.clients(), id))
            if raw is None:
                raise Refused("unknown_client")
            after = edit(self._load(id, raw))
            if self._written(raw, after, act):
                return after

    def contracts(self) -> Mapping[str, tuple[str, ...]]:
        """Client -> the divisions whose residents it sees by contract; those that are stopped have none."""
        cells = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.contracts()))
        return {id.decode(): tuple(msgpack.unpackb(raw)) for id, raw in cells.items()}

    def _written(self, before: bytes, after: Client, act: Act) -> bool:
        keys = [self._keys.clients(), self._keys.contracts(), self._keys.world_audit()]
        divisions = b"" if after.stopped or not after.divisions else msgpack.packb(after.divisions)
        return bool(self._put(keys=keys, args=[after.id, before, self._seal(after), divisions, act_entry(b"", act)]))

    def _seal(self, client: Client) -> bytes:
        return self._vault.seal(b"client:" + client.id.encode(), dumps(Client, client))

    def _load(self, id: str, raw: bytes) -> Client:
        client: Client = loads(Client, self._vault.open(b"client:" + id.encode(), raw))
        return client

    # --- a request -------------------------------------------------------------------------------------------------

    def enter(self, id: str, now: datetime) -> tuple[Client | None, Used]:
        """The client as it is now, None if there is none; and its requests, this one counted. One trip."""
        stamp = int(now.timestamp())
        with self._redis.pipeline(transaction=False) as trip:
            trip.hget(self._keys.clients(), id)
            queue_script(trip, _COUNT, [self._keys.client_used(id, f"m{stamp // 60}")], [120])
            queue_script(trip, _COUNT, [self._keys.client_used(id, f"d{now.date().isoformat()}")], [2 * 86_400])
            raw, minute, day = trip.execute()
        return (self._load(id, raw) if raw else None), Used(minute, day)

    def is_fresh(self, client: str, nonce: str) -> bool:
        """Whether this nonce was not used before; from now on it was."""
        return bool(self._redis.set(self._keys.client_nonce(client, nonce), b"1", nx=True, ex=NONCE_SECONDS))

    def take_batch(self, client: str, name: str, digest: bytes) -> bool:
        """Whether a batch of this key is new or the same as before; False: the key was used for something else."""
        key = self._keys.client_batch(client, name)
        if self._redis.set(key, digest, nx=True, ex=BATCH_SECONDS):
            return True
        return cast("bytes | None", self._redis.get(key)) in (digest, None)
