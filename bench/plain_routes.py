"""What is compared with: an empty Flask route, one durable SET a request, and the least that checks a code."""

from __future__ import annotations

import base64
import os

import cbor2
import redis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from flask import Flask, abort, request


def create_app() -> Flask:
    """`REDIS_URL` names the database."""
    app = Flask("plain routes")
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    public, handles = Ed25519PrivateKey.from_private_bytes(_key("CODE_SIGNING_KEY")).public_key(), _key("HANDLE_KEY")

    @app.get("/healthz")
    @app.post("/empty")
    def empty() -> str:
        return ""

    @app.post("/set")
    def durable_set() -> str:
        client.set(f"bench:set:{hash(request.query_string) % 1_000}", request.get_data())
        return ""

    @app.get("/bare/<token>")
    def bare(token: str) -> str:
        """The signature of a code and one read of the person in it, nothing else."""
        message = base64.b32decode(token + "=" * (-len(token) % 8))
        protected, _, payload, signature = cbor2.loads(message)
        public.verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))
        cipher = Cipher(algorithms.AES(handles), modes.ECB()).decryptor()  # noqa: S305 (as the house does)
        pid = cipher.update(cbor2.loads(payload)[-65537][0])[:12]
        name = f"yima:{{{pid[0]:02x}}}:person:{base64.urlsafe_b64encode(pid).decode()}"
        return "there" if client.get(name) else abort(404)

    return app


def _key(name: str) -> bytes:
    """32 bytes of a key of the environment; of none zeros."""
    return base64.urlsafe_b64decode(os.environ.get(name, "A" * 43) + "=")
