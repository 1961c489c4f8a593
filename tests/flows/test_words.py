"""Commands: forgiving about how they are typed, never inside a sentence, never an answer as well."""

from __future__ import annotations

import pytest

from flows.menu import MENU, MOST_SUB, MOST_TOP, SUB_BYTES, TOP_BYTES, at
from flows.words import ANSWERS, SYMPTOM_WORDS, SYNONYMS, Command, command_in, word


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("健康码", Command.CODE),
        (" 健 康 码 ", Command.CODE),
        ("“健康码”", Command.CODE),
        ("「亮码」。", Command.CODE),
        ("健康码！！", Command.CODE),
        ("健康码？", Command.CODE),
        ("?", Command.HELP),
        ("？？", Command.HELP),
        ("ＨＥＬＰ", Command.HELP),
        ("上一步~", Command.BACK),
        ("为什么？", Command.WHY),
        ("谁看过我", Command.LOOKS),
        ("申诉进度", Command.APPEALS),
        ("删除", Command.ERASE),
        ("确认删除", None),
        ("我的健康码在哪里", None),
        ("不同意", None),
        ("", None),
        ("36.5", None),
    ],
)
def test_a_command_is_heard(text: str, command: Command | None) -> None:
    assert command_in(text) is command


def test_no_command_is_an_answer_as_well() -> None:
    answers = {word(each) for each in (*ANSWERS, *SYMPTOM_WORDS)}
    commands = {word(each) for words in SYNONYMS.values() for each in words}
    assert not answers & commands


def test_every_word_means_one_command() -> None:
    words = [word(each) for words in SYNONYMS.values() for each in words]
    assert len(words) == len(set(words))


def test_the_menu_fits_the_platform() -> None:
    top = MENU["button"]
    assert len(top) <= MOST_TOP
    for button in top:
        assert len(str(button["name"]).encode()) <= TOP_BYTES
        entries = button.get("sub_button", [])
        assert isinstance(entries, list)
        assert len(entries) <= MOST_SUB
        for each in entries or [button]:
            assert len(each["name"].encode()) <= SUB_BYTES
            assert "path" in each or Command(each["key"])


def test_the_menu_is_published_with_the_address_of_the_house() -> None:
    pages = [
        each
        for button in at("https://yima.example.org/ningxia", MENU)["button"]
        for each in button.get("sub_button", [])  # type: ignore[attr-defined]  # a menu is JSON
        if each["type"] == "view"
    ]
    assert pages == [{"type": "view", "name": "亮码页和记录", "url": "https://yima.example.org/ningxia/code"}]
