"""POST /wechat: verify, then parse, then answer politely.

Not genuine: 403 and nothing parsed. Genuine nonsense: an empty 200, so that the platform does not send it again. The
database gave no answer to a commit: 503 without a body, so that the platform does.
"""

from __future__ import annotations

import logging

from channel.render import render
from flask import Blueprint, Response, request

from bot.conversation import Conversations, Overtaken
from channel import inbound, outbound
from channel.clock import Clock
from channel.signature import Gatekeeper, NotGenuine, Unreadable
from store.accounts import CommitUnanswered, Remembered

log = logging.getLogger(__name__)

BODY_BYTES = 65_536


def blueprint(gatekeeper: Gatekeeper, conversations: Conversations, clock: Clock, original_id: str) -> Blueprint:
    """The webhook at `/wechat`."""
    routes = Blueprint("webhook", __name__)

    @routes.get("/wechat")
    def verify() -> Response:
        try:
            gatekeeper.verify_url(request.args, clock.now())
        except NotGenuine:
            return _plain("", 403)
        return _plain(request.args.get("echostr", ""))

    @routes.post("/wechat")
    def receive() -> Response:
        if (request.content_length or 0) > BODY_BYTES:
            return _plain("", 413)
        try:
            opened = gatekeeper.open(request.args, request.get_data(cache=False), clock.now())
        except NotGenuine as reason:
            log.info("a push was refused: %s", reason)
            return _plain("", 403)
        except Unreadable:
            log.warning("a genuine push could not be opened; is WECHAT_AES_KEY the current key?")
            return _plain("")
        push = inbound.parse(opened.xml)
        if push is None or push.to != original_id or push.quiet:
            return _plain("")
        try:
            reply = conversations.answer(push)
        except (CommitUnanswered, Overtaken) as reason:
            log.warning("a commit was not answered: %s", type(reason).__name__)
            return _plain("", 503)
        return _xml(gatekeeper.seal(_written(reply, push.openid, original_id), opened, clock.now()))

    return routes


def _written(reply: Remembered, openid: str, account: str) -> str:
    match reply.kind:
        case "text":
            return outbound.text_reply(openid, account, reply.created, render(reply.says))
        case "image":
            return outbound.image_reply(openid, account, reply.created, reply.media_id)
        case "nothing":
            return ""


def _plain(text: str, status: int = 200) -> Response:
    return Response(text, status, mimetype="text/plain")


def _xml(text: str) -> Response:
    return Response(text, mimetype="application/xml" if text else "text/plain")
