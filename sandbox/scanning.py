"""What a phone's camera makes of a picture: the code in it, and what scanning that code means here."""

from __future__ import annotations

import io
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import zxingcpp
from PIL import Image, UnidentifiedImageError

_BARCODES = {
    "EAN13": "EAN_13",
    "EAN8": "EAN_8",
    "UPCA": "UPC_A",
    "UPCE": "UPC_E",
    "Code128": "CODE_128",
    "Code39": "CODE_39",
    "Code93": "CODE_93",
    "Codabar": "CODABAR",
    "ITF": "ITF",
}
"""Stripes, by the decoder's name and by the platform's. Whatever else is found counts as a QR code."""


class NoCode(Exception):
    """Nothing that can be read; the text tells the person what to do."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says. `kind` is the platform's ScanType; `result` its ScanResult."""

    text: str
    kind: str = "qrcode"
    result: str = ""


def typed(text: str) -> Code:
    """A code whose content was typed in."""
    if not text.strip():
        raise NoCode("请选一张图片，或输入码的内容。")
    return Code(text.strip(), result=text.strip())


def look(content: bytes) -> Code:
    """The first code in a picture. Raises NoCode."""
    try:
        image = Image.open(io.BytesIO(content)).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise NoCode("这个文件打不开，请换一张 PNG 或 JPG 图片。") from error
    # A QR's own noise reads as a short bar code now and then: what is none goes first.
    found = sorted(zxingcpp.read_barcodes(image), key=lambda one: one.format.name in _BARCODES)
    if not found or not found[0].text:
        raise NoCode("没有认出码。请换一张清楚、完整的图片再试。")
    text, name = found[0].text, _BARCODES.get(found[0].format.name)
    return Code(text, "barcode", f"{name},{text}") if name else Code(text, result=text)


def own_code(address: str, base: str) -> str:
    """The last part of a parametrised code's address on the sandbox at `base`; empty if it is another address."""
    parts, own = urlsplit(address), urlsplit(base)
    if parts.netloc.lower() != own.netloc.lower() or not parts.path.startswith("/q/"):
        return ""
    return unquote(parts.path.removeprefix("/q/"))


def is_address(text: str) -> bool:
    """Whether a browser can open it; the letters of a QR code are often all capital."""
    try:
        parts = urlsplit(text)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
