"""`python -m worker.doctor [--json]`: every check, what was found, what to do. Exit code 0 sound, 1 warnings, 2 not.

It changes nothing, needs no running house, and says what it can when settings are wrong or the database is away.
"""

from __future__ import annotations

import logging
import sys

import click

from worker.doctor import configuration
from worker.doctor.checks import run
from worker.doctor.examination import checks_of
from worker.doctor.findings import exit_code
from worker.doctor.report import as_json, as_text


@click.command()
@click.option("--json", "for_machines", is_flag=True, help="One JSON object for machines.")
def main(for_machines: bool) -> None:
    """Look at this installation from outside in and say what to do. Changes nothing.

    Exit code: 0 all is sound, 1 warnings only, 2 something fails or could not be looked at.
    """
    logging.disable(logging.CRITICAL)  # what a check stumbles over is its finding
    read = configuration.read()
    findings = [*configuration.judge(read), *run(checks_of(read.settings), read.wrong)]
    click.echo(as_json(findings) if for_machines else as_text(findings))
    sys.exit(exit_code(findings))


if __name__ == "__main__":
    main()
