"""健康通行卡: a printed card with equal force (正文二·4). It carries no colour; whoever scans it looks its holder up.

A card stands on its holder, the newest last. A new one voids the one before, a loss voids it at once, and nothing is
taken off: the audit and the list of cards name them all.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.facts import SHANGHAI, day_of
from domain.roles import Refused

VALID_DAYS = 180
KEPT = 5
"""Cards of a person that are kept with them, the newest."""
NUMBER_DIGITS = 10
OLD_NUMBER = re.compile(r"[0-9A-Z-]{4,24}")
"""What numbers of cards issued before this service may look like, in capitals."""


class Ending(StrEnum):
    """Why a card is void before its day."""

    LOST = "lost"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class PassCard:
    """One card. `issued` is in its token too, so that a scan knows which card of its holder it is."""

    number: str
    issued: datetime
    last_day: date
    issuer: str
    """The organisation, never a private name."""
    ended: datetime | None = None
    ending: Ending | None = None

    def holds_on(self, day: date) -> bool:
        """Whether somebody may pass with it, as far as the card goes."""
        return self.ended is None and day <= self.last_day

    @property
    def expires(self) -> datetime:
        """The instant at which its last day ends."""
        return datetime.combine(self.last_day + timedelta(days=1), time(), SHANGHAI)


Cards = tuple[PassCard, ...]


def issued(cards: Cards, number: str, issuer: str, now: datetime) -> Cards:
    """The cards with a new one, which voids whatever was valid. Instants are whole seconds, as tokens have them."""
    now = now.replace(microsecond=0)
    ended = tuple(_ended(card, Ending.REPLACED, now) for card in cards)
    fresh = PassCard(number, now, day_of(now) + timedelta(days=VALID_DAYS), issuer)
    return (*ended, fresh)[-KEPT:]


def reported_lost(cards: Cards, number: str, now: datetime) -> Cards:
    """The cards with that one void from now on; of a card that is void already nothing changes.

    Raises Refused (`no_such_card`).
    """
    if all(card.number != number for card in cards):
        raise Refused("no_such_card", number)
    return tuple(_ended(card, Ending.LOST, now) if card.number == number else card for card in cards)


def current(cards: Cards, day: date) -> PassCard | None:
    """The card that holds on that day; there is one at most."""
    return next((card for card in reversed(cards) if card.holds_on(day)), None)


def issued_at(cards: Cards, instant: datetime) -> PassCard | None:
    """The card whose token names this instant of issue."""
    return next((card for card in cards if card.issued == instant), None)


def new_number() -> str:
    """Ten digits, the last a check digit (Luhn), so that a slip in typing one is found at once."""
    body = f"{secrets.randbelow(9 * 10 ** (NUMBER_DIGITS - 2)) + 10 ** (NUMBER_DIGITS - 2)}"
    return body + _check_digit(body)


def read_number(text: str) -> str:
    """A card's number as it was typed, blanks and hyphens between its digits forgiven. Raises Refused (`card_number`).

    Ten digits are one of ours and must have the right check digit; anything else may be a card of before.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    digits = plain.replace("-", "")
    if digits.isdecimal() and digits.isascii() and len(digits) == NUMBER_DIGITS:
        if _check_digit(digits[:-1]) != digits[-1]:
            raise Refused("card_number", text.strip()[:24])
        return digits
    if OLD_NUMBER.fullmatch(plain) is None:
        raise Refused("card_number", text.strip()[:24])
    return plain


def told_number(number: str) -> str:
    """As it is printed: 1234 567 890; a card of before as it is."""
    ours = number.isdecimal() and len(number) == NUMBER_DIGITS
    return f"{number[:4]} {number[4:7]} {number[7:]}" if ours else number


def _ended(card: PassCard, why: Ending, now: datetime) -> PassCard:
    return card if card.ended is not None else replace(card, ended=now, ending=why)


def _check_digit(body: str) -> str:
    """Luhn: every second digit from the right is doubled."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in body[::-2])
    return str(-(sum(doubled) + sum(int(digit) for digit in body[-2::-2])) % 10)
