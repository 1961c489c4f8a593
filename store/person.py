"""A person as it is stored: packed, its identity sealed under a key of its own."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date

import msgpack

from domain.appeals import Ticket
from domain.cards import PassCard
from domain.care import Carer
from domain.facts import History
from domain.partners.bindings import Binding
from domain.people import Identity, Level
from domain.person import Link, Look, Person
from store.codec import dumps, from_plain, loads, to_plain
from store.sealing import SALT_BYTES, Vault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Stored:
    generation: int
    community: str
    level: Level
    account: str
    contesting: tuple[str, ...]
    watermarks: Mapping[str, int]
    erasing: bool
    history: History
    asking: bool = False
    looks: tuple[Look, ...] = ()
    recorded_by: Mapping[str, str] = field(default_factory=dict)
    institution: str = ""
    noticed: date | None = None
    remind: int = 0
    grid: int = 0
    alias_of: bytes = b""
    links: tuple[Link, ...] = ()
    apart: History | None = None
    carers: tuple[Carer, ...] = ()
    bindings: tuple[Binding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Private:
    identity: Identity
    address: str = field(default="")
    tickets: tuple[Ticket, ...] = ()
    cards: tuple[PassCard, ...] = ()


class Damaged(Exception):
    """A record that cannot be read: no key opens it or it is no record. Says which error, never what was in it."""


_PLACE = {each.name: n for n, each in enumerate(fields(_Stored))}


def standing_of(raw: bytes) -> tuple[str, History] | None:
    """Community and history of a stored person, None for a second document of another; the identity stays sealed.

    Raises Damaged.
    """
    try:
        _, plain = msgpack.unpackb(raw[8:], use_list=False, strict_map_key=False)
        if len(plain) > _PLACE["alias_of"] and plain[_PLACE["alias_of"]]:
            return None
        return plain[_PLACE["community"]], from_plain(History, plain[_PLACE["history"]])
    except Exception as error:
        raise Damaged(type(error).__name__) from error


def account_of(raw: bytes | None) -> str:
    """The account of a stored person, or empty; the identity in it stays sealed."""
    try:
        return str(msgpack.unpackb(raw[8:], use_list=False, strict_map_key=False)[1][_PLACE["account"]]) if raw else ""
    except Exception as error:
        log.error("a person was left out: %s", type(error).__name__)
        return ""


def pack(vault: Vault, person: Person) -> tuple[bytes, bytes]:
    """(salt, packed value); an erased person keeps neither identity nor salt."""
    stored = _Stored(
        person.generation,
        person.community,
        person.level,
        person.account,
        person.contesting,
        person.watermarks,
        person.erasing,
        person.history,
        person.asking,
        person.looks,
        person.recorded_by,
        person.institution,
        person.noticed,
        person.remind,
        person.grid,
        person.alias_of,
        person.links,
        person.apart,
        person.carers,
        person.bindings,
    )
    salt = private = b""
    if person.identity is not None:
        salt = person.salt or os.urandom(SALT_BYTES)
        plain = dumps(_Private, _Private(person.identity, person.address, person.tickets, person.cards))
        private = vault.seal_person(person.pid, salt, plain)
    return salt, person.version.to_bytes(8) + msgpack.packb((private, to_plain(_Stored, stored)))


def unpack(vault: Vault, pid: bytes, raw: bytes | None, salt: bytes | None) -> Person:
    """A person never seen is version 0. Raises Damaged."""
    if raw is None:
        return Person(pid)
    try:
        return _decode(vault, pid, raw, salt)
    except Exception as error:
        raise Damaged(type(error).__name__) from error


def _decode(vault: Vault, pid: bytes, raw: bytes, salt: bytes | None) -> Person:
    private, plain = msgpack.unpackb(raw[8:], use_list=False, strict_map_key=False)
    stored: _Stored = from_plain(_Stored, plain)
    opened = loads(_Private, vault.open_person(pid, salt, private)) if private and salt else None
    return Person(
        pid,
        int.from_bytes(raw[:8]),
        stored.generation,
        opened and opened.identity,
        opened.address if opened else "",
        stored.community,
        stored.level,
        stored.account,
        stored.contesting,
        stored.history,
        stored.watermarks,
        stored.erasing,
        salt or b"",
        stored.asking,
        stored.looks,
        stored.recorded_by,
        stored.institution,
        stored.noticed,
        opened.tickets if opened else (),
        stored.remind,
        stored.grid,
        opened.cards if opened else (),
        stored.alias_of,
        stored.links,
        stored.apart,
        stored.carers,
        stored.bindings,
    )
