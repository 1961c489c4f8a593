"""One table of processes: what is deployed is what the supervisor runs."""

from __future__ import annotations

import sys

from settings import PROJECT
from worker.queues import QUEUES
from worker.running.processes import PROCESSES, WEB, Process, procfile


def test_the_procfile_is_the_table() -> None:
    assert (PROJECT / "Procfile").read_text("utf-8") == procfile()


def test_there_is_a_process_for_every_queue_and_no_other() -> None:
    commands = {process.command for process in PROCESSES if process is not WEB}
    assert commands == {f"python -m worker {name}" for name in (*QUEUES, "clock")}


def test_every_worker_is_called_by_its_name_and_a_number_where_there_are_more() -> None:
    workers = [process for process in PROCESSES if process is not WEB]
    assert len({process.name for process in workers}) == len(workers)
    assert [p.name for p in workers if p.command != f"python -m worker {p.name.rstrip('12')}"] == []


def test_variables_are_filled_in_and_may_hold_spaces() -> None:
    process = Process("x", "python -m x --data ${DATA:-here} --port ${PORT:-80}")
    expected = (sys.executable, "-m", "x", "--data", "a folder", "--port", "80")
    assert process.argv({"DATA": "a folder", "PORT": ""}) == expected
