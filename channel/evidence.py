"""A picture that a resident sent, made harmless: decoded, made smaller, written anew with nothing but the picture
(no place, no camera, no hidden file)."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

LONGEST_SIDE = 1_600
MOST_BYTES = 1_000_000
TRIES = ((1_600, 80), (1_600, 55), (1_000, 55), (600, 40))
"""Longest side and quality, until it fits; a photograph of a page fits at once."""
MOST_PIXELS = 40_000_000
"""More than any telephone takes; a file of few bytes can claim more and would fill the memory."""
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")


class NoPicture(Exception):
    """Nothing that can be shown as a picture."""


def made_small(raw: bytes) -> bytes:
    """The picture as a JPEG of at most a megabyte. Raises NoPicture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(raw), formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS:
                raise NoPicture("too many pixels")
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except NoPicture:
        raise
    except Exception as error:
        raise NoPicture(type(error).__name__) from None
    for side, quality in TRIES:
        upright.thumbnail((side, side))
        written = io.BytesIO()
        upright.save(written, "JPEG", quality=quality)
        if len(written.getvalue()) <= MOST_BYTES:
            return written.getvalue()
    raise NoPicture("does not fit")
