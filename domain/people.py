"""People: documents, names, telephones, what may be shown of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class DocumentKind(StrEnum):
    """Kinds of identity document, by the codes in common use."""

    RESIDENT_ID = "10"
    HK_MACAO_PERMIT = "14"
    TAIWAN_PERMIT = "15"
    TAIWAN_RESIDENT = "16"
    PASSPORT = "20"
    PERMANENT_RESIDENT = "34"
    OTHER = "99"


@dataclass(frozen=True, slots=True)
class Document:
    kind: DocumentKind
    number: str
    """Normal form: NFKC, upper case, no blanks."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody says to be. Never logged, never in a key, a job or a URL."""

    name: str
    document: Document
    phone: str = ""


class Level(IntEnum):
    """How well a claim to a document is proved; below PHONE nothing that came from a list is shown."""

    UNVERIFIED = 0
    PHONE = 1
    MATCHED = 2
    CONFIRMED = 3


class Claim(StrEnum):
    """Where an account's claim to a person stands."""

    CHECKING = "checking"
    BOUND = "bound"
    CONTESTED = "contested"


@dataclass(frozen=True, slots=True)
class Profile:
    """What an account may be shown of the person it acts for: masked name, number and telephone, the rest whole."""

    name: str
    document: str
    phone: str
    community: str
    """12-digit division code, or empty."""
    address: str
