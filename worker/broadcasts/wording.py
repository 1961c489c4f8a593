"""A broadcast, its plan and its report in the words of the commands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.broadcasts.account import RETURNED, UNKNOWN, UNREACHABLE, WORDS, Mark, Plan, Report
from domain.broadcasts.broadcast import WORDS as STATES
from domain.broadcasts.broadcast import Broadcast, Route
from domain.broadcasts.content import as_text
from domain.broadcasts.results import Mass, in_short
from domain.facts import SHANGHAI

ROUTES = {Route.WINDOW: "客服消息（窗口内逐人）", Route.MASS: "群发", Route.TEMPLATE: "模板消息"}


def described(broadcast: Broadcast) -> str:
    """What it is; the first line alone says which and how far."""
    b = broadcast
    kind = "更正" if b.corrects else "紧急" if b.emergency else "通知"
    lines = [f"广播 {b.number}（{kind}）：{STATES[b.state]}。{b.audience.words()}。{ROUTES[b.route]}"]
    lines.append(f"起草 {b.author} {_time(b.drafted_at)}；预览 {_time(b.previewed_at)}；提交 {_time(b.submitted_at)}")
    if b.decided_by:
        lines.append(f"决定 {b.decided_by} {_time(b.decided_at)}")
    elif b.approve_by:
        lines.append(f"须在 {_time(b.approve_by)} 前由第二人批准")
    if b.reason:
        lines.append(f"理由 {b.reason}")
    if b.send_at:
        lines.append(f"发送时间 {_time(b.send_at)}")
    return "\n".join((*lines, "----", as_text(b.content), "----"))


def planned(broadcast: Broadcast, plan: Plan) -> str:
    """Whom it would reach and what it would take."""
    lines = [f"收件人 {plan.people}，现在可达 {plan.reachable}"]
    lines += [f"  {WORDS[why]} {count}" for why, count in sorted(plan.unreachable.items())]
    granted = "" if plan.calls_left is None else f"，今日还有 {plan.calls_left}"
    lines.append(f"接口调用 {plan.calls} 次{granted}" + ("" if plan.fits else "：今日不够，余下的次日继续"))
    if broadcast.route is Route.MASS:
        lines.append("每人每月只能收到 4 次群发（含后台手工群发）；发出后，据本系统所知：")
        lines += [f"  还剩 {left} 次：{count} 人" for left, count in sorted(plan.mass_left.items())]
    return "\n".join(lines)


def reported(broadcast: Broadcast, report: Report, masses: Sequence[Mass]) -> str:
    """What became of everybody; the sums add up to the people of the audience. What the platform reports of messages
    that it took stands behind, in its own counts."""
    lines = [f"广播 {broadcast.number}：{STATES[broadcast.state]}。收件人 {broadcast.people}"]
    lines.append(
        f"平台已受理 {report.sent}，失败 {report.failed}，不可达 {report.unreachable}，结果不明 {report.unknown}"
    )
    if broadcast.started_at and broadcast.ended_at:
        seconds = (broadcast.ended_at - broadcast.started_at).total_seconds()
        lines.append(f"历时 {seconds:.1f} 秒，每秒 {report.sent / max(seconds, 0.001):.0f} 条")
    if report.left:
        lines.append(f"未发 {report.left}")
    rows = {WORDS[mark]: report.count(mark) for mark in (*Mark,) if mark in UNREACHABLE | UNKNOWN | RETURNED}
    for why, count in report.left_out.items():
        rows[WORDS[why]] = rows.get(WORDS[why], 0) + count
    lines += [f"  {words} {count}" for words, count in rows.items() if count]
    lines += [f"  失败，错误码 {code}：{count}" for code, count in sorted(report.codes.items())]
    if report.unknown:
        lines.append(f"结果不明的名单：broadcast unknown {broadcast.number}")
    return "\n".join((*lines, *_arrived(broadcast, report), *(mass.words() for mass in masses)))


def arrivals(broadcast: Broadcast, report: Report, masses: Sequence[Mass]) -> list[str]:
    """How much of what the platform took it reports as delivered, in a few lines."""
    return [*_arrived(broadcast, report), *in_short(masses)]


def _arrived(broadcast: Broadcast, report: Report) -> list[str]:
    match broadcast.route:
        case Route.WINDOW:
            return ["客服消息没有送达回执：受理不等于送达"] if report.sent else []
        case Route.TEMPLATE:
            told = f"平台报告：送达 {report.delivered}、失败 {report.count(*RETURNED)}"
            return [f"{told}；尚无结果 {report.count(Mark.SENT)}"]
        case Route.MASS:
            return []


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%m-%d %H:%M}" if at else "无"
