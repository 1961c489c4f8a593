"""What a message says, and how each way of sending writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """At most 2048 bytes."""

    content: str


@dataclass(frozen=True, slots=True)
class Image:
    """An uploaded picture."""

    media_id: str


@dataclass(frozen=True, slots=True)
class Card:
    """A picture with words that opens a page; the platform's name is `news`. Not for mass messages."""

    title: str
    description: str
    url: str
    picture: str


@dataclass(frozen=True, slots=True)
class Article:
    """A draft kept by the platform; its name is `mpnews`."""

    media_id: str


Content = Text | Image | Card | Article


def as_custom(content: Content) -> dict[str, Any]:
    """The fields of a customer-service message."""
    match content:
        case Text(content=text):
            return {"msgtype": "text", "text": {"content": text}}
        case Image(media_id=media_id):
            return {"msgtype": "image", "image": {"media_id": media_id}}
        case Card() as card:
            return {"msgtype": "news", "news": {"articles": [as_article(card)]}}
        case Article(media_id=media_id):
            return {"msgtype": "mpnews", "mpnews": {"media_id": media_id}}


def as_mass(content: Text | Image | Article) -> dict[str, Any]:
    """The fields of a mass message, which writes pictures in its own way."""
    match content:
        case Image(media_id=media_id):
            return {"msgtype": "image", "images": {"media_ids": [media_id]}}
        case Text() | Article():
            return as_custom(content)


def as_preview(content: Text | Image | Article) -> dict[str, Any]:
    """The fields of a preview, which writes pictures as customer-service messages do."""
    return as_custom(content)


def as_article(card: Card) -> dict[str, Any]:
    return {"title": card.title, "description": card.description, "url": card.url, "picurl": card.picture}
