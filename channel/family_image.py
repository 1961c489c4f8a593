"""Several codes in one picture: a tile each, two beside each other, so that a family shows one picture at a gate.

Every tile has colour, shape, word, masked name and its own QR with a whole quiet zone on white; the module is as many
pixels wide in a picture of seven as in a picture of two, so a scanner that is held to one tile reads that one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from channel.code_image import Card, written
from channel.code_looks import INK, WHITE, Rgb, look_of, sign
from channel.typeface import runs

MOST = 7
"""One's own and those of six relatives."""

_GAP = 24
_TILE = (522, 724)
_HEADER = 150
_EDGE = 17
_QR_SIDE = _TILE[0] - 2 * _EDGE
"""The QR with its quiet zone: eight pixels a module of a symbol of version 9."""
_QUIET = 4
_TITLE, _FOOT = 92, 64
_COLUMNS = 2
_PAPER: Rgb = (238, 241, 245)
_LABEL: Rgb = (90, 98, 108)
_COLOURS = 64


def draw_all(cards: Sequence[Card]) -> bytes:
    """The picture as PNG, 1,116 pixels wide. Raises ValueError for fewer than two or more than seven codes, and for
    what `code_image.draw` does."""
    if not 2 <= len(cards) <= MOST:
        raise ValueError(f"{len(cards)} codes do not make a family's picture")
    rows = -(-len(cards) // _COLUMNS)
    width = _COLUMNS * _TILE[0] + (_COLUMNS + 1) * _GAP
    height = _TITLE + rows * (_TILE[1] + _GAP) + _FOOT
    picture = Image.new("RGB", (width, height), _PAPER)
    _write(picture, (_GAP + 8, _TITLE // 2), f"健康码 · {len(cards)} 人", 36, INK, "lm")
    _write(picture, (width - _GAP - 8, _TITLE // 2), f"签发 {written(cards[0].issued)}", 29, _LABEL, "rm")
    for number, card in enumerate(cards):
        row, column = divmod(number, _COLUMNS)
        picture.paste(_tile(card), (_GAP + column * (_TILE[0] + _GAP), _TITLE + row * (_TILE[1] + _GAP)))
    _write(picture, (width // 2, height - _FOOT // 2 - 6), "一人一码，以现场扫码核验的结果为准", 29, _LABEL, "mm")
    out = BytesIO()
    picture.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


def _tile(card: Card) -> Image.Image:
    look = look_of(card.colour, card.unverified)
    tile = Image.new("RGB", _TILE, look.frame)
    tile.paste(look.on_frame, (22, 24), sign(look.shape, 100))
    _write(tile, (142, 54), look.word, 52, look.on_frame, "lm")
    _write(tile, (142, 112), card.name, 40, look.on_frame, "lm")
    pen = ImageDraw.Draw(tile)
    pen.rounded_rectangle((_EDGE, _HEADER, _TILE[0] - _EDGE - 1, _TILE[1] - _EDGE), 14, WHITE)
    tile.paste(_qr(card.url), (_EDGE, _HEADER))
    until = f"有效至 {written(card.expires, end=True)}"
    _write(tile, (_TILE[0] // 2, _HEADER + _QR_SIDE + 28), until, 29, INK, "mm")
    return tile


def _qr(url: str) -> Image.Image:
    symbol = zxingcpp.create_barcode(url, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    modules = np.asarray(zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False))
    scale = _QR_SIDE // (len(modules) + 2 * _QUIET)
    if scale < _LEAST_SCALE:
        raise ValueError(f"{len(url)} characters make a QR too dense to scan from a small picture")
    dark = np.where(modules < 128, np.uint8(0), np.uint8(255)).repeat(scale, 0).repeat(scale, 1)
    edge = (_QR_SIDE - len(dark)) // 2
    panel = Image.new("L", (_QR_SIDE, _QR_SIDE), 255)
    panel.paste(Image.fromarray(dark), (edge, edge))
    return panel


_LEAST_SCALE = 6


def _write(picture: Image.Image, at: tuple[int, int], text: str, size: int, ink: Rgb, anchor: str) -> None:
    """Text at a place; from the left it may need more than one font."""
    x, pen = at[0], ImageDraw.Draw(picture)
    for file, piece in runs(text):
        pen.text((x, at[1]), piece, ink, _font(size, file), anchor=anchor)
        x += round(_font(size, file).getlength(piece))


@cache
def _font(size: int, file: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size)
