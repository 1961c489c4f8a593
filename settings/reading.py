"""Reading the settings: what lies over what, and everything that is wrong at once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import DotEnvSettingsSource

from settings import ENV_FILE, LIVE_FILE, LOCK_FILE, NAMES, PROJECT, BadSettings, Settings


def given(environ: Mapping[str, str] | None = None, env_file: Path | None = None) -> dict[str, str]:
    """What is set, by name and unchecked: `environ` (by default the process's) over `env_file`.

    In each, `NAME`, or what is in the file that `NAME_FILE` names; `NAME=` hides what lies below. Raises BadSettings.
    """
    above = os.environ if environ is None else environ
    return _merged(read_env_file(env_file) if env_file else {}, above)


def load(environ: Mapping[str, str] | None = None, env_file: Path | None = None) -> Settings:
    """The settings, checked. Without arguments: the environment, over the house that runs now, over `.env`.

    Raises BadSettings, which names everything that is wrong at once.
    """
    values = found() if environ is None and env_file is None else given(environ, env_file)
    problems = _missing_together(values)
    try:
        settings = Settings.model_validate({name.lower(): value for name, value in values.items()})
    except ValidationError as error:
        raise BadSettings(sorted([*problems, *map(_problem_of, error.errors(include_input=False))])) from None
    if problems:
        raise BadSettings(problems)
    return settings


def found() -> dict[str, str]:
    """What a command typed here is set to, unchecked: the environment, over the house that runs now, over `.env`.

    Raises BadSettings.
    """
    folder = given(env_file=ENV_FILE).get("DATA_DIR", "data")
    return _merged(read_env_file(ENV_FILE), _live(PROJECT / Path(folder).expanduser()), os.environ)


def _merged(*layers: Mapping[str, str]) -> dict[str, str]:
    problems: list[str] = []
    merged: dict[str, str] = {}
    for layer in layers:
        merged |= _layer(layer, problems)
    if problems:
        raise BadSettings(problems)
    return {name: value for name, value in merged.items() if value}


def _live(folder: Path) -> dict[str, str]:
    """What the supervisor of `folder` generated, if it runs: then it holds the lock."""
    try:
        with (folder / LOCK_FILE).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return read_env_file(folder / LIVE_FILE)
    except OSError:
        pass
    return {}


def _missing_together(values: Mapping[str, str]) -> list[str]:
    problems = []
    if (values.get("SMS_URL") or values.get("IDENTITY_URL")) and not values.get("ADAPTER_KEY"):
        chinese, english = "设置了 SMS_URL 或 IDENTITY_URL 时必填", "is needed with SMS_URL or IDENTITY_URL"
        problems.append(_problem("ADAPTER_KEY", chinese, english))
    if values.get("UPSTREAM_URL") and not values.get("UPSTREAM_KEY"):
        problems.append(_problem("UPSTREAM_KEY", "设置了 UPSTREAM_URL 时必填", "is needed with UPSTREAM_URL"))
    queue = values.get("QUEUE_REDIS_URL") or values.get("REDIS_URL", "")
    if queue.startswith("redis+cluster:"):
        chinese, english = "队列不能放在 Cluster 上", "must be set and no cluster: RQ does not run on one"
        problems.append(_problem("QUEUE_REDIS_URL", chinese, english))
    return problems


def _layer(source: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    found = {name: source[name].strip() for name in NAMES if name in source}
    for name in NAMES:
        path = source.get(f"{name}_FILE")
        if not path:
            continue
        if found.get(name):
            problems.append(_problem(name, f"与 {name}_FILE 只能设一个", f"is set, and so is {name}_FILE"))
        try:
            found[name] = Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            problems.append(_problem(f"{name}_FILE", "所指的文件读不了", "names a file that cannot be read"))
    return found


def surroundings() -> dict[str, str]:
    """The process's environment without any setting: what a child of the supervisor is started with."""
    ours = {*NAMES, *(f"{name}_FILE" for name in NAMES)}
    return {name: value for name, value in os.environ.items() if name not in ours}


def read_env_file(path: Path) -> dict[str, str]:
    """The lines `NAME=value` of a file; none if it does not exist. Raises BadSettings when it cannot be read."""
    try:
        source = DotEnvSettingsSource(Settings, env_file=path, case_sensitive=True)
    except (OSError, UnicodeDecodeError):
        raise BadSettings([f"{path.name}: 读不了 · cannot be read"]) from None
    return {name: value or "" for name, value in source.env_vars.items()}


def _problem(name: str, chinese: str, english: str) -> str:
    example = (Settings.model_fields[name.removesuffix("_FILE").lower()].examples or [""])[0]
    return f"{name}: {chinese} · {english} (e.g. {example})"


def _problem_of(error: Any) -> str:
    name = str(error["loc"][0]).upper()
    if error["type"] == "missing":
        return _problem(name, "没有设置", "is not set")
    told = error.get("ctx", {})
    return _problem(name, told.get("chinese", "格式不对"), told.get("english", "is malformed"))
