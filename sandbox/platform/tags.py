"""/cgi-bin/tags/…: tags, who carries them, and the blacklist."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.errors import ApiError
from sandbox.platform.endpoint import OK, Answer, Endpoint, Request, inner, openids, recipient, text
from sandbox.tags import SYSTEM
from sandbox.world import World


def _create(world: World, request: Request) -> Answer:
    return {"tag": world.tags.create(inner(request.document(), "tag").get("name"))}


def _list(world: World, _request: Request) -> Answer:
    system = [{"id": id_, "name": name, "count": 0} for id_, name in SYSTEM.items() if id_ == 2]
    return {"tags": [*system, *world.tags.all()]}


def _update(world: World, request: Request) -> Answer:
    tag = inner(request.document(), "tag")
    world.tags.rename(tag.get("id"), tag.get("name"))
    return OK


def _delete(world: World, request: Request) -> Answer:
    world.tags.delete(inner(request.document(), "tag").get("id"))
    world.phones.changed()
    return OK


def _people(world: World, request: Request) -> list[str]:
    listed = openids(request.document(), "openid_list", int(world.limits.tagging_people))
    for openid in listed:
        phone = world.phones.by_openid(openid)
        if phone is None:
            raise ApiError(40003)
        if not phone.following:
            raise ApiError(49003)
    return listed


def _put_on(world: World, request: Request) -> Answer:
    world.tags.put_on(request.document().get("tagid"), _people(world, request))
    world.phones.changed()
    return OK


def _take_off(world: World, request: Request) -> Answer:
    world.tags.take_off(request.document().get("tagid"), _people(world, request))
    world.phones.changed()
    return OK


def _of_person(world: World, request: Request) -> Answer:
    return {"tagid_list": world.tags.of(recipient(world, request.document(), "openid").openid)}


def _members(world: World, request: Request) -> Answer:
    document = request.document()
    tag = world.tags.known(document.get("tagid"))
    page = world.tags.people(tag, text(document, "next_openid"), int(world.limits.list_people))
    return {
        "count": len(page),
        **({"data": {"openid": page}} if page else {}),
        "next_openid": page[-1] if page else "",
    }


def _blacklist(world: World, request: Request) -> Answer:
    begin = text(request.document(), "begin_openid")
    total, page = world.traits.blacklisted(begin, int(world.limits.list_people))
    told = {"total": total, "count": len(page), "next_openid": page[-1] if page else ""}
    return {**told, **({"data": {"openid": page}} if page else {})}


def _blacklisting(world: World, request: Request, blacklisted: bool) -> Answer:
    listed = openids(request.document(), "openid_list", int(world.limits.blacklist_people))
    if any(world.phones.by_openid(openid) is None for openid in listed):
        raise ApiError(40003)
    for openid in listed:
        world.traits.blacklist(openid, blacklisted)
    return OK


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/tags/create": Endpoint("POST", _create),
    "/cgi-bin/tags/get": Endpoint("GET", _list),
    "/cgi-bin/tags/update": Endpoint("POST", _update),
    "/cgi-bin/tags/delete": Endpoint("POST", _delete),
    "/cgi-bin/tags/members/batchtagging": Endpoint("POST", _put_on),
    "/cgi-bin/tags/members/batchuntagging": Endpoint("POST", _take_off),
    "/cgi-bin/tags/getidlist": Endpoint("POST", _of_person),
    "/cgi-bin/user/tag/get": Endpoint("ANY", _members),
    "/cgi-bin/tags/members/getblacklist": Endpoint("POST", _blacklist),
    "/cgi-bin/tags/members/batchblacklist": Endpoint("POST", lambda world, one: _blacklisting(world, one, True)),
    "/cgi-bin/tags/members/batchunblacklist": Endpoint("POST", lambda world, one: _blacklisting(world, one, False)),
}
