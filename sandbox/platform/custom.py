"""/cgi-bin/message/custom/…: writing to a person within the windows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.errors import ApiError
from sandbox.platform.endpoint import OK, Answer, Endpoint, Request, inner, recipient, text
from sandbox.world import World

Body = dict[str, Any]


def _send(world: World, request: Request) -> Answer:
    document = request.document()
    phone = recipient(world, document)
    type_ = text(document, "msgtype")
    if type_ not in BODIES or type_ == "mpvideo":
        raise ApiError(40008)
    sender = _sender(world, document)
    body = BODIES[type_](world, inner(document, type_), request.now)
    if world.traits.of(phone.openid).blacklisted:
        raise ApiError(43019)
    if not phone.following:
        raise ApiError(45015)
    if phone.blocked:
        raise ApiError(int(world.limits.custom_blocked))
    world.windows.spend(phone.openid, request.now)
    world.phones.say(phone.id, "account", SHOWN_AS.get(type_, type_), {**body, **sender}, "custom")
    return OK


def _sender(world: World, document: Mapping[str, Any]) -> Body:
    """The staff member in whose name the message goes, for the chat. Raises ApiError 65401."""
    stated = document.get("customservice")
    if stated is None:
        return {}
    named = text(stated, "kf_account") if isinstance(stated, dict) else ""
    row = world.database.row("select nick from kf where account = ?", (named,))
    if row is None:
        raise ApiError(65401)
    return {"kf": row["nick"]}


def _typing(world: World, request: Request) -> Answer:
    document = request.document()
    phone = recipient(world, document)
    command = text(document, "command")
    if command not in ("Typing", "CancelTyping"):
        raise ApiError(45072)
    if command == "CancelTyping":
        world.phones.typing(phone.id, None)
        return OK
    if not phone.following or request.now - phone.touched > world.limits.typing_window:
        raise ApiError(45080)
    if world.phones.is_typing(phone.id):
        raise ApiError(45081)
    world.phones.typing(phone.id, request.now + world.limits.typing_shown)
    return OK


def _text(world: World, stated: Mapping[str, Any], _now: float) -> Body:
    content = text(stated, "content")
    if not content:
        raise ApiError(44004)
    if len(content.encode()) > world.limits.custom_text:
        raise ApiError(45002)
    return {"text": content}


def _medium(type_: str) -> Callable[[World, Mapping[str, Any], float], Body]:
    def body(world: World, stated: Mapping[str, Any], now: float) -> Body:
        media_id = text(stated, "media_id")
        if not world.media.alive(media_id, type_, now):
            raise ApiError(40007)
        return {"media_id": media_id, **{name: stated[name] for name in ("title", "description") if name in stated}}

    return body


def _music(world: World, stated: Mapping[str, Any], now: float) -> Body:
    if not world.media.alive(text(stated, "thumb_media_id"), "thumb", now):
        raise ApiError(40007)
    names = {"musicurl": "href", "title": "text", "description": "description"}
    return {ours: text(stated, theirs) for theirs, ours in names.items()}


def _video(world: World, stated: Mapping[str, Any], now: float) -> Body:
    thumb = text(stated, "thumb_media_id")
    if thumb and not any(world.media.alive(thumb, type_, now) for type_ in ("thumb", "image", "video")):
        raise ApiError(40007)
    return _medium("video")(world, stated, now)


def _stored_news(world: World, stated: Mapping[str, Any], now: float) -> Body:
    articles = world.media.articles(text(stated, "media_id"), now)
    return {"articles": articles}


def _mini_program(world: World, stated: Mapping[str, Any], now: float) -> Body:
    if not any(world.media.alive(text(stated, "thumb_media_id"), type_, now) for type_ in ("thumb", "image")):
        raise ApiError(40007)
    return {"text": text(stated, "title"), "appid": text(stated, "appid"), "pagepath": text(stated, "pagepath")}


def _link(_world: World, stated: Mapping[str, Any], _now: float) -> Body:
    if not text(stated, "url"):
        raise ApiError(40066)
    return {"text": text(stated, "title"), "href": text(stated, "url"), "description": text(stated, "description")}


def _news(world: World, stated: Mapping[str, Any], _now: float) -> Body:
    articles = stated.get("articles")
    if not isinstance(articles, list) or not articles or not all(isinstance(article, dict) for article in articles):
        raise ApiError(44003)
    if len(articles) > world.limits.custom_articles:
        raise ApiError(45008)
    names = ("title", "description", "url", "picurl")
    return {"articles": [{name: text(article, name) for name in names} for article in articles]}


def _menu(world: World, stated: Mapping[str, Any], _now: float) -> Body:
    items = stated.get("list")
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise ApiError(44004)
    listed = [{"id": str(item.get("id", "")), "content": text(item, "content")} for item in items]
    head, tail = text(stated, "head_content"), text(stated, "tail_content")
    whole = "\n".join([head, *(item["content"] for item in listed), tail])
    if not all(item["content"] and item["id"] for item in listed):
        raise ApiError(44004)
    if len(whole.encode()) > world.limits.custom_text:
        raise ApiError(45002)
    return {"text": whole.strip(), "head": head, "list": listed, "tail": tail}


SHOWN_AS: Mapping[str, str] = {"mpnews": "news", "mpvideo": "video", "miniprogrampage": "text"}
"""What a chat shows instead of some types."""
BODIES: Mapping[str, Callable[[World, Mapping[str, Any], float], Body]] = {
    "text": _text,
    "image": _medium("image"),
    "voice": _medium("voice"),
    "video": _video,
    "mpvideo": _video,
    "music": _music,
    "news": _news,
    "mpnews": _stored_news,
    "link": _link,
    "miniprogrampage": _mini_program,
    "msgmenu": _menu,
}

ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/message/custom/send": Endpoint("POST", _send),
    "/cgi-bin/message/custom/typing": Endpoint("POST", _typing),
}
