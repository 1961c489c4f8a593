"""Faults: each is switched on, and seen by a client that is not ours; the plan's mistakes are named by their place."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import requests

from sandbox import pushes
from sandbox.fault_calls import Faulty
from sandbox.fault_presets import PRESETS
from sandbox.pushes import Sender
from tests.sandbox.conftest import ACCOUNT, Open, Stage

SEND = "/cgi-bin/message/custom/send"


def code(answer: Any) -> int:
    return int(answer.get("errcode", 0))


def write(stage: Stage, phone: dict[str, Any], text: str = "请今天上报") -> requests.Response:
    """One customer-service message, as the bare HTTP client sees it."""
    query = {"access_token": stage.world.tokens.stable(stage.world.clock.now(), "", False)[0]}
    body = json.dumps({"touser": phone["openid"], "msgtype": "text", "text": {"content": text}}, ensure_ascii=False)
    return requests.post(stage.base + SEND, params=query, data=body.encode(), timeout=10)


def switch_on(stage: Stage, **rule: Any) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = stage.post("/sandbox/faults", rule)["rules"]
    return rules


def arrived(stage: Stage, phone: dict[str, Any]) -> int:
    return stage.screen(phone).count(("account", "请今天上报"))


def reader(stage: Stage) -> dict[str, Any]:
    """A follower whose windows are open."""
    phone = stage.person()
    stage.act(phone, "text", content="在吗")
    return phone


CODES = {
    "system-busy": -1,
    "token-storm": 40001,
    "token-expired": 42001,
    "day-quota": 45009,
    "minute-quota": 45011,
    "window-closed": 45015,
    "credits-spent": 45047,
    "media-gone": 40007,
}


@pytest.mark.parametrize(("preset", "expected"), CODES.items())
def test_an_error_code_comes_instead_of_the_work(stage: Stage, preset: str, expected: int) -> None:
    phone = reader(stage)
    switch_on(stage, preset=preset)
    answer = write(stage, phone)
    assert (answer.status_code, code(answer.json())) == (200, expected)
    assert " rid: " in answer.json()["errmsg"]
    assert arrived(stage, phone) == 0
    assert [(rule["seen"], rule["struck"]) for rule in stage.get("/sandbox/faults")["rules"]] == [(1, 1)]
    stage.session.delete(f"{stage.base}/sandbox/faults", timeout=5)
    assert code(write(stage, phone).json()) == 0
    assert arrived(stage, phone) == 1


PATHS = {
    "consent-missing": ("/cgi-bin/message/subscribe/bizsend", 43101),
    "too-frequent": ("/cgi-bin/message/template/send", 43117),
    "mass-exists": ("/cgi-bin/message/mass/sendall", 45065),
}


@pytest.mark.parametrize(("preset", "where"), PATHS.items())
def test_a_code_belongs_to_its_own_kind_of_call(stage: Stage, preset: str, where: tuple[str, int]) -> None:
    phone = reader(stage)
    switch_on(stage, preset=preset)
    assert code(stage.api(where[0], {"touser": phone["openid"]})) == where[1]
    assert code(write(stage, phone).json()) == 0


def test_it_was_done_although_the_answer_says_otherwise(stage: Stage) -> None:
    phone = reader(stage)
    switch_on(stage, preset="busy-although-done", calls=[1, 1])
    switch_on(stage, preset="reset-although-done")
    assert code(write(stage, phone).json()) == -1
    assert arrived(stage, phone) == 1
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        write(stage, phone)
    assert arrived(stage, phone) == 2


def test_a_reset_is_a_reset_and_nothing_was_done(stage: Stage) -> None:
    phone = reader(stage)
    switch_on(stage, preset="reset")
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        write(stage, phone)
    assert arrived(stage, phone) == 0


def test_a_proxy_answers_with_its_page(stage: Stage) -> None:
    phone = reader(stage)
    switch_on(stage, preset="bad-gateway")
    answer = write(stage, phone)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (502, "text/html")
    assert "502 Bad Gateway" in answer.text


@pytest.mark.parametrize("preset", ["truncated", "garbage"])
def test_an_answer_that_is_no_json(stage: Stage, preset: str) -> None:
    phone = reader(stage)
    switch_on(stage, preset=preset)
    answer = write(stage, phone)
    assert answer.status_code == 200
    with pytest.raises(ValueError):  # noqa: PT011 - requests' own, and json's for a whole answer
        answer.json()
    assert arrived(stage, phone) == 1


def test_a_stall_answers_late_or_not_at_all(stage: Stage) -> None:
    phone = reader(stage)
    switch_on(stage, preset="stall", seconds=0.3, calls=[1, 1])
    switch_on(stage, preset="stall-silent", seconds=0.3)
    began = time.monotonic()
    assert code(write(stage, phone).json()) == 0
    assert time.monotonic() - began >= 0.3
    with pytest.raises(requests.ConnectionError, match="without response"):
        write(stage, phone)
    assert time.monotonic() - began >= 0.6
    assert arrived(stage, phone) == 1


def test_five_in_a_hundred_fail_and_the_same_ones_in_every_run(open_stage: Open) -> None:
    seen = []
    for _ in range(2):
        stage = open_stage()
        stage.session.delete(f"{stage.base}/sandbox/faults", timeout=5)
        switch_on(stage, preset="five-percent", seed=7, path="/cgi-bin/getcallbackip")
        seen.append([outcome(stage) for _ in range(200)])
    assert seen[0] == seen[1]
    assert 4 <= sum(one != "ok" for one in seen[0]) <= 20
    assert len(set(seen[0])) > 3


def outcome(stage: Stage) -> str:
    try:
        answer = requests.get(
            f"{stage.base}/cgi-bin/getcallbackip",
            params={"access_token": stage.world.tokens.stable(stage.world.clock.now(), "", False)[0]},
            timeout=5,
        )
        return "ok" if "ip_list" in answer.json() else f"{answer.status_code} {code(answer.json())}"
    except requests.JSONDecodeError:
        return f"{answer.status_code} no JSON"
    except requests.ConnectionError:
        return "reset"


def test_a_rule_strikes_the_calls_it_names(stage: Stage) -> None:
    wang, li = reader(stage), reader(stage)
    busy = {"kind": "errcode", "code": -1}
    switch_on(stage, path="/cgi-bin/message/*", where={"touser": li["openid"]}, calls=[2, 4], every=2, do=busy)
    assert [code(write(stage, li).json()) for _ in range(5)] == [0, -1, 0, -1, 0]
    assert code(write(stage, wang).json()) == 0
    switch_on(stage, path="*", span=[60, 120], do=busy)
    during = []
    for _ in range(3):
        during.append(code(write(stage, wang).json()))
        stage.post("/sandbox/clock", {"advance": 60})
    assert during == [0, -1, 0]


def test_rules_and_their_counts_survive_a_restart(open_stage: Open) -> None:
    stage = open_stage()
    phone = reader(stage)
    switch_on(stage, preset="system-busy", calls=[1, 2])
    write(stage, phone)
    stage = open_stage()
    assert [code(write(stage, phone).json()) for _ in range(2)] == [-1, 0]
    assert stage.get("/sandbox/faults")["rules"][0]["struck"] == 2


def test_a_plan_from_a_file_is_taken_once(open_stage: Open) -> None:
    plan = {"rules": [{"preset": "reset"}, {"path": "*", "do": {"kind": "http", "status": 503}}]}
    stage = open_stage()
    switch_on(stage, preset="stall")
    stage.world.faults.load(plan)
    first = stage.get("/sandbox/faults")["rules"]
    assert [rule["rule"]["do"]["kind"] for rule in first] == ["reset", "http"]
    stage = open_stage()
    stage.world.faults.load(plan)
    assert stage.get("/sandbox/faults")["rules"] == first


@pytest.mark.parametrize(
    ("plan", "place"),
    [
        ({"rules": {}}, "rules: a list"),
        ({"rules": [{"preset": "reset"}, {"preset": "rest"}]}, "rules[1].preset: one of"),
        ({"preset": "reset", "seconds": 3}, "rule.seconds: reset lasts no time"),
        ({"do": {"kind": "reset"}}, "rule: either path"),
        ({"path": "*", "do": {"kind": "lose"}}, "rule.do.kind: for calls one of"),
        ({"push": "*", "do": {"kind": "reset"}}, "rule.do.kind: for pushes one of"),
        ({"path": "*", "do": {"kind": "errcode"}}, "rule.do.code: missing"),
        ({"path": "*", "do": [{"kind": "reset"}, {"kind": "http", "status": 200}]}, "rule.do[1].status: 400 to 599"),
        ({"path": "*", "share": 5, "do": {"kind": "reset"}}, "rule.share: a number from 0 to 1"),
        ({"path": "*", "calls": [3, 1], "do": {"kind": "reset"}}, "rule.calls: the last is before the first"),
        ({"path": "*", "calls": [0, 1], "do": {"kind": "reset"}}, "rule.calls[0]: a whole number of one"),
        ({"path": "*", "span": ["now", None], "do": {"kind": "reset"}}, "rule.span[0]: seconds"),
        ({"path": "*", "where": {"touser": []}, "do": {"kind": "reset"}}, "rule.where.touser: a text"),
        ({"path": [], "do": {"kind": "reset"}}, "rule.path: a glob"),
        ({"path": "*", "do": {"kind": "stall", "seconds": -1}}, "rule.do.seconds: seconds"),
        ({"push": "*", "do": [{"kind": "lose"}, {"kind": "early"}]}, "rule.do: early is not drawn"),
        ({"path": "*", "do": {"kind": "reset"}, "often": 1}, "rule.often: unknown"),
    ],
)
def test_a_mistake_in_a_plan_is_named_by_its_place(stage: Stage, plan: Any, place: str) -> None:
    assert stage.post("/sandbox/faults", plan, 400)["error"].startswith(place)
    assert stage.get("/sandbox/faults")["rules"] == []


def test_every_preset_is_a_rule(stage: Stage) -> None:
    assert len(stage.post("/sandbox/faults", {"rules": [{"preset": name} for name in PRESETS]})["rules"]) == len(
        PRESETS
    )


# --- result events ---------------------------------------------------------------------------------------------------


def finish(stage: Stage) -> None:
    """Let a job of the platform end."""
    sender = Sender("o" + "x" * 27, ACCOUNT["original_id"], int(stage.world.clock.now()))
    event = pushes.event(sender, "TEMPLATESENDJOBFINISH", {"MsgID": 3662956322040938501, "Status": "success"})
    stage.world.delivery.deliver(event)


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        (None, ["success"]),
        ("results-lost", []),
        ("results-doubled", ["success", "success"]),
        ("results-blocked", ["failed:user block"]),
    ],
)
def test_results_of_jobs_are_lost_doubled_and_changed(stage: Stage, preset: str | None, expected: list[str]) -> None:
    if preset:
        switch_on(stage, preset=preset)
    finish(stage)
    assert [message._data["Status"] for message in stage.webhook.messages] == expected


def test_a_result_is_late_and_its_job_does_not_wait_for_it(stage: Stage) -> None:
    switch_on(stage, preset="results-late", seconds=0.4)
    finish(stage)
    assert stage.webhook.requests == []
    deadline = time.monotonic() + 5
    while not stage.webhook.requests and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [message._data["Status"] for message in stage.webhook.messages] == ["success"]


def test_an_answer_is_held_back_until_its_result_was_pushed(stage: Stage) -> None:
    def accept(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        threading.Timer(0.3, finish, [stage]).start()
        start_response("200 OK", [])
        return [b'{"errcode": 0, "errmsg": "ok", "msgid": 3662956322040938501}']

    def send(touser: str) -> int:
        body = json.dumps({"touser": touser}).encode()
        environ: WSGIEnvironment = {
            "PATH_INFO": "/cgi-bin/message/template/send",
            "QUERY_STRING": "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        list(Faulty(stage.world, accept)(environ, lambda *_: lambda _: None))
        return len(stage.webhook.requests)

    switch_on(stage, preset="results-early", calls=[1, 1])
    assert [send("o" + "x" * 27), send("o" + "x" * 27)] == [1, 1]
    time.sleep(0.5)
    assert len(stage.webhook.requests) == 2


# --- pushes ----------------------------------------------------------------------------------------------------------


def test_pushes_are_doubled_lost_and_misdated(stage: Stage) -> None:
    phone = stage.person()
    stage.webhook.requests.clear()
    switch_on(stage, push="text", calls=[1, 1], do={"kind": "double", "times": 3})
    assert len(stage.act(phone, "text", content="一")["attempts"]) == 3
    switch_on(stage, push="text", calls=[1, 1], where={"openid": phone["openid"]}, do={"kind": "lose"})
    assert stage.act(phone, "text", content="二")["attempts"] == []
    switch_on(stage, preset="clock-skew")
    told = stage.act(phone, "text", content="三")
    message = stage.webhook.messages[-1]
    assert int(message.time) == told["create_time"] - 240
    assert abs(int(stage.webhook.requests[-1][0]["timestamp"]) - stage.world.clock.now() + 240) < 5
    assert [message.content for message in stage.webhook.messages] == ["一", "一", "一", "三"]


def test_the_record_says_what_the_account_was_told(stage: Stage) -> None:
    phone = reader(stage)
    switch_on(stage, preset="busy-although-done")
    write(stage, phone)
    struck = stage.get("/sandbox/calls", errcode="-1", contains=phone["openid"])["calls"]
    assert [(call["path"], json.loads(call["answer"])["errcode"]) for call in struck] == [(SEND, 0)]
    assert struck[0]["fault"] == 'errcode "errcode": -1 (after)'
    assert stage.get("/sandbox/calls", fault="1")["calls"] == struck


def test_the_program_takes_a_plan_and_refuses_a_wrong_one(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text(json.dumps(ACCOUNT), "utf-8")
    plan = tmp_path / "plan.json"
    plan.write_text('{"rules": [{"preset": "reset"}, {"path": "*"}]}', "utf-8")
    told = ["--config", str(tmp_path / "account.json"), "--data", str(tmp_path / "own"), "--faults", str(plan)]
    refused = subprocess.run(
        [sys.executable, "-m", "sandbox", *told, "--webhook", stage.webhook.url],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert refused.returncode == 2
    assert refused.stderr.startswith("plan.json: rules[1].do.kind: for calls one of")
