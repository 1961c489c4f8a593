"""The wiring of a worker process, once: settings to repositories to drains."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from redis import Redis

from channel.adapters import Adapters
from channel.clock import Clock, clock_for
from channel.platform import Platform
from settings import Settings, load
from store.accounts import Accounts
from store.appeals import Appeals
from store.audit import Audit
from store.cards import CardNumbers
from store.connection import connect
from store.due import Due
from store.keys import Keys, lane_of, shard_of_pid
from store.lists import Lists
from store.people import People
from store.proposals import Proposals
from store.rosters import Rosters
from store.sealing import Vault
from store.sms import SmsLimit, sms_code
from store.staff import StaffRegistry
from store.streams import Streams
from store.tasks import Tasks
from store.tokens import Tokens
from store.views import Views
from store.wards import Wards
from store.world import Worlds, WorldWatch
from worker.apply import Moment
from worker.deliver import Deliverer
from worker.evidence import Evidence
from worker.follow import Follower
from worker.queues import SETTLE, Waker
from worker.send import Sender, Signer
from worker.settle import Settler


@dataclass(frozen=True)
class Context:
    """Everything that a job or a command of the workers may use."""

    settings: Settings
    redis: Redis
    queue_redis: Redis
    keys: Keys
    vault: Vault
    clock: Clock
    watch: WorldWatch
    accounts: Accounts
    people: People
    views: Views
    streams: Streams
    rosters: Rosters
    tasks: Tasks
    worlds: Worlds
    waker: Waker
    staff: StaffRegistry
    proposals: Proposals
    lists: Lists
    wards: Wards
    audit: Audit
    due: Due
    appeals: Appeals
    cards: CardNumbers

    @property
    def audit_folder(self) -> Path:
        """Where the audit's files are written."""
        return self.settings.data_dir / "audit"

    @property
    def lanes(self) -> int:
        return self.settings.settle_lanes

    def moment(self) -> Moment:
        return Moment(self.clock.now(), self.watch.current, bool(self.settings.identity_url))

    def changed(self, pid: bytes) -> None:
        """This person was written outside settle: wake the lane that drains what follows."""
        self.waker.wake(SETTLE, lane_of(shard_of_pid(pid), self.lanes))

    def settler(self) -> Settler:
        return Settler(self.accounts, self.people, self.streams, self.vault, self.moment)

    def follower(self) -> Follower:
        return Follower(self.redis, self.keys, self.people, self.streams, self.vault, self.moment)

    def platform(self) -> Platform:
        s = self.settings
        return Platform(s.wechat_api_base, s.wechat_app_id, s.wechat_app_secret, Tokens(self.redis, self.keys))

    def deliverer(self) -> Deliverer:
        s = self.settings
        platform = self.platform()
        sender = Sender(
            self.accounts,
            self.views,
            self.people,
            self.vault,
            platform,
            Adapters(s.sms_url, s.identity_url, s.adapter_key),
            Signer.of(s),
            SmsLimit(self.redis, self.keys, s.pid_key),
            partial(sms_code, s.secret_key),
            self.moment,
            self.changed,
            Evidence(self.people, self.appeals, platform),
        )
        return Deliverer(self.streams, sender)


def build(settings: Settings) -> Context:
    """A context for these settings; nothing is connected before it is used."""
    data, queue = connect(settings.redis_url), connect(settings.queue_url, socket_timeout=90)
    keys, vault = Keys(), Vault(settings.identity_key)
    worlds = Worlds(data, keys)
    return Context(
        settings,
        data,
        queue,
        keys,
        vault,
        clock_for(settings.sandbox),
        WorldWatch(worlds),
        Accounts(data, keys, vault),
        People(data, keys, vault),
        Views(data, keys, vault),
        Streams(data, keys),
        Rosters(data, keys),
        Tasks(data, keys),
        worlds,
        Waker(queue, keys),
        StaffRegistry(data, keys, vault),
        Proposals(data, keys, vault),
        Lists(data, keys, vault),
        Wards(data, keys),
        Audit(data, keys),
        Due(data, keys),
        Appeals(data, keys, vault),
        CardNumbers(data, keys, vault),
    )


@cache
def context() -> Context:
    """The one of this process, made at the first use: in a worker that is after any fork."""
    made = build(load())
    made.clock.start()
    made.watch.start()
    return made
