"""The phones' own API, the adapters, and what a restart leaves."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.config import ConfigError, read
from tests.sandbox.conftest import ACCOUNT, Open, Stage
from tests.valkey import free_port

KEY = {"Authorization": f"Bearer {ACCOUNT['sms_key']}"}


def adapter(stage: Stage, name: str, document: Any, **headers: str) -> requests.Response:
    return requests.post(f"{stage.base}/adapters/{name}", json=document, headers={**KEY, **headers}, timeout=5)


def test_it_begins_with_the_phone_of_wang_fang(stage: Stage) -> None:
    (phone,) = stage.get("/sandbox/phones")
    assert (phone["name"], phone["following"], len(phone["openid"]), phone["openid"][0]) == ("王芳", False, 28, "o")


def test_waiting_for_a_message_ends_when_it_comes(stage: Stage) -> None:
    phone = stage.person()
    last = stage.get(f"/sandbox/phones/{phone['id']}/messages")[-1]["n"]
    seen: list[Any] = []
    waiting = threading.Thread(
        target=lambda: seen.extend(stage.get(f"/sandbox/phones/{phone['id']}/messages", after=last, wait=20))
    )
    waiting.start()
    adapter(stage, "sms", {"phone": phone["number"], "text": "验证码 123456"})
    waiting.join(10)
    assert [(line["from"], line["text"]) for line in seen] == [("sms", "验证码 123456")]
    assert stage.get(f"/sandbox/phones/{phone['id']}/messages", after=seen[-1]["n"], wait=0.05) == []


@pytest.mark.parametrize(
    ("path", "stated", "status"),
    [
        ("/sandbox/phones", {}, 400),
        ("/sandbox/phones", {"name": "李强", "number": "12"}, 400),
        ("/sandbox/phones/p1/dance", {}, 404),
        ("/sandbox/phones/p9/follow", {}, 404),
        ("/sandbox/phones/p1/unfollow", {}, 409),
        ("/sandbox/phones/p1/text", {"content": "x", "times": 0}, 400),
        ("/sandbox/phones/p1/text", {"content": "x", "msg_id": "first"}, 400),
    ],
)
def test_what_a_phone_cannot_do(stage: Stage, path: str, stated: dict[str, Any], status: int) -> None:
    assert "error" in stage.post(path, stated, status=status)


def test_a_text_message_reaches_every_phone_with_the_number_and_the_tray(stage: Stage) -> None:
    phones = [stage.person(number="13900001234") for _ in range(2)]
    assert adapter(stage, "sms", {"phone": "13900001234", "text": "验证码 123456"}).json() == {"ok": True}
    adapter(stage, "sms", {"phone": "13912345678", "text": "给别人"})
    assert [stage.screen(phone)[-1] for phone in phones] == [("sms", "验证码 123456")] * 2
    assert [sms["text"] for sms in stage.get("/sandbox/sms")] == ["给别人", "验证码 123456"]


def test_a_text_message_asked_for_again_is_sent_once(stage: Stage) -> None:
    for _ in range(2):
        answer = adapter(stage, "sms", {"phone": "13900001234", "text": "一"}, **{"Idempotency-Key": "k1"})
        assert answer.json() == {"ok": True}
    assert len(stage.get("/sandbox/sms")) == 1


@pytest.mark.parametrize(
    ("name", "document", "headers", "status"),
    [
        ("sms", {"phone": "13900001234", "text": "x"}, {"Authorization": "Bearer guess"}, 401),
        ("sms", {"phone": "１３９00001234", "text": "x"}, {}, 400),
        ("sms", {"phone": "13900001234", "text": ""}, {}, 400),
        ("sms", [], {}, 400),
        ("identity", {}, {"Authorization": ""}, 401),
        ("identity", {"name": "王芳"}, {}, 400),
    ],
)
def test_what_the_adapters_refuse(stage: Stage, name: str, document: Any, headers: dict[str, str], status: int) -> None:
    answer = adapter(stage, name, document, **headers)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


def test_an_identity_matches_unless_said_otherwise(stage: Stage) -> None:
    person = {"name": "王芳", "kind": "resident_id", "number": "64010219900101002x", "phone": "13900000001"}
    assert adapter(stage, "identity", person).json() == {"result": "match"}
    stage.post("/sandbox/identity", {"number": "64010219900101002X", "result": "mismatch"})
    assert adapter(stage, "identity", person).json() == {"result": "mismatch"}
    assert "error" in stage.post("/sandbox/identity", {"number": "1", "result": "perhaps"}, status=400)


def test_people_chats_menu_and_windows_survive_a_restart(open_stage: Open) -> None:
    stage = open_stage()
    phone = stage.person()
    stage.act(phone, "text", content="在吗")
    stage.api("/cgi-bin/menu/create", {"button": [{"type": "click", "name": "码", "key": "code"}]})
    before = [stage.get("/sandbox/phones"), stage.screen(phone), stage.api("/cgi-bin/menu/get")]
    stage = open_stage()
    assert [stage.get("/sandbox/phones"), stage.screen(phone), stage.api("/cgi-bin/menu/get")] == before


def test_the_feed_holds_all_that_the_page_shows(stage: Stage) -> None:
    phone = stage.person()
    feed = stage.get("/sandbox/feed")
    assert [line["phone"] for line in feed["lines"]] == [phone["id"]]
    assert stage.get("/sandbox/feed", version=feed["version"], wait=0.05, after=feed["lines"][-1]["n"])["lines"] == []


def test_who_waits_when_the_sandbox_ends_is_told_so_and_nothing_is_called_an_error(
    open_stage: Open, caplog: pytest.LogCaptureFixture
) -> None:
    stage = open_stage()
    version = stage.get("/sandbox/feed")["version"]
    threading.Timer(0.1, open_stage).start()
    answer = requests.get(f"{stage.base}/sandbox/feed", {"version": version, "wait": "0.5"}, timeout=5)
    assert (answer.status_code, answer.text) == (503, "the sandbox has ended")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_wrong_configuration_names_all_that_is_wrong() -> None:
    with pytest.raises(ConfigError) as error:
        read({**ACCOUNT, "app_id": "me", "mode": "open", "colour": 1, "limits": {"tries": -1, "luck": 1}})
    assert [line.partition(":")[0] for line in str(error.value).splitlines()] == [
        "colour",
        "app_id",
        "mode",
        "limits.luck",
        "limits.tries",
    ]


def test_the_command_says_one_line_and_stops_when_told(tmp_path: Path, webhook: Any) -> None:
    config = tmp_path / "account.json"
    config.write_text(json.dumps(ACCOUNT))
    port = str(free_port())
    command = [sys.executable, "-m", "sandbox", "--config", str(config), "--port", port]
    running = subprocess.Popen(
        [*command, "--data", str(tmp_path / "d"), "--webhook", webhook.url], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert running.stdout.readline() == f"sandbox ready: http://127.0.0.1:{port}/ -> {webhook.url}\n"
    assert requests.get(f"http://127.0.0.1:{port}/sandbox/phones", timeout=5).json()[0]["name"] == "王芳"
    again = subprocess.run(
        [*command, "--data", str(tmp_path / "e"), "--webhook", webhook.url], capture_output=True, text=True, check=False
    )
    assert again.returncode == 1
    assert "in use" in again.stderr
    running.send_signal(signal.SIGTERM)
    assert running.wait(10) == 0
    assert running.stdout.read() == ""
    running.stdout.close()
