"""What a person can send beside text: the push's nodes for each type, and what the own chat shows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.pushes import Fields
from sandbox.samples import sample
from sandbox.world import World

_UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"
"""What the platform pushes, as a text, for a sticker or a file."""

Made = tuple[str, Fields, dict[str, Any]]
"""MsgType, nodes, and what the chat shows."""


def made(world: World, type_: str, stated: Mapping[str, Any]) -> Made:
    """The message of one of TYPES. Raises ValueError for values that are not what they should be."""
    return TYPES[type_](world, type_, stated)


def announcement(world: World, button: str, sent: Made) -> Fields:
    """The nodes of a menu button's event, which goes before the picture or the place that was chosen."""
    _, fields, shown = sent
    if button == "location_select":
        return {"SendLocationInfo": {**fields, "Poiname": ""}}
    medium = world.media.find(shown["media_id"])
    content = world.media.content(medium) if medium else b""
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return {"SendPicsInfo": {"Count": 1, "PicList": {"item": {"PicMd5Sum": digest}}}}


def _medium(world: World, type_: str, stated: Mapping[str, Any]) -> Made:
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


def _location(_world: World, type_: str, stated: Mapping[str, Any]) -> Made:
    latitude = _degrees(stated.get("latitude", 38.466), 90, "latitude")
    longitude = _degrees(stated.get("longitude", 106.278), 180, "longitude")
    label = str(stated.get("label", "银川市兴庆区解放西街"))
    fields: Fields = {"Location_X": latitude, "Location_Y": longitude, "Scale": 15, "Label": label}
    return type_, fields, {"latitude": latitude, "longitude": longitude, "text": label}


def _degrees(value: object, most: float, name: str) -> float:
    try:
        degrees = float(str(value))
    except ValueError as error:
        raise ValueError(f"{name}: a number") from error
    if not -most <= degrees <= most:
        raise ValueError(f"{name}: between -{most} and {most}")
    return degrees


def _link(_world: World, type_: str, stated: Mapping[str, Any]) -> Made:
    title, url = str(stated.get("title", "一篇文章")), str(stated.get("url", "https://example.invalid/a"))
    about = str(stated.get("description", ""))
    return type_, {"Title": title, "Description": about, "Url": url}, {"text": title, "href": url, "description": about}


def _unsupported(_world: World, type_: str, stated: Mapping[str, Any]) -> Made:
    shown = {"sticker": "[表情]", "file": "[文件]"}[type_]
    return "text", {"Content": str(stated.get("content", _UNSUPPORTED))}, {"text": shown}


TYPES: Mapping[str, Callable[[World, str, Mapping[str, Any]], Made]] = {
    "image": _medium,
    "voice": _medium,
    "video": _medium,
    "shortvideo": _medium,
    "location": _location,
    "link": _link,
    "sticker": _unsupported,
    "file": _unsupported,
}
