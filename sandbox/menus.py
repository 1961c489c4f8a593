"""The menu under the chat: what one may look like, and which of several a person sees."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.bounds import Limits
from sandbox.database import Database
from sandbox.errors import ApiError
from sandbox.tags import Tags

_WITH_KEY = (
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
)
_WITH_OTHER = {"media_id": "media_id", "article_id": "article_id", "article_view_limited": "article_id"}


_PLATFORM = "2"
"""The sandbox's phones are of this client_platform_type: Android."""
_RULES = ("tag_id", "client_platform_type")
"""Parts of a match rule that still have an effect; sex, region and language are withdrawn."""


@dataclass(frozen=True, slots=True)
class Conditional:
    """A menu for some people. `rule` maps parts of _RULES to texts."""

    id: int
    menu: Mapping[str, Any]
    rule: Mapping[str, str]

    def matches(self, tags: Sequence[int]) -> bool:
        """Whether somebody with these tags sees it."""
        tag, platform = self.rule.get("tag_id"), self.rule.get("client_platform_type")
        return (tag is None or tag in map(str, tags)) and platform in (None, _PLATFORM)

    def document(self) -> dict[str, Any]:
        """As menu/get tells it."""
        return {**self.menu, "matchrule": dict(self.rule), "menuid": self.id}


class Menus:
    """The default menu and the conditional ones. `hosts`: the account's own, to which menus may lead at will."""

    def __init__(self, database: Database, limits: Limits, tags: Tags, hosts: Sequence[str]) -> None:
        self._database, self._limits, self._tags, self._hosts = database, limits, tags, hosts

    def default(self) -> dict[str, Any] | None:
        """The menu of everybody else, if there is one."""
        menu: dict[str, Any] | None = self._database.note("menu", None)
        return menu

    def create(self, body: Mapping[str, Any]) -> None:
        """Set the default menu. Raises ApiError as `check` does."""
        self._database.keep("menu", check(body, self._limits))

    def delete(self) -> None:
        """Take away all menus."""
        with self._database.together():
            self._database.keep("menu", None)
            self._database.rows("delete from conditional_menu")

    def conditional(self) -> list[Conditional]:
        """The conditional ones, newest first."""
        return [_conditional(row) for row in self._database.rows("select * from conditional_menu order by id desc")]

    def add(self, body: Mapping[str, Any]) -> int:
        """Add a conditional menu; its id. Raises ApiError 65303 to 65305, 65316, 45159, and as `check` does."""
        if self.default() is None:
            raise ApiError(65303)
        rule, menu, there = self._rule(body.get("matchrule")), check(body, self._limits), self.conditional()
        if len(there) >= self._limits.conditional_menus:
            raise ApiError(65305)
        hosts = {host for each in [menu, *(one.menu for one in there)] for host in _hosts(each)}
        if len(hosts.difference(self._hosts)) > self._limits.menu_domains:
            raise ApiError(65316)
        row = self._database.row(
            "insert into conditional_menu (menu, rule) values (?, ?) returning id",
            (json.dumps(menu, ensure_ascii=False), json.dumps(rule)),
        )
        return int(row["id"]) if row else 0

    def remove(self, id_: object) -> None:
        """Take away a conditional menu. Raises ApiError 65301."""
        wanted = str(id_)
        if not any(str(one.id) == wanted for one in self.conditional()):
            raise ApiError(65301)
        self._database.rows("delete from conditional_menu where id = ?", (int(wanted),))

    def of(self, openid: str) -> dict[str, Any] | None:
        """The menu that a person sees, if any."""
        return self.of_all([openid])[0]

    def of_all(self, openids: Sequence[str]) -> list[dict[str, Any] | None]:
        """The menus that people see, in their order."""
        default, conditional = self.default(), self.conditional()
        if not conditional:
            return [default] * len(openids)
        tags = [self._tags.of(openid) for openid in openids]
        return [next((dict(one.menu) for one in conditional if one.matches(each)), default) for each in tags]

    def _rule(self, stated: object) -> dict[str, str]:
        told = stated if isinstance(stated, dict) else {}
        if self._limits.mass_old_forms and "group_id" in told:
            told = {"tag_id": told["group_id"], **told}
        rule = {name: str(told[name]) for name in _RULES if told.get(name) not in (None, "")}
        if not rule:
            raise ApiError(65304)
        if "tag_id" in rule:
            self._tags.known(rule["tag_id"])
        return rule


def listed(menu: Mapping[str, Any]) -> dict[str, Any]:
    """The menu as get_current_selfmenu_info tells it: sub buttons in a `list`."""
    buttons = []
    for button in menu["button"]:
        subs = button.get("sub_button")
        plain = {name: value for name, value in button.items() if name != "sub_button"}
        clean = [{name: value for name, value in sub.items() if name != "sub_button"} for sub in subs or ()]
        buttons.append({**plain, "sub_button": {"list": clean}} if subs else plain)
    return {"button": buttons}


def _conditional(row: sqlite3.Row) -> Conditional:
    return Conditional(row["id"], json.loads(row["menu"]), json.loads(row["rule"]))


def _hosts(menu: Mapping[str, Any]) -> set[str]:
    leaves = [leaf for button in menu["button"] for leaf in (button.get("sub_button") or [button])]
    return {urlsplit(leaf["url"]).netloc for leaf in leaves if leaf.get("url")}


def check(body: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """The menu as it is kept: `{"button": […]}`, every top button with its `sub_button`. Raises ApiError."""
    buttons = body.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= limits.menu_buttons:
        raise ApiError(40016)
    return {"button": [_top(button, limits) for button in buttons]}


def _top(button: object, limits: Limits) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise ApiError(40016)
    _name(button, limits.menu_name, 40018)
    subs = button.get("sub_button") or []
    if not isinstance(subs, list) or len(subs) > limits.menu_sub_buttons:
        raise ApiError(40023)
    if not subs:
        return {**_leaf(button, limits, sub=False), "sub_button": []}
    return {"name": button["name"], "sub_button": [_sub(sub, limits) for sub in subs]}


def _sub(button: object, limits: Limits) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise ApiError(40023)
    if button.get("sub_button"):
        raise ApiError(40022)
    _name(button, limits.menu_sub_name, 40025)
    return {**_leaf(button, limits, sub=True), "sub_button": []}


def _leaf(button: dict[str, Any], limits: Limits, *, sub: bool) -> dict[str, Any]:
    """A button that does something. The codes for sub buttons are their own."""
    type_ = button.get("type")
    kept = {"type": type_, "name": button["name"]}
    if type_ in _WITH_KEY:
        return {**kept, "key": _bytes(button.get("key"), limits.menu_key, 40026 if sub else 40019)}
    if type_ in ("view", "miniprogram"):
        url = _bytes(button.get("url"), limits.menu_url, 40027 if sub else 40020)
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise ApiError(40054 if sub else 40055)
        return {**kept, **{name: button[name] for name in ("url", "appid", "pagepath") if name in button}}
    if isinstance(type_, str) and type_ in _WITH_OTHER:
        return {**kept, _WITH_OTHER[type_]: _bytes(button.get(_WITH_OTHER[type_]), 128, 40007)}
    raise ApiError(40024 if sub else 40017)


def _name(button: dict[str, Any], most: int, code: int) -> None:
    _bytes(button.get("name"), most, code)


def _bytes(value: object, most: int, code: int) -> str:
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= most:
        raise ApiError(code)
    return value
