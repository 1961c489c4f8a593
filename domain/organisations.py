"""Organisations: employers, schools and parks whose members agreed that one officer sees who has not reported. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.roles import Refused
from domain.scopes import ID

SCENE_PREFIX = "organisation:"
"""How the scene of an organisation's QR begins; behind it stands its id."""
NAME_LENGTH = 30
MOST_JOINED = 8
"""By one account, for all whom it acts for: so many fit one message."""


class OrganisationKind(StrEnum):
    EMPLOYER = "employer"
    SCHOOL = "school"
    PARK = "park"


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation as it is registered. `url` is what its QR holds, empty until the platform has made one."""

    id: str
    name: str
    kind: OrganisationKind
    since: datetime
    by: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who joined: since when, and which account agreed."""

    pid: bytes
    since: datetime
    account: str


def new_unit(id: str, name: str, kind: str, since: datetime, by: str) -> Unit:
    """Raises Refused: `organisation_id`, `organisation_name`, `organisation_kind`."""
    if not ID.fullmatch(id):
        raise Refused("organisation_id")
    if not 1 <= len(name.strip()) <= NAME_LENGTH:
        raise Refused("organisation_name")
    try:
        return Unit(id, name.strip(), OrganisationKind(kind), since, by)
    except ValueError:
        raise Refused("organisation_kind") from None
