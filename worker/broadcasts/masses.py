"""The mass route: a chunk is one call with an id of ours; a repetition is recognised, and nobody gets it twice."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from channel.platform import Image, Platform, SendError, Text
from domain.broadcasts.account import Mark
from domain.broadcasts.broadcast import Broadcast
from store.piles import Part
from worker.broadcasts.calling import mass_content
from worker.broadcasts.outcomes import BUSY, NO_MASS_LEFT, outcome
from worker.broadcasts.watching import Watch
from worker.context import Context

MASS_AGAIN_WITHIN = timedelta(hours=23)
"""The platform recognises an id of ours for a day; what was in flight longer ago stays unknown."""
PAUSE = timedelta(seconds=60)
"""Before a call whose answer was lost is made again under the same id."""


def send_masses(ctx: Context, platform: Platform, broadcast: Broadcast, chunks: Sequence[int], watch: Watch) -> int:
    """Once over these chunks; how many could be claimed."""
    claimed, content = 0, mass_content(ctx, platform, broadcast.number, broadcast.content)
    for chunk in chunks:
        if watch.stopped:
            break
        part = Part(broadcast.pile, chunk, secrets.token_hex(8))
        letters = ctx.piles.claim(part, ctx.clock.now(), MASS_AGAIN_WITHIN)
        if letters is None:
            continue
        claimed += 1
        watch.parts = [part]
        if Mark.PENDING.value.encode() in letters and ctx.piles.mark_all(part, ctx.clock.now()):
            _send(ctx, platform, part, content, watch)
        watch.parts = []
        ctx.piles.give_back(part)
    return claimed


def _send(ctx: Context, platform: Platform, part: Part, content: Text | Image, watch: Watch) -> None:
    """One call. Without an answer the chunk stays in flight: whoever claims it next calls again under the same id."""
    client_id = f"{part.pile}-{part.chunk}"
    try:
        message = platform.mass_send(ctx.piles.recipients(part.pile, part.chunk), content, client_id)
    except SendError as error:
        _failed(ctx, part, error, watch)
    else:
        ctx.piles.sent_all(part, message)


def _failed(ctx: Context, part: Part, error: SendError, watch: Watch) -> None:
    now = ctx.clock.now()
    if error.sent_unknown or error.code == BUSY:
        watch.hold(now + PAUSE, error.code)
    elif error.permanent and error.code != NO_MASS_LEFT:
        ctx.piles.move_all(part, Mark.IN_FLIGHT, Mark.FAILED, {"code": str(error.code)})
    else:
        found = outcome(error, 1, now, recognised=True)
        ctx.piles.move_all(part, Mark.IN_FLIGHT, Mark.PENDING)
        watch.hold(found.hold or now + PAUSE, error.code)
