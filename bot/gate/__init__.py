"""The gate: the page behind a scanned code, the guard's app, and what both are checked against."""

from bot.gate.checking import Answer, Checker, blueprint

__all__ = ["Answer", "Checker", "blueprint"]
