"""`python -m worker demo N`: N invented people in the house of a sandbox, in households of all counties."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TextIO

import click

from domain.facts import Declaration
from domain.people import Level
from domain.person import Person
from flows.core import Session
from store.account import Account
from store.accounts import Accounts
from store.changes import Change, Following
from store.connection import connect
from store.keys import Keys, account_tag
from store.people import People
from store.sealing import Vault, person_id
from worker.context import Context
from worker.demo.colleagues import COLLEAGUES, HOME, appoint, digits_now, sign_ins
from worker.demo.gates import CLIENT, codes_to_scan, open_gates
from worker.demo.residents import MOST, resident
from worker.demo.scenes import play
from worker.demo.stories import Stories, stories
from worker.operate.asking import refusals
from worker.spread import cores, spread
from worker.wiring import context

BATCH = 500
NEIGHBOURS = 320
SCENE_PEOPLE = 20_000
"""Of so many the scenes take theirs."""
TO_SCAN = 1_000
"""Among so many a code of each colour is looked for."""
UNVERIFIED_IN = 50
"""One of so many has not proved who they are."""


@dataclass(frozen=True, slots=True)
class Press:
    """What a process needs to make people: where to put them, the keys, and when it is."""

    redis_url: str
    pid_key: bytes
    identity_key: tuple[bytes, ...]
    now: datetime
    openids: tuple[str, ...] = ()
    """The accounts that act as the people from number `first` on."""
    first: int = 0

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
            account=self.openids[number - self.first] if number - self.first < len(self.openids) else "",
            history=lived,
        )

    def account(self, person: Person) -> Account:
        """Of an invented person: it follows, and wrote a moment ago."""
        session = Session(tag=account_tag(person.account), following=True, consented_at=self.now)
        return Account(person.account, session, self_pid=person.pid, heard_at=self.now)


@click.command("demo")
@click.argument("people", type=click.IntRange(1, MOST))
@click.option(
    "--accounts",
    type=click.File(),
    help="OpenIDs, one a line: the first so many people get them and wrote a moment ago.",
)
@click.option("--processes", default=cores, type=click.IntRange(1, 64), show_default="one a core")
@click.option("--office", is_flag=True, help="Colleagues of every role too, and what they have been doing.")
def demo(people: int, accounts: TextIO | None, processes: int, office: bool) -> None:
    """Invent PEOPLE residents of every colour. Only in a sandbox.

    They are the same each time, so a second run adds only who is missing.
    """
    ctx = sandbox_context()
    s = ctx.settings
    openids = tuple(line.strip() for line in accounts) if accounts else ()
    press = Press(s.redis_url, s.pid_key, tuple(s.identity_key), ctx.clock.now(), openids)
    added = 0
    with click.progressbar(length=people, label="虚构居民 · inventing people", file=sys.stderr, show_pos=True) as bar:
        for tried, made in spread(_made, _pieces(press, people), processes):
            added += made
            bar.update(tried)
    click.echo(f"新增 {added} 人，原有 {people - added} 人 · {added} people added")
    if office:
        _open_office(ctx, press, people)


@click.command("demo-code")
@click.argument("id")
def demo_code(id: str) -> None:
    """The six digits that the authenticator of an invented colleague shows now. Only in a sandbox."""
    with refusals():
        click.echo(digits_now(sandbox_context(), id))


def sandbox_context() -> Context:
    """Raises click.ClickException outside a sandbox."""
    ctx = context()
    if not ctx.settings.sandbox:
        raise click.ClickException("只能在沙箱里使用（SANDBOX 未设） · only in a sandbox: SANDBOX is not set")
    return ctx


def _open_office(ctx: Context, press: Press, people: int) -> None:
    """The colleagues, what they have been doing if this is the first time, and how they sign in."""
    first = not any(each.id == COLLEAGUES[0].id for each in ctx.staff.all())
    staff = appoint(ctx)
    secret = ""
    if first:
        neighbours = _neighbours(press)
        play(ctx, staff, neighbours, _residents(press, range(min(people, SCENE_PEOPLE))))
        secret = open_gates(ctx, staff, neighbours)
    click.echo(f"\n工作台 · console  {ctx.settings.public_url}/console/")
    for each in sign_ins(ctx):
        click.echo(f"  {each.colleague.id:<14} {each.colleague.role.value:<22} {each.colleague.name}")
    click.echo(f"密码（都一样） · the password of all: {each.password}")
    click.echo("动态码 · the six digits: make demo-code ID=demo.worker")
    _tell_gates(ctx, secret, _residents(press, range(min(people, TO_SCAN))))


def _tell_gates(ctx: Context, secret: str, people: Sequence[Person]) -> None:
    """Where the gate is and what can be scanned there; how a partner's system is started, while its secret is known."""
    click.echo(f"\n卡口 · gate  {ctx.settings.public_url}/gate  (demo.gate)")
    for colour, link in codes_to_scan(ctx, ctx.people.read_sound([each.pid for each in people]).values()):
        click.echo(f"  {colour.value:<8} {link}")
    if secret:
        base = f"{ctx.settings.public_url}/api/v1"
        click.echo("接口系统 · a system of a partner")
        click.echo(f"  CLIENT_SECRET={secret} .venv/bin/python -m sandbox.partner --base {base} --client {CLIENT}")


def _neighbours(press: Press) -> list[Person]:
    """Many people of one community, so that its worker has a day's work; they are of nobody else's numbers."""
    found = [replace(each, community=HOME) for each in _residents(press, range(MOST - NEIGHBOURS, MOST))]
    _people(press.redis_url, press.identity_key).write([_change(each) for each in found])
    return found


def _residents(press: Press, numbers: range) -> list[Person]:
    """Those of these numbers who have declared."""
    histories = _stories(press.now)
    return [person for number in numbers if (person := press.person(number, histories)).community]


def _pieces(press: Press, people: int) -> Iterator[tuple[Press, range]]:
    for first in range(0, people, BATCH):
        # Only the accounts of this piece travel to its process; the others' places are kept by the offset.
        yield (
            replace(press, openids=press.openids[first : first + BATCH], first=first),
            range(first, min(first + BATCH, people)),
        )


def _made(piece: tuple[Press, range]) -> tuple[int, int]:
    """How many were tried, and how many were new."""
    press, numbers = piece
    histories = _stories(press.now)
    people = [press.person(number, histories) for number in numbers]
    _accounts(press.redis_url, press.identity_key).invent([press.account(each) for each in people if each.account])
    return len(numbers), sum(_people(press.redis_url, press.identity_key).write([_change(each) for each in people]))


def _change(person: Person) -> Change:
    return Change(Person(person.pid), person, Following(person.pid, person.version))


@cache
def _people(redis_url: str, identity_key: tuple[bytes, ...]) -> People:
    return People(connect(redis_url), Keys(), Vault(identity_key))


@cache
def _accounts(redis_url: str, identity_key: tuple[bytes, ...]) -> Accounts:
    return Accounts(connect(redis_url), Keys(), Vault(identity_key))


_stories = cache(stories)
