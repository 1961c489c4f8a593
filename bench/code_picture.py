"""`python -m bench.code_picture`: what a code picture costs, and what still reads it after which damage.

A stranger to the house: it runs `python -m channel.code_samples` for the pictures and repaints their modules for the
variant with coloured modules. Decoders: zxing and zbar. Ratios against qrcode + PIL in the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median
from timeit import repeat

import numpy as np
import qrcode
import zxingcpp
from PIL import Image, ImageFilter
from pyzbar.pyzbar import ZBarSymbol
from pyzbar.pyzbar import decode as zbar_decode

Rgb = tuple[int, int, int]
Damage = Callable[[Image.Image], Image.Image]

INK_ENTRIES = 6
"""The house's palette begins with six steps from white to ink."""
COLOURED: dict[str, list[tuple[str, Rgb]]] = {
    "green": [("#07c160", (0x07, 0xC1, 0x60)), ("#00984a", (0x00, 0x98, 0x4A))],
    "grey": [("#8a8f98", (0x8A, 0x8F, 0x98)), ("#68707a", (0x68, 0x70, 0x7A))],
    "yellow": [("#ffc300", (0xFF, 0xC3, 0x00)), ("#e69500", (0xE6, 0x95, 0x00))],
    "red": [("#fa5151", (0xFA, 0x51, 0x51)), ("#d62828", (0xD6, 0x28, 0x28))],
    "unverified": [("#94a3b8", (0x94, 0xA3, 0xB8))],
}


def clean(picture: Image.Image) -> Image.Image:
    return picture


def narrow(width: int) -> Damage:
    def damage(picture: Image.Image) -> Image.Image:
        return picture.resize((width, picture.height * width // picture.width), Image.Resampling.BILINEAR)

    return damage


def jpeg50(picture: Image.Image) -> Image.Image:
    out = BytesIO()
    picture.save(out, "JPEG", quality=50)
    return Image.open(out).convert("RGB")


def photographed(blur: float, light: float, noise: float) -> Damage:
    """As a camera sees a phone: half size, blurred, dim (1 is full light), noisy, then JPEG 50."""

    def damage(picture: Image.Image) -> Image.Image:
        half = picture.reduce(2).filter(ImageFilter.GaussianBlur(blur))
        grain = np.random.default_rng(7).normal(0, noise, (half.height, half.width, 3))
        seen = np.clip(np.asarray(half, dtype=np.float64) * light + 30 + grain, 0, 255)
        return jpeg50(Image.fromarray(seen.astype(np.uint8)))

    return damage


DAMAGES: dict[str, Damage] = {
    "clean": clean,
    "jpeg 50": jpeg50,
    "200 px": narrow(200),
    "200 px + jpeg 50": lambda picture: jpeg50(narrow(200)(picture)),
    "150 px": narrow(150),
    "photo": photographed(blur=1.0, light=0.8, noise=8),
    "bad photo": photographed(blur=1.5, light=0.55, noise=18),
}


def zxing_reads(picture: Image.Image, text: str) -> bool:
    return any(found.text == text for found in zxingcpp.read_barcodes(picture))


def zbar_reads(picture: Image.Image, text: str) -> bool:
    return any(found.data == text.encode() for found in zbar_decode(picture, symbols=[ZBarSymbol.QRCODE]))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--codes", type=int, default=12, help="different codes of each look")
    codes = parser.parse_args().codes
    with tempfile.TemporaryDirectory() as folder:
        runs = [pictures_of(Path(folder) / str(number), number) for number in range(codes)]
        print_costs(runs)
        print_reading(runs)
    print_spellings(codes)


def pictures_of(folder: Path, number: int) -> dict[str, dict[str, str]]:
    """One picture of each look, with a QR of its own."""
    url = f"https://yima{number}.example.gov.cn"
    command = [sys.executable, "-m", "channel.code_samples", str(folder), "--public-url", url, "--rounds", "10"]
    made = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return dict(made)


def print_costs(runs: list[dict[str, dict[str, str]]]) -> None:
    payload = runs[0]["green"]["url"]
    reference = min(repeat(lambda: draw_with_qrcode(payload), number=5, repeat=5)) / 5 * 1000
    print(
        f"qrcode + PIL, the QR alone, level M, 9 px a module: {reference:.2f} ms, {draw_with_qrcode(payload):,} bytes\n"
    )
    print(f"{'look':12} {'ms':>6} {'bytes':>7}  times as fast as qrcode + PIL")
    for look in runs[0]:
        ms = median(float(run[look]["ms"]) for run in runs)
        size = max(int(run[look]["bytes"]) for run in runs)
        print(f"{look:12} {ms:6.2f} {size:7,}  {reference / ms:.1f}")


def draw_with_qrcode(payload: str) -> int:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=9, border=4)
    code.add_data(payload)
    code.make()
    out = BytesIO()
    code.make_image().save(out, "PNG")
    return len(out.getvalue())


def print_reading(runs: list[dict[str, dict[str, str]]]) -> None:
    print(f"\nread by zxing/zbar, of {len(runs)} codes each")
    print(f"{'look':12} {'modules':9}" + "".join(f"{name:>18}" for name in DAMAGES))
    for look in runs[0]:
        for name, colour in [("dark", None), *COLOURED[look]]:
            pictures = [(repainted(Path(run[look]["file"]), colour), run[look]["url"]) for run in runs]
            print(f"{look:12} {name:9}" + "".join(f"{score(pictures, damage):>18}" for damage in DAMAGES.values()))


def repainted(file: Path, colour: Rgb | None) -> Image.Image:
    picture = Image.open(file)
    if colour is not None:
        palette = picture.getpalette() or []
        for step in range(INK_ENTRIES):
            palette[step * 3 : step * 3 + 3] = [round(255 + (c - 255) * step / (INK_ENTRIES - 1)) for c in colour]
        picture.putpalette(palette)
    return picture.convert("RGB")


def score(pictures: list[tuple[Image.Image, str]], damage: Damage) -> str:
    damaged = [(damage(picture), text) for picture, text in pictures]
    return f"{sum(zxing_reads(*one) for one in damaged)}/{sum(zbar_reads(*one) for one in damaged)}"


def print_spellings(codes: int) -> None:
    """What upper-case letters in the address are worth: a smaller version, so larger modules in the same picture."""
    token = "QRD2EAJHARBOUDNALAS2GBA2LZOS3AAGDJPFYUAEHIAACAAAQJ" * 4
    spellings = {
        "https://yima.nx.gov.cn/v/": "as typed",
        "https://YIMA.NX.GOV.CN/V/": "host and path upper",
        "HTTPS://YIMA.NX.GOV.CN/V/": "all upper",
    }
    print(
        f"\nthe same address spelled three ways, 184-character token, QR 200, 130, 110 px wide: read of {codes} codes"
    )
    for start, name in spellings.items():
        texts = [start + (token[number:] + token)[:184] for number in range(codes)]
        symbols = [(symbol_of(text, 9), text) for text in texts]
        version = (symbols[0][0].width // 9 - 8 - 17) // 4
        print(f"{name:20} version {version}" + "".join(f"{score(symbols, narrow(px)):>10}" for px in (200, 130, 110)))


def symbol_of(text: str, scale: int) -> Image.Image:
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    modules = np.pad(
        np.asarray(zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False)), 4, constant_values=255
    )
    return Image.fromarray(modules.repeat(scale, 0).repeat(scale, 1)).convert("RGB")


if __name__ == "__main__":
    main()
