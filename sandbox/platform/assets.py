"""Temporary media and parametrised QR codes."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.errors import ApiError
from sandbox.platform.endpoint import Answer, Binary, Endpoint, Request, text
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


def _upload_article_image(world: World, request: Request) -> Answer:
    if "media" not in request.files:
        raise ApiError(41005)
    filename, content = request.files["media"]
    if len(content) > world.limits.article_image_bytes:
        raise ApiError(40009)
    medium = world.media.upload("image", filename, content, request.now, ("image/png", "image/jpeg"))
    return {"url": f"{world.base}/sandbox/media/{medium.id}"}


def _upload_articles(world: World, request: Request) -> Answer:
    medium = world.media.keep_articles(request.document().get("articles"), request.now)
    return {"type": "news", "media_id": medium.id, "created_at": int(medium.created)}


def _upload_video(world: World, request: Request) -> Answer:
    document = request.document()
    medium = world.media.download(text(document, "media_id"), request.now)
    if medium.type != "video":
        raise ApiError(40007)
    return {"type": "video", "media_id": medium.id, "created_at": int(request.now)}


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/media/upload": Endpoint("POST", _upload),
    "/cgi-bin/media/get": Endpoint("GET", _download),
    "/cgi-bin/qrcode/create": Endpoint("POST", _create_qr),
    "/cgi-bin/media/uploadimg": Endpoint("POST", _upload_article_image),
    "/cgi-bin/media/uploadnews": Endpoint("POST", _upload_articles),
    "/cgi-bin/media/uploadvideo": Endpoint("POST", _upload_video),
}
