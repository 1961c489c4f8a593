"""Both verifiers, the house's and the page's: nothing but what was issued, in its one spelling, at its time."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from pathlib import Path

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from domain import passes
from domain.keyring import keyring
from domain.passes import Valid
from domain.revocations import TAG_BYTES, Revocation, SignedList, read, sign
from domain.verdict import Colour
from tests.gate.mutants import (
    KEY,
    KID,
    NOON,
    OTHER,
    RING,
    by_python,
    by_the_page,
    claims,
    genuine,
    mutants,
    signed,
    spelled,
)

MALFORMED, BAD, UNKNOWN, NOT_YET, EXPIRED = "malformed", "bad-signature", "unknown-key", "not-yet", "expired"
RAW = base64.b32decode(genuine() + "=" * (-len(genuine()) % 8))
HEAD, BARE, BODY, SIGNATURE = cbor2.loads(RAW)
SHORT = signed({1: -8, 4: b"\x07"})
"""Of 114 bytes, so that its last letter has bits to spare."""

# The groups of the certificates' test list (EU Digital COVID Certificate, test data: QR, context, base, compression,
# CBOR, COSE, payload, times, keys), each as our token has it.
NEGATIVE = [
    ("QR: nothing in it", "", MALFORMED),
    ("QR: no token of ours", "HC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2", MALFORMED),
    ("prefix: one before the token", "HC1" + genuine(), MALFORMED),
    ("prefix: the link itself", "https://yima.example.cn/V/" + genuine(), MALFORMED),
    ("base: lower case", genuine().lower(), MALFORMED),
    ("base: a letter of no base", genuine()[:40] + "1" + genuine()[41:], MALFORMED),
    ("base: padding", genuine() + "=", MALFORMED),
    ("base: another spelling of the last bits", SHORT[:-1] + chr(ord(SHORT[-1]) + 1), MALFORMED),
    ("compression: compressed as theirs is", spelled(b"\x78\x9c" + RAW), MALFORMED),
    ("CBOR: cut off", spelled(RAW[:-1]), MALFORMED),
    ("CBOR: more behind it", spelled(RAW + b"\x00"), MALFORMED),
    ("CBOR: a text", spelled("green"), MALFORMED),
    ("CBOR: lengths longer than needed", spelled(b"\x98\x04" + RAW[1:]), MALFORMED),
    ("COSE: tagged", spelled(cbor2.CBORTag(18, cbor2.loads(RAW))), MALFORMED),
    ("COSE: three parts", spelled([HEAD, BARE, BODY]), MALFORMED),
    ("COSE: key id in the unprotected header", signed({1: -8}, unprotected={4: KID}), MALFORMED),
    ("COSE: key id in both headers", signed(unprotected={4: KID}), MALFORMED),
    ("COSE: no algorithm", signed({4: KID}), MALFORMED),
    ("COSE: ES256 said", signed({1: -7, 4: KID}), MALFORMED),
    ("COSE: PS256 said", signed({1: -37, 4: KID}), MALFORMED),
    ("COSE: no signature", spelled([HEAD, BARE, BODY, b""]), MALFORMED),
    ("COSE: of another payload", signed(over=b"other"), BAD),
    ("COSE: of zeros", spelled([HEAD, BARE, BODY, bytes(64)]), BAD),
    ("COSE: by another key under our id", signed(key=OTHER), BAD),
    ("key: unknown", signed({1: -8, 4: b"\x01\x02"}, key=OTHER), UNKNOWN),
    ("key: an id of no bytes", signed({1: -8, 4: b""}), MALFORMED),
    ("key: an id of eight bytes", signed({1: -8, 4: bytes(8)}), MALFORMED),
    ("CWT: no expiry", signed(payload={6: claims()[6], -65537: claims()[-65537]}), MALFORMED),
    ("CWT: no issue", signed(payload={4: claims()[4], -65537: claims()[-65537]}), MALFORMED),
    ("CWT: no code", signed(payload={4: claims()[4], 6: claims()[6]}), MALFORMED),
    ("CWT: an issuer besides", signed(payload={1: "CN", **claims()}), MALFORMED),
    ("CWT: times as texts", signed(payload={4: "tomorrow", 6: "today", -65537: [bytes(16), 1]}), MALFORMED),
    ("CWT: times as fractions", signed(payload={**claims(), 4: claims()[4] + 0.5}), MALFORMED),
    ("CWT: a handle of 15 bytes", signed(payload=claims(code=[bytes(15), 1])), MALFORMED),
    ("CWT: a colour that there is none of", signed(payload=claims(code=[bytes(16), 5])), MALFORMED),
    ("CWT: a colour below none", signed(payload=claims(code=[bytes(16), -1])), MALFORMED),
    ("CWT: two codes", signed(payload=claims(code=[bytes(16), 1, 2])), MALFORMED),
    ("time: issued tomorrow", signed(payload=claims(NOON + timedelta(days=1))), NOT_YET),
    ("time: over since yesterday", signed(payload=claims(NOON - timedelta(days=2))), EXPIRED),
    ("time: over at this very second", signed(payload=claims(NOON - timedelta(days=1))), EXPIRED),
]


@pytest.mark.parametrize(("what", "token", "fault"), NEGATIVE, ids=[each[0] for each in NEGATIVE])
def test_a_negative_case_of_the_certificates_is_refused(what: str, token: str, fault: str) -> None:
    assert by_python([token]) == [fault]


def test_the_page_refuses_each_of_them_for_the_same_reason(tmp_path: Path) -> None:
    tokens = [token for _, token, _ in NEGATIVE]
    told = dict(zip((each[0] for each in NEGATIVE), by_the_page(tokens, tmp_path), strict=True))
    assert told == {what: fault for what, _, fault in NEGATIVE}


@pytest.mark.parametrize("colour", Colour)
def test_the_page_accepts_what_was_issued(tmp_path: Path, colour: Colour) -> None:
    for now in (NOON, NOON + passes.LIFETIME - timedelta(seconds=1), NOON - passes.SKEW):
        assert by_python([genuine(colour)], now) == by_the_page([genuine(colour)], tmp_path, now) == ["valid"]


def test_no_mutant_is_accepted_by_either(tmp_path: Path) -> None:
    tokens = [*mutants(5_000), genuine()]
    for found in (by_python(tokens), by_the_page(tokens, tmp_path)):
        assert [n for n, each in enumerate(found) if each == "valid"] == [5_000]
        assert len(found) == len(tokens)


# --- keys, the list ---------------------------------------------------------------------------------------------------


def test_a_code_of_before_stays_valid_while_its_key_is_named() -> None:
    token = genuine()
    rotated = keyring(OTHER, [KEY.public_key().public_bytes_raw()])
    assert isinstance(passes.verify(token, rotated, NOON), Valid)
    assert not isinstance(passes.verify(token, keyring(OTHER), NOON), Valid)


entries = st.builds(
    Revocation, st.integers(1_500_000_000, 1_900_000_000), st.binary(min_size=TAG_BYTES, max_size=TAG_BYTES)
)


@given(codes=st.frozensets(entries, max_size=40), after=st.integers(0, 2**32), ends=st.none() | st.integers(0, 2**32))
def test_a_signed_list_says_what_was_put_into_it(codes: frozenset[Revocation], after: int, ends: int | None) -> None:
    content = SignedList(1_583_121_600, after, ends, tuple(sorted(codes)), ())
    assert read(sign(KEY, content), RING) == content


def test_a_list_of_a_hundred_thousand_is_small() -> None:
    start = int(datetime(2020, 3, 2).timestamp())  # noqa: DTZ001 any day
    codes = tuple(Revocation(start + n * 86_400 // 100_000, n.to_bytes(TAG_BYTES)) for n in range(100_000))
    assert len(sign(KEY, SignedList(start, 0, None, codes, ()))) < 800_000


def test_a_list_by_another_key_is_none() -> None:
    forged = sign(Ed25519PrivateKey.generate(), SignedList(1, 0, None, (), ()))
    with pytest.raises(KeyError):
        read(forged, RING)
