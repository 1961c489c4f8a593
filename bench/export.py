"""An export of a million rows: seconds, bytes and the memory at its highest, as multiples of a tenth of it.

Invented people with every column, through the writers of the house (`python -m worker export trial`); beside them the
csv module of Python writing a table of the same width and nothing else.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import time
from pathlib import Path

from bench.house import environment
from bench.processes import PROJECT, workshop
from bench.table import show
from bench.wire import Account

KINDS = ("xlsx", "csv_utf8", "csv_gbk")
COLUMNS = 25


def main() -> None:
    """Print the table; fails when memory grows with the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    lines: list[tuple[str, ...]] = []
    with workshop("export") as folder:
        for kind in KINDS:
            small, large = (trial(kind, number, folder) for number in (rows // 10, rows))
            bare = bare_csv(rows, folder)
            if large[2] > small[2] * 1.25:
                raise RuntimeError(f"{kind}: {small[2]} KiB at a tenth of the rows, {large[2]} KiB at all of them")
            lines.append(
                (
                    kind,
                    f"{rows / large[0]:,.0f}",
                    f"{large[0] / small[0]:.1f}",
                    f"{large[0] / bare:.1f}",
                    f"{large[1] / rows:.0f}",
                    f"{small[2] / 1024:.0f}",
                    f"{large[2] / 1024:.0f}",
                    f"{large[2] / small[2]:.2f}",
                )
            )
    heads = ("", "rows a second", "time ×", "bare csv ×", "bytes a row", "MiB at a tenth", "MiB at all", "memory ×")
    show(f"An export of {rows:,} rows and {COLUMNS} columns, against a tenth of it", heads, lines)


def trial(kind: str, rows: int, folder: Path) -> tuple[float, int, int]:
    """Seconds, bytes, KiB resident at the highest."""
    path = folder / "trial"
    command = [sys.executable, "-m", "worker", "export", "trial", str(rows), "--kind", kind, "--to", str(path)]
    environ = environment(Account(), "redis://127.0.0.1:9/0", folder)
    done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True, check=True)
    seconds, size, peak = done.stdout.split()[1:]
    path.unlink()
    return float(seconds), int(size), int(peak)


def bare_csv(rows: int, folder: Path) -> float:
    """Seconds that the csv module alone takes."""
    cells, began = ["2020-03-02 王芳"] * COLUMNS, time.perf_counter()
    with (folder / "bare").open("w", newline="") as file:
        writer = csv.writer(file)
        for _ in range(rows):
            writer.writerow(cells)
    return time.perf_counter() - began
