"""The faults that the platform is known for, each by a name, so that a drill or a button needs no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.plan_values import BadPlan

Document = dict[str, Any]

_NO_TOKENS = ["*", "!/cgi-bin/token", "!/cgi-bin/stable_token"]
_CUSTOM = "/cgi-bin/message/custom/send"
_SENDS = ["/cgi-bin/message/*/send", "/cgi-bin/message/subscribe/*", "/cgi-bin/message/mass/*"]
_MASS = ["/cgi-bin/message/mass/send", "/cgi-bin/message/mass/sendall"]
_RESULTS = ["event:templatesendjobfinish", "event:masssendjobfinish", "event:subscribe_msg_sent_event"]
_SELECTING = ("name", "path", "push", "where", "calls", "every", "share", "seed", "span")


@dataclass(frozen=True, slots=True)
class Preset:
    """A rule by name; `title` is what the page's button says."""

    title: str
    rule: Mapping[str, Any]


def _code(title: str, path: object, code: int, when: str = "before") -> Preset:
    return Preset(title, {"path": path, "do": {"kind": "errcode", "code": code, "when": when}})


def _call(title: str, path: object, /, **effect: Any) -> Preset:
    return Preset(title, {"path": path, "do": effect})


def _push(title: str, push: object, /, **effect: Any) -> Preset:
    return Preset(title, {"push": push, "do": effect})


_MIXTURE = [
    {"kind": "errcode", "code": -1, "when": "before"},
    {"kind": "errcode", "code": -1, "when": "after"},
    {"kind": "http", "status": 502, "when": "before"},
    {"kind": "http", "status": 502, "when": "after"},
    {"kind": "reset", "when": "before"},
    {"kind": "reset", "when": "after"},
    {"kind": "truncate", "when": "after"},
]

PRESETS: Mapping[str, Preset] = {
    "system-busy": _code("-1 系统繁忙", _NO_TOKENS, -1),
    "busy-although-done": _code("-1，其实已办成", _NO_TOKENS, -1, "after"),
    "token-storm": _code("40001 风暴：令牌总是无效", _NO_TOKENS, 40001),
    "token-expired": _code("42001 令牌过期", _NO_TOKENS, 42001),
    "day-quota": _code("45009 当日额度用完", _NO_TOKENS, 45009),
    "minute-quota": _code("45011 每分钟额度用完", _NO_TOKENS, 45011),
    "window-closed": _code("45015 窗口内也说超时", _CUSTOM, 45015),
    "credits-spent": _code("45047 条数用完", _CUSTOM, 45047),
    "consent-missing": _code("43101 用户未同意", "/cgi-bin/message/subscribe/*", 43101),
    "too-frequent": _code("43117 对此人太频繁", "/cgi-bin/message/template/send", 43117),
    "mass-exists": _code("45065，其实已群发", _MASS, 45065, "after"),
    "media-gone": _code("40007 媒体提前失效", _SENDS, 40007),
    "bad-gateway": _call("502 网页", "*", kind="http", status=502),
    "reset": _call("连接重置", "*", kind="reset"),
    "reset-although-done": _call("连接重置，其实已办成", "*", kind="reset", when="after"),
    "stall": _call("每次停 20 秒再答", "*", kind="stall", seconds=20),
    "stall-silent": _call("停 20 秒后不答", "*", kind="stall", seconds=20, then="nothing"),
    "truncated": _call("JSON 只有一半", "*", kind="truncate", when="after"),
    "garbage": _call("乱码", "*", kind="garbage", when="after"),
    "five-percent": Preset("5% 的调用失败（做与未做混合）", {"path": "*", "share": 0.05, "do": _MIXTURE}),
    "results-lost": _push("结果事件丢失", _RESULTS, kind="lose"),
    "results-doubled": _push("结果事件重复", _RESULTS, kind="double"),
    "results-early": _push("结果事件先于接口回答", _RESULTS, kind="early"),
    "results-late": _push("结果事件迟到 60 秒", _RESULTS, kind="late", seconds=60),
    "results-blocked": _push("结果：被用户拒收", _RESULTS, kind="status", value="failed:user block"),
    "pushes-doubled": Preset(
        "一成推送重复", {"push": "*", "share": 0.1, "do": {"kind": "double", "times": 2, "overlap": True}}
    ),
    "pushes-late": Preset(
        "一成推送迟到 3 秒（乱序）", {"push": "*", "share": 0.1, "do": {"kind": "late", "seconds": 3}}
    ),
    "pushes-lost": Preset("一成推送丢失", {"push": "*", "share": 0.1, "do": {"kind": "lose"}}),
    "clock-skew": _push("推送的时间慢 4 分钟", "*", kind="skew", created=-240, timestamp=-240),
}


def expand(stated: Mapping[str, Any], place: str) -> Document:
    """The rule that `{"preset": name, …}` stands for; the other fields replace those of the preset, and `seconds` how
    long it stalls or is late. Raises BadPlan.
    """
    name = stated["preset"]
    if not isinstance(name, str) or name not in PRESETS:
        raise BadPlan(f"{place}.preset: one of {', '.join(PRESETS)}")
    for field in stated:
        if field not in ("preset", "seconds", *_SELECTING):
            raise BadPlan(f"{place}.{field}: unknown beside a preset; known are seconds, {', '.join(_SELECTING)}")
    rule: Document = {"name": name, **PRESETS[name].rule, **{k: v for k, v in stated.items() if k in _SELECTING}}
    if "seconds" in stated:
        if not isinstance(rule["do"], dict) or "seconds" not in rule["do"]:
            raise BadPlan(f"{place}.seconds: {name} lasts no time")
        rule["do"] = {**rule["do"], "seconds": stated["seconds"]}
    return rule
