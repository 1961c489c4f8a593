"""`python -m worker demo N`: N invented people in the house of a sandbox, in households of all counties."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import click

from domain.facts import Declaration
from domain.people import Level
from domain.person import Person
from store.changes import Change, Following
from store.connection import connect
from store.keys import Keys
from store.people import People
from store.sealing import Vault, person_id
from worker.context import context
from worker.demo.residents import MOST, resident
from worker.demo.stories import Stories, stories
from worker.spread import cores, spread

BATCH = 500
UNVERIFIED_IN = 50
"""One of so many has not proved who they are."""


@dataclass(frozen=True, slots=True)
class Press:
    """What a process needs to make people: where to put them, the keys, and when it is."""

    redis_url: str
    pid_key: bytes
    identity_key: tuple[bytes, ...]
    now: datetime

    def person(self, number: int, history: Stories) -> Person:
        """The one of this number; somebody who is only on a list has neither name nor home yet."""
        who = resident(number)
        pid = person_id(self.pid_key, who.identity.document.kind.value, who.identity.document.number)
        lived = history.of(number)
        if not any(isinstance(fact, Declaration) for fact in lived.facts):
            return Person(pid, 1, history=lived)
        level = Level.PHONE if number % UNVERIFIED_IN else Level.UNVERIFIED
        return Person(
            pid,
            1,
            identity=who.identity,
            address=who.address,
            community=who.community,
            level=level,
            history=lived,
        )


@click.command("demo")
@click.argument("people", type=click.IntRange(1, MOST))
@click.option("--processes", default=cores, type=click.IntRange(1, 64), show_default="one a core")
def demo(people: int, processes: int) -> None:
    """Invent PEOPLE residents of every colour. Only in a sandbox.

    They are the same each time, so a second run adds only who is missing.
    """
    ctx = context()
    if not ctx.settings.sandbox:
        raise click.ClickException("只能在沙箱里使用（SANDBOX 未设） · only in a sandbox: SANDBOX is not set")
    s = ctx.settings
    press = Press(s.redis_url, s.pid_key, tuple(s.identity_key), ctx.clock.now())
    added = 0
    with click.progressbar(length=people, label="虚构居民 · inventing people", file=sys.stderr, show_pos=True) as bar:
        for tried, made in spread(_made, _pieces(press, people), processes):
            added += made
            bar.update(tried)
    click.echo(f"新增 {added} 人，原有 {people - added} 人 · {added} people added")


def _pieces(press: Press, people: int) -> Iterator[tuple[Press, range]]:
    for first in range(0, people, BATCH):
        yield press, range(first, min(first + BATCH, people))


def _made(piece: tuple[Press, range]) -> tuple[int, int]:
    """How many were tried, and how many were new."""
    press, numbers = piece
    histories = _stories(press.now)
    changes = [_change(press.person(number, histories)) for number in numbers]
    return len(numbers), sum(_people(press).write(changes))


def _change(person: Person) -> Change:
    return Change(Person(person.pid), person, Following(person.pid, person.version))


@cache
def _people(press: Press) -> People:
    return People(connect(press.redis_url), Keys(), Vault(press.identity_key))


_stories = cache(stories)
