"""/cgi-bin/menu/…: the default menu and the conditional ones."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.errors import ApiError
from sandbox.menus import listed
from sandbox.platform.endpoint import OK, Answer, Endpoint, Request, text
from sandbox.world import World


def _create(world: World, request: Request) -> Answer:
    world.menus.create(request.document())
    world.phones.changed()
    return OK


def _get(world: World, _request: Request) -> Answer:
    menu, conditional = world.menus.default(), world.menus.conditional()
    if menu is None:
        raise ApiError(46003)
    told = {"conditionalmenu": [one.document() for one in conditional]} if conditional else {}
    return {"menu": menu, **told}


def _delete(world: World, _request: Request) -> Answer:
    world.menus.delete()
    world.phones.changed()
    return OK


def _add(world: World, request: Request) -> Answer:
    made = world.menus.add(request.document())
    world.phones.changed()
    return {"menuid": str(made)}


def _remove(world: World, request: Request) -> Answer:
    world.menus.remove(request.document().get("menuid"))
    world.phones.changed()
    return OK


def _match(world: World, request: Request) -> Answer:
    openid = text(request.document(), "user_id")
    phone = world.phones.by_openid(openid)
    if phone is None or not phone.following:
        raise ApiError(65302)
    menu = world.menus.of(openid)
    if menu is None:
        raise ApiError(46003)
    return menu


def _shown(world: World, _request: Request) -> Answer:
    menu = world.menus.default()
    return {"is_menu_open": int(menu is not None), "selfmenu_info": listed(menu or {"button": []})}


ENDPOINTS: Mapping[str, Endpoint] = {
    "/cgi-bin/menu/create": Endpoint("POST", _create),
    "/cgi-bin/menu/get": Endpoint("GET", _get),
    "/cgi-bin/menu/delete": Endpoint("GET", _delete),
    "/cgi-bin/menu/addconditional": Endpoint("POST", _add),
    "/cgi-bin/menu/delconditional": Endpoint("POST", _remove),
    "/cgi-bin/menu/trymatch": Endpoint("POST", _match),
    "/cgi-bin/get_current_selfmenu_info": Endpoint("GET", _shown),
}
