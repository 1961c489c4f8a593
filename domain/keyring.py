"""The public keys that codes are checked with: ours, and those of before until their last codes have expired."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.passes import key_id

Keyring = Mapping[bytes, Ed25519PublicKey]
"""Key id -> key."""

_KTY, _KID, _ALG, _OPS, _CRV, _X = 1, 2, 3, 4, -1, -2
_OKP, _EDDSA, _VERIFY, _ED25519 = 1, -8, 2, 6


def keyring(signing: Ed25519PrivateKey, previous: Iterable[bytes] = ()) -> Keyring:
    """The key that signs now, and raw public keys (32 bytes) of before. Raises ValueError when two share an id."""
    keys = [signing.public_key(), *map(Ed25519PublicKey.from_public_bytes, previous)]
    ring = {key_id(key): key for key in keys}
    if len(ring) != len({key.public_bytes_raw() for key in keys}):
        raise ValueError("two of the code keys share an id: replace the newer one")
    return ring


def cose_key_set(ring: Keyring) -> bytes:
    """As a COSE_KeySet (RFC 9052, section 7)."""
    common = {_KTY: _OKP, _ALG: _EDDSA, _OPS: [_VERIFY], _CRV: _ED25519}
    return cbor2.dumps([{**common, _KID: kid, _X: key.public_bytes_raw()} for kid, key in ring.items()])


def jwks(ring: Keyring) -> dict[str, list[dict[str, str]]]:
    """As a JWK Set (RFC 7517, RFC 8037)."""
    common = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig"}
    return {
        "keys": [{**common, "kid": _text(kid), "x": _text(key.public_bytes_raw())} for kid, key in ring.items()],
    }


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
