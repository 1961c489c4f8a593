"""What a resident, or whoever cares for them, is told when the colour that may be shown becomes another. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.people import Level
from domain.person import Person
from domain.verdict import Colour, World, colour_of
from flows.explaining import told_colour
from store.changes import Letter

UNREMARKABLE = (Colour.NONE, Colour.GREEN)
"""What a first code needs no explanation for."""


def colour_shown(person: Person, now: datetime, world: World) -> Colour:
    """The colour that the account of this person is shown; none below phone-verified, where lists must not speak."""
    if not person.listeners or person.proof < Level.PHONE:
        return Colour.NONE
    return colour_of(person.history, now, world)


def about_change(before: Person, after: Person, now: datetime, world: World) -> tuple[Letter, ...]:
    """The message and the new picture, if what is recorded changes the colour of somebody who may be told."""
    return about_verdict(colour_of(before.history, now, world), after, now, world)


def about_verdict(was: Colour, person: Person, now: datetime, world: World) -> tuple[Letter, ...]:
    """The same for somebody last known at `was`, whose colour became another without any record of theirs."""
    if not person.listeners or person.proof < Level.PHONE or colour_shown(person, now, world) is was:
        return ()
    return to_everybody(person, _letters(was, person, now, world))


def to_everybody(person: Person, letters: tuple[Letter, ...]) -> tuple[Letter, ...]:
    """What this person's account is told, told to the proved accounts of linked documents too; the carers of somebody
    without an account are told in words."""
    return tuple(
        replace(letter, openid=openid, says=tuple(replace(say, who=who) for say in letter.says))
        for openid, who in person.listeners
        for letter in letters
        if letter.says or not who
    )


def about_proof(before: Person, after: Person, now: datetime, world: World) -> tuple[Letter, ...]:
    """The message to somebody who may be shown the colour from now on, if there is something to explain."""
    if before.account == after.account and before.proof >= Level.PHONE:
        return ()
    if colour_shown(after, now, world) in UNREMARKABLE:
        return ()
    first = _letters(Colour.NONE, after, now, world)[:1]
    return first if after.account else to_everybody(after, first)


def _letters(was: Colour, person: Person, now: datetime, world: World) -> tuple[Letter, ...]:
    says = (told_colour(was, person.history, person.recorded_by, now, world),)
    return Letter(person.account, "text", says), Letter(person.account, "code")
