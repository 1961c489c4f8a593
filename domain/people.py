"""People: documents, names, what may be shown of them. Telephones: `domain.phones`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from domain.places import county_exists
from domain.reject import Reject as Reject
from domain.reject import Why as Why


class DocumentKind(StrEnum):
    """Kinds of identity document, by the codes in common use."""

    RESIDENT_ID = "10"
    HK_MACAO_PERMIT = "14"
    TAIWAN_PERMIT = "15"
    TAIWAN_RESIDENT = "16"
    """The residence permit of people from Hong Kong (810000), Macao (820000) and Taiwan (830000): one card, one law."""
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


# --- documents -------------------------------------------------------------------------------------------------------

NAME_LIMIT = 50
EARLIEST_BIRTH = date(1880, 1, 1)

_NOISE = re.compile(r"[\s\-‐‑‒–—―－_.,，。、:：]+")
_BRACKETS = re.compile(r"[()]")
_ID = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = tuple(pow(2, place, 11) for place in range(17, 0, -1))
_CHECK_DIGITS = "10X98765432"
"""By the weighted sum modulo 11 (GB 11643, ISO 7064 MOD 11-2)."""

_SHAPES = {
    # A letter, eight digits for life, two that count the renewals (公安部, 港澳居民来往内地通行证号码规则).
    DocumentKind.HK_MACAO_PERMIT: (re.compile(r"([HM][0-9]{8})(?:[0-9]{2})?"), Why.HK_MACAO_FORMAT),
    # Two kinds: the card (8 digits for life; before 2015 a booklet with renewals and a letter in brackets), and the
    # sheet for one journey, which carries other numbers with a letter and is kept whole.
    DocumentKind.TAIWAN_PERMIT: (
        re.compile(r"([0-9]{8})(?:[0-9]{2}[A-Z]?)?|((?=[0-9]*[A-Z])[A-Z0-9]{10,12})"),
        Why.TAIWAN_FORMAT,
    ),
    DocumentKind.TAIWAN_RESIDENT: (re.compile(r"(8[123]0000[0-9]{11}[0-9X])"), Why.RESIDENCE_FORMAT),
    # Nine characters at most: ICAO Doc 9303, part 4. How many are usual, every state decides for itself.
    DocumentKind.PASSPORT: (re.compile(r"((?=[A-Z]*[0-9])[A-Z0-9]{5,9})"), Why.PASSPORT_FORMAT),
    # Since 2023 eighteen: 9, two digits of the province, three of the nationality (ISO 3166), birth date, serial, check
    # digit (国家移民管理局). The older fifteen have a check digit of which no rule is published: the shape is all.
    DocumentKind.PERMANENT_RESIDENT: (re.compile(r"([A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X])"), Why.PERMANENT_FORMAT),
    DocumentKind.OTHER: (re.compile(r"([\w()]{4,30})"), Why.OTHER_FORMAT),
}


def parse_document(kind: DocumentKind, text: str, today: date) -> Document:
    """A document in normal form, of the kind that its number shows.

    An 18-character number of a residence permit (81, 82, 83) or a permanent residence card (9) typed as a resident ID
    gets its own kind: one document, one kind, however it was asked for. The two digits that count the renewals of a
    permit are left off, so that a renewed one is still the same document. Raises Reject.
    """
    number = plain_number(text)
    if kind is DocumentKind.RESIDENT_ID:
        kind = _kind_of_id(number)
    if kind is not DocumentKind.RESIDENT_ID:
        shape, why = _SHAPES[kind]
        match = shape.fullmatch(number if kind is DocumentKind.OTHER else _BRACKETS.sub("", number))
        if match is None:
            raise Reject(why)
        number = next(each for each in match.groups() if each)
    if kind in _WITH_CHECK_DIGIT and len(number) != 15:
        _check_id(number, today)
    return Document(kind, number)


def looks_like_resident_id(text: str) -> bool:
    """Whether somebody meant an 18-digit number, typing slips included, so that its kind need not be asked."""
    return re.fullmatch(r"[0-9]{15,20}X?", plain_number(text)) is not None


def birthplace_unknown(document: Document) -> bool:
    """Whether a resident ID begins with no county in force. Abolished ones are usual: mark them, refuse nobody."""
    return document.kind is DocumentKind.RESIDENT_ID and not county_exists(document.number[:6])


def resident_id(prefix: str, birth: date, serial: int) -> str:
    """A well-formed number for an invented person: six digits of a division, birth date, serial 0 to 999."""
    body = f"{prefix}{birth:%Y%m%d}{serial:03d}"
    return body + _check_digit(body)


def _kind_of_id(number: str) -> DocumentKind:
    """What an 18-character number is; the slips that somebody makes in typing a resident ID are named here."""
    if len(number) == 15 and number.isdecimal():
        raise Reject(Why.ID_OLD)
    if re.fullmatch(r"[0-9]+X?", number) is None:
        raise Reject(Why.ID_CHARACTERS)
    if len(number) != 18:
        raise Reject(Why.ID_LENGTH)
    if number[0] == "8":
        return DocumentKind.TAIWAN_RESIDENT
    return DocumentKind.PERMANENT_RESIDENT if number[0] == "9" else DocumentKind.RESIDENT_ID


def _check_id(number: str, today: date) -> None:
    """Birth date and check digit, which the three kinds of 18 characters have in the same places."""
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Reject(Why.ID_DATE) from None
    if not EARLIEST_BIRTH <= born <= today:
        raise Reject(Why.ID_DATE)
    if number[17] != _check_digit(number[:17]):
        raise Reject(Why.ID_CHECK_DIGIT)


def _check_digit(body: str) -> str:
    return _CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def plain_number(text: str) -> str:
    """What somebody typed as a number: NFKC, upper case, without blanks, hyphens and stops."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper().replace("×", "X")


# --- names -------------------------------------------------------------------------------------------------------


def parse_name(text: str) -> str:
    """A name as its owner writes it, 1 to 50 characters: rare hanzi kept, 阿依古丽·买买提 with one kind of dot, O'Brien
    with one kind of apostrophe.

    Control and format characters go, blanks between hanzi too. Markup in it is kept as it is: whoever shows a name
    escapes it. Raises Reject.
    """
    narrow = _APOSTROPHE.sub("'", unicodedata.normalize("NFC", text.translate(_NARROW)))
    kept = "".join(each for each in narrow if unicodedata.category(each) not in {"Cc", "Cf", "Cs"} or each in "\t\n\r")
    name = _BETWEEN_HANZI.sub("", _DOT.sub("·", " ".join(kept.split())))
    if not name:
        raise Reject(Why.NAME_EMPTY)
    if len(name) > NAME_LIMIT:
        raise Reject(Why.NAME_LENGTH)
    kinds = {unicodedata.category(each) for each in name}
    if "So" in kinds or "\u20e3" in name:
        raise Reject(Why.NAME_EMOJI)
    if not kinds & _LETTERS:
        raise Reject(Why.NAME_DIGITS if "Nd" in kinds else Why.NAME_CHARACTERS)
    return name


_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Co", "Cn"})
"""〇 is Nl; newer hanzi are Co or Cn to an older Unicode table."""
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HAN = r"[\u2e80-\u2fd5\u3005\u3007\u3400-\u9fff\uf900-\ufaff\ue000-\uf8ff\U00020000-\U000fffff]"
_DOT = re.compile(rf" ?[·•‧∙⋅・･●᛫] ?|(?<={_HAN})\.(?={_HAN})")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])[’ʼ‘`´＇](?=[^\W\d_])")
"""O’Brien, as telephones type it, is O'Brien."""
_BETWEEN_HANZI = re.compile(rf"(?<={_HAN}) (?={_HAN})")


# --- what may be shown -----------------------------------------------------------------------------------------------


def mask_name(name: str) -> str:
    """王芳 → 王*, 王小芳 → 王*芳, 阿依古丽·买买提 → 阿***提, John Smith → J***. Never more than three asterisks."""
    if re.match(_HAN, name) is None:
        first = next((each for each in name if unicodedata.category(each) in _LETTERS), "")
        return first.upper() + "***"
    hanzi = _GLYPH.findall(name)
    if len(hanzi) < 3:
        return f"{hanzi[0]}*"
    return f"{hanzi[0]}{'*' * min(len(hanzi) - 2, 3)}{hanzi[-1]}"


_GLYPH = re.compile(r"[^\ufe00-\ufe0f\U000e0100-\U000e01ef][\ufe00-\ufe0f\U000e0100-\U000e01ef]*")
"""A character with its variation selectors: a rare hanzi is not cut in two."""


def mask_document(document: Document) -> str:
    """The first two and the last two characters. Not the last four: elsewhere they are used to prove who one is."""
    number = document.number
    shown = 2 if len(number) >= 8 else 1
    return number[:shown] + "*" * (len(number) - 2 * shown) + number[-shown:]


def mask_phone(phone: str) -> str:
    """138****5678, +852****4567: the first three digits and at most the last four, at least four are hidden."""
    if not phone.startswith("+"):
        return f"{phone[:3]}****{phone[-4:]}" if len(phone) == 11 else "*" * len(phone)
    shown = min(4, max(0, len(phone) - len("+123") - 4))
    return f"{phone[:4]}****{phone[len(phone) - shown :]}"


_WITH_CHECK_DIGIT = frozenset({DocumentKind.RESIDENT_ID, DocumentKind.TAIWAN_RESIDENT, DocumentKind.PERMANENT_RESIDENT})
