"""The five looks of a code: colour, shape, word and one sentence, so that no reader depends on the colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import cos, pi, sin

from PIL import Image, ImageDraw

from domain.verdict import Colour

Rgb = tuple[int, int, int]
Point = tuple[float, float]

INK: Rgb = (20, 24, 29)
WHITE: Rgb = (255, 255, 255)


class Shape(Enum):
    """Told apart by their outline alone, at the size of a thumbnail."""

    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    OCTAGON = "octagon"
    RING = "ring"


@dataclass(frozen=True, slots=True)
class Look:
    """`frame` is the colour around the code, `on_frame` what is written on it; `line` says one thing, never more than
    the service knows."""

    frame: Rgb
    on_frame: Rgb
    shape: Shape
    word: str
    line: str


GREEN = Look((0, 152, 74), WHITE, Shape.CIRCLE, "绿码", "目前未发现已知风险")
GREY = Look((104, 112, 122), WHITE, Shape.SQUARE, "灰码", "请如实打卡后再通行")
YELLOW = Look((255, 200, 0), INK, Shape.TRIANGLE, "黄码", "请按要求隔离并每日打卡")
RED = Look((214, 40, 40), WHITE, Shape.OCTAGON, "红码", "请配合隔离和诊治")
UNVERIFIED = Look((226, 232, 240), INK, Shape.RING, "待核实", "请到所在社区核实身份")


def look_of(colour: Colour, unverified: bool) -> Look:
    """Raises ValueError for a person without a colour: there is no picture of no code."""
    if unverified:
        return UNVERIFIED
    match colour:
        case Colour.GREEN:
            return GREEN
        case Colour.GREY:
            return GREY
        case Colour.YELLOW:
            return YELLOW
        case Colour.RED:
            return RED
        case Colour.NONE:
            raise ValueError("without a declaration there is no code to draw")


def sign(shape: Shape, size: int) -> Image.Image:
    """The sign of a look as a mask (mode L, 255 where it is painted), `size` pixels square, with its mark cut out."""
    fine = 4  # drawn larger and reduced: smooth edges
    mask = Image.new("L", (size * fine, size * fine), 0)
    draw = _Pen(ImageDraw.Draw(mask), size * fine / 100)
    match shape:
        case Shape.CIRCLE:
            draw.disc((50, 50), 50)
            draw.stroke((26, 52), (43, 69), (75, 34))
        case Shape.SQUARE:
            draw.area((3, 3), (97, 3), (97, 97), (3, 97))
            draw.stroke((50, 22), (50, 54), (72, 66))
        case Shape.TRIANGLE:
            draw.area((50, 2), (100, 94), (0, 94))
            draw.stroke((50, 34), (50, 62))
            draw.disc((50, 79), 6.5, 0)
        case Shape.OCTAGON:
            draw.area(*((50 + 54 * cos(pi * k / 4 + pi / 8), 50 + 54 * sin(pi * k / 4 + pi / 8)) for k in range(8)))
            draw.stroke((26, 50), (74, 50), width=15)
        case Shape.RING:
            draw.disc((50, 50), 50)
            draw.disc((50, 50), 41, 0)
            draw.query()
    return mask.reduce(fine)


class _Pen:
    """Draws on a field of 100 by 100."""

    def __init__(self, draw: ImageDraw.ImageDraw, scale: float) -> None:
        self.draw, self.scale = draw, scale

    def disc(self, centre: Point, radius: float, fill: int = 255) -> None:
        (x, y), k = centre, self.scale
        self.draw.ellipse(((x - radius) * k, (y - radius) * k, (x + radius) * k, (y + radius) * k), fill)

    def area(self, *corners: Point) -> None:
        self.draw.polygon([(x * self.scale, y * self.scale) for x, y in corners], 255)

    def stroke(self, *points: Point, width: float = 11, fill: int = 0) -> None:
        k = self.scale
        self.draw.line([(x * k, y * k) for x, y in points], fill, round(width * k), joint="curve")
        for end in (points[0], points[-1]):
            self.disc(end, width / 2, fill)

    def query(self) -> None:
        k = self.scale
        self.draw.arc((33 * k, 21 * k, 67 * k, 55 * k), 180, 90, 255, round(10 * k))
        self.stroke((50, 51), (50, 60), width=10, fill=255)
        self.disc((50, 76), 6.5, 255)
