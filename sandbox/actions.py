"""What a person does with the phone: each act shows on the screen, opens its window and is pushed to the account."""

from __future__ import annotations

import copy
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sandbox import attachments, pushes, scanning
from sandbox.delivery import Outcome
from sandbox.phones import Phone
from sandbox.pushes import Fields, Push, Sender
from sandbox.replies import PROMPT, Fault, Shown, Silence
from sandbox.scanning import Code
from sandbox.windows import Trigger
from sandbox.world import World

_REMEMBERED = 10_000
_WITH_SCAN = ("scancode_push", "scancode_waitmsg")
_WITH_CHOICE = ("pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select")


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


@dataclass(frozen=True, slots=True)
class Button:
    """A menu button that lets the person scan or choose something first, and its key."""

    type: str
    key: str


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

    def medium(self, phone: Phone, media_id: str) -> dict[str, Any]:
        """Tap a menu button that shows a medium of the account: the platform shows it and pushes nothing."""
        self._must_follow(phone)
        medium = self._world.media.find(media_id)
        if medium is None:
            raise NotPossible("这个按钮的素材已不存在")
        self._world.phones.say(phone.id, "account", medium.type, {"media_id": media_id}, "menu")
        return {"media_id": media_id}

    def scan(self, phone: Phone, code: Code, button: Button | None) -> dict[str, Any]:
        """Scan a code, by a menu button or without.

        Adds to the outcome `found` and `text`: "event" told the account, "scene" was a code of it, "page" and "text"
        are for the phone to show. Raises NotPossible for an expired code.
        """
        told = {"text": code.text}
        if button is not None and button.type not in _WITH_SCAN:
            raise NotPossible(f"button: one of {', '.join(_WITH_SCAN)}")
        if button is not None:
            self._must_follow(phone)
            fields: Fields = {
                "EventKey": button.key,
                "ScanCodeInfo": {"ScanType": code.kind, "ScanResult": code.result},
            }
            return {"found": "event", **told, **self._event(phone, button.type, fields, Trigger.CLICK)}
        if own := scanning.own_code(code.text, self._world.base):
            scene = self._world.scenes.by_code(own, self._world.clock.now())
            if scene is None:
                raise NotPossible("二维码已过期，请换一张新的。")
            return {"found": "scene", **told, "scene": scene.scene, **self.follow(phone, scene.scene)}
        return {"found": "page" if scanning.is_address(code.text) else "text", **told}

    def event(self, phone: Phone, name: str, fields: Fields) -> dict[str, Any]:
        """Any other event, as given."""
        return self._event(phone, name, fields, None)

    def text(self, phone: Phone, content: str, menu_id: str) -> dict[str, Any]:
        """Write a text, or tap an item of a message menu (`menu_id`), which counts as a click on the menu."""
        self._must_follow(phone)
        trigger = Trigger.CLICK if menu_id else Trigger.MESSAGE
        after: Fields = {"bizmsgmenuid": int(menu_id) if menu_id.isdigit() else menu_id} if menu_id else {}
        return self._message(phone, "text", {"Content": content}, {"text": content}, trigger, after)

    def send(self, phone: Phone, type_: str, stated: Mapping[str, Any], button: Button | None) -> dict[str, Any]:
        """Send a picture, voice, video, location, link, sticker or file; a menu button's event goes before it.

        Raises NotPossible for another type or button.
        """
        self._must_follow(phone)
        if type_ not in attachments.TYPES:
            raise NotPossible(f"type: one of {', '.join(attachments.TYPES)}")
        if button is not None and (
            button.type not in _WITH_CHOICE or type_ != ("location" if button.type == "location_select" else "image")
        ):
            raise NotPossible(f"button: one of {', '.join(_WITH_CHOICE)}, with what it lets one choose")
        sent = attachments.made(self._world, type_, stated)
        if button is not None:
            announced = attachments.announcement(self._world, button.type, sent)
            self._event(phone, button.type, {"EventKey": button.key, **announced}, None)
        pushed, fields, body = sent
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
