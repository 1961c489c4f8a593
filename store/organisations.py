"""Organisations and their members. The organisation's hash of members is the truth; what an account has joined stands
beside the account, so that its holder finds it again: written after, and looked up there before it is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from redis import Redis

from domain.organisations import Member, Unit
from domain.roles import Refused
from store.changes import Act, act_entry
from store.codec import dumps, loads
from store.keys import Keys, pid_text
from store.sealing import Vault

_ADD = """
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'a', ARGV[3])
return 1
"""


class Organisations:
    """The repository."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._add = redis.register_script(_ADD)

    def add(self, unit: Unit, act: Act) -> None:
        """Raises Refused (`organisation_exists`)."""
        keys = [self._keys.organisations(), self._keys.world_audit()]
        if not self._add(keys=keys, args=[unit.id, dumps(Unit, unit), act_entry(b"", act)]):
            raise Refused("organisation_exists", unit.id)

    def read(self, id: str) -> Unit:
        """Raises Refused (`no_organisation`)."""
        raw = cast("bytes | None", self._redis.hget(self._keys.organisations(), id))
        if raw is None:
            raise Refused("no_organisation", id)
        unit: Unit = loads(Unit, raw)
        return unit

    def all(self) -> list[Unit]:
        cells = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.organisations()))
        return [loads(Unit, raw) for _, raw in sorted(cells.items())]

    def put_url(self, unit: Unit, url: str) -> Unit:
        """What its QR holds; nothing else of an organisation changes."""
        after = replace(unit, url=url)
        self._redis.hset(self._keys.organisations(), unit.id, dumps(Unit, after))
        return after

    # --- members ------------------------------------------------------------------------------------------------------

    def join(self, id: str, member: Member) -> None:
        """The same again changes nothing: whoever agreed first did."""
        sealed = self._vault.seal(_belongs_to(id), dumps(Member, member))
        self._redis.hsetnx(self._keys.members(id), pid_text(member.pid), sealed)
        self._redis.sadd(self._keys.memberships(member.account), f"{id}/{pid_text(member.pid)}")

    def leave(self, id: str, pids: Iterable[bytes], account: str = "") -> None:
        """They are no members from now on; gone from the account's own list too."""
        names = [pid_text(pid) for pid in pids]
        if names:
            self._redis.hdel(self._keys.members(id), *names)
            if account:
                self._redis.srem(self._keys.memberships(account), *(f"{id}/{name}" for name in names))

    def members(self, id: str) -> list[Member]:
        """Of an organisation, in the order in which they joined."""
        cells = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.members(id)))
        found: list[Member] = [loads(Member, self._vault.open(_belongs_to(id), raw)) for raw in cells.values()]
        return sorted(found, key=lambda each: (each.since, each.pid))

    def joined_by(self, account: str) -> list[tuple[str, Member]]:
        """What an account has joined, for whom: (organisation, member), by name of the organisation."""
        listed = cast("set[bytes]", self._redis.smembers(self._keys.memberships(account)))
        found = []
        for id, _, name in sorted(each.decode().partition("/") for each in listed):
            raw = cast("bytes | None", self._redis.hget(self._keys.members(id), name))
            if raw is not None:
                found.append((id, cast(Member, loads(Member, self._vault.open(_belongs_to(id), raw)))))
        return found


def _belongs_to(id: str) -> bytes:
    return b"member:" + id.encode()
