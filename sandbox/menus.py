"""The menu under the chat: what one may look like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sandbox.config import Limits
from sandbox.errors import ApiError

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
