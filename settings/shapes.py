"""Shapes of the settings: what a value must look like, said in Chinese and English where it does not."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from channel import notices
from domain import budgets

KEY_BYTES = 32


def _wrong(chinese: str, english: str) -> PydanticCustomError:
    return PydanticCustomError("wrong", "{chinese} · {english}", {"chinese": chinese, "english": english})


def _text(pattern: str, chinese: str, english: str) -> AfterValidator:
    def check(value: str) -> str:
        if re.fullmatch(pattern, value) is None:
            raise _wrong(chinese, english)
        return value

    return AfterValidator(check)


def whole(low: int, high: int) -> BeforeValidator:
    def check(value: str | int) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", str(value)) or not low <= int(value) <= high:
            raise _wrong(f"应为 {low}–{high} 的整数", f"must be a whole number, {low} to {high}")
        return int(value)

    return BeforeValidator(check)


def _key(value: str) -> bytes:
    try:
        key = base64.b64decode(value.strip() + "=" * (-len(value.strip()) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise _wrong("应为 32 个随机字节的 base64url", "must be 32 random bytes in base64url")
    return key


def _keys(value: str) -> tuple[bytes, ...]:
    keys = tuple(_key(part) for part in value.split(","))
    if len(set(keys)) != len(keys):
        raise _wrong("同一密钥出现了两次", "names the same key twice")
    return keys


def on_loopback(host: str) -> bool:
    """Whether a host name or address of a URL is this very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _web_url(value: str) -> str:
    try:
        url = urlsplit(value)
        host, _port = url.hostname or "", url.port
    except ValueError:
        raise _wrong("不是有效网址", "is not a URL") from None
    if url.scheme not in ("http", "https") or not host or url.query or url.fragment or url.username:
        raise _wrong("应为 http(s) 网址，不带参数", "must be an http(s) URL without query, fragment or user")
    if url.scheme == "http" and not on_loopback(host):
        raise _wrong("除本机外必须使用 https", "must be https, except on loopback")
    return value.rstrip("/")


def _template(value: str) -> str:
    try:
        notices.parse(value)
    except notices.BadTemplate as wrong:
        raise _wrong(wrong.chinese, wrong.english) from None
    return value


def _budgets(value: str) -> str:
    try:
        budgets.parse(value)
    except budgets.BadBudget as wrong:
        paths = " ".join(path.removeprefix("/cgi-bin/") for path in budgets.GRANTED)
        chinese = f"第 {wrong.number} 项应为 接口=次数，接口为 {paths} 之一"
        raise _wrong(chinese, f"part {wrong.number} must be path=calls with one of these paths") from None
    return value


AppId = Annotated[str, _text(r"wx[0-9a-f]{16}", "应为 wx 加 16 位十六进制", "must be wx and 16 lowercase hex digits")]
AppSecret = Annotated[str, _text(r"[0-9A-Za-z]{32}", "应为 32 位字母或数字", "must be 32 letters or digits")]
Token = Annotated[str, _text(r"[0-9A-Za-z]{3,32}", "应为 3–32 位字母或数字", "must be 3 to 32 letters or digits")]
AesKey = Annotated[str, _text(r"[0-9A-Za-z]{43}", "应为 43 位字母或数字", "must be 43 letters or digits")]
OriginalId = Annotated[
    str,
    _text(
        r"gh_[0-9a-f]{12}", "应为 gh_ 加 12 位十六进制（不是 AppID）", "must be gh_ and 12 hex digits (not the AppID)"
    ),
]
Bearer = Annotated[str, _text(r"[!-~]{8,256}", "应为 8–256 个可见字符", "must be 8 to 256 visible ASCII characters")]
Mode = Annotated[
    str, _text(r"safe|compatible|plain", "应为 safe、compatible 或 plain", "must be safe, compatible or plain")
]
HostName = Annotated[str, _text(r"[0-9A-Za-z.:\-]+", "应为主机名或地址", "must be a host name or an address")]
Durable = Annotated[
    str,
    _text(
        r"fsync|everysec|replicas:[1-9]", "应为 fsync、everysec 或 replicas:N", "must be fsync, everysec or replicas:N"
    ),
]
RedisUrl = Annotated[
    str,
    _text(
        r"(rediss?|redis\+cluster)://[^\s/]+(/\d*)?|redis\+sentinel://[^\s/]+/[^\s/]+(/\d+)?",
        "应以 redis://、redis+sentinel:// 或 redis+cluster:// 开头",
        "must be redis://host:port/0, redis+sentinel://host:port,…/master or redis+cluster://host:port,…",
    ),
]
Budgets = Annotated[str, AfterValidator(_budgets)]
Template = Annotated[str, AfterValidator(_template)]
Key = Annotated[bytes, BeforeValidator(_key)]
Keys = Annotated[tuple[bytes, ...], BeforeValidator(_keys)]
WebUrl = Annotated[str, AfterValidator(_web_url)]
