"""The two decoders that read our pictures in tests. QR alone: its noise reads as a short bar code now and then."""

from __future__ import annotations

import zxingcpp
from PIL import Image
from pyzbar.pyzbar import ZBarSymbol
from pyzbar.pyzbar import decode as zbar_decode


def zxing_texts(picture: Image.Image) -> list[str]:
    """What every QR of a picture holds, as zxing reads it."""
    return [
        found.text
        for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    ]


def zbar_texts(picture: Image.Image) -> list[str]:
    """What every QR of a picture holds, as zbar reads it."""
    return [found.data.decode() for found in zbar_decode(picture, symbols=[ZBarSymbol.QRCODE])]
