"""How every process of the house starts: settings refused with one message, logs to stderr."""

from __future__ import annotations

import logging
import sys

from redis.exceptions import RedisError

from settings import BadSettings, Settings
from settings.reading import load
from store.connection import connect
from worker.running.engine import WeakServer, check_durability

log = logging.getLogger(__name__)


def start() -> None:
    """Check the settings and set up logging; ends the process with a message when a setting is wrong, or when the
    database would acknowledge before it has done what DURABILITY asks."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    for noisy in ("rq", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        require_durability(load())
    except (BadSettings, WeakServer) as error:
        sys.exit(str(error))


def require_durability(settings: Settings) -> None:
    """Raises WeakServer. A server that is away now is not judged: it will be waited for."""
    try:
        check_durability(connect(settings.redis_url), settings)
    except RedisError as error:
        log.warning("REDIS_URL: the server does not answer yet (%s)", type(error).__name__)
