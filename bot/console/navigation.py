"""The console's navigation: one line a page, in the order of a working day, shown to whom its door lets in."""

from __future__ import annotations

from dataclasses import dataclass

from bot.console.prose import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """`endpoint` is below `console.`: family and view."""

    endpoint: str
    title: str


NAVIGATION = (
    Entry("today.show", N_("今日")),
    Entry("calls.listed", N_("电话联系")),
    Entry("wards.listed", N_("隔离机构")),
    Entry("residents.search", N_("居民")),
    Entry("tasks.listed", N_("任务")),
    Entry("tasks.isolation", N_("居家隔离")),
    Entry("appeals.listed", N_("申诉")),
    Entry("lists.listed", N_("名单")),
    Entry("withdrawals.listed", N_("撤回")),
    Entry("cards.listed", N_("通行卡")),
    Entry("communities.listed", N_("社区")),
    Entry("overview.show", N_("总览")),
    Entry("reminders.show", N_("提醒打卡")),
    Entry("broadcasts.listed", N_("广播")),
    Entry("exports.ask", N_("导出")),
    Entry("imports.listed", N_("名册导入")),
    Entry("works.listed", N_("我的任务进度")),
    Entry("venues.gate", N_("卡口核验")),
    Entry("venues.listed", N_("场所")),
    Entry("aliases.listed", N_("旧码")),
    Entry("organisations.listed", N_("单位")),
    Entry("staff.everybody", N_("工作人员")),
    Entry("clients.listed", N_("接口系统")),
    Entry("audit.acts", N_("审计")),
    Entry("house.show", N_("系统设置")),
    Entry("me.show", N_("我的账号")),
)
