"""Telephones: eleven digits of a mainland mobile, or E.164 (+85291234567) of a mobile elsewhere."""

from __future__ import annotations

import re

from domain.people import plain_number
from domain.reject import Reject, Why

LONGEST_TYPED = 40
"""Characters; no telephone is written with more, however many blanks and brackets are in it."""

_MAINLAND = re.compile(r"1[3-9][0-9]{9}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_ABROAD = re.compile(r"^00(?=[1-9])")
"""How + is dialled from here."""


def parse_phone(text: str) -> str:
    """A telephone that can receive a text message, in its one form: 13800138000, or +85291234567.

    +86 and 0086 before a mainland number are left off. Raises Reject.
    """
    plain = _ABROAD.sub("+", re.sub(r"[()]", "", plain_number(text[:LONGEST_TYPED])))
    if len(text) > LONGEST_TYPED:
        raise Reject(Why.PHONE_FORMAT)
    if plain.startswith("+") and not plain.startswith("+86"):
        return _abroad(plain)
    number = re.sub(r"^(?:\+?86)(?=1[0-9]{10}$)", "", plain)
    if not (number.isascii() and number.isdigit()):
        raise Reject(Why.PHONE_FORMAT)
    if len(number) != 11:
        raise Reject(Why.PHONE_LENGTH)
    if _MAINLAND.fullmatch(number) is None:
        raise Reject(Why.PHONE_FORMAT)
    return number


def is_foreign(phone: str) -> bool:
    """Whether a telephone in its one form is not one of the mainland."""
    return phone.startswith("+")


def _abroad(plain: str) -> str:
    """By the numbering plans of all countries. They take 70 ms and some megabytes to load: at the first such number."""
    import phonenumbers
    from phonenumbers import PhoneNumberFormat, PhoneNumberType

    try:
        number = phonenumbers.parse(plain)
    except phonenumbers.NumberParseException:
        raise Reject(Why.PHONE_FOREIGN) from None
    kinds = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in kinds:
        raise Reject(Why.PHONE_FOREIGN)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if _E164.fullmatch(e164) is None:
        raise Reject(Why.PHONE_FOREIGN)
    return e164
