"""The code picture: read by two decoders after what phones do to it, and by people who see no colours."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import combinations

import numpy as np
import pytest
import qrcode
import zxingcpp
from PIL import Image

from channel.code_image import _font, draw, written
from channel.code_looks import GREEN, GREY, RED, UNVERIFIED, YELLOW, Look, Shape, look_of, sign
from channel.code_samples import sample
from channel.typeface import printable
from domain.facts import SHANGHAI
from domain.verdict import Colour
from tests.decoders import zbar_texts, zxing_texts

LOOKS = {Colour.GREEN: GREEN, Colour.GREY: GREY, Colour.YELLOW: YELLOW, Colour.RED: RED, Colour.NONE: UNVERIFIED}


def picture_of(colour: Colour) -> Image.Image:
    return Image.open(io.BytesIO(draw(sample(colour)))).convert("RGB")


def to_200_px(picture: Image.Image) -> Image.Image:
    return picture.resize((200, picture.height * 200 // picture.width), Image.Resampling.BILINEAR)


def to_jpeg_50(picture: Image.Image) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=50)
    return Image.open(out).convert("RGB")


DAMAGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as it is": lambda picture: picture,
    "200 px": to_200_px,
    "jpeg 50": to_jpeg_50,
    "200 px and jpeg 50": lambda picture: to_jpeg_50(to_200_px(picture)),
    "grey": lambda picture: picture.convert("L").convert("RGB"),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("colour", Colour)
def test_two_decoders_read_every_look(colour: Colour, damage: str) -> None:
    picture, text = DAMAGES[damage](picture_of(colour)), sample(colour).url
    assert zxing_texts(picture) == [text]
    assert zbar_texts(picture) == [text]


def test_the_qr_is_of_the_reference_encoder_s_version() -> None:
    text = sample(Colour.GREEN).url
    reference = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    reference.add_data(text)
    reference.make()
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    side = zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False).shape[0]
    assert len(reference.modules) == side
    assert zxing_texts(reference.make_image().get_image()) == [text]


@pytest.mark.parametrize("colour", Colour)
def test_a_picture_is_small_and_fits_a_phone(colour: Colour) -> None:
    png = draw(sample(colour))
    assert Image.open(io.BytesIO(png)).size == (600, 960)
    assert len(png) < 20_000


@pytest.mark.parametrize(("colour", "look"), LOOKS.items())
def test_the_frame_has_the_colour_of_the_code(colour: Colour, look: Look) -> None:
    picture = picture_of(colour)
    assert {picture.getpixel(corner) for corner in ((2, 2), (597, 2), (2, 957), (597, 957))} == {look.frame}


def test_signs_are_told_apart_without_any_colour() -> None:
    masks = {shape: np.asarray(sign(shape, 40)) > 127 for shape in Shape}
    for one, other in combinations(Shape, 2):
        differing = np.count_nonzero(masks[one] ^ masks[other]) / masks[one].size
        assert differing > 0.1, (one, other)


def test_every_look_has_a_shape_a_word_and_a_frame_of_its_own() -> None:
    for part in ("shape", "word", "frame", "line"):
        assert len({getattr(look, part) for look in LOOKS.values()}) == len(LOOKS)


def test_writing_on_the_frame_is_legible() -> None:
    assert min(contrast(look.frame, look.on_frame) for look in LOOKS.values()) >= 3


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """By WCAG 2; 3 is asked of large letters."""
    lights = sorted(np.dot([_linear(part / 255) for part in each], [0.2126, 0.7152, 0.0722]) for each in (one, other))
    return float((lights[1] + 0.05) / (lights[0] + 0.05))


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4


def test_no_look_says_that_somebody_is_healthy_and_only_green_that_no_risk_is_known() -> None:
    assert [look.word for look in LOOKS.values() if look.line == "目前未发现已知风险"] == ["绿码"]
    assert all("健康" not in look.line + look.word for look in LOOKS.values())


def test_an_unproved_claim_shows_no_colour_whatever_the_verdict() -> None:
    assert {look_of(colour, unverified=True).word for colour in Colour} == {"待核实"}


def test_without_a_colour_there_is_no_picture() -> None:
    with pytest.raises(ValueError, match="no code"):
        draw(dataclasses.replace(sample(Colour.NONE), unverified=False))


def test_a_link_too_long_to_scan_is_refused() -> None:
    with pytest.raises(ValueError, match="dense"):
        draw(dataclasses.replace(sample(Colour.GREEN), url="https://YIMA.EXAMPLE/V/" + "x" * 900))


def test_the_font_has_every_character_of_gbk() -> None:
    """The three that the font itself lacks are phonetic letters and a symbol; every hanzi is there."""
    font, missing = _font(20), []
    absent = bytes(font.getmask("\U0001f600"))
    for high in range(0x81, 0xFE):
        text = "".join(bytes((high, low)).decode("gbk", "ignore") for low in range(0x40, 0xFF) if low != 0x7F)
        missing += [each for each in text if "\u3400" <= each <= "\u9fff" and bytes(font.getmask(each)) == absent]
    assert missing == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王*芳", "王*芳"),
        ("骉*", "骉*"),
        ("𠮷*", "𠮷*"),
        ("㛃*", "㛃*"),
        ("葛\U000e0100*", "葛*"),
        ("É***", "É***"),
        ("😀\n", "□□"),
        ("", ""),
    ],
)
def test_a_character_outside_both_fonts_is_a_box(name: str, shown: str) -> None:
    assert printable(name) == shown
    assert draw(dataclasses.replace(sample(Colour.GREEN), name=name))


@pytest.mark.parametrize("name", ["阿***提", "W***", "欧**敏", "𠮷***𠮷", "Щ***"])
def test_the_longest_masked_names_leave_the_times_alone(name: str) -> None:
    gap = Image.open(io.BytesIO(draw(dataclasses.replace(sample(Colour.GREEN), name=name)))).crop((214, 790, 240, 890))
    assert gap.convert("L").getextrema() == (255, 255)


@pytest.mark.parametrize(
    ("at", "end", "text"),
    [
        (datetime(2020, 3, 2, 0, 15, tzinfo=UTC), False, "2020-03-02 08:15"),
        (datetime(2020, 3, 5, 16, 0, tzinfo=UTC), True, "2020-03-05 24:00"),
        (datetime(2020, 3, 6, 0, 0, tzinfo=SHANGHAI), False, "2020-03-06 00:00"),
        (datetime(2020, 3, 6, 0, 1, tzinfo=SHANGHAI), True, "2020-03-06 00:01"),
    ],
)
def test_midnight_as_an_end_belongs_to_the_day_it_ends(at: datetime, end: bool, text: str) -> None:
    assert written(at, end=end) == text


def test_the_name_and_times_of_this_person_are_on_the_picture() -> None:
    card = sample(Colour.GREEN)
    others = [
        dataclasses.replace(card, name="李*"),
        dataclasses.replace(card, issued=card.issued.replace(minute=16)),
        dataclasses.replace(card, expires=card.expires.replace(minute=16)),
        dataclasses.replace(card, url=card.url[:-1] + "2"),
    ]
    assert len({draw(each) for each in (card, *others)}) == 5
    assert draw(card) == draw(card)
