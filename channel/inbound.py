"""A genuine push becomes an Incoming. wechatpy parses; what it trips over becomes None here."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.parsers.expat import ExpatError

import wechatpy

from channel import results
from domain.facts import SHANGHAI
from flows.core import Incoming, IncomingKind

_OPENID = re.compile(r"[A-Za-z0-9_-]{20,40}")
_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{8,128}")
_MOST_CHARACTERS = 2_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")

_MESSAGES: dict[str, IncomingKind] = {
    "text": "text",
    "image": "image",
    "voice": "voice",
    "video": "video",
    "shortvideo": "video",
    "location": "location",
    "link": "link",
}
_EVENTS: dict[str, IncomingKind] = {
    "subscribe": "subscribe",
    "subscribe_scan": "subscribe",
    "unsubscribe": "unsubscribe",
    "scan": "scan",
    "click": "click",
    "subscribe_msg_popup_event": "agreement",
    "subscribe_msg_change_event": "agreement",
    "subscribe_msg_sent_event": "undelivered",
    "templatesendjobfinish": "undelivered",
}
_TAPS = frozenset({"click", "subscribe", "subscribe_scan", "scan", "scancode_push", "scancode_waitmsg"})
"""What opens the short window; no event opens the long one."""
QUIET = frozenset(
    {
        "view",
        "location",
        "masssendjobfinish",
        "view_miniprogram",
        "user_info_modified",
        "user_authorization_revoke",
        "user_authorization_cancellation",
    }
)
"""Events that nobody is waiting in a chat for: answered with silence, and no conversation hears of them."""


@dataclass(frozen=True, slots=True)
class Push:
    """One push: who, which identity it has among retries, and what it says. `to` is the account's original id."""

    openid: str
    to: str
    dedup: str
    incoming: Incoming
    tapped: bool = False
    """Opens the platform's short window: a tap on a menu or on a word of ours, a follow, a scan."""
    heard: bool = False
    """Opens its long window: a message."""
    quiet: bool = False
    finished: results.Finished | None = None
    """Kept for a report, and no conversation hears of it. Of a mass message `openid` is nobody's."""


def parse(xml: bytes) -> Push | None:
    """None for anything that is not a message of a person: it is answered with an empty 200."""
    try:
        message = wechatpy.parse_message(xml)
        data: dict[str, Any] = message._data if message else {}
        return _push(data) if data else None
    except (ExpatError, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None


def _push(data: dict[str, Any]) -> Push | None:
    openid, to = _one(data.get("FromUserName")), _one(data.get("ToUserName"))
    if finished := results.finished(_one(data.get("Event")).lower(), data):
        return Push("", to, "", Incoming("other", datetime.fromtimestamp(0, SHANGHAI)), quiet=True, finished=finished)
    created = _one(data.get("CreateTime"))
    if not _OPENID.fullmatch(openid) or not created.isascii() or not created.isdigit() or len(created) > 11:
        return None
    at = datetime.fromtimestamp(int(created), SHANGHAI)
    if _one(data.get("MsgType")).lower() == "event":
        return _event(data, openid, to, created, at)
    msg_id = _one(data.get("MsgId"))
    kind = _MESSAGES.get(_one(data.get("MsgType")).lower(), "other")
    media = _one(data.get("MediaId")) if kind == "image" else ""
    text = _clean(_one(data.get("Content")))
    incoming = Incoming(kind, at, text=text, media=media if _MEDIA_ID.fullmatch(media) else "")
    dedup = msg_id if msg_id.isascii() and msg_id.isdigit() else _short(f"{created}.{kind}")
    tapped = bool(_one(data.get("bizmsgmenuid")))
    return Push(openid, to, dedup, incoming, tapped, not tapped)


def _event(data: dict[str, Any], openid: str, to: str, created: str, at: datetime) -> Push:
    event = _one(data.get("Event")).lower()
    key = _one(data.get("EventKey")).removeprefix("qrscene_")
    agreements, failed = results.agreements(event, data), results.failed(event, data)
    incoming = Incoming(_EVENTS.get(event, "other"), at, key=_clean(key), agreements=agreements, failed=failed)
    quiet = event in QUIET or (incoming.kind == "agreement" and not agreements)
    quiet = quiet or (incoming.kind == "undelivered" and not failed)
    # Several events of one kind may carry the same second.
    said = ".".join((created, event, key, *agreements, *failed))
    arrived = results.arrived(event, data)
    return Push(openid, to, _short(said), incoming, event in _TAPS, quiet=quiet, finished=arrived)


def _one(value: Any) -> str:
    """A node's text; a node that stands twice counts once, a missing one is empty."""
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, str) else ""


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)[:_MOST_CHARACTERS]


def _short(identity: str) -> str:
    return hashlib.blake2b(identity.encode(), digest_size=12).hexdigest()
