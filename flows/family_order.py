"""The family in the order shown: oneself first, then the relatives as they were added; and what each is called."""

from __future__ import annotations

from datetime import timedelta

from domain.care import ASKED_DAYS, MOST_RELATIVES, Capacity, Carer, spellings
from domain.people import Claim, Level
from flows.core import Known, Say
from flows.plain import Json
from flows.questions import Scene
from flows.told import READER, relative, words

MYSELF = ("我", "me")
"""Oneself among the family, as it is typed."""


def acting(scene: Scene) -> tuple[Known, ...]:
    """Whom the account acts for, oneself first unless the claim is contested."""
    me = () if scene.known is None or scene.known.claim is Claim.CONTESTED else (scene.known,)
    return (*me, *(each for each in scene.family if each.capacity is Capacity.CARER))


def with_relatives(scene: Scene) -> tuple[Known, ...]:
    """The same people if a relative is among them; nobody for whoever acts for themselves alone."""
    people = acting(scene)
    return people if any(each.relation for each in people) else ()


def asking(scene: Scene) -> tuple[Known, ...]:
    """Whom the account has asked, and who can still answer."""
    lapsed = scene.desk.now - timedelta(days=ASKED_DAYS)
    waiting = (each for each in scene.family if each.capacity is Capacity.ASKING)
    return tuple(each for each in waiting if each.since is None or each.since > lapsed)


def is_full(scene: Scene) -> bool:
    relatives = sum(1 for each in scene.family if each.capacity is Capacity.CARER)
    return relatives + len(asking(scene)) >= MOST_RELATIVES


def called(known: Known) -> Json:
    """您 for oneself."""
    return relative(known.relation) if known.relation else READER


def names(scene: Scene) -> list[tuple[str, ...]]:
    """What can be typed for each of those whom the account acts for."""
    return [spellings(each.relation) if each.relation else MYSELF for each in acting(scene)]


def wanted_order(scene: Scene, count: int = 0) -> Say:
    """The order in which readings are wanted, after `count` of them came; or why the account acts for nobody."""
    in_order: list[Json] = [relative(each.relation) if each.relation else words("我") for each in acting(scene)]
    if not in_order:
        return Say("contested")
    return Say("family_count", {"names": in_order, "count": count})


def requests(scene: Scene) -> list[tuple[Known, Carer]]:
    """Who asks to care for the resident, or for somebody without an account whom the resident cares for.

    For somebody else only whoever has proved who they are may answer.
    """
    known = scene.known
    if known is None:
        return []
    proved = known.claim is Claim.BOUND and known.level >= Level.PHONE
    relatives = [each for each in acting(scene) if each is not known and not each.on_own] if proved else []
    return [
        (person, carer)
        for person in (known, *relatives)
        for carer in person.carers
        if not carer.active and carer.lives(scene.desk.now)
    ]
