"""What administrators do about clients; commands and the console call the same. Every secret is shown once."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from domain.partners import client as clients
from domain.partners.client import Client, Quota
from domain.partners.rights import Right
from domain.roles import Action, Refused, Staff, require
from store.changes import Act
from worker.context import Context
from worker.partners.addresses import BadAddress, check_url
from worker.partners.leaving import leave

HOOK_SECRET = "whsec_"  # noqa: S105  what secrets of webhooks begin with


@dataclass(frozen=True, slots=True)
class Shown:
    """A client, and a secret that nobody will see again."""

    client: Client
    secret: str


def create(ctx: Context, staff: Staff, id: str, name: str, organisation: str, rights: Sequence[Right]) -> Shown:
    """A new client with its first secret. Raises Refused."""
    require(staff, Action.MANAGE_CLIENTS)
    secret = secrets.token_urlsafe(32)
    made = clients.new_client(id, name, organisation, rights)
    made = clients.with_secret(made, _name(), secret, ctx.clock.now())
    ctx.partners.add(made, _act(staff, "client add", id))
    return Shown(made, secret)


def rotate(ctx: Context, staff: Staff, id: str) -> Shown:
    """One more secret; the one before stays good until `retire`."""
    secret = secrets.token_urlsafe(32)
    after = _change(ctx, staff, id, "client rotate", lambda c: clients.with_secret(c, _name(), secret, ctx.clock.now()))
    return Shown(after, secret)


def retire(ctx: Context, staff: Staff, id: str) -> Client:
    """Only the newest secret is good from now on."""
    return _change(ctx, staff, id, "client retire secrets", clients.without_older_secrets)


def stop(ctx: Context, staff: Staff, id: str, stopped: bool) -> Client:
    """Everything of the client ends at once, tokens and pushes too; or goes on."""
    what = "client stop" if stopped else "client go on"
    return _change(ctx, staff, id, what, lambda c: replace(c, stopped=stopped))


def set_rights(ctx: Context, staff: Staff, id: str, rights: Sequence[Right]) -> Client:
    def changed(client: Client) -> Client:
        if not rights:
            raise Refused("no_rights")
        return replace(client, rights=tuple(right for right in Right if right in rights))

    return _change(ctx, staff, id, f"client rights {' '.join(rights)}", changed)


def set_contract(ctx: Context, staff: Staff, id: str, divisions: Sequence[str]) -> Client:
    """Whoever the contract does not cover any more is `withdrawn` on the feed at once."""
    what = f"client contract {' '.join(divisions)}"
    return leave(ctx, _change(ctx, staff, id, what, lambda c: clients.with_divisions(c, divisions)))


def set_networks(ctx: Context, staff: Staff, id: str, networks: Sequence[str]) -> Client:
    what = f"client networks {' '.join(networks)}"
    return _change(ctx, staff, id, what, lambda c: clients.with_networks(c, networks))


def set_quota(ctx: Context, staff: Staff, id: str, quota: Quota) -> Client:
    what = f"client quota {quota.minute} {quota.day}"
    return _change(ctx, staff, id, what, lambda c: clients.with_quota(c, quota))


def add_signing_key(ctx: Context, staff: Staff, id: str, text: str, must_sign: bool) -> Client:
    """An Ed25519 public key, 32 bytes in base64 or base64url. Raises Refused (`signing_key`)."""
    try:
        raw = base64.urlsafe_b64decode(text.strip().replace("+", "-").replace("/", "_") + "==")
        Ed25519PublicKey.from_public_bytes(raw)
    except (binascii.Error, ValueError):
        raise Refused("signing_key") from None
    now = ctx.clock.now()

    def changed(client: Client) -> Client:
        return replace(clients.with_signing_key(client, _name(), raw, now), must_sign=must_sign)

    return _change(ctx, staff, id, "client signing key", changed)


def set_hook(ctx: Context, staff: Staff, id: str, url: str) -> Shown:
    """Where changes are pushed, from what changes now; with a new secret. An empty address ends it.

    Raises Refused (`hook_address`).
    """
    require(staff, Action.MANAGE_CLIENTS)
    if url:
        try:
            check_url(url, ctx.settings.public_url)
        except BadAddress as error:
            raise Refused("hook_address", str(error)) from None
        ctx.partners.read(id)
        ctx.feeds.begin(id)
    drawn = os.urandom(32)
    after = _change(ctx, staff, id, f"client hook {url or 'none'}", lambda c: clients.with_hook(c, url, drawn))
    return Shown(after, told_secret(drawn) if url else "")


def send_again(ctx: Context, staff: Staff, id: str, letter: str = "") -> int:
    """A dead letter, or all of them, once more."""
    require(staff, Action.MANAGE_CLIENTS)
    ctx.audit.note(_act(staff, "client send again", f"{id} {letter}".strip()), b"")
    return ctx.feeds.send_again(id, letter)


def told_secret(raw: bytes) -> str:
    """As Standard Webhooks writes it."""
    return HOOK_SECRET + base64.b64encode(raw).decode()


def _change(ctx: Context, staff: Staff, id: str, what: str, edit: Callable[[Client], Client]) -> Client:
    require(staff, Action.MANAGE_CLIENTS)
    return ctx.partners.change(id, edit, _act(staff, what, id))


def _act(staff: Staff, what: str, about: str) -> Act:
    return Act(staff.id, what, reason=about, organisation=staff.organisation)


def _name() -> str:
    return secrets.token_hex(4)
