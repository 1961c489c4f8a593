"""The staff: who they are, what they may do. One sealed cell each; a change appends its act to the audit with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from redis import Redis

from domain.appointing import granted
from domain.roles import Grant, Refused, Role, Staff
from domain.scopes import Everywhere
from store.changes import Act, act_entry
from store.codec import dumps, loads
from store.keys import Keys
from store.sealing import Vault

_PUT = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[5] == '1' and redis.call('HLEN', KEYS[1]) > 0 then return -1 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('XADD', KEYS[2], '*', 'a', ARGV[4])
return 1
"""


class StaffRegistry:
    """The repository of the staff. Writers are few and human; a change repeats until it is not overtaken."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._names = [keys.staff(), keys.world_audit()]
        self._vault = vault
        self._put = redis.register_script(_PUT)

    def read(self, id: str) -> Staff:
        """Raises Refused (`unknown_staff`) for nobody, and for somebody who has no grant any more."""
        return self.cell(id)[1]

    def cell(self, id: str) -> tuple[bytes, Staff]:
        """As `read`, with the cell as it stands, for a script that writes beside it."""
        raw = cast("bytes | None", self._redis.hget(self._names[0], id))
        if raw is None or not (staff := self._load(id, raw)).grants:
            raise Refused("unknown_staff", id)
        return raw, staff

    def sealed(self, staff: Staff) -> bytes:
        """The cell of somebody."""
        return self._vault.seal(_belongs_to(staff.id), dumps(Staff, staff))

    def all(self) -> list[Staff]:
        """Everybody, those without a grant too, by id."""
        cells = cast("dict[bytes, bytes]", self._redis.hgetall(self._names[0]))
        return [self._load(id.decode(), raw) for id, raw in sorted(cells.items())]

    def found(self, staff: Staff) -> Staff:
        """The first one, as the administrator who appoints the others. Raises Refused (`founded`)."""
        first = granted(staff, Grant(Role.SYSTEM_ADMIN, Everywhere()))
        act = Act(staff.id, "found the staff", organisation=staff.organisation)
        if self._write(b"", first, act, founding=True) != 1:
            raise Refused("founded")
        return first

    def add(self, staff: Staff, act: Act) -> None:
        """Raises Refused (`staff_exists`)."""
        if not self._write(b"", staff, act):
            raise Refused("staff_exists", staff.id)

    def change(self, id: str, edit: Callable[[Staff], Staff], act: Act) -> Staff:
        """Raises Refused (`unknown_staff`), and whatever `edit` refuses."""
        while True:
            raw = cast("bytes | None", self._redis.hget(self._names[0], id))
            if raw is None:
                raise Refused("unknown_staff", id)
            after = edit(self._load(id, raw))
            if self._write(raw, after, act):
                return after

    def _write(self, before: bytes, staff: Staff, act: Act, founding: bool = False) -> int:
        args: list[str | bytes | int] = [staff.id, before, self.sealed(staff), act_entry(b"", act), int(founding)]
        return int(self._put(keys=self._names, args=args))

    def _load(self, id: str, raw: bytes) -> Staff:
        staff: Staff = loads(Staff, self._vault.open(_belongs_to(id), raw))
        return staff


def _belongs_to(id: str) -> bytes:
    return b"staff:" + id.encode()
