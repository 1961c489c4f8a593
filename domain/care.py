"""Care: who may act for a relative, how that begins and ends, and what it allows. Pure.

An account that acts for somebody is a carer of that person; the persons it acts for are its family. Nobody becomes a
carer of somebody who can speak for themselves without their yes, nor of somebody whom another account declares for
already without that carer's yes or a community worker's confirmation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.facts import SHANGHAI
from domain.reject import Reject

MOST_RELATIVES = 6
"""Of one account, whoever has not answered yet counted in."""
MOST_CARERS = 4
"""Of one person."""
ASKED_DAYS = 7
"""A request without an answer lapses; that is judged on reading."""

_EVER = datetime.min.replace(tzinfo=SHANGHAI)


class Capacity(StrEnum):
    """As whom an account sees a person."""

    SELF = "self"
    CARER = "carer"
    ASKING = "asking"
    """Asked to become a carer, and waits for the answer."""


class Care(StrEnum):
    """What somebody may do or see of a person by chat."""

    REPORT = "report"
    UNDO = "undo"
    EXPOSURE = "exposure"
    CODE = "code"
    STATUS = "status"
    WHY = "why"
    RECORDS = "records"
    ANSWER = "answer"
    """Whether somebody else becomes a carer; a carer only where the person has no account of their own."""
    LEAVE = "leave"
    APPEAL = "appeal"
    AMEND = "amend"
    REMIND = "remind"
    LOOKS = "looks"
    MY_DATA = "my_data"
    ERASE = "erase"


MAY: Mapping[Capacity, frozenset[Care]] = {
    Capacity.SELF: frozenset(Care),
    Capacity.CARER: frozenset(
        {
            *(Care.REPORT, Care.UNDO, Care.EXPOSURE),
            *(Care.CODE, Care.STATUS, Care.WHY, Care.RECORDS),
            *(Care.ANSWER, Care.LEAVE),
        }
    ),
    Capacity.ASKING: frozenset({Care.LEAVE}),
}
"""What each capacity allows. A carer reports and shows the code; what is the person's own stays so: the telephone that
proves them, who looked, appeals, erasure. Below phone-verified a carer sees as little as a claimant does."""


def may(capacity: Capacity, care: Care) -> bool:
    return care in MAY[capacity]


@dataclass(frozen=True, slots=True)
class Carer:
    """An account that acts for a person, or asked to."""

    account: str
    """OpenID."""
    relation: str
    """What the carer calls the person: 妈妈."""
    since: datetime
    active: bool
    """False: asked, and waits for an answer."""
    name: str = ""
    """Of the carer, masked."""
    place: int = 0
    """Where the person stands in the carer's family: the number of the effect that added them."""
    declined: bool = False
    """Answered with a no, which is kept until the request would have lapsed: nobody asks every hour."""

    @property
    def waits(self) -> bool:
        """Whether an answer is waited for."""
        return not self.active and not self.declined

    def lives(self, now: datetime) -> bool:
        """Whether it is in force, or can still be answered."""
        return self.active or now < self.since + timedelta(days=ASKED_DAYS)

    @property
    def capacity(self) -> Capacity:
        return Capacity.CARER if self.active else Capacity.ASKING


Carers = tuple[Carer, ...]


def living(carers: Carers, now: datetime) -> Carers:
    """Those in force and those who can still be answered, in the order in which they came."""
    return tuple(each for each in carers if each.lives(now))


def carer_of(carers: Carers, account: str, now: datetime = _EVER) -> Carer | None:
    """The carer in force, or the one that waits for an answer."""
    found = (each for each in carers if each.account == account and each.lives(now))
    return next((each for each in found if not each.declined), None)


def declined(carers: Carers, account: str) -> Carers:
    """With a no to this account."""
    return tuple(replace(each, declined=True) if each.account == account else each for each in carers)


def shown(carers: Carers) -> Carers:
    """Those in force and those who wait."""
    return tuple(each for each in carers if each.active or each.waits)


def acts(carers: Carers, account: str) -> bool:
    """Whether the account is a carer in force."""
    return any(each.account == account and each.active for each in carers)


def active(carers: Carers) -> Carers:
    return tuple(each for each in carers if each.active)


def added(carers: Carers, carer: Carer) -> Carers:
    """With one more, or the same with another relation or state; it keeps its place."""
    if carer_of(carers, carer.account) is None:
        return (*carers, carer)
    return tuple(carer if each.account == carer.account else each for each in carers)


def accepted(carers: Carers, account: str, now: datetime) -> Carers:
    """With the request of this account granted; unchanged if there is none any more."""
    return tuple(replace(each, active=True) if each.account == account and each.lives(now) else each for each in carers)


def without(carers: Carers, account: str) -> Carers:
    return tuple(each for each in carers if each.account != account)


# --- what a relative is called ---------------------------------------------------------------------------------------

RELATIONS: dict[str, tuple[str, ...]] = {
    "mother": ("妈妈", "Mum"),
    "father": ("爸爸", "Dad"),
    "wife": ("妻子", "wife"),
    "husband": ("丈夫", "husband"),
    "daughter": ("女儿", "daughter"),
    "son": ("儿子", "son"),
    "paternal_grandmother": ("奶奶", "Grandma"),
    "paternal_grandfather": ("爷爷", "Grandpa"),
    "maternal_grandmother": ("姥姥", "Granny"),
    "maternal_grandfather": ("姥爷", "Granddad"),
}
"""What stands for a word that is ours, and how it is said in each language, Chinese first. It is told in the language
of whoever reads it and understood in every one; a word of one's own stands as it was typed."""
LONGEST_RELATION = 6
RELATION = r"[A-Za-z]{1,12}|[^\W\d_]{1,6}"
"""What a word for a relative looks like; two Latin letters take the room of a Chinese one."""
_WORD = re.compile(RELATION)
_MYSELF = frozenset({"我", "自己", "本人", "您", "你", "全家", "家人", "大家", "我们"})


def relation_in(text: str, taken: frozenset[str]) -> str:
    """What somebody calls a relative, as it is kept: one of `RELATIONS`, or a word of one to six letters, or twelve
    Latin ones, that nobody of the family has yet; capitals make no other word of it.

    Raises Reject: relation_word, relation_self, relation_taken (detail: the word).
    """
    word = text.strip()
    if _WORD.fullmatch(word) is None:
        raise Reject("relation_word", str(LONGEST_RELATION))
    if word in _MYSELF:
        raise Reject("relation_self")
    kept = next((key for key, said in RELATIONS.items() if word.lower() in (key, *map(str.lower, said))), word)
    if kept.lower() in {each.lower() for each in taken}:
        raise Reject("relation_taken", word)
    return kept


def spellings(relation: str) -> tuple[str, ...]:
    """What may be typed for a relative."""
    return RELATIONS.get(relation, (relation,))
