"""What the platform tells the account: the XML of each message and event, before encryption."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

Fields = Mapping[str, "str | int | float | Fields | Sequence[Fields]"]
"""Nodes by name, in order; a sequence is a node that comes several times."""

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


_RESULTS = ("templatesendjobfinish", "masssendjobfinish", "subscribe_msg_sent_event")


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

    @property
    def is_result(self) -> bool:
        """Whether this tells how a job of the platform ended; nobody waits for such a push."""
        return self.type.removeprefix("event:") in _RESULTS


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


def nodes(push: Push) -> dict[str, str]:
    """The texts of the push by the name of their node, and `openid`."""
    found = {node.tag: node.text or "" for node in ET.fromstring(push.xml).iter() if not len(node)}  # noqa: S314 - ours
    return {"openid": push.openid, **found}


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
    return "".join(_node(name, value) for name, value in fields.items())


def _node(name: str, value: str | int | float | Fields | Sequence[Fields]) -> str:
    match value:
        case str():
            inside = cdata(value)
        case int() | float():
            inside = str(value)
        case Mapping():
            inside = _nodes(value)
        case _:
            return "".join(_node(name, each) for each in value)
    return f"<{name}>{inside}</{name}>"
