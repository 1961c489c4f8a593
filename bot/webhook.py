"""/wechat: verify, then parse, then answer politely. WSGI without a framework, because every message passes here.

Not genuine: 403 and nothing parsed. Genuine nonsense: an empty 200, so that the platform does not send it again. The
database gave no answer to a commit: 503 without a body, so that the platform does. What a broadcast's report
has to know of results is kept without a conversation.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from redis.exceptions import RedisError

from bot.conversation import Conversations, Overtaken
from bot.results import Results
from channel import inbound, outbound
from channel.clock import Clock
from channel.render import render
from channel.results import Finished
from channel.signature import Gatekeeper, NotGenuine, Unreadable
from store.account import CommitUnanswered, Remembered
from worker.delivery.codes import Signer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

PATH = "/wechat"
BODY_BYTES = 65_536
QUERY_FIELDS = 32

Answer = tuple[HTTPStatus, str]
NOTHING: Answer = (HTTPStatus.OK, "")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Answers `/wechat` itself and leaves every other path to `others`."""

    others: WSGIApplication
    gatekeeper: Gatekeeper
    conversations: Conversations
    clock: Clock
    original_id: str
    results: Results

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return self.others(environ, start_response)
        status, text = self._answer(environ)
        body = text.encode()
        kind = "application/xml" if text.startswith("<") else "text/plain"
        headers = [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body)))]
        start_response(f"{status.value} {status.phrase}", [*headers, ("X-Content-Type-Options", "nosniff")])
        return [body]

    def _answer(self, environ: WSGIEnvironment) -> Answer:
        try:
            query = dict(parse_qsl(environ.get("QUERY_STRING", ""), max_num_fields=QUERY_FIELDS))
        except ValueError:
            return HTTPStatus.FORBIDDEN, ""
        match environ["REQUEST_METHOD"]:
            case "GET":
                return self._verify(query)
            case "POST":
                body = _read(environ)
                return (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "") if body is None else self._receive(query, body)
            case _:
                return HTTPStatus.METHOD_NOT_ALLOWED, ""

    def _verify(self, query: dict[str, str]) -> Answer:
        try:
            self.gatekeeper.verify_url(query, self.clock.now())
        except NotGenuine:
            return HTTPStatus.FORBIDDEN, ""
        return HTTPStatus.OK, query.get("echostr", "")

    def _receive(self, query: dict[str, str], body: bytes) -> Answer:
        try:
            opened = self.gatekeeper.open(query, body, self.clock.now())
        except NotGenuine as reason:
            log.info("a push was refused: %s", reason)
            return HTTPStatus.FORBIDDEN, ""
        except Unreadable:
            log.warning("a genuine push could not be opened; is WECHAT_AES_KEY the current key?")
            return NOTHING
        push = inbound.parse(opened.xml)
        if push is None or push.to != self.original_id:
            return NOTHING
        if push.finished is not None:
            return self._note(push.openid, push.finished)
        if push.quiet:
            return NOTHING
        try:
            reply = self.conversations.answer(push)
        except (CommitUnanswered, Overtaken) as reason:
            log.warning("a commit was not answered: %s", type(reason).__name__)
            return HTTPStatus.SERVICE_UNAVAILABLE, ""
        written = _written(reply, push.openid, self.original_id, self.conversations.signer)
        return HTTPStatus.OK, self.gatekeeper.seal(written, opened, self.clock.now())

    def _note(self, openid: str, finished: Finished) -> Answer:
        """Kept for the report of its broadcast; the same again changes nothing."""
        try:
            self.results.note(openid, finished)
        except RedisError as reason:
            log.warning("a result was not kept: %s", type(reason).__name__)
            return HTTPStatus.SERVICE_UNAVAILABLE, ""
        return NOTHING


def _read(environ: WSGIEnvironment) -> bytes | None:
    """The body; None for one that is, or says it is, longer than any push."""
    said = environ.get("CONTENT_LENGTH") or str(BODY_BYTES + 1)
    wanted = min(int(said), BODY_BYTES + 1) if said.isascii() and said.isdigit() else BODY_BYTES + 1
    body: bytes = environ["wsgi.input"].read(wanted)
    return None if len(body) > BODY_BYTES else body


def _written(reply: Remembered, openid: str, account: str, signer: Signer) -> str:
    match reply.kind:
        case "text":
            return outbound.text_reply(openid, account, reply.created, render(reply.says, reply.language))
        case "image":
            return outbound.image_reply(openid, account, reply.created, reply.media_id)
        case "card":
            return outbound.card_reply(openid, account, reply.created, signer.card_for(reply.media_id, reply.language))
        case "nothing":
            return ""
