"""The pictures of an appeal are fetched from the platform, which keeps them for three days, and kept sealed."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from channel.evidence import NoPicture, made_small
from channel.platform import Platform, SendError
from store.appeals import Appeals
from store.people import People

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Fetches what is missing; doing it again fetches nothing twice."""

    people: People
    appeals: Appeals
    platform: Platform

    def fetch(self, pid: bytes) -> None:
        """All pictures of the person's open appeals. Raises SendError, when trying again may help."""
        person = self.people.read([pid])[pid]
        for ticket in person.tickets:
            for place, media in enumerate(ticket.pictures if ticket.is_open else ()):
                if not self.appeals.has_picture(pid, ticket.number, place):
                    self._fetch_one(pid, person.salt, ticket.number, place, media)

    def _fetch_one(self, pid: bytes, salt: bytes, number: str, place: int, media: str) -> None:
        try:
            self.appeals.put_picture(pid, salt, number, place, made_small(self.platform.download(media)))
        except SendError as error:
            if not error.permanent:
                raise
            log.warning("picture %d of appeal %s is not to be had: %s", place, number, error)
        except (NoPicture, ValueError) as reason:
            log.warning("picture %d of appeal %s is none: %s", place, number, reason)
