"""场所码: a resident scans a place's code; the visit is noted by the desk behind, and the code is shown at once."""

from __future__ import annotations

from dataclasses import replace

from domain.people import Claim
from domain.venues import venue_in
from flows.core import Turn
from flows.effects import Ask
from flows.questions import Scene

VISIT = "visit"


def visited(scene: Scene, key: str, turn: Turn) -> Turn:
    """The turn with the visit noted besides, where the code is a venue's and the account's own person is settled."""
    venue = venue_in(key)
    if not venue or scene.known is None or scene.known.claim is not Claim.BOUND:
        return turn
    noted = Ask(what=VISIT, args={"venue": venue, "at": scene.at.isoformat()})
    return replace(turn, effects=(noted, *turn.effects))
