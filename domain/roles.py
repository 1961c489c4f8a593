"""Roles: who may do what to whom. Nobody may set a colour; a role may record facts, look, approve or administer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.scopes import (
    EVERYBODY,
    Communities,
    Everywhere,
    GridCells,
    Institution,
    Organisation,
    Scope,
    Target,
    Venue,
    covers,
)


class Role(StrEnum):
    COMMUNITY_WORKER = "community_worker"
    INSTITUTION_REPORTER = "institution_reporter"
    CHECKPOINT_STAFF = "checkpoint_staff"
    EPIDEMIC_OFFICER = "epidemic_officer"
    NOTICE_ADMIN = "notice_admin"
    SYSTEM_ADMIN = "system_admin"
    AUDITOR = "auditor"
    UPSTREAM = "upstream"
    """Another authority's system; submits, never approves."""
    ORGANISATION_OFFICER = "organisation_officer"
    """Of an employer, a school or a park: sees of its members who is missing today, and the colour."""


class Action(StrEnum):
    """One per command of the staff."""

    SEE_PERSON = "see_person"
    SEE_WARD = "see_ward"
    ISOLATE = "isolate"
    RELEASE = "release"
    RECHECK = "recheck"
    ATTEST = "attest"
    REVIEW = "review"
    REPORT_FOR = "report_for"
    CONFIRM = "confirm"
    REMIND = "remind"
    ISSUE_CARD = "issue_card"
    ENROL = "enrol"
    ADMIT = "admit"
    REPORT_WARD = "report_ward"
    CURE = "cure"
    DISCHARGE = "discharge"
    GATE_REPORT = "gate_report"
    SUBMIT_LIST = "submit_list"
    APPROVE_LIST = "approve_list"
    SUBMIT_WITHDRAWAL = "submit_withdrawal"
    APPROVE_WITHDRAWAL = "approve_withdrawal"
    STATE_COLOUR = "state_colour"
    DECIDE_APPEAL = "decide_appeal"
    LINK = "link"
    """Two documents of one person, or that they are not."""
    CREDIT_OUTAGE = "credit_outage"
    LIST_RISK_AREA = "list_risk_area"
    END_NOTICE = "end_notice"
    MANAGE_STAFF = "manage_staff"
    MANAGE_CLIENTS = "manage_clients"
    """Systems of partners: what they may do, their secrets and limits."""
    READ_AUDIT = "read_audit"
    PLACE = "place"
    BROADCAST_DRAFT = "broadcast_draft"
    BROADCAST_APPROVE = "broadcast_approve"
    SEE_MEMBERS = "see_members"
    REMIND_MEMBERS = "remind_members"
    MANAGE_ORGANISATIONS = "manage_organisations"
    APPOINT_DEPUTY = "appoint_deputy"
    """Somebody who has the same scope between two days."""
    EXPORT = "export"
    """People of a division as a table, masked."""
    EXPORT_FULL = "export_full"
    """The same unmasked, for a reason."""
    SEE_OVERVIEW = "see_overview"
    """Numbers of all counties and of the house itself; nobody's."""
    KEEP_VENUE = "keep_venue"
    """Register a venue, print its code, register codes of before."""
    SEE_VISITS = "see_visits"
    """Who was at a venue."""


@dataclass(frozen=True, slots=True)
class Grant:
    role: Role
    scope: Scope


@dataclass(frozen=True, slots=True)
class Deputy:
    """What somebody may do in the place of `of`, another member of the staff, from one day to another."""

    grant: Grant
    of: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff, or a system. A resident may be shown `organisation`, never the private `name`."""

    id: str
    name: str
    organisation: str
    grants: tuple[Grant, ...] = ()
    account: str = ""
    """OpenID of the account that they work with by chat, or empty."""
    deputy_for: tuple[Deputy, ...] = ()
    """Nothing by itself: `acting` says what it adds on a day."""


class Refused(Exception):
    """Somebody may not do this, or not now. `reason` is a short code, `detail` what a sentence about it names."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


_APPROVES = frozenset({Action.APPROVE_LIST, Action.APPROVE_WITHDRAWAL})

ACTIONS: Mapping[Role, frozenset[Action]] = {
    Role.COMMUNITY_WORKER: frozenset(
        {
            Action.SEE_PERSON,
            Action.ISOLATE,
            Action.RELEASE,
            Action.RECHECK,
            Action.ATTEST,
            Action.REVIEW,
            Action.REPORT_FOR,
            Action.CONFIRM,
            Action.PLACE,
            Action.REMIND,
            Action.ISSUE_CARD,
            Action.ENROL,
            Action.KEEP_VENUE,
            Action.SUBMIT_WITHDRAWAL,
            Action.DECIDE_APPEAL,
            Action.APPOINT_DEPUTY,
            Action.EXPORT,
            Action.SEE_OVERVIEW,
        }
    ),
    Role.INSTITUTION_REPORTER: frozenset(
        {Action.SEE_WARD, Action.ADMIT, Action.REPORT_WARD, Action.CURE, Action.DISCHARGE, Action.SUBMIT_WITHDRAWAL}
    ),
    Role.CHECKPOINT_STAFF: frozenset({Action.GATE_REPORT}),
    Role.EPIDEMIC_OFFICER: frozenset(
        {
            Action.SEE_PERSON,
            Action.REMIND,
            *_APPROVES,
            Action.SUBMIT_LIST,
            Action.SUBMIT_WITHDRAWAL,
            Action.REVIEW,
            Action.DECIDE_APPEAL,
            Action.LINK,
            Action.EXPORT,
            Action.EXPORT_FULL,
            Action.SEE_OVERVIEW,
            Action.SEE_VISITS,
        }
    ),
    Role.NOTICE_ADMIN: frozenset(
        {
            Action.CREDIT_OUTAGE,
            Action.LIST_RISK_AREA,
            Action.END_NOTICE,
            Action.BROADCAST_DRAFT,
            Action.BROADCAST_APPROVE,
            Action.SEE_OVERVIEW,
        }
    ),
    Role.SYSTEM_ADMIN: frozenset(
        {
            Action.CREDIT_OUTAGE,
            Action.KEEP_VENUE,
            Action.MANAGE_STAFF,
            Action.MANAGE_ORGANISATIONS,
            Action.SEE_OVERVIEW,
            Action.MANAGE_CLIENTS,
        }
    ),
    Role.AUDITOR: frozenset({Action.READ_AUDIT}),
    Role.UPSTREAM: frozenset({Action.SUBMIT_LIST, Action.STATE_COLOUR}),
    Role.ORGANISATION_OFFICER: frozenset({Action.SEE_MEMBERS, Action.REMIND_MEMBERS}),
}
"""What each role may do inside its scope. Whoever administers sees nobody, whoever audits changes nothing."""

SCOPES: Mapping[Role, tuple[type[Scope], ...]] = {
    Role.COMMUNITY_WORKER: (Communities, GridCells),
    Role.INSTITUTION_REPORTER: (Institution,),
    Role.CHECKPOINT_STAFF: (Communities, Everywhere, Venue),
    Role.EPIDEMIC_OFFICER: (Communities, Everywhere),
    Role.NOTICE_ADMIN: (Everywhere,),
    Role.SYSTEM_ADMIN: (Everywhere,),
    Role.AUDITOR: (Everywhere,),
    Role.UPSTREAM: (Everywhere,),
    Role.ORGANISATION_OFFICER: (Organisation,),
}


def may(staff: Staff, action: Action, target: Target = EVERYBODY) -> bool:
    """Whether one of the grants allows the action on the target."""
    return any(action in ACTIONS[grant.role] and covers(grant.scope, target) for grant in staff.grants)


def holds(staff: Staff, action: Action) -> bool:
    """Whether some grant allows the action somewhere."""
    return any(action in ACTIONS[grant.role] for grant in staff.grants)


def require(staff: Staff, action: Action, target: Target = EVERYBODY) -> None:
    """Raises Refused: `role` when no grant of any scope allows the action, `scope` when none does here."""
    if may(staff, action, target):
        return
    raise Refused("scope" if holds(staff, action) else "role", action.value)
