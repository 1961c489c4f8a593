"""The platform as a broadcast calls it: many calls a second, so that what is asked once a call elsewhere is kept here.

A token is remembered for a moment instead of being read for every message.
"""

from __future__ import annotations

import time
from datetime import timedelta

from channel import platform as wire
from channel.platform import Client, Platform, SendError, TokenStore
from channel.platform.client import Fetch
from domain.broadcasts.content import Card, Content, Picture, Template, Text, as_text
from domain.roles import Refused
from store.broadcasts import Uploaded
from store.keys import MEDIA_SECONDS
from store.tokens import Tokens
from worker.context import Context

TOKEN_SECONDS = 2.0
THREADS = 8
"""Connections, and messages in flight, of one sender. A broadcast has two: one process cannot use two processors."""


class Remembered:
    """A TokenStore before another: a token that was accepted is good for a moment."""

    def __init__(self, tokens: TokenStore) -> None:
        self._tokens = tokens
        self._held: tuple[str, float] | None = None

    def get(self, fetch: Fetch) -> str | None:
        held = self._held
        return held[0] if held and time.monotonic() < held[1] else self._tokens.get(fetch)

    def accepted(self, token: str) -> None:
        self._tokens.accepted(token)
        held = self._held
        if held is None or held[0] != token or time.monotonic() >= held[1]:
            self._held = (token, time.monotonic() + TOKEN_SECONDS)

    def refused(self, token: str) -> None:
        self._held = None
        self._tokens.refused(token)


def platform_of(ctx: Context, connections: int = THREADS) -> Platform:
    """A client of its own. Its calls leave the reserve of every budget to the residents' own codes and answers."""
    s, tokens = ctx.settings, Remembered(Tokens(ctx.redis, ctx.keys))
    client = Client(
        s.wechat_api_base, s.wechat_app_id, s.wechat_app_secret, tokens, ctx.quota, connections, essential=False
    )
    return Platform(client)


def wire_content(
    ctx: Context, platform: Platform, number: int, content: Content, gone: str = ""
) -> wire.Text | wire.Image | wire.Card:
    """As a customer-service message carries it; a picture is uploaded once. `gone`: a media id that the platform does
    not know any more. Raises SendError, Refused."""
    match content:
        case Text(text):
            return wire.Text(text)
        case Card(title, description, url, picture_url):
            return wire.Card(title, description, url, picture_url)
        case Picture():
            return wire.Image(_media(ctx, platform, number, gone))
        case Template():
            raise Refused("route", "template")


def mass_content(ctx: Context, platform: Platform, number: int, content: Content) -> wire.Text | wire.Image:
    """As a mass message carries it, which knows no cards. Raises SendError, Refused."""
    made = wire_content(ctx, platform, number, content)
    return wire.Text(as_text(content)) if isinstance(made, wire.Card) else made


def _media(ctx: Context, platform: Platform, number: int, gone: str) -> str:
    uploaded, now = ctx.broadcasts.uploaded(number), ctx.clock.now()
    if uploaded and uploaded.media_id != gone and now - uploaded.at < timedelta(seconds=MEDIA_SECONDS):
        return uploaded.media_id
    try:
        media_id = platform.upload_image(ctx.broadcasts.picture(number))
    except SendError as error:
        # Whatever became of the upload, no message has gone out.
        raise SendError(str(error), permanent=error.permanent, code=error.code) from None
    ctx.broadcasts.put_uploaded(number, Uploaded(media_id, now))
    return media_id
