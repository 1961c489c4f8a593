"""Typed values to compact MessagePack and back.

A dataclass becomes the array of its fields, a member of a closed union that array behind its number in the union.
Numbers and field orders are frozen: new members and new fields (with a default) are only ever appended, and a reader
that knows them ships one release before the first writer.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

import msgpack

from domain.facts import SHANGHAI, Fact, History
from flows.effects import Effect

Encode = Callable[[Any], Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=SHANGHAI) + timedelta(hours=8)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MILLISECOND = timedelta(milliseconds=1)


def dumps(kind: Any, value: Any) -> bytes:
    """`value` of the type or union `kind` as bytes."""
    return msgpack.packb(_coder(kind)[0](value))


def loads(kind: Any, raw: bytes) -> Any:
    """The value of the type or union `kind` that `dumps` wrote. Raises ValueError on anything else."""
    return _coder(kind)[1](msgpack.unpackb(raw, use_list=False, strict_map_key=False))


def to_plain(kind: Any, value: Any) -> Any:
    """The MessagePack-able form, for embedding into a larger value."""
    return _coder(kind)[0](value)


def from_plain(kind: Any, plain: Any) -> Any:
    return _coder(kind)[1](plain)


def millis(at: datetime) -> int:
    return (at - _EPOCH) // _MILLISECOND


def instant(value: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=value)


def _same(value: Any) -> Any:
    return value


@cache
def _coder(kind: Any) -> tuple[Encode, Encode]:
    if kind in _SCALARS:
        return _SCALARS[kind]
    if kind is History:
        return _encode_history, _decode_history
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return _union(kind)
    if origin is tuple:
        return _sequence(typing.get_args(kind)[0], tuple)
    if origin is frozenset:
        return _sequence(typing.get_args(kind)[0], frozenset)
    if origin in (dict, Mapping):
        return dict, _decode_mapping
    if isinstance(kind, type) and issubclass(kind, Enum):
        return (lambda member: member.value), kind
    return _record(kind)


def _union(kind: Any) -> tuple[Encode, Encode]:
    members = typing.get_args(kind)
    if types.NoneType in members:
        encode, decode = _coder(next(m for m in members if m is not types.NoneType))
        return (
            lambda value: None if value is None else encode(value),
            lambda plain: None if plain is None else decode(plain),
        )
    numbers = {member: number for number, member in enumerate(members)}
    coders = [_coder(member) for member in members]

    def encode_member(value: Any) -> Any:
        number = numbers[type(value)]
        return (number, *coders[number][0](value))

    return encode_member, lambda plain: coders[plain[0]][1](plain[1:])


def _sequence(item: Any, make: Callable[[Any], Any]) -> tuple[Encode, Encode]:
    encode, decode = _coder(item)
    ordered: Callable[[Any], Any] = sorted if make is frozenset else _same
    return (
        lambda values: tuple([encode(value) for value in ordered(values)]),
        lambda plain: make([decode(value) for value in plain]),
    )


def _decode_mapping(plain: Any) -> Any:
    """What stands in a mapping is JSON: lists are lists again, though msgpack was read without any."""
    return {name: _listed(value) for name, value in plain.items()}


def _listed(value: Any) -> Any:
    match value:
        case list() | tuple():
            return [_listed(item) for item in value]
        case dict():
            return _decode_mapping(value)
        case _:
            return value


def _record(kind: Any) -> tuple[Encode, Encode]:
    hints = typing.get_type_hints(kind)
    fields = [(field.name, *_coder(hints[field.name])) for field in dataclasses.fields(kind)]
    names, readers = [name for name, _, _ in fields], [read for _, _, read in fields]

    def encode(value: Any) -> Any:
        return tuple([write(getattr(value, name)) for name, write, _ in fields])

    # An older value is shorter: the fields appended since then take their defaults.
    def decode(plain: Any) -> Any:
        return kind(*[read(item) for read, item in zip(readers, plain, strict=False)])

    def decode_named(plain: Any) -> Any:
        read_all = [read(item) for read, item in zip(readers, plain, strict=False)]
        return kind(**dict(zip(names, read_all, strict=False)))

    return encode, decode_named if any(field.kw_only for field in dataclasses.fields(kind)) else decode


def _encode_history(history: History) -> Any:
    """Facts, then the folded days as pairs of a first day and one byte a day; a long gap begins a new pair."""
    rows: list[tuple[int, bytearray]] = []
    for day, bits in sorted(history.normal):
        number = day.toordinal() - _EPOCH_ORDINAL
        gap = number - rows[-1][0] - len(rows[-1][1]) if rows else _LONG_GAP
        if gap < _LONG_GAP:
            rows[-1][1].extend((*bytes(gap), bits))
        else:
            rows.append((number, bytearray((bits,))))
    facts = tuple(_coder(Fact)[0](fact) for fact in history.facts)
    return (facts, *(part for first, row in rows for part in (first, bytes(row))))


def _decode_history(plain: Any) -> History:
    decode = _coder(Fact)[1]
    rows = zip(plain[1::2], plain[2::2], strict=True)
    days = [(_day(first + n), bits) for first, row in rows for n, bits in enumerate(row) if bits]
    return History(tuple([decode(fact) for fact in plain[0]]), tuple(days))


def _day(number: int) -> date:
    return date.fromordinal(_EPOCH_ORDINAL + number)


_LONG_GAP = 6
"""Days; from here on a new pair takes less room than the zeros between."""


_SCALARS: dict[Any, tuple[Encode, Encode]] = {
    str: (_same, _same),
    float: (_same, _same),
    bytes: (_same, _same),
    int: (_same, _same),
    bool: (_same, _same),
    Decimal: (str, Decimal),
    date: (lambda day: day.toordinal() - _EPOCH_ORDINAL, _day),
    datetime: (millis, instant),
}

EFFECT = Effect
FACT = Fact
