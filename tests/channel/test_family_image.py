"""A family's picture: every code in it is read by two decoders, each in its own tile, after what phones do to it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image

from channel.code_image import Card
from channel.code_samples import sample
from channel.family_image import MOST, draw_all
from domain.people import mask_name
from domain.verdict import Colour
from tests.decoders import zbar_texts, zxing_texts

NAMES = ["王芳", "李桂兰", "阿依古丽·买买提", "𠮷", "J", "欧阳" * 25, "丽"]


def cards(count: int) -> list[Card]:
    """People of every look, each with a code of their own."""
    looks = list(Colour)
    made = [replace(sample(looks[n % len(looks)]), name=mask_name(NAMES[n])) for n in range(count)]
    return [replace(card, url=card.url[:-1] + "ABCDEFG"[n]) for n, card in enumerate(made)]


def picture_of(count: int) -> Image.Image:
    return Image.open(io.BytesIO(draw_all(cards(count)))).convert("RGB")


def narrow(width: int) -> Callable[[Image.Image], Image.Image]:
    return lambda p: p.resize((width, p.height * width // p.width), Image.Resampling.BILINEAR)


def jpeg_50(picture: Image.Image) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=50)
    return Image.open(out).convert("RGB")


DAMAGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda picture: picture,
    "jpeg 50": jpeg_50,
    "a phone's width, jpeg 50": lambda picture: jpeg_50(narrow(720)(picture)),
    "half a phone's width, jpeg 50": lambda picture: jpeg_50(narrow(400)(picture)),
    "grey": lambda picture: picture.convert("L").convert("RGB"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("count", [2, 3, MOST])
def test_two_decoders_read_every_code_of_a_family(count: int, damage: str) -> None:
    picture, texts = DAMAGES[damage](picture_of(count)), {card.url for card in cards(count)}
    assert len(texts) == count
    assert set(zxing_texts(picture)) == texts
    assert set(zbar_texts(picture)) == texts


def test_it_is_small_enough_to_send_and_not_wider_than_phones_show() -> None:
    png = draw_all(cards(MOST))
    assert len(png) < 200_000
    assert Image.open(io.BytesIO(png)).width <= 1_116


@pytest.mark.parametrize("count", [1, MOST + 1])
def test_one_code_or_eight_are_no_family(count: int) -> None:
    with pytest.raises(ValueError, match="codes do not make"):
        draw_all([sample(Colour.GREEN)] * count)
