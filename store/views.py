"""Views: what an account may see of the persons it acts for. Written only by the second drain, newer version wins.

The value at `view:<openid>` maps pid to a cell: version (8 bytes) and the sealed cell. The script that replaces a cell
appends the announcements of that version to the account's post in the same step, so neither happens without the
other, and neither twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import msgpack
from redis import Redis

from domain.appeals import Ticket
from domain.care import Capacity, Carer
from domain.facts import History
from domain.people import Claim, Level, Profile
from domain.person import Look
from domain.verdict import Colour
from store.codec import dumps, from_plain, loads, to_plain
from store.keys import MEDIA_SECONDS, Keys, shard_of
from store.sealing import Vault

# A damaged view is begun anew: it is a projection, and must not stop the drain of everybody else.
PUT = """
local raw = redis.call('GET', KEYS[1])
local whole, cells = pcall(cmsgpack.unpack, raw)
if not whole or type(cells) ~= 'table' then cells = {} end
local now = cells[ARGV[1]]
if now and string.sub(now, 1, 8) >= string.sub(ARGV[2], 1, 8) then return 0 end
cells[ARGV[1]] = ARGV[2]
redis.call('SET', KEYS[1], cmsgpack.pack(cells))
for i = 3, #ARGV, 2 do
  redis.call('XADD', KEYS[2], '*', 'k', ARGV[i], 'b', ARGV[i + 1])
end
return 1
"""


@dataclass(frozen=True, slots=True)
class Bond:
    """What the account is to the person, and which carers it may know of."""

    capacity: Capacity = Capacity.SELF
    relation: str = ""
    since: datetime | None = None
    place: int = 0
    carers: tuple[Carer, ...] = ()
    on_own: bool = True


@dataclass(frozen=True, slots=True)
class ViewCell:
    """One person as an account sees it. `claim` None: erased or given up. `seq`: the account's last settled effect."""

    version: int
    seq: int
    claim: Claim | None = None
    level: Level = Level.UNVERIFIED
    profile: Profile = field(default_factory=lambda: Profile("", "", "", "", ""))
    history: History = field(default_factory=History)
    looks: tuple[Look, ...] = ()
    recorded_by: Mapping[str, str] = field(default_factory=dict)
    tickets: tuple[Ticket, ...] = ()
    remind: int = 0
    bond: Bond = field(default_factory=Bond)


@dataclass(frozen=True, slots=True)
class Media:
    """A picture uploaded for an account: what it shows and until when it can be sent."""

    media_id: str
    colour: Colour
    expires: datetime


@dataclass(frozen=True, slots=True)
class _Body:
    seq: int
    claim: Claim | None
    level: Level
    profile: Profile
    history: History
    looks: tuple[Look, ...] = ()
    recorded_by: Mapping[str, str] = field(default_factory=dict)
    tickets: tuple[Ticket, ...] = ()
    remind: int = 0
    bond: Bond = field(default_factory=Bond)


def put_arguments(
    keys: Keys, vault: Vault, openid: str, pid: bytes, cell: ViewCell, letters: Sequence[tuple[str, bytes]]
) -> tuple[list[str], list[Any]]:
    """Keys and arguments of the script PUT; `letters` are (kind, sealed body) for the account's post."""
    known = (cell.claim, cell.level, cell.profile, cell.history, cell.looks, cell.recorded_by)
    body = dumps(_Body, _Body(cell.seq, *known, cell.tickets, cell.remind, cell.bond))
    value = cell.version.to_bytes(8) + vault.seal(openid.encode() + pid, body)
    names = [keys.view(openid), keys.post(shard_of(openid))]
    return names, [pid, value, *(part for letter in letters for part in letter)]


def read_cells(vault: Vault, openid: str, raw: bytes | None) -> dict[bytes, ViewCell]:
    if raw is None:
        return {}
    cells = {}
    for pid, value in msgpack.unpackb(raw, raw=True, strict_map_key=False).items():
        body = loads(_Body, vault.open(openid.encode() + pid, value[8:]))
        version = int.from_bytes(value[:8])
        known = (body.claim, body.level, body.profile, body.history, body.looks, body.recorded_by)
        cells[pid] = ViewCell(version, body.seq, *known, body.tickets, body.remind, body.bond)
    return cells


def read_media(raw: bytes | None) -> dict[bytes, Media]:
    if raw is None:
        return {}
    return {pid: from_plain(Media, plain) for pid, plain in msgpack.unpackb(raw, strict_map_key=False).items()}


class Views:
    """Reading for workers, and the media beside the view, whose only writer is deliver."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault

    def read(self, openid: str) -> tuple[dict[bytes, ViewCell], dict[bytes, Media]]:
        names = (self._keys.view(openid), self._keys.media(openid))
        view, media = cast("list[bytes | None]", self._redis.mget(names))
        return read_cells(self._vault, openid, view), read_media(media)

    def put_media(self, openid: str, media: Mapping[bytes, Media]) -> None:
        plain = {pid: to_plain(Media, cell) for pid, cell in media.items()}
        self._redis.set(self._keys.media(openid), msgpack.packb(plain), ex=MEDIA_SECONDS)
