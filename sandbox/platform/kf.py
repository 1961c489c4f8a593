"""/customservice/…: the staff in whose name customer messages go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.errors import ApiError
from sandbox.platform.endpoint import OK, Answer, Endpoint, Request, text
from sandbox.world import World

_ACCOUNT = re.compile(r"[A-Za-z0-9]{1,30}@[\w-]{1,30}", re.ASCII)
_FIRST_ID = 1001


def _add(world: World, request: Request) -> Answer:
    document = request.document()
    account, nick = _account(document), _nick(world, document)
    with world.database.together():
        rows = world.database.rows("select account, id from kf")
        if any(row["account"] == account for row in rows):
            raise ApiError(65406)
        if len(rows) >= world.limits.kf_accounts:
            raise ApiError(65405)
        number = max((row["id"] for row in rows), default=_FIRST_ID - 1) + 1
        world.database.rows("insert into kf values (?, ?, ?, '')", (account, number, nick))
    return OK


def _update(world: World, request: Request) -> Answer:
    document = request.document()
    _known(world, _account(document))
    nick = _nick(world, document)
    world.database.rows("update kf set nick = ? where account = ?", (nick, _account(document)))
    return OK


def _delete(world: World, request: Request) -> Answer:
    stated = request.query if "kf_account" in request.query else request.document()
    _known(world, _account(stated))
    world.database.rows("delete from kf where account = ?", (_account(stated),))
    return OK


def _picture(world: World, request: Request) -> Answer:
    account = _account(request.query)
    _known(world, account)
    if "media" not in request.files:
        raise ApiError(41005)
    filename, content = request.files["media"]
    medium = world.media.upload("image", filename, content, request.now)
    address = f"{world.base}/sandbox/media/{medium.id}"
    world.database.rows("update kf set picture = ? where account = ?", (address, account))
    return OK


def _list(world: World, _request: Request) -> Answer:
    rows = world.database.rows("select * from kf order by id")
    return {
        "kf_list": [
            {
                "kf_account": row["account"],
                "kf_headimgurl": row["picture"],
                "kf_id": str(row["id"]),
                "kf_nick": row["nick"],
            }
            for row in rows
        ]
    }


def _online(_world: World, _request: Request) -> Answer:
    """Nobody sits at a desk of the sandbox."""
    return {"kf_online_list": []}


def _account(stated: Mapping[str, Any]) -> str:
    account = text(stated, "kf_account")
    if not _ACCOUNT.fullmatch(account):
        raise ApiError(65404)
    return account


def _nick(world: World, stated: Mapping[str, Any]) -> str:
    nick = text(stated, "nickname")
    if not 1 <= len(nick) <= world.limits.kf_nick:
        raise ApiError(65403)
    return nick


def _known(world: World, account: str) -> None:
    if world.database.row("select 1 from kf where account = ?", (account,)) is None:
        raise ApiError(65401)


ENDPOINTS: Mapping[str, Endpoint] = {
    "/customservice/kfaccount/add": Endpoint("POST", _add),
    "/customservice/kfaccount/update": Endpoint("POST", _update),
    "/customservice/kfaccount/del": Endpoint("ANY", _delete),
    "/customservice/kfaccount/uploadheadimg": Endpoint("POST", _picture),
    "/cgi-bin/customservice/getkflist": Endpoint("GET", _list),
    "/cgi-bin/customservice/getonlinekflist": Endpoint("GET", _online),
}
