"""A poster for the door of a community or an organisation: its parametrised QR and three lines. Whoever scans it
follows, and the community is known already.
"""

from __future__ import annotations

import numpy as np
import zxingcpp
from fpdf import FPDF
from fpdf.enums import WrapMode
from PIL import Image

from channel.typeface import COMMON, RARE, printable
from domain.places import full_name

STEPS = (
    "微信扫一扫，关注公众号。",
    "按提示申报，大约一分钟，当场得到健康码。",
    "以后每天回复体温，比如 36.5，就是打卡。",
)
FOR_OTHERS = "没有手机的家人，请社区网格员办理健康通行卡，与健康码同时有效。"
_SIDE = 116.0
"""Millimetres of the QR: read from two metres away."""
_BAND = 52.0
_INK, _GREEN = (31, 41, 55), (7, 124, 66)


JOINING = (
    "微信扫一扫。还没有健康码的，先申报，再扫一次。",
    "看过说明，自己回复同意加入。",
    "专员只看到姓名、报没报和颜色；随时可以退出。",
)


def poster(community: str, url: str) -> bytes:
    """One A4 page as PDF. `community`: 12 digits; `url`: what the platform's QR holds."""
    return _page(full_name(community), "健康申报 · 扫码打卡", "本社区的关注二维码", url, STEPS, FOR_OTHERS)


def organisation_poster(name: str, url: str) -> bytes:
    """The same for an employer, a school or a park."""
    return _page(name, "扫码加入 · 每天打卡", "本单位的加入码", url, JOINING, "给孩子加入的，请家长用自己的微信扫码。")


VISITING = (
    "微信扫一扫，登记到访。",
    "自动显示健康码，请出示给值守人员。",
    "没有健康码的，按提示申报，大约一分钟。",
)


def venue_poster(name: str, url: str) -> bytes:
    """The same for a place whose code is scanned at its door."""
    return _page(
        name, "场所码 · 扫码登记", "本场所的登记码", url, VISITING, "没有手机的，请值守人员查验证件、健康通行卡并登记。"
    )


def _page(name: str, above: str, about: str, url: str, steps: tuple[str, ...], below: str) -> bytes:
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_title(f"健康申报 {name}")
    pdf.set_lang("zh-CN")
    pdf.add_font("common", fname=COMMON)
    pdf.add_font("rare", fname=RARE)
    pdf.set_fallback_fonts(["rare"], exact_match=False)
    pdf.add_page()
    pdf.set_fill_color(*_GREEN)
    pdf.rect(0, 0, 210, _BAND, style="F")
    pdf.set_text_color(255)
    _centred(pdf, 13, 40, above)
    _centred(pdf, 34, _size_of(pdf, name, 20, 190), name)
    symbol = zxingcpp.create_barcode(url, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    dots = np.asarray(zxingcpp.write_barcode_to_image(symbol, scale=16, add_quiet_zones=True))
    picture = Image.fromarray(dots).convert("1")
    pdf.image(picture, (210 - _SIDE) / 2, _BAND + 6, _SIDE, _SIDE, alt_text=about)
    pdf.set_text_color(*_INK)
    for number, line in enumerate(steps, 1):
        y = _BAND + _SIDE + 14 + (number - 1) * 20
        pdf.set_fill_color(*_GREEN)
        pdf.ellipse(22, y, 13, 13, style="F")
        pdf.set_text_color(255)
        _line(pdf, 22, y + 2.6, 20, str(number), width=13, align="C")
        pdf.set_text_color(*_INK)
        _line(pdf, 42, y + 2.6, 20, line, width=150)
    pdf.set_font("common", size=14)
    pdf.set_xy(22, 262)
    pdf.multi_cell(166, 7, below, wrapmode=WrapMode.CHAR)
    return bytes(pdf.output())


def _size_of(pdf: FPDF, text: str, largest: float, room: float) -> float:
    """The largest size at which the text fits on a line of `room` millimetres."""
    pdf.set_font("common", size=largest)
    return min(largest, largest * room / max(pdf.get_string_width(text), 1))


def _centred(pdf: FPDF, y: float, size: float, text: str) -> None:
    _line(pdf, 0, y, size, text, width=210, align="C")


def _line(pdf: FPDF, x: float, y: float, size: float, text: str, width: float, align: str = "L") -> None:
    pdf.set_font("common", size=size)
    pdf.set_xy(x, y)
    pdf.cell(width, size * 0.4, printable(text), align=align)
