"""Polling an upstream authority: time-boxed, with a circuit that opens, in the bulk worker. No display waits for it."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import requests

from domain.lists.rows import ListKind
from domain.roles import Refused
from store.list_values import Polled
from worker.context import Context
from worker.lists.circuit import CLOSED, Circuit
from worker.lists.upstream import ROWS, STAFF, BadBatch, take

log = logging.getLogger(__name__)

POLL_SECONDS = 60
_SECONDS = (3.05, 8.0)
"""To connect, and between two pieces of the answer."""
WHOLE_SECONDS = 20.0
ANSWER_BYTES = 4 << 20
ROUNDS = 20
"""Pages of one poll."""


class NoAnswer(Exception):
    """The authority did not answer as it should; why, without anything that it said."""


@dataclass(frozen=True, slots=True)
class Page:
    as_of: datetime
    cursor: str
    batches: tuple[tuple[ListKind, str, object], ...]
    """Kind, id, body as `take` wants it."""


def poll(ctx: Context) -> Polled:
    """Ask for what is new, unless the circuit is open; what was heard, and when. Raises RedisError."""
    before, now = ctx.lists.polled(), ctx.clock.now()
    circuit = Circuit(before.failures, before.failed_at)
    if not ctx.settings.upstream_url or not circuit.allows(now):
        return before
    try:
        after = _fetch_all(ctx, before, now)
    except (NoAnswer, BadBatch, Refused) as why:
        failed = circuit.failed(now)
        after = replace(ctx.lists.polled(), failures=failed.failures, failed_at=failed.failed_at, error=str(why))
        log.warning("the upstream authority: %s", why)
    ctx.lists.put_polled(after)
    return after


def _fetch_all(ctx: Context, before: Polled, now: datetime) -> Polled:
    """Page after page; the cursor moves on after all batches of a page wait as lists."""
    polled = before
    ctx.staff.read(STAFF)
    for _ in range(ROUNDS):
        page = _fetch(ctx, polled.cursor)
        for kind, name, body in page.batches:
            take(ctx, ctx.settings.pid_key, kind, name, body)
        done = page.cursor == polled.cursor
        polled = Polled(page.cursor, page.as_of, now, CLOSED.failures, CLOSED.failed_at, "")
        ctx.lists.put_polled(polled)
        if done or not page.batches:
            break
    return polled


def _fetch(ctx: Context, cursor: str) -> Page:
    url, key = f"{ctx.settings.upstream_url}/v1/changes", ctx.settings.upstream_key
    try:
        with requests.get(
            url,
            params={"after": cursor, "limit": str(ROWS)},
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            timeout=_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code != requests.codes.ok:
                raise NoAnswer(f"HTTP {response.status_code}")
            raw, end = b"", time.monotonic() + WHOLE_SECONDS
            for piece in response.iter_content(1 << 16):
                raw += piece
                if len(raw) > ANSWER_BYTES or time.monotonic() > end:
                    raise NoAnswer("the answer is too long or too slow")
        return _page(json.loads(raw))
    except requests.RequestException as error:
        raise NoAnswer(type(error).__name__) from None
    except (ValueError, KeyError, TypeError):
        raise NoAnswer("the answer is malformed") from None


def _page(given: Any) -> Page:
    as_of = datetime.fromisoformat(given["as_of"])
    batches = []
    for each in given["batches"]:
        if not isinstance(each["id"], str) or not 1 <= len(each["id"]) <= 128:
            raise ValueError
        batches.append((ListKind(each["kind"]), each["id"], {"as_of": given["as_of"], "rows": each["rows"]}))
    if not isinstance(given["cursor"], str) or len(given["cursor"]) > 1_000 or as_of.tzinfo is None:
        raise ValueError
    return Page(as_of, given["cursor"], tuple(batches))
