"""The call list as the worker sees it, the quotas as the operator does, and what Prometheus reads."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from domain.appointing import granted, new_staff
from domain.budgets import UPLOAD
from domain.roles import Grant, Role
from domain.scopes import Communities
from store.changes import Act
from store.keys import pid_text
from tests.reach.conftest import House, OpenHouse, Resident
from tests.stage import PHOENIX
from worker.operate import COMMANDS
from worker.operate.quotas import low_quotas

Run = Callable[..., Result]


@pytest.fixture
def run(house: House, monkeypatch: pytest.MonkeyPatch) -> Run:
    for id, name, prefix in (("li.qiang", "李强", "640106"), ("ma.li", "马丽", "6402")):
        staff = granted(new_staff(id, name, "凤凰社区"), Grant(Role.COMMUNITY_WORKER, Communities(prefix)))
        house.ctx.staff.add(staff, Act("test", "staff add"))
    for name, module in list(sys.modules.items()):
        if name.startswith("worker.operate.") and hasattr(module, "context"):
            monkeypatch.setattr(module, "context", lambda: house.ctx)
    commands = {command.name: command for command in COMMANDS}

    def call(name: str, *args: str) -> Result:
        return CliRunner().invoke(commands[name], list(args))

    return call


@pytest.fixture
def unreached(house: House) -> Resident:
    resident = house.resident()
    resident.lets_windows_close()
    resident.gets(resident.letter("no_code", kind="reminder"))
    return resident


def test_the_list_says_who_about_what_and_why_and_a_telephone_only_with_an_act(
    house: House, run: Run, unreached: Resident
) -> None:
    shown = run("calls", PHOENIX, "--as", "li.qiang").output
    assert "每日打卡提醒\t客服消息：不在可回复的时间内；订阅通知：没有同意接收" in shown
    assert unreached.who.phone not in shown
    looks = len(house.ctx.people.read([unreached.pid])[unreached.pid].looks)
    assert unreached.who.phone in run("calls", PHOENIX, "--as", "li.qiang", "--reveal").output
    (look,) = house.ctx.people.read([unreached.pid])[unreached.pid].looks[looks:]
    assert (look.organisation, look.purpose) == ("凤凰社区", "电话联系")


def test_a_worker_of_another_county_sees_nothing(run: Run, unreached: Resident) -> None:
    refused = run("calls", PHOENIX, "--as", "ma.li", "--reveal")
    assert refused.exit_code == 1
    assert pid_text(unreached.pid) not in refused.output


def test_what_a_call_brought_is_put_down_and_an_answered_one_leaves(run: Run, unreached: Resident) -> None:
    named = ("calls", PHOENIX, "--as", "li.qiang", "--person", pid_text(unreached.pid))
    assert run(*named, "--outcome", "no-answer").exit_code == 0
    assert "已打 1 次，无人接听" in run("calls", PHOENIX, "--as", "li.qiang").output
    assert run(*named, "--outcome", "answered").exit_code == 0
    assert "待电话联系 0 人" in run("calls", PHOENIX, "--as", "li.qiang").output
    assert run(*named).exit_code == 1
    assert run("calls", PHOENIX, "--as", "li.qiang", "--person", "?", "--outcome", "moved").exit_code == 1


def test_the_trail_of_a_letter_given_up_is_told_in_chinese(run: Run, unreached: Resident) -> None:
    assert "客服消息：不在可回复的时间内；订阅通知：没有同意接收" in run("parked").output


def test_the_quotas_are_told_and_whoever_types_a_command_hears_of_a_low_one(house: House, run: Run) -> None:
    house.ctx.quota.spend(UPLOAD, essential=True)
    house.ctx.quota.spend("/cgi-bin/message/mass/send", essential=True)
    told = run("quota").output
    assert "media/upload\t1\t100000\t99999\t1" in told
    assert "群发：本月已用 1 次，每人每月最多收到 4 条，还剩 3 条" in told
    assert low_quotas() == []
    house.ctx.quota.used_up(UPLOAD, for_today=True)
    assert low_quotas() == ["接口 media/upload 今日已用 1/100000：今日已停用"]


# --- what Prometheus reads -------------------------------------------------------------------------------------------


def samples(text: str) -> dict[str, float]:
    rows = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in rows}


def test_metrics_say_what_is_left_what_waits_and_how_letters_went(house: House, unreached: Resident) -> None:
    unreached.says("帮助")
    unreached.gets(unreached.letter("told_confirmed"))
    house.platform.world.clock.advance(1)
    told = samples(house.app.test_client().get("/metrics").text)
    assert told['yima_quota_used_today{path="/cgi-bin/message/custom/send"}'] == 1
    assert told['yima_quota_left_today{path="/cgi-bin/media/upload"}'] == 100_000
    assert told["yima_mass_left_this_month"] == 4
    assert told['yima_stream_entries{stream="undelivered"}'] == 1
    assert told['yima_stream_oldest_seconds{stream="post"}'] == 0
    assert told["yima_calls_open"] == 1
    assert told['yima_letters_total{kind="reminder",outcome="unreached",way="none"}'] == 1
    assert told['yima_letters_total{kind="text",outcome="sent",way="custom"}'] == 1
    assert 'yima_jobs_waiting{queue="deliver"}' in told


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}, 403),
    ],
)
def test_metrics_without_a_key_are_for_this_machine(
    house: House, address: str, headers: dict[str, str], status: int
) -> None:
    got = house.app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert got.status_code == status


@pytest.mark.parametrize(("given", "status"), [("Bearer key-of-prometheus", 200), ("Bearer another", 403), ("", 403)])
def test_metrics_with_a_key_are_for_whoever_has_it(open_house: OpenHouse, given: str, status: int) -> None:
    house = open_house(METRICS_KEY="key-of-prometheus")
    got = house.app.test_client().get(
        "/metrics", headers={"Authorization": given}, environ_base={"REMOTE_ADDR": "10.0.0.7"}
    )
    assert got.status_code == status
