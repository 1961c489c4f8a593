"""Commands for operating the service, one module a noun. Each says who gives the order and why."""

from __future__ import annotations

from worker.operate.counters import COMMANDS

__all__ = ["COMMANDS"]
