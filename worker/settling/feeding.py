"""What partners follow: a person who changed stands on the feed of every client that sees them, or saw them until now.

Idempotent: an entry only says that somebody changed, and who was ever bound to a client is only added to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from redis.client import Pipeline

from domain.partners.bindings import pair
from domain.person import Person
from store.changes import Following
from store.feed import queue_bound, queue_change
from store.keys import Keys
from store.partners import Partners

Contracts = Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Feeder:
    """For one drain; the contracts are read with it, so that none is younger than a snapshot that it missed."""

    keys: Keys
    handle_key: bytes
    contracts: Contracts
    fed: bool = False
    """Whether anything was queued."""

    def queue(self, trip: Pipeline, people: Mapping[bytes, Person], following: Following) -> None:
        """A person, the alias records that lead to them, and the communities involved."""
        person = people[following.pid]
        gone = following.generation != person.generation
        places = {person.community, following.left_community}
        self._queue_one(trip, person, places)
        for client in following.left_partners:
            self._queue_change(trip, client, pair(self.handle_key, client, person.pid, following.generation))
        if gone:
            for client in self._by_contract(places):
                self._queue_change(trip, client, pair(self.handle_key, client, person.pid, following.generation))
        for link in person.links:
            second = people.get(link.pid)
            if second is not None and second.alias_of == person.pid:
                places_of_second = {second.community, person.community, following.left_community}
                self._queue_one(trip, second, places_of_second)

    def queue_persons(self, trip: Pipeline, persons: Iterable[Person]) -> None:
        """They show something else although nothing was recorded: what is true for everybody changed."""
        for person in persons:
            self._queue_one(trip, person, {person.community})

    def _queue_one(self, trip: Pipeline, person: Person, places: Iterable[str]) -> None:
        for binding in person.bindings:
            handle = pair(self.handle_key, binding.client, person.pid, person.generation)
            queue_bound(trip, self.keys, binding.client, handle)
        clients = [each.client for each in person.bindings]
        for client in dict.fromkeys((*clients, *self._by_contract(places))):
            self._queue_change(trip, client, pair(self.handle_key, client, person.pid, person.generation))

    def _queue_change(self, trip: Pipeline, client: str, handle: str) -> None:
        queue_change(trip, self.keys, client, handle)
        self.fed = True

    def _by_contract(self, places: Iterable[str]) -> list[str]:
        known = [each for each in places if each]
        return [client for client, prefixes in self.contracts.items() if any(p.startswith(prefixes) for p in known)]


@dataclass(frozen=True, slots=True)
class Feeding:
    """Makes feeders."""

    keys: Keys
    handle_key: bytes
    partners: Partners

    def open(self) -> Feeder:
        """One trip."""
        return Feeder(self.keys, self.handle_key, self.partners.contracts())
