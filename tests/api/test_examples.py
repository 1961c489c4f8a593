"""The examples of docs/api run as they stand there; the resident agrees while they wait."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.conftest import Street

DOCS = Path(__file__).parents[2] / "docs" / "api"


@pytest.mark.parametrize("command", [(sys.executable, "example.py"), ("node", "example.mjs")], ids=["python", "node"])
def test_an_example_does_what_it_says(street: Street, command: tuple[str, ...]) -> None:
    wang, partner = street.resident(), street.partner
    told = {"BASE": partner.api.base, "CLIENT": "gate-1", "SECRET": partner.shown.secret}
    run = subprocess.Popen(
        command, cwd=DOCS, env={**os.environ, **told}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    asked = run.stdout.readline().strip()
    assert asked.startswith("授权 "), run.communicate()
    street.says(wang, asked)
    street.says(wang, "同意")
    out, err = run.communicate(timeout=60)
    assert run.returncode == 0, err
    first, *said = out.lower().splitlines()
    assert first.startswith("state green until ")
    assert said[:3] == ["recorded once true", "verified green row recorded", "change green true"]
