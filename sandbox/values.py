"""What the fields of a notice may hold: the platform's rule for each kind of key (thing1, time2, …)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from sandbox.bounds import Limits

_KIND = re.compile(r"([a-z_]+?)\d*\Z")
_TIME = r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?"
_DATE = r"\d{4}(?:年\d{1,2}月\d{1,2}日|[-/.]\d{1,2}[-/.]\d{1,2})"
_MOMENT = rf"(?:{_DATE}(?: ?{_TIME})?|{_TIME})"
_TIMES = re.compile(rf"{_MOMENT}(?: ?[~～至-] ?{_MOMENT})?")
_DATES = re.compile(rf"{_DATE}(?: ?{_TIME})?(?: ?[~～至-] ?{_DATE}(?: ?{_TIME})?)?")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_AMOUNT = re.compile(r"[¥￥$€£]?\d{1,10}(?:\.\d{1,2})?元?")
_PRINTABLE = re.compile(r"[\x21-\x7e ]+")
_PHONE = re.compile(r"[\d+() -]+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003134f·]+")
_LATIN = re.compile(r"[A-Za-z .'-]+")


def fits(key: str, value: str, limits: Limits) -> bool:
    """Whether `value` may stand under `key`; not a line break nor any other control character may, anywhere."""
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
        return False
    kind = _KIND.match(key)
    rule = _RULES.get(kind[1] if kind else "")
    return rule(value, limits) if rule else len(value) <= limits.value_free


def _matching(pattern: re.Pattern[str], most: str = "") -> Callable[[str, Limits], bool]:
    def rule(value: str, limits: Limits) -> bool:
        return bool(pattern.fullmatch(value)) and (not most or len(value) <= getattr(limits, most))

    return rule


def _name(value: str, limits: Limits) -> bool:
    if _LATIN.fullmatch(value):
        return len(value) <= 2 * limits.value_name
    return bool(_HAN.fullmatch(value)) and len(value) <= limits.value_name


_RULES: Mapping[str, Callable[[str, Limits], bool]] = {
    "thing": lambda value, limits: len(value) <= limits.value_thing,
    "number": _matching(_NUMBER, "value_number"),
    "letter": _matching(re.compile(r"[A-Za-z]+"), "value_letter"),
    "symbol": _matching(re.compile(r"[^\w\s]+"), "value_symbol"),
    "character_string": _matching(_PRINTABLE, "value_character_string"),
    "time": _matching(_TIMES),
    "date": _matching(_DATES),
    "amount": _matching(_AMOUNT),
    "phone_number": _matching(_PHONE, "value_phone_number"),
    "car_number": lambda value, limits: len(value) <= limits.value_car_number,
    "name": _name,
    "phrase": _matching(_HAN, "value_phrase"),
}
