"""Followers, the account's quotas, and the platform's own addresses."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.errors import ApiError
from sandbox.platform.endpoint import OK, Answer, Endpoint, Request, text
from sandbox.world import World

_PAGE = 10_000


def _info(world: World, request: Request) -> Answer:
    openid = request.query.get("openid", "")
    if not openid:
        raise ApiError(41009)
    phone = world.phones.by_openid(openid)
    if phone is None:
        raise ApiError(40003)
    if not phone.following:
        return {"subscribe": 0, "openid": openid}
    return {
        "subscribe": 1,
        "openid": openid,
        "language": "zh_CN",
        "subscribe_time": int(phone.since or 0),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE" if phone.scene else "ADD_SCENE_SEARCH",
        "qr_scene": 0,
        "qr_scene_str": phone.scene,
    }


def _list(world: World, request: Request) -> Answer:
    followers = [phone.openid for phone in world.phones.all() if phone.following]
    after = request.query.get("next_openid", "")
    if after and after not in followers:
        raise ApiError(40003)
    page = followers[followers.index(after) + 1 if after else 0 :][:_PAGE]
    total: dict[str, object] = {"total": len(followers), "count": len(page)}
    return {**total, **({"data": {"openid": page}} if page else {}), "next_openid": page[-1] if page else ""}


def _quota(world: World, request: Request) -> Answer:
    return {**OK, "quota": world.quota.look(text(request.document(), "cgi_path"), request.today)}


def _clear_quota(world: World, request: Request) -> Answer:
    if text(request.document(), "appid") != world.account.app_id:
        raise ApiError(40013)
    world.quota.clear(request.today)
    return OK


def _addresses(_world: World, _request: Request) -> Answer:
    return {"ip_list": ["127.0.0.1"]}


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/user/info": Endpoint("GET", _info),
    "/cgi-bin/user/get": Endpoint("GET", _list),
    "/cgi-bin/openapi/quota/get": Endpoint("POST", _quota),
    "/cgi-bin/clear_quota": Endpoint("POST", _clear_quota),
    "/cgi-bin/getcallbackip": Endpoint("GET", _addresses),
    "/cgi-bin/get_api_domain_ip": Endpoint("GET", _addresses),
}
