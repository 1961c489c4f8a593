"""What follows for codes that were shown: they are put on the revocation list, and pictures of them are forgotten."""

from __future__ import annotations

from datetime import datetime

from redis.client import Pipeline

from domain.person import Person
from domain.revocations import MARGIN, Revocation, card_tag, tags_of
from store import revocations
from store.changes import Following
from store.keys import Keys


def queue(trip: Pipeline, keys: Keys, handle_key: bytes, person: Person, following: Following, now: datetime) -> None:
    """Append it to the second drain's trip. Idempotent by (pid, version).

    An uploaded picture of before carries a void code, also once the colour is what it was: it is drawn anew.
    """
    for card in person.cards:
        if card.ended is not None and card.expires > now:
            tag = card_tag(handle_key, person.pid, card.issued)
            revocations.queue_card(trip, keys, person.pid, Revocation(int(card.ended.timestamp()), tag))
    if not following.void:
        return
    until = now + MARGIN
    for pid in (person.pid, *(link.pid for link in person.links)):
        tags = tags_of(handle_key, pid, until)
        revocations.queue_codes(trip, keys, pid, following.version, int(until.timestamp()), tags)
    linked = (link.account for link in person.links)
    for openid in dict.fromkeys((*following.viewers, *following.beside, *linked)):
        if openid:
            trip.delete(keys.media(openid))
