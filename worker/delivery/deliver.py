"""deliver(lane): what is on the posts of a lane is drawn, uploaded and sent, within what the platform allows.

One deliverer a lane at a time (a lease), because a customer-service message has no id by which a repetition could be
recognised. Accounts are served side by side, the letters of one account in their order.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from math import inf

import redis

from channel.ladder import MESSAGE_WINDOW
from channel.platform import SendError
from store.lease import Lease
from store.streams import Entry, Streams
from worker.delivery.letters import Sendable
from worker.delivery.reaching import Undeliverable
from worker.delivery.send import Sender

log = logging.getLogger(__name__)

BATCH = 20
WAITING_READ = 200
"""Letters of a shard that are read beyond a batch because others before them wait for their next try."""
THREADS = 8
BACKOFF_SECONDS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
"""Waits before each try after the first, together eight minutes; while the platform is away each later one is the last
of them."""
UNTRIED_SECONDS = 5
"""The wait while the account has no token or no calls left. However long that lasts, it is no try of a letter."""
MAX_TRIES = len(BACKOFF_SECONDS) + 1
PATIENCE = {"sms": timedelta(0), "identity": timedelta(0), "reminder": timedelta(hours=2)}
"""How long a letter waits for the platform, beyond `MAX_TRIES`: not at all for a code that is typed now or a question
for which the colour waits, and as long as there is still time to report for a reminder. Every other letter waits as
long as a window can be open."""

_Id = tuple[int, bytes]
"""Shard and id of an entry: two shards may use the same id."""


class Deliverer:
    """Delivers the posts of some shards."""

    def __init__(self, streams: Streams, sender: Sender) -> None:
        self._streams = streams
        self._sender = sender
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="deliver")
        self._not_before: dict[_Id, float] = {}
        """Postponed letters: a hint of this process; a restart tries at once."""

    def drain(self, shards: Iterable[int], lease: Lease, until: float = inf) -> int:
        """One pass, which begins no letter after `until` (monotonic); how many letters it was done with.

        Raises RedisError when Redis is away.
        """
        now = time.monotonic()
        self._not_before = {entry: at for entry, at in self._not_before.items() if at > now}
        by_account: dict[str, list[tuple[Entry, Sendable]]] = {}
        for entry in self._streams.read("post", shards, BATCH + min(len(self._not_before), WAITING_READ)):
            letter = self._sender.open(entry.fields[b"b"])
            if letter is None:
                self._streams.give_up(entry, "no key opens it")
            else:
                by_account.setdefault(letter.openid, []).append((entry, letter))
        served = [self._pool.submit(self._serve, queue, lease, until) for queue in by_account.values()]
        # Also when one fails: nobody may be sending any more when the lease is given back.
        wait(served)
        return sum(each.result() for each in served)

    def _serve(self, queue: list[tuple[Entry, Sendable]], lease: Lease, until: float) -> int:
        """The letters of one account, in order, up to the first that has to wait."""
        for number, (entry, letter) in enumerate(queue):
            now = time.monotonic()
            if lease.lost.is_set() or now >= until or self._not_before.get((entry.shard, entry.id), 0.0) > now:
                return number
            if not self._try(entry, letter):
                return number
        return len(queue)

    def _try(self, entry: Entry, letter: Sendable) -> bool:
        """Send one; whether it is done with, sent or given up."""
        try:
            self._sender.send(letter)
        except Undeliverable as reason:
            self._streams.give_up(entry, str(reason))
        except SendError as error:
            if error.untried:
                self._postpone(entry, UNTRIED_SECONDS)
                return False
            lasts = not error.permanent and _age(entry) < PATIENCE.get(letter.kind, MESSAGE_WINDOW)
            return self._failed(entry, letter, str(error), 0 if error.permanent else inf if lasts else MAX_TRIES)
        except (redis.ConnectionError, redis.TimeoutError):
            raise
        except Exception as error:
            # Its text might hold what was to be sent.
            log.error("letter %s could not be made: %s", entry.id.decode(), type(error).__name__)
            return self._failed(entry, letter, type(error).__name__, MAX_TRIES)
        else:
            self._streams.remove("post", [entry])
        return True

    def _failed(self, entry: Entry, letter: Sendable, reason: str, most: float) -> bool:
        """One more try that failed, of at most so many; whether it was the last one."""
        tries = self._streams.failed("post", entry)
        if tries < most:
            log.info("%s letter %s waits after try %d: %s", letter.kind, entry.id.decode(), tries, reason)
            self._postpone(entry, BACKOFF_SECONDS[min(tries, len(BACKOFF_SECONDS)) - 1])
            return False
        log.warning("%s letter %s given up after %d tries: %s", letter.kind, entry.id.decode(), tries, reason)
        try:
            self._sender.give_up(letter)
        except SendError:
            self._postpone(entry, BACKOFF_SECONDS[0])
            return False
        self._streams.give_up(entry, reason)
        return True

    def _postpone(self, entry: Entry, seconds: float) -> None:
        self._not_before[entry.shard, entry.id] = time.monotonic() + seconds


def _age(entry: Entry) -> timedelta:
    """How long a letter has been on its post: its id says when it came there."""
    return timedelta(milliseconds=time.time() * 1000 - int(entry.id.split(b"-")[0]))
