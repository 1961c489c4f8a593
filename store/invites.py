"""Invites by a keyed hash of their code: whoever reads the store cannot bind with what stands there.

Using one writes the invite, the member of the staff and the act in one step: all three stand in one slot.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import datetime
from typing import cast

from redis import Redis

from domain.invites import KEPT, Invite, used
from domain.roles import Refused, Staff
from store.changes import Act, act_entry
from store.codec import dumps, loads
from store.keys import Keys
from store.sealing import Vault
from store.staff import StaffRegistry

_ISSUE = """
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
for i = 4, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
redis.call('XADD', KEYS[2], '*', 'a', ARGV[3])
"""

_USE = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if (redis.call('HGET', KEYS[2], ARGV[4]) or '') ~= ARGV[5] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('HSET', KEYS[2], ARGV[4], ARGV[6])
redis.call('XADD', KEYS[3], '*', 'a', ARGV[7])
return 1
"""


class Invites:
    """The repository. `secret` keys the hashes."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault, secret: bytes, registry: StaffRegistry) -> None:
        self._redis = redis
        self._name, self._staff, self._audit = keys.invites(), keys.staff(), keys.world_audit()
        self._vault = vault
        self._secret = secret
        self._registry = registry
        self._issue = redis.register_script(_ISSUE)
        self._use = redis.register_script(_USE)

    def issue(self, code: str, invite: Invite, act: Act, now: datetime) -> None:
        """The code is good from now on; an earlier one for the same person that nobody used is not."""
        cells = cast("dict[bytes, bytes]", self._redis.hgetall(self._name))
        gone = [tag for tag, raw in cells.items() if _replaced(self._load(tag, raw), invite, now)]
        tag = self._tag(code)
        self._issue(keys=[self._name, self._audit], args=[tag, self._seal(tag, invite), act_entry(b"", act), *gone])

    def use(self, code: str, account: str, now: datetime, holder: str) -> tuple[Staff, Staff]:
        """Bind: the member of the staff before and after. The same account again changes nothing; `holder` is whom it
        is bound to already, or empty.

        Raises Refused: `code_unknown`, those of `used`, `bound_otherwise`, `unknown_staff`.
        """
        tag = self._tag(code)
        while True:
            raw = cast("bytes | None", self._redis.hget(self._name, tag))
            if raw is None:
                raise Refused("code_unknown")
            invite = self._load(tag, raw)
            spent = used(invite, account, now)
            if holder not in ("", invite.staff):
                raise Refused("bound_otherwise")
            cell, staff = self._registry.cell(invite.staff)
            if spent == invite:
                if staff.account != account:
                    raise Refused("code_used")  # they have moved to another telephone since
                return staff, staff
            after = replace(staff, account=account)
            if self._written(tag, raw, spent, cell, after):
                return staff, after

    def _written(self, tag: bytes, raw: bytes, spent: Invite, cell: bytes, after: Staff) -> bool:
        act = Act(after.id, "bind account", reason=f"invited by {spent.by}", organisation=after.organisation)
        who: list[str | bytes] = [after.id, cell, self._registry.sealed(after)]
        args = [*who, tag, raw, self._seal(tag, spent), act_entry(b"", act)]
        return bool(self._use(keys=[self._staff, self._name, self._audit], args=args))

    def _tag(self, code: str) -> bytes:
        return hmac.digest(self._secret, f"invite\0{code}".encode(), "sha256")[:16]

    def _seal(self, tag: bytes, invite: Invite) -> bytes:
        return self._vault.seal(b"invite:" + tag, dumps(Invite, invite))

    def _load(self, tag: bytes, raw: bytes) -> Invite:
        invite: Invite = loads(Invite, self._vault.open(b"invite:" + tag, raw))
        return invite


def _replaced(old: Invite, new: Invite, now: datetime) -> bool:
    """Whether an old code leaves with a new one: it was for the same person, or nobody will remember it."""
    return (old.staff == new.staff and not old.used_by) or now - old.until > KEPT
