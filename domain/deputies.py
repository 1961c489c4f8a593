"""Deputies and hand-overs: who does a community worker's work while she is away, or from now on. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from domain.roles import ACTIONS, Action, Deputy, Grant, Refused, Staff

LONGEST = timedelta(days=60)
"""Whoever is away for longer hands over."""


def acting(staff: Staff, today: date) -> Staff:
    """The same with what they may do today in the place of others. For asking what may be done, never for keeping."""
    lent = tuple(each.grant for each in staff.deputy_for if each.since <= today <= each.until)
    return replace(staff, grants=tuple(dict.fromkeys((*staff.grants, *lent)))) if lent else staff


def lendable(staff: Staff) -> tuple[Grant, ...]:
    """What a deputy of theirs gets: the grants in whose role somebody may appoint one."""
    return tuple(grant for grant in staff.grants if Action.APPOINT_DEPUTY in ACTIONS[grant.role])


def appointed(deputy: Staff, of: Staff, since: date, until: date, today: date) -> Staff:
    """The deputy with the other's scope between two days, both included; it replaces what they had of the same one.

    Raises Refused: `deputy_self`, `deputy_nothing` for somebody who has nothing to lend, `deputy_days`.
    """
    if deputy.id == of.id:
        raise Refused("deputy_self")
    if not lendable(of):
        raise Refused("deputy_nothing", of.id)
    if not today <= until or not since <= until or until - max(since, today) > LONGEST:
        raise Refused("deputy_days", str(LONGEST.days))
    lent = tuple(Deputy(grant, of.id, since, until) for grant in lendable(of))
    return replace(deputy, deputy_for=(*dismissed(deputy, of.id, today).deputy_for, *lent))


def dismissed(deputy: Staff, of: str, today: date) -> Staff:
    """The same, no deputy of this one any more; what is over goes as well."""
    kept = tuple(each for each in deputy.deputy_for if each.of != of and each.until >= today)
    return replace(deputy, deputy_for=kept)


def handed_over(before: Staff, after: Staff) -> tuple[Staff, Staff]:
    """Both after the first has handed their communities to the second. Raises Refused: `deputy_self`,
    `deputy_nothing`."""
    if before.id == after.id:
        raise Refused("deputy_self")
    moved = lendable(before)
    if not moved:
        raise Refused("deputy_nothing", before.id)
    rest = tuple(grant for grant in before.grants if grant not in moved)
    left = replace(before, grants=rest, account=before.account if rest else "")
    taken = tuple(dict.fromkeys((*after.grants, *moved)))
    return left, replace(after, grants=taken, deputy_for=tuple(d for d in after.deputy_for if d.of != before.id))
