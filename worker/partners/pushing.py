"""Pushes changes to the webhooks of clients: signed as Standard Webhooks has it, retried, and given up visibly.

One push of a client at a time, all clients side by side: whoever is slow delays nobody else. A batch that fails is
tried again with growing pauses and then stands among the dead letters; the feed goes on behind it. A batch sent
twice has the same id, and what it says of a handle is as new as when it is sent.
"""

from __future__ import annotations

import base64
import hmac
import json
import logging
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from http.client import HTTPException

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from domain.facts import SHANGHAI
from domain.partners.client import Client, Hook
from store.feed import CursorGone, Page, Progress
from store.lease import Lease, lease
from worker.context import Context
from worker.partners.addresses import BadAddress, Target, look_up
from worker.partners.seeing import Seen, seen
from worker.queues import HOOKS

log = logging.getLogger(__name__)

BATCH = 100
TIMEOUT = 4.0
"""Seconds for one push, whatever the receiver does."""
TRIES = 8
"""After 0, 1, 2, 4 … 60 s: about three minutes."""
LONGEST_PAUSE = timedelta(seconds=60)
RUN_SECONDS = 5.0
SIDE_BY_SIDE = 16


class Failed(Exception):
    """The receiver did not take it; says why, in a few words."""


def push_all(ctx: Context) -> bool:
    """Everything that is due now, for about five seconds; whether something is left that could go on at once."""
    with lease(ctx.redis, ctx.keys.hook_lease()) as held:
        if held is None:
            return False
        hooked = [each for each in ctx.partners.all() if each.hook and not each.stopped]
        end = time.monotonic() + RUN_SECONDS
        with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
            left = list(threads.map(lambda client: _push(ctx, client, held, end), hooked))
        return any(left)


def sweep_pushes(ctx: Context) -> None:
    """Wake the pushes when something waits whose time has come: what a crash left behind, and every next try."""
    if any(each.hook and not each.stopped and _is_due(ctx, each) for each in ctx.partners.all()):
        ctx.waker.wake(HOOKS, 0)


def _is_due(ctx: Context, client: Client) -> bool:
    progress = ctx.feeds.progress(client.id)
    waits = progress.not_before is not None and _real_now() < progress.not_before
    return not waits and ctx.feeds.end(client.id) != progress.cursor


def _push(ctx: Context, client: Client, held: Lease, end: float) -> bool:
    """The batches of one client; True when the time was up before the feed was."""
    try:
        while time.monotonic() < end and not held.lost.is_set():
            if not _push_one(ctx, client):
                return False
    except Exception as error:
        # Whatever it was, the other clients are pushed to, and this one again at the next round.
        log.error("the push to client %s stumbled: %s", client.id, type(error).__name__)
        return False
    return True


def _push_one(ctx: Context, client: Client) -> bool:
    """One batch; whether there is more to do at once."""
    progress, now = ctx.feeds.progress(client.id), ctx.clock.now()
    if client.hook is None or (progress.not_before and _real_now() < progress.not_before):
        return False
    try:
        page = ctx.feeds.read(client.id, progress.cursor, BATCH)
    except CursorGone:
        page = Page((), ctx.feeds.end(client.id), False)
        ctx.feeds.give_up(client.id, page, now, "too long behind: the receiver needs /api/v1/residents")
        return True
    if not page.handles:
        return False
    try:
        send(client.hook, page, seen(ctx, client, page.handles), ctx.settings.public_url)
    except (Failed, BadAddress) as error:
        return _failed(ctx, client, progress, page, str(error))
    ctx.feeds.put_progress(client.id, Progress(page.cursor))
    return page.more


def _failed(ctx: Context, client: Client, progress: Progress, page: Page, reason: str) -> bool:
    tries, failures = progress.tries + 1, progress.failures + 1
    pause = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(failures - 1, 10)))
    after = replace(progress, tries=tries, failures=failures, not_before=_real_now() + pause, reason=reason)
    log.warning("client %s did not take a push (%d): %s", client.id, failures, reason)
    if tries >= TRIES:
        ctx.feeds.give_up(client.id, page, ctx.clock.now(), reason)
        after = replace(after, tries=0, cursor=page.cursor)
    ctx.feeds.put_progress(client.id, after)
    return False


def _real_now() -> datetime:
    """This machine's time: a pause is one of the network, the sandbox's clock has no part in it."""
    return datetime.now(SHANGHAI)


# --- one push --------------------------------------------------------------------------------------------------------


def body_of(page: Page, changes: list[Seen]) -> bytes:
    """As a page of the feed, with a type: `{"type": "changes", "data": {"changes": […], "cursor": …}}`."""
    rows = [
        {
            "handle": each.handle,
            "version": each.version,
            "state": each.display.state.value,
            "until": each.display.until and each.display.until.isoformat(),
            "then": [{"since": step.since.isoformat(), "state": step.state.value} for step in each.display.then],
        }
        for each in changes
    ]
    return json.dumps({"type": "changes", "data": {"changes": rows, "cursor": page.cursor}}).encode()


def signed(hook: Hook, id: str, at: int, body: bytes) -> dict[str, str]:
    """The headers; one signature for each secret, so that a receiver changes over without a gap."""
    said = b".".join((id.encode(), str(at).encode(), body))
    marks = [base64.b64encode(hmac.digest(secret, said, "sha256")).decode() for secret in hook.secrets]
    signatures = " ".join(f"v1,{mark}" for mark in marks)
    return {"webhook-id": id, "webhook-timestamp": str(at), "webhook-signature": signatures}


def send(hook: Hook, page: Page, changes: list[Seen], public_url: str) -> None:
    """Raises Failed or BadAddress. Redirections are not followed; of the answer only the status is read."""
    body = body_of(page, changes)
    headers = signed(hook, f"changes-{page.cursor}", int(time.time()), body)
    target = look_up(hook.url, public_url)
    connection = _connection(target)
    closing = threading.Timer(TIMEOUT, _cut, (connection,))
    closing.start()
    try:
        told = {"Content-Type": "application/json", "Host": _host(target), "User-Agent": "yima"}
        connection.request("POST", target.path, body, {**headers, **told}, preload_content=False)
        status = connection.getresponse().status
    except (HTTPError, HTTPException, OSError, ValueError) as error:  # a ValueError is a name that is not proved
        raise Failed(type(error).__name__) from None
    finally:
        closing.cancel()
        connection.close()
    if not 200 <= status < 300:
        raise Failed(f"answered {status}")


def _connection(target: Target) -> HTTPConnection:
    """To the address that was looked up, in the name that was meant."""
    if target.scheme == "http":
        return HTTPConnection(target.ip, target.port, timeout=TIMEOUT)
    context = ssl.create_default_context(cafile=certifi.where())
    return HTTPSConnection(
        target.ip,
        target.port,
        timeout=TIMEOUT,
        ssl_context=context,
        server_hostname=target.host,
        assert_hostname=target.host,
    )


def _cut(connection: HTTPConnection) -> None:
    """Time is up: whoever waits for a byte of it gets an error."""
    if (sock := connection.sock) is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _host(target: Target) -> str:
    usual = 443 if target.scheme == "https" else 80
    name = f"[{target.host}]" if ":" in target.host else target.host
    return name if target.port == usual else f"{name}:{target.port}"
