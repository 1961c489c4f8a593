"""What the doctor makes of readings that no test can bring about on a real machine, and how it runs and reports."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable

import pytest
import redis

from settings import NAMES
from worker.doctor import clocks, configuration, machine, owner, waiting
from worker.doctor import database as db
from worker.doctor.checks import Check, run
from worker.doctor.examination import checks_of
from worker.doctor.findings import Finding, Grade, exit_code, failure, sound, unknown, warning
from worker.doctor.report import as_json, as_text

SOUND, UNSEEN, WARNS, FAILS = Grade
GIGA = 1 << 30
FOLDER = machine.Folder(0o700, True, True, 50 * GIGA, 100 * GIGA)
INFO = {"redis_version": "7.2.4", "role": "master", "used_memory": 1, "maxmemory": 10}
CONFIG = {
    "appendonly": "yes",
    "appendfsync": "always",
    "maxmemory-policy": "noeviction",
    "hash-max-listpack-value": "256",
}


def folder(free: int, mode: int = 0o700, writable: bool = True) -> Iterable[Finding]:
    return machine.judge_folder(machine.Folder(mode, writable, True, free, 100 * GIGA))


def server(pings: float = 0.2, config: dict[str, str] | None = CONFIG, **info: object) -> Iterable[Finding]:
    told = configuration.read({}).settings
    return db.judge(db.Server(config, INFO | info, [pings] * db.PINGS), told)


def line(workers: int = 1, oldest: float = 0.0, failed: int = 0, name: str = "settle") -> Iterable[Finding]:
    return waiting.judge_line(waiting.Line(name, workers, int(oldest > 0), oldest, failed))


_JUDGED: list[tuple[Iterable[Finding], str, Grade]] = [
    (folder(6 * GIGA), "machine.disk", SOUND),
    (folder(4 * GIGA), "machine.disk", WARNS),
    (folder(GIGA // 2), "machine.disk", FAILS),
    (folder(50 * GIGA, writable=False), "machine.folder", FAILS),
    ([machine.judge_rewrite(free=3, file=1)], "redis.room", SOUND),
    ([machine.judge_rewrite(free=3, file=2)], "redis.room", WARNS),
    ([machine.judge_rewrite(free=2, file=2)], "redis.room", FAILS),
    (machine.judge_python((3, 10), {}, {}), "machine.python", FAILS),
    (machine.judge_python((3, 14), {}, {}), "machine.python", FAILS),
    (machine.judge_python((3, 13), {"flask": "3.1.3"}, {"flask": "3.1.3"}), "machine.packages", SOUND),
    (machine.judge_python((3, 13), {"flask": "3.1.3"}, {"flask": "3.0"}), "machine.packages", WARNS),
    (machine.judge_python((3, 13), {"flask": "3.1.3"}, {}), "machine.packages", WARNS),
    ([machine.judge_picture("https://a", "https://b")], "picture.code", FAILS),
    (server(), "redis.version", SOUND),
    (server(redis_version="6.2.14"), "redis.version", FAILS),
    (server(redis_version="7.2.4", valkey_version="9.1.2"), "redis.version", SOUND),
    (server(config=None), "redis.config", FAILS),
    (server(pings=4), "redis.latency", SOUND),
    (server(pings=6), "redis.latency", WARNS),
    (server(aof_last_write_status="err"), "redis.file", FAILS),
    (server(loading=1), "redis.file", WARNS),
    (server(used_memory=6), "redis.memory", SOUND),
    (server(used_memory=8), "redis.memory", WARNS),
    (server(used_memory=10), "redis.memory", FAILS),
    (server(maxmemory=0, total_system_memory=10, used_memory=8), "redis.memory", WARNS),
    ([owner.judge(mine=20, foreign=0)], "redis.owner", SOUND),
    ([owner.judge(mine=0, foreign=20)], "redis.owner", FAILS),
    ([owner.judge(mine=15, foreign=5)], "redis.owner", FAILS),
    (line(), "queue.settle", SOUND),
    (line(workers=0), "queue.settle", FAILS),
    (line(oldest=20), "queue.settle", WARNS),
    (line(oldest=61), "queue.settle", FAILS),
    (line(oldest=61, name="bulk"), "queue.bulk", SOUND),
    (line(failed=1), "queue.settle.failed", WARNS),
    ([waiting.judge_stream("outbox", 6)], "queue.outbox", WARNS),
    ([waiting.judge_stream("post", 61)], "queue.post", WARNS),
    ([waiting.judge_leader(29)], "queue.clock", SOUND),
    ([waiting.judge_leader(31)], "queue.clock", FAILS),
    ([clocks.against_database(4.9)], "clock.redis", SOUND),
    ([clocks.against_database(-5.1)], "clock.redis", WARNS),
    ([clocks.against_database(61)], "clock.redis", FAILS),
]
JUDGED = [(list(findings), about, grade) for findings, about, grade in _JUDGED]


@pytest.mark.parametrize(("findings", "about", "grade"), JUDGED, ids=[f"{row[1]} {row[2].value}" for row in JUDGED])
def test_a_reading_is_judged(findings: Iterable[Finding], about: str, grade: Grade) -> None:
    judged = {finding.about: finding for finding in findings}[about]
    assert judged.grade is grade
    assert bool(judged.do) == bool(judged.means) == (grade in (WARNS, FAILS))


def test_every_text_is_in_both_languages() -> None:
    said = [text for findings, _, _ in JUDGED for found in findings for text in (found.means, *_spoken(found))]
    assert [text for text in said if text and (" · " not in text or text.isascii())] == []


def _spoken(found: Finding) -> list[str]:
    """What to do, but for a command that is typed as it stands."""
    return [] if found.do.startswith(("CONFIG SET", "ACL SETUSER", "chmod", "apt")) else [found.do]


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([sound("a.b", "")], 0),
        ([sound("a.b", ""), warning("a.c", "", "m", "d")], 1),
        ([warning("a.c", "", "m", "d"), unknown("a.d", "")], 2),
        ([failure("a.c", "", "m", "d")], 2),
    ],
)
def test_the_exit_code_is_that_of_the_worst(findings: list[Finding], code: int) -> None:
    assert exit_code(findings) == code


def broken() -> Iterable[Finding]:
    raise ValueError("13800138000")


def away() -> Iterable[Finding]:
    raise redis.ConnectionError("redis://:secret@host")


def test_no_check_stops_another_and_none_is_waited_for_long() -> None:
    forever = threading.Event()
    checks = [
        Check("redis.hangs", lambda: [sound("redis.hangs", str(forever.wait()))]),
        Check("redis.breaks", broken),
        Check("redis.away", away),
        Check("redis.needs", lambda: [sound("redis.needs", "")], ("PID_KEY",)),
        Check("redis.works", lambda: [sound("redis.works", "fine")]),
    ]
    findings = run(checks, frozenset({"PID_KEY"}), seconds=0.3)
    forever.set()
    assert [(found.about, found.grade) for found in findings] == [
        ("redis.hangs", FAILS),
        ("redis.breaks", FAILS),
        ("redis.away", UNSEEN),
        ("redis.needs", UNSEEN),
        ("redis.works", SOUND),
    ]
    assert [secret for secret in ("13800138000", "secret") if secret in str(findings)] == []


def test_a_report_says_what_is_found_what_it_means_and_what_to_do() -> None:
    findings = [
        sound("redis.answer", "有应答"),
        failure("settings.port", "错的", "不启动", "改正"),
        sound("redis.owner", "符"),
    ]
    lines = as_text(findings).splitlines()
    assert [line.split()[-1] for line in lines[1:9] if line] == [
        "settings",
        "错的",
        "不启动",
        "改正",
        "database",
        "有应答",
        "符",
    ]
    told = json.loads(as_json(findings))
    assert (told["exit"], told["findings"][1]["grade"], told["findings"][1]["do"]) == (2, "failure", "改正")


def test_nothing_is_set_and_still_everything_has_a_finding() -> None:
    read = configuration.read({})
    findings = run(checks_of(read.settings), read.wrong)
    assert {"WECHAT_APP_ID", "REDIS_URL", "PID_KEY"} <= read.wrong <= set(NAMES)
    assert {finding.about for finding in findings} >= {
        "machine.python",
        "picture.font",
        "platform.menu",
        "redis.answer",
    }
