"""What the sandbox is told: the account it plays, and every limit of the platform as a setting."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

HOUR = 3600
DAY = 24 * HOUR
MEGABYTE = 1024 * 1024


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


def _daily() -> Mapping[str, int]:
    return {
        "/cgi-bin/token": 2000,
        "/cgi-bin/stable_token": 500_000,
        "/cgi-bin/media/upload": 100_000,
        "/cgi-bin/media/get": 200_000,
        "/cgi-bin/message/custom/send": 500_000,
        "/cgi-bin/menu/create": 1000,
        "/cgi-bin/menu/get": 10_000,
        "/cgi-bin/menu/delete": 1000,
        "/cgi-bin/qrcode/create": 100_000,
        "/cgi-bin/user/info": 5_000_000,
        "/cgi-bin/user/get": 500,
    }


@dataclass(slots=True)
class Limits:
    """Every number of the platform. Durations in seconds, sizes in bytes; defaults as of a new verified account.

    Not frozen: `POST /sandbox/limits` changes it while the sandbox runs, so read a limit when it is needed.
    """

    reply_cut: float = 5.0
    """A push unanswered for so long is dropped."""
    tries: int = 3
    """Deliveries of one push in all."""
    failure_pause: float = 1.0
    """Between a refused connection or an HTTP error and the next try."""
    reply_text: int = 2048
    reply_articles: int = 1
    """In an answer to a message; `event_articles` in an answer to an event."""
    event_articles: int = 8

    message_credits: int = 5
    message_window: float = 48 * HOUR
    click_credits: int = 3
    click_window: float = 60
    follow_credits: int = 3
    follow_window: float = 60
    scan_credits: int = 3
    scan_window: float = 60
    custom_text: int = 2048
    custom_articles: int = 1
    typing_window: float = 30
    typing_shown: float = 15

    token_life: int = 2 * HOUR
    token_overlap: int = 300
    """So long the token replaced last by /token stays usable."""
    stable_renew_before: int = 300
    force_per_day: int = 20
    force_interval: float = 30

    media_life: float = 3 * DAY
    image_bytes: int = 10 * MEGABYTE
    voice_bytes: int = 2 * MEGABYTE
    video_bytes: int = 10 * MEGABYTE
    thumb_bytes: int = 64 * 1024

    qr_default: int = 60
    qr_longest: int = 30 * DAY
    scene_length: int = 64

    menu_buttons: int = 3
    menu_sub_buttons: int = 5
    menu_name: int = 16
    menu_sub_name: int = 60
    menu_key: int = 128
    menu_url: int = 1024

    clears_per_month: int = 10
    calls_kept: int = 5000
    """Entries of the call record; older ones are forgotten, counts are not."""
    daily: Mapping[str, int] = field(default_factory=_daily)
    """Calls a day by path; paths that are not named are not limited."""

    late_answers: int = 0
    """1: a connection past the cut stays open, and its answer counts while a later try of the push waits."""
    call_bytes: int = 32 * 1024
    """So much of each text of a call is kept in the record."""
    record_bytes: int = 64 * MEGABYTE
    """So much the record of calls holds in all."""


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
    limits = stated.pop("limits", {})
    wrong = [f"{name}: unknown" for name in stated if name not in _SHAPES]
    wrong += [
        f"{name}: missing or malformed (expected {shape})"
        for name, shape in _SHAPES.items()
        if not isinstance(stated.get(name), str) or not re.fullmatch(shape, stated[name])
    ]
    wrong += _wrong_limits(limits)
    if wrong:
        raise ConfigError("\n".join(wrong))
    daily = {**_daily(), **limits.get("daily", {})}
    return Account(**{**stated, "mode": Mode(stated["mode"])}), Limits(**{**limits, "daily": daily})


def _wrong_limits(limits: object) -> list[str]:
    if not isinstance(limits, dict):
        return ["limits: not an object"]
    known = {item.name for item in fields(Limits)}
    wrong = [f"limits.{name}: unknown" for name in limits if name not in known]
    numbers = {**limits, **_object(limits.get("daily", {}))}
    numbers.pop("daily", None)
    return wrong + [
        f"limits.{name}: not a number of zero or more"
        for name, value in numbers.items()
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0
    ]


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {"daily (an object of path to number)": value}
