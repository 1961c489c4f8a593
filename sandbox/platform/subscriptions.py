"""Subscription notices: /cgi-bin/message/subscribe/bizsend, and /wxaapi/newtmpl/… for their templates."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from sandbox.errors import ApiError
from sandbox.notices import Kind, identity, template
from sandbox.platform.endpoint import OK, Answer, Endpoint, Request, inner, recipient, text
from sandbox.platform.templates import deliver, target
from sandbox.pushes import Fields
from sandbox.world import World

_KINDS = (Kind.ONCE, Kind.LONG_TERM)
_TYPES = {Kind.ONCE: 2, Kind.LONG_TERM: 3}
_LIBRARY: Mapping[str, tuple[str, Kind, tuple[tuple[str, str], ...]]] = {
    "1001": ("打卡提醒", Kind.ONCE, (("打卡内容", "thing1"), ("打卡时间", "time2"), ("温馨提示", "thing3"))),
    "2001": ("健康申报通知", Kind.LONG_TERM, (("申报事项", "thing1"), ("申报时间", "time2"), ("备注", "thing3"))),
}
"""Templates by their tid in the public library: title, kind, and keywords with their keys; a kid counts from 1."""
_ERRORS = {"failed:user block": (48002, "user block receive message"), "failed: system failed": (-1, "system failed")}
_SCENE_LENGTH = 15


def _send(world: World, request: Request) -> Answer:
    document = request.document()
    phone = recipient(world, document)
    chosen = world.templates.find(text(document, "template_id"), *_KINDS)
    try:
        where = target(document, "page")
    except ApiError as error:
        raise ApiError(41030) from error
    shown = {**world.templates.filled(chosen, inner(document, "data")), **where}
    with world.database.together():
        world.consents.spend(phone.openid, chosen.id)
        code, status = _ERRORS.get(deliver(world, phone, "subscribe", shown), (0, "success"))
        item: Fields = {
            "TemplateId": chosen.id,
            "MsgID": str(_number(request.now)),
            "ErrorCode": code,
            "ErrorStatus": status,
        }
        world.results.add(phone.openid, "subscribe_msg_sent_event", {"SubscribeMsgSentEvent": {"List": [item]}})
    return OK


def _number(now: float) -> int:
    return (int(now * 1000) << 21) + secrets.randbelow(1 << 21) | 1


def _list(world: World, _request: Request) -> Answer:
    return {
        **OK,
        "data": [
            {
                "priTmplId": one.id,
                "title": one.title,
                "content": one.content,
                "example": one.example,
                "type": _TYPES[one.kind],
            }
            for one in world.templates.all(*_KINDS)
        ],
    }


def _add(world: World, request: Request) -> Answer:
    document = request.document()
    tid, chosen, scene = str(document.get("tid", "")), document.get("kidList"), text(document, "sceneDesc")
    if tid not in _LIBRARY:
        raise ApiError(200014)
    title, kind, keywords = _LIBRARY[tid]
    if not isinstance(chosen, list) or not chosen or not all(kid in range(1, len(keywords) + 1) for kid in chosen):
        raise ApiError(200020)
    if len(scene) > _SCENE_LENGTH:
        raise ApiError(200021)
    content = "\n".join(f"{name}：{{{{{key}.DATA}}}}" for name, key in (keywords[kid - 1] for kid in chosen))
    id_ = identity("subscription", title, secrets.token_hex(8))
    made = template({"title": title, "content": content, "kind": str(kind), "template_id": id_})
    world.templates.add(made, request.now, 200012)
    return {**OK, "priTmplId": id_}


def _delete(world: World, request: Request) -> Answer:
    world.templates.remove(text(request.document(), "priTmplId"), *_KINDS)
    return OK


def _categories(_world: World, _request: Request) -> Answer:
    return {**OK, "data": [{"id": 627, "name": "政务民生 > 防疫服务"}, {"id": 616, "name": "医疗服务 > 公共卫生"}]}


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/message/subscribe/bizsend": Endpoint("POST", _send),
    "/wxaapi/newtmpl/gettemplate": Endpoint("GET", _list),
    "/wxaapi/newtmpl/addtemplate": Endpoint("POST", _add),
    "/wxaapi/newtmpl/deltemplate": Endpoint("POST", _delete),
    "/wxaapi/newtmpl/getcategory": Endpoint("GET", _categories),
}
