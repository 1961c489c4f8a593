"""Media, parametrised QR codes and the menu."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox import menus
from sandbox.errors import ApiError
from sandbox.platform.endpoint import OK, Answer, Binary, Endpoint, Request
from sandbox.world import World


def _upload(world: World, request: Request) -> Answer:
    if "media" not in request.files:
        raise ApiError(41005)
    filename, content = request.files["media"]
    medium = world.media.upload(request.query.get("type", ""), filename, content, request.now)
    name = "thumb_media_id" if medium.type == "thumb" else "media_id"
    return {"type": medium.type, name: medium.id, "created_at": int(medium.created)}


def _download(world: World, request: Request) -> Answer:
    medium = world.media.download(request.query.get("media_id", ""), request.now)
    if medium.type == "video":
        return {"video_url": f"{world.base}/sandbox/media/{medium.id}"}
    return Binary(world.media.content(medium), medium.mime, medium.filename)


def _create_qr(world: World, request: Request) -> Answer:
    made, life = world.scenes.create(request.document(), request.now)
    world.phones.changed()
    address = {"url": f"{world.base}/q/{made.code}"}
    return {"ticket": made.ticket, **({} if life is None else {"expire_seconds": life}), **address}


def _create_menu(world: World, request: Request) -> Answer:
    world.database.keep("menu", menus.check(request.document(), world.limits))
    world.phones.changed()
    return OK


def _get_menu(world: World, _request: Request) -> Answer:
    menu = world.database.note("menu", None)
    if menu is None:
        raise ApiError(46003)
    return {"menu": menu}


def _delete_menu(world: World, _request: Request) -> Answer:
    world.database.keep("menu", None)
    world.phones.changed()
    return OK


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/media/upload": Endpoint("POST", _upload),
    "/cgi-bin/media/get": Endpoint("GET", _download),
    "/cgi-bin/qrcode/create": Endpoint("POST", _create_qr),
    "/cgi-bin/menu/create": Endpoint("POST", _create_menu),
    "/cgi-bin/menu/get": Endpoint("GET", _get_menu),
    "/cgi-bin/menu/delete": Endpoint("GET", _delete_menu),
}
