"""Pushes on their way: the five seconds, the tries, what goes wrong on purpose, and what came back."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from sandbox.calls import Calls, Kind
from sandbox.clock import Clock
from sandbox.config import Account, Limits, Mode
from sandbox.crypto import BadEnvelope, sign
from sandbox.exchange import HEADERS, Exchanged, exchange
from sandbox.fault_plan import Effect
from sandbox.fault_plan import Kind as Trouble
from sandbox.faults import Faults
from sandbox.later import Later
from sandbox.pushes import Push, aged, nodes, restated
from sandbox.replies import Fault, Reader, Reply, Shown, Silence
from sandbox.wire import Wire, Written, write


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing that counts as an answer: `why` is "timeout", "refused" or "http 503"."""

    why: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a push: what came back, as sent and as decrypted."""

    status: int | None
    seconds: float
    raw: bytes
    inner: str | None
    result: Reply | NoAnswer

    def document(self) -> dict[str, Any]:
        """The attempt as the phone API tells it."""
        outcome, reason = _described(self.result)
        return {
            "status": self.status,
            "seconds": round(self.seconds, 4),
            "outcome": outcome,
            "reason": reason,
            "raw": self.raw.decode("utf-8", "replace"),
            "inner": self.inner,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the person sees of a push, and all its tries."""

    seen: Reply
    attempts: tuple[Attempt, ...]


class Delivery:
    """Carries pushes to the account's webhook."""

    def __init__(
        self, wire: Wire, limits: Limits, clock: Clock, calls: Calls, reader: Reader, faults: Faults, url: str
    ) -> None:
        self.wire = wire
        self._limits, self._clock, self._calls, self._reader, self._faults = limits, clock, calls, reader, faults
        self._url, self._later = urlsplit(url), Later()
        self._watchers: list[tuple[Callable[[Push], bool], Event]] = []

    def deliver(self, push: Push) -> Outcome:
        """Try until something is answered: at most `tries` times, each cut off after `reply_cut` seconds.

        Nobody waits for the event of a job: under the fault `late` this returns before it is pushed.
        """
        effect = self._effect(push)
        if effect is not None and effect.kind is Trouble.LATE:
            if push.is_result:
                self._later.at(effect.seconds, lambda: self._carry(push, None))
                return Outcome(Silence(), ())
            time.sleep(effect.seconds)
        return self._carry(push, effect)

    @contextmanager
    def watching(self, fits: Callable[[Push], bool]) -> Iterator[Event]:
        """Inside the block, the event is set as soon as such a push has ended."""
        watcher = (fits, Event())
        self._watchers.append(watcher)
        try:
            yield watcher[1]
        finally:
            self._watchers.remove(watcher)

    def repeat(self, push: Push, times: int, overlap: bool) -> Outcome:
        """Send the same push `times` times whatever is answered: one after the other, or all at once."""
        if not overlap:
            attempts = [self.attempt(push) for _ in range(times)]
            return _outcome(attempts, attempts)
        with ThreadPoolExecutor(times) as pool:
            running = [pool.submit(self.attempt, push) for _ in range(times)]
            finished = [future.result() for future in as_completed(running)]
            return _outcome([future.result() for future in running], finished)

    def attempt(self, push: Push, windows: int = 1) -> Attempt:
        """Send a push once, with a timestamp, nonce and ciphertext of its own; wait for the time of so many tries."""
        account = self.wire.account()
        written = write(account, push, int(self._clock.now()) + push.skew)
        began = time.monotonic()
        answer = exchange(self._url, "POST", written.query, written.body, self._limits.reply_cut * windows)
        seconds = time.monotonic() - began
        inner, result = self._judge(push, account, answer)
        opened = "" if account.mode is Mode.PLAIN else f"→ {push.xml}\n← {inner or ''}"
        self._record(written, answer, seconds, opened)
        return Attempt(answer.status, seconds, answer.body, inner, result)

    def verify(self) -> str:
        """Ask for the echo as the portal does when an address is saved; what is wrong, or an empty text."""
        timestamp, nonce, echo = str(int(self._clock.now())), str(secrets.randbelow(10**10)), secrets.token_hex(8)
        signature = sign(self.wire.account().token, timestamp, nonce)
        query = {"signature": signature, "timestamp": timestamp, "nonce": nonce, "echostr": echo}
        answer = self.send("GET", Written(query, b""))
        return answer.failure or ("" if answer.body == echo.encode() else "the body is not the echostr, byte for byte")

    def send(self, method: str, written: Written) -> Exchanged:
        """One exchange outside of all order: a probe."""
        return exchange(self._url, method, written.query, written.body, self._limits.reply_cut)

    def _effect(self, push: Push) -> Effect | None:
        return self._faults.push(push.type, lambda: nodes(push))

    def _carry(self, push: Push, effect: Effect | None) -> Outcome:
        try:
            return self._carried(push, effect)
        finally:
            for fits, ended in tuple(self._watchers):
                if fits(push):
                    ended.set()

    def _carried(self, push: Push, effect: Effect | None) -> Outcome:
        match effect:
            case Effect(Trouble.LOSE):
                return Outcome(Silence(), ())
            case Effect(Trouble.DOUBLE, times=times, overlap=overlap):
                return self.repeat(push, times, overlap)
            case Effect(Trouble.STATUS, value=value, code=code):
                return self._tries(restated(push, value, code))
            case Effect(Trouble.SKEW, created=created, timestamp=timestamp):
                return self._tries(aged(push, created, timestamp))
            case _:
                return self._tries(push)

    def _tries(self, push: Push) -> Outcome:
        if self._limits.late_answers:
            return self._patient_tries(push)
        attempts: list[Attempt] = []
        for number in range(max(1, self._limits.tries)):
            if number and _failed_at_once(attempts[-1]):
                time.sleep(self._limits.failure_pause)
            attempts.append(self.attempt(push))
            if not isinstance(attempts[-1].result, NoAnswer):
                break
        return _outcome(attempts, attempts)

    def _patient_tries(self, push: Push) -> Outcome:
        """As usual, but a try whose time is over stays open, and its answer counts until the last one's time is."""
        tries, running = max(1, self._limits.tries), list[Future[Attempt]]()
        pool = ThreadPoolExecutor(tries)
        for number in range(tries):
            running.append(pool.submit(self.attempt, push, tries - number))
            if _answered(running, self._limits.reply_cut):
                break
            if not wait([running[-1]], 0).not_done:
                time.sleep(self._limits.failure_pause)
        pool.shutdown(wait=False)
        attempts = [future.result() if future.done() else _still(self._limits.reply_cut) for future in running]
        return _outcome(attempts, attempts)

    def _judge(self, push: Push, account: Account, answer: Exchanged) -> tuple[str | None, Reply | NoAnswer]:
        """Read the answer with the key that the push was sealed with."""
        if answer.failure:
            return None, NoAnswer(answer.failure)
        reader = replace(self._reader, account=account)
        try:
            inner: str | None = reader.open(answer.body)
        except (BadEnvelope, UnicodeDecodeError):
            inner = None
        return inner, reader.read(answer.body, push)

    def _record(self, written: Written, answer: Exchanged, seconds: float, opened: str) -> None:
        self._calls.add(
            self._clock.now(),
            Kind.PUSH,
            "POST",
            self._url.path,
            query=written.query,
            headers=HEADERS,
            request=written.body.decode(),
            status=answer.status,
            answer=answer.failure or answer.body.decode("utf-8", "replace"),
            seconds=round(seconds, 4),
            opened=opened,
        )


def _answered(running: list[Future[Attempt]], seconds: float) -> bool:
    """Wait so long for a proper answer on any of these connections."""
    deadline, left = time.monotonic() + seconds, set(running)
    while left:
        done, left = wait(left, max(0.0, deadline - time.monotonic()), FIRST_COMPLETED)
        if any(not isinstance(future.result().result, NoAnswer) for future in done):
            return True
        if not done or running[-1] in done:  # nothing in time, or the newest failed at once
            return False
    return False


def _still(seconds: float) -> Attempt:
    return Attempt(None, seconds, b"", None, NoAnswer("timeout"))


def _failed_at_once(attempt: Attempt) -> bool:
    return isinstance(attempt.result, NoAnswer) and attempt.result.why != "timeout"


def _outcome(attempts: list[Attempt], finished: list[Attempt]) -> Outcome:
    """The first message that arrived is seen; else silence if anybody chose it; else the fault."""
    results = [attempt.result for attempt in finished]
    answered: list[Reply] = [result for result in results if not isinstance(result, NoAnswer)]
    rank = {Shown: 0, Silence: 1, Fault: 2}
    seen = min(answered, key=lambda result: rank[type(result)], default=Fault("no answer"))
    return Outcome(seen, tuple(attempts))


def _described(result: Reply | NoAnswer) -> tuple[str, str | None]:
    match result:
        case Shown():
            return "reply", None
        case Silence():
            return "silence", None
        case Fault(reason):
            return "fault", reason
        case NoAnswer(why):
            return "no answer", why
