"""What an account knows about those it acts for: the views, and the effects not yet in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.appeals import filed
from domain.care import Capacity, Care, Carer, accepted, may, without
from domain.facts import History
from domain.people import Claim, Level, Profile, mask_document, mask_name, mask_phone
from flows.core import Known, Picture
from flows.effects import AddCare, Amend, AnswerCare, Appeal, Declare, EndCare, Erase, Record
from store.account import Account, Pending
from store.views import Media, ViewCell


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody whose code an account may show, and what the owner calls them: nothing for oneself."""

    relation: str
    known: Known


def everyone_of(account: Account, views: Mapping[bytes, ViewCell]) -> tuple[Shown, ...]:
    """Whom this account may show, in the order shown: oneself, then the relatives it acts for; nobody before a
    declaration."""
    known = known_of(account, views, {})
    relatives = (each for each in family_of(account, views, {}) if may(each.capacity, Care.CODE))
    return () if known is None else (Shown("", known), *(Shown(each.relation, each) for each in relatives))


def known_of(account: Account, views: Mapping[bytes, ViewCell], media: Mapping[bytes, Media]) -> Known | None:
    """Oneself. `judge(view ∪ pending)` has what it needs here, so what a resident just said is in the next answer."""
    pid = account.self_pid
    known = _known(account, pid, views, media) if pid else None
    return known if known is not None and known.capacity is Capacity.SELF else None


def family_of(account: Account, views: Mapping[bytes, ViewCell], media: Mapping[bytes, Media]) -> tuple[Known, ...]:
    """The relatives that the account acts for or asked to act for, in the order in which they were added."""
    added = [pending.pid for pending in account.pending if isinstance(pending.effect, AddCare)]
    pids = dict.fromkeys((*views, *added))
    found = [_known(account, pid, views, media) for pid in pids if pid != account.self_pid]
    family = [known for known in found if known is not None and known.capacity is not Capacity.SELF]
    return tuple(sorted(family, key=lambda known: known.place))


def unsettled(account: Account, views: Mapping[bytes, ViewCell]) -> tuple[Pending, ...]:
    """The effects that no view shows yet; the commit drops the others."""
    return tuple(p for p in account.pending if p.pid not in views or p.seq > views[p.pid].seq)


def _known(account: Account, pid: bytes, views: Mapping[bytes, ViewCell], media: Mapping[bytes, Media]) -> Known | None:
    cell = views.get(pid)
    known = None if cell is None or cell.claim is None else _shown(pid, cell, cell.claim, media.get(pid))
    for waiting in unsettled(account, views):
        if waiting.pid == pid:
            known = _with(known, waiting, account.openid)
    return known


def _shown(pid: bytes, cell: ViewCell, claim: Claim, picture: Media | None) -> Known:
    shown = Picture(picture.media_id, picture.colour, picture.expires) if picture else None
    beside = (shown, cell.looks, cell.recorded_by, cell.tickets, cell.remind)
    bond = cell.bond
    known = Known(pid, claim, cell.level, cell.profile, cell.history, *beside)
    return replace(
        known,
        capacity=bond.capacity,
        relation=bond.relation,
        since=bond.since,
        place=bond.place,
        carers=bond.carers,
        on_own=bond.on_own,
    )


def _with(known: Known | None, waiting: Pending, openid: str) -> Known | None:
    match waiting.effect:
        case Declare() as effect:
            return replace(known, history=known.history.plus(effect.fact)) if known else _declared(waiting.pid, effect)
        case AddCare() as effect if known is None:
            return replace(_added(waiting.pid, effect), place=waiting.seq)
        case Record(fact=fact) if known is not None:
            return replace(known, history=known.history.plus(fact))
        case Amend() as effect if known is not None:
            # The level stays: until the person's script has raised it, this history lacks what the lists say.
            remind = known.remind if effect.remind is None else effect.remind
            return replace(known, profile=_amended(known.profile, effect), remind=remind)
        case Appeal(ticket=ticket) if known is not None:
            return replace(known, tickets=filed(known.tickets, ticket.bare()))
        case AnswerCare() as effect if known is not None:
            return replace(known, carers=_answered(known, effect))
        case EndCare(carer=carer) if known is not None and carer not in ("", openid):
            return replace(known, carers=without(known.carers, carer))
        case Erase() | EndCare():
            return None
        case _:
            return known


def _answered(known: Known, effect: AnswerCare) -> tuple[Carer, ...]:
    asked = next((each for each in known.carers if each.account == effect.carer), None)
    if asked is None or not effect.yes:
        return without(known.carers, effect.carer)
    return accepted(known.carers, effect.carer, asked.since)


def _added(pid: bytes, effect: AddCare) -> Known:
    """Nothing is shown of somebody who has to be asked first."""
    if effect.fact is None:
        nothing = Profile("", "", "", "", "")
        known = Known(pid, Claim.CHECKING, Level.UNVERIFIED, nothing, History())
        return replace(known, capacity=Capacity.ASKING, relation=effect.relation)
    known = Known(pid, Claim.CHECKING, Level.UNVERIFIED, _profile(effect), History((effect.fact,)))
    return replace(known, capacity=Capacity.CARER, relation=effect.relation, on_own=False)


def _declared(pid: bytes, effect: Declare) -> Known:
    return Known(pid, Claim.CHECKING, effect.level, _profile(effect), History((effect.fact,)))


def _profile(effect: Declare | AddCare) -> Profile:
    who = effect.identity
    return Profile(
        mask_name(who.name), mask_document(who.document), mask_phone(who.phone), effect.community, effect.address
    )


def _amended(profile: Profile, effect: Amend) -> Profile:
    return replace(
        profile,
        phone=profile.phone if effect.phone is None else mask_phone(effect.phone),
        address=profile.address if effect.address is None else effect.address,
        community=profile.community if effect.community is None else effect.community,
    )
