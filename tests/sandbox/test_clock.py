"""The sandbox's clock: forward only, and everybody who waits is told before the jump is answered."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from tests.sandbox.conftest import Open, Stage


def test_it_runs_with_the_machine_until_it_jumps(stage: Stage) -> None:
    before = stage.get("/sandbox/clock")
    assert before["offset"] == 0
    assert abs(before["now"] - time.time()) < 5
    after = stage.post("/sandbox/clock", {"advance": 86400})
    assert after["offset"] == 86400
    assert after["version"] == before["version"] + 1
    assert stage.post("/sandbox/clock", {"reset": True})["offset"] == 0


def test_it_jumps_to_an_instant(stage: Stage) -> None:
    assert int(stage.post("/sandbox/clock", {"to": "2035-03-02T08:00:00+08:00"})["now"]) == 2056406400


@pytest.mark.parametrize(
    "stated",
    [{}, {"advance": -1}, {"advance": "1"}, {"to": "2020-03-02T08:00:00+08:00"}, {"to": "2035-03-02"}, {"to": "soon"}],
)
def test_it_does_not_go_back_or_astray(stage: Stage, stated: dict[str, Any]) -> None:
    assert "error" in stage.post("/sandbox/clock", stated, status=400)


def test_whoever_waits_knows_before_the_jump_is_answered(stage: Stage) -> None:
    version = stage.get("/sandbox/clock")["version"]
    told: list[float] = []

    def wait() -> None:
        told.append(stage.get("/sandbox/clock", after=version, wait=20)["offset"])

    waiting = [threading.Thread(target=wait) for _ in range(4)]
    for one in waiting:
        one.start()
    while len(stage.world.clock._pollers) < 4:
        time.sleep(0.01)
    stage.post("/sandbox/clock", {"advance": 3600})
    assert told == [3600.0] * 4
    for one in waiting:
        one.join()


def test_nobody_waits_longer_than_asked(stage: Stage) -> None:
    version = stage.get("/sandbox/clock")["version"]
    assert stage.get("/sandbox/clock", after=version, wait=0.05)["version"] == version


def test_it_survives_a_restart(open_stage: Open) -> None:
    stage = open_stage()
    before = stage.post("/sandbox/clock", {"advance": 3600})
    after = open_stage().get("/sandbox/clock")
    assert (after["offset"], after["version"]) == (before["offset"], before["version"])
