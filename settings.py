"""Every setting of the house, and the only reader of the environment. `python -m settings` prints the table."""

from __future__ import annotations

import base64
import binascii
import fcntl
import ipaddress
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from channel import notices
from domain import budgets

PROJECT = Path(__file__).resolve().parent
"""The folder of the project: `.env` and a relative `DATA_DIR` are looked for here."""
ENV_FILE = PROJECT / ".env"
LIVE_FILE, LOCK_FILE = "live.env", "house.lock"
"""In `DATA_DIR` while a house runs: what its supervisor generated, so that a command typed beside it finds it."""
KEY_BYTES = 32


class BadSettings(Exception):
    """Everything that is wrong with the settings, one line each. Never holds a value, for it may be a secret."""

    def __init__(self, problems: list[str]) -> None:
        """`problems`: lines of name, what is wrong (Chinese and English) and an example."""
        self.problems = tuple(problems)
        super().__init__("\n  ".join(("配置有误 · The settings are wrong:", *problems)))


# --- shapes: what a value must look like ------------------------------------------------------------------------------


def _wrong(chinese: str, english: str) -> PydanticCustomError:
    return PydanticCustomError("wrong", "{chinese} · {english}", {"chinese": chinese, "english": english})


def _text(pattern: str, chinese: str, english: str) -> AfterValidator:
    def check(value: str) -> str:
        if re.fullmatch(pattern, value) is None:
            raise _wrong(chinese, english)
        return value

    return AfterValidator(check)


def _whole(low: int, high: int) -> BeforeValidator:
    def check(value: str | int) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", str(value)) or not low <= int(value) <= high:
            raise _wrong(f"应为 {low}–{high} 的整数", f"must be a whole number, {low} to {high}")
        return int(value)

    return BeforeValidator(check)


def _key(value: str) -> bytes:
    try:
        key = base64.b64decode(value.strip() + "=" * (-len(value.strip()) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise _wrong("应为 32 个随机字节的 base64url", "must be 32 random bytes in base64url")
    return key


def _keys(value: str) -> tuple[bytes, ...]:
    keys = tuple(_key(part) for part in value.split(","))
    if len(set(keys)) != len(keys):
        raise _wrong("同一密钥出现了两次", "names the same key twice")
    return keys


def on_loopback(host: str) -> bool:
    """Whether a host name or address of a URL is this very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _web_url(value: str) -> str:
    try:
        url = urlsplit(value)
        host, _port = url.hostname or "", url.port
    except ValueError:
        raise _wrong("不是有效网址", "is not a URL") from None
    if url.scheme not in ("http", "https") or not host or url.query or url.fragment or url.username:
        raise _wrong("应为 http(s) 网址，不带参数", "must be an http(s) URL without query, fragment or user")
    if url.scheme == "http" and not on_loopback(host):
        raise _wrong("除本机外必须使用 https", "must be https, except on loopback")
    return value.rstrip("/")


def _template(value: str) -> str:
    try:
        notices.parse(value)
    except notices.BadTemplate as wrong:
        raise _wrong(wrong.chinese, wrong.english) from None
    return value


def _budgets(value: str) -> str:
    try:
        budgets.parse(value)
    except budgets.BadBudget as wrong:
        paths = " ".join(path.removeprefix("/cgi-bin/") for path in budgets.GRANTED)
        chinese = f"第 {wrong.number} 项应为 接口=次数，接口为 {paths} 之一"
        raise _wrong(chinese, f"part {wrong.number} must be path=calls with one of these paths") from None
    return value


AppId = Annotated[str, _text(r"wx[0-9a-f]{16}", "应为 wx 加 16 位十六进制", "must be wx and 16 lowercase hex digits")]
AppSecret = Annotated[str, _text(r"[0-9A-Za-z]{32}", "应为 32 位字母或数字", "must be 32 letters or digits")]
Token = Annotated[str, _text(r"[0-9A-Za-z]{3,32}", "应为 3–32 位字母或数字", "must be 3 to 32 letters or digits")]
AesKey = Annotated[str, _text(r"[0-9A-Za-z]{43}", "应为 43 位字母或数字", "must be 43 letters or digits")]
OriginalId = Annotated[
    str,
    _text(
        r"gh_[0-9a-f]{12}", "应为 gh_ 加 12 位十六进制（不是 AppID）", "must be gh_ and 12 hex digits (not the AppID)"
    ),
]
Bearer = Annotated[str, _text(r"[!-~]{8,256}", "应为 8–256 个可见字符", "must be 8 to 256 visible ASCII characters")]
Mode = Annotated[
    str, _text(r"safe|compatible|plain", "应为 safe、compatible 或 plain", "must be safe, compatible or plain")
]
HostName = Annotated[str, _text(r"[0-9A-Za-z.:\-]+", "应为主机名或地址", "must be a host name or an address")]
Durable = Annotated[
    str,
    _text(
        r"fsync|everysec|replicas:[1-9]", "应为 fsync、everysec 或 replicas:N", "must be fsync, everysec or replicas:N"
    ),
]
RedisUrl = Annotated[
    str,
    _text(
        r"(rediss?|redis\+cluster)://[^\s/]+(/\d*)?|redis\+sentinel://[^\s/]+/[^\s/]+(/\d+)?",
        "应以 redis://、redis+sentinel:// 或 redis+cluster:// 开头",
        "must be redis://host:port/0, redis+sentinel://host:port,…/master or redis+cluster://host:port,…",
    ),
]
Budgets = Annotated[str, AfterValidator(_budgets)]
Template = Annotated[str, AfterValidator(_template)]
Key = Annotated[bytes, BeforeValidator(_key)]
Keys = Annotated[tuple[bytes, ...], BeforeValidator(_keys)]
WebUrl = Annotated[str, AfterValidator(_web_url)]
Folder = Annotated[Path, AfterValidator(lambda path: PROJECT / path.expanduser())]


def _setting(help_line: str, example: str, *, default: Any = ..., secret: bool = False) -> Any:
    return Field(default, description=help_line, examples=[example], repr=not secret)


_KEY, _AES, _SANDBOX = "`python -m settings key` prints one", "43 letters or digits", "http://127.0.0.1:8081"
_TEMPLATE = "43 characters;thing1=what;time2=when;thing3=advice"
_API, _MP = "https://api.weixin.qq.com", "https://mp.weixin.qq.com"


class Settings(BaseSettings):
    """The settings, checked. A field is its name in lower case; keys are bytes; URLs end without `/`; no value is ""
    but where the default is: then the thing is left out.
    """

    model_config = SettingsConfigDict(frozen=True, extra="forbid", validate_default=False)

    wechat_app_id: AppId = _setting("AppID of the official account", "wx5823bf96d3bd56c7")
    wechat_app_secret: AppSecret = _setting("its AppSecret", "32 letters or digits", secret=True)
    wechat_token: Token = _setting("Token of the account's server configuration", "3 to 32 letters", secret=True)
    wechat_aes_key: AesKey = _setting("EncodingAESKey of the same page", _AES, secret=True)
    wechat_aes_key_previous: AesKey = _setting(
        "the EncodingAESKey before the last change", _AES, default="", secret=True
    )
    wechat_original_id: OriginalId = _setting("original id of the account", "gh_0123456789ab")
    wechat_mode: Mode = _setting("how pushes are protected: safe, compatible, plain", "safe", default="safe")
    wechat_api_base: WebUrl = _setting("the platform's API", _API, default=_API)
    wechat_mp_base: WebUrl = _setting("the platform's pages", _MP, default=_MP)
    wechat_reminder_template: Template = _setting(
        "long-term subscription notice for reminders: id and what each keyword says", _TEMPLATE, default=""
    )
    wechat_notice_template: Template = _setting(
        "template message for what concerns somebody's own record, as above", _TEMPLATE, default=""
    )
    metrics_key: Bearer = _setting(
        "bearer key of /metrics, which is for this machine alone without one",
        "8 to 256 characters",
        default="",
        secret=True,
    )
    wechat_budgets: Budgets = _setting(
        "calls a day that the platform grants, where they differ from a new account's",
        "media/upload=5000,message/custom/send=500000",
        default="",
    )
    sms_url: WebUrl = _setting("adapter that sends text messages", "https://sms.example.org/send", default="")
    identity_url: WebUrl = _setting("adapter that matches identities", "https://id.example.org/match", default="")
    adapter_key: Bearer = _setting("bearer key of both adapters", "8 to 256 characters", default="", secret=True)
    upstream_url: WebUrl = _setting("the upstream authority, if it is polled", "https://up.example.org", default="")
    upstream_key: Bearer = _setting(
        "bearer key between it and this house, both ways", "8 to 256 characters", default="", secret=True
    )
    redis_url: RedisUrl = _setting(
        "the database; `make run` and `make serve` bring one", "redis://h:6379/0", secret=True
    )
    queue_redis_url: RedisUrl = _setting("the queue's, if another", "redis://h:6380/0", default="", secret=True)
    public_url: WebUrl = _setting("where residents reach this house", "https://yima.example.org")
    host: HostName = _setting("address to listen on", "127.0.0.1", default="127.0.0.1")
    port: Annotated[int, _whole(1, 65535)] = _setting("port to listen on", "8080", default=8080)
    proxies: Annotated[int, _whole(0, 9)] = _setting(
        "proxies in front that add to X-Forwarded-For; whose address is limited depends on it", "1", default=0
    )
    data_dir: Folder = _setting("folder of database, logs, generated keys", "data", default=PROJECT / "data")
    secret_key: Key = _setting("derives the codes of text messages", _KEY, secret=True)
    pid_key: Key = _setting("finds a person by document; never changes", _KEY, secret=True)
    identity_key: Keys = _setting("encrypts identities; a list, the first encrypts", _KEY + "; k2,k1", secret=True)
    handle_key: Key = _setting("makes the daily handles in codes", _KEY, secret=True)
    code_signing_key: Key = _setting("Ed25519 seed that signs codes", _KEY, secret=True)
    code_keys_previous: Keys = _setting(
        "public keys of before, until their last codes expire; `python -m settings public` prints the present",
        "k2,k1",
        default=(),
    )
    settle_lanes: Annotated[int, _whole(1, 256)] = _setting("lanes that settle side by side", "8", default=8)
    durability: Durable = _setting("what an answer waits for: fsync, everysec, replicas:N", "fsync", default="fsync")
    sandbox: WebUrl = _setting("the stand-in for the platform, if any; its clock is obeyed", _SANDBOX, default="")

    @property
    def queue_url(self) -> str:
        """Where the queues live."""
        return self.queue_redis_url or self.redis_url

    @property
    def replicas(self) -> int:
        """How many replicas a commit waits for."""
        return int(self.durability.removeprefix("replicas:")) if self.durability.startswith("replicas:") else 0

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` hands over: it lays the sources over each other itself, for `NAME_FILE` and `NAME=`."""
        return (init_settings,)


NAMES = tuple(name.upper() for name in Settings.model_fields)


# --- reading ----------------------------------------------------------------------------------------------------------


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


def table() -> str:
    """The table of the settings in Markdown, as the README shows it."""
    rows = ["| name | default | what |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.default if not field.is_required() else "required"
        default = default.relative_to(PROJECT) if isinstance(default, Path) else default or ""
        rows.append(f"| `{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def new_key() -> str:
    """A fresh key: 32 random bytes in base64url."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode().rstrip("=")


def public_key() -> str:
    """What goes into CODE_KEYS_PREVIOUS when CODE_SIGNING_KEY is replaced. Raises BadSettings."""
    raw = Ed25519PrivateKey.from_private_bytes(load().code_signing_key).public_key().public_bytes_raw()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


if __name__ == "__main__":
    printed = {"key": new_key, "public": public_key}.get("".join(sys.argv[1:]), table)
    try:
        sys.stdout.write(printed() + "\n")
    except BadSettings as error:
        sys.exit(str(error))
