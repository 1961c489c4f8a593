"""/cgi-bin/material/…: media for ever."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sandbox.errors import ApiError
from sandbox.platform.endpoint import OK, Answer, Binary, Endpoint, Request, text
from sandbox.world import World

_TYPES = ("image", "voice", "video", "thumb")


def _add(world: World, request: Request) -> Answer:
    type_ = request.query.get("type", "") or request.form.get("type", "")
    if type_ not in _TYPES:
        raise ApiError(40004)
    if "media" not in request.files:
        raise ApiError(41005)
    title, introduction = _description(request) if type_ == "video" else ("", "")
    most = world.limits.material_images if type_ == "image" else world.limits.material_others
    if world.materials.count(type_) >= most:
        raise ApiError(45034)
    filename, content = request.files["media"]
    medium = world.media.upload(type_, filename, content, request.now)
    world.materials.keep(medium, title, introduction)
    address = {"url": f"{world.base}/sandbox/media/{medium.id}"} if type_ in ("image", "thumb") else {}
    return {"media_id": medium.id, **address}


def _description(request: Request) -> tuple[str, str]:
    """The title and introduction of a video, JSON in a part of the form. Raises ApiError 47001."""
    try:
        stated: Any = json.loads(request.form.get("description") or request.query.get("description", ""))
    except ValueError as error:
        raise ApiError(47001) from error
    if not isinstance(stated, dict) or not text(stated, "title"):
        raise ApiError(47001)
    return text(stated, "title"), text(stated, "introduction")


def _get(world: World, request: Request) -> Answer:
    material = world.materials.find(text(request.document(), "media_id"))
    if material.medium.type == "video":
        address = f"{world.base}/sandbox/media/{material.medium.id}"
        return {"title": material.title, "description": material.introduction, "down_url": address}
    return Binary(world.media.content(material.medium), material.medium.mime, material.medium.filename)


def _delete(world: World, request: Request) -> Answer:
    material = world.materials.find(text(request.document(), "media_id"))
    if material.medium.id in json.dumps(
        [world.menus.default(), *(dict(one.menu) for one in world.menus.conditional())]
    ):
        raise ApiError(48005)
    world.materials.remove(material)
    return OK


def _page(world: World, request: Request) -> Answer:
    document = request.document()
    type_, offset, count = text(document, "type"), document.get("offset"), document.get("count")
    if type_ not in (*_TYPES, "news"):
        raise ApiError(40004)
    if not isinstance(offset, int) or offset < 0:
        raise ApiError(40035)
    if not isinstance(count, int) or not 1 <= count <= world.limits.material_page:
        raise ApiError(40035)
    items = [
        {
            "media_id": one.medium.id,
            "name": one.title or one.medium.filename,
            "update_time": int(one.medium.created),
            "url": f"{world.base}/sandbox/media/{one.medium.id}",
        }
        for one in world.materials.page(type_, offset, count)
    ]
    return {"total_count": world.materials.count(type_), "item_count": len(items), "item": items}


def _counts(world: World, _request: Request) -> Answer:
    return {f"{type_}_count": world.materials.count(type_) for type_ in ("voice", "video", "image", "news")}


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/material/add_material": Endpoint("POST", _add),
    "/cgi-bin/material/get_material": Endpoint("POST", _get),
    "/cgi-bin/material/del_material": Endpoint("POST", _delete),
    "/cgi-bin/material/batchget_material": Endpoint("POST", _page),
    "/cgi-bin/material/get_materialcount": Endpoint("GET", _counts),
}
