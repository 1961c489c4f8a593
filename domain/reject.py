"""Reject: the one way in which a text that somebody typed is not accepted."""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    """Why a name, a document or a telephone is not accepted; the value is what a template is chosen by."""

    ID_CHARACTERS = "id_characters"
    ID_LENGTH = "id_length"
    ID_OLD = "id_old"
    """A 15-digit number of a first-generation card, invalid since 2013."""
    ID_DATE = "id_date"
    ID_CHECK_DIGIT = "id_check_digit"
    HK_MACAO_FORMAT = "hk_macao_format"
    TAIWAN_FORMAT = "taiwan_format"
    RESIDENCE_FORMAT = "residence_format"
    PASSPORT_FORMAT = "passport_format"
    PERMANENT_FORMAT = "permanent_format"
    OTHER_FORMAT = "other_format"
    NAME_EMPTY = "name_empty"
    NAME_LENGTH = "name_length"
    NAME_DIGITS = "name_digits"
    NAME_CHARACTERS = "name_characters"
    """Not one letter or hanzi in it."""
    NAME_EMOJI = "name_emoji"
    PHONE_LENGTH = "phone_length"
    PHONE_FORMAT = "phone_format"
    PHONE_FOREIGN = "phone_foreign"
    """No number of a mobile telephone anywhere, though it begins with a country code."""


class Reject(Exception):
    """A resident's words that cannot be taken as an answer. `reason` is a short code: a `Why` or a caller's own.

    `detail` is what the sentence about it needs to name: a day, a number, the reading that was probably meant.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
