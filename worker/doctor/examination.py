"""All checks of an installation, in the order in which they are read: from this machine to the platform."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit

from redis import Redis

from channel.clock import Clock, clock_for
from channel.inspector import Answer, Inspector, Silent
from channel.notices import parse as parse_template
from domain.budgets import parse
from settings import Settings
from store.connection import connect
from store.keys import Keys
from store.quota import Quota
from store.streams import Streams
from worker.doctor import account, clocks, configuration, database, machine, owner, quotas, templates, waiting, webhook
from worker.doctor.checks import Check
from worker.doctor.findings import Finding, unknown
from worker.running.engine import MARKER

REDIS_SECONDS = 3.0
_DATABASE, _QUEUES = ("REDIS_URL",), ("REDIS_URL", "QUEUE_REDIS_URL")
_PLATFORM = ("WECHAT_API_BASE", "WECHAT_APP_ID", "WECHAT_APP_SECRET")


def checks_of(told: Settings) -> list[Check]:
    """Everything there is to look at; nothing is connected before a check runs."""
    return [*_here(told), *_database(told), *_queues(told), *_webhook(told), *_platform(told)]


def _here(told: Settings) -> list[Check]:
    def files() -> Iterable[Finding]:
        paths = configuration.secret_files(told.data_dir)
        return configuration.judge_secret_files({path: path.stat().st_mode & 0o777 for path in paths})

    def folder() -> Iterable[Finding]:
        return machine.judge_folder(machine.look_at_folder(told.data_dir))

    return [
        Check("settings.files", files, ("DATA_DIR",)),
        Check("machine.python", machine.look_at_python),
        Check("machine.zones", machine.look_at_zones),
        Check("machine.folder", folder, ("DATA_DIR",)),
        Check("picture.code", machine.look_at_picture),
    ]


def _database(told: Settings) -> list[Check]:
    redis = _lazily(told.redis_url)

    def servers() -> Iterable[Finding]:
        return [finding for server in database.readings(redis()) for finding in database.judge(server, told)]

    def room() -> Iterable[Finding]:
        free, file = machine.look_at_folder(told.data_dir).free, redis().info("persistence")["aof_current_size"]
        return [machine.judge_rewrite(free, int(file))]

    return [
        Check("redis.answer", lambda: database.look_at_answer("redis.answer", redis, "REDIS_URL"), _DATABASE),
        Check("redis.server", servers, (*_DATABASE, "DURABILITY")),
        *([Check("redis.room", room, _DATABASE)] if (told.data_dir / "redis" / MARKER).exists() else []),
        Check("redis.owner", lambda: owner.look_at(redis(), told), (*_DATABASE, "PID_KEY", "IDENTITY_KEY")),
        Check("clock.redis", lambda: [clocks.against_database(clocks.ahead_of_database(redis()))], _DATABASE),
    ]


def _queues(told: Settings) -> list[Check]:
    redis, queues, keys = _lazily(told.redis_url), _lazily(told.queue_url), Keys()

    def lines() -> Iterable[Finding]:
        return [finding for line in waiting.look_at_lines(queues()) for finding in waiting.judge_line(line)]

    def streams() -> Iterable[Finding]:
        now = float(redis().time()[0])
        waits = waiting.look_at_streams(Streams(redis(), keys), now)
        return [waiting.judge_stream(name, oldest) for name, oldest in waits.items()]

    def given_up() -> Iterable[Finding]:
        return waiting.judge_given_up(waiting.look_at_given_up(redis(), keys, float(redis().time()[0])))

    def answer() -> Iterable[Finding]:
        return database.look_at_answer("queue.answer", queues, "QUEUE_REDIS_URL")

    return [
        *([Check("queue.answer", answer, _QUEUES)] if told.queue_redis_url else []),
        Check("queue.workers", lines, _QUEUES),
        Check("queue.streams", streams, _DATABASE),
        Check("queue.clock", lambda: [waiting.judge_leader(waiting.look_at_leader(redis(), keys))], _DATABASE),
        Check("queue.parked", given_up, _DATABASE),
    ]


def _webhook(told: Settings) -> list[Check]:
    def echoes() -> Iterable[Finding]:
        now = _clock(told).now()
        return webhook.judge_echoes(webhook.ask(f"{told.public_url}/wechat", told.wechat_token, now))

    def health() -> Iterable[Finding]:
        return [webhook.judge_health(webhook.get(f"{told.public_url}/healthz"))]

    def certificate() -> Iterable[Finding]:
        try:
            return [webhook.judge_certificate(webhook.certificate_days(host, public.port or 443, datetime.now(UTC)))]
        except OSError as error:
            return [unknown("webhook.certificate", f"连不上 · cannot be reached ({type(error).__name__})")]

    public = urlsplit(told.public_url)
    host = public.hostname or ""
    secured = [Check("webhook.certificate", certificate, ("PUBLIC_URL",))] if public.scheme == "https" else []
    return [
        *secured,
        Check("webhook.reachable", health, ("PUBLIC_URL",)),
        Check("webhook.signed", echoes, ("PUBLIC_URL", "WECHAT_TOKEN", "SANDBOX")),
    ]


def _platform(told: Settings) -> list[Check]:
    inspector = Inspector(told.wechat_api_base, told.wechat_app_id, told.wechat_app_secret)
    redis, keys = _lazily(told.redis_url), Keys()

    def asked(about: str, path: str, judge: Callable[[Answer], Finding], body: dict[str, str] | None = None) -> Check:
        return Check(
            about, lambda: _with_token(inspector, about, lambda: [judge(inspector.ask(path, body))]), _PLATFORM
        )

    def pause() -> Iterable[Finding]:
        left, refused = redis().ttl(keys.token_part("closed")), redis().get(keys.token_part("storm"))
        return [account.judge_pause(int(left), int(refused or 0))]

    def left() -> Iterable[Finding]:
        budgets = parse(told.wechat_budgets)
        ledger = Quota(redis(), keys, budgets, _clock(told).now)
        ours = {usage.path: usage.today for usage in ledger.usages()}
        return _with_token(inspector, "platform.quota", lambda: quotas.judge(quotas.look_at(inspector), budgets, ours))

    def date() -> Iterable[Finding]:
        return [clocks.against_platform(inspector.token().date, datetime.now(UTC))]

    def token() -> Iterable[Finding]:
        try:
            return [account.judge_token(inspector.token())]
        except Silent as silence:
            return [account.judge_silence(silence)]

    def notices(setting: str, value: str, kind: templates.Kind) -> Check:
        def look() -> Iterable[Finding]:
            wanted = parse_template(value) if value else None
            answer = inspector.ask(kind.path) if wanted else Answer({})
            names = (wanted.id, wanted.keywords) if wanted else ("", {})
            return [templates.judge(setting, *names, kind, answer)]

        about = templates.about(setting)
        return Check(about, lambda: _with_token(inspector, about, look), (*_PLATFORM, setting))

    everything = {"action": "all", "check_operator": "DEFAULT"}
    return [
        Check("platform.token", token, _PLATFORM),
        Check("platform.calls", pause, _DATABASE),
        asked("platform.callback", account.CALLBACK, account.judge_callback, everything),
        asked("platform.menu", account.MENU_PATH, lambda answer: account.judge_menu(answer, told.public_url)),
        notices("WECHAT_REMINDER_TEMPLATE", told.wechat_reminder_template, templates.LONG_TERM),
        notices("WECHAT_NOTICE_TEMPLATE", told.wechat_notice_template, templates.SERVICE),
        Check("platform.quota", left, (*_PLATFORM, *_DATABASE, "WECHAT_BUDGETS")),
        Check("clock.platform", date, _PLATFORM),
    ]


def _with_token(inspector: Inspector, about: str, look: Callable[[], Iterable[Finding]]) -> Iterable[Finding]:
    if "access_token" in inspector.token().body:
        return look()
    return [unknown(about, "没有令牌，未检查 · not looked at, for there is no token")]


def _clock(told: Settings) -> Clock:
    """The clock that the house obeys, set."""
    clock = clock_for(told.sandbox)
    clock.start()
    return clock


def _lazily(url: str) -> Callable[[], Redis]:
    """A client at the first use: of a cluster it asks at once."""
    return cache(lambda: connect(url, socket_timeout=REDIS_SECONDS))
