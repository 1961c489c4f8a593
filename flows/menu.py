"""The menu under the chat: three buttons of at most five entries. A command of the shell publishes it."""

from __future__ import annotations

from collections.abc import Mapping

from flows.words import SYNONYMS, Command

Button = dict[str, object]

MOST_TOP, MOST_SUB = 3, 5
TOP_BYTES, SUB_BYTES = 16, 60
"""The platform's limits of a name."""


def _entry(command: Command, name: str = "") -> Button:
    return {"type": "click", "name": name or MENU_WORDS[command], "key": command.value}


MENU_WORDS = {command: words[0] for command, words in SYNONYMS.items()}
"""What a menu key stands for when it is clicked."""

MENU: dict[str, list[Button]] = {
    "button": [
        _entry(Command.CODE),
        {
            "name": "打卡申报",
            "sub_button": [
                _entry(Command.CHECKIN, "今日打卡"),
                _entry(Command.UNWELL, "身体不适"),
                _entry(Command.EXPOSURE, "行程和接触"),
                _entry(Command.DECLARE, "首次申报"),
                _entry(Command.HELP, "全部功能和帮助"),
            ],
        },
        {
            "name": "我的",
            "sub_button": [
                _entry(Command.STATUS, "我的状态"),
                _entry(Command.WHY, "为什么是这个颜色"),
                _entry(Command.LOOKS, "谁看过我"),
                _entry(Command.APPEAL, "申诉"),
                {"type": "view", "name": "亮码页和记录", "path": "/code"},
            ],
        },
    ]
}
"""The body of `menu/create`, but that a page of ours is named by its path: the shell knows the house's address."""


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
