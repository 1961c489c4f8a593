"""QR pictures inside a page, without a request of their own."""

from __future__ import annotations

import base64
import io

import zxingcpp
from PIL import Image

MODULE = 8
"""Pixels of one module: sharp on a dense screen."""


def qr_data(text: str) -> str:
    """A `data:` address of the QR as PNG."""
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    out = io.BytesIO()
    Image.fromarray(symbol.to_image(scale=MODULE, add_quiet_zones=True)).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
