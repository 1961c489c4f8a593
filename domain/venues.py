"""Venues: gates and other places whose printed code residents scan (场所码). A visit proves as much as its venue asks.

A code at a door can be photographed and scanned elsewhere. A venue may therefore ask for the phone's place, or show a
code that changes with the time; without either a forwarded picture is not noticed.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

from domain.places import is_community
from domain.roles import Refused

SCENE_PREFIX = "venue:"
KEPT_DAYS = 15
"""Days for which visits are kept: the fourteen of an incubation, and the one on which somebody asks."""
STEP = timedelta(minutes=10)
"""How long a code that changes is shown; it is good for one more step, for whoever is just scanning it."""
NEAR_METRES, NEAREST, FARTHEST = 200, 30, 5_000
_EARTH_METRES = 6_371_000
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,23}")
NAME_LIMIT = 40


class Proof(StrEnum):
    """What a venue asks for besides its code."""

    NOTHING = "nothing"
    LOCATION = "location"
    WINDOW = "window"
    """A code that changes every few minutes, shown on a screen."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Venue:
    id: str
    name: str
    community: str
    """12 digits: whose workers look after it."""
    proof: Proof = Proof.NOTHING
    spot: Spot | None = None
    radius: int = NEAR_METRES
    """Metres around the spot that count as being there."""
    closed: bool = False


def new_venue(
    id: str,
    name: str,
    community: str,
    proof: Proof = Proof.NOTHING,
    spot: Spot | None = None,
    radius: int = NEAR_METRES,
) -> Venue:
    """Raises Refused: `venue_id`, `venue_name`, `venue_community`, `venue_spot` where a part of it is unusable."""
    place_told = spot is not None and abs(spot.latitude) <= 90 and abs(spot.longitude) <= 180
    for good, reason in (
        (_ID.fullmatch(id), "venue_id"),
        (0 < len(name.strip()) <= NAME_LIMIT, "venue_name"),
        (is_community(community), "venue_community"),
        (proof is not Proof.LOCATION or (place_told and NEAREST <= radius <= FARTHEST), "venue_spot"),
    ):
        if not good:
            raise Refused(reason, id)
    return Venue(id, name.strip(), community, proof, spot, radius)


def venue_in(scene: str) -> str:
    """The id in the scene of a parametrised QR, or empty."""
    id = scene.removeprefix(SCENE_PREFIX)
    return id if scene.startswith(SCENE_PREFIX) and _ID.fullmatch(id) else ""


def is_near(venue: Venue, spot: Spot | None) -> bool:
    """Whether a phone that says to be at `spot` is at the venue."""
    return venue.spot is not None and spot is not None and metres(venue.spot, spot) <= venue.radius


def metres(one: Spot, other: Spot) -> float:
    """Along the surface (haversine)."""
    north, south = radians(one.latitude), radians(other.latitude)
    across = sin((south - north) / 2) ** 2
    along = cos(north) * cos(south) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * _EARTH_METRES * asin(sqrt(min(1.0, across + along)))


def mark(key: bytes, venue: str, now: datetime, steps_ago: int = 0) -> str:
    """What a code that changes carries: 16 hex digits, the same for a whole step."""
    step = int(now.timestamp() // STEP.total_seconds()) - steps_ago
    return hmac.digest(key, f"venue {venue} {step}".encode(), "sha256")[:8].hex()


def is_shown(key: bytes, venue: str, told: str, now: datetime) -> bool:
    """Whether the code with this mark is the one on the screen, or was a moment ago."""
    return any(hmac.compare_digest(mark(key, venue, now, ago).encode(), told.encode()) for ago in (0, 1))
