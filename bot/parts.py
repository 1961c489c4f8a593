"""What several capabilities of the web process share: the clients, the repositories and the keys, made once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from redis import Redis

from bot import code_page
from bot.conversation import Conversations
from channel import notices
from channel.clock import Clock
from channel.platform import Client, Platform
from domain import budgets
from domain.keyring import Keyring, keyring
from settings import Settings
from store.accounts import Accounts
from store.connection import connect
from store.keys import Keys, lane_of
from store.people import People
from store.quota import Quota
from store.sealing import Vault
from store.sms import sms_code
from store.tokens import Tickets, Tokens
from store.world import Worlds, WorldWatch
from worker import context, wiring
from worker.delivery.codes import Signer
from worker.queues import Waker, WakerThread

REDIS_SECONDS = 0.4
"""Per trip; a message makes two, so the platform hears within 0.8 s that Redis is away."""


@dataclass(frozen=True)
class Parts:
    """Nothing is connected before it is used; the world's thread runs."""

    settings: Settings
    clock: Clock
    redis: Redis
    queue: Redis
    keys: Keys
    vault: Vault
    quota: Quota
    watch: WorldWatch

    @classmethod
    def build(cls, settings: Settings, clock: Clock) -> Parts:
        redis, queue = (connect(url, socket_timeout=REDIS_SECONDS) for url in (settings.redis_url, settings.queue_url))
        keys = Keys()
        quota = Quota(redis, keys, budgets.parse(settings.wechat_budgets), clock.now)
        watch = WorldWatch(Worlds(redis, keys), quota)
        clock.start()
        watch.start()
        return cls(settings, clock, redis, queue, keys, Vault(settings.identity_key), quota, watch)

    @cached_property
    def context(self) -> context.Context:
        """What commands and jobs use, for pages of the staff: its clients wait longer than the webhook may."""
        return replace(wiring.build(self.settings), clock=self.clock, watch=self.watch)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(self.redis, self.keys, self.vault, self.settings.replicas)

    @cached_property
    def people(self) -> People:
        return People(self.redis, self.keys, self.vault)

    @cached_property
    def wakes(self) -> Waker:
        return Waker(self.queue, self.keys)

    @cached_property
    def signing_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.settings.code_signing_key)

    @cached_property
    def public_keys(self) -> Keyring:
        return keyring(self.signing_key, self.settings.code_keys_previous)

    @cached_property
    def signer(self) -> Signer:
        return Signer(self.signing_key, self.settings.handle_key, self.settings.public_url)

    @cached_property
    def seals(self) -> code_page.Seals:
        return code_page.Seals(self.settings.secret_key)

    @cached_property
    def reminder(self) -> str:
        """Id of the long-term notice for reminders, or empty."""
        template = self.settings.wechat_reminder_template
        return notices.parse(template).id if template else ""

    @cached_property
    def platform(self) -> Platform:
        s = self.settings
        tokens = Tokens(self.redis, self.keys)
        return Platform(Client(s.wechat_api_base, s.wechat_app_id, s.wechat_app_secret, tokens, self.quota))

    def ticket(self) -> str | None:
        """What pages are signed with, if there is one."""
        return Tickets(self.redis, self.keys).get(self.platform.jsapi_ticket)

    @cached_property
    def conversations(self) -> Conversations:
        s, waker = self.settings, WakerThread(self.wakes)
        return Conversations(
            self.accounts,
            self.clock,
            lambda: self.watch.current,
            lambda: self.watch.telephones,
            lambda shard: waker.wake(lane_of(shard, s.settle_lanes)),
            bool(s.sms_url),
            partial(sms_code, s.secret_key),
            s.pid_key,
            self.signer,
            lambda: self.watch.uploads_low,
            self.reminder,
            f"{s.public_url}/subscribe",
            lambda openid, now: f"{s.public_url}/code?k={self.seals.link(openid, now)}",
        )
