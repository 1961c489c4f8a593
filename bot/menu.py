"""`python -m bot.menu`: publish the menu of the official account."""

from __future__ import annotations

import sys

from channel.platform import SendError
from flows.menu import MENU, at
from worker.running.start import start
from worker.wiring import context


def main() -> None:
    """Publish, and say so; a refusal by the platform ends with its code."""
    start()
    try:
        ctx = context()
        ctx.platform().create_menu(at(ctx.settings.public_url, MENU))
    except SendError as error:
        sys.exit(f"菜单没有发布 · the menu was not published: {error}")
    sys.stdout.write("菜单已发布 · the menu is published\n")


if __name__ == "__main__":
    main()
