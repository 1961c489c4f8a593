"""The database: what it is, whether it keeps what it acknowledges, its room and its haste."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import redis
from redis.exceptions import AuthenticationError

from settings import Settings
from store.connection import servers_of
from worker.doctor.findings import Finding, failure, sound, warning
from worker.running.engine import LISTPACK_BYTES

LEAST_MAJOR = 7
PINGS = 20
SLOW_PING = 5.0
"""Milliseconds."""
_CONFIGURED = ("appendonly", "appendfsync", "maxmemory-policy", "maxmemory", "hash-max-listpack-value")
_MEGA = 1 << 20


@dataclass(frozen=True, slots=True)
class Server:
    """One server that takes writes: CONFIG (None where it is forbidden), INFO, and a few pings in milliseconds."""

    config: Mapping[str, str] | None
    info: Mapping[str, Any]
    pings: Sequence[float]

    def configured(self, name: str) -> str:
        return (self.config or {}).get(name, "")


def readings(client: redis.Redis) -> list[Server]:
    """Of every server that takes writes. Raises RedisError."""
    return [_reading(server) for server in servers_of(client)]


def _reading(server: redis.Redis) -> Server:
    pings = []
    for _ in range(PINGS):
        began = time.perf_counter()
        server.ping()
        pings.append((time.perf_counter() - began) * 1000)
    config: dict[str, str] | None
    try:
        config = {name: str(server.config_get(name).get(name, "")) for name in _CONFIGURED}
    except redis.ResponseError:
        config = None
    return Server(config, server.info(), pings)


def look_at_answer(about: str, client: Callable[[], redis.Redis], setting: str) -> Iterable[Finding]:
    """Whether anybody answers at the address of a setting (a database's URL)."""
    try:
        client().ping()
    except AuthenticationError:
        yield failure(
            about,
            f"{setting}: 密码不对 · the password is wrong",
            "什么也记不下来 · nothing can be recorded",
            f"在 {setting} 中写 redis://:密码@主机 · write the password into {setting}, percent-encoded",
        )
    except redis.RedisError as error:
        yield failure(
            about,
            f"{setting}: 无应答 · no answer ({type(error).__name__})",
            "什么也记不下来，居民会看到「没有记下」 · nothing can be recorded; residents are told so",
            f"启动数据库，检查 {setting} 与防火墙 · start the database; check {setting} and the firewall",
        )
    else:
        yield sound(about, f"{setting} 有应答 · answers")


def judge(server: Server, told: Settings) -> Iterable[Finding]:
    """Everything about one server."""
    yield _version(server.info)
    yield _role(server.info, told.replicas)
    if server.config is None:
        yield failure(
            "redis.config",
            "无权读取 CONFIG · CONFIG GET is forbidden",
            "无法确认落盘，服务拒绝启动 · whether it keeps writes cannot be known: the service does not start",
            "ACL SETUSER 用户 +config|get",
        )
    else:
        yield _durability(server, told.durability)
        yield _policy(server.configured("maxmemory-policy"))
        yield _listpack(server.configured("hash-max-listpack-value"))
    yield _written(server.info)
    yield _memory(server.info)
    yield _latency(server.pings)


def _version(info: Mapping[str, Any]) -> Finding:
    valkey, of_redis = str(info.get("valkey_version", "")), str(info.get("redis_version", "0"))
    if valkey:
        return sound("redis.version", f"Valkey {valkey}")
    if int(of_redis.partition(".")[0]) >= LEAST_MAJOR:
        return sound("redis.version", f"Redis {of_redis}")
    return failure(
        "redis.version",
        f"Redis {of_redis}",
        "脚本和队列未在此版本上测试 · scripts and queues were not tested on it",
        f"换用 Redis {LEAST_MAJOR} 以上或 Valkey · use Redis {LEAST_MAJOR} or later, or Valkey",
    )


def _role(info: Mapping[str, Any], wanted: int) -> Finding:
    attached = int(info.get("connected_slaves", 0))
    if info.get("role") == "slave":
        return failure(
            "redis.replicas",
            "REDIS_URL 指向从库 · REDIS_URL names a replica",
            "写不进去 · it takes no writes",
            "改为主库，或用 redis+sentinel:// · name the primary, or use redis+sentinel://",
        )
    if attached < wanted:
        return failure(
            "redis.replicas",
            f"从库 {attached} 个，DURABILITY 要求 {wanted} 个 · replicas attached, fewer than DURABILITY asks",
            "每次提交都会等到超时 · every commit waits until its time is over",
            "恢复从库，或调低 DURABILITY · bring the replicas back, or lower DURABILITY",
        )
    return sound("redis.replicas", f"主库，从库 {attached} 个 · a primary with {attached} replicas")


def _durability(server: Server, durability: str) -> Finding:
    always = server.configured("appendfsync") == "always"
    given = f"appendonly {server.configured('appendonly')}, appendfsync {server.configured('appendfsync')}"
    keeps = always or (durability != "fsync" and server.configured("appendfsync") == "everysec")
    if server.configured("appendonly") == "yes" and keeps:
        return sound("redis.durability", f"{given}; DURABILITY={durability}")
    wanted = "always" if durability == "fsync" else "everysec"
    return failure(
        "redis.durability",
        f"{given}; DURABILITY={durability}",
        "已答复的申报可能随断电丢失，服务拒绝启动 · acknowledged declarations may be lost: the service refuses",
        f"CONFIG SET appendonly yes; CONFIG SET appendfsync {wanted}; CONFIG REWRITE",
    )


def _policy(policy: str) -> Finding:
    if policy == "noeviction":
        return sound("redis.policy", "maxmemory-policy noeviction")
    return failure(
        "redis.policy",
        f"maxmemory-policy {policy}",
        "内存满时会丢弃居民的记录 · residents' records are thrown away when memory is full",
        "CONFIG SET maxmemory-policy noeviction; CONFIG REWRITE",
    )


def _listpack(value: str) -> Finding:
    if value.isdigit() and int(value) >= LISTPACK_BYTES:
        return sound("redis.listpack", f"hash-max-listpack-value {value}")
    return warning(
        "redis.listpack",
        f"hash-max-listpack-value {value or '?'}",
        "名册和视图的值长于它，占用约三倍内存 · cells are longer: they take about three times the memory",
        f"CONFIG SET hash-max-listpack-value {LISTPACK_BYTES}; CONFIG REWRITE",
    )


def _written(info: Mapping[str, Any]) -> Finding:
    states = {name: info.get(name, "ok") for name in ("aof_last_write_status", "aof_last_bgrewrite_status")}
    if info.get("loading"):
        return warning(
            "redis.file",
            "正在载入数据文件 · is reading its file",
            "载入完之前不应答 · answers nothing until it has",
            "稍等片刻再运行 · wait, then run this again",
        )
    if set(states.values()) == {"ok"}:
        return sound("redis.file", f"AOF 正常，{int(info.get('aof_current_size', 0)) // _MEGA} MB · the AOF is written")
    broken = ", ".join(f"{name} {value}" for name, value in states.items() if value != "ok")
    return failure(
        "redis.file",
        broken,
        "数据库写不了磁盘 · the database cannot write its file",
        "检查它的磁盘空间、权限和日志 · look at its disk, its permissions and its log",
    )


def _memory(info: Mapping[str, Any]) -> Finding:
    most = int(info.get("maxmemory", 0)) or int(info.get("total_system_memory", 0))
    used = int(info.get("used_memory", 0))
    share = used / most if most else 0.0
    shown = f"已用 {used // _MEGA} MB，上限 {most // _MEGA} MB（{share:.0%}） · used of what there is"
    if share < 0.7:
        return sound("redis.memory", shown)
    judged = warning if share < 0.9 else failure
    return judged(
        "redis.memory",
        shown,
        "满了之后不再接受申报 · when it is full no declaration is taken",
        "加内存或调高 maxmemory；重写 AOF 另需余量 · more memory or a higher maxmemory; an AOF rewrite needs room too",
    )


def _latency(pings: Sequence[float]) -> Finding:
    usual = sorted(pings)[len(pings) // 4]  # the slower ones may have waited for this process and not for the server
    shown = f"PING {usual:.1f} ms，最慢 {max(pings):.1f} ms · slowest"
    if usual < SLOW_PING:
        return sound("redis.latency", shown)
    return warning(
        "redis.latency",
        shown,
        "每条消息要等它两次 · every message waits for it twice",
        "放到同一机房；看 SLOWLOG、LATENCY DOCTOR、swap · put it near; see SLOWLOG, LATENCY DOCTOR, swapping",
    )
