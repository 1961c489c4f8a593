"""What accounts, rosters and the clock see of a person: made from the person whenever it changes."""

from __future__ import annotations

from dataclasses import replace

from domain.care import Carer, carer_of, shown
from domain.days import last_own_day
from domain.people import Claim, Profile
from domain.person import Link, Person
from store import due
from store.keys import Keys, account_tag
from store.rosters import RosterCell
from store.views import Bond, ViewCell
from worker.decisions.caring import seen_by
from worker.decisions.moment import Moment
from worker.decisions.reminders import next_look


def cell_for(person: Person, openid: str) -> ViewCell:
    """What `openid` may see of this person."""
    seq = person.watermarks.get(account_tag(openid), 0)
    if person.account == openid:
        known = (person.proof, person.profile(), person.history_for_claimant(), *person.watchers_for_claimant())
        told = (person.tickets_for_claimant(), person.remind, Bond(carers=shown(person.carers)))
        return ViewCell(person.version, seq, Claim.BOUND, *known, *told)
    if openid in person.contesting:
        return ViewCell(person.version, seq, Claim.CONTESTED)
    if (carer := carer_of(person.carers, openid)) is not None:
        return _carers_cell(person, carer, seq)
    return ViewCell(person.version, seq)


def _carers_cell(person: Person, carer: Carer, seq: int) -> ViewCell:
    """A carer sees what a claimant sees, less the telephone, the address and who looked; whoever asks sees nothing."""
    bond = Bond(
        carer.capacity,
        carer.relation,
        carer.since,
        carer.place,
        seen_by(person, carer.account),
        bool(person.account),
    )
    if not carer.active:
        return ViewCell(person.version, seq, Claim.CHECKING, bond=bond)
    profile = person.profile()
    shown = Profile(profile.name, profile.document, "", profile.community, "")
    _, recorded_by = person.watchers_for_claimant()
    history = person.history_for_claimant()
    return ViewCell(person.version, seq, Claim.BOUND, person.proof, shown, history, recorded_by=recorded_by, bond=bond)


def due_arguments(keys: Keys, person: Person, moment: Moment) -> due.Arguments:
    """For `due.PUT`, by whoever has not looked at the person for the clock."""
    at = next_look(person, moment.judge(person), moment)
    return due.hour_arguments(keys, person.pid, person.version, at, moment.now)


def roster_cell(person: Person, moment: Moment) -> RosterCell:
    verdict = moment.judge(person)
    standing = (verdict.colour, last_own_day(person.history), verdict.until, person.proof)
    return RosterCell(person.version, True, *standing, person.grid)


def linked_cell(main: Person, second: Person, link: Link, openid: str) -> ViewCell:
    """What `openid` may see under a linked document: the person, as far as its own claim and the main one are proved,
    with the particulars of the document.
    """
    seq = max(main.watermarks.get(account_tag(openid), 0), link.watermarks.get(account_tag(openid), 0))
    carer = carer_of(second.carers, openid)
    if carer is not None and openid not in (second.account, *second.contesting):
        proved = replace(main, level=min(main.proof, second.proof), asking=False)
        return _carers_cell(replace(proved, identity=second.identity or main.identity), carer, seq)
    if second.account != openid:
        claim = Claim.CONTESTED if openid in second.contesting else None
        return ViewCell(main.version, seq, claim)
    shown = replace(
        main,
        account=openid,
        level=min(main.proof, second.proof),
        asking=False,
        identity=second.identity or main.identity,
    )
    return replace(cell_for(shown, openid), seq=seq)
