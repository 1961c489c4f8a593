"""Whom a contract covers no more is `withdrawn` on the client's feed, also where a crash came between."""

from __future__ import annotations

from dataclasses import replace

from domain.partners.client import Client
from store.changes import Act
from worker.context import Context
from worker.partners.seeing import handles_in

ACT = Act("clock", "client contract told")


def leave(ctx: Context, client: Client) -> Client:
    """Put the residents of every community that is being left on the feed. Twice does no harm."""
    told = client.leaving
    for community in told:
        ctx.feeds.add(client.id, handles_in(ctx, client, community))
    if not told:
        return client
    act = replace(ACT, reason=client.id)
    return ctx.partners.change(client.id, lambda now: _without(now, client, told), act)


def sweep_leaving(ctx: Context) -> None:
    """Finish what a crash left behind."""
    for client in ctx.partners.all():
        if client.leaving:
            leave(ctx, client)


def _without(now: Client, client: Client, told: tuple[str, ...]) -> Client:
    """Under other terms than those that were told, the same communities may have to be told again."""
    left = now.leaving if now.terms != client.terms else tuple(code for code in now.leaving if code not in told)
    return replace(now, leaving=left)
