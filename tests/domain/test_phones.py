"""Telephones as residents type them, of the mainland and of elsewhere."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people import mask_phone
from domain.phones import parse_phone
from domain.reject import Reject, Why


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138-0013-8000",
        "138 0013 8000",
        "+86 13800138000",
        "8613800138000",
        "008613800138000",
        "(+86) 138 0013 8000",
        "１３８００１３８０００",
    ],
)
def test_a_mobile_number_has_one_normal_form(typed: str) -> None:
    assert parse_phone(typed) == "13800138000"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+852 9123 4567", "+85291234567"),
        ("＋852－9123－4567", "+85291234567"),
        ("00852 9123 4567", "+85291234567"),
        ("+853 6612 3456", "+85366123456"),
        ("+886 912-345-678", "+886912345678"),
        ("+886 0912 345 678", "+886912345678"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("+44 (0)7400 123456", "+447400123456"),
        ("+7 701 123 4567", "+77011234567"),
    ],
)
def test_a_telephone_from_elsewhere_is_kept_with_its_country_code(typed: str, kept: str) -> None:
    assert parse_phone(typed) == kept
    assert parse_phone(kept) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1380013800", Why.PHONE_LENGTH),
        ("138001380001", Why.PHONE_LENGTH),
        ("12800138000", Why.PHONE_FORMAT),
        ("095112345678", Why.PHONE_LENGTH),
        ("85291234567", Why.PHONE_FORMAT),
        ("+86 10 1234 5678", Why.PHONE_FORMAT),
        ("+86 12800138000", Why.PHONE_FORMAT),
        ("+852 2812 3456", Why.PHONE_FOREIGN),
        ("+852 9123 456", Why.PHONE_FOREIGN),
        ("+1 800 555 0199", Why.PHONE_FOREIGN),
        ("+999 123456789", Why.PHONE_FOREIGN),
        ("+", Why.PHONE_FOREIGN),
        ("没有手机", Why.PHONE_FORMAT),
        ("", Why.PHONE_FORMAT),
        ("1" * 2000, Why.PHONE_FORMAT),
    ],
)
def test_what_is_no_mobile_number_is_refused(typed: str, reason: Why) -> None:
    with pytest.raises(Reject) as refusal:
        parse_phone(typed)
    assert refusal.value.reason == reason


@given(st.from_regex(r"(\+|00)?[0-9 ()-]{5,20}", fullmatch=True))
def test_what_is_accepted_is_its_own_normal_form_and_never_shown_whole(typed: str) -> None:
    try:
        kept = parse_phone(typed)
    except Reject:
        return
    assert parse_phone(kept) == kept
    shown = mask_phone(kept)
    assert "****" in shown
    assert sum(each.isdigit() for each in shown) <= len(kept.lstrip("+")) - 4


def test_the_numbering_plans_are_not_loaded_for_a_mainland_number() -> None:
    code = "import sys, domain.phones as p; p.parse_phone('13800138000'); print('phonenumbers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
