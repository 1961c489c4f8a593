"""Revocations: (handle, instant). Every code of that handle issued before the instant is void, one issued later good.

A code lasts a day and a handle changes daily, so a person's standing codes have two handles at most, and a revocation
is forgotten after a day: the last code that it voids has expired by then. A printed card's lasts as long as the card.

The signed list is an untagged COSE_Sign1 around {6: as of, -65538: [after, ends, codes, cards]}, instants in seconds:
`after` 0 for the whole list, else what was added since about then; `ends` the end of the notice or null. `codes` and
`cards` are runs of one instant each, ascending: seconds since the run before, how many tags, the tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain import handles, passes
from domain.facts import day_of
from domain.handles import HandleKind
from domain.keyring import Keyring
from domain.people import Level
from domain.person import Person
from domain.verdict import Colour

TAG_BYTES = 6
"""Of a handle, as the list has it: among 200,000 revocations one good code in a thousand million looks void."""
MARGIN = timedelta(seconds=2)
"""How far ahead of the second drain a code is void: whoever read the old view just before signs until then."""
_ISSUED, _LIST = 6, -65538
_GRAVITY = (Colour.NONE, Colour.GREEN, Colour.GREY, Colour.YELLOW, Colour.RED)


@dataclass(frozen=True, slots=True, order=True)
class Revocation:
    """`instant` in Unix seconds; `tag` the first bytes of the handle."""

    instant: int
    tag: bytes


@dataclass(frozen=True, slots=True)
class SignedList:
    """What a signed list says."""

    as_of: int
    after: int
    ends: int | None
    codes: tuple[Revocation, ...]
    cards: tuple[Revocation, ...]


def worsened(before: Colour, after: Colour) -> bool:
    """Whether codes of the colour before may not be shown any more: it is yellow or red now, and graver."""
    return after in (Colour.YELLOW, Colour.RED) and _GRAVITY.index(after) > _GRAVITY.index(before)


def taken_away(before: Person, after: Person) -> bool:
    """Whether the codes shown so far belong to nobody any more: erased, claimed by another account, proved no more,
    or a second document of somebody from now on."""
    erased = before.identity is not None and after.identity is None
    another = bool(before.account) and after.account != before.account
    unproved = before.level >= Level.PHONE > after.level
    return erased or another or unproved or bool(after.alias_of and not before.alias_of)


def tags_of(handle_key: bytes, pid: bytes, at: datetime) -> tuple[bytes, ...]:
    """The tags of all codes of a person that can still be good at `at`: today's and yesterday's."""
    days = (day_of(at), day_of(at - passes.LIFETIME))
    return tuple(handles.seal_handle(handle_key, pid, day, HandleKind.CODE)[:TAG_BYTES] for day in days)


def card_tag(handle_key: bytes, pid: bytes, issued: datetime) -> bytes:
    return handles.seal_handle(handle_key, pid, day_of(issued), HandleKind.CARD)[:TAG_BYTES]


def sign(key: Ed25519PrivateKey, content: SignedList) -> bytes:
    """The list as it is served."""
    protected = passes.protected_header(passes.key_id(key.public_key()))
    packed = [content.after, content.ends, _pack(content.codes), _pack(content.cards)]
    payload = cbor2.dumps({_ISSUED: content.as_of, _LIST: packed})
    return cbor2.dumps([protected, {}, payload, key.sign(passes.to_be_signed(protected, payload))])


def read(raw: bytes, ring: Keyring) -> SignedList:
    """Raises ValueError, KeyError or InvalidSignature for anything that none of the keys signed as a list."""
    protected, _, payload, signature = cbor2.loads(raw)
    ring[cbor2.loads(protected)[4]].verify(signature, passes.to_be_signed(protected, payload))
    claims = cbor2.loads(payload)
    after, ends, codes, cards = claims[_LIST]
    return SignedList(claims[_ISSUED], after, ends, _unpack(codes), _unpack(cards))


def _pack(entries: Iterable[Revocation]) -> bytes:
    packed, last = bytearray(), 0
    for instant, run in groupby(sorted(entries), key=attrgetter("instant")):
        tags: Sequence[bytes] = [each.tag for each in run]
        packed += _number(instant - last) + _number(len(tags)) + b"".join(tags)
        last = instant
    return bytes(packed)


def _unpack(raw: bytes) -> tuple[Revocation, ...]:
    found, place, instant = list[Revocation](), 0, 0
    while place < len(raw):
        ahead, place = _read_number(raw, place)
        count, place = _read_number(raw, place)
        instant += ahead
        end = place + count * TAG_BYTES
        found += [Revocation(instant, raw[at : at + TAG_BYTES]) for at in range(place, end, TAG_BYTES)]
        place = end
    return tuple(found)


def _number(value: int) -> bytes:
    """LEB128: seven bits a byte, the lowest first."""
    packed = bytearray()
    while value > 0x7F:
        packed.append(value & 0x7F | 0x80)
        value >>= 7
    packed.append(value)
    return bytes(packed)


def _read_number(raw: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place
