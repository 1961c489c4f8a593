"""The Makefile's promises that hold without installing anything."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from settings import PROJECT

MAKE = shutil.which("make") or "make"


def make(*arguments: str, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    """Run make in the project with nothing in the environment but PATH."""
    return subprocess.run([MAKE, *arguments], cwd=PROJECT, env={"PATH": path}, capture_output=True, text=True)


def test_help_lists_every_target() -> None:
    phony = next(line for line in (PROJECT / "Makefile").read_text("utf-8").splitlines() if line.startswith(".PHONY"))
    shown = [line.split()[1] for line in make("help").stdout.splitlines()]
    assert sorted(shown) == sorted(phony.removeprefix(".PHONY:").split())


def test_a_machine_without_python_is_told_in_one_line(tmp_path: Path) -> None:
    for command in ("sh", "rm"):
        (tmp_path / command).symlink_to(shutil.which(command) or command)
    refused = make("setup", f"VENV={tmp_path / 'venv'}", path=str(tmp_path))
    assert refused.returncode != 0
    assert [
        line for line in refused.stdout.splitlines() if "Python 3.11 to 3.13" in line
    ] == refused.stdout.splitlines()


@pytest.mark.parametrize(("setting", "said"), [("", "-m bot.talk "), ("RECORD=a b", "--record 'a b'")])
def test_a_talk_may_be_recorded(setting: str, said: str) -> None:
    assert said in make("-n", "talk", *filter(None, [setting])).stdout
