"""Pushes that no platform sends: forged, tampered with, replayed, or made to hurt the reader."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sandbox import pushes
from sandbox.calls import Kind
from sandbox.config import Account, Mode
from sandbox.crypto import encrypt, sign
from sandbox.exchange import Exchanged
from sandbox.pushes import Push, Sender, cdata
from sandbox.wire import Written, write
from sandbox.world import World

_SETTLING = 0.3
_STALE = 3600
_OVERSIZE = 2 * 1024 * 1024
_QUIET = ("", "success")


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe: what goes out, and how often."""

    name: str
    title: str
    written: Written
    method: str = "POST"
    times: int = 1
    answerable: bool = False
    """Genuine and merely new to the account, so that it may be answered."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """What probes are made of: the account, a stranger's harmless push, and the present second."""

    account: Account
    push: Push
    now: int

    def good(self) -> Written:
        return write(self.account, self.push, self.now)

    def holding(self, xml: str) -> Written:
        """Genuine, but with that inside."""
        return write(self.account, replace(self.push, xml=xml), self.now)


def run(world: World) -> dict[str, Any]:
    """Send all of them; {"ok", "probes": [{"name", "title", "expected", "status", "answer", "seconds", "ok", "why"}],
    "actions": [API calls that named the stranger of the probes]}.
    """
    openid = "oPROBE" + secrets.token_urlsafe(16)[:22]
    now = int(world.clock.now())
    account = world.delivery.wire.account()
    ground = _Ground(account, pushes.event(Sender(openid, account.original_id, now), "VIEW", {"EventKey": "x"}), now)
    before = world.calls.newest()
    told = [_told(world, probe, openid) for probe in _all(ground)]
    time.sleep(_SETTLING)
    actions = world.calls.listing(before, {"kind": Kind.API, "contains": openid})["calls"]
    return {"ok": all(one["ok"] for one in told) and not actions, "probes": told, "actions": actions}


def _told(world: World, probe: Probe, openid: str) -> dict[str, Any]:
    began = time.monotonic()
    answers = [world.delivery.send(probe.method, probe.written) for _ in range(probe.times)]
    seconds = time.monotonic() - began
    why = next(filter(None, (_wrong(probe, answer, openid) for answer in answers)), "")
    return {
        "name": probe.name,
        "title": probe.title,
        "expected": "no 5xx" if probe.answerable else "4xx, or 200 with an empty body or success",
        "status": answers[-1].status,
        "answer": answers[-1].body[:200].decode("utf-8", "replace"),
        "seconds": round(seconds, 4),
        "ok": not why,
        "why": why,
    }


def _wrong(probe: Probe, answer: Exchanged, openid: str) -> str:
    """What of an answer shows that the probe was not turned away calmly."""
    text = answer.body.decode("utf-8", "replace")
    if answer.status is None:
        return answer.failure
    if answer.status >= 500:
        return f"http {answer.status}: the server lost its temper"
    if "root:" in text or openid in text:
        return "the answer gives something away"
    calm = probe.answerable or answer.status >= 400 or text in _QUIET
    return "" if calm else "it was answered as if it were genuine"


def _all(ground: _Ground) -> Iterator[Probe]:
    yield from _forged(ground)
    if ground.account.mode is not Mode.PLAIN:
        yield from _sealed(ground)
    yield from _nonsense(ground)


def _forged(ground: _Ground) -> Iterator[Probe]:
    good, wrong = ground.good(), "0" * 40
    echo = {"signature": wrong, "timestamp": str(ground.now), "nonce": "1", "echostr": secrets.token_hex(8)}
    name = "signature" if ground.account.mode is Mode.PLAIN else "msg_signature"
    yield Probe("echo-wrong-signature", "验证地址：签名错误", Written(echo, b""), "GET")
    yield Probe("echo-nothing", "验证地址：没有参数", Written({"echostr": "x" * 16}, b""), "GET")
    yield Probe("wrong-signature", "签名错误", Written({**good.query, "signature": wrong, name: wrong}, good.body))
    yield Probe("no-signature", "没有签名", Written({}, good.body))
    token = write(replace(ground.account, token="stranger"), ground.push, ground.now)  # noqa: S106 - not ours on purpose
    yield Probe("other-token", "用别的令牌签名", token)
    yield Probe("stale", "一小时前的推送重放", write(ground.account, ground.push, ground.now - _STALE))
    yield Probe("future", "一小时后的时间戳", write(ground.account, ground.push, ground.now + _STALE))
    yield Probe("replay", "同一推送原样发三次", good, times=3)


def _sealed(ground: _Ground) -> Iterator[Probe]:
    good, account = ground.good(), ground.account
    confused = {**good.query, "msg_signature": good.query["signature"]}
    yield Probe("signature-instead", "用 signature 代替 msg_signature", Written(confused, good.body))
    plain = {name: good.query[name] for name in ("signature", "timestamp", "nonce")}
    if account.mode is Mode.SAFE:
        yield Probe("downgrade", "安全模式下发明文", Written(plain, ground.push.xml.encode()))
    sealed = good.body.rfind(b"]]></Encrypt>") - 20
    flipped = good.body[:sealed] + (b"A" if good.body[sealed : sealed + 1] != b"A" else b"B") + good.body[sealed + 1 :]
    yield Probe("tampered", "密文被改一个字符", Written(good.query, flipped))
    key = account.aes_key[::-1] if account.aes_key[::-1] != account.aes_key else "A" * 43
    yield Probe("other-key", "用别的密钥加密", write(replace(account, aes_key=key), ground.push, ground.now))
    yield Probe(
        "other-app", "别的公众号的消息", write(replace(account, app_id="wx" + "0" * 16), ground.push, ground.now)
    )
    for name, title, text in (
        ("not-base64", "签名正确，密文不是 base64", "%%%"),
        ("half-block", "签名正确，密文不足一块", "QUJD"),
        ("noise", "签名正确，密文是噪声", "QUJD" * 16),
        ("empty-sealed", "签名正确，密文里什么都没有", encrypt(account.aes_key, account.app_id, b"")),
    ):
        yield Probe(name, title, _signed(ground, text))


def _nonsense(ground: _Ground) -> Iterator[Probe]:
    head, xml = ground.good(), ground.push.xml
    entity = '<!DOCTYPE xml [<!ENTITY a "b">]>'
    file = '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    inside = xml.replace(cdata("x"), "&a;")
    made: tuple[tuple[str, str, str], ...] = (
        ("doctype", "带 DTD", "<!DOCTYPE xml>" + xml),
        ("entity", "带实体", entity + inside),
        ("file-entity", "外部实体读文件", file + inside),
        ("entity-bomb", "实体炸弹", f'<!DOCTYPE xml [<!ENTITY a0 "ha">{bomb}]>' + xml.replace(cdata("x"), "&a9;")),
        ("not-xml", "不是 XML", "在吗"),
        ("empty-xml", "空的 <xml/>", "<xml/>"),
        ("no-type", "没有 MsgType", xml.replace(f"<MsgType>{cdata('event')}</MsgType>", "")),
        ("twice", "节点重复", xml.replace("</xml>", "<Event>VIEW</Event></xml>")),
        ("control", "带控制字符", xml.replace(cdata("x"), "\x01")),
        ("deep", "嵌套一千层", xml.replace(cdata("x"), "<a>" * 1000 + "</a>" * 1000)),
        ("other-account", "发给别的公众号", xml.replace(ground.account.original_id, "gh_000000000000")),
    )
    for name, title, text in made:
        yield Probe(name, title, ground.holding(text))
    unknown = {
        "event": xml.replace(cdata("VIEW"), cdata("no_such")),
        "type": xml.replace(cdata("event"), cdata("no_such")),
    }
    yield Probe("unknown-event", "没见过的事件", ground.holding(unknown["event"]), answerable=True)
    yield Probe("unknown-type", "没见过的消息类型", ground.holding(unknown["type"]), answerable=True)
    yield Probe("outer-doctype", "信封带 DTD", Written(head.query, entity.encode() + head.body))
    yield Probe("no-body", "没有内容", Written(head.query, b""))
    yield Probe("gbk", "GBK 编码", Written(head.query, "<xml>在吗</xml>".encode("gbk")))
    padding = b"<Padding>" + b"x" * _OVERSIZE + b"</Padding></xml>"
    yield Probe("oversize", "两兆字节", Written(head.query, head.body.removesuffix(b"</xml>") + padding))


def _signed(ground: _Ground, sealed: str) -> Written:
    stamp, nonce, token = str(ground.now), str(secrets.randbelow(10**10)), ground.account.token
    query = {"signature": sign(token, stamp, nonce), "timestamp": stamp, "nonce": nonce, "encrypt_type": "aes"}
    query["msg_signature"] = sign(token, stamp, nonce, sealed)
    body = f"<xml><ToUserName>{cdata(ground.account.original_id)}</ToUserName><Encrypt>{cdata(sealed)}</Encrypt></xml>"
    return Written(query, body.encode())
