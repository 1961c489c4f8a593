"""Whose people the database holds: a wrong key loses everybody, and two houses in one database lose each other's."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from redis import Redis

from settings import Settings
from store.census import Census
from store.keys import Keys
from store.people import People
from store.person import Damaged
from store.sealing import Vault, person_id
from worker.doctor.findings import Finding, failure, sound

SAMPLED = 20
"""Persons whose records are opened."""


def look_at(redis: Redis, told: Settings) -> Iterable[Finding]:
    """Whether a few persons open with IDENTITY_KEY and are found by PID_KEY: else it is another house's database."""
    keys, mine, foreign = Keys(), 0, 0
    people = People(redis, keys, Vault(told.identity_key))
    for pid in islice(Census(redis, keys).pids(), SAMPLED):
        try:
            identity = people.read([pid])[pid].identity
        except Damaged:
            foreign += 1
            continue
        if identity is not None:
            document = identity.document
            known = person_id(told.pid_key, document.kind.value, document.number) == pid
            mine, foreign = mine + known, foreign + (not known)
    yield judge(mine, foreign)


def judge(mine: int, foreign: int) -> Finding:
    """Of the persons looked at, how many are this house's by both keys."""
    if not foreign:
        return sound("redis.owner", f"抽查 {mine} 人，密钥相符 · persons looked at, the keys fit")
    what = "两套服务共用一个库 · two houses share this database" if mine else "密钥与数据不符 · the keys are others"
    return failure(
        "redis.owner",
        f"抽查 {mine + foreign} 人，{foreign} 人打不开或对不上：{what}",
        "这些居民找不到、叫不出名 · these residents can neither be found nor named",
        "换回原来的 PID_KEY 和 IDENTITY_KEY（旧密钥列在后面），或给另一套服务单独的库 · "
        "put the former keys back (old IDENTITY_KEYs behind the first), or give the other house a database of its own",
    )
