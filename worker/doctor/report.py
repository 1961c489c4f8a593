"""The findings for eyes and for machines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from worker.doctor.findings import Finding, Grade, exit_code

_FAMILIES = {
    "settings": "设置 · settings",
    "machine": "本机 · this machine",
    "picture": "健康码图片 · the code picture",
    "redis": "数据库 · the database",
    "queue": "队列 · queues",
    "webhook": "回调地址 · the webhook",
    "platform": "微信平台 · the platform",
    "clock": "时钟 · clocks",
}


def as_text(findings: Sequence[Finding]) -> str:
    """Families one after another; under what is not sound, what it means and what to do."""
    lines: list[str] = []
    order = list(_FAMILIES)
    for family, group in groupby(sorted(findings, key=lambda f: order.index(_family(f))), _family):
        lines.append(f"\n{_FAMILIES[family]}")
        for finding in group:
            lines.append(f"  {finding.grade.value} {finding.about:22} {finding.found}")
            lines += [f"      影响 · means: {finding.means}"] if finding.means else []
            lines += [f"      请做 · do:    {finding.do}"] if finding.do else []
    return "\n".join([*lines, "", _summary(findings)])


def _family(finding: Finding) -> str:
    return finding.about.partition(".")[0]


def as_json(findings: Sequence[Finding]) -> str:
    """One object: `exit`, and `findings` with `grade` as sound, unknown, warning, failure."""
    told = [
        {"about": f.about, "grade": f.grade.name.lower(), "found": f.found, "means": f.means, "do": f.do}
        for f in findings
    ]
    return json.dumps({"exit": exit_code(findings), "findings": told}, ensure_ascii=False, indent=1)


def _summary(findings: Sequence[Finding]) -> str:
    count = Counter(finding.grade for finding in findings)
    if exit_code(findings) == 0:
        return f"一切正常，共 {len(findings)} 项 · all {len(findings)} checks are sound"
    failed, warned, unseen = count[Grade.FAILURE], count[Grade.WARNING], count[Grade.UNKNOWN]
    return (
        f"故障 {failed} 项，提醒 {warned} 项，未能检查 {unseen} 项 · "
        f"{failed} failures, {warned} warnings, {unseen} not looked at"
    )
