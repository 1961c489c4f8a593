"""What the sandbox is told: the account it plays, and every limit of the platform as a setting."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sandbox.bounds import Limits as Limits
from sandbox.bounds import read_limits
from sandbox.notices import BadTemplate, Template, template

IP_CONFIRMATIONS = (0, 89501, 89503, 89506, 89507)


class Mode(StrEnum):
    """How pushes are written: 明文, 兼容, 安全."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class Account:
    """One verified service account and the key of its two adapters (text messages, identity)."""

    app_id: str
    app_secret: str
    token: str
    aes_key: str
    original_id: str
    account_name: str
    sms_key: str
    mode: Mode = Mode.SAFE
    hosts: tuple[str, ...] = ()
    """网页授权域名 and JS接口安全域名: host or host:port; none means any."""
    ip_whitelist: tuple[str, ...] = ()
    """Addresses or networks that may fetch tokens; none means all."""
    ip_confirmation: int = 0
    """The code for another address: 0 means 40164; else one of IP_CONFIRMATIONS, as under IP protection."""
    unauthorized: tuple[str, ...] = ()
    """Paths for which the account has no permission: 48001."""
    templates: tuple[Template, ...] = ()


class ConfigError(Exception):
    """Everything that is wrong with the configuration file, one line each."""


_SHAPES = {
    "app_id": r"wx[0-9a-f]{16}",
    "app_secret": r"\S{1,64}",
    "token": r"[A-Za-z0-9]{3,32}",
    "aes_key": r"[A-Za-z0-9+/]{43}",
    "original_id": r"gh_[0-9a-f]{12}",
    "account_name": r".{1,60}",
    "sms_key": r"\S{8,256}",
    "mode": r"plain|compatible|safe",
}


def load(path: Path) -> tuple[Account, Limits]:
    """Read the JSON file: the fields of Account, and optionally `limits` with some of those of Limits.

    Raises ConfigError naming all mistakes at once.
    """
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path.name}: {error}") from error
    if not isinstance(document, dict):
        raise ConfigError(f"{path.name}: not a JSON object")
    return read(document)


def read(document: Mapping[str, Any]) -> tuple[Account, Limits]:
    """Check the document of `load`. Raises ConfigError."""
    stated = {"mode": "safe", **document}
    limits, wrong_limits = read_limits(stated.pop("limits", {}))
    optional = {name: stated.pop(name) for name in _OPTIONAL if name in stated}
    wrong = [f"{name}: unknown" for name in stated if name not in _SHAPES]
    wrong += [
        f"{name}: missing or malformed (expected {shape})"
        for name, shape in _SHAPES.items()
        if not isinstance(stated.get(name), str) or not re.fullmatch(shape, stated[name])
    ]
    parsed: dict[str, Any] = {}
    for name, value in optional.items():
        try:
            parsed[name] = _OPTIONAL[name](value)
        except (ValueError, BadTemplate) as error:
            wrong.append(f"{name}: {error}")
    wrong += wrong_limits
    if wrong:
        raise ConfigError("\n".join(wrong))
    return Account(**{**stated, **parsed, "mode": Mode(stated["mode"])}), limits


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ValueError("not a list of texts")
    return tuple(value)


def _networks(value: object) -> tuple[str, ...]:
    for network in _texts(value):
        ipaddress.ip_network(network, strict=False)
    return _texts(value)


def _confirmation(value: object) -> int:
    if isinstance(value, bool) or value not in IP_CONFIRMATIONS:
        raise ValueError(f"one of {', '.join(map(str, IP_CONFIRMATIONS))}")
    return int(str(value))


def _templates(value: object) -> tuple[Template, ...]:
    if not isinstance(value, list):
        raise ValueError("not a list of templates")
    return tuple(template(item) for item in value)


_OPTIONAL: Mapping[str, Callable[[object], object]] = {
    "hosts": _texts,
    "ip_whitelist": _networks,
    "ip_confirmation": _confirmation,
    "unauthorized": _texts,
    "templates": _templates,
}
