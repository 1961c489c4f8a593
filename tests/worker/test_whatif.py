"""What a draft notice would change: counted right, by county, over the records as they are, touching nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import redis

from domain.drafts import BadDraft, load_draft
from domain.facts import By, Declaration, Fact, History, Report
from domain.notice import Colour
from domain.notices import in_force
from domain.people import Level
from domain.person import Person
from domain.verdict import World
from settings import PROJECT
from store.census import READ_AT_ONCE
from store.changes import Change, Following
from store.keys import Keys
from tests.stage import NOW, environment, identity, pid_of, stage
from worker.context import Context
from worker.whatif.count import Question, Tally, listed, tallies
from worker.whatif.table import report

HERE, THERE = "640106001001", "640221100001"
GREEN, GREY, YELLOW = Colour.GREEN, Colour.GREY, Colour.YELLOW
START = """
from dataclasses import replace
from decimal import Decimal
from domain.notices.n2020_03_02 import FEVER, GREY_AFTER, NOTICE as BEFORE
"""
STRICTER = """
limits = replace(BEFORE.limits, grey_after=replace(GREY_AFTER, value=1), fever=replace(FEVER, value=Decimal("37.0")))
NOTICE = replace(BEFORE, number="草案一", limits=limits)
"""
FAILING = """
def fails(p):
    return [(p.today, 1 // 0)]
NOTICE = replace(BEFORE, clauses=tuple(replace(c, days=fails) if c.id == "附件四(一)4" else c for c in BEFORE.clauses))
"""


@pytest.fixture
def ctx(redis_client: redis.Redis, valkey_url: str, tmp_path: Path) -> Context:
    return stage(valkey_url, tmp_path)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "n2020_04_01.py"
    path.write_text(START + STRICTER, "utf-8")
    return path


def reported(back: int, degrees: str = "36.5") -> Report:
    at = NOW - timedelta(days=back)
    return Report(id=f"r{back}", at=at, by=By.SELF, temperature=Decimal(degrees))


def declared(back: int) -> Declaration:
    return Declaration(id="d", at=NOW - timedelta(days=back), by=By.SELF, temperature=Decimal("36.5"))


def settle_in(ctx: Context, number: int, community: str, *facts: Fact) -> bytes:
    """Somebody with these facts in the database."""
    who = identity(number)
    pid = pid_of(ctx, who)
    person = Person(pid, 1, identity=who, community=community, level=Level.PHONE, history=History(facts))
    assert ctx.people.write([Change(Person(pid), person, Following(pid, 1))]) == [True]
    return pid


def people_of(ctx: Context) -> None:
    settle_in(ctx, 1, HERE, declared(0))
    settle_in(ctx, 2, HERE, declared(2))
    settle_in(ctx, 3, HERE, declared(9), reported(1, "37.1"))
    settle_in(ctx, 4, THERE, declared(2))
    settle_in(ctx, 5, THERE, declared(8))
    settle_in(ctx, 6, "")


def asked(ctx: Context, draft: Path, processes: int = 1) -> Tally:
    question = Question(ctx.settings.redis_url, str(draft), NOW, World())
    return sum(tallies(question, listed(ctx.redis), processes), Tally())


def test_every_move_is_counted_in_its_county(ctx: Context, draft: Path) -> None:
    people_of(ctx)
    tally = asked(ctx, draft, processes=2)
    assert tally.moves == {
        ("640106", GREEN, GREEN): 1,
        ("640106", GREEN, GREY): 1,
        ("640106", GREEN, YELLOW): 1,
        ("640221", GREEN, GREY): 1,
        ("640221", GREY, GREY): 1,
        ("", Colour.NONE, Colour.NONE): 1,
    }


def test_nobody_is_counted_twice_or_missed_in_a_full_shard(ctx: Context, draft: Path) -> None:
    everybody = [settle_in(ctx, number, HERE, declared(0)) for number in range(1, 40)]
    shards = [pid * (READ_AT_ONCE + 1) for pid in everybody]
    question = Question(ctx.settings.redis_url, str(draft), NOW, World())
    assert sum(tallies(question, shards, 1), Tally()).people == len(everybody)


def test_a_record_that_cannot_be_read_is_counted_apart(ctx: Context, draft: Path) -> None:
    people_of(ctx)
    ctx.redis.set(Keys().person(bytes(12)), b"\0" * 8 + b"nonsense")
    tally = asked(ctx, draft)
    assert (tally.people, tally.damaged) == (7, 1)
    assert "另有1份记录读不出" in report(in_force(NOW.date()), load_draft(draft), NOW, tally)


def test_a_draft_that_fails_on_somebody_says_where_and_not_on_whom(ctx: Context, tmp_path: Path) -> None:
    people_of(ctx)
    failing = tmp_path / "failing.py"
    failing.write_text(START + FAILING, "utf-8")
    with pytest.raises(BadDraft, match=r"ZeroDivisionError, .*failing\.py:7"):
        asked(ctx, failing)


def test_the_answer_names_the_changed_rules_and_the_moves(ctx: Context, draft: Path) -> None:
    people_of(ctx)
    text = report(in_force(NOW.date()), load_draft(draft), NOW, asked(ctx, draft))
    assert text == ANSWER


ANSWER = """\
草案：草案一
现行：宁疫指办发〔2020〕66号

规则的不同：
-附件四(一)1·c   37.3℃   体温达到此值即为异常
-附件四(一)2     3天     超过此天数没有打卡，绿码变灰码
+附件四(一)1·c   37.0℃   体温达到此值即为异常
+附件四(一)2     1天     超过此天数没有打卡，绿码变灰码

按2020-03-02 08:00的记录判定，共6人；没有改动任何记录。

颜色       现行       草案  增减
无码          1          1  +0
绿            4          1  -3
灰            1          3  +2
黄            0          1  +1
红            0          0  +0

县（市、区）             人数       变色    绿→灰    绿→黄
全区                        6          3        2        1
宁夏银川市金凤区            3          2        1        1
宁夏石嘴山市平罗县          2          1        1        0
未填社区                    1          0        0        0
"""


def everything_in(redis_client: redis.Redis) -> dict[bytes, bytes | None]:
    return {name: redis_client.dump(name) for name in redis_client.scan_iter()}


def test_the_command_only_reads(ctx: Context, draft: Path, redis_client: redis.Redis, tmp_path: Path) -> None:
    people_of(ctx)
    before = everything_in(redis_client)
    redis_client.config_resetstat()
    command = [sys.executable, "-m", "worker", "whatif", str(draft), "--processes", "1"]
    environ = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **environment(ctx.settings.redis_url, tmp_path)}
    done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "共6人；没有改动任何记录" in done.stdout
    used = {name.removeprefix("cmdstat_").split("|")[0] for name in redis_client.info("commandstats")}
    assert used <= {
        "scan",
        "mget",
        "get",
        "hget",
        "hgetall",
        "xrange",
        "config",
        "info",
        "client",
        "hello",
        "select",
        "ping",
    }
    assert everything_in(redis_client) == before
