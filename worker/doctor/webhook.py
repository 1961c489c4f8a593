"""The webhook as the platform meets it: reachable at PUBLIC_URL, true to a right signature, deaf to a wrong one."""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import requests
from cryptography.x509 import load_pem_x509_certificate

from channel.signature import FRESH_SECONDS, sign
from worker.doctor.findings import Finding, failure, sound, unknown, warning

SECONDS = (3.05, 4.0)
RENEWED_DAYS = 14
"""Certificates that renew themselves do so 30 days before they end."""


@dataclass(frozen=True, slots=True)
class Got:
    """What a GET brought: a status and a body, or why there was none (`reason`, with status 0)."""

    status: int
    body: str = ""
    reason: str = ""


def get(url: str, query: Mapping[str, str] | None = None) -> Got:
    """Redirects are not followed: the platform does not follow them either."""
    try:
        answer = requests.get(url, params=query, timeout=SECONDS, allow_redirects=False)
    except requests.exceptions.SSLError:
        return Got(0, reason="证书无效 · its certificate is not valid")
    except requests.Timeout:
        return Got(0, reason=f"{SECONDS[1]:g} 秒内无应答 · no answer within {SECONDS[1]:g} s")
    except requests.RequestException as error:
        return Got(0, reason=f"连不上 · cannot be reached ({type(error).__name__})")
    return Got(answer.status_code, answer.text[:200])


def judge_health(got: Got) -> Finding:
    """Of `PUBLIC_URL/healthz`."""
    if got.status == 200 and got.body == "ok\n":
        return sound("webhook.reachable", "PUBLIC_URL/healthz 正常 · answers")
    if got.status == 503:
        return failure(
            "webhook.reachable",
            "网页进程连不上数据库 · the web process has no database (503)",
            "居民会看到「没有记下」 · residents are told that nothing is recorded",
            "在网页进程那台机器上检查 REDIS_URL · check REDIS_URL on the machine of the web process",
        )
    what = got.reason or f"HTTP {got.status}，不是本服务的回答 · not this service's answer"
    return failure(
        "webhook.reachable",
        f"PUBLIC_URL/healthz: {what}",
        "居民发消息没有回音，扫码打不开 · messages stay unanswered and codes do not open",
        "检查 web 进程、反向代理、域名和证书 · check the web process, the proxy, the name and the certificate",
    )


# --- the certificate --------------------------------------------------------------------------------------------------


def certificate_days(host: str, port: int, now: datetime) -> float:
    """Days until the certificate at an address ends, whether or not it is valid otherwise. Raises OSError."""
    written = ssl.get_server_certificate((host, port), timeout=SECONDS[0])
    return (load_pem_x509_certificate(written.encode()).not_valid_after_utc - now).total_seconds() / 86_400


def judge_certificate(days: float) -> Finding:
    """Days until it ends."""
    if days >= RENEWED_DAYS:
        return sound("webhook.certificate", f"证书还有 {days:.0f} 天 · days left")
    judged = warning if days > 1 else failure
    return judged(
        "webhook.certificate",
        f"证书还有 {days:.0f} 天 · days left",
        "到期后平台和居民都连不上 · when it ends neither the platform nor residents get through",
        "续期并重新载入反向代理；查自动续期的日志 · renew it, reload the proxy; see the log of whatever should have",
    )


# --- signatures -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Echoes:
    """Three answers to the platform's own question: signed well, signed badly, signed well long ago."""

    echo: str
    right: Got
    wrong: Got
    stale: Got


def ask(url: str, token: str, now: datetime) -> Echoes:
    """`url`: of the webhook; `now`: by the clock that the house obeys."""
    echo, nonce = secrets.token_hex(8), str(secrets.randbelow(10**10))
    then, long_ago = str(int(now.timestamp())), str(int(now.timestamp()) - FRESH_SECONDS - 60)

    def asked(timestamp: str, signature: str) -> Got:
        return get(url, {"signature": signature, "timestamp": timestamp, "nonce": nonce, "echostr": echo})

    return Echoes(
        echo,
        asked(then, sign(token, then, nonce)),
        asked(then, sign(token, then, nonce + "0")),
        asked(long_ago, sign(token, long_ago, nonce)),
    )


def judge_echoes(got: Echoes) -> Iterable[Finding]:
    """Only the first may be answered with the echo."""
    if not got.right.status:
        yield unknown("webhook.signed", f"{got.right.reason}")
        return
    if got.right.status == 200 and got.right.body == got.echo:
        yield sound("webhook.signed", "签名正确：原样返回 · signed well: echoed")
    elif got.right.status == 403:
        yield failure(
            "webhook.signed",
            "签名正确却被拒绝 · a right signature was refused (403)",
            "平台的每条消息都会被拒绝 · every push of the platform is refused",
            f"网页进程的 WECHAT_TOKEN 或时钟不同（差 {FRESH_SECONDS} s 以上）：改正后重启 web · "
            "the web process has another WECHAT_TOKEN or another time: mend it and start web again",
        )
    else:
        yield failure(
            "webhook.signed",
            f"HTTP {got.right.status}，没有原样返回 · not echoed",
            "公众平台无法保存服务器配置 · the platform's page cannot save the server configuration",
            "反向代理要把 /wechat 原样转给 web，不重定向、不改写 · the proxy must pass /wechat on as it is",
        )
    yield _refused("webhook.forged", got.wrong, got.echo, "签名错误 · signed badly")
    yield _refused("webhook.stale", got.stale, got.echo, "时间过旧 · signed long ago")


def _refused(about: str, got: Got, echo: str, what: str) -> Finding:
    if got.status == 403 and got.body != echo:
        return sound(about, f"{what}：403")
    return failure(
        about,
        f"{what}：HTTP {got.status}",
        "别人可以冒充平台 · anybody can pretend to be the platform",
        "回答的不是本服务：检查反向代理 · what answers is not this service: check the proxy",
    )
