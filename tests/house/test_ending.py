"""A process that is told to end does so, at whichever step the signal finds it."""

from __future__ import annotations

import subprocess
import sys

from settings import PROJECT

INSIDE_WAIT = """
import signal, threading
from worker.running.ending import end_on
event = threading.Event()
end_on(event, signal.SIGTERM)
with event._cond:  # where `wait` stands for a moment
    signal.raise_signal(signal.SIGTERM)
event.wait()
"""


def test_a_signal_in_the_middle_of_waiting_ends_the_wait() -> None:
    assert subprocess.run([sys.executable, "-c", INSIDE_WAIT], cwd=PROJECT, timeout=20).returncode == 0
