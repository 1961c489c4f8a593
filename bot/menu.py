"""`python -m bot.menu`: publish the menu of the official account."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from channel.platform import SendError
from flows.menu import MENU, Button
from worker.context import context
from worker.start import start


def main() -> None:
    """Publish, and say so; a refusal by the platform ends with its code."""
    start()
    try:
        ctx = context()
        ctx.platform().create_menu(at(ctx.settings.public_url, MENU))
    except SendError as error:
        sys.exit(f"菜单没有发布 · the menu was not published: {error}")
    sys.stdout.write("菜单已发布 · the menu is published\n")


def at(public_url: str, menu: Mapping[str, list[Button]]) -> dict[str, list[Button]]:
    """The menu of a house at this address: a button with a path opens the page there."""
    return {"button": [_at(public_url, button) for button in menu["button"]]}


def _at(public_url: str, button: Button) -> Button:
    match button:
        case {"path": str(path), **rest}:
            return {**rest, "url": public_url + path}
        case {"sub_button": list(entries), **rest}:
            return {**rest, "sub_button": [_at(public_url, entry) for entry in entries]}
        case _:
            return button


if __name__ == "__main__":
    main()
