"""Issuing a card: a change of its holder, who may never have declared. Pure but for the number, which is claimed first.

A worker who issues a card has seen the document: the holder's identity is confirmed by that. With a temperature the
worker declares on the holder's behalf (附件三), and only then is there a colour to look up.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import replace
from decimal import Decimal
from hashlib import blake2b

from domain import cards
from domain.carry_out import target_of
from domain.facts import By, Declaration
from domain.people import Level
from domain.person import Person
from domain.roles import Action, Refused, Staff, require
from domain.scopes import Target
from flows.core import Say
from flows.plain import Json
from store.cards import OldCard, Ours
from store.changes import Act, Change, Letter
from store.sealing import person_id
from worker.changing import change_person
from worker.context import Context
from worker.decisions.moment import Moment
from worker.decisions.recording import beside, record_all
from worker.residents.registering import Entry, registered, require_here

CLAIMS = 20
"""How many fresh numbers are tried: one in a thousand is taken when a million cards are out."""


def issue(ctx: Context, holder: Entry, staff: Staff, reason: str) -> Person:
    """The holder with a new card, which voids the one before. Raises Refused: `role`, `scope`, `no_reason`."""
    document = holder.identity.document
    pid = person_id(ctx.settings.pid_key, document.kind.value, document.number)
    known = ctx.people.read([pid])[pid]
    require_here(staff, known, holder, Action.ISSUE_CARD)
    number = _claimed(ctx, pid)
    moment = ctx.moment()
    return change_person(ctx, pid, lambda person: card_for(person, holder, number, staff, reason, moment)).after


def card_for(person: Person, holder: Entry, number: str, staff: Staff, reason: str, moment: Moment) -> Change:
    """The change that gives `person` this card.

    Raises Refused, also (`unproved_claim`) while an account says to be this person and has not proved it: the card
    would carry what a stranger typed.
    """
    require_here(staff, person, holder, Action.ISSUE_CARD)
    if person.account and person.proof < Level.PHONE:
        raise Refused("unproved_claim")
    after = replace(
        registered(person, holder, Level.CONFIRMED),
        cards=cards.issued(person.cards, number, staff.organisation, moment.now),
    )
    act = Act(staff.id, "issue card", number, reason, staff.organisation)
    if holder.temperature is not None and not _has_declared(person):
        return record_all(person, after, (_declaration(person, holder.temperature, moment),), act, moment)
    return beside(person, after, moment, _told(after, number), act=act)


def lose(ctx: Context, number: str, staff: Staff, reason: str) -> None:
    """Void the card of this number at once. Raises Refused: `no_such_card`, `role`, `scope`."""
    now = ctx.clock.now()
    match ctx.cards.find(number):
        case None:
            raise Refused("no_such_card", number)
        case Ours(pid):
            change_person(ctx, pid, lambda person: lost(person, number, staff, reason, ctx.moment()))
        case OldCard() as old:
            require(staff, Action.ISSUE_CARD, Target(old.community))
            ctx.cards.end(number, now)
            ctx.audit.note(Act(staff.id, "lose card", number, reason, staff.organisation), old.pid)


def lost(person: Person, number: str, staff: Staff, reason: str, moment: Moment) -> Change:
    """Raises Refused."""
    require(staff, Action.ISSUE_CARD, target_of(person))
    after = replace(person, cards=cards.reported_lost(person.cards, number, moment.now))
    return beside(person, after, moment, act=Act(staff.id, "lose card", number, reason, staff.organisation))


def _claimed(ctx: Context, pid: bytes) -> str:
    for _ in range(CLAIMS):
        number = cards.new_number()
        if ctx.cards.claim(number, pid):
            return number
    raise Refused("no_card_number")


def _has_declared(person: Person) -> bool:
    return any(isinstance(fact, Declaration) for fact in person.history.facts)


def _declaration(person: Person, temperature: Decimal, moment: Moment) -> Declaration:
    """The same card twice in a day declares once: the id comes from what is declared."""
    text = f"card\0{moment.now.date()}\0{temperature}".encode()
    name = urlsafe_b64encode(blake2b(person.pid + text, digest_size=9).digest()).decode()
    return Declaration(id=f"c{name}", at=moment.now, by=By.WORKER, temperature=temperature)


def _told(holder: Person, number: str) -> tuple[Letter, ...]:
    if not holder.account:
        return ()
    args: dict[str, Json] = {"number": cards.told_number(number)}
    return (Letter(holder.account, "text", (Say("told_card", args),)),)
