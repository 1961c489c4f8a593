"""Tasks of the staff: what there is to look after, by when, and whose it is after that. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

ABNORMAL, CONTESTED, CONFIRM, ISOLATION, APPEAL = "abnormal", "contested", "confirm", "isolation", "appeal"
"""A fever or symptoms; two accounts claim one document; a claim that nobody could match; somebody isolates at home."""
LET_IN = "let_in"
"""A gate without a network let somebody in who was yellow or red then."""

DEADLINES: Mapping[str, timedelta] = {
    ABNORMAL: timedelta(hours=2),
    CONTESTED: timedelta(hours=48),
    CONFIRM: timedelta(hours=48),
    ISOLATION: timedelta(days=15),
    LET_IN: timedelta(hours=2),
}
"""From when the task is opened until the county has it. An isolation: its fourteen days and one for the last check. An
appeal has the deadline of its own ticket, and is escalated with it."""

COMMUNITY_DIGITS = 12
COUNTY_DIGITS = 6


def due_of(about: str, now: datetime) -> datetime | None:
    """The deadline of a task opened now; None for a kind that has none."""
    return now + DEADLINES[about] if about in DEADLINES else None


def county_of(owner: str) -> str:
    """Who has the task of a community after its deadline."""
    return owner[:COUNTY_DIGITS]
