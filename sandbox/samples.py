"""Files that a phone sends when nobody chose one."""

from __future__ import annotations

import base64
import binascii
import io
import re

from PIL import Image, ImageDraw

from sandbox.media import sniff

_DATA = re.compile(r"data:[\w/+.-]*;base64,(.*)", re.DOTALL)
_NAMES = {"image/png": "picture.png", "image/jpeg": "picture.jpg", "image/gif": "picture.gif"}


def sample(kind: str, data: object) -> tuple[str, str, bytes]:
    """(file name, media type, content) of a `data:` address, or else of an invented picture, voice or video.

    Raises ValueError for a `data` that is not base64.
    """
    if isinstance(data, str) and data:
        content = from_data(data)
        mime = sniff(content) or "application/octet-stream"
        return _NAMES.get(mime, "file.bin"), mime, content
    match kind:
        case "image":
            return "picture.png", "image/png", _picture()
        case "voice":
            return "voice.amr", "audio/amr", b"#!AMR\n" + bytes([0x3C]) + bytes(31)
        case _:
            return "video.mp4", "video/mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"


def from_data(data: str) -> bytes:
    """The content of a `data:` address, or of bare base64. Raises ValueError."""
    found = _DATA.fullmatch(data)
    try:
        return base64.b64decode(found[1] if found else data, validate=True)
    except binascii.Error as error:
        raise ValueError("data: not base64") from error


def _picture() -> bytes:
    """A hill under a sun."""
    image = Image.new("RGB", (360, 240), "#bfe3f5")
    draw = ImageDraw.Draw(image)
    draw.ellipse((250, 30, 310, 90), fill="#ffd25e")
    draw.polygon(((0, 240), (0, 170), (120, 110), (230, 180), (360, 130), (360, 240)), fill="#7fb069")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
