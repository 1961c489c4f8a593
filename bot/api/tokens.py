"""Access tokens: OAuth 2.0 client credentials (RFC 6749, 6750). The endpoint is Authlib's; the token is ours.

A token names its client, the secret that it was got with, and its scopes, under a MAC: no table of tokens is kept, and
it is void at once when its secret is retired, its client stopped or a scope taken away: the client is read anyhow.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import msgpack
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from flask import request
from werkzeug.datastructures import CombinedMultiDict

from domain.facts import SHANGHAI
from domain.partners.client import Client
from domain.partners.rights import Right
from domain.roles import Refused

LIVES = timedelta(hours=1)
_CLIENT = re.compile(r"[a-z0-9][a-z0-9-]{1,31}")


@dataclass(frozen=True, slots=True)
class Access:
    """What a token says."""

    client: str
    secret: str
    rights: tuple[Right, ...]
    expires: datetime


@dataclass(frozen=True, slots=True)
class Mint:
    """Makes and reads tokens; `key` derives from SECRET_KEY."""

    key: bytes

    @classmethod
    def of(cls, secret_key: bytes) -> Mint:
        return cls(hmac.digest(secret_key, b"yima access tokens", "sha256"))

    def make(self, access: Access) -> str:
        names = " ".join(access.rights)
        plain = msgpack.packb((access.client, access.secret, names, int(access.expires.timestamp())))
        return _text(plain + hmac.digest(self.key, plain, "sha256")[:16])

    def read(self, token: str, now: datetime) -> Access | None:
        """None for what is no token of ours, or one that has expired."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        plain, mac = raw[:-16], raw[-16:]
        if not hmac.compare_digest(mac, hmac.digest(self.key, plain, "sha256")[:16]):
            return None
        client, secret, names, seconds = msgpack.unpackb(plain)
        expires = datetime.fromtimestamp(seconds, SHANGHAI)
        if now >= expires:
            return None
        return Access(client, secret, tuple(Right(each) for each in names.split()), expires)


class Applicant(ClientMixin):
    """A client as Authlib asks about it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.secret = ""

    def get_client_id(self) -> str:
        return self.client.id

    def check_client_secret(self, client_secret: str) -> bool:
        found = self.client.secret_of(client_secret)
        self.secret = found.id if found else ""
        return found is not None

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return endpoint == "token" and method in ClientCredentialsGrant.TOKEN_ENDPOINT_AUTH_METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == ClientCredentialsGrant.GRANT_TYPE

    def get_allowed_scope(self, scope: Collection[str] | str | None) -> str:
        """What was asked for and is granted; all that is granted if nothing was asked for."""
        asked = (scope.split() if isinstance(scope, str) else scope) or list(self.client.rights)
        return " ".join(each for each in self.client.rights if each in asked)


class Grant(ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


class _Form(FlaskOAuth2Payload):
    """Only the body counts: a secret in an address would stand in logs."""

    @property
    def data(self) -> CombinedMultiDict[str, str]:
        return CombinedMultiDict([request.form])


class _Request(FlaskOAuth2Request):
    """Encryption is PUBLIC_URL's matter: behind a proxy a request looks plain, and on loopback it may be."""

    def __init__(self) -> None:
        url = "https:" + request.url.partition(":")[2]
        OAuth2Request.__init__(self, request.method, url, headers=dict(request.headers))
        self._request = request
        self.payload = _Form(request)


class _Tokens(BearerTokenGenerator):
    """Access tokens of ours where Authlib would draw random ones."""

    def __init__(self, mint: Mint, now: Callable[[], datetime]) -> None:
        super().__init__(lambda **_: "")
        self._mint = mint
        self._now = now

    def generate(
        self,
        grant_type: str,
        client: ClientMixin,
        user: object = None,
        scope: str | None = None,
        expires_in: int | None = None,
        include_refresh_token: bool = True,
    ) -> dict[str, str | int]:
        return _token(self._mint, self._now(), cast(Applicant, client), scope)


class TokenServer(AuthorizationServer):
    """The token endpoint. `lookup` gives the client of an id, if it may come in from where the request comes."""

    def __init__(self, mint: Mint, lookup: Callable[[str], Client], now: Callable[[], datetime]) -> None:
        super().__init__(query_client=lambda id: _applicant(lookup, id), save_token=lambda token, request: None)
        self.scopes_supported = [each.value for each in Right]
        self.register_grant(Grant)
        self.register_token_generator("default", _Tokens(mint, now))

    def create_oauth2_request(self, request: object) -> FlaskOAuth2Request:
        return _Request()


def _applicant(lookup: Callable[[str], Client], id: str) -> Applicant | None:
    if not _CLIENT.fullmatch(id):
        return None
    try:
        return Applicant(lookup(id))
    except Refused:
        return None


def _token(mint: Mint, now: datetime, applicant: Applicant, scope: str | None) -> dict[str, str | int]:
    names = applicant.get_allowed_scope(scope)
    rights = tuple(Right(each) for each in names.split())
    token = mint.make(Access(applicant.client.id, applicant.secret, rights, now + LIVES))
    return {"token_type": "Bearer", "access_token": token, "expires_in": int(LIVES.total_seconds()), "scope": names}


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
