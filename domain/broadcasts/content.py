"""What a broadcast says: a text, a picture, a card with a link, or a template message of the platform."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from domain.roles import Refused

TEXT_BYTES = 2_048
"""UTF-8, mark of a correction included: the platform delivers nothing longer."""
TITLE_CHARACTERS = 64
DESCRIPTION_CHARACTERS = 120
URL_BYTES = 1_024
CORRECTION = "【更正】"
"""Stands before every correction, so that nobody takes it for another notice."""


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """`bytes` of a PNG or JPEG, kept beside the broadcast."""

    bytes: int


@dataclass(frozen=True, slots=True)
class Card:
    """A link as a card; by mass, which knows no cards, it goes as a text with the same link."""

    title: str
    description: str
    url: str
    picture_url: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A template message: the only one that reaches a person outside every window, and that has an id of ours."""

    template_id: str
    values: Mapping[str, str]
    url: str = ""


Content = Text | Picture | Card | Template


def checked(content: Content, correction: bool = False) -> Content:
    """The content as it will be sent. Raises Refused with what is wrong with it."""
    match content:
        case Text(text):
            return Text(_text(_marked(text, correction)))
        case Picture(size):
            if size <= 0:
                raise Refused("picture_empty")
            return content
        case Card(title, description, url, picture_url):
            card = Card(
                _line(_marked(title, correction)), _line(description), _url(url), picture_url and _url(picture_url)
            )
            if not 0 < len(card.title) <= TITLE_CHARACTERS or len(card.description) > DESCRIPTION_CHARACTERS:
                raise Refused("card_length", f"{TITLE_CHARACTERS}/{DESCRIPTION_CHARACTERS}")
            return card
        case Template(template_id, values, url):
            if not template_id.strip() or not values or not all(values.values()):
                raise Refused("template_values")
            return replace(content, url=url and _url(url))


def as_text(content: Content) -> str:
    """What the content says, in one text: for a summary, and for a card by mass."""
    match content:
        case Text(text):
            return text
        case Picture(size):
            return f"[图片，{size // 1024 or 1} KB]"
        case Card(title, description, url):
            return "\n".join(filter(None, (title, description, url)))
        case Template(template_id, values):
            return "\n".join((f"[模板消息 {template_id}]", *(f"{name}：{value}" for name, value in values.items())))


def _marked(text: str, correction: bool) -> str:
    return f"{CORRECTION}{text}" if correction and not text.startswith(CORRECTION) else text


def _text(text: str) -> str:
    kept = "".join(each for each in text.strip() if each == "\n" or unicodedata.category(each)[0] != "C")
    if not kept.removeprefix(CORRECTION).strip():
        raise Refused("text_empty")
    if (size := len(kept.encode())) > TEXT_BYTES:
        raise Refused("text_long", f"{size}/{TEXT_BYTES}")
    return kept


def _line(text: str) -> str:
    return " ".join(_text(text).split()) if text.strip() else ""


def _url(url: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme not in ("https", "http") or not parts.hostname or len(url.encode()) > URL_BYTES:
        raise Refused("bad_url")
    return url.strip()
