"""What the platform reports after it took a message: before it answers the call, twice, or never; and what it means."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from bot import app as application
from domain.broadcasts.broadcast import Route
from sandbox.server import Server
from tests.broadcasts.studio import SandboxClock, Studio, open_studio
from tests.sandbox.conftest import eventually
from worker.broadcasts.telling import masses, report
from worker.broadcasts.wording import reported


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


def phone_of(studio: Studio, openid: str) -> str:
    page = studio.get("/sandbox/population", prefix="b", most=100)["people"]
    return next(person["id"] for person in page if person["openid"] == openid)
