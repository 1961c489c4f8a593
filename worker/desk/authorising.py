"""授权, as the desk behind does it: who asks and for what, the resident's yes or no, what is allowed, its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps

from domain.facts import SHANGHAI, day_of
from domain.invites import MOST_TRIES, TRIES_WITHIN, read_code
from domain.partners.authorisation import Authorisation, answered, shown_to
from domain.partners.bindings import Binding, bound, pair, with_binding, without_binding
from domain.partners.client import Client
from domain.partners.rights import IN_SHORT, TOLD
from domain.people import Level
from domain.person import Person
from domain.roles import Refused
from flows.core import Say
from flows.plain import Json
from flows.told import told_day, words
from store.changes import Act, Change
from worker.changing import change_person
from worker.context import Context
from worker.decisions.recording import beside
from worker.delivery.letters import Sendable

CONTRACTS_SHOWN = 3

Says = tuple[Say, ...]
Handler = Callable[[Context, Sendable], Says]


def _kindly(handler: Handler) -> Handler:
    """A refusal is told in the resident's words."""

    @wraps(handler)
    def answer(ctx: Context, letter: Sendable) -> Says:
        try:
            return handler(ctx, letter)
        except Refused as refused:
            return (Say("authorise_refused", {"reason": refused.reason}),)

    return answer


@_kindly
def show(ctx: Context, letter: Sendable) -> Says:
    """A code was typed or scanned: the client, its operator, every right by name."""
    now = ctx.moment().now
    if not ctx.tries.allow(letter.openid, letter.ref, MOST_TRIES, TRIES_WITHIN, now):
        raise Refused("too_many_tries")
    _own_person(ctx, letter.openid)
    id = ctx.authorisations.id_of(read_code(str(letter.args["code"])))
    asked = ctx.authorisations.change(id, lambda each: shown_to(each, letter.openid, now))
    client = _live(ctx, asked)
    return (Say("authorise_ask", {"name": client.name, "organisation": client.organisation, "rights": _told(asked)}),)


@_kindly
def answer(ctx: Context, letter: Sendable) -> Says:
    """同意 binds, 不同意 does not. The person is written first: what the client is told is on record."""
    said, openid = _said(letter), letter.openid
    id = ctx.authorisations.id_of(read_code(str(letter.args["code"])))
    asked = ctx.authorisations.read(id)
    client = _live(ctx, asked)
    if letter.args["yes"] is not True:
        ctx.authorisations.change(id, lambda each: answered(each, openid, said, ""))
        return (Say("authorise_declined", {"name": client.name}),)
    person = _own_person(ctx, openid)
    handle = pair(ctx.settings.handle_key, client.id, person.pid, person.generation)
    answered(asked, openid, said, handle)
    change_person(ctx, person.pid, lambda each: _bound(ctx, each, openid, client, asked, said))
    ctx.authorisations.change(id, lambda each: answered(each, openid, said, handle))
    return (Say("authorised", {"name": client.name, "rights": _told(asked)}),)


@_kindly
def list_them(ctx: Context, letter: Sendable) -> Says:
    """我的授权: what is allowed to whom, and which systems see the resident by contract with the community."""
    person = _own_person(ctx, letter.openid)
    rows: list[Json] = [
        [each.number, each.name, _in_short(each), told_day(day_of(each.since))] for each in person.bindings
    ]
    systems = (each for each in ctx.partners.all() if not each.stopped and each.covers(person.community))
    contracts: list[Json] = [each.name for each in systems]
    first = person.bindings[0].number if person.bindings else 0
    return (Say("authorisations", {"rows": rows, "contracts": contracts[:CONTRACTS_SHOWN], "first": first}),)


@_kindly
def end(ctx: Context, letter: Sendable) -> Says:
    """撤销授权: at once; the client's next request, page of the feed or push does not see the person any more."""
    person, number = _own_person(ctx, letter.openid), str(letter.args["number"])
    only = not number and len(person.bindings) == 1
    meant = [each for each in person.bindings if only or str(each.number) == number]
    if not meant:
        return list_them(ctx, letter)
    unbind(ctx, person.pid, meant[0].client, Act("resident", "authorisation end", reason=meant[0].client))
    return (Say("authorisation_ended", {"name": meant[0].name}),)


def unbind(ctx: Context, pid: bytes, client: str, act: Act) -> None:
    """The client may nothing any more; what it recorded stays."""

    def without(person: Person) -> Change:
        held = bound(person.bindings, client)
        kept = person.bindings if held is None else without_binding(person.bindings, held.number)
        return beside(person, replace(person, bindings=kept), ctx.moment(), act=act)

    change_person(ctx, pid, without)


def _bound(ctx: Context, person: Person, openid: str, client: Client, asked: Authorisation, said: datetime) -> Change:
    if person.account != openid:
        raise Refused("not_declared")
    held = bound(person.bindings, client.id)
    again = held is not None and held.since == said
    bindings = person.bindings if again else with_binding(person.bindings, client.id, client.name, asked.rights, said)
    act = Act("resident", "authorise", reason=f"{client.id}: {' '.join(asked.rights)}")
    return beside(person, replace(person, bindings=bindings), ctx.moment(), act=act)


def _own_person(ctx: Context, openid: str) -> Person:
    """Whoever the account proved to be. Raises Refused: `not_declared`, `not_proved`."""
    pid = ctx.accounts.read(openid).self_pid
    person = ctx.people.read([pid])[pid] if pid else Person(b"")
    if person.account != openid:
        raise Refused("not_declared")
    if person.proof < Level.PHONE:
        raise Refused("not_proved")
    return person


def _live(ctx: Context, asked: Authorisation) -> Client:
    client = ctx.partners.read(asked.client)
    if client.stopped:
        raise Refused("unknown_client")
    return client


def _in_short(binding: Binding) -> list[Json]:
    return [words(IN_SHORT[right]) for right in binding.rights]


def _told(asked: Authorisation) -> list[Json]:
    return [words(TOLD[right]) for right in asked.rights]


def _said(letter: Sendable) -> datetime:
    return datetime.fromisoformat(str(letter.args["at"])).astimezone(SHANGHAI)
