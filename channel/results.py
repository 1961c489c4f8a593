"""What the platform's events say of messages: who agrees to which notices, and what became of those that it took.

Lists of one item come as the item itself, and what is empty comes as white space.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.broadcasts.results import NOTICE_DONE, MassResult

_TEMPLATE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_MSGID = re.compile(r"[0-9]{1,20}")
_AGREEMENTS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
}
REASON_KEPT = 40
MOST_COUNTED = 10**9


@dataclass(frozen=True, slots=True)
class MassFinished:
    """A mass message by the platform's id, and its counts."""

    message: str
    result: MassResult


def agreements(event: str, data: Mapping[str, Any]) -> dict[str, bool]:
    """Template -> whether it is wanted, of a pop-up or of the settings page; empty for other events."""
    told: dict[str, bool] = {}
    for item in _items(data, _AGREEMENTS.get(event, "")):
        template, status = _text(item, "TemplateId"), _text(item, "SubscribeStatusString")
        if _TEMPLATE.fullmatch(template) and status in ("accept", "reject"):
            told[template] = status == "accept"
    return told


@dataclass(frozen=True, slots=True)
class NoticeArrived:
    """A template message that was delivered, by the platform's id."""

    message: str


Finished = MassFinished | NoticeArrived


def arrived(event: str, data: Mapping[str, Any]) -> NoticeArrived | None:
    """None for any event but a template message's success."""
    message = _text(data, "MsgID")
    is_success = event == "templatesendjobfinish" and _text(data, "Status") == NOTICE_DONE
    return NoticeArrived(message) if is_success and _MSGID.fullmatch(message) else None


def finished(event: str, data: Mapping[str, Any]) -> MassFinished | None:
    """The end of a mass message; None for any other event. A count that is missing or nonsense is 0."""
    message = _text(data, "MsgID")
    if event != "masssendjobfinish" or not _MSGID.fullmatch(message):
        return None
    status = _text(data, "Status").lower()[:REASON_KEPT]
    names = ("TotalCount", "FilterCount", "SentCount", "ErrorCount")
    return MassFinished(message, MassResult(status, *(_count(data, name) for name in names)))


def failed(event: str, data: Mapping[str, Any]) -> dict[str, str]:
    """The names (msgid, template) of a notice that was not delivered -> the reason; empty for one that was."""
    if event == "templatesendjobfinish":
        msgid, status = _text(data, "MsgID"), _text(data, "Status")
        return {msgid: status[:REASON_KEPT]} if _MSGID.fullmatch(msgid) and status not in ("", NOTICE_DONE) else {}
    if event != "subscribe_msg_sent_event":
        return {}
    told: dict[str, str] = {}
    for item in _items(data, "SubscribeMsgSentEvent"):
        code, status = _text(item, "ErrorCode"), _text(item, "ErrorStatus")
        names = (_text(item, "MsgID"), _text(item, "TemplateId"))
        if code not in ("", "0"):
            told |= {name: f"{code} {status}"[:REASON_KEPT] for name in names if _TEMPLATE.fullmatch(name)}
    return told


def _items(data: Mapping[str, Any], block: str) -> list[Mapping[str, Any]]:
    inside = data.get(block) if block else None
    items = inside.get("List") if isinstance(inside, Mapping) else None
    return [item for item in (items if isinstance(items, list) else [items]) if isinstance(item, Mapping)]


def _count(data: Mapping[str, Any], name: str) -> int:
    text = _text(data, name)
    return min(int(text), MOST_COUNTED) if _MSGID.fullmatch(text) else 0


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value.strip() if isinstance(value, str) else ""
