"""What an account knows about the person it acts for: the view, and the effects not yet in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.appeals import filed
from domain.facts import History
from domain.people import Claim, Profile, mask_document, mask_name, mask_phone
from flows.core import Amend, Appeal, Declare, Erase, Known, Picture, Record
from store.accounts import Account, Pending
from store.views import Media, ViewCell


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody whose code an account may show, and what they are to its owner."""

    relation: str
    known: Known


def everyone_of(account: Account, views: dict[bytes, ViewCell]) -> tuple[Shown, ...]:
    """Whom this account may show, in the order shown; nobody before a declaration."""
    known = known_of(account, views, {})
    return () if known is None else (Shown("本人", known),)


def known_of(account: Account, views: dict[bytes, ViewCell], media: dict[bytes, Media]) -> Known | None:
    """`judge(view ∪ pending)` has what it needs here, so what a resident just said is in the next answer."""
    pid = account.self_pid
    if not pid:
        return None
    cell = views.get(pid)
    known: Known | None = None
    if cell is not None and cell.claim is not None:
        picture = media.get(pid)
        shown = Picture(picture.media_id, picture.colour, picture.expires) if picture else None
        beside = (shown, cell.looks, cell.recorded_by, cell.tickets, cell.remind)
        known = Known(pid, cell.claim, cell.level, cell.profile, cell.history, *beside)
    for waiting in unsettled(account, views):
        if waiting.pid == pid:
            known = _with(known, waiting)
    return known


def unsettled(account: Account, views: dict[bytes, ViewCell]) -> tuple[Pending, ...]:
    """The effects that no view shows yet; the commit drops the others."""
    return tuple(p for p in account.pending if p.pid not in views or p.seq > views[p.pid].seq)


def _with(known: Known | None, waiting: Pending) -> Known | None:
    match waiting.effect:
        case Declare() as effect:
            return replace(known, history=known.history.plus(effect.fact)) if known else _declared(waiting.pid, effect)
        case Record(fact=fact) if known is not None:
            return replace(known, history=known.history.plus(fact))
        case Amend() as effect if known is not None:
            # The level stays: until the person's script has raised it, this history lacks what the lists say.
            remind = known.remind if effect.remind is None else effect.remind
            return replace(known, profile=_amended(known.profile, effect), remind=remind)
        case Appeal(ticket=ticket) if known is not None:
            return replace(known, tickets=filed(known.tickets, ticket.bare()))
        case Erase():
            return None
        case _:
            return known


def _declared(pid: bytes, effect: Declare) -> Known:
    who = effect.identity
    profile = Profile(
        mask_name(who.name), mask_document(who.document), mask_phone(who.phone), effect.community, effect.address
    )
    return Known(pid, Claim.CHECKING, effect.level, profile, History((effect.fact,)))


def _amended(profile: Profile, effect: Amend) -> Profile:
    return replace(
        profile,
        phone=profile.phone if effect.phone is None else mask_phone(effect.phone),
        address=profile.address if effect.address is None else effect.address,
        community=profile.community if effect.community is None else effect.community,
    )
