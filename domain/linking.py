"""Two documents of one person: an officer's decision makes the second an alias record of the first. Pure.

Each keeps what is recorded under its own document, so that a mistaken link can be undone; the first, the main record,
is judged by all of it. `carried` takes up the second as it is now, as often as it changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from domain.carry_out import target_of
from domain.facts import Declaration, Fact, History, Review, Undo, Withdraw
from domain.ledger import STEADY
from domain.people import Level
from domain.person import Link, Person
from domain.roles import Action, Refused, Staff, require

JUMP = 1 << 32
"""By how much a version rises when a link is undone: above all that an account was shown meanwhile."""


def unite(*histories: History) -> History:
    """One history of several of the same person; a fact on more than one of them counts once."""
    facts: dict[str, Fact] = {}
    days: dict[date, int] = {}
    steady: list[tuple[date, date]] = []
    for history in histories:
        for fact in history.facts:
            facts.setdefault(fact.id, fact)
        for day, bits in history.normal:
            days[day] = days.get(day, 0) | (bits & ~STEADY)
        steady += [(first, last) for (first, bits), (last, _) in pairwise(sorted(history.normal)) if bits & STEADY]
    for first, last in steady:
        days |= {day: bits | STEADY for day, bits in days.items() if first <= day < last}
    return History(tuple(sorted(facts.values(), key=lambda fact: (fact.at, fact.id))), tuple(sorted(days.items())))


def linked(second: Person, main: Person, staff: Staff) -> Person:
    """The second document as an alias record of `main`. Its version is the caller's to raise.

    Raises Refused: `role`, `scope`; `same_document`; `main_undeclared`; `linked_already` to this or another person;
    `has_links` for one that others are linked to; `claim_open` while it is not settled whose the second one is;
    `admitted_elsewhere`.
    """
    _require(staff, second, main)
    if second.pid == main.pid:
        raise Refused("same_document")
    if main.identity is None:
        raise Refused("main_undeclared")
    if second.alias_of:
        raise Refused("linked_already")
    if second.links:
        raise Refused("has_links")
    if second.contesting or (second.account and second.proof < Level.PHONE):
        raise Refused("claim_open")
    if second.institution not in ("", main.institution):
        raise Refused("admitted_elsewhere")
    return replace(second, alias_of=main.pid, institution="")


def unlinked(second: Person, main: Person) -> Person:
    """The second document on its own again, with what is on record of its own facts elsewhere: taken back, cleared.

    Raises Refused (`not_linked`).
    """
    if second.alias_of != main.pid:
        raise Refused("not_linked")
    own = {fact.id for fact in second.history.facts}
    about = (fact for fact in main.history.facts if isinstance(fact, Withdraw | Review | Undo) and fact.of in own)
    return released(second).with_facts(*about)


def released(second: Person) -> Person:
    """No alias record any more; its version leaves room for what was shown under it."""
    return replace(second, alias_of=b"", version=second.version + JUMP)


def carried(main: Person, second: Person, version: int, aliases: Sequence[Person]) -> Person | None:
    """`main` with what is recorded under `second` at its `version`; None if it has that already.

    `aliases` are all the linked records as they are now, `second` among them.
    """
    before = next((link for link in main.links if link.pid == second.pid), None)
    if before is not None and before.version >= version:
        return None
    base = version if before is None else before.base
    link = Link(second.pid, version, base, second.account, second.proof, second.watermarks)
    links = (*(each for each in main.links if each.pid != second.pid), link)
    after = replace(main, links=links, recorded_by={**second.recorded_by, **main.recorded_by})
    if before is not None and second.community and _says_where(second, main):
        after = replace(after, community=second.community, address=second.address)
    return _united(after, [each for each in aliases if each.pid in {link.pid for link in links}])


def dropped(main: Person, pid: bytes, aliases: Sequence[Person]) -> Person | None:
    """`main` without a document that is linked no more; None if it was not. `aliases` are the others."""
    if all(link.pid != pid for link in main.links):
        return None
    links = tuple(link for link in main.links if link.pid != pid)
    return _united(replace(main, links=links), aliases)


def _united(main: Person, aliases: Sequence[Person]) -> Person:
    apart = main.history if main.apart is None else main.apart
    history = unite(apart, *(each.history for each in aliases))
    return replace(main, history=history, apart=apart if main.links else None)


def _says_where(second: Person, main: Person) -> bool:
    """Whether a declaration that is new to `main` was made with the second document: it says where they live."""
    known = {fact.id for fact in main.history.facts}
    return any(isinstance(fact, Declaration) and fact.id not in known for fact in second.history.facts)


def _require(staff: Staff, second: Person, main: Person) -> None:
    require(staff, Action.LINK, target_of(main))
    if second.community:
        require(staff, Action.LINK, target_of(second))
