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
    Entry("venues.gate", N_("卡口核验")),
    Entry("venues.listed", N_("场所")),
    Entry("organisations.listed", N_("单位")),
    Entry("staff.everybody", N_("工作人员")),
    Entry("clients.listed", N_("接口系统")),
    Entry("audit.acts", N_("审计")),
    Entry("house.show", N_("系统设置")),
    Entry("me.show", N_("我的账号")),
)
