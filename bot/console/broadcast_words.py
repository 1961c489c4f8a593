"""What is said about broadcasts on a page: their states, their routes, what became of each recipient."""

from __future__ import annotations

from collections.abc import Mapping

from bot.console.prose import N_, _
from domain.broadcasts.account import Mark
from domain.broadcasts.broadcast import Route, State

STATES: Mapping[State, tuple[str, str]] = {
    State.DRAFT: (N_("草稿"), "✎"),
    State.SUBMITTED: (N_("待批准"), "◷"),
    State.APPROVED: (N_("已批准"), "✓"),
    State.SENDING: (N_("发送中"), "▶"),
    State.PAUSED: (N_("已暂停"), "‖"),
    State.DONE: (N_("已完成"), "✔"),
    State.REJECTED: (N_("已驳回"), "✘"),
    State.CANCELLED: (N_("已取消"), "■"),
}
ROUTES: Mapping[Route, str] = {
    Route.WINDOW: N_("48 小时内来过消息的人（客服消息）"),
    Route.MASS: N_("群发（每人每月最多 4 条）"),
    Route.TEMPLATE: N_("模板消息"),
}
MARKS: Mapping[str, str] = {
    Mark.PENDING: N_("未发"),
    Mark.IN_FLIGHT: N_("正在发"),
    Mark.SENT: N_("平台已受理"),
    Mark.DELIVERED: N_("平台报告已送达"),
    Mark.UNKNOWN_KILLED: N_("结果不明（发送进程中断）"),
    Mark.UNKNOWN_ANSWER: N_("结果不明（平台没有应答）"),
    Mark.NO_WINDOW: N_("不可达：48 小时内没有来信"),
    Mark.NO_CREDIT: N_("不可达：本次窗口的条数已用完"),
    Mark.NOT_FOLLOWING: N_("不可达：已取消关注"),
    Mark.BLOCKED: N_("不可达：已拒收"),
    Mark.REFUSED_PERSON: N_("不可达：平台不认这个账号"),
    Mark.TOO_OFTEN: N_("不可达：平台限制频率"),
    Mark.FAILED: N_("失败"),
    Mark.RETURNED_BLOCKED: N_("失败：用户拒收"),
    Mark.RETURNED_TOO_OFTEN: N_("失败：平台限制频率"),
    Mark.RETURNED_FAILED: N_("失败：系统失败"),
    "no_account": N_("不可达：没有微信账号（由他人或名单登记）"),
    "mass_used_up": N_("不可达：本月已收到 4 次群发"),
}


def state_words() -> dict[State, tuple[str, str]]:
    """Each state in words and as a shape."""
    return {state: (_(text), shape) for state, (text, shape) in STATES.items()}


def mark_words(mark: str) -> str:
    """What became of a recipient; a reason that has no words stands for itself."""
    return _(MARKS[mark]) if mark in MARKS else mark
