"""Ningxia's divisions: complete, in order, found by what people type."""

from __future__ import annotations

import pytest

from domain.places import Division, children, county_exists, division, find, full_name, is_community, path

LEVELS = {4: 5, 6: 22, 9: 259, 12: 2912}


def everything_below(code: str) -> list[Division]:
    return [each for child in children(code) for each in (child, *everything_below(child.code))]


def test_walking_down_reaches_every_division_once() -> None:
    codes = [each.code for each in everything_below("")]
    assert len(codes) == len(set(codes))
    assert {width: sum(len(code) == width for code in codes) for width in LEVELS} == LEVELS


def test_every_division_above_a_community_has_somewhere_to_go() -> None:
    assert [each for each in everything_below("") if len(each.code) < 12 and not children(each.code)] == []


def test_names_are_plain_and_differ_within_one_division() -> None:
    for above in [Division("", ""), *everything_below("")]:
        names = [each.name for each in children(above.code)]
        assert len(names) == len(set(names)), above
        assert all(name == "".join(name.split()) and name for name in names)


def test_prefectures_are_listed_in_the_order_of_their_codes() -> None:
    assert [each.name for each in children("")] == ["银川市", "石嘴山市", "吴忠市", "固原市", "中卫市"]


def test_a_community_is_named_from_the_region_down() -> None:
    assert full_name("640106001008") == "宁夏银川市金凤区满城北街街道阅海社区"
    assert [each.name for each in path("640106001008")] == ["银川市", "金凤区", "满城北街街道", "阅海社区"]


@pytest.mark.parametrize("code", ["6", "64", "6409", "640106999", "640106001008x", "", "六四〇一", "x" * 2000])
def test_an_unknown_code_is_nothing(code: str) -> None:
    assert division(code) is None
    assert full_name(code) == ""
    assert not is_community(code)


@pytest.mark.parametrize("code", ["6499", "64010", "640106001008", "x"])
def test_nothing_is_inside_what_is_not_there(code: str) -> None:
    assert children(code) == ()


@pytest.mark.parametrize(
    ("typed", "under", "first"),
    [
        ("金凤区", "", "640106"),
        ("金凤", "", "640106"),
        (" 金 凤 区 ", "", "640106"),
        ("银川", "", "6401"),
        ("银川市金凤区", "", "640106"),
        ("宁夏回族自治区银川市金凤区", "", "640106"),
        ("平罗县城关镇", "", "640221100"),
        ("金凤区阅海社区", "", "640106001008"),
        ("阅海", "640106001", "640106001008"),
        ("阅海社区居委会", "640106", "640106001008"),
    ],
)
def test_the_likeliest_division_comes_first(typed: str, under: str, first: str) -> None:
    assert find(typed, under)[0].code == first


def test_a_whole_name_hides_those_that_only_contain_it() -> None:
    assert {each.name for each in find("红星村委会")} == {"红星村委会"}
    assert len(find("红星村委会", "6401")) == 2


@pytest.mark.parametrize("typed", ["", " ", "上海市", "@", "x" * 2000])
def test_what_is_no_place_here_finds_nothing(typed: str) -> None:
    assert find(typed) == ()


def test_a_vague_word_finds_at_most_nine() -> None:
    assert len(find("东")) == 9


def test_counties_of_all_china_are_known_and_abolished_ones_are_not() -> None:
    assert county_exists("640106")
    assert county_exists("110101")
    assert not county_exists("640102")
    assert not county_exists("")
