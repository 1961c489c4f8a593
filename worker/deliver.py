"""deliver(lane): what is on the posts of a lane is drawn, uploaded and sent, within what the platform allows.

One deliverer a lane at a time (a lease), because a customer-service message has no id by which a repetition could be
recognised. Accounts are served side by side, the letters of one account in their order.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from redis.exceptions import RedisError

from channel.platform import SendError
from store.lease import Lease
from store.streams import Entry, Streams
from worker.letters import Sendable
from worker.send import Sender, Undeliverable

log = logging.getLogger(__name__)

BATCH = 20
THREADS = 8
MAX_TRIES = 5
BACKOFF_SECONDS = (1, 2, 4, 8)
"""Waits before the second, third, fourth and fifth try."""


class Deliverer:
    """Delivers the posts of some shards."""

    def __init__(self, streams: Streams, sender: Sender) -> None:
        self._streams = streams
        self._sender = sender
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="deliver")
        self._not_before: dict[bytes, float] = {}
        """Postponed letters by entry id: a hint of this process; a restart tries at once."""

    def drain(self, shards: Iterable[int], lease: Lease) -> int:
        """One pass; how many letters it was done with. Raises RedisError when Redis is away."""
        by_account: dict[str, list[tuple[Entry, Sendable]]] = {}
        for entry in self._streams.read("post", shards, BATCH):
            letter = self._sender.open(entry.fields[b"b"])
            if letter is None:
                self._streams.give_up(entry, "no key opens it")
            else:
                by_account.setdefault(letter.openid, []).append((entry, letter))
        return sum(self._pool.map(lambda queue: self._serve(queue, lease), by_account.values()))

    def _serve(self, queue: list[tuple[Entry, Sendable]], lease: Lease) -> int:
        """The letters of one account, in order, up to the first that has to wait."""
        for number, (entry, letter) in enumerate(queue):
            if lease.lost.is_set() or self._not_before.get(entry.id, 0.0) > time.monotonic():
                return number
            if not self._try(entry, letter):
                return number
        return len(queue)

    def _try(self, entry: Entry, letter: Sendable) -> bool:
        """Send one; whether it is done with, sent or given up."""
        try:
            self._sender.send(letter)
        except Undeliverable as reason:
            self._not_before.pop(entry.id, None)
            self._streams.give_up(entry, str(reason))
        except SendError as error:
            return self._failed(entry, letter, str(error), error.permanent)
        except RedisError:
            raise
        except Exception as error:
            log.exception("letter %s could not be made", entry.id.decode())
            return self._failed(entry, letter, type(error).__name__, permanent=False)
        else:
            self._not_before.pop(entry.id, None)
            self._streams.remove("post", [entry])
        return True

    def _failed(self, entry: Entry, letter: Sendable, reason: str, permanent: bool) -> bool:
        tries = self._streams.failed("post", entry)
        if permanent or tries >= MAX_TRIES:
            log.warning("%s letter %s given up after %d tries: %s", letter.kind, entry.id.decode(), tries, reason)
            self._not_before.pop(entry.id, None)
            self._streams.give_up(entry, reason)
            return True
        self._not_before[entry.id] = time.monotonic() + BACKOFF_SECONDS[tries - 1]
        return False
