"""Sending: an approved broadcast goes to its frozen recipients, by threads that share a feed, one Redis trip a message;
a template message takes a second one, for its result.

It may be killed anywhere and run several times side by side. Where the platform takes an id of ours a message goes out
exactly once, else at most once: whoever was in flight at a kill, or whose answer was lost, is listed as unknown.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from channel.platform import UNKNOWN_MEDIA, Content, Image, Platform, SendError
from domain.broadcasts import content as what
from domain.broadcasts.account import LEFT, Mark
from domain.broadcasts.broadcast import Broadcast, Route, State
from domain.broadcasts.steps import done, started
from domain.roles import Refused
from flows.core import Say
from store.changes import Act
from store.piles import Done, Step
from worker.broadcasts.calling import THREADS, wire_content
from worker.broadcasts.clerk import Clerk, patiently
from worker.broadcasts.feed import Feed, Item
from worker.broadcasts.masses import MASS_AGAIN_WITHIN, send_masses
from worker.broadcasts.outcomes import outcome
from worker.broadcasts.planning import obstacles
from worker.broadcasts.telling import tell_author
from worker.broadcasts.templates import send_template
from worker.broadcasts.watching import Watch
from worker.context import Context

RUN_SECONDS = 120.0
TEMPLATE_AGAIN_WITHIN = timedelta(minutes=8)
"""The platform recognises an id of ours for ten minutes; a template that was in flight longer ago stays unknown."""
AGAIN_WITHIN = {Route.WINDOW: timedelta(0), Route.TEMPLATE: TEMPLATE_AGAIN_WITHIN, Route.MASS: MASS_AGAIN_WITHIN}
IDLE_SECONDS = 0.3
"""Before the chunks of a sender that may have died are tried again."""

Send = Callable[[Item], Mark]
"""Where its recipient stands after it."""


@dataclass(frozen=True, slots=True)
class Sender:
    """One broadcast's, in one process."""

    ctx: Context
    platform: Platform
    broadcast: Broadcast
    threads: int = THREADS

    def run(self, seconds: float = RUN_SECONDS) -> bool:
        """Send for so long; whether more is to be done later. Raises RedisError."""
        watch = Watch(self.ctx, self.broadcast.number, time.monotonic() + seconds)
        with watch.running():
            while watch.may_go_on():
                chunks = self._unfinished()
                if not chunks:
                    self._finish()
                    return False
                claimed = (
                    self._masses(chunks, watch) if self.broadcast.route is Route.MASS else self._pass(chunks, watch)
                )
                if not claimed:
                    watch.wait(IDLE_SECONDS)
        return self.ctx.broadcasts.control(self.broadcast.number).state is State.SENDING

    def _unfinished(self) -> list[int]:
        left = tuple(mark.value.encode() for mark in LEFT)
        states = self.ctx.piles.states(self.broadcast.pile, range(self.broadcast.chunks))
        return [chunk for chunk, state in states.items() if any(letter in state for letter in left)]

    def _finish(self) -> None:
        number = self.broadcast.number
        act = Act("broadcasts", "broadcast done", str(number))
        try:
            after = self.ctx.broadcasts.change(number, lambda before: done(before, self.ctx.clock.now()), act)
        except Refused:
            return  # paused, cancelled or done meanwhile
        tell_author(self.ctx, after, Say("broadcast_done"))

    def _masses(self, chunks: Sequence[int], watch: Watch) -> int:
        return send_masses(self.ctx, self.platform, self.broadcast, chunks, watch)

    def _pass(self, chunks: Sequence[int], watch: Watch) -> int:
        """Once over these chunks; how many could be claimed."""
        feed = Feed(
            self.ctx.piles,
            self.broadcast.pile,
            chunks,
            self.ctx.clock.now,
            self._judge,
            AGAIN_WITHIN[self.broadcast.route],
            self.ctx.reaches.spend,
        )
        watch.feed = feed
        line = Line(self.ctx, self.broadcast, feed, watch, self._send(), Clerk(self.ctx.piles))
        try:
            if self.threads == 1:
                line.serve()
            else:
                with ThreadPoolExecutor(self.threads, thread_name_prefix="broadcast") as pool:
                    for served in [pool.submit(line.serve) for _ in range(self.threads)]:
                        served.result()
        finally:
            feed.stop.set()
        feed.close()
        return feed.claimed

    def _judge(self, openids: Sequence[str]) -> list[Mark | None]:
        """Reachability as it is now, not as it was when the recipients were frozen."""
        return obstacles(self.ctx, openids, self.broadcast.route)

    def _send(self) -> Send:
        """How one recipient gets it. Raises SendError (also from there), Refused."""
        platform, number, content = self.platform, self.broadcast.number, self.broadcast.content
        if isinstance(content, what.Template):
            return lambda item: send_template(self.ctx.reaches, platform, content, item)
        message = Message(self.ctx, platform, number, content, wire_content(self.ctx, platform, number, content))
        return lambda item: message.send(item.openid)


class Message:
    """A customer-service message as it goes out now; a picture that the platform forgot is uploaded once more."""

    def __init__(self, ctx: Context, platform: Platform, number: int, content: what.Content, now: Content) -> None:
        self._ctx, self._platform, self._number, self._content, self._now = ctx, platform, number, content, now
        self._lock = threading.Lock()

    def send(self, openid: str) -> Mark:
        content = self._now
        try:
            self._platform.send(openid, content)
        except SendError as error:
            if error.code != UNKNOWN_MEDIA or not isinstance(content, Image):
                raise
            with self._lock:
                if self._now is content:
                    args = (self._ctx, self._platform, self._number, self._content)
                    self._now = wire_content(*args, gone=content.media_id)
            self._platform.send(openid, self._now)
        return Mark.SENT


@dataclass(frozen=True, slots=True)
class Line:
    """What each thread does: write the last one's result, mark the next one, send; again."""

    ctx: Context
    broadcast: Broadcast
    feed: Feed
    watch: Watch
    send: Send
    clerk: Clerk

    def serve(self) -> None:
        """Until the feed has nothing more. Raises RedisError when a result cannot be written for long."""
        try:
            self._serve()
        except BaseException:
            self.feed.stop.set()  # the other threads end what they have begun
            raise

    def _serve(self) -> None:
        last: tuple[Item, Done] | None = None
        while True:
            item = self.feed.next()
            if last and (item is None or item.held is not last[0].held):
                self._write(last[0], last[1], None)
                self.feed.written(last[0])
                last = None
            if item is None:
                return
            marked = self._write(item, last[1] if last else None, item.index)
            if last:
                self.feed.written(last[0])
            last = None
            if not marked:
                self.feed.lost(item)
                continue
            result, pause = self._try(item)
            if result.mark is Mark.PENDING:
                # Written before it is handed out again: a result that comes late would undo the next one's mark.
                self._write(item, result, None)
                self.feed.again(item, pause)
            else:
                self._count(item, result.mark)
                last = (item, result)

    def _count(self, item: Item, mark: Mark) -> None:
        """A customer-service message costs one of its recipient's credits, also where its answer was lost."""
        if self.broadcast.route is Route.WINDOW and mark in (Mark.SENT, Mark.UNKNOWN_ANSWER):
            item.held.spent.append((item.openid, self.ctx.clock.now()))

    def _try(self, item: Item) -> tuple[Done, timedelta]:
        item.held.tries[item.index] += 1
        try:
            return Done(item.index, self.send(item)), timedelta(0)
        except SendError as error:
            now, recognised = self.ctx.clock.now(), self.broadcast.route is Route.TEMPLATE
            found = outcome(error, item.held.tries[item.index], now, recognised)
            if found.hold is not None:
                self.watch.hold(found.hold, found.code)
            return Done(item.index, found.mark, found.code if found.mark is Mark.FAILED else 0), found.pause

    def _write(self, item: Item, result: Done | None, following: int | None) -> bool:
        now = self.ctx.clock.now() if self.broadcast.route is Route.TEMPLATE else None
        return patiently(lambda: self.clerk.step(item.held.part, Step(result, following), now))


def begin(ctx: Context, broadcast: Broadcast) -> Broadcast:
    """Sending from now on. Raises Refused (`not_due`)."""
    act = Act("broadcasts", "start broadcast", str(broadcast.number))
    return ctx.broadcasts.change(broadcast.number, lambda before: started(before, ctx.clock.now()), act)


def sender_of(ctx: Context, platform: Platform, number: int, threads: int = THREADS) -> Sender:
    """Raises Refused."""
    return Sender(ctx, platform, ctx.broadcasts.read(number), threads)
