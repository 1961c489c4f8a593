"""What a person does with the phone: each act shows on the screen, opens its window and is pushed to the account."""

from __future__ import annotations

import copy
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sandbox import pushes
from sandbox.delivery import Outcome
from sandbox.phones import Phone
from sandbox.pushes import Fields, Push, Sender
from sandbox.replies import PROMPT, Fault, Shown, Silence
from sandbox.samples import sample
from sandbox.windows import Trigger
from sandbox.world import World

_REMEMBERED = 10_000
_UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"
"""What the platform pushes, as a text, for a sticker or a file."""


class NotPossible(Exception):
    """The phone cannot do that now; the text says why."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How to send the one push: with the platform's tries, or `times` times, perhaps at once; late, or misdated."""

    times: int = 1
    overlap: bool = False
    msg_id: str = ""
    """Given again, a message is repeated as it was; a new one is numbered so."""
    late: float = 0.0
    """Seconds until it leaves, so that what comes after it may overtake it."""
    created: int = 0
    """Seconds by which CreateTime is ahead; `timestamp`, by which that of the query is."""
    timestamp: int = 0


class Actions:
    """Acts of phones. Each returns when the push was answered, with the phone API's document of the outcome."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = Lock()
        self._sent: OrderedDict[tuple[str, str], Push] = OrderedDict()
        self._sending = Sending()

    def sending(self, sending: Sending) -> Actions:
        """The same acts, their pushes sent in that way."""
        other = copy.copy(self)
        other._sending = sending
        return other

    def follow(self, phone: Phone, scene: str) -> dict[str, Any]:
        """Follow, by the code of a scene if one is given; a follower who scans a code enters the chat."""
        world = self._world
        fields: Fields = {"EventKey": ""}
        if scene:
            ticket = world.scenes.for_scene(scene, world.clock.now()).ticket
            fields = {"EventKey": scene if phone.following else f"qrscene_{scene}", "Ticket": ticket}
        if phone.following and not scene:
            raise NotPossible("already following")
        if phone.following:
            return self._event(phone, "SCAN", fields, Trigger.SCAN)
        world.phones.follow(phone, scene)
        world.phones.say(phone.id, "system", "notice", {"text": f"你已关注「{world.account.account_name}」"}, "follow")
        return self._event(phone, "subscribe", fields, Trigger.FOLLOW)

    def unfollow(self, phone: Phone) -> dict[str, Any]:
        """Stop following: no window stays open."""
        self._must_follow(phone)
        self._world.phones.unfollow(phone)
        self._world.windows.close(phone.openid)
        notice = {"text": f"你已取消关注「{self._world.account.account_name}」"}
        self._world.phones.say(phone.id, "system", "notice", notice, "follow")
        return self._event(phone, "unsubscribe", {"EventKey": ""}, None)

    def block(self, phone: Phone, blocked: bool) -> dict[str, Any]:
        """Take no more messages of the account, or take them again. The account is not told."""
        self._must_follow(phone)
        self._world.phones.block(phone, blocked)
        return {"blocked": blocked}

    def click(self, phone: Phone, key: str) -> dict[str, Any]:
        """Tap a menu button that has a key."""
        self._must_follow(phone)
        return self._event(phone, "CLICK", {"EventKey": key}, Trigger.CLICK)

    def view(self, phone: Phone, url: str) -> dict[str, Any]:
        """Tap a menu button that opens a page. It opens no window."""
        self._must_follow(phone)
        return self._event(phone, "VIEW", {"EventKey": url, "MenuId": 1}, None)

    def event(self, phone: Phone, name: str, fields: Fields) -> dict[str, Any]:
        """Any other event, as given."""
        return self._event(phone, name, fields, None)

    def text(self, phone: Phone, content: str, menu_id: str) -> dict[str, Any]:
        """Write a text, or tap an item of a message menu (`menu_id`), which counts as a click on the menu."""
        self._must_follow(phone)
        trigger = Trigger.CLICK if menu_id else Trigger.MESSAGE
        after: Fields = {"bizmsgmenuid": int(menu_id) if menu_id.isdigit() else menu_id} if menu_id else {}
        return self._message(phone, "text", {"Content": content}, {"text": content}, trigger, after)

    def send(self, phone: Phone, type_: str, stated: Mapping[str, Any]) -> dict[str, Any]:
        """Send a picture, voice, video, location, link, sticker or file. Raises NotPossible for another type."""
        self._must_follow(phone)
        if type_ not in _MESSAGES:
            raise NotPossible(f"type: one of {', '.join(_MESSAGES)}")
        pushed, fields, body = _MESSAGES[type_](self._world, type_, stated)
        return self._message(phone, pushed, fields, {"type": type_, **body}, Trigger.MESSAGE, {})

    def _must_follow(self, phone: Phone) -> None:
        if not phone.following:
            raise NotPossible("not following")

    def _sender(self, phone: Phone) -> Sender:
        return Sender(phone.openid, self._world.account.original_id, int(self._world.clock.now()))

    def _event(self, phone: Phone, name: str, fields: Fields, trigger: Trigger | None) -> dict[str, Any]:
        self._open(phone, trigger)
        push = self._dated(pushes.event(self._sender(phone), name, fields))
        return self._finish(phone, push, self._deliver(push))

    def _message(
        self,
        phone: Phone,
        type_: str,
        fields: Fields,
        body: Mapping[str, Any],
        trigger: Trigger,
        after: Fields,
    ) -> dict[str, Any]:
        msg_id = self._sending.msg_id
        push = self._remembered(phone, msg_id)
        if push is None:
            self._open(phone, trigger)
            push = self._dated(pushes.message(self._sender(phone), msg_id or self._next_id(), type_, fields, after))
            self._remember(phone, push)
            shown = dict(body)
            self._world.phones.say(phone.id, "me", shown.pop("type", type_), shown, "phone")
        return self._finish(phone, push, self._deliver(push))

    def _dated(self, push: Push) -> Push:
        return pushes.aged(push, self._sending.created, self._sending.timestamp)

    def _deliver(self, push: Push) -> Outcome:
        sending, delivery = self._sending, self._world.delivery
        time.sleep(sending.late)
        return delivery.repeat(push, sending.times, sending.overlap) if sending.times > 1 else delivery.deliver(push)

    def _open(self, phone: Phone, trigger: Trigger | None) -> None:
        self._world.phones.touch(phone)
        if trigger is not None:
            self._world.windows.open(phone.openid, trigger, self._world.clock.now())

    def _finish(self, phone: Phone, push: Push, outcome: Outcome) -> dict[str, Any]:
        reply: dict[str, Any] | None = None
        match outcome.seen:
            case Shown(type_, body):
                reply = {"type": type_, **body}
                if not push.type.startswith("event:") or push.prompts:
                    self._world.phones.say(phone.id, "account", type_, body, "passive")
            case Fault() if push.prompts:
                self._world.phones.say(phone.id, "system", "fault", {"text": PROMPT}, "fault")
            case Fault() | Silence():
                pass
        fault = next(filter(None, (attempt.document()["reason"] for attempt in outcome.attempts)), None)
        return {
            "msg_id": push.msg_id,
            "create_time": push.created,
            "reply": reply,
            "fault": fault if isinstance(outcome.seen, Fault) else None,
            "attempts": [attempt.document() for attempt in outcome.attempts],
        }

    def _next_id(self) -> str:
        """A number beyond 2**53, so that whoever reads it as a float is found out."""
        return str((int(self._world.clock.now() * 1000) << 22) + secrets.randbelow(1 << 22) | 1)

    def _remembered(self, phone: Phone, msg_id: str) -> Push | None:
        with self._lock:
            return self._sent.get((phone.id, msg_id))

    def _remember(self, phone: Phone, push: Push) -> None:
        with self._lock:
            self._sent[(phone.id, push.msg_id)] = push
            while len(self._sent) > _REMEMBERED:
                self._sent.popitem(last=False)


_Made = tuple[str, Fields, dict[str, Any]]
"""MsgType, nodes, and what the chat shows."""


def _medium(world: World, type_: str, stated: Mapping[str, Any]) -> _Made:
    kind = "video" if type_ == "shortvideo" else type_
    filename, mime, content = sample(kind, stated.get("data"))
    medium = world.media.keep(kind, filename, mime, content, world.clock.now())
    shown = {"media_id": medium.id}
    match kind:
        case "image":
            return type_, {"PicUrl": f"{world.base}/sandbox/media/{medium.id}", "MediaId": medium.id}, shown
        case "voice":
            extra: Fields = {"Format": "amr", "MediaId16K": medium.id, "Recognition": ""}
            return type_, {"MediaId": medium.id, **extra}, shown
        case _:
            thumb = world.media.keep("thumb", *sample("image", None), world.clock.now())
            return type_, {"MediaId": medium.id, "ThumbMediaId": thumb.id}, shown


def _location(_world: World, type_: str, stated: Mapping[str, Any]) -> _Made:
    latitude, longitude = float(stated.get("latitude", 38.466)), float(stated.get("longitude", 106.278))
    label = str(stated.get("label", "银川市兴庆区解放西街"))
    fields: Fields = {"Location_X": latitude, "Location_Y": longitude, "Scale": 15, "Label": label}
    return type_, fields, {"latitude": latitude, "longitude": longitude, "text": label}


def _link(_world: World, type_: str, stated: Mapping[str, Any]) -> _Made:
    title, url = str(stated.get("title", "一篇文章")), str(stated.get("url", "https://example.invalid/a"))
    about = str(stated.get("description", ""))
    return type_, {"Title": title, "Description": about, "Url": url}, {"text": title, "href": url}


def _unsupported(_world: World, type_: str, stated: Mapping[str, Any]) -> _Made:
    shown = {"sticker": "[表情]", "file": "[文件]"}[type_]
    return "text", {"Content": str(stated.get("content", _UNSUPPORTED))}, {"text": shown}


_MESSAGES: Mapping[str, Callable[[World, str, Mapping[str, Any]], _Made]] = {
    "image": _medium,
    "voice": _medium,
    "video": _medium,
    "shortvideo": _medium,
    "location": _location,
    "link": _link,
    "sticker": _unsupported,
    "file": _unsupported,
}
