"""The gate system: begins with a snapshot, follows the feed, and takes pushes besides."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field

import requests

from sandbox.partner.api import Api
from sandbox.partner.displays import Displays

POLL_SECONDS = 30
"""How often the feed is read when pushes arrive as well: the stated delay while they fail."""
GONE = 410


@dataclass
class Gate:
    api: Api
    displays: Displays
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until `stop` is set."""
        while not self.stop.is_set():
            with suppress(requests.RequestException):  # the next round comes anyhow
                self.follow()
            self.stop.wait(POLL_SECONDS)

    def follow(self) -> int:
        """Read the feed to its end; how many changes there were."""
        if not self.displays.cursor:
            return self.begin()
        told = 0
        while True:
            try:
                page = self.api.get("/changes", cursor=self.displays.cursor, limit=500)
            except requests.HTTPError as error:
                if error.response.status_code != GONE:
                    raise
                return self.begin()
            self.displays.take(page["changes"], page["cursor"])
            told += len(page["changes"])
            if not page["more"]:
                return told

    def begin(self) -> int:
        """Everybody, and the feed from where the first page was begun."""
        found, cursor, after = [], "", ""
        while True:
            page = self.api.get("/residents", after=after)
            cursor = cursor or page["cursor"]
            found += page["residents"]
            if page["next"] is None:
                self.displays.begin(found, cursor)
                return len(found)
            after = page["next"]
