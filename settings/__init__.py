"""Every setting of the house. `settings.reading` is the only reader of the environment; `python -m settings` prints the
table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from settings.shapes import (
    AesKey,
    AppId,
    AppSecret,
    Bearer,
    Budgets,
    Durable,
    HostName,
    Key,
    Keys,
    Mode,
    OriginalId,
    RedisUrl,
    Template,
    Token,
    WebUrl,
    whole,
)

PROJECT = Path(__file__).resolve().parent.parent
"""The folder of the project: `.env` and a relative `DATA_DIR` are looked for here."""
ENV_FILE = PROJECT / ".env"
LIVE_FILE, LOCK_FILE = "live.env", "house.lock"
"""In `DATA_DIR` while a house runs: what its supervisor generated, so that a command typed beside it finds it."""


class BadSettings(Exception):
    """Everything that is wrong with the settings, one line each. Never holds a value, for it may be a secret."""

    def __init__(self, problems: list[str]) -> None:
        """`problems`: lines of name, what is wrong (Chinese and English) and an example."""
        self.problems = tuple(problems)
        super().__init__("\n  ".join(("配置有误 · The settings are wrong:", *problems)))


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
    port: Annotated[int, whole(1, 65535)] = _setting("port to listen on", "8080", default=8080)
    proxies: Annotated[int, whole(0, 9)] = _setting(
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
    settle_lanes: Annotated[int, whole(1, 256)] = _setting("lanes that settle side by side", "8", default=8)
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
