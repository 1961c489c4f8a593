"""The official account as the platform keeps it: token, whitelist, callback, menu, templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from channel.inspector import Answer, Silent
from flows.menu import MENU, at
from worker.doctor.findings import Finding, failure, sound, unknown, warning

CALLBACK = "/cgi-bin/callback/check"
MENU_PATH = "/cgi-bin/menu/get"
NO_MENU = 46003
SOME_LOST, MANY_LOST = 5, 50
"""Percent of packets."""
_NOT_OFFERED = (40066, 48001)
"""The path, or the permission, is not there for this account."""


# --- the token --------------------------------------------------------------------------------------------------------

_MEANS = "图片、提醒和主动消息都发不出去；被动回复不受影响 · no picture or reminder can be sent; answers still can"
_PAGE = "公众平台「设置与开发 → 开发接口管理」· on the platform's page"


def judge_token(answer: Answer) -> Finding:
    """Of stable_token. The cause of a refusal and the one thing that mends it."""
    if "access_token" in answer.body:
        return sound("platform.token", f"stable_token 有效 · valid for {answer.body.get('expires_in', '?')} s")
    return failure("platform.token", f"stable_token: errcode {answer.code}", _MEANS, _remedy(answer))


def judge_silence(silence: Silent) -> Finding:
    """Of a stable_token that was never answered."""
    return failure(
        "platform.token",
        f"平台没有回答 · the platform gave no answer ({silence})",
        _MEANS,
        "检查本机出网、DNS、代理与 WECHAT_API_BASE · check the way out, DNS, proxies and WECHAT_API_BASE",
    )


def _remedy(answer: Answer) -> str:
    match answer.code:
        case 40164:
            address = answer.refused_address or "本机出口 · of this machine"
            return f"把 IP {address} 加入 IP 白名单（{_PAGE}） · add this IP to the whitelist"
        case 40125 | 40001 | 41004:
            return f"WECHAT_APP_SECRET 不对：重置后改正（{_PAGE}） · WECHAT_APP_SECRET is not this account's"
        case 40013 | 41002:
            return f"WECHAT_APP_ID 不对（{_PAGE}） · WECHAT_APP_ID is not an account's"
        case 40243:
            return f"AppSecret 已冻结：解冻（{_PAGE}） · the AppSecret is frozen: unfreeze it"
        case 89501 | 89503 | 89506 | 89507:
            return "请管理员在手机上确认此 IP 的调用 · the account's administrator has to confirm this IP on the phone"
        case 45009 | 45011:
            return "调用过多：等一分钟或次日，并找出谁在取令牌 · too many: wait, and find who else fetches tokens"
        case _:
            return "平台繁忙或账号受限：稍后再试，查 wechat 错误码 · try later, then look the code up"


def judge_pause(seconds: int, refused: int) -> Finding:
    """`seconds`: how long the house still calls nobody, because `refused` tokens in a row were refused."""
    if seconds <= 0:
        return sound("platform.calls", "调用未暂停 · calls are not paused")
    return warning(
        "platform.calls",
        f"令牌连续 {refused} 次被拒，暂停调用 {seconds} s · tokens were refused, calls are paused",
        "主动消息推迟，不会丢 · messages are late, not lost",
        "多半是别的系统在用 /cgi-bin/token 或强制刷新：停掉它 · most likely another system forces tokens: stop it",
    )


# --- the callback -----------------------------------------------------------------------------------------------------


def judge_callback(answer: Answer) -> Finding:
    """What the platform measures towards the webhook: names resolved, packets lost."""
    about = "platform.callback"
    if answer.code:
        return could_not_ask(about, CALLBACK, answer)
    dns, ping = _list(answer, "dns"), _list(answer, "ping")
    worst = max((_percent(each.get("package_loss")) for each in ping), default=100.0)
    shown = f"解析到 {len(dns)} 个地址，丢包 {worst:g} % · addresses, packets lost"
    if not dns:
        return failure(
            about,
            "平台解析不到域名 · the platform cannot resolve the name",
            "居民的消息送不到 · messages of residents do not arrive",
            "检查域名的 DNS 与公众平台里的服务器地址 · check the name's DNS and the address on the platform's page",
        )
    if worst >= SOME_LOST:
        judged = failure if worst >= MANY_LOST else warning
        return judged(
            about,
            shown,
            "居民的消息要重试，或到不了 · messages of residents are tried again, or do not arrive",
            "检查服务器地址、防火墙、带宽和线路 · check the address on the platform's page, the firewall, the line",
        )
    return sound(about, shown)


def _percent(told: object) -> float:
    text = str(told).strip().rstrip("%")
    return float(text) if text.replace(".", "", 1).isdigit() else 100.0


def _list(answer: Answer, name: str) -> Sequence[Mapping[str, Any]]:
    told = answer.body.get(name)
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []


# --- the menu ---------------------------------------------------------------------------------------------------------


def judge_menu(answer: Answer, public_url: str) -> Finding:
    """Whether the published menu is the one of `flows.menu`, whatever empty fields the platform adds to it."""
    about, do = "platform.menu", "python -m bot.menu（客户端约 5 分钟后更新） · publish it; phones follow in 5 minutes"
    if answer.code not in (0, NO_MENU):
        return could_not_ask(about, MENU_PATH, answer)
    menu = answer.body.get("menu")
    published = menu.get("button") if isinstance(menu, dict) else None
    if not published:
        means = "居民只能打字 · residents can only type"
        return failure(about, "没有发布菜单 · no menu is published", means, do)
    if _bare(published) != _bare(at(public_url, MENU)["button"]):
        means = "有的按钮没有反应，或找不到新功能 · some buttons do nothing, or new things cannot be found"
        return failure(about, "已发布的菜单不是现在的 · the menu published is another", means, do)
    return sound(about, f"与程序一致，{len(published)} 个按钮 · as the code has it")


def _bare(value: Any) -> Any:
    match value:
        case dict():
            return {name: _bare(each) for name, each in value.items() if each not in ([], "", None)}
        case list() | tuple():
            return [_bare(each) for each in value]
        case _:
            return value


def could_not_ask(about: str, path: str, answer: Answer) -> Finding:
    """Of a question that the platform refused."""
    if answer.code in _NOT_OFFERED:
        return warning(
            about,
            f"{path}: errcode {answer.code}",
            "此账号不提供这个接口，无从检查 · this account does not offer it: it cannot be checked",
            "在公众平台的页面上看 · look at the platform's page",
        )
    return unknown(about, f"{path}: errcode {answer.code}")
