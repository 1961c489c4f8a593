"""Passes: the signed token inside a code, and what verifying it finds. Whom it is about is a handle (`domain.handles`).

A token is an untagged COSE_Sign1 (RFC 9052) around a CWT (RFC 8392), at most 118 bytes, in base32 without padding:

    [<<{1: -8, 4: kid}>>, {}, <<{4: expires, 6: issued, -65537: [handle, colour]}>>, signature]

A printed card's token has the same shape without a colour: its place says that the person has to be looked up. A token
is valid only if encoding what was decoded gives the same characters, so one pass has one spelling. Instants are whole
seconds; a pass holds while `now < expires`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlsplit

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from domain.facts import SHANGHAI
from domain.verdict import Colour

LIFETIME = timedelta(hours=24)
CARD_LIFETIME = timedelta(days=181)
"""The days of a card (`domain.cards`), and the rest of the one on which it is issued."""
SKEW = timedelta(minutes=5)
"""How far behind the issuer's clock a gate's clock may be."""
MOST_BYTES = 118
MOST_CHARACTERS = (MOST_BYTES * 8 + 4) // 5

_ALG, _KID, _EDDSA = 1, 4, -8
_EXPIRES, _ISSUED, _CODE = 4, 6, -65537
_SIGNATURE_BYTES = 64
_COLOURS = (Colour.NONE, Colour.GREEN, Colour.GREY, Colour.YELLOW, Colour.RED)
"""The number of a colour on the wire is its place here; append only."""
_CARD = 23
"""Where a code has its colour: a printed card, whose person is looked up."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What a code says. `colour` is none for a claim that is not proved: 待核实."""

    handle: bytes
    """16 bytes; only the house can open it."""
    colour: Colour
    issued: datetime
    expires: datetime
    card: bool = False
    """A printed card says no colour; its colour is none."""

    @property
    def unverified(self) -> bool:
        return self.colour is Colour.NONE and not self.card

    @property
    def lifetime(self) -> timedelta:
        """How long such a pass may last."""
        return CARD_LIFETIME if self.card else LIFETIME


class Fault(StrEnum):
    """Why a token is no valid pass, in the order in which it is looked at."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown-key"
    BAD_SIGNATURE = "bad-signature"
    NOT_YET = "not-yet"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Valid:
    content: Pass


@dataclass(frozen=True, slots=True)
class Invalid:
    fault: Fault
    content: Pass | None = None
    """Only of a pass that was properly signed: one that is not valid yet, or no more."""


Verification = Valid | Invalid


def expiry(issued: datetime, until: date | None) -> datetime:
    """When a pass of a colour that holds up to and including `until` ends: then, or after 24 hours if that is sooner.

    Never later than the colour itself: a green picture does not outlive its grey deadline.
    """
    latest = issued + LIFETIME
    if until is None:
        return latest
    return min(latest, datetime.combine(until + timedelta(days=1), time(), SHANGHAI))


def key_id(key: Ed25519PublicKey) -> bytes:
    """The two bytes by which a token names its key. Verifiers hold few keys; a clash shows when they are loaded."""
    return sha256(key.public_bytes_raw()).digest()[:2]


def issue(key: Ed25519PrivateKey, kid: bytes, content: Pass) -> str:
    """The token of a pass. Raises ValueError for one that lasts no time or longer than its kind may."""
    if not timedelta(0) < content.expires - content.issued <= content.lifetime:
        raise ValueError(f"a pass lasts up to {content.lifetime}, this one {content.expires - content.issued}")
    if len(content.handle) != 16 or not 1 <= len(kid) <= 2:
        raise ValueError("a handle has 16 bytes, a key id 1 or 2")
    protected, payload = protected_header(kid), _payload(content)
    token = _spell(protected, payload, key.sign(to_be_signed(protected, payload)))
    if len(token) > MOST_CHARACTERS:
        raise ValueError(f"the token has {len(token)} characters, more than {MOST_CHARACTERS}")
    return token


def verify(token: str, keys: Mapping[bytes, Ed25519PublicKey], now: datetime) -> Verification:
    """Whether this text is a pass that one of the keys signed and that holds at `now`. Never raises."""
    read = _read(token)
    if read is None:
        return Invalid(Fault.MALFORMED)
    kid, content, signature, signed = read
    key = keys.get(kid)
    if key is None:
        return Invalid(Fault.UNKNOWN_KEY)
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return Invalid(Fault.BAD_SIGNATURE)
    if content.issued > now + SKEW:
        return Invalid(Fault.NOT_YET, content)
    return Invalid(Fault.EXPIRED, content) if now >= content.expires else Valid(content)


def link(public_url: str, token: str) -> str:
    """What the QR holds. The host is upper case because it does not matter there and packs tighter beside the token;
    the scheme stays lower case, since that is what scanners know an address by."""
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc.upper()}{parts.path.rstrip('/')}/V/{token}"


def _read(token: str) -> tuple[bytes, Pass, bytes, bytes] | None:
    """Key id, content and signature of a well-formed token, and what the signature is over."""
    message = _unspell(token)
    if message is None:
        return None
    try:
        protected, _, payload, signature = cbor2.loads(message)
        kid = cbor2.loads(protected)[_KID]
        claims = cbor2.loads(payload)
        handle, colour = claims[_CODE]
        card = colour == _CARD
        shown = Colour.NONE if card else _COLOURS[colour]
        content = Pass(handle, shown, _instant(claims[_ISSUED]), _instant(claims[_EXPIRES]), card)
        said = (protected_header(kid), _payload(content))
        same = _message(*said, signature) == message
    except (cbor2.CBORDecodeError, *_MISSHAPEN):
        return None
    shaped = isinstance(handle, bytes) and len(handle) == 16 and isinstance(kid, bytes) and 1 <= len(kid) <= 2
    good = same and shaped and len(signature) == _SIGNATURE_BYTES
    return (kid, content, signature, to_be_signed(*said)) if good else None


def _unspell(token: str) -> bytes | None:
    """The bytes of a token; None for characters of no base32 and for bits to spare that are not zero.

    By way of a number, because the library's base32 takes as long as the signature.
    """
    if len(token) > MOST_CHARACTERS or _LETTERS.fullmatch(token) is None:
        return None
    bits = len(token) * 5
    spare = bits % 8
    number = int(token.translate(_DIGITS), 32)
    return None if spare > 4 or number & ((1 << spare) - 1) else (number >> spare).to_bytes(bits // 8)


_LETTERS = re.compile(r"[A-Z2-7]+")
_DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHIJKLMNOPQRSTUV")


_MISSHAPEN = (TypeError, ValueError, LookupError, OverflowError, ArithmeticError, RecursionError, OSError)
"""What looking for a pass inside some other CBOR can raise."""


def protected_header(kid: bytes) -> bytes:
    """The protected header of what a key of ours signs."""
    return cbor2.dumps({_ALG: _EDDSA, _KID: kid})


def _payload(content: Pass) -> bytes:
    code = [content.handle, _CARD if content.card else _COLOURS.index(content.colour)]
    return cbor2.dumps({_EXPIRES: _seconds(content.expires), _ISSUED: _seconds(content.issued), _CODE: code})


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The Sig_structure of RFC 9052, section 4.4."""
    return cbor2.dumps(["Signature1", protected, b"", payload])


def _message(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    return cbor2.dumps([protected, {}, payload, signature])


def _spell(protected: bytes, payload: bytes, signature: bytes) -> str:
    return base64.b32encode(_message(protected, payload, signature)).decode("ascii").rstrip("=")


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
