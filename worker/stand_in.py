"""The templates of the sandbox's account, and the settings that name them."""

from __future__ import annotations

_KEYWORDS = ";thing1=what;time2=when;thing3=advice"
_CONTENT = "{}：{{{{thing1.DATA}}}}\n{}：{{{{time2.DATA}}}}\n温馨提示：{{{{thing3.DATA}}}}"
_REMINDER, _NOTICE = "yima-reminder".ljust(43, "0"), "yima-notice".ljust(43, "0")

TEMPLATES = (
    {
        "template_id": _REMINDER,
        "kind": "long-term",
        "title": "健康申报提醒",
        "content": _CONTENT.format("提醒内容", "提醒时间"),
    },
    {
        "template_id": _NOTICE,
        "kind": "template",
        "title": "业务办理结果通知",
        "content": _CONTENT.format("办理事项", "办理时间"),
    },
)
TEMPLATE_SETTINGS = {
    "WECHAT_REMINDER_TEMPLATE": _REMINDER + _KEYWORDS,
    "WECHAT_NOTICE_TEMPLATE": _NOTICE + _KEYWORDS,
}
