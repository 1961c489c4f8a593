"""What a display of a partner shows of a person: the same as ours, now and as far as time alone decides. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.facts import SHANGHAI, History, day_of
from domain.linking import unite
from domain.people import Level
from domain.person import Person
from domain.verdict import Colour, World, colour_of, judge

STEPS = 3
"""Of what is to come by itself: yellow ends in green, green in grey, grey stays."""


SERIAL_BITS = 16
"""The record's version comes first: whoever still judges by an older world never hides a newer record."""


class State(StrEnum):
    """What is shown. Never a number, never a verdict of health about somebody."""

    GREEN = "green"
    GREY = "grey"
    YELLOW = "yellow"
    RED = "red"
    UNVERIFIED = "unverified"
    """The claim to the document is not proved: no colour is said."""
    NONE = "none"
    """Nobody declared."""
    ENDED = "ended"
    """The notice has ended, and with it every code."""
    WITHDRAWN = "withdrawn"
    """Not to be shown any more: the authorisation ended, the record was erased, or they moved away."""


@dataclass(frozen=True, slots=True)
class Step:
    """From this day on, if nothing is recorded meanwhile."""

    since: date
    state: State


@dataclass(frozen=True, slots=True)
class Display:
    """`until` is the last day on which `state` holds if nothing more is recorded; then the steps of `then` follow."""

    state: State
    until: date | None = None
    then: tuple[Step, ...] = ()


WITHDRAWN = Display(State.WITHDRAWN)


def display(record: Person, main: Person, now: datetime, world: World) -> Display:
    """`record` is that of the document, `main` the person it leads to: the same one, unless it is an alias record."""
    history = record.history if main is record else unite(main.history, record.history)
    if min(record.proof, main.proof) >= Level.PHONE or world.has_ended(day_of(now)):
        return _ahead(history, now, world)
    state = _state(history, now, world)
    shown = state if state in (State.NONE, State.ENDED) else State.UNVERIFIED
    return Display(shown, world.ends_on, _end(world))


def version_of(record: Person, main: Person, world: World, terms: int) -> int:
    """Rises with every change of the record, of the person it leads to, of what is true for everybody, and of the
    client's contract (`terms`)."""
    link = next((each for each in main.links if each.pid == record.pid), None)
    own = record.version if link is None or main is record else link.base + main.version
    return (own << SERIAL_BITS) + min(world.serial + terms, (1 << SERIAL_BITS) - 1)


def _ahead(history: History, now: datetime, world: World) -> Display:
    verdict = judge(history, now, world)
    first, until, then = _named(verdict.colour, now, world), verdict.until, list[Step]()
    while verdict.until is not None and len(then) < STEPS:
        at = datetime.combine(verdict.until + timedelta(days=1), time(), SHANGHAI)
        verdict = judge(history, at, world)
        then.append(Step(day_of(at), _named(verdict.colour, at, world)))
    return Display(first, until, tuple(then))


def _state(history: History, at: datetime, world: World) -> State:
    return _named(colour_of(history, at, world), at, world)


def _named(colour: Colour, at: datetime, world: World) -> State:
    if world.has_ended(day_of(at)):
        return State.ENDED
    return State.NONE if colour is Colour.NONE else State(colour.value)


def _end(world: World) -> tuple[Step, ...]:
    return () if world.ends_on is None else (Step(world.ends_on + timedelta(days=1), State.ENDED),)
