"""/cgi-bin/user/…: who follows the account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.errors import ApiError
from sandbox.phones import Phone
from sandbox.platform.endpoint import OK, Answer, Endpoint, Request, recipient, text
from sandbox.world import World


def _info(world: World, request: Request) -> Answer:
    openid = request.query.get("openid", "")
    if not openid:
        raise ApiError(41009)
    phone = world.phones.by_openid(openid)
    if phone is None:
        raise ApiError(40003)
    return _told(world, phone, request.query.get("lang", "zh_CN"))


def _batch(world: World, request: Request) -> Answer:
    listed = request.document().get("user_list")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise ApiError(40031)
    if not 1 <= len(listed) <= world.limits.batch_people:
        raise ApiError(40032)
    told = [_told(world, recipient(world, one, "openid"), text(one, "lang") or "zh_CN") for one in listed]
    return {"user_info_list": told}


def _told(world: World, phone: Phone, language: str) -> dict[str, Any]:
    if not phone.following:
        return {"subscribe": 0, "openid": phone.openid}
    tags, numeric = world.tags.of(phone.openid), world.scenes.numeric(phone.scene)
    return {
        "subscribe": 1,
        "openid": phone.openid,
        "language": language,
        "subscribe_time": int(phone.since or 0),
        "remark": world.traits.of(phone.openid).remark,
        "groupid": tags[0] if tags else 0,
        "tagid_list": tags,
        "subscribe_scene": "ADD_SCENE_QR_CODE" if phone.scene else "ADD_SCENE_SEARCH",
        "qr_scene": int(phone.scene) if numeric else 0,
        "qr_scene_str": "" if numeric else phone.scene,
    }


def _list(world: World, request: Request) -> Answer:
    after = request.query.get("next_openid", "")
    if after and world.phones.by_openid(after) is None:
        raise ApiError(40003)
    total, page = world.phones.followers(after, int(world.limits.list_people))
    told: dict[str, object] = {"total": total, "count": len(page)}
    return {**told, **({"data": {"openid": page}} if page else {}), "next_openid": page[-1] if page else ""}


def _remark(world: World, request: Request) -> Answer:
    document = request.document()
    phone, remark = recipient(world, document, "openid"), text(document, "remark")
    if len(remark) >= world.limits.remark:
        raise ApiError(40035)
    world.traits.name(phone.openid, remark)
    return OK


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/user/info": Endpoint("GET", _info),
    "/cgi-bin/user/info/batchget": Endpoint("POST", _batch),
    "/cgi-bin/user/info/updateremark": Endpoint("POST", _remark),
    "/cgi-bin/user/get": Endpoint("GET", _list),
}
