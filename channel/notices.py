"""Template messages and subscription notices: which keyword of an account's template says what, within its rules. Pure.

A template is set as `<id>;thing1=what;time2=when;thing3=advice`: keywords differ from account to account.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.facts import SHANGHAI

_ID = re.compile(r"[A-Za-z0-9_-]{32}|[A-Za-z0-9_-]{43}")
_KEYWORD = re.compile(r"(thing|phrase|time|date|character_string|const)([1-9][0-9]?)")
_LONGEST = {"thing": 20, "phrase": 5, "const": 20, "character_string": 32}
"""Characters of a value; beyond it the platform refuses the message."""
_SAYS = {
    "thing": ("what", "advice", "result"),
    "const": ("what", "advice", "result"),
    "phrase": ("result",),
    "time": ("when",),
    "date": ("when",),
    "character_string": ("when",),
}
_CHINESE = re.compile(r"[^\u4e00-\u9fff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NOT_CHARACTERS = re.compile(r"[^\x20-\x7e]")


Values = Mapping[str, str]
"""Keyword -> value, within the rules."""


class BadTemplate(ValueError):
    """A setting that names no usable template: what is wrong, in Chinese and English."""

    def __init__(self, chinese: str, english: str) -> None:
        """One sentence each."""
        super().__init__(f"{chinese} · {english}")
        self.chinese, self.english = chinese, english


@dataclass(frozen=True, slots=True)
class NoticeTemplate:
    """A template of the account: its id, and which keyword says which of what, when, advice, result."""

    id: str
    keywords: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice has to say. No health data and no name: whoever holds the phone reads it on a locked screen."""

    what: str
    advice: str
    result: str


REMINDER = Notice("每日健康打卡", "今天还没有打卡，回复体温即可", "待打卡")
ABOUT: Mapping[str, Notice] = {
    "told_colour": Notice("健康码信息有更新", "请回复“状态”查看", "有更新"),
    "told_confirmed": Notice("身份核实已有结果", "请回复“健康码”查看", "已办理"),
    "told_contested": Notice("证件登记需要核实", "请携带证件到社区办理", "待核实"),
    "told_contested_holder": Notice("证件登记需要核实", "请携带证件到社区办理", "待核实"),
    "told_decision": Notice("申诉已有答复", "请回复“申诉进度”查看", "已答复"),
    "told_erased": Notice("资料删除已办理", "如需使用请重新申报", "已办理"),
    "told_escalated": Notice("申诉已转上级处理", "请回复“申诉进度”查看", "办理中"),
    "told_identity_mismatch": Notice("身份核实未通过", "请携带证件到社区办理", "未通过"),
}
"""By the sentence that would be sent if a window were open: each was caused by the resident's own act or record."""
WARNINGS: Mapping[str, Notice] = {
    "grey_tomorrow": Notice("健康码今天24时到期", "回复体温打卡即可延续", "将到期"),
}
"""What nobody asked for: by subscription notice only."""


def parse(text: str) -> NoticeTemplate:
    """A setting's value. Raises BadTemplate."""
    id_, *parts = (part.strip() for part in text.split(";"))
    if not _ID.fullmatch(id_):
        raise BadTemplate("模板编号应为 43 位", "the template id has 43 characters")
    keywords: dict[str, str] = {}
    for number, part in enumerate(filter(None, parts), 1):
        keyword, _, says = (each.strip() for each in part.partition("="))
        match = _KEYWORD.fullmatch(keyword)
        if match is None:
            raise BadTemplate(f"第 {number} 项应如 thing1=what", f"part {number} should be like thing1=what")
        if says not in _SAYS[match[1]]:
            may = "、".join(_SAYS[match[1]])
            raise BadTemplate(f"{keyword} 只能填 {may}", f"{keyword} takes {may}")
        if keyword in keywords:
            raise BadTemplate(f"{keyword} 写了两次", f"{keyword} stands twice")
        keywords[keyword] = says
    if "what" not in keywords.values() and "result" not in keywords.values():
        raise BadTemplate("至少要有一项为 what", "one keyword has to say what")
    return NoticeTemplate(id_, keywords)


def values(template: NoticeTemplate, notice: Notice, at: datetime) -> dict[str, str]:
    """The values of a template's keywords for one notice."""
    says = {"what": notice.what, "advice": notice.advice, "result": notice.result}
    return {
        keyword: _moment(keyword, at) if source == "when" else fitted(keyword, says[source])
        for keyword, source in template.keywords.items()
    }


def fitted(keyword: str, value: str) -> str:
    """A value cut to the rule of its keyword: one line, and no longer than the platform takes."""
    kind = keyword.rstrip("0123456789")
    line = _CONTROL.sub(" ", value).strip()
    if kind == "phrase":
        line = _CHINESE.sub("", line)
    if kind == "character_string":
        line = _NOT_CHARACTERS.sub("", line)
    longest = _LONGEST[kind]
    if len(line) <= longest:
        return line
    return line[:longest] if kind in ("phrase", "character_string") else line[: longest - 1] + "…"


def _moment(keyword: str, at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    if keyword.startswith("date"):
        return f"{local:%Y-%m-%d}"
    return f"{local:%Y-%m-%d %H:%M}"
