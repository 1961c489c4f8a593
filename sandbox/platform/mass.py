"""/cgi-bin/message/mass/…: mass messages by tag, to all and by list, and their preview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.errors import ApiError
from sandbox.mass import Audience, Message
from sandbox.platform.custom import BODIES, SHOWN_AS
from sandbox.platform.endpoint import OK, Answer, Endpoint, Request, inner, openids, text
from sandbox.world import World

_SPEEDS = (80, 60, 45, 30, 10)
"""万 a minute, by the number of the speed."""
_TYPES = ("text", "image", "voice", "mpvideo", "mpnews", "wxcard")
_PREVIEW_ID = 34182


def _send_all(world: World, request: Request) -> Answer:
    document = request.document()
    stated = inner(document, "filter")
    tag = stated.get("tag_id")
    if tag is None and world.limits.mass_old_forms:
        tag = stated.get("group_id")
    if stated.get("is_to_all") is True:
        return _submit(world, request, document, Audience())
    if tag is None:
        raise ApiError(40035)
    return _submit(world, request, document, Audience(tag=world.tags.known(tag)))


def _send(world: World, request: Request) -> Answer:
    document = request.document()
    listed = openids(document, "touser", int(world.limits.mass_people))
    if len(listed) < 2:
        raise ApiError(40130)
    if not any(world.phones.by_openid(openid) for openid in listed):
        raise ApiError(40031)
    return _submit(world, request, document, Audience(openids=listed))


def _submit(world: World, request: Request, document: Mapping[str, Any], audience: Audience) -> Answer:
    message = _message(world, document, request.now)
    msg_id, data_id = world.mass.submit(audience, message, text(document, "clientmsgid"), request.today)
    told = {} if data_id is None else {"msg_data_id": data_id}
    return {"errcode": 0, "errmsg": "send job submission success", "msg_id": msg_id, **told}


def _message(world: World, document: Mapping[str, Any], now: float) -> Message:
    """What is to be sent. Raises ApiError 40008, 48008, and those of the type."""
    type_ = text(document, "msgtype")
    if type_ not in _TYPES:
        raise ApiError(40008)
    if type_ == "wxcard":
        raise ApiError(48008)
    stated: Mapping[str, Any] = inner(document, type_)
    if type_ == "image":
        stated = _image(world, document)
    return Message(type_, SHOWN_AS.get(type_, type_), BODIES[type_](world, stated, now))


def _image(world: World, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The picture: the first of `images.media_ids`. Raises ApiError 40007."""
    listed = inner(document, "images").get("media_ids")
    if isinstance(listed, list) and listed:
        if not all(isinstance(one, str) and world.media.find(one) for one in listed):
            raise ApiError(40007)
        return {"media_id": listed[0]}
    return inner(document, "image") if world.limits.mass_old_forms else {}


def _preview(world: World, request: Request) -> Answer:
    document = request.document()
    openid, name = text(document, "touser"), text(document, "towxname")
    phones = [world.phones.by_openid(openid)] if not name else [one for one in world.phones.all() if one.name == name]
    phone = phones[0] if phones else None
    if phone is None:
        raise ApiError(40132 if name else 40003)
    if not phone.following:
        raise ApiError(43004)
    message = _message(world, document, request.now)
    if not phone.blocked:
        world.phones.say(phone.id, "account", message.shown, message.body, "mass")
    return {"errcode": 0, "errmsg": "preview success", "msg_id": _PREVIEW_ID}


def _get(world: World, request: Request) -> Answer:
    stated = request.document().get("msg_id")
    return {"msg_id": int(str(stated)) if str(stated).isdigit() else 0, "msg_status": world.mass.status(stated)}


def _delete(world: World, request: Request) -> Answer:
    world.mass.withdraw(request.document().get("msg_id"))
    return OK


def _get_speed(world: World, _request: Request) -> Answer:
    speed = world.database.note("mass_speed", 0)
    return {"speed": speed, "realspeed": _SPEEDS[speed]}


def _set_speed(world: World, request: Request) -> Answer:
    speed = request.document().get("speed")
    if isinstance(speed, bool) or not isinstance(speed, int):
        raise ApiError(45084)
    if not 0 <= speed < len(_SPEEDS):
        raise ApiError(45083)
    world.database.keep("mass_speed", speed)
    return OK


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/message/mass/sendall": Endpoint("POST", _send_all),
    "/cgi-bin/message/mass/send": Endpoint("POST", _send),
    "/cgi-bin/message/mass/preview": Endpoint("POST", _preview),
    "/cgi-bin/message/mass/get": Endpoint("POST", _get),
    "/cgi-bin/message/mass/delete": Endpoint("POST", _delete),
    "/cgi-bin/message/mass/speed/get": Endpoint("ANY", _get_speed),
    "/cgi-bin/message/mass/speed/set": Endpoint("POST", _set_speed),
}
