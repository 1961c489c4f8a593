"""What roles and scopes are called on a page."""

from __future__ import annotations

from bot.console.prose import N_, _
from domain.places import full_name
from domain.roles import Role
from domain.scopes import Communities, Everywhere, GridCells, Institution, Organisation, Scope, Venue

ROLES = {
    Role.COMMUNITY_WORKER: N_("社区工作人员"),
    Role.INSTITUTION_REPORTER: N_("隔离机构报告员"),
    Role.CHECKPOINT_STAFF: N_("卡口工作人员"),
    Role.EPIDEMIC_OFFICER: N_("疫情防控人员"),
    Role.NOTICE_ADMIN: N_("通知管理员"),
    Role.SYSTEM_ADMIN: N_("系统管理员"),
    Role.AUDITOR: N_("审计员"),
    Role.UPSTREAM: N_("上级系统"),
    Role.ORGANISATION_OFFICER: N_("单位防疫专员"),
}


def role_name(role: Role) -> str:
    return _(ROLES[role])


def scope_name(scope: Scope) -> str:
    """A place by its name, anything else by what it is."""
    match scope:
        case Communities(prefix):
            return full_name(prefix) or prefix
        case GridCells(community, cells):
            place = full_name(community) or community
            return _("%(place)s第%(cells)s网格", place=place, cells="、".join(map(str, cells)))
        case Institution(id):
            return _("隔离机构 %(id)s", id=id)
        case Organisation(id):
            return _("单位 %(id)s", id=id)
        case Venue(id):
            return _("场所 %(id)s", id=id)
        case Everywhere():
            return _("全区")
