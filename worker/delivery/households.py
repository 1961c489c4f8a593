"""Who of those that an account acts for has not reported today, at the moment when it is to be told."""

from __future__ import annotations

from dataclasses import dataclass

from domain.care import Care, may
from domain.people import Claim
from domain.reminders import standing
from domain.verdict import judge
from flows.core import Known
from store.accounts import Accounts
from store.known import family_of, known_of
from store.views import Views
from worker.decisions.moment import Moment, as_of


@dataclass(frozen=True, slots=True)
class Household:
    """Oneself and the relatives without an account of their own: those who have one are reminded themselves."""

    people: tuple[Known, ...]

    def missing(self, moment: Moment) -> tuple[Known, ...]:
        """Of whom a report of today is waited for, in the order shown."""
        return tuple(each for each in self.people if _is_missing(each, moment))


@dataclass(frozen=True, slots=True)
class Households:
    """Reads what an account knows, as it is then."""

    accounts: Accounts
    views: Views

    def of(self, openid: str) -> Household:
        account, (cells, media) = self.accounts.read(openid), self.views.read(openid)
        me = known_of(account, cells, media)
        mine = () if me is None or me.claim is Claim.CONTESTED else (me,)
        relatives = family_of(account, cells, media)
        return Household((*mine, *(r for r in relatives if not r.on_own and may(r.capacity, Care.REPORT))))


def _is_missing(known: Known, moment: Moment) -> bool:
    at = as_of(known.history, moment.now)
    return standing(known.history, judge(known.history, at, moment.world), at, moment.world) is not None
