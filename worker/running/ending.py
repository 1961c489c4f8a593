"""Told to end: a signal that sets an event, without ever waiting for whoever waits on it."""

from __future__ import annotations

import _thread
import signal
import threading


def end_on(event: threading.Event, *numbers: signal.Signals) -> None:
    """Set the event at any of these signals. Only in the main thread.

    A handler runs in the main thread, between any two of its steps. If that is inside `event.wait`, which holds the
    lock of the event for a moment, `event.set` in the handler would wait for this lock for ever; another thread may.
    """
    for number in numbers:
        signal.signal(number, lambda *_: _thread.start_new_thread(event.set, ()))
