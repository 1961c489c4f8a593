"""Systems of partners: scopes, contract, limits, pushes. A secret stands on the page that made it, once."""

from __future__ import annotations

import secrets

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_of
from bot.console.prose import N_, _
from bot.console.visits import Visit
from bot.pages import moved
from domain.partners.client import Quota
from domain.partners.rights import Right, rights_of
from domain.roles import Action, Refused
from worker.context import Context
from worker.partners import admin

RIGHTS = {
    Right.QUERY: N_("查询颜色"),
    Right.DECLARE: N_("代本人申报体温和症状"),
    Right.TRIP: N_("代本人申报行程"),
    Right.CODE: N_("生成健康码"),
    Right.VERIFY: N_("核验健康码"),
    Right.UPLOAD: N_("上传体温和通行记录"),
    Right.CORRECT: N_("更正自己提交的内容"),
    Right.AUTHORISE: N_("向居民申请授权"),
    Right.CHANGES: N_("接收变化"),
}
MANAGE = Action.MANAGE_CLIENTS


def blueprint(console: Console) -> Blueprint:
    """GET /console/clients, …/<id>; POST for each change."""
    routes = Blueprint("clients", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        return page_of("clients.html", found=ctx.partners.all(), rights=_rights(), sandbox=bool(ctx.settings.sandbox))

    def add(visit: Visit) -> ResponseReturnValue:
        form = request.form
        id, name, organisation = (form.get(each, "").strip() for each in ("id", "name", "organisation"))
        shown = admin.create(ctx, visit.staff, id, name, organisation, rights_of(form.getlist("rights")))
        return _one(ctx, shown.client.id, shown.secret)

    def trial(visit: Visit) -> ResponseReturnValue:
        """Everything allowed, among invented residents: only beside the platform's stand-in."""
        if not ctx.settings.sandbox:
            raise Refused("not_sandbox")
        id = f"trial-{secrets.token_hex(3)}"
        shown = admin.create(ctx, visit.staff, id, _("试用系统"), visit.staff.organisation, tuple(Right))
        return _one(ctx, id, shown.secret)

    def one(visit: Visit, id: str) -> ResponseReturnValue:
        return _one(ctx, id)

    def rotate(visit: Visit, id: str) -> ResponseReturnValue:
        return _one(ctx, id, admin.rotate(ctx, visit.staff, id).secret)

    def hook(visit: Visit, id: str) -> ResponseReturnValue:
        shown = admin.set_hook(ctx, visit.staff, id, request.form.get("url", "").strip())
        return _one(ctx, id, hook_secret=shown.secret)

    def change(visit: Visit, id: str, what: str) -> ResponseReturnValue:
        _change(ctx, visit, id, what)
        return moved(url_for("console.clients.one", id=id, done=what))

    console.add(routes, "/clients", listed, MANAGE)
    console.add(routes, "/clients/add", add, MANAGE, methods=("POST",))
    console.add(routes, "/clients/trial", trial, MANAGE, methods=("POST",))
    console.add(routes, "/clients/<id>", one, MANAGE)
    console.add(routes, "/clients/<id>/rotate", rotate, MANAGE, methods=("POST",))
    console.add(routes, "/clients/<id>/hook", hook, MANAGE, methods=("POST",))
    console.add(routes, "/clients/<id>/<what>", change, MANAGE, methods=("POST",))
    return routes


def _change(ctx: Context, visit: Visit, id: str, what: str) -> None:
    """What needs no secret to be shown. Raises Refused."""
    form, staff = request.form, visit.staff
    match what:
        case "retire":
            admin.retire(ctx, staff, id)
        case "stop" | "go-on":
            admin.stop(ctx, staff, id, what == "stop")
        case "rights":
            admin.set_rights(ctx, staff, id, rights_of(form.getlist("rights")))
        case "contract":
            admin.set_contract(ctx, staff, id, form.get("divisions", "").split())
        case "networks":
            admin.set_networks(ctx, staff, id, form.get("networks", "").split())
        case "quota":
            admin.set_quota(ctx, staff, id, Quota(_whole("minute"), _whole("day")))
        case "key":
            admin.add_signing_key(ctx, staff, id, form.get("key", ""), must_sign=True)
        case "again":
            admin.send_again(ctx, staff, id, form.get("letter", ""))
        case _:
            raise Refused("unknown_client", what)


def _one(ctx: Context, id: str, secret: str = "", hook_secret: str = "") -> ResponseReturnValue:
    client = ctx.partners.read(id)
    return page_of(
        "client.html",
        client=client,
        rights=_rights(),
        secret=secret,
        hook_secret=hook_secret,
        progress=ctx.feeds.progress(id),
        dead=ctx.feeds.dead(id),
        base=f"{ctx.settings.public_url}/api/v1",
    )


def _rights() -> list[tuple[str, str]]:
    return [(right.value, _(told)) for right, told in RIGHTS.items()]


def _whole(name: str) -> int:
    text = request.form.get(name, "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
