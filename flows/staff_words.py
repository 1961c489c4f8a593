"""What staff type. Each is understood from an account on duty in one of the roles, from nobody else; 绑定 from all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from domain.roles import Role
from flows.words import LONGEST, plain

ENDINGS = "。.!！~～"


class StaffCommand(StrEnum):
    """What staff can ask for by chat; the values name what is asked of the desk behind."""

    BIND = "bind"
    POST = "post"
    UNBIND = "unbind"
    UNBIND_SURE = "unbind_sure"
    CONSOLE = "console"
    SIGN_OUT = "sign_out"
    LIST = "list"
    REMIND = "remind"
    REMIND_SURE = "remind_sure"
    REPORT_FOR = "report_for"
    REPORT_SURE = "report_sure"
    PHONE = "phone"
    TASKS = "tasks"
    DONE = "done"
    BROADCAST = "broadcast"
    BROADCAST_PREVIEW = "broadcast_preview"
    BROADCAST_SUBMIT = "broadcast_submit"
    BROADCAST_APPROVE = "broadcast_approve"
    BROADCAST_REJECT = "broadcast_reject"
    BROADCAST_PROGRESS = "broadcast_progress"
    BROADCAST_PAUSE = "broadcast_pause"
    BROADCAST_RESUME = "broadcast_resume"
    BROADCAST_CANCEL = "broadcast_cancel"
    BROADCAST_CORRECT = "broadcast_correct"


ANYBODY: frozenset[Role] = frozenset()
ALL = frozenset(Role)
WORKERS = frozenset({Role.COMMUNITY_WORKER})
ADMINS = frozenset({Role.NOTICE_ADMIN})
NUMBER, REST = r"\s*(?P<number>\d{1,9})", r"[\s:,，。.]*(?P<reason>.+)?"
TASKED = frozenset({Role.COMMUNITY_WORKER, Role.EPIDEMIC_OFFICER})


@dataclass(frozen=True, slots=True)
class Form:
    """How something is typed: the whole text, with named parts; and the roles that it is for."""

    what: StaffCommand
    pattern: re.Pattern[str]
    roles: frozenset[Role]


def _form(what: StaffCommand, pattern: str, roles: frozenset[Role]) -> Form:
    return Form(what, re.compile(pattern, re.IGNORECASE), roles)


FORMS = (
    _form(StaffCommand.BIND, r"绑定[\s:]*(?P<code>[0-9a-z][0-9a-z -]{0,30})?", ANYBODY),
    _form(StaffCommand.POST, r"(?:我的)?岗位", ALL),
    _form(StaffCommand.UNBIND, r"解绑|解除绑定", ALL),
    _form(StaffCommand.UNBIND_SURE, r"确认解绑", ALL),
    _form(StaffCommand.CONSOLE, r"(?:一码)?工作台", ALL),
    _form(StaffCommand.SIGN_OUT, r"退出(?:一码)?工作台|退出登录", ALL),
    _form(StaffCommand.LIST, r"名单\s*(?:第?(?P<page>\d{1,3})页?)?", WORKERS),
    _form(StaffCommand.REMIND, r"提醒(?:未报|未打卡)?", WORKERS),
    _form(StaffCommand.REMIND_SURE, r"确认提醒", WORKERS),
    _form(StaffCommand.REPORT_FOR, r"代报(?:\s*(?P<who>[^\s:,]+)(?:[\s:,]+(?P<rest>.+))?)?", WORKERS),
    _form(StaffCommand.REPORT_SURE, r"确认代报", WORKERS),
    _form(StaffCommand.PHONE, r"电话\s*(?P<number>\d{1,4})", WORKERS),
    _form(StaffCommand.TASKS, r"(?:我的)?任务\s*(?:第?(?P<page>\d{1,3})页?)?", TASKED),
    _form(StaffCommand.DONE, r"完成\s*(?P<number>\d{1,4})(?:[\s:,，。.]+(?P<reason>.+))?", TASKED),
    _form(StaffCommand.BROADCAST, r"(?:起草|发)?广播", ADMINS),
    _form(StaffCommand.BROADCAST_PREVIEW, r"预览广播" + NUMBER, ADMINS),
    _form(StaffCommand.BROADCAST_SUBMIT, r"确认广播" + NUMBER, ADMINS),
    _form(StaffCommand.BROADCAST_APPROVE, r"批准广播" + NUMBER, ADMINS),
    _form(StaffCommand.BROADCAST_REJECT, r"驳回广播" + NUMBER + REST, ADMINS),
    _form(StaffCommand.BROADCAST_PROGRESS, r"广播进度(?:" + NUMBER + r")?", ADMINS),
    _form(StaffCommand.BROADCAST_PAUSE, r"暂停广播" + NUMBER, ADMINS),
    _form(StaffCommand.BROADCAST_RESUME, r"继续广播" + NUMBER, ADMINS),
    _form(StaffCommand.BROADCAST_CANCEL, r"取消广播" + NUMBER + REST, ADMINS),
    _form(StaffCommand.BROADCAST_CORRECT, r"更正广播" + NUMBER + REST, ADMINS),
)
"""In this order; the first that fits the whole text."""


def read(text: str, roles: frozenset[Role]) -> tuple[StaffCommand, dict[str, str]] | None:
    """What somebody of these roles asks for, with the parts of it that were given."""
    bare = plain(text[:LONGEST]).strip(ENDINGS).strip()
    for form in FORMS:
        if (match := form.pattern.fullmatch(bare)) and (form.roles is ANYBODY or form.roles & roles):
            return form.what, {name: part for name, part in match.groupdict().items() if part}
    return None
