"""The signed pass: one spelling, an end, and nothing to read for a stranger."""

from __future__ import annotations

import base64
import string
from datetime import UTC, date, datetime, timedelta

import cbor2
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import SHANGHAI
from domain.handles import Handle, HandleKind, open_handle, seal_handle
from domain.passes import (
    CARD_LIFETIME,
    LIFETIME,
    MOST_BYTES,
    SKEW,
    Fault,
    Invalid,
    Pass,
    Valid,
    Verification,
    expiry,
    issue,
    key_id,
    link,
    verify,
)
from domain.verdict import Colour

ISSUER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KID = key_id(ISSUER.public_key())
KEYS = {KID: ISSUER.public_key()}
HANDLE_KEY = bytes(range(32, 64))
PID = b"twelve bytes"
NOON = datetime(2020, 3, 2, 12, 0, tzinfo=SHANGHAI)
TODAY = NOON.date()


def a_pass(colour: Colour = Colour.GREEN, issued: datetime = NOON, lasts: timedelta = LIFETIME) -> Pass:
    return Pass(seal_handle(HANDLE_KEY, PID, TODAY, HandleKind.CODE), colour, issued, issued + lasts)


def token_of(content: Pass) -> str:
    return issue(ISSUER, KID, content)


def bytes_of(token: str) -> bytes:
    return base64.b32decode(token + "=" * (-len(token) % 8))


def text_of(message: bytes) -> str:
    return base64.b32encode(message).decode().rstrip("=")


def fault_of(token: str, now: datetime = NOON) -> Fault | None:
    match verify(token, KEYS, now):
        case Invalid(fault):
            return fault
        case Valid():
            return None


@pytest.mark.parametrize("colour", Colour)
def test_what_was_issued_is_what_is_verified(colour: Colour) -> None:
    content = a_pass(colour)
    assert verify(token_of(content), KEYS, NOON) == Valid(content)


def test_an_unproved_claim_has_no_colour_in_its_code() -> None:
    result = verify(token_of(a_pass(Colour.NONE)), KEYS, NOON)
    assert isinstance(result, Valid)
    assert result.content.unverified


def test_a_stranger_reads_it_as_cose_sign1_around_a_cwt() -> None:
    protected, unprotected, payload, signature = cbor2.loads(bytes_of(token_of(a_pass())))
    assert cbor2.loads(protected) == {1: -8, 4: KID}
    assert unprotected == {}
    ISSUER.public_key().verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))
    claims = cbor2.loads(payload)
    assert (claims[6], claims[4] - claims[6]) == (int(NOON.timestamp()), 24 * 3600)


@pytest.mark.parametrize("kid", [b"\x07", b"\x00\xff"])
def test_a_token_fits_its_qr(kid: bytes) -> None:
    token = issue(ISSUER, kid, a_pass())
    assert len(bytes_of(token)) <= MOST_BYTES
    assert set(token) <= set(string.ascii_uppercase + "234567")


@pytest.mark.parametrize(
    ("public_url", "version"),
    [
        ("https://yima.nx.gov.cn", 8),
        ("http://127.0.0.1:8080", 8),
        ("https://health-code.yinchuan.gov.cn/", 9),
        ("https://a-rather-long-host-name.service.example.gov.cn/yima", 9),
    ],
)
def test_the_qr_is_of_version_8_or_9_at_level_m(public_url: str, version: int) -> None:
    text = link(public_url, token_of(a_pass()))
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    modules = zxingcpp.write_barcode_to_image(symbol, scale=1, add_quiet_zones=False).shape[0]
    assert (modules - 17) // 4 == version


def test_the_link_keeps_its_scheme_and_a_path_of_ours_as_they_are() -> None:
    assert link("https://yima.example.cn/Health/", "ABC") == "https://YIMA.EXAMPLE.CN/Health/V/ABC"


@pytest.mark.parametrize(
    ("now", "fault"),
    [
        (NOON - SKEW - timedelta(seconds=1), Fault.NOT_YET),
        (NOON - SKEW, None),
        (NOON, None),
        (NOON + LIFETIME - timedelta(seconds=1), None),
        (NOON + LIFETIME, Fault.EXPIRED),
        (NOON.astimezone(UTC) + timedelta(days=400), Fault.EXPIRED),
    ],
)
def test_a_pass_holds_from_its_issue_until_its_end(now: datetime, fault: Fault | None) -> None:
    assert fault_of(token_of(a_pass()), now) == fault


def test_an_expired_pass_still_says_whose_it_was() -> None:
    content = a_pass()
    assert verify(token_of(content), KEYS, NOON + LIFETIME) == Invalid(Fault.EXPIRED, content)


def test_a_stranger_s_signature_is_named_apart_from_a_stranger_s_key() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    assert fault_of(issue(stranger, KID, a_pass())) == Fault.BAD_SIGNATURE
    assert fault_of(issue(stranger, key_id(stranger.public_key()), a_pass())) == Fault.UNKNOWN_KEY


@pytest.mark.parametrize("minute", range(3))
@pytest.mark.parametrize("kid", [b"\x07", KID], ids=["spare bits in the last character", "no spare bits"])
def test_no_change_of_one_character_is_accepted(kid: bytes, minute: int) -> None:
    token = issue(ISSUER, kid, a_pass(issued=NOON + timedelta(minutes=minute)))
    mutants = (
        token[:at] + wrong + token[at + 1 :] for at, right in enumerate(token) for wrong in _TYPED if wrong != right
    )
    keys = {kid: ISSUER.public_key()}
    assert isinstance(verify(token, keys, NOON), Valid)
    assert [each for each in mutants if not _is_broken(verify(each, keys, NOON))] == []


_TYPED = [*sorted(set(string.printable) - set(string.whitespace)), " ", "\n", "é"]


def _is_broken(result: Verification) -> bool:
    return isinstance(result, Invalid) and result.fault in _BROKEN and result.content is None


def test_no_character_too_many_or_too_few_is_accepted() -> None:
    token = token_of(a_pass(Colour.RED))
    shorter = [token[:at] + token[at + 1 :] for at in range(len(token))]
    longer = [token[:at] + extra + token[at:] for at in range(len(token) + 1) for extra in "A7=\n"]
    assert {fault_of(each) for each in (*shorter, *longer) if each != token} <= _BROKEN


_BROKEN = {Fault.MALFORMED, Fault.UNKNOWN_KEY, Fault.BAD_SIGNATURE}


def variants_with_a_good_signature() -> dict[str, bytes]:
    """Messages that the right key signed, each unlike the one spelling that a pass has."""
    handle = a_pass().handle
    issued, expires = int(NOON.timestamp()), int((NOON + LIFETIME).timestamp())
    claims: dict[int, object] = {4: expires, 6: issued, -65537: [handle, 1]}
    protected: dict[int, object] = {1: -8, 4: KID}
    return {
        "tagged": b"\xd2" + _signed(protected, claims),
        "trailing byte": _signed(protected, claims) + b"\x00",
        "something unprotected": _signed(protected, claims, {1: 1}),
        "another algorithm": _signed({1: -7, 4: KID}, claims),
        "one header more": _signed({**protected, 3: 0}, claims),
        "one claim more": _signed(protected, {**claims, 1: "x"}),
        "claims in another order": _signed(protected, dict(reversed(claims.items()))),
        "an instant as a float": _signed(protected, {**claims, 6: float(issued)}),
        "an unknown colour": _signed(protected, {**claims, -65537: [handle, 5]}),
        "a negative colour": _signed(protected, {**claims, -65537: [handle, -1]}),
        "a colour that is true": _signed(protected, {**claims, -65537: [handle, True]}),
        "a short handle": _signed(protected, {**claims, -65537: [handle[:15], 1]}),
        "a handle of text": _signed(protected, {**claims, -65537: ["sixteen letters!", 1]}),
        "an instant of another age": _signed(protected, {**claims, 4: 2**62}),
        "no key id": _signed({1: -8}, claims),
        "a key id of text": _signed({1: -8, 4: "ab"}, claims),
        "a list of claims": _signed(protected, [1, 2]),
        "no claims": _signed(protected, {}),
    }


def _signed(protected: object, claims: object, unprotected: object = None) -> bytes:
    head, body = cbor2.dumps(protected), cbor2.dumps(claims)
    signature = ISSUER.sign(cbor2.dumps(["Signature1", head, b"", body]))
    return cbor2.dumps([head, unprotected or {}, body, signature])


@pytest.mark.parametrize("name", variants_with_a_good_signature())
def test_another_spelling_is_malformed_even_if_properly_signed(name: str) -> None:
    assert fault_of(text_of(variants_with_a_good_signature()[name])) == Fault.MALFORMED


def test_the_unchanged_message_of_those_variants_is_good() -> None:
    claims = {4: int((NOON + LIFETIME).timestamp()), 6: int(NOON.timestamp()), -65537: [a_pass().handle, 1]}
    assert verify(text_of(_signed({1: -8, 4: KID}, claims)), KEYS, NOON) == Valid(a_pass())


@given(st.text(max_size=200) | st.binary(max_size=118).map(text_of))
def test_nonsense_is_malformed_and_never_an_exception(nonsense: str) -> None:
    assert fault_of(nonsense) in _BROKEN


CBOR = st.recursive(
    st.integers() | st.binary(max_size=20) | st.text(max_size=9) | st.floats() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(-9, 9), inner, max_size=4),
    max_leaves=8,
)


@given(CBOR, CBOR, CBOR, CBOR)
def test_other_cbor_of_the_same_outline_is_malformed(head: object, loose: object, body: object, seal: object) -> None:
    message = cbor2.dumps([cbor2.dumps(head), loose, cbor2.dumps(body), seal])
    assert fault_of(text_of(message)) == Fault.MALFORMED


@pytest.mark.parametrize("lasts", [timedelta(0), timedelta(seconds=-1), LIFETIME + timedelta(seconds=1)])
def test_a_pass_that_lasts_too_long_or_no_time_is_not_issued(lasts: timedelta) -> None:
    with pytest.raises(ValueError, match="lasts"):
        token_of(a_pass(lasts=lasts))


@pytest.mark.parametrize(
    ("until", "expires"),
    [
        (None, NOON + LIFETIME),
        (date(2020, 3, 5), NOON + LIFETIME),
        (date(2020, 3, 3), NOON + LIFETIME),
        (date(2020, 3, 2), datetime(2020, 3, 3, 0, 0, tzinfo=SHANGHAI)),
    ],
)
def test_a_code_ends_after_a_day_or_with_its_colour(until: date | None, expires: datetime) -> None:
    assert expiry(NOON, until) == expires
    assert expiry(NOON.astimezone(UTC), until) == expires


@pytest.mark.parametrize("kind", HandleKind)
@given(pid=st.binary(min_size=12, max_size=12), day=st.dates(date(2020, 1, 1), date(2119, 12, 31)))
def test_only_the_house_opens_a_handle(kind: HandleKind, pid: bytes, day: date) -> None:
    handle = seal_handle(HANDLE_KEY, pid, day, kind)
    assert open_handle(HANDLE_KEY, handle) == Handle(pid, day, kind)
    assert open_handle(bytes(32), handle) != Handle(pid, day, kind)


def test_a_handle_is_another_one_tomorrow_and_on_a_card() -> None:
    day, next_day = TODAY, TODAY + timedelta(days=1)
    made = {seal_handle(HANDLE_KEY, PID, each, kind) for each in (day, next_day) for kind in HandleKind}
    assert len(made) == 4
    assert {len(each) for each in made} == {16}


@pytest.mark.parametrize("handle", [b"", b"short", bytes(16), b"\xff" * 16, bytes(17)])
def test_bytes_that_are_no_handle_open_nothing(handle: bytes) -> None:
    assert open_handle(HANDLE_KEY, handle) is None


def test_a_printed_card_lasts_its_days_says_no_colour_and_is_no_larger() -> None:
    handle = seal_handle(HANDLE_KEY, PID, TODAY, HandleKind.CARD)
    content = Pass(handle, Colour.NONE, NOON, NOON + CARD_LIFETIME, card=True)
    token = token_of(content)
    assert len(bytes_of(token)) <= MOST_BYTES
    assert verify(token, KEYS, NOON + timedelta(days=180)) == Valid(content)
    assert not content.unverified
    with pytest.raises(ValueError, match="lasts"):
        token_of(Pass(handle, Colour.NONE, NOON, NOON + CARD_LIFETIME))
    with pytest.raises(ValueError, match="lasts"):
        token_of(Pass(handle, Colour.NONE, NOON, NOON + CARD_LIFETIME + timedelta(seconds=1), card=True))
