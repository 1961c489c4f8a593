"""Long works: what one asked for, how far it is, its file. A page may be closed at any time; the work goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from bot.console.doors import Console, page_of
from bot.console.prose import N_, _
from bot.console.visits import Visit
from bot.pages import moved
from domain.works import Work, WorkKind, WorkState
from worker.works import starting

KINDS: Mapping[WorkKind, str] = {
    WorkKind.EXPORT: N_("导出"),
    WorkKind.ROSTER_IMPORT: N_("名册导入"),
    WorkKind.REMINDERS: N_("提醒打卡"),
    WorkKind.CARD_TABLE: N_("批量办卡"),
    WorkKind.CARD_SHEETS: N_("打印通行卡"),
    WorkKind.LIST_CHECK: N_("名单核对"),
}
STATES: Mapping[WorkState, tuple[str, str]] = {
    WorkState.WAITING: (N_("排队中"), "◷"),
    WorkState.RUNNING: (N_("进行中"), "▶"),
    WorkState.DONE: (N_("已完成"), "✔"),
    WorkState.FAILED: (N_("未完成"), "✘"),
    WorkState.CANCELLED: (N_("已取消"), "■"),
}
"""In words and as a shape."""
COUNTS: Mapping[str, str] = {
    "rows": N_("行"),
    "faults": N_("有误的行"),
    "new": N_("新登记"),
    "changed": N_("有变动"),
    "known": N_("早已登记"),
    "speaks": N_("本人已申报，不改动"),
    "elsewhere": N_("登记在别的社区，不改动"),
    "cards": N_("张卡"),
    "refused": N_("被拒绝的行"),
    "duplicates": N_("重复的行"),
    "reminded": N_("已提醒"),
    "told": N_("已告知颜色到期"),
    "already": N_("今天已提醒过"),
    "reported": N_("已打卡或不需打卡"),
    "off": N_("本人不要提醒"),
    "unreachable": N_("没有微信账号"),
}
LIST = "list:"


def blueprint(console: Console) -> Blueprint:
    """GET /console/works, …/<id>, …/<id>/file; POST …/<id>/cancel. Everybody sees their own."""
    routes = Blueprint("works", __name__)
    ctx = console.ctx

    def listed(visit: Visit) -> ResponseReturnValue:
        return page_of("works.html", works=ctx.works.of(visit.staff.id), now=visit.now, **words())

    def one(visit: Visit, id: str) -> ResponseReturnValue:
        work = starting.seen(ctx, visit.staff, id)
        template = "_work.html" if "HX-Request" in request.headers else "work.html"
        return page_of(template, work=work, now=visit.now, counted=counted(work), **words())

    def cancel(visit: Visit, id: str) -> ResponseReturnValue:
        starting.cancel(ctx, visit.staff, id)
        return moved(url_for("console.works.one", id=id))

    def file(visit: Visit, id: str) -> ResponseReturnValue:
        made, pieces = starting.fetch(ctx, visit.staff, id)
        headers = {
            "Content-Length": str(made.size),
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name)}",
            "Cache-Control": "no-store",
        }
        return Response(pieces, headers=headers, content_type=made.media_type)

    console.add(routes, "/works", listed)
    console.add(routes, "/works/<id>", one)
    console.add(routes, "/works/<id>/cancel", cancel, methods=("POST",))
    console.add(routes, "/works/<id>/file", file)
    return routes


def words() -> dict[str, Any]:
    """What kinds and states are called now."""
    return {
        "kinds": {kind: _(text) for kind, text in KINDS.items()},
        "states": {state: (_(text), shape) for state, (text, shape) in STATES.items()},
    }


def counted(work: Work) -> list[tuple[str, int]]:
    """What came of a work, in words."""
    return [(_(COUNTS.get(name, name)), number) for name, number in work.counts.items() if not name.startswith(LIST)]
