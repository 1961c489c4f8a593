"""What is used and left of the platform's quotas."""

from __future__ import annotations

import click

from domain.budgets import A_MONTH, Standing, Usage
from store.quota import mass_this_month
from worker.wiring import context

STANDINGS = {
    Standing.OPEN: "",
    Standing.LOW: "余量不足，已开始节省",
    Standing.RESERVED: "只留给有人在等的消息",
    Standing.CLOSED: "今日已停用",
}


@click.command("quota")
def quota() -> None:
    """Calls to the platform today and this month, and the mass messages that are left."""
    usages = context().quota.usages()
    click.echo("接口\t今日已用\t今日上限\t今日剩余\t本月已用\t情况")
    for usage in usages:
        granted, left = (str(usage.granted), str(usage.left)) if usage.granted else ("—", "—")
        row = (_short(usage), str(usage.today), granted, left, str(usage.month), STANDINGS[usage.standing])
        click.echo("\t".join(row).rstrip())
    used = mass_this_month(usages)
    click.echo(f"群发：本月已用 {used} 次，每人每月最多收到 {A_MONTH} 条，还剩 {max(0, A_MONTH - used)} 条")


def low_quotas() -> list[str]:
    """One sentence for each call that is running low today."""
    low = (usage for usage in context().quota.usages() if usage.standing is not Standing.OPEN)
    return [
        f"接口 {_short(usage)} 今日已用 {usage.today}/{usage.granted}：{STANDINGS[usage.standing]}" for usage in low
    ]


def _short(usage: Usage) -> str:
    return usage.path.removeprefix("/cgi-bin/")
