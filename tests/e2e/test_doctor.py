"""make doctor: nothing is wrong with a healthy house; whatever is broken is found, with what to do about it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from settings import PROJECT
from tests.e2e import breaking, breaking_database
from tests.e2e.breaking import Break, answering, faulty, nobody_there, open_to_others, told
from tests.e2e.breaking_account import TEMPLATE, another_platform, with_template
from tests.e2e.breaking_database import configured
from tests.e2e.house import House
from tests.e2e.resident import move_in
from worker.doctor import configuration
from worker.doctor.checks import run
from worker.doctor.examination import checks_of
from worker.doctor.findings import Finding, Grade

MENU = "menu/create"
FAILS, WARNS, UNSEEN = Grade.FAILURE, Grade.WARNING, Grade.UNKNOWN
KEY = "A" * 43
CONFIRM: dict[str, object] = {"ip_whitelist": ["192.0.2.1"], "ip_confirmation": 89503}
FIELD, TIME, WHAT = "{{thing1.DATA}}", "{{time2.DATA}}", "thing1=what"
OURS = {"WECHAT_REMINDER_TEMPLATE": f"{TEMPLATE};{WHAT}"}

BROKEN: list[tuple[str, Break, Grade, str, str]] = [
    # what is broken, how, and: how bad it is, what is named, what to do
    ("a setting is malformed", told(PORT="many"), FAILS, "settings.port", "PORT"),
    ("a setting is missing", told(WECHAT_APP_ID=""), FAILS, "settings.wechat_app_id", "WECHAT_APP_ID"),
    ("pushes are plain", told(WECHAT_MODE="plain"), WARNS, "settings.mode", "安全模式"),
    ("the address is this machine's", told(SANDBOX=""), FAILS, "settings.public", "https"),
    ("keys may be read by others", open_to_others("keys.env", 0o644), FAILS, "settings.files", "chmod 600"),
    ("the folder may be written by others", open_to_others("", 0o777), FAILS, "machine.folder", "chmod 700"),
    ("the database is away", nobody_there("REDIS_URL", "redis"), FAILS, "redis.answer", "REDIS_URL"),
    ("the database has a password", breaking_database.with_password, FAILS, "redis.answer", "密码"),
    ("the queue is away", nobody_there("QUEUE_REDIS_URL", "redis"), FAILS, "queue.answer", "QUEUE_REDIS_URL"),
    ("memory evicts", configured("maxmemory-policy", "allkeys-lru"), FAILS, "redis.policy", "noeviction"),
    ("a write may be lost", configured("appendfsync", "everysec"), FAILS, "redis.durability", "appendfsync always"),
    ("no file is written", configured("appendonly", "no"), FAILS, "redis.durability", "appendonly yes"),
    ("cells take three times the memory", configured("hash-max-listpack-value", "64"), WARNS, "redis.listpack", "256"),
    ("memory runs out", breaking_database.little_memory, WARNS, "redis.memory", "maxmemory"),
    ("the database only follows", breaking_database.a_replica, FAILS, "redis.replicas", "redis+sentinel://"),
    ("replicas are asked for and away", told(DURABILITY="replicas:1"), FAILS, "redis.replicas", "DURABILITY"),
    ("another key finds people", told(PID_KEY=KEY), FAILS, "redis.owner", "PID_KEY"),
    ("another key opens people", told(IDENTITY_KEY=KEY), FAILS, "redis.owner", "IDENTITY_KEY"),
    ("a worker died with its machine", breaking_database.dead_worker, FAILS, "queue.settle", "python -m worker settle"),
    ("no worker runs", breaking_database.empty_database, FAILS, "queue.deliver", "python -m worker deliver"),
    ("no clock runs", breaking_database.empty_database, FAILS, "queue.clock", "python -m worker clock"),
    ("declarations wait", breaking_database.empty_database, FAILS, "queue.outbox", "settle"),
    ("letters wait", breaking_database.empty_database, FAILS, "queue.post", "deliver"),
    ("effects were set aside", breaking_database.empty_database, FAILS, "queue.parked", "--release"),
    ("letters were given up", breaking_database.empty_database, WARNS, "queue.undelivered", "parked"),
    ("the webhook is dead", nobody_there("PUBLIC_URL"), FAILS, "webhook.reachable", "web"),
    ("the certificate ends soon", breaking.ending_certificate, WARNS, "webhook.certificate", "续期"),
    ("nobody trusts the certificate", breaking.ending_certificate, FAILS, "webhook.reachable", "证书"),
    ("a proxy answers", answering(200, "<html>", setting="PUBLIC_URL"), FAILS, "webhook.signed", "/wechat"),
    ("anything is taken for genuine", answering(200, "ok\n", setting="PUBLIC_URL"), FAILS, "webhook.forged", "代理"),
    ("web has no database", answering(503, "", setting="PUBLIC_URL"), FAILS, "webhook.reachable", "REDIS_URL"),
    ("the token of the page is another", told(WECHAT_TOKEN="another"), FAILS, "webhook.signed", "WECHAT_TOKEN"),
    ("the house has another time", breaking.another_time, FAILS, "webhook.signed", "时钟"),
    ("the secret is another", told(WECHAT_APP_SECRET="0" * 32), FAILS, "platform.token", "WECHAT_APP_SECRET"),
    ("the account is another", told(WECHAT_APP_ID=f"wx{'0' * 16}"), FAILS, "platform.token", "WECHAT_APP_ID"),
    ("the whitelist lacks us", another_platform(ip_whitelist=["192.0.2.1"]), FAILS, "platform.token", "IP 127.0.0.1"),
    ("the address asks for consent", another_platform("", **CONFIRM), FAILS, "platform.token", "管理员"),
    ("pushes go nowhere", another_platform(webhook="http://127.0.0.1:9/"), FAILS, "platform.callback", "服务器地址"),
    ("no template is set", told(WECHAT_REMINDER_TEMPLATE=""), WARNS, "platform.reminder", "WECHAT_REMINDER_TEMPLATE"),
    ("the template is not there", told(WECHAT_NOTICE_TEMPLATE=f"{'N' * 43};{WHAT}"), FAILS, "platform.notice", "编号"),
    ("the template is of the other kind", with_template("template", FIELD, **OURS), FAILS, "platform.reminder", "类别"),
    ("a keyword is not there", with_template("long-term", TIME, **OURS), FAILS, "platform.reminder", "字段"),
    ("the secret is frozen", answering(200, '{"errcode": 40243}'), FAILS, "platform.token", "解冻"),
    ("the platform is away", nobody_there("WECHAT_API_BASE"), FAILS, "platform.token", "DNS"),
    ("the platform stalls", faulty(preset="stall"), FAILS, "platform.token", "DNS"),
    ("the platform talks garbage", faulty(preset="garbage"), FAILS, "platform.token", "DNS"),
    ("tokens are refused", breaking_database.refused_tokens, WARNS, "platform.calls", "/cgi-bin/token"),
    ("no menu is published", breaking.menu(breaking.no_menu), FAILS, "platform.menu", "bot.menu"),
    ("another menu is published", breaking.menu(breaking.foreign_menu), FAILS, "platform.menu", "bot.menu"),
    ("calls are nearly used up", breaking.quota_gone, FAILS, "platform.quota", "清零"),
    ("more calls are reckoned with", told(WECHAT_BUDGETS=f"{MENU}=99999"), WARNS, "platform.budget", f"{MENU}=1000"),
    ("others spend the calls", breaking.spent_by_others, WARNS, "platform.others", "AppSecret"),
    (
        "this machine's clock is behind",
        answering(200, '{"access_token": "t"}', timedelta(minutes=10)),
        FAILS,
        "clock.platform",
        "NTP",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def inhabited(house: House) -> House:
    """A house with somebody on record, and nothing given up by other tests."""
    move_in(house).declare()
    return house


def examine(values: breaking.Values) -> dict[str, Finding]:
    read = configuration.read(values)
    findings = [*configuration.judge(read), *run(checks_of(read.settings), read.wrong)]
    return {finding.about: finding for finding in findings}


@pytest.mark.parametrize(
    ("breaks", "grade", "about", "do"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_it_finds_what_is_broken(
    inhabited: House, tmp_path: Path, breaks: Break, grade: Grade, about: str, do: str
) -> None:
    with breaks(inhabited, tmp_path) as values:
        found = examine(values)
    assert found[about].grade is grade, found[about]
    assert do in found[about].do


def test_a_healthy_house_has_no_failure(inhabited: House) -> None:
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(inhabited.folder), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "worker.doctor", "--json"]
    done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True)
    told = json.loads(done.stdout)
    assert [each for each in told["findings"] if each["grade"] not in ("sound", "warning")] == []
    assert done.returncode == told["exit"] in (0, 1)


def test_it_tells_no_secret_and_nothing_about_a_person(inhabited: House) -> None:
    values = breaking.values_of(inhabited)
    wrong = {**values, "PID_KEY": KEY, "WECHAT_APP_SECRET": "0" * 32, "WECHAT_TOKEN": "another"}
    said = str([*examine(values).values(), *examine(wrong).values()])
    secret = [value for name, value in values.items() if name.endswith(("_KEY", "_SECRET", "_TOKEN", "REDIS_URL"))]
    assert [
        each for each in (*secret, values["REDIS_URL"].split("@")[0], "王芳") if each in said.replace("王芳阿依", "")
    ] == []


def test_the_rest_is_looked_at_when_settings_are_wrong_and_the_database_is_away(inhabited: House) -> None:
    values = {**breaking.values_of(inhabited), "WECHAT_TOKEN": "", "REDIS_URL": "redis://127.0.0.1:9"}
    found = examine(values)
    grades = {name: finding.grade for name, finding in found.items()}
    expected = {"redis.answer": FAILS, "redis.owner": UNSEEN, "webhook.signed": UNSEEN, "platform.menu": Grade.SOUND}
    assert {name: grades[name] for name in expected} == expected
    assert grades["settings.wechat_token"] is FAILS
