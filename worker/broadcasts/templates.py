"""The template route: one call each with an id of ours, and a result that may come before the answer to the call."""

from __future__ import annotations

from channel.ladder import Rung
from channel.platform import Platform
from domain.broadcasts.account import Mark
from domain.broadcasts.content import Template
from domain.broadcasts.results import fate
from store.piles import Place
from store.reach import Reaches, Underway
from worker.broadcasts.clerk import patiently
from worker.broadcasts.feed import Item


def send_template(reaches: Reaches, platform: Platform, content: Template, item: Item) -> Mark:
    """Where the recipient stands: sent, unless its result is here already; else that moves its letter later.

    Raises SendError, RedisError.
    """
    part = item.held.part
    client_id = f"{part.pile}-{part.chunk}-{item.index}"
    msgid = platform.send_template(item.openid, content.template_id, content.values, content.url, client_id)
    if not msgid:
        return Mark.SENT
    underway = Underway(b"", "", Rung.TEMPLATE.value, Place(part.pile, part.chunk, item.index))
    result = patiently(lambda: reaches.put_underway(item.openid, msgid, underway))
    return fate(result) if result else Mark.SENT
