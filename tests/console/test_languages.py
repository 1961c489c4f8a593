"""The console in English: nothing lacks its translation, nothing is left over."""

from __future__ import annotations

import re

import pytest

from bot.console import messages
from channel.languages import CHINESE, LANGUAGES

FOREIGN = tuple(each for each in LANGUAGES if each != CHINESE)
PLACE = re.compile(r"%\(\w+\)\w|<[^>]*>")


@pytest.mark.parametrize("language", FOREIGN)
def test_the_catalogue_holds_every_text_of_the_console_and_no_other(language: str) -> None:
    catalogue = messages.read(language)
    known = {str(each.id) for each in catalogue if each.id}
    lacking = {str(each.id) for each in catalogue if each.id and (not each.string or each.fuzzy)}
    wanted = set(messages.messages())
    assert (wanted - known, known - wanted, lacking) == (set(), set(), set()), "make messages"


@pytest.mark.parametrize("language", FOREIGN)
def test_a_translation_has_the_places_of_its_text_and_says_of_nobody_that_they_are_healthy(language: str) -> None:
    for each in filter(lambda message: message.id, messages.read(language)):
        assert sorted(PLACE.findall(str(each.id))) == sorted(PLACE.findall(str(each.string))), each.id
        assert not re.search(r"\bhealthy\b", str(each.string), re.IGNORECASE)
