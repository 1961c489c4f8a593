"""The strict reading of a passive reply: silence, something to show, or a fault with its reason."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.config import Account, Limits, Mode
from sandbox.crypto import BadEnvelope, decrypt, sign
from sandbox.pushes import Push

PROMPT = "该公众号提供的服务出现故障，请稍后再试"


@dataclass(frozen=True, slots=True)
class Silence:
    """The account has nothing to say: `success` or an empty body."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message for the person's chat: its type and body as in the phone API."""

    type: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """The answer is not one; the person sees PROMPT."""

    reason: str


Reply = Silence | Shown | Fault
MediaExists = Callable[[str, str], bool]
"""(media id, type) → whether it exists and has not expired."""


class _Bad(Exception):
    """Why a reply is refused."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads replies of one account."""

    account: Account
    limits: Limits
    media_exists: MediaExists

    def open(self, body: bytes) -> str:
        """The inner XML of an answer body: decrypted if it is an envelope. Raises BadEnvelope, UnicodeDecodeError."""
        text = body.decode("utf-8")
        if self.account.mode is Mode.PLAIN or text in ("", "success"):
            return text
        if self.account.mode is Mode.COMPATIBLE and "<Encrypt>" not in text:
            return text
        return self._unwrap(text)

    def read(self, body: bytes, push: Push) -> Reply:
        """Judge the body of an HTTP 200 answer to a push."""
        try:
            inner = self.open(body)
            return Silence() if inner in ("", "success") else self._shown(inner, push)
        except UnicodeDecodeError:
            return Fault("the body is not UTF-8")
        except BadEnvelope as error:
            return Fault(str(error))
        except _Bad as error:
            return Fault(str(error))

    def _unwrap(self, text: str) -> str:
        try:
            nodes = _children(_root(text))
            _only(nodes, {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}, "the envelope")
            stamp = _integer(nodes, "TimeStamp")
            parts = (_text(nodes, "Nonce"), _text(nodes, "Encrypt"), _text(nodes, "MsgSignature"))
        except _Bad as error:
            raise BadEnvelope(f"not an encrypted envelope: {error}") from error
        nonce, sealed, stated = parts
        if sign(self.account.token, stamp, nonce, sealed) != stated:
            raise BadEnvelope("MsgSignature is not that of the reply's own TimeStamp, Nonce and Encrypt")
        return decrypt(self.account.aes_key, self.account.app_id, sealed).decode("utf-8")

    def _shown(self, inner: str, push: Push) -> Reply:
        nodes = _children(_root(inner))
        if _text(nodes, "ToUserName") != push.openid:
            raise _Bad("ToUserName is not the person who wrote")
        if _text(nodes, "FromUserName") != self.account.original_id:
            raise _Bad("FromUserName is not the account's original id")
        _integer(nodes, "CreateTime")
        type_ = _text(nodes, "MsgType")
        if type_ not in _TYPES:
            raise _Bad(f"MsgType {type_!r} is not a kind of reply")
        rest = {name: node for name, node in nodes.items() if name not in _COMMON}
        return _TYPES[type_](self, rest, push)

    def _read_text(self, nodes: _Nodes, _push: Push) -> Reply:
        _only(nodes, {"Content"}, "a text reply")
        content = _text(nodes, "Content")
        if not content.strip():
            raise _Bad("Content is empty")
        if len(content.encode()) > self.limits.reply_text:
            raise _Bad(f"Content is longer than {self.limits.reply_text} bytes")
        return Shown("text", {"text": content})

    def _read_media(self, nodes: _Nodes, type_: str, optional: frozenset[str] = frozenset()) -> Reply:
        wrapper = type_.capitalize()
        _only(nodes, {wrapper}, f"a reply of type {type_}")
        inside = _children(nodes[wrapper])
        _only(inside, {"MediaId"}, wrapper, optional)
        media_id = _text(inside, "MediaId")
        if not self.media_exists(media_id, type_):
            raise _Bad(f"MediaId is no {type_} of this account, or has expired")
        return Shown(type_, {"media_id": media_id, **_lowered(inside, optional)})

    def _read_image(self, nodes: _Nodes, _push: Push) -> Reply:
        return self._read_media(nodes, "image")

    def _read_voice(self, nodes: _Nodes, _push: Push) -> Reply:
        return self._read_media(nodes, "voice")

    def _read_video(self, nodes: _Nodes, _push: Push) -> Reply:
        return self._read_media(nodes, "video", frozenset({"Title", "Description"}))

    def _read_music(self, nodes: _Nodes, _push: Push) -> Reply:
        _only(nodes, {"Music"}, "a music reply")
        optional = frozenset({"Title", "Description", "MusicUrl", "HQMusicUrl"})
        inside = _children(nodes["Music"])
        _only(inside, {"ThumbMediaId"}, "Music", optional)
        if not self.media_exists(_text(inside, "ThumbMediaId"), "thumb"):
            raise _Bad("ThumbMediaId is no thumb of this account, or has expired")
        return Shown("music", _lowered(inside, optional))

    def _read_news(self, nodes: _Nodes, push: Push) -> Reply:
        _only(nodes, {"ArticleCount", "Articles"}, "a news reply")
        items = list(nodes["Articles"])
        _no_text(nodes["Articles"])
        most = self.limits.event_articles if push.type.startswith("event:") else self.limits.reply_articles
        if any(item.tag != "item" for item in items) or int(_integer(nodes, "ArticleCount")) != len(items):
            raise _Bad("ArticleCount is not the number of items")
        if not 1 <= len(items) <= most:
            raise _Bad(f"{len(items)} articles where 1 to {most} may be")
        names = frozenset({"Title", "Description", "PicUrl", "Url"})
        articles = [_children(item) for item in items]
        for article in articles:
            _only(article, {"Title"}, "an article", names)
            _web_address(article, "Url")
            _web_address(article, "PicUrl")
        return Shown("news", {"articles": [_lowered(article, names) for article in articles]})

    def _read_transfer(self, nodes: _Nodes, _push: Push) -> Reply:
        _only(nodes, set(), "a transfer", frozenset({"TransInfo"}))
        if "TransInfo" in nodes:
            inside = _children(nodes["TransInfo"])
            _only(inside, {"KfAccount"}, "TransInfo")
            if not _text(inside, "KfAccount"):
                raise _Bad("KfAccount is empty")
        return Silence()

    def _read_hand_over(self, nodes: _Nodes, _push: Push) -> Reply:
        _only(nodes, set(), "a hand-over")
        return Silence()


_Nodes = dict[str, ET.Element]
_COMMON = ("ToUserName", "FromUserName", "CreateTime", "MsgType")
_TYPES: Mapping[str, Callable[[Reader, _Nodes, Push], Reply]] = {
    "text": Reader._read_text,
    "image": Reader._read_image,
    "voice": Reader._read_voice,
    "video": Reader._read_video,
    "music": Reader._read_music,
    "news": Reader._read_news,
    "transfer_customer_service": Reader._read_transfer,
    "transfer_biz_ai_ivr": Reader._read_hand_over,
}


def _root(text: str) -> ET.Element:
    if not text.startswith("<xml>"):
        raise _Bad("the body does not begin with <xml>")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _Bad("a document type or an entity")
    try:
        return ET.fromstring(text)  # noqa: S314 - no DTD reaches the parser, and the writer is the account under test
    except ET.ParseError as error:
        raise _Bad(f"not well-formed XML: {error}") from error


def _children(node: ET.Element) -> _Nodes:
    found: _Nodes = {}
    _no_text(node)
    for child in node:
        if child.tag in found:
            raise _Bad(f"{child.tag} twice")
        found[child.tag] = child
    return found


def _no_text(node: ET.Element) -> None:
    if any(text and text.strip() for text in (node.text, *(child.tail for child in node))):
        raise _Bad(f"text between the nodes of {node.tag}")


def _only(nodes: _Nodes, needed: set[str], where: str, optional: frozenset[str] = frozenset()) -> None:
    for name in nodes:
        if name not in needed | optional:
            raise _Bad(f"{name} does not belong in {where}")
    for name in sorted(needed):
        if name not in nodes:
            raise _Bad(f"{name} is missing in {where}")


def _text(nodes: _Nodes, name: str) -> str:
    if name not in nodes:
        raise _Bad(f"{name} is missing")
    if len(nodes[name]):
        raise _Bad(f"{name} holds nodes instead of text")
    return nodes[name].text or ""


def _web_address(nodes: _Nodes, name: str) -> None:
    text = _text(nodes, name) if name in nodes else ""
    if text and not re.match(r"https?://[^\s]+$", text):
        raise _Bad(f"{name} is not an http or https address")


def _integer(nodes: _Nodes, name: str) -> str:
    text = _text(nodes, name)
    if not re.fullmatch(r"[0-9]{1,19}", text):
        raise _Bad(f"{name} is not a whole number")
    return text


def _lowered(nodes: _Nodes, names: frozenset[str]) -> dict[str, str]:
    return {name.lower(): _text(nodes, name) for name in names if name in nodes}
