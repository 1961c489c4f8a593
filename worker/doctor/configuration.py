"""The settings: what is wrong with them, all at once; who may read them; and what they mean for residents."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from settings import ENV_FILE, LIVE_FILE, NAMES, BadSettings, Settings, reading
from settings.shapes import on_loopback
from worker.doctor.findings import Finding, failure, sound, warning

_KEY = "A" * 43
_STAND_INS = {
    "WECHAT_APP_ID": f"wx{'0' * 16}",
    "WECHAT_APP_SECRET": "0" * 32,
    "WECHAT_TOKEN": "000",
    "WECHAT_AES_KEY": _KEY,
    "WECHAT_ORIGINAL_ID": f"gh_{'0' * 12}",
    "REDIS_URL": "redis://127.0.0.1:0",
    "PUBLIC_URL": "http://127.0.0.1:0",
    "SECRET_KEY": _KEY,
    "PID_KEY": _KEY,
    "IDENTITY_KEY": _KEY,
    "HANDLE_KEY": _KEY,
    "CODE_SIGNING_KEY": _KEY,
}
"""In the place of what is wrong, so that the rest can be looked at; a check that needs it is not run."""


@dataclass(frozen=True, slots=True)
class Read:
    """Settings that can be used but for those in `wrong`, and the problems in the words of `settings`."""

    settings: Settings
    wrong: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()


def read(values: Mapping[str, str] | None = None) -> Read:
    """The settings of this installation, or as much of them as is sound. `values`: by name, for tests."""
    try:
        given = dict(reading.found() if values is None else values)
    except BadSettings as error:
        # A file that cannot be read: which settings it held is not known.
        return Read(reading.load(_STAND_INS), frozenset(NAMES), error.problems)
    try:
        return Read(reading.load(given))
    except BadSettings as error:
        wrong = {problem.partition(":")[0].removesuffix("_FILE") for problem in error.problems}
        good = {name: value for name, value in given.items() if name not in wrong}
        return Read(_mended(good), frozenset(wrong), error.problems)


def _mended(good: Mapping[str, str]) -> Settings:
    """Settings that need one another are left out together."""
    try:
        return reading.load({**_STAND_INS, **good})
    except BadSettings:
        pairs = ("SMS_URL", "IDENTITY_URL", "UPSTREAM_URL", "QUEUE_REDIS_URL")
        queue = {"QUEUE_REDIS_URL": _STAND_INS["REDIS_URL"]}
        return reading.load({**_STAND_INS, **{name: good[name] for name in good if name not in pairs}, **queue})


def judge(read: Read) -> Iterable[Finding]:
    """One finding a problem, or one that there is none; then what is allowed and not wise."""
    for problem in read.problems:
        name, _, what = problem.partition(": ")
        yield failure(
            f"settings.{name.lower()}",
            what,
            "服务不会启动 · the service does not start",
            f"在环境变量或 .env 中改正 {name} · set {name} right in the environment or in .env",
        )
    if not read.problems:
        yield sound("settings.values", f"{len(NAMES)} 项均有效 · all are valid")
    yield from _mode(read.settings, read.wrong)
    yield from _public(read.settings, read.wrong)


def _mode(told: Settings, wrong: frozenset[str]) -> Iterable[Finding]:
    if "WECHAT_MODE" in wrong:
        return
    if told.wechat_mode == "safe":
        yield sound("settings.mode", "安全模式 · safe mode")
        return
    yield warning(
        "settings.mode",
        f"WECHAT_MODE={told.wechat_mode}",
        "签名不覆盖正文，消息在途中可被改写 · the signature does not cover the body: a push can be altered on its way",
        "在公众平台选「安全模式」，再删去 WECHAT_MODE · choose 安全模式 on its page, then remove WECHAT_MODE",
    )


def _public(told: Settings, wrong: frozenset[str]) -> Iterable[Finding]:
    if "PUBLIC_URL" in wrong:
        return
    if not told.sandbox and on_loopback(urlsplit(told.public_url).hostname or ""):
        yield failure(
            "settings.public",
            "PUBLIC_URL 指向本机 · PUBLIC_URL names this very machine",
            "平台和居民都到不了 · neither the platform nor residents get here",
            "设为对外的 https 网址 · set it to the https address that the outside world uses",
        )
    else:
        yield sound("settings.public", "沙盒 · a sandbox" if told.sandbox else "PUBLIC_URL 是 https · is https")


# --- files that hold secrets ------------------------------------------------------------------------------------------


def secret_files(data_dir: Path, environ: Mapping[str, str] = os.environ, env_file: Path = ENV_FILE) -> list[Path]:
    """The files with secrets that are there: `.env`, what `NAME_FILE` names, what the house keeps in DATA_DIR."""
    named = [Path(environ[f"{name}_FILE"]) for name in NAMES if environ.get(f"{name}_FILE")]
    kept = [data_dir / "keys.env", data_dir / LIVE_FILE, data_dir / "redis" / "password"]
    kept += [data_dir / "redis" / "valkey.conf", data_dir / "sandbox" / "account.json"]
    return [path for path in (env_file, *named, *kept) if path.is_file()]


def judge_secret_files(modes: Mapping[Path, int]) -> Iterable[Finding]:
    """`modes`: permission bits by file."""
    open_to_others = sorted(str(path) for path, mode in modes.items() if mode & 0o077)
    if open_to_others:
        files = " ".join(f"'{path}'" for path in open_to_others)
        yield failure(
            "settings.files",
            f"{len(open_to_others)} 个密钥文件可被他人读取 · files with secrets that others may read",
            "同机的其他用户能读到密钥 · other users of this machine can read the keys",
            f"chmod 600 {files}",
        )
    else:
        yield sound("settings.files", f"{len(modes)} 个密钥文件仅本人可读 · files with secrets are private")
