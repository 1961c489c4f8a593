"""The policy once more, as slow and plain as it can be written: day by day, straight from the fine print.

Nothing of it is shared with the engine but the facts and `World`, so that the two can be held against each other.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.facts import By, History, IsolationMode, day_of
from domain.world import World

GRAVITY = ("none", "green", "grey", "yellow", "red")
OWN = (By.SELF, By.CARER, By.WORKER)
DAY = timedelta(1)


class Naive:
    def __init__(self, history: History, at: datetime, world: World) -> None:
        self.today = day_of(at)
        self.world = world
        self.facts = [fact for fact in history.facts if fact.at <= at]
        withdrawn = {fact.of for fact in self.kind("Withdraw")}
        self.facts = [f for f in self.facts if not (f.id in withdrawn and type(f).__name__ in WITHDRAWABLE)]
        self.outages = {f.day for f in self.kind("Outage")} | world.outages
        self.outages = {day for day in self.outages if day <= self.today}
        self.reports = [r for f in self.facts if (r := self._report(f)) is not None and r[0] <= self.today]
        self.attested = {
            f.day
            for f in self.kind("Attest")
            if f.by in (By.WORKER, By.INSTITUTION) and f.day <= self.today and 0 <= (day_of(f.at) - f.day).days <= 3
        }
        self.abnormal = {day for day, _, abnormal in self.reports if abnormal}
        self.days_with_report = {day for day, _, _ in self.reports} | self.attested

    def kind(self, name: str) -> list[Any]:
        return [fact for fact in self.facts if type(fact).__name__ == name]

    def _report(self, fact: Any) -> tuple[date, By, bool] | None:
        name = type(fact).__name__
        if name not in ("Report", "Declaration"):
            return None
        can_undo = fact.by in (By.SELF, By.CARER) if name == "Report" else fact.by is not By.GATE
        back = [
            u for u in self.kind("Undo") if u.of == fact.id and timedelta(0) <= u.at - fact.at <= timedelta(minutes=10)
        ]
        if can_undo and back and name == "Report":
            return None
        abnormal = bool(fact.symptoms) or fact.temperature >= Decimal("37.3")
        if (can_undo and back) or any(self._clears(v, fact) for v in self.kind("Review")):
            abnormal = False
        return day_of(getattr(fact, "taken", None) or fact.at), fact.by, abnormal

    def _clears(self, review: Any, fact: Any) -> bool:
        if review.of != fact.id or review.by not in (By.WORKER, By.INSTITUTION):
            return False
        if review.temperature is None:
            return fact.by is not By.GATE
        return bool(review.temperature < Decimal("37.3"))

    def good(self, day: date, sources: tuple[By, ...]) -> bool:
        reported = any(on == day and by in sources for on, by, _ in self.reports)
        vouched = day in self.attested and By.SELF in sources
        return (reported or vouched or day in self.outages) and day not in self.abnormal

    def row_done(self, after: date, until: date, sources: tuple[By, ...]) -> date | None:
        """The first day by `until` that is the 14th good one in a row after `after`."""
        count, day = 0, after
        while day < until:
            day += DAY
            count = count + 1 if self.good(day, sources) else 0
            if count == 14:
                return day
        return None

    def red_spans(self) -> list[tuple[date, date | None]]:
        spans = []
        for case in self.kind("Case"):
            if case.since > self.today:
                continue
            cures = [f.on for f in self.kind("Cured") if case.since <= f.on <= self.today]
            spans.append((case.since, self.row_done(min(cures), self.today, (By.INSTITUTION,)) if cures else None))
        return spans

    def marks(self, day: date) -> list[date]:
        found = [end for _, end in self.red_spans() if end] + [day_of(f.at) for f in self.kind("Contact")]
        found += self.abnormal
        for fact in self.kind("Declaration") + self.kind("Exposure"):
            on = day_of(fact.at)
            named = [d for d in (fact.contact_on, fact.risk_area_on) if d and 0 <= (on - d).days <= 14]
            if named or (fact.isolation and 0 <= (on - fact.isolation.begun).days < 14):
                found.append(on)
            for stay in fact.stays:
                for area in self.world.risk_areas:
                    known = max(on, area.since)
                    listed = area.until is None or known <= area.until
                    if listed and 0 <= (known - stay.last_on).days <= 14 and _alike(area.name, stay.place):
                        found.append(known)
        return [mark for mark in found if mark <= day]

    def stands(self, contact: Any, day: date) -> bool:
        recorded = day_of(contact.at)
        if day < recorded:
            return False
        begun = contact.isolation.begun if contact.isolation else recorded
        home = contact.isolation is None or contact.isolation.mode is IsolationMode.HOME
        rechecked = any(begun <= day_of(f.at) <= day for f in self.kind("Recheck"))
        return (day - begun).days < 14 or (home and not rechecked)

    def colour(self, day: date) -> str:
        """The colour of a day, as far as is known now; of a day to come, if nothing more is recorded."""
        if self.world.ends_on and day > self.world.ends_on:
            return "none"
        declared = [day_of(f.at) for f in self.kind("Declaration")]
        if not declared or day < min(declared):
            return "none"
        said = [f for f in sorted(self.kind("Upstream"), key=lambda f: (f.at, f.id)) if day_of(f.at) <= day]
        ours = self._own_colour(day)
        theirs = said[-1].colour if said else "none"
        return max(ours, theirs, key=GRAVITY.index)

    def _own_colour(self, day: date) -> str:
        if any(since <= day and (end is None or day < end) for since, end in self.red_spans()):
            return "red"
        marks = self.marks(day)
        counting = bool(marks) and self.row_done(max(marks), min(day, self.today), OWN) is None
        isolating = any(
            f.isolation and 0 <= (day_of(f.at) - f.isolation.begun).days < 14 and (day - f.isolation.begun).days < 14
            for f in self.kind("Declaration") + self.kind("Exposure")
            if day_of(f.at) <= day
        )
        if counting or isolating or any(self.stands(f, day) for f in self.kind("Contact")):
            return "yellow"
        last = max(on for on in self.days_with_report if on <= day)
        missed = [n for n in range(1, (day - last).days + 1) if last + n * DAY not in self.outages]
        return "grey" if len(missed) > 3 else "green"

    def verdict(self) -> tuple[str, date | None, date | None]:
        """Colour, since, until."""
        colour = self.colour(self.today)
        if colour == "none":
            end = self.world.ends_on
            return colour, end + DAY if end and self.today > end else None, None
        since = self.today
        while self.colour(since - DAY) == colour:
            since -= DAY
        ahead = (self.today + n * DAY for n in range(1, 60))
        return colour, since, next((day - DAY for day in ahead if self.colour(day) != colour), None)


WITHDRAWABLE = ("Case", "Contact", "Upstream")


def _alike(one: str, other: str) -> bool:
    return min(len(one), len(other)) > 1 and (one in other or other in one)
