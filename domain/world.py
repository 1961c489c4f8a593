"""World: what is true for everybody. Outage days, listed risk areas, the end of the notice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from domain.facts import Stay

SHORTEST_NAME = 2
"""Characters; a shorter piece such as 市 would be contained in every name."""


@dataclass(frozen=True, slots=True)
class RiskArea:
    """A listed area: `name` as officials write it, in force from `since` to `until` (inclusive, or open)."""

    name: str
    since: date
    until: date | None = None

    def names(self, place: str) -> bool:
        """Whether `place` is meant: one of the two names contains the other, blanks apart.

        Both directions: residents write 武汉 for 湖北省武汉市 and 武汉市江汉区 for 武汉市. In doubt it is meant.
        """
        ours, theirs = "".join(self.name.split()), "".join(place.split())
        return min(len(ours), len(theirs)) >= SHORTEST_NAME and (ours in theirs or theirs in ours)

    def met_on(self, stay: Stay, told: date, within: int) -> date | None:
        """The day on which the stay and the listing are both known, if that makes it count; else None.

        That is the later of the day the stay was told and the first day of the listing. It counts when the listing is
        in force on that day and the last day there was at most `within` days before it.
        """
        day = max(told, self.since)
        in_force = self.until is None or day <= self.until
        return day if in_force and 0 <= (day - stay.last_on).days <= within and self.names(stay.place) else None


@dataclass(frozen=True, slots=True)
class World:
    """What is true for everybody: days on which the service was down, listed risk areas, an end of the notice."""

    outages: frozenset[date] = frozenset()
    risk_areas: tuple[RiskArea, ...] = ()
    ends_on: date | None = None
    """The last day of the notice (正文三·末); from the next day on there are no codes."""
    serial: int = field(default=0, compare=False)
    """How often it was changed, so that what was said under an older one is known as such."""

    def has_ended(self, day: date) -> bool:
        """Whether `day` lies after the last day of the notice."""
        return self.ends_on is not None and day > self.ends_on
