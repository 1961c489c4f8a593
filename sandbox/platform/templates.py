"""/cgi-bin/message/template/… and /cgi-bin/template/…: template messages and the account's templates."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sandbox.errors import ApiError
from sandbox.notices import Kind, identity, template
from sandbox.phones import Phone
from sandbox.platform.endpoint import OK, Answer, Endpoint, Request, inner, recipient, text
from sandbox.world import World

_INDUSTRIES: Mapping[str, tuple[str, str]] = {
    "1": ("IT科技", "互联网|电子商务"),
    "2": ("IT科技", "IT软件与服务"),
    "16": ("政府与公共事业", "公共事业|非盈利机构"),
    "17": ("政府与公共事业", "警察局|法院"),
    "20": ("政府与公共事业", "公安|检察|法院"),
    "21": ("医药护理", "药物医疗"),
    "22": ("医药护理", "护理美容"),
    "23": ("医药护理", "保健与卫生"),
}
_LIBRARY: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "TM00001": ("健康申报提醒", {"申报人": "name1", "申报时间": "time2", "温馨提示": "thing3"}),
    "TM00002": ("健康码变更通知", {"姓名": "name1", "变更结果": "phrase2", "变更时间": "time3", "变更原因": "thing4"}),
    "43216": ("任务到期提醒", {"任务名称": "thing1", "到期时间": "time2", "负责人": "name3"}),
}
"""Templates by their short id in the platform's library: title, and keywords with their keys."""


def send(world: World, request: Request) -> Answer:
    """Take one template message. Its result comes as an event."""
    document = request.document()
    phone = recipient(world, document)
    if world.traits.of(phone.openid).blacklisted:
        raise ApiError(43019)
    if not phone.following:
        raise ApiError(int(world.limits.template_not_following))
    chosen = world.templates.find(text(document, "template_id"), Kind.TEMPLATE)
    shown = {**world.templates.filled(chosen, inner(document, "data")), **target(document, "url")}
    client_id = text(document, "client_msg_id")
    with world.database.together():
        if known := _sent(world, phone, client_id, request.now):
            return {**OK, "msgid": known}
        msg_id = _number(request.now)
        if client_id:
            until = request.now + world.limits.client_msg_id_life
            world.database.rows("delete from client_id where until <= ?", (request.now,))
            world.database.rows(
                "insert or replace into client_id values (?, ?, ?, ?)", (phone.openid, client_id, msg_id, until)
            )
        status = deliver(world, phone, "template", shown)
        world.results.add(phone.openid, "TEMPLATESENDJOBFINISH", {"MsgID": msg_id, "Status": status})
    return {**OK, "msgid": msg_id}


def deliver(world: World, phone: Phone, via: str, shown: Mapping[str, Any]) -> str:
    """Put a notice on the phone, unless the person blocks it or it fails on its way; the status of the result event."""
    if phone.blocked:
        return "failed:user block"
    if world.traits.of(phone.openid).broken:
        return "failed: system failed"
    thread = {} if phone.following else {"thread": "service"}
    world.phones.say(phone.id, "account", "notice", {**shown, **thread}, via)
    return "success"


def target(document: Mapping[str, Any], name: str) -> dict[str, str]:
    """Where a tap on the notice leads: {"url"}, or {"miniprogram"}. Raises ApiError 40066 for what is no address."""
    program = inner(document, "miniprogram")
    if program.get("appid"):
        return {"miniprogram": f"{text(program, 'appid')}/{text(program, 'pagepath')}"}
    url = text(document, name)
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
        raise ApiError(40066)
    return {"url": url} if url else {}


def _sent(world: World, phone: Phone, client_id: str, now: float) -> int:
    """The msgid under which this client_msg_id went to the person already, or 0."""
    if not client_id:
        return 0
    row = world.database.row(
        "select msg_id from client_id where openid = ? and id = ? and until > ?", (phone.openid, client_id, now)
    )
    return int(row["msg_id"]) if row else 0


def _number(now: float) -> int:
    """Beyond 2**53, so that whoever reads it as a float is found out."""
    return (int(now * 1000) << 21) + secrets.randbelow(1 << 21) | 1


def _add(world: World, request: Request) -> Answer:
    document = request.document()
    short = text(document, "template_id_short")
    if short not in _LIBRARY:
        raise ApiError(40037)
    title, keywords = _LIBRARY[short]
    wanted = document.get("keyword_name_list") or list(keywords)
    if not isinstance(wanted, list) or not all(name in keywords for name in wanted):
        raise ApiError(40035)
    content = "\n".join(f"{name}：{{{{{keywords[name]}.DATA}}}}" for name in wanted)
    id_ = identity("private", title, secrets.token_hex(8))
    world.templates.add(template({"title": title, "content": content, "template_id": id_}), request.now, 45026)
    return {**OK, "template_id": id_}


def _list(world: World, _request: Request) -> Answer:
    primary, deputy = _industry(world)[0]
    return {
        "template_list": [
            {
                "template_id": one.id,
                "title": one.title,
                "primary_industry": primary,
                "deputy_industry": deputy,
                "content": one.content,
                "example": one.example,
            }
            for one in world.templates.all(Kind.TEMPLATE)
        ]
    }


def _delete(world: World, request: Request) -> Answer:
    world.templates.remove(text(request.document(), "template_id"), Kind.TEMPLATE)
    return OK


def _industry(world: World) -> list[tuple[str, str]]:
    return [_INDUSTRIES[number] for number in world.database.note("industry", ["16", "23"])]


def _get_industry(world: World, _request: Request) -> Answer:
    names = ("primary_industry", "secondary_industry")
    return {
        name: {"first_class": first, "second_class": second}
        for name, (first, second) in zip(names, _industry(world), strict=True)
    }


def _set_industry(world: World, request: Request) -> Answer:
    document = request.document()
    chosen = [str(document.get(name, "")) for name in ("industry_id1", "industry_id2")]
    if any(number not in _INDUSTRIES for number in chosen):
        raise ApiError(40035)
    world.quota.take("industry", request.month, world.limits.industry_changes, 45040)
    world.database.keep("industry", chosen)
    return OK


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/message/template/send": Endpoint("POST", send),
    "/cgi-bin/template/api_add_template": Endpoint("POST", _add),
    "/cgi-bin/template/get_all_private_template": Endpoint("GET", _list),
    "/cgi-bin/template/del_private_template": Endpoint("POST", _delete),
    "/cgi-bin/template/get_industry": Endpoint("GET", _get_industry),
    "/cgi-bin/template/api_set_industry": Endpoint("POST", _set_industry),
}
