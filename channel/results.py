"""What the platform's events say of notices: who agrees to which, and which were not delivered after all.

Lists of one item come as the item itself, and what is empty comes as white space.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TEMPLATE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_MSGID = re.compile(r"[0-9]{1,20}")
_AGREEMENTS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
}
REASON_KEPT = 40


def agreements(event: str, data: Mapping[str, Any]) -> dict[str, bool]:
    """Template -> whether it is wanted, of a pop-up or of the settings page; empty for other events."""
    told: dict[str, bool] = {}
    for item in _items(data, _AGREEMENTS.get(event, "")):
        template, status = _text(item, "TemplateId"), _text(item, "SubscribeStatusString")
        if _TEMPLATE.fullmatch(template) and status in ("accept", "reject"):
            told[template] = status == "accept"
    return told


def failed(event: str, data: Mapping[str, Any]) -> dict[str, str]:
    """The names (msgid, template) of a notice that was not delivered -> the reason; empty for one that was."""
    if event == "templatesendjobfinish":
        msgid, status = _text(data, "MsgID"), _text(data, "Status")
        return {msgid: status[:REASON_KEPT]} if _MSGID.fullmatch(msgid) and status not in ("", "success") else {}
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


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value.strip() if isinstance(value, str) else ""
