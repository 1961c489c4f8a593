"""What becomes of a request to care for somebody, of its answer and of its end. Pure: `apply` makes the change of it.

Whoever has an account is asked. Somebody whom nobody declares for is taken at once, as a claim that a community worker
has to confirm. Somebody whom another account declares for is asked of that account, and of the community: one stranger
never sees another's child.

Carers are told in words and get a code when they ask for it: the platform lets few messages through unasked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.care import (
    MOST_CARERS,
    Capacity,
    Care,
    Carer,
    accepted,
    active,
    added,
    carer_of,
    declined,
    living,
    may,
    shown,
    without,
)
from domain.people import Level
from domain.person import Person
from flows.core import Say
from flows.effects import AddCare, AnswerCare, EndCare
from flows.plain import Json
from flows.told import relative
from store.changes import Letter


@dataclass(frozen=True, slots=True)
class Cared:
    """The person afterwards; whose views change besides; whether a worker has to confirm."""

    after: Person
    letters: tuple[Letter, ...] = ()
    viewers: tuple[str, ...] = ()
    confirm: bool = False


def carried_out(person: Person, effect: AddCare | AnswerCare | EndCare, openid: str, seq: int, now: datetime) -> Cared:
    """`person` as it is; `openid` is the account behind the effect, `seq` the effect's number there."""
    person = replace(person, carers=living(person.carers, now))
    match effect:
        case AddCare():
            return _added(person, effect, Carer(openid, effect.relation, effect.at, False, effect.asker, seq), now)
        case AnswerCare():
            return _answered(person, effect, openid, now)
        case EndCare():
            return _ended(person, effect.carer or openid, openid)


# --- adding ----------------------------------------------------------------------------------------------------------


def _added(person: Person, effect: AddCare, carer: Carer, now: datetime) -> Cared:
    openid = carer.account
    known = carer_of(person.carers, openid, now)
    if person.account == openid:
        return Cared(person, _told(openid, effect, "self"))
    if known is not None:
        renamed = replace(known, relation=effect.relation)
        return Cared(replace(person, carers=added(person.carers, renamed)), _told(openid, effect, "already"))
    if any(each.account == openid and each.declined for each in person.carers):
        return Cared(person, _told(openid, effect, "declined"))
    if len(shown(person.carers)) >= MOST_CARERS:
        return Cared(person, _told(openid, effect, "enough"))
    if person.declared_for:
        return _asked(replace(person, carers=(*person.carers, carer)), carer, effect)
    if effect.fact is None:
        return Cared(person, _told(openid, effect, "nobody"))
    return _taken(person, replace(carer, active=True), effect)


def _asked(person: Person, carer: Carer, effect: AddCare) -> Cared:
    """Nothing of what was typed is recorded, and nothing shown, before the answer."""
    by_community = not person.account
    waits = "community" if by_community else "waiting"
    letters = [*_told(carer.account, effect, waits)]
    for openid, who in person.listeners:
        says = (Say("care_asked", {"relation": relative(carer.relation), "name": carer.name}, who),)
        letters.append(Letter(openid, "text", says))
    viewers = tuple(openid for openid, _ in person.listeners)
    return Cared(person, tuple(letters), viewers, confirm=by_community)


def _taken(person: Person, carer: Carer, effect: AddCare) -> Cared:
    """Nobody declares for them yet: the carer does, and nothing of it is proved."""
    facts = () if effect.fact is None else (effect.fact,)
    after = replace(
        person.moved_to(effect.community).with_facts(*facts),
        identity=effect.identity,
        address=effect.address,
        level=Level.UNVERIFIED,
        carers=(*person.carers, carer),
        erasing=False,
        asking=False,
    )
    return Cared(after, _told(carer.account, effect, "added"), confirm=True)


def _told(openid: str, effect: AddCare, result: str) -> tuple[Letter, ...]:
    return (Letter(openid, "text", (Say("care_told", {"result": result, "most": MOST_CARERS}, effect.relation),)),)


# --- answering and ending --------------------------------------------------------------------------------------------


def _answered(person: Person, effect: AnswerCare, openid: str, now: datetime) -> Cared:
    """By the person; where there is no account, by somebody who is a carer already."""
    asked = carer_of(person.carers, effect.carer, now)
    if asked is None or asked.active:
        gone = (Letter(openid, "text", (Say("care_gone"),)),) if asked is None else ()
        return Cared(person, gone)
    if not _may_answer(person, openid):
        return Cared(person)
    carers = accepted(person.carers, effect.carer, now) if effect.yes else declined(person.carers, effect.carer)
    told = Letter(effect.carer, "text", (Say("care_answered", {"yes": effect.yes}, asked.relation),))
    return Cared(replace(person, carers=carers), (told,), viewers=_everybody(person))


def _may_answer(person: Person, openid: str) -> bool:
    if person.account:
        return person.account == openid
    carer = carer_of(person.carers, openid)
    return carer is not None and may(carer.capacity, Care.ANSWER)


def _ended(person: Person, carer: str, openid: str) -> Cared:
    """A carer leaves by itself, or the person dismisses it; nobody else may. Whoever takes a request back has asked."""
    ends = carer_of(person.carers, carer)
    if ends is None or openid not in (carer, person.account):
        return Cared(person)
    left = declined(person.carers, carer) if ends.waits else without(person.carers, carer)
    after = replace(person, carers=left)
    letters: tuple[Letter, ...] = ()
    if openid != carer:
        letters = (Letter(carer, "text", (Say("care_ended", {"yours": True, "name": ""}, ends.relation),)),)
    elif ends.active and person.account:
        says = (Say("care_ended", {"yours": False, "name": ends.name}, ends.relation),)
        letters = (Letter(person.account, "text", says),)
    return Cared(after, letters, viewers=_everybody(person))


def _everybody(person: Person) -> tuple[str, ...]:
    return tuple(each.account for each in person.carers)


# --- an account of one's own -----------------------------------------------------------------------------------------


def taken_over(person: Person, openid: str) -> tuple[Person, tuple[Letter, ...]]:
    """The person has an account of their own from now on: its carers stay and are told, and it is told of them."""
    carers = without(person.carers, openid)
    stay = active(carers)
    if not stay:
        return replace(person, carers=carers), ()
    told = [Letter(each.account, "text", (Say("care_taken_over", {}, each.relation),)) for each in stay]
    named: list[Json] = [[each.name, relative(each.relation)] for each in stay]
    return replace(person, carers=carers), (*told, Letter(openid, "text", (Say("care_yours", {"carers": named}),)))


def seen_by(person: Person, openid: str) -> tuple[Carer, ...]:
    """The carers that an account may know of: the person all, a carer of somebody without an account too."""
    carer = carer_of(person.carers, openid)
    if person.account == openid:
        return shown(person.carers)
    if carer is not None and carer.capacity is Capacity.CARER and not person.account:
        return shown(person.carers)
    return ()
