"""The commands as an officer types them, with the real bulk worker behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from settings import PROJECT
from tests.lists.conftest import LI, ZHAO, csv_file, row
from tests.stage import environment, identity, pid_of
from worker.context import Context


def test_a_list_is_submitted_approved_and_applied_by_commands(ctx: Context, tmp_path: Path) -> None:
    environ = environment(ctx.settings.redis_url, tmp_path, SETTLE_LANES="1", PATH=os.environ["PATH"])

    def typed(*words: str, code: int = 0) -> str:
        command = [sys.executable, "-m", "worker", "lists", *words]
        done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    path = csv_file(tmp_path, row(1), row(2).replace("确诊", "无症状"))
    told = typed("submit", str(path), "--kind", "cases", "--as", ZHAO.id)
    assert "可用 1 行，拒绝 1 行" in told
    name = ctx.proposals.all()[0].id
    assert '3,"病例类型","应为：' in typed("refusals", name, "--as", ZHAO.id)
    assert "提交人不能自己批准" in typed("approve", name, "--as", ZHAO.id, code=1)
    assert "--good-rows-only" in typed("approve", name, "--as", LI.id, code=1)
    typed("approve", name, "--good-rows-only", "--as", LI.id)
    worker = [sys.executable, "-m", "worker", "bulk"]
    bulk = subprocess.Popen(worker, cwd=PROJECT, env=environ, stderr=subprocess.DEVNULL)
    try:
        assert "新记录 1，已有 0" in typed("progress", name, "--as", LI.id)
    finally:
        bulk.terminate()
        bulk.wait(30)
    pid = pid_of(ctx, identity(1))
    assert len(ctx.people.read([pid])[pid].history.facts) == 1
