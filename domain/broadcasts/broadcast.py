"""What a broadcast is, and the states that it goes through. How it does is in `steps`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.broadcasts.audience import Audience
from domain.broadcasts.content import Content


class Route(StrEnum):
    """How it reaches a person: a customer-service message within the windows, one of the 4 mass messages of the month,
    or a template message."""

    WINDOW = "window"
    MASS = "mass"
    TEMPLATE = "template"


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    """Previewed by its author, waits for somebody else."""
    APPROVED = "approved"
    """Recipients are being frozen, or it waits for its time."""
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


WORDS = {
    State.DRAFT: "草稿",
    State.SUBMITTED: "待批准",
    State.APPROVED: "已批准",
    State.SENDING: "发送中",
    State.PAUSED: "已暂停",
    State.DONE: "已完成",
    State.REJECTED: "已驳回",
    State.CANCELLED: "已取消",
}
UNDECIDED = frozenset({State.DRAFT, State.SUBMITTED})
UNDER_WAY = frozenset({State.APPROVED, State.SENDING, State.PAUSED})
OVER = frozenset({State.DONE, State.REJECTED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One broadcast. Whoever did something is named by the id of the member of the staff."""

    number: int
    author: str
    organisation: str
    drafted_at: datetime
    content: Content
    audience: Audience
    route: Route
    state: State = State.DRAFT
    emergency: bool = False
    corrects: int = 0
    send_at: datetime | None = None
    """Not before; None: as soon as it is approved."""
    previewed_at: datetime | None = None
    submitted_at: datetime | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    """Why it was rejected or cancelled."""
    approve_by: datetime | None = None
    """Of an emergency: until when a second one has to approve it."""
    escalated_at: datetime | None = None
    frozen_at: datetime | None = None
    pile: str = ""
    """Name of the frozen recipients, once they are all written."""
    chunks: int = 0
    people: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Of the audience, who was not frozen, by the reason."""
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_unapproved(self) -> bool:
        """Sent as an emergency and still waiting for the second one."""
        return self.approve_by is not None and not self.decided_by

    @property
    def is_counting(self) -> bool:
        """Whether its recipients are being found and written: nobody knows yet how many they are."""
        return self.state in UNDER_WAY and not self.pile

    def is_due(self, now: datetime) -> bool:
        return self.state is State.APPROVED and bool(self.pile) and (self.send_at is None or self.send_at <= now)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The recipients as they were written: people of the audience, accounts among them, the others by reason."""

    name: str
    chunks: int
    people: int
    accounts: int
    left_out: Mapping[str, int]
