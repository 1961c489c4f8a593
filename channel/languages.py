"""The languages that residents read: Chinese, the source of every text, and what `locale/` holds a catalogue for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from flows.told import Translate

CHINESE = "zh"
ENGLISH = "en"
LANGUAGES = (CHINESE, ENGLISH)
LOCALE = Path(__file__).parent.parent / "locale"


def catalogue_file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "yima.po"


def read_catalogue(language: str) -> Catalog:
    """The catalogue as it lies in the tree, for tools."""
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language)


@cache
def translator(language: str) -> Translate:
    """From Chinese into a language; what has no translation stays as it is. `""` and any unknown language: Chinese."""
    if language not in LANGUAGES or language == CHINESE:
        return str
    known = {str(each.id): str(each.string) for each in read_catalogue(language) if each.id and each.string}
    return lambda sentence: known.get(sentence, sentence)


def chosen(accepted: Iterable[str]) -> str:
    """The first of the languages that a browser accepts, best first, that we speak; else Chinese."""
    spoken = (each.partition("-")[0].lower() for each in accepted)
    return next((each for each in spoken if each in LANGUAGES), CHINESE)
