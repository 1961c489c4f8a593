"""A client: a system of a partner, its secrets, limits and contract. Every change of one is a function here."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.partners.rights import Right
from domain.places import communities_in
from domain.roles import Refused

LONGEST_NAME = 20
LIVE_SECRETS = 2
"""The new one and the one before it, so that a partner changes over without a gap."""
SHORTEST_DIVISION = 9
"""Digits of a division code: a street. No contract is about a whole county."""

_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,31}")


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret by its digest; what was drawn is shown once and never kept."""

    id: str
    digest: bytes
    made: datetime


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 public key (32 bytes) with which the client signs its requests (RFC 9421)."""

    id: str
    public: bytes
    made: datetime


@dataclass(frozen=True, slots=True)
class Quota:
    """Requests per minute and per day."""

    minute: int = 600
    day: int = 200_000


@dataclass(frozen=True, slots=True)
class Hook:
    """Where changes are pushed to; signed with every one of `secrets` (32 bytes), the newest first."""

    url: str
    secrets: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Client:
    """One system. A resident is shown `name` and `organisation`."""

    id: str
    name: str
    organisation: str
    rights: tuple[Right, ...] = ()
    divisions: tuple[str, ...] = ()
    """By contract: the streets and communities whose residents it sees without being asked; docs/decisions."""
    secrets: tuple[Secret, ...] = ()
    quota: Quota = Quota()
    networks: tuple[str, ...] = ()
    """CIDR; where requests may come from. None: from anywhere."""
    signing_keys: tuple[SigningKey, ...] = ()
    must_sign: bool = False
    hook: Hook | None = None
    stopped: bool = False
    terms: int = 0
    """How often the contract was changed: part of every version it is shown, so that what it ends is newer."""
    leaving: tuple[str, ...] = ()
    """Communities that the contract covers no more, and of which the feed does not say so yet."""

    def covers(self, community: str) -> bool:
        """Whether the contract is about the residents of this community."""
        return bool(community) and community.startswith(self.divisions) if self.divisions else False

    def secret_of(self, stated: str) -> Secret | None:
        """The live secret that was stated, compared in constant time."""
        digest = digest_of(stated)
        found = [each for each in self.secrets if hmac.compare_digest(each.digest, digest)]
        return found[0] if found else None

    def lets_in(self, address: str) -> bool:
        """Whether a request may come from this address."""
        try:
            at = ipaddress.ip_address(address)
        except ValueError:
            return not self.networks
        return not self.networks or any(at in ipaddress.ip_network(each) for each in self.networks)


def digest_of(secret: str) -> bytes:
    """Secrets are 32 random bytes, so one pass of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).digest()


def new_client(id: str, name: str, organisation: str, rights: Iterable[Right]) -> Client:
    """Raises Refused: `client_id`, `client_name`, `client_organisation` when unusable, `no_rights`."""
    given = tuple(right for right in Right if right in set(rights))
    checks = ((_ID.fullmatch(id), "client_id"), (name.strip(), "client_name"), (given, "no_rights"))
    for good, reason in (*checks, (organisation.strip(), "client_organisation")):
        if not good:
            raise Refused(reason)
    return Client(id, name.strip()[:LONGEST_NAME], organisation.strip()[:LONGEST_NAME], given)


def with_secret(client: Client, id: str, secret: str, now: datetime) -> Client:
    """One more secret; of those before it only the newest stays good until it is retired."""
    return replace(client, secrets=(Secret(id, digest_of(secret), now), *client.secrets)[:LIVE_SECRETS])


def without_older_secrets(client: Client) -> Client:
    """The change-over is done: only the newest secret is good, at once. Tokens of the others are void with them."""
    return replace(client, secrets=client.secrets[:1])


def with_signing_key(client: Client, id: str, public: bytes, now: datetime) -> Client:
    """Two keys are live at most. Raises Refused (`signing_key`)."""
    if len(public) != 32:
        raise Refused("signing_key")
    return replace(client, signing_keys=(SigningKey(id, public, now), *client.signing_keys)[:LIVE_SECRETS])


def with_hook(client: Client, url: str, secret: bytes) -> Client:
    """Another address or secret; the secret before signs along until the next change. An empty `url` ends it."""
    if not url:
        return replace(client, hook=None)
    before = client.hook.secrets if client.hook else ()
    return replace(client, hook=Hook(url, (secret, *before)[:LIVE_SECRETS]))


def with_networks(client: Client, networks: Iterable[str]) -> Client:
    """Raises Refused (`network`), naming the one that is none."""
    kept = []
    for each in networks:
        try:
            kept.append(str(ipaddress.ip_network(each.strip(), strict=False)))
        except ValueError:
            raise Refused("network", each) from None
    return replace(client, networks=tuple(dict.fromkeys(kept)))


def with_divisions(client: Client, divisions: Iterable[str]) -> Client:
    """The contract. Raises Refused (`division`) for what is no street or community of the region."""
    kept = tuple(dict.fromkeys(each.strip() for each in divisions))
    for each in kept:
        if re.fullmatch(rf"64[0-9]{{{SHORTEST_DIVISION - 2}}}([0-9]{{3}})?", each) is None:
            raise Refused("division", each)
    terms = client.terms + (kept != client.divisions)
    after = replace(client, divisions=kept, terms=terms)
    known = {*client.leaving, *(code for each in client.divisions for code in communities_in(each))}
    return replace(after, leaving=tuple(sorted(code for code in known if not after.covers(code))))


def with_quota(client: Client, quota: Quota) -> Client:
    """Raises Refused (`quota`)."""
    if not 1 <= quota.minute <= 100_000 or not quota.minute <= quota.day <= 100_000_000:
        raise Refused("quota")
    return replace(client, quota=quota)
