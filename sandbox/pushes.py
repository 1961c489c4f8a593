"""What the platform tells the account: the XML of each message and event, before encryption."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

Fields = Mapping[str, "str | int | float | Fields"]

_UNLAWFUL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_PROMPT = (
    "unsubscribe",
    "view",
    "view_miniprogram",
    "location",
    "templatesendjobfinish",
    "masssendjobfinish",
    "subscribe_msg_popup_event",
    "subscribe_msg_change_event",
    "subscribe_msg_sent_event",
    "kf_create_session",
    "kf_close_session",
    "kf_switch_session",
    "user_info_modified",
    "user_authorization_revoke",
    "user_authorization_cancellation",
)
"""Events without a conversation on the screen: nothing is shown when they go wrong."""


@dataclass(frozen=True, slots=True)
class Push:
    """One push: the same in all its tries."""

    openid: str
    msg_id: str
    """Decimal; empty for an event."""
    created: int
    type: str
    """MsgType in lower case; for an event "event:" and its name in lower case."""
    xml: str
    skew: int = 0
    """Seconds by which the timestamp of the query is ahead of the sandbox's clock."""

    @property
    def prompts(self) -> bool:
        """Whether the person sees the fault prompt when no proper answer comes."""
        return self.type.removeprefix("event:") not in _NO_PROMPT or not self.type.startswith("event:")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes to whom, and when (whole seconds)."""

    openid: str
    original_id: str
    created: int


def message(sender: Sender, msg_id: str, type_: str, fields: Fields, after_id: Fields | None = None) -> Push:
    """An ordinary message; `after_id` are nodes that come behind MsgId (bizmsgmenuid)."""
    xml = render({**_head(sender, type_), **fields, "MsgId": int(msg_id), **(after_id or {})})
    return Push(sender.openid, msg_id, sender.created, type_.lower(), xml)


def event(sender: Sender, name: str, fields: Fields) -> Push:
    """An event. It has no MsgId."""
    xml = render({**_head(sender, "event"), "Event": name, **fields})
    return Push(sender.openid, "", sender.created, f"event:{name.lower()}", xml)


def restated(push: Push, status: str, code: int) -> Push:
    """The result event of a job with another result; `code` is the ErrorCode where the event has one."""
    xml = re.sub(r"(<(Status|ErrorStatus)>).*?(</\2>)", lambda m: f"{m[1]}{cdata(status)}{m[3]}", push.xml)
    return replace(push, xml=re.sub(r"(<ErrorCode>).*?(</ErrorCode>)", rf"\g<1>{code}\g<2>", xml))


def aged(push: Push, created: int, timestamp: int) -> Push:
    """The push of a platform whose clocks go wrong by so many seconds."""
    xml = push.xml.replace(f"<CreateTime>{push.created}<", f"<CreateTime>{push.created + created}<", 1)
    return replace(push, xml=xml, created=push.created + created, skew=push.skew + timestamp)


def render(fields: Fields) -> str:
    """`<xml>` with the nodes in order: text in CDATA, numbers bare."""
    return f"<xml>{_nodes(fields)}</xml>"


def cdata(text: str) -> str:
    """A CDATA section (two where the text itself holds `]]>`), without characters that no XML may hold."""
    return f"<![CDATA[{_UNLAWFUL.sub('', text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _head(sender: Sender, type_: str) -> Fields:
    return {
        "ToUserName": sender.original_id,
        "FromUserName": sender.openid,
        "CreateTime": sender.created,
        "MsgType": type_,
    }


def _nodes(fields: Fields) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())


def _value(value: str | int | float | Fields) -> str:
    match value:
        case str():
            return cdata(value)
        case int() | float():
            return str(value)
        case _:
            return _nodes(value)
