"""What one change of a person is made of, and what follows from it: views, letters, rosters, tasks, the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgpack

from domain.person import Person
from flows.core import Say


@dataclass(frozen=True, slots=True)
class Letter:
    """Something to tell an account: `code` (a picture), `text` (says), or `identity` (ask the service first)."""

    openid: str
    kind: str
    says: tuple[Say, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """An open task of a community worker; `about` is what there is to do, one of each kind per person."""

    community: str
    about: str
    done: bool = False
    due: datetime | None = None
    """Until when, before the county has it."""


@dataclass(frozen=True, slots=True)
class Following:
    """What follows from one change of a person, appended with it: whose views change, whom to tell, rosters, tasks."""

    pid: bytes
    version: int
    viewers: tuple[str, ...] = ()
    letters: tuple[Letter, ...] = ()
    tasks: tuple[Task, ...] = ()
    left_community: str = ""
    left_institution: str = ""
    left_main: bytes = b""
    """Pid of the person whose second document this was until now."""
    freed: tuple[bytes, ...] = ()
    """Pids of alias records that have lost the person they were linked to."""
    beside: tuple[str, ...] = ()
    """Accounts whose view of a linked document changes, as its alias record named them."""
    void: bool = False
    """Codes shown before this are good no more."""
    left_partners: tuple[str, ...] = ()
    """Ids of clients that the person allowed something until now."""
    generation: int = 0
    """That of the person before this change; an erasure ends it, and the handles of partners with it."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act for the audit: who did what to this person and why. Health data is not in it: the fact's id is."""

    by: str
    what: str
    fact: str = ""
    reason: str = ""
    organisation: str = ""
    """What a resident may be told of whoever recorded it."""


def act_entry(pid: bytes, act: Act) -> bytes:
    """An act as the audit keeps it; `pid` is empty where it concerns nobody in particular."""
    return msgpack.packb((pid, act.by, act.what, act.fact, act.reason, act.organisation))


@dataclass(frozen=True, slots=True)
class Change:
    """A person as read, as it should become, and what follows."""

    before: Person
    after: Person
    following: Following
    act: Act | None = None
