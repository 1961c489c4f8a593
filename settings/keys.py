"""Keys among the settings: a fresh one, and the public half of the one that signs."""

from __future__ import annotations

import base64
import os

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from settings.reading import load
from settings.shapes import KEY_BYTES


def new_key() -> str:
    """A fresh key: 32 random bytes in base64url."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode().rstrip("=")


def public_key() -> str:
    """What goes into CODE_KEYS_PREVIOUS when CODE_SIGNING_KEY is replaced. Raises BadSettings."""
    raw = Ed25519PrivateKey.from_private_bytes(load().code_signing_key).public_key().public_bytes_raw()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
