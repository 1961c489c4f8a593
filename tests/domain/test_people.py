"""Documents and names as residents type them, and what may be shown of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from domain.people import (
    Document,
    DocumentKind,
    Reject,
    Why,
    birthplace_unknown,
    looks_like_resident_id,
    mask_document,
    mask_name,
    mask_phone,
    parse_document,
    parse_name,
    resident_id,
)

TODAY = date(2020, 3, 2)
WANG_FANG = resident_id("640106", date(1985, 3, 2), 12)
WITH_X = next(each for n in range(1000) if (each := resident_id("640104", date(1990, 1, 1), n)).endswith("X"))
OLD_CARD_OF_A_FOREIGNER = "USA110062034512"

ID, HK, TAIWAN, PERMIT, PASSPORT, GREEN_CARD, OTHER = DocumentKind


def outcome(kind: DocumentKind, text: str) -> Document | str:
    try:
        return parse_document(kind, text, TODAY)
    except Reject as refusal:
        return refusal.reason


def full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) for each in text)


@pytest.mark.parametrize(
    "text",
    [
        WANG_FANG,
        full_width(WANG_FANG),
        f" {WANG_FANG[:6]} {WANG_FANG[6:14]} {WANG_FANG[14:]}\n",
        f"{WANG_FANG[:6]}-{WANG_FANG[6:14]}－{WANG_FANG[14:]}",
    ],
)
def test_one_number_has_one_normal_form(text: str) -> None:
    assert outcome(ID, text) == Document(ID, WANG_FANG)


@pytest.mark.parametrize("last", ["X", "x", "Ｘ", "ｘ", "×"])
def test_the_check_digit_x_is_typed_in_many_ways(last: str) -> None:
    assert outcome(ID, WITH_X[:17] + last) == Document(ID, WITH_X)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Why.ID_CHARACTERS),
        ("没有", Why.ID_CHARACTERS),
        (WANG_FANG[:17] + "Y", Why.ID_CHARACTERS),
        ("٦" * 18, Why.ID_CHARACTERS),
        (WANG_FANG[:17], Why.ID_LENGTH),
        (WANG_FANG + "1", Why.ID_LENGTH),
        ("1" * 2000, Why.ID_LENGTH),
        ("640104850302123", Why.ID_OLD),
        (resident_id("640106", TODAY, 1), None),
        (resident_id("640106", TODAY + timedelta(days=1), 1), Why.ID_DATE),
        (resident_id("640106", date(1880, 1, 1), 1), None),
        (resident_id("640106", date(1879, 12, 31), 1), Why.ID_DATE),
        ("640106198502290123", Why.ID_DATE),
        (resident_id("640106", date(1984, 2, 29), 1), None),
        ("640106198513010123", Why.ID_DATE),
        ("000000" + resident_id("000000", date(1985, 3, 2), 0)[6:], None),
    ],
)
def test_a_resident_id_is_refused_with_its_own_reason(text: str, reason: Why | None) -> None:
    expected = Document(ID, text) if reason is None else reason
    assert outcome(ID, text) == expected


@given(st.integers(0, 16), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(place: int, shift: int) -> None:
    wrong = str((int(WANG_FANG[place]) + shift) % 10)
    typed = WANG_FANG[:place] + wrong + WANG_FANG[place + 1 :]
    assert not isinstance(outcome(ID, typed), Document)


@given(st.from_regex(r"[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}", fullmatch=True))
def test_another_library_agrees_on_the_check_digit(body: str) -> None:
    number = resident_id(body[:6], date.fromisoformat(f"{body[6:10]}-{body[10:12]}-{body[12:14]}"), int(body[14:]))
    assert number == body + mod_11_2.calc_check_digit(body)


@given(st.integers(0, 15))
def test_two_neighbouring_digits_the_wrong_way_round_are_noticed(place: int) -> None:
    first, second = WANG_FANG[place], WANG_FANG[place + 1]
    typed = WANG_FANG[:place] + second + first + WANG_FANG[place + 2 :]
    assert first == second or not isinstance(outcome(ID, typed), Document)


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        (HK, "h12345678", "H12345678"),
        (HK, "M1234567802", "M12345678"),
        (TAIWAN, "12345678", "12345678"),
        (HK, "H12345678(02)", "H12345678"),
        (TAIWAN, "1234567803", "12345678"),
        (TAIWAN, "1234567803(B)", "12345678"),
        (TAIWAN, "f290299977", "F290299977"),
        (PASSPORT, "e 1234 5678", "E12345678"),
        (PASSPORT, "EA1234567", "EA1234567"),
        (PASSPORT, "12345", "12345"),
        (GREEN_CARD, OLD_CARD_OF_A_FOREIGNER, OLD_CARD_OF_A_FOREIGNER),
        (GREEN_CARD, "932682198501010017", "932682198501010017"),
        (PERMIT, "810000199408230021", "810000199408230021"),
        (PERMIT, "830000199201300022", "830000199201300022"),
        (OTHER, "军字第2001988号", "军字第2001988号"),
        (OTHER, "A123456(7)", "A123456(7)"),
    ],
)
def test_other_documents_have_a_normal_form_too(kind: DocumentKind, text: str, number: str) -> None:
    assert outcome(kind, text) == Document(kind, number)


@pytest.mark.parametrize(
    ("prefix", "kind"), [("810000", PERMIT), ("820000", PERMIT), ("830000", PERMIT), ("911840", GREEN_CARD)]
)
def test_one_document_has_one_kind_however_it_was_asked_for(prefix: str, kind: DocumentKind) -> None:
    number = resident_id(prefix, date(1985, 3, 2), 1)
    assert outcome(ID, number) == outcome(kind, number) == Document(kind, number)


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (HK, "A12345678", Why.HK_MACAO_FORMAT),
        (HK, "H1234567", Why.HK_MACAO_FORMAT),
        (HK, "H123456789", Why.HK_MACAO_FORMAT),
        (HK, "12345678", Why.HK_MACAO_FORMAT),
        (TAIWAN, "1234567", Why.TAIWAN_FORMAT),
        (TAIWAN, "123456789", Why.TAIWAN_FORMAT),
        (TAIWAN, "F29029997", Why.TAIWAN_FORMAT),
        (TAIWAN, "F290299977123", Why.TAIWAN_FORMAT),
        (PERMIT, WANG_FANG, Why.RESIDENCE_FORMAT),
        (PERMIT, "810000198503020120", Why.ID_CHECK_DIGIT),
        (PERMIT, "840000198503020120", Why.RESIDENCE_FORMAT),
        (PERMIT, "810001198503020120", Why.RESIDENCE_FORMAT),
        (PASSPORT, "E123", Why.PASSPORT_FORMAT),
        (PASSPORT, "E123456789", Why.PASSPORT_FORMAT),
        (PASSPORT, "ABCDEFGH", Why.PASSPORT_FORMAT),
        (PASSPORT, "E12345678<script>", Why.PASSPORT_FORMAT),
        (GREEN_CARD, "US1234", Why.PERMANENT_FORMAT),
        (GREEN_CARD, "US1110062034512", Why.PERMANENT_FORMAT),
        (GREEN_CARD, "932682198501010018", Why.ID_CHECK_DIGIT),
        (GREEN_CARD, "932682198513010017", Why.ID_DATE),
        (GREEN_CARD, WANG_FANG, Why.PERMANENT_FORMAT),
        (OTHER, "1", Why.OTHER_FORMAT),
        (OTHER, "x" * 31, Why.OTHER_FORMAT),
    ],
)
def test_other_documents_are_refused_by_their_own_reason(kind: DocumentKind, text: str, reason: Why) -> None:
    assert outcome(kind, text) == reason


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (WANG_FANG, True),
        (WITH_X.lower(), True),
        (WANG_FANG[:17], True),
        (WANG_FANG + "1", True),
        ("640104850302123", True),
        ("12345678", False),
        ("H12345678", False),
        ("E12345678", False),
        ("13800138000", False),
        (OLD_CARD_OF_A_FOREIGNER, False),
        ("", False),
    ],
)
def test_a_slip_in_typing_is_still_meant_as_a_resident_id(text: str, meant: bool) -> None:
    assert looks_like_resident_id(text) is meant


def test_an_abolished_birthplace_is_marked_and_not_refused() -> None:
    born_in_a_county_since_renamed = parse_document(ID, resident_id("640102", date(1960, 5, 1), 7), TODAY)
    assert birthplace_unknown(born_in_a_county_since_renamed)
    assert not birthplace_unknown(parse_document(ID, WANG_FANG, TODAY))
    assert not birthplace_unknown(Document(PASSPORT, "640102199"))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("王芳", "王芳"),
        (" 王 芳　", "王芳"),
        ("王\u200b芳\u202e\x00", "王芳"),
        ("𠮷野㛃", "𠮷野㛃"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("\ue81e", "\ue81e"),
        ("〇", "〇"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("John  Smith", "John Smith"),
        ("Ｊｏｈｎ　Smith", "John Smith"),
        ("Jose\u0301 O'Brien Jr.", "José O'Brien Jr."),
        ("O’Brien", "O'Brien"),
        ("D`Arcy MacʼNeil", "D'Arcy Mac'Neil"),
        ("María-José", "María-José"),
        ("van der Berg", "van der Berg"),
        ("X", "X"),
        ("Нурсултан", "Нурсултан"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("王]]>芳", "王]]>芳"),
        ("芳" * 50, "芳" * 50),
    ],
)
def test_a_name_is_kept_as_its_owner_writes_it(typed: str, name: str) -> None:
    assert parse_name(typed) == name


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", Why.NAME_EMPTY),
        (" \u200b\x07\n", Why.NAME_EMPTY),
        ("芳" * 51, Why.NAME_LENGTH),
        ("x" * 2000, Why.NAME_LENGTH),
        ("12345", Why.NAME_DIGITS),
        ("36.5", Why.NAME_DIGITS),
        ("１２３", Why.NAME_DIGITS),
        ("]]>", Why.NAME_CHARACTERS),
        ("？", Why.NAME_CHARACTERS),
        ("王芳😀", Why.NAME_EMOJI),
        ("👩\u200d👧", Why.NAME_EMOJI),
        ("❤️", Why.NAME_EMOJI),
    ],
)
def test_what_is_no_name_is_refused_with_its_own_reason(typed: str, reason: Why) -> None:
    with pytest.raises(Reject) as refusal:
        parse_name(typed)
    assert refusal.value.reason == reason


@given(st.text(max_size=80))
def test_a_name_once_accepted_is_its_own_normal_form_and_can_be_masked(typed: str) -> None:
    try:
        name = parse_name(typed)
    except Reject:
        return
    assert parse_name(name) == name
    assert "*" in mask_name(name)
    name.encode()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("芳", "芳*"),
        ("王芳", "王*"),
        ("王小芳", "王*芳"),
        ("欧阳小芳", "欧**芳"),
        ("阿依古丽·买买提", "阿***提"),
        ("葛\U000e0100城", "葛\U000e0100*"),
        ("John Smith", "J***"),
        ("o'Brien", "O***"),
        ("X", "X***"),
        ("<script>", "S***"),
    ],
)
def test_a_masked_name_shows_no_more_than_its_ends(name: str, shown: str) -> None:
    assert mask_name(name) == shown


def test_a_masked_number_keeps_back_the_digits_that_prove_who_one_is() -> None:
    assert mask_document(Document(ID, WANG_FANG)) == "64" + "*" * 14 + WANG_FANG[-2:]
    assert mask_document(Document(PASSPORT, "E1234")) == "E***4"
    assert mask_phone("13800138000") == "138****8000"
    assert mask_phone("+85291234567") == "+852****4567"
    assert mask_phone("+29012345") == "+290****5"
    assert mask_phone("") == ""
