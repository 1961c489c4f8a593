"""What the platform reports after it took a message: before it answers the call, twice, or never; and what it means."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from bot import app as application
from channel.platform import Platform, SendError
from domain.broadcasts.account import Mark
from domain.broadcasts.broadcast import Route
from sandbox.server import Server
from tests.broadcasts.studio import TEMPLATE, SandboxClock, Studio, open_studio
from tests.sandbox.conftest import eventually
from tests.stage import PHOENIX
from worker import drains
from worker.broadcasts.telling import masses, report
from worker.broadcasts.wording import reported
from worker.jobs import deliver_lane, settle_lane


@pytest.fixture
def studio(
    valkey_url: str, redis_client: redis.Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Studio]:
    """With the house's own webhook listening, to which the platform pushes its results."""
    with served() as hook, open_studio(valkey_url, tmp_path, f"{address(hook)}/wechat") as opened:
        monkeypatch.setattr(application, "clock_for", lambda _: SandboxClock(opened.world))
        hook.app = application.create_app(opened.ctx.settings)
        yield opened


@contextlib.contextmanager
def served() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


def told(studio: Studio, number: int) -> str:
    """The report as the command prints it."""
    made = studio.read(number)
    return reported(made, report(studio.ctx, made), masses(studio.ctx, made))


def settled(studio: Studio) -> Callable[[], bool]:
    return lambda: studio.world.results.waiting() == 0


# --- mass messages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", ["", "results-early", "results-doubled"])
def test_a_mass_message_is_accepted_and_then_reported_as_delivered(studio: Studio, preset: str) -> None:
    openids = studio.residents(6)
    studio.post(f"/sandbox/phones/{phone_of(studio, openids[0])}/block")
    if preset:
        studio.post("/sandbox/faults", {"preset": preset})
    number = studio.approved(route=Route.MASS)
    assert studio.advance(number).sent == 6
    text = eventually(lambda: (words := told(studio, number)) and "尚无结果" not in words and words)
    assert "平台已受理 6，失败 0" in text
    assert re.search(r"群发 \d+（6 人）：平台报告 送达 5、过滤 0（拒收或本月已满 4 次）、失败 1$", text)
    eventually(settled(studio))
    assert told(studio, number) == text


def test_a_mass_message_whose_result_is_lost_has_none(studio: Studio) -> None:
    studio.residents(6)
    studio.post("/sandbox/faults", {"preset": "results-lost"})
    number = studio.approved(route=Route.MASS)
    assert studio.advance(number).sent == 6
    eventually(settled(studio))
    assert re.search(r"平台已受理 6，(.|\n)*群发 \d+（6 人）：尚无结果$", told(studio, number))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("err(10001)", "平台报告 没有发出，涉嫌广告"),
        ("err(20431)", "平台报告 没有发出，平台的代码 err(20431)"),
        ("send fail", "平台报告 没有发出，平台没有说明原因"),
    ],
)
def test_a_mass_message_that_the_platform_stopped_says_why(studio: Studio, status: str, words: str) -> None:
    studio.residents(2)
    studio.post("/sandbox/faults", {"push": "event:masssendjobfinish", "do": {"kind": "status", "value": status}})
    number = studio.approved(route=Route.MASS)
    studio.advance(number)
    assert eventually(lambda: (text := told(studio, number)).endswith(words) and text)


# --- template messages -----------------------------------------------------------------------------------------------


def notified(studio: Studio) -> int:
    """The number of a broadcast by template to everybody."""
    return studio.approved(TEMPLATE, Route.TEMPLATE)


def hear(studio: Studio) -> None:
    """What the platform pushed goes its way through the house."""
    eventually(settled(studio))
    settle_lane(studio.ctx, 0)
    deliver_lane(studio.ctx, drains.deliverer(studio.ctx), 0)


@pytest.mark.parametrize("preset", ["", "results-early", "results-doubled"])
def test_a_template_message_that_a_phone_blocks_moves_to_failed_once(studio: Studio, preset: str) -> None:
    openids = studio.residents(4)
    studio.post(f"/sandbox/phones/{phone_of(studio, openids[1])}/block")
    if preset:
        studio.post("/sandbox/faults", {"preset": preset})
    number = notified(studio)
    studio.advance(number)
    for _ in range(2):
        hear(studio)
        told_now = studio.report(number)
        assert told_now.marks == {Mark.DELIVERED: 3, Mark.RETURNED_BLOCKED: 1}
        assert (told_now.sent, told_now.failed, told_now.left) == (3, 1, 0)
    text = told(studio, number)
    assert "平台已受理 3，失败 1" in text
    assert "  失败：用户拒收 1\n平台报告：送达 3、失败 1；尚无结果 0" in text
    assert studio.ctx.reaches.read(openids[1]).gone_at is not None
    assert studio.ctx.reaches.read(openids[0]).gone_at is None
    assert dict(studio.ctx.calls.of(PHOENIX)) == {}


def test_a_failure_that_is_heard_before_the_call_is_answered_is_not_lost(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole house is through with the event while the sender still waits; also when it dies over the answer."""
    openids, real, calls = studio.residents(1), Platform.send_template, list[str]()
    studio.post(f"/sandbox/phones/{phone_of(studio, openids[0])}/block")

    def slow(self: Platform, *args: Any) -> str:
        calls.append(real(self, *args))
        eventually(lambda: any(event(push) for push in studio.get("/sandbox/calls", kind="push")["calls"]))
        hear(studio)
        if len(calls) == 1:
            raise SendError("reset", permanent=False, sent_unknown=True)
        return calls[-1]

    monkeypatch.setattr(Platform, "send_template", slow)
    number = notified(studio)
    studio.advance(number)
    assert studio.report(number).marks == {Mark.RETURNED_BLOCKED: 1}
    assert calls[0] == calls[1]


def test_a_template_message_that_the_platform_fails_or_never_reports_is_told_apart(studio: Studio) -> None:
    openids = studio.residents(3)
    rule = {"push": "event:templatesendjobfinish", "where": {"openid": openids[0]}}
    studio.post("/sandbox/faults", {**rule, "do": {"kind": "status", "value": "failed: system failed"}})
    studio.post("/sandbox/faults", {"preset": "results-lost", "where": {"openid": openids[1]}})
    number = notified(studio)
    studio.advance(number)
    hear(studio)
    assert studio.report(number).marks == {Mark.RETURNED_FAILED: 1, Mark.SENT: 1, Mark.DELIVERED: 1}
    text = told(studio, number)
    assert "  失败：系统失败 1\n平台报告：送达 1、失败 1；尚无结果 1" in text
    assert studio.ctx.reaches.read(openids[0]).gone_at is None


def event(push: object) -> bool:
    return "templatesendjobfinish" in str(push).lower()


def phone_of(studio: Studio, openid: str) -> str:
    page = studio.get("/sandbox/population", prefix="b", most=100)["people"]
    return next(str(person["id"]) for person in page if person["openid"] == openid)
