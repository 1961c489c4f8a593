"""How every process of the house starts: settings refused with one message, logs to stderr."""

from __future__ import annotations

import logging
import sys

from settings import BadSettings, load


def start() -> None:
    """Check the settings and set up logging; ends the process with a message when a setting is wrong."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    for noisy in ("rq", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        load()
    except BadSettings as error:
        sys.exit(str(error))
