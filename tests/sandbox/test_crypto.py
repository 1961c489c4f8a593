"""The envelope, against the platform's published samples and against wechatpy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto

from sandbox.crypto import BadEnvelope, decrypt, encrypt, sign

TOKEN, KEY, APP = "AAAAA", "A" * 43, "wxba5fad812f8e6fb9"
PUSH = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8"
    "XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32"
    "IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
REPLY = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="


@pytest.mark.parametrize(
    ("parts", "signature"),
    [
        (("1714036504", "1514711492"), "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        (("1714037059", "486452656"), "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        (("1714112445", "415670741"), "6c5c811b55cc85e0e1b54100749188c20beb3f5d"),
        (("1714112445", "415670741", PUSH), "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"),
        (("1713424427", "415670741", REPLY), "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"),
    ],
)
def test_the_published_signatures(parts: tuple[str, ...], signature: str) -> None:
    assert sign(TOKEN, *parts) == signature


def test_the_published_push_opens() -> None:
    assert decrypt(KEY, APP, PUSH).decode() == (
        '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,'
        '"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
    )


def test_the_published_reply_is_made_byte_for_byte() -> None:
    assert encrypt(KEY, APP, b'{"demo_resp":"good luck"}', b"707722b803182950") == REPLY


@given(st.text().map(str.encode))
def test_wechatpy_reads_what_we_seal_and_the_other_way_round(message: bytes) -> None:
    theirs = PrpCrypto(b"\x00" * 32)
    assert theirs.decrypt(encrypt(KEY, APP, message), APP) == message.decode()
    assert decrypt(KEY, APP, theirs.encrypt(message.decode(), APP).decode()) == message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("%%%", "base64"),
        ("", "whole AES blocks"),
        ("AAAA", "whole AES blocks"),
        ("A" * 64, "padding"),
        (encrypt(KEY, "wx0000000000000000", b"<xml/>", bytes(16)), "app id"),
    ],
)
def test_a_bad_envelope_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(BadEnvelope, match=why):
        decrypt(KEY, APP, text)
