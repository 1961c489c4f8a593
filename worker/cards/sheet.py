"""Sheets of pass cards: A4, ten to a page, in the size of a bank card, with marks to cut along.

The QR holds the signed link without a colour. Nothing on paper says how somebody is: the scan does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import zxingcpp
from fpdf import FPDF
from fpdf.enums import WrapMode
from PIL import Image

from channel.typeface import COMMON, RARE, printable
from domain.cards import told_number

WIDTH, HEIGHT = 85.6, 54.0
"""Millimetres, ID-1 as bank cards and identity cards are."""
COLUMNS, ROWS = 2, 5
PAGE = COLUMNS * ROWS
_LEFT, _TOP = (210 - COLUMNS * WIDTH) / 2, (297 - ROWS * HEIGHT) / 2
_MARK = 4.0
_QR = 36.0
_PHOTO = (16.0, 19.5)
_NAME_SIZES = (15.0, 12.0, 9.0, 7.0)
"""A name of fifty letters takes two lines of the smallest."""
_LINE = 34.0
"""Millimetres that the text beside photograph and QR has."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What stands on one card. `name` is whole, `document` masked; `url` is what the QR holds."""

    number: str
    name: str
    document: str
    community: str
    issuer: str
    last_day: date
    url: str


def sheets(cards: Iterable[Printed]) -> bytes:
    """The cards as a PDF. Raises ValueError for none."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_title("宁夏健康通行卡")
    pdf.set_lang("zh-CN")
    pdf.add_font("common", fname=COMMON)
    pdf.add_font("rare", fname=RARE)
    pdf.set_fallback_fonts(["rare"], exact_match=False)
    place = -1
    for place, card in enumerate(cards):
        if place % PAGE == 0:
            _begin_page(pdf)
        row, column = divmod(place % PAGE, COLUMNS)
        _draw(pdf, card, _LEFT + column * WIDTH, _TOP + row * HEIGHT)
    if place < 0:
        raise ValueError("没有要打印的卡")
    return bytes(pdf.output())


def _begin_page(pdf: FPDF) -> None:
    pdf.add_page()
    pdf.set_draw_color(120)
    pdf.set_line_width(0.1)
    for column in range(COLUMNS + 1):
        x = _LEFT + column * WIDTH
        pdf.line(x, _TOP - _MARK - 1, x, _TOP - 1)
        pdf.line(x, _TOP + ROWS * HEIGHT + 1, x, _TOP + ROWS * HEIGHT + _MARK + 1)
    for row in range(ROWS + 1):
        y = _TOP + row * HEIGHT
        pdf.line(_LEFT - _MARK - 1, y, _LEFT - 1, y)
        pdf.line(_LEFT + COLUMNS * WIDTH + 1, y, _LEFT + COLUMNS * WIDTH + _MARK + 1, y)


def _draw(pdf: FPDF, card: Printed, x: float, y: float) -> None:
    pdf.set_draw_color(190)
    pdf.rect(x, y, WIDTH, HEIGHT)
    pdf.set_fill_color(31, 41, 55)
    pdf.rect(x, y, WIDTH, 9, style="F")
    pdf.set_text_color(255)
    _text(pdf, x + 4, y + 2.3, 11, "宁夏健康通行卡")
    _text(pdf, x + WIDTH - 36, y + 2.9, 8, told_number(card.number), width=32, align="R")
    pdf.set_text_color(31, 41, 55)
    _qr(pdf, card.url, x + WIDTH - _QR - 2, y + 10.5)
    pdf.set_draw_color(150)
    pdf.rect(x + 4, y + 11, *_PHOTO)
    pdf.set_text_color(150)
    _text(pdf, x + 4, y + 19, 7, "照片", width=_PHOTO[0], align="C")
    pdf.set_text_color(31, 41, 55)
    _particulars(pdf, card, x + 4, y + 32)
    _text(pdf, x + 21.5, y + 11.2, 6.5, "有效至", width=26)
    _text(pdf, x + 21.5, y + 14.4, 8.5, f"{card.last_day:%Y-%m-%d}", width=27)
    _text(pdf, x + 21.5, y + 21, 6.5, "出入请扫右侧二维码，以现场核验为准，并配合测温。", width=25.5, height=3.2)
    pdf.set_text_color(90)
    _text(pdf, x + 4, y + HEIGHT - 4.4, 6, "与健康码同时有效。遗失请立即告知社区，挂失后本卡作废。", width=WIDTH - 8)


def _particulars(pdf: FPDF, card: Printed, x: float, y: float) -> None:
    name = printable(card.name)
    size = next((each for each in _NAME_SIZES if _length(pdf, name, each) <= _LINE + 10), _NAME_SIZES[-1])
    lines = 2 if _length(pdf, name, size) > _LINE + 10 else 1
    _text(pdf, x, y, size, name, width=_LINE + 11, height=size * 0.4)
    below = y + max(6.2, lines * size * 0.42)
    _text(pdf, x, below, 7.5, card.document, width=_LINE + 10)
    _text(pdf, x, below + 3.4, 6.5, card.community, width=_LINE + 10, height=2.8)


def _text(
    pdf: FPDF, x: float, y: float, size: float, text: str, width: float = 0, align: str = "L", height: float = 0
) -> None:
    pdf.set_font("common", size=size)
    pdf.set_xy(x, y)
    if height:
        pdf.multi_cell(width, height, printable(text), align=align, wrapmode=WrapMode.CHAR)
    else:
        pdf.cell(width or None, size * 0.4, printable(text), align=align)


def _length(pdf: FPDF, text: str, size: float) -> float:
    pdf.set_font("common", size=size)
    return pdf.get_string_width(text)


def _qr(pdf: FPDF, url: str, x: float, y: float) -> None:
    """With the quiet zone of four modules that the standard asks for; eight dots a module print sharply."""
    symbol = zxingcpp.create_barcode(url, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    dots = np.asarray(zxingcpp.write_barcode_to_image(symbol, scale=8, add_quiet_zones=True))
    pdf.image(Image.fromarray(dots).convert("1"), x, y, _QR, _QR, alt_text="健康通行卡二维码")
