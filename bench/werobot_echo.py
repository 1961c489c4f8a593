"""WeRoBot's echo with its sessions in Redis: another bot on the same server. Runs in an environment of its own."""

from __future__ import annotations

import os
from typing import Any

import redis
import werobot  # type: ignore[import-not-found]  # in an environment of its own
from werobot.session.redisstorage import RedisStorage  # type: ignore[import-not-found]  # as above


def create_app() -> Any:
    """`REDIS_URL` names the database; `AES_KEY` and `APP_ID`, when given, have replies encrypted."""
    storage = RedisStorage(redis.Redis.from_url(os.environ["REDIS_URL"]))
    robot = werobot.WeRoBot(token=os.environ["TOKEN"], enable_session=True, session_storage=storage)
    if os.environ.get("AES_KEY"):
        robot.config["APP_ID"], robot.config["ENCODING_AES_KEY"] = os.environ["APP_ID"], os.environ["AES_KEY"]

    @robot.text  # type: ignore[untyped-decorator]  # werobot is untyped
    def echo(message: Any, session: dict[str, Any]) -> str:
        session["messages"] = session.get("messages", 0) + 1
        return str(message.content)

    return robot.wsgi
