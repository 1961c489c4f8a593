"""co-wechat-api, the most used client of the Node world, as published: a second reader of the same pages."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import ACCOUNT, Stage, eventually
from tests.sandbox.test_platform import PNG

HERE = Path(__file__).with_name("clients")
CALLS = 40


def installed() -> None:
    """The client and what it needs in clients/node_modules, as package-lock.json says."""
    for program in ("node", "npm"):
        assert shutil.which(program), f"{program} is missing: apt-get install nodejs npm"
    there = HERE / "node_modules" / ".package-lock.json"
    if not there.exists() or there.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, capture_output=True, text=True)
        assert done.returncode == 0, f"npm ci in {HERE}:\n{done.stderr}"


@pytest.fixture
def answers(stage: Stage, tmp_path: Path) -> dict[str, Any]:
    """What the client's calls gave: an answer each, or {"failed": code}."""
    installed()
    phones = [stage.person(), stage.person()]
    for phone in phones:
        stage.act(phone, "text", content="你好")
    picture = tmp_path / "code.png"
    picture.write_bytes(PNG.getvalue())
    template = stage.post("/sandbox/templates", {"title": "健康申报提醒", "content": "申报人：{{name1.DATA}}"})
    told = {
        "appid": ACCOUNT["app_id"],
        "secret": ACCOUNT["app_secret"],
        "openids": [phone["openid"] for phone in phones],
        "template": template["template_id"],
        "files": {"image": str(picture)},
    }
    argv = ["node", "calls.js", stage.base, json.dumps(told)]
    done = subprocess.run(argv, cwd=HERE, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_another_client_is_served_too(stage: Stage, answers: dict[str, Any]) -> None:
    failed = {name: answer for name, answer in answers.items() if isinstance(answer, dict) and "failed" in answer}
    assert failed == {"refused": {"failed": 47003}}
    assert len(answers) >= CALLS
    assert answers["getMedia"] == answers["getMaterial"] == {"bytes": len(PNG.getvalue())}
    assert answers["getFollowers"]["total"] == 2
    assert [tag["name"] for tag in answers["getTags"]["tags"]][-1] == "网格员"
    assert answers["tryConditionalMenu"]["button"][0]["key"] == "code"
    eventually(lambda: stage.webhook.events("MASSSENDJOBFINISH"))


def test_it_reads_a_msgid_to_its_last_digit(stage: Stage, answers: dict[str, Any]) -> None:
    told = eventually(lambda: stage.webhook.events("TEMPLATESENDJOBFINISH"))
    assert told[0]["MsgID"] == str(answers["sendTemplate"]["msgid"])
