"""The code picture: a palette PNG of a phone's shape with the signed link as a QR.

Dark modules on white inside a coloured frame: `docs/decisions/2026-11-23-code-picture.md` has the measurement.
Whatever does not depend on the person is drawn once a process and look.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from channel.code_looks import INK, WHITE, Look, Rgb, look_of, sign
from channel.typeface import COMMON, runs
from domain.facts import SHANGHAI
from domain.verdict import Colour

WIDTH, HEIGHT = 600, 960
_MARGIN = 20
_PANEL = (_MARGIN, 224, WIDTH - _MARGIN, 902)
"""The white panel: left, top, right, bottom."""
_QR_SIDE = _PANEL[2] - _PANEL[0]
"""The QR with its quiet zone has the whole width of the panel."""
_QUIET = 4
_RULE = _PANEL[1] + _QR_SIDE - 10
_NAME = (52, _RULE + 66)
_TIMES = (_RULE + 44, _RULE + 88)
_VALUES_END = WIDTH - 52

_STEPS = 6
"""Shades of an anti-aliased edge. White and three ramps fit the 16 colours of a 4-bit palette."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a picture states. `name` is masked already; `url` is what the QR holds (`domain.passes.link`)."""

    colour: Colour
    unverified: bool
    name: str
    issued: datetime
    expires: datetime
    url: str


def draw(card: Card) -> bytes:
    """The picture as PNG, 600 by 960 pixels, under 20 KB. Raises ValueError for the colour none of a proved claim, and
    for a URL that no QR of version 17 at level M holds."""
    look = look_of(card.colour, card.unverified)
    picture = _background(look).copy()
    _place_qr(picture, card.url)
    _write_name(picture, card.name)
    for y, at in zip(_TIMES, (written(card.issued), written(card.expires, end=True)), strict=True):
        _write(picture, (_VALUES_END, y), at, 25, _INK_ON_WHITE, anchor="rm")
    return _png(picture)


def qr(url: str) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """The modules of the QR that holds a link, square, without a quiet zone; under 128 is dark."""
    symbol = zxingcpp.create_barcode(url, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return np.asarray(zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False))


def lacks(character: str) -> bool:
    """Whether the font has no picture of a character: then it draws what it draws for one that does not exist."""
    font = _font(25)
    return bytes(font.getmask(character)) == bytes(font.getmask("\U0010ffff"))


def written(at: datetime, *, end: bool = False) -> str:
    """An instant as 2020-03-02 08:15. As an `end`, midnight belongs to the day that it ends: 2020-03-05 24:00."""
    local = at.astimezone(SHANGHAI)
    if end and (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


# --- the parts -------------------------------------------------------------------------------------------------------

_INK_ON_WHITE = (0, 1, 2, 3, 4, 5)
_LABEL_ON_WHITE = (0, 1, 2, 3)
_WHITE_ON_FRAME = (10, 9, 8, 7, 6, 0)
_INK_ON_FRAME = (10, 11, 12, 13, 14, 5)
"""Places in the palette from the ground to the full colour."""


@cache
def _background(look: Look) -> Image.Image:
    """Everything that is the same on every picture of this look."""
    picture = Image.new("P", (WIDTH, HEIGHT), 10)
    picture.putpalette(_palette(look))
    on_frame = _WHITE_ON_FRAME if look.on_frame == WHITE else _INK_ON_FRAME
    _write(picture, (36, 42), "健康码", 30, on_frame, anchor="lm")
    _write(picture, (WIDTH - 36, 42), "宁夏", 30, on_frame, anchor="rm")
    _stamp(picture, sign(look.shape, 112), (36, 86), on_frame)
    _write(picture, (178, 123), look.word, 70, on_frame, anchor="lm", bold=True)
    _write(picture, (180, 187), look.line, 29, on_frame, anchor="lm")
    left, top, right, bottom = _PANEL
    panel = Image.new("L", ((right - left) * 4, (bottom - top) * 4), 0)
    ImageDraw.Draw(panel).rounded_rectangle((0, 0, panel.width - 1, panel.height - 1), 22 * 4, 255)
    _stamp(picture, panel.reduce(4), (left, top), _WHITE_ON_FRAME)
    ImageDraw.Draw(picture).line((52, _RULE, _VALUES_END, _RULE), 1, 2)
    for y, label in zip(_TIMES, ("签发", "有效至"), strict=True):
        _write(picture, (_VALUES_END - 226, y), label, 25, _LABEL_ON_WHITE, anchor="rm")
    _write(picture, (WIDTH // 2, 930), "以现场扫码核验的结果为准", 25, on_frame, anchor="mm")
    return picture


def _place_qr(picture: Image.Image, url: str) -> None:
    modules = qr(url)
    scale = _QR_SIDE // (len(modules) + 2 * _QUIET)
    if scale < _LEAST_SCALE:
        raise ValueError(f"{len(url)} characters make a QR too dense to scan from a small picture")
    dark = np.where(modules < 128, np.uint8(5), np.uint8(0)).repeat(scale, 0).repeat(scale, 1)
    edge = (_QR_SIDE - len(dark)) // 2
    picture.paste(Image.fromarray(dark), (_PANEL[0] + edge, _PANEL[1] + edge))


_LEAST_SCALE = 6


def _write(
    picture: Image.Image,
    at: tuple[int, int],
    text: str,
    size: int,
    ramp: tuple[int, ...],
    *,
    anchor: str,
    bold: bool = False,
    file: Path = COMMON,
) -> None:
    """Text on a flat ground. The fonts have one weight; `bold` draws its outline too."""
    font, weight = _font(size, file), size / 40 if bold else 0
    left, top, right, bottom = font.getbbox(text, anchor=anchor, stroke_width=weight)
    mask = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2), 0)
    origin = (1 - int(left), 1 - int(top))
    ImageDraw.Draw(mask).text(origin, text, 255, font, anchor=anchor, stroke_width=weight)
    _stamp(picture, mask, (at[0] - origin[0], at[1] - origin[1]), ramp)


def _write_name(picture: Image.Image, name: str) -> None:
    """The one text that may need more than one font."""
    x, y = _NAME
    for file, piece in runs(name):
        _write(picture, (x, y), piece, 44, _INK_ON_WHITE, anchor="lm", bold=True, file=file)
        x += round(_font(44, file).getlength(piece))


def _stamp(picture: Image.Image, mask: Image.Image, at: tuple[int, int], ramp: tuple[int, ...]) -> None:
    picture.paste(mask.point(_shades(ramp)), at)


@cache
def _shades(ramp: tuple[int, ...]) -> list[int]:
    return [ramp[round(grey * (len(ramp) - 1) / 255)] for grey in range(256)]


def _palette(look: Look) -> list[int]:
    ink = [_between(WHITE, INK, step) for step in range(_STEPS)]
    frame = [_between(WHITE, look.frame, step) for step in range(1, _STEPS)]
    dark = [_between(look.frame, INK, step) for step in range(1, _STEPS - 1)]
    return [channel for colour in (*ink, *frame, *dark) for channel in colour]


def _between(ground: Rgb, full: Rgb, step: int) -> Rgb:
    first, second, third = (round(a + (b - a) * step / (_STEPS - 1)) for a, b in zip(ground, full, strict=True))
    return first, second, third


@cache
def _font(size: int, file: Path = COMMON) -> ImageFont.FreeTypeFont:
    """A size keeps about 2.5 MB of its own, so sizes are few."""
    return ImageFont.truetype(file, size)


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", bits=4, compress_type=zlib.Z_RLE)  # a third of the time of the default, as small
    return out.getvalue()
