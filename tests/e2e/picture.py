"""A code picture as it arrived on a phone, read by two decoders and by its colour."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from channel.code_looks import GREEN, GREY, RED, UNVERIFIED, YELLOW
from tests.decoders import zbar_texts, zxing_texts

WORDS = {look.frame: look.word for look in (GREEN, GREY, YELLOW, RED, UNVERIFIED)}


@dataclass(frozen=True, slots=True)
class Picture:
    """`via` is how it came: passive (the reply itself) or custom (sent a moment later)."""

    media_id: str
    via: str
    png: bytes

    @property
    def link(self) -> str:
        """What the code holds, as zxing and zbar both read it."""
        image = Image.open(io.BytesIO(self.png)).convert("RGB")
        (zxing,) = zxing_texts(image)
        (zbar,) = zbar_texts(image)
        assert zxing == zbar
        return zxing

    @property
    def word(self) -> str:
        """The look of the picture by the colour of its frame: 绿码, 灰码, 黄码, 红码 or 待核实."""
        image = Image.open(io.BytesIO(self.png)).convert("RGB")
        shown = {colour for _, colour in image.getcolors(image.width * image.height) or ()}
        (word,) = (word for frame, word in WORDS.items() if frame in shown)
        return word
