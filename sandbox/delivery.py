"""Pushes on their way: signing, encryption, the five seconds, the tries, and what came back."""

from __future__ import annotations

import http.client
import secrets
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox.calls import Calls, Kind
from sandbox.clock import Clock
from sandbox.config import Account, Limits, Mode
from sandbox.crypto import BadEnvelope, encrypt, sign
from sandbox.pushes import Push, cdata
from sandbox.replies import Fault, Reader, Reply, Shown, Silence

_LARGEST_ANSWER = 1024 * 1024


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

    def __init__(self, account: Account, limits: Limits, clock: Clock, calls: Calls, reader: Reader, url: str) -> None:
        self._account, self._limits, self._clock, self._calls, self._reader = account, limits, clock, calls, reader
        self._url = urlsplit(url)

    def deliver(self, push: Push) -> Outcome:
        """Try until something is answered: at most `tries` times, each cut off after `reply_cut` seconds."""
        attempts: list[Attempt] = []
        for number in range(max(1, self._limits.tries)):
            if number and _failed_at_once(attempts[-1]):
                time.sleep(self._limits.failure_pause)
            attempts.append(self.attempt(push))
            if not isinstance(attempts[-1].result, NoAnswer):
                break
        return _outcome(attempts, attempts)

    def repeat(self, push: Push, times: int, overlap: bool) -> Outcome:
        """Send the same push `times` times whatever is answered: one after the other, or all at once."""
        if not overlap:
            attempts = [self.attempt(push) for _ in range(times)]
            return _outcome(attempts, attempts)
        with ThreadPoolExecutor(times) as pool:
            running = [pool.submit(self.attempt, push) for _ in range(times)]
            finished = [future.result() for future in as_completed(running)]
            return _outcome([future.result() for future in running], finished)

    def attempt(self, push: Push) -> Attempt:
        """Send a push once, with a timestamp, nonce and ciphertext of its own."""
        query, body = self._wire(push)
        began = time.monotonic()
        status, raw, failure = self._exchange("POST", query, body)
        seconds = time.monotonic() - began
        inner, result = self._judge(push, raw, failure)
        opened = "" if self._account.mode is Mode.PLAIN else f"→ {push.xml}\n← {inner or ''}"
        self._record(query, body, status, failure or raw.decode("utf-8", "replace"), seconds, opened)
        return Attempt(status, seconds, raw, inner, result)

    def verify(self) -> str:
        """Ask for the echo as the portal does when an address is saved; what is wrong, or an empty text."""
        timestamp, nonce, echo = str(int(self._clock.now())), str(secrets.randbelow(10**10)), secrets.token_hex(8)
        signature = sign(self._account.token, timestamp, nonce)
        query = {"signature": signature, "timestamp": timestamp, "nonce": nonce, "echostr": echo}
        _, raw, failure = self._exchange("GET", query, b"")
        return failure or ("" if raw == echo.encode() else "the body is not the echostr, byte for byte")

    def _judge(self, push: Push, raw: bytes, failure: str) -> tuple[str | None, Reply | NoAnswer]:
        if failure:
            return None, NoAnswer(failure)
        try:
            inner: str | None = self._reader.open(raw)
        except (BadEnvelope, UnicodeDecodeError):
            inner = None
        return inner, self._reader.read(raw, push)

    def _wire(self, push: Push) -> tuple[dict[str, str], bytes]:
        account = self._account
        timestamp, nonce = str(int(self._clock.now())), str(secrets.randbelow(10**10))
        query = {"signature": sign(account.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
        query["openid"] = push.openid
        if account.mode is Mode.PLAIN:
            return query, push.xml.encode()
        sealed = encrypt(account.aes_key, account.app_id, push.xml.encode())
        query |= {"encrypt_type": "aes", "msg_signature": sign(account.token, timestamp, nonce, sealed)}
        envelope = f"<Encrypt>{cdata(sealed)}</Encrypt></xml>"
        if account.mode is Mode.COMPATIBLE:
            return query, (push.xml.removesuffix("</xml>") + envelope).encode()
        return query, f"<xml><ToUserName>{cdata(account.original_id)}</ToUserName>{envelope}".encode()

    def _exchange(self, method: str, query: dict[str, str], body: bytes) -> tuple[int | None, bytes, str]:
        """(status, body, why it failed). The whole exchange must end within the cut-off."""
        deadline = time.monotonic() + self._limits.reply_cut
        secure = self._url.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self._url.hostname or "", self._url.port, timeout=self._limits.reply_cut)
        try:
            connection.connect()
            sock = connection.sock  # getresponse() forgets it, because the connection is to be closed
            connection.request(method, f"{self._url.path or '/'}?{urlencode(query)}", body, _HEADERS)
            _until(sock, deadline)
            answer = connection.getresponse()
            raw = _read(answer, lambda: _until(sock, deadline))
        except TimeoutError:
            return None, b"", "timeout"
        except (OSError, http.client.HTTPException) as error:
            return None, b"", f"refused: {type(error).__name__}"
        finally:
            connection.close()
        return answer.status, raw, "" if answer.status == http.client.OK else f"http {answer.status}"

    def _record(
        self, query: dict[str, str], body: bytes, status: int | None, answer: str, seconds: float, opened: str
    ) -> None:
        self._calls.add(
            self._clock.now(),
            Kind.PUSH,
            "POST",
            self._url.path,
            query=query,
            headers=_HEADERS,
            request=body.decode(),
            status=status,
            answer=answer,
            seconds=round(seconds, 4),
            opened=opened,
        )


_HEADERS = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0", "Accept": "*/*", "Connection": "close"}


def _until(sock: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    sock.settimeout(left)


def _read(answer: http.client.HTTPResponse, still_in_time: Callable[[], None]) -> bytes:
    read = bytearray()
    while piece := answer.read1(65536):
        read += piece
        if len(read) > _LARGEST_ANSWER:
            raise http.client.HTTPException("the answer is too long")
        still_in_time()
    return bytes(read)


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
