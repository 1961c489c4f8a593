"""A community, found by numbered lists of Ningxia's divisions or by typing its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.places import WIDTHS, Division, children, division, find, full_name, is_community
from domain.reject import Reject
from flows.core import Say
from flows.plain import Json
from flows.questions import Reading, Scene, Stay
from flows.words import NEXT_PAGE, PREVIOUS_PAGE, plain, word

PAGE = 20


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the lists somebody is: inside `under`, on a page, or before a choice of several found by name."""

    under: str = ""
    page: int = 0
    found: tuple[str, ...] = ()

    def json(self) -> Json:
        return {"under": self.under, "page": self.page, "found": list(self.found)}

    @staticmethod
    def of(state: Json) -> _Place:
        if not isinstance(state, Mapping):
            return _Place()
        page, found = state.get("page"), state.get("found")
        return _Place(
            str(state.get("under", "")),
            page if isinstance(page, int) else 0,
            tuple(str(each) for each in found) if isinstance(found, list) else (),
        )

    def entries(self) -> tuple[Division, ...]:
        found = tuple(each for each in map(division, self.found) if each is not None)
        return found or children(self.under)

    def pages(self) -> int:
        return max(1, -(-len(self.entries()) // PAGE))


@dataclass(frozen=True, slots=True)
class PickDivision:
    """The 12-digit code of a community, in steps: prefecture, county, street, community; a typed name skips steps.

    Reasons: place_number (detail: the highest number), place_unknown, place_page.
    """

    def parse(self, text: str, scene: Scene) -> Reading:
        place, said = _Place.of(scene.state), word(text)
        if said in NEXT_PAGE or said in PREVIOUS_PAGE:
            return _turn_page(place, 1 if said in NEXT_PAGE else -1)
        if said.isascii() and said.isdigit():
            return _numbered(place, said)
        return _named(place, text)

    def ask(self, sentence: str, scene: Scene) -> Say:
        place = _Place.of(scene.state)
        first = place.page * PAGE
        names: list[Json] = [
            full_name(each.code) if place.found else each.name for each in place.entries()[first : first + PAGE]
        ]
        args: dict[str, Json] = {"sentence": sentence, "inside": full_name(place.under), "names": names}
        args |= {"found": bool(place.found), "first": first + 1, "page": place.page + 1, "pages": place.pages()}
        return Say("ask_division", args)

    def tell(self, value: Json) -> str:
        return full_name(str(value))

    def step_back(self, state: Json) -> Stay | None:
        place = _Place.of(state)
        if place.found:
            return Stay(_Place(place.under).json())
        above = [width for width in (0, *WIDTHS[1:]) if width < len(place.under)]
        return Stay(_Place(place.under[: above[-1]]).json()) if above else None


def _turn_page(place: _Place, by: int) -> Reading:
    page = place.page + by
    if not 0 <= page < place.pages():
        raise Reject("place_page")
    return Stay(_Place(place.under, page, place.found).json())


def _numbered(place: _Place, said: str) -> Reading:
    if is_community(said):
        return said
    entries = place.entries()
    if len(said) > 3 or not 1 <= int(said) <= len(entries):
        raise Reject("place_number", str(len(entries)))
    return _chosen(entries[int(said) - 1])


def _named(place: _Place, text: str) -> Reading:
    found = find(plain(text), place.under) or find(plain(text))
    if not found:
        raise Reject("place_unknown")
    if len(found) == 1:
        return _chosen(found[0])
    return Stay(_Place(place.under, 0, tuple(each.code for each in found)).json())


def _chosen(chosen: Division) -> Reading:
    """A community is the answer; of a larger division the list inside it comes next, unless there is one way only."""
    if is_community(chosen.code):
        return chosen.code
    inside = children(chosen.code)
    return _chosen(inside[0]) if len(inside) == 1 else Stay(_Place(chosen.code).json())
