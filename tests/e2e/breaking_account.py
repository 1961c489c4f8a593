"""Ways in which the account at the platform is not as the house needs it; as in `tests.e2e.breaking`."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import requests

from settings import PROJECT
from tests.e2e.breaking import Break, Values, values_of
from tests.e2e.house import House, eventually
from tests.valkey import free_port

TEMPLATE = "T" * 43


def with_template(kind: str, content: str, **changed: str) -> Break:
    """The account has one template more, of a kind and with these fields, and settings are changed."""

    @contextlib.contextmanager
    def broken(house: House, _folder: Path) -> Iterator[Values]:
        stated = {"title": "打卡提醒", "kind": kind, "content": content, "template_id": TEMPLATE}
        house.post("/sandbox/templates", stated)
        yield {**values_of(house), **changed}

    return broken


def another_platform(webhook: str = "", **stated: object) -> Break:
    """The same account at a platform that is configured otherwise: a whitelist, a server address."""

    @contextlib.contextmanager
    def broken(house: House, folder: Path) -> Iterator[Values]:
        account = json.loads((house.folder / "sandbox" / "account.json").read_text("utf-8"))
        (folder / "account.json").write_text(json.dumps(account | stated), "utf-8")
        base = f"http://127.0.0.1:{(port := free_port())}"
        command = [sys.executable, "-m", "sandbox", "--config", str(folder / "account.json"), "--port", str(port)]
        command += ["--data", str(folder / "platform"), "--webhook", webhook or f"{house.web}/wechat"]
        with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                eventually("the platform answers", lambda: _answers(base))
                yield {**values_of(house), "WECHAT_API_BASE": base}
            finally:
                process.terminate()

    return broken


def _answers(base: str) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(f"{base}/sandbox/clock", timeout=1).ok
    return False
