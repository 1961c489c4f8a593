"""The wiring of a worker process, once: settings to repositories to drains."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from redis import Redis

from channel import notices
from channel.adapters import Adapters
from channel.clock import Clock, clock_for
from channel.platform import Client, Platform
from domain import budgets
from domain.keyring import keyring
from settings import Settings, load
from store.accounts import Accounts
from store.aliases import Aliases
from store.appeals import Appeals
from store.audit import Audit
from store.authorisations import Authorisations
from store.broadcasts import Broadcasts
from store.calls import Calls
from store.cards import CardNumbers
from store.column_sets import ColumnSets
from store.connection import connect
from store.console_sessions import ConsoleSessions
from store.console_tickets import ConsoleTickets
from store.credentials import Credentials
from store.due import Due
from store.duties import Duties
from store.fates import Fates
from store.feed import Feeds
from store.imports import Imports
from store.invites import Invites
from store.keys import Keys, lane_of, shard_of_pid
from store.limits import Limits
from store.lists import Lists
from store.mass_results import MassResults
from store.notes import Notes
from store.organisations import Organisations
from store.partners import Partners
from store.people import People
from store.piles import Piles
from store.proposals import Proposals
from store.quota import Quota
from store.reach import Reaches
from store.reminded import Reminded
from store.rosters import Rosters
from store.samples import Samples
from store.sealing import Vault
from store.sheets import Sheets
from store.sms import SmsLimit, sms_code
from store.staff import StaffRegistry
from store.streams import Streams
from store.tally import Tally
from store.tasks import Tasks
from store.tokens import Tokens
from store.tries import Tries
from store.venues import Venues
from store.views import Views
from store.wards import Wards
from store.works import Works
from store.world import Worlds, WorldWatch
from worker.codes import Codes, Signer
from worker.deliver import Deliverer
from worker.evidence import Evidence
from worker.feeding import Feeding
from worker.follow import Follower
from worker.households import Households
from worker.moment import Moment
from worker.proofs import Proofs
from worker.queues import SETTLE, Waker
from worker.reaching import Reaching
from worker.scanning import Scanner
from worker.send import Sender
from worker.settle import Settler
from worker.texts import Texts


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
    reminded: Reminded
    appeals: Appeals
    duties: Duties
    invites: Invites
    tries: Tries
    notes: Notes
    broadcasts: Broadcasts
    piles: Piles
    cards: CardNumbers

    @cached_property
    def quota(self) -> Quota:
        """One a process, for it takes calls in blocks."""
        return Quota(self.redis, self.keys, budgets.parse(self.settings.wechat_budgets), self.clock.now)

    @cached_property
    def tally(self) -> Tally:
        """One a process."""
        return Tally(self.redis, self.keys)

    @cached_property
    def partners(self) -> Partners:
        return Partners(self.redis, self.keys, self.vault)

    @cached_property
    def authorisations(self) -> Authorisations:
        return Authorisations(self.redis, self.keys, self.vault, self.settings.secret_key)

    @cached_property
    def feeds(self) -> Feeds:
        return Feeds(self.redis, self.keys)

    @property
    def feeding(self) -> Feeding:
        return Feeding(self.keys, self.settings.handle_key, self.partners)

    @property
    def venues(self) -> Venues:
        return Venues(self.redis, self.keys)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self.redis, self.keys, self.vault)

    @property
    def aliases(self) -> Aliases:
        return Aliases(self.redis, self.keys, self.vault, self.settings.pid_key)

    def scanner(self) -> Scanner:
        """Of whatever is scanned: our codes and cards, those of before, places."""
        s = self.settings
        signing = Ed25519PrivateKey.from_private_bytes(s.code_signing_key)
        return Scanner(keyring(signing, s.code_keys_previous), s.handle_key, self.aliases, self.cards)

    @property
    def reaches(self) -> Reaches:
        return Reaches(self.redis, self.keys)

    @property
    def mass_results(self) -> MassResults:
        return MassResults(self.redis, self.keys)

    @property
    def calls(self) -> Calls:
        return Calls(self.redis, self.keys)

    @cached_property
    def works(self) -> Works:
        """The long works: exports, imports, sheets of cards."""
        return Works(self.redis, self.keys, self.vault, self.clock.now)

    @property
    def fates(self) -> Fates:
        return Fates(self.redis, self.keys)

    @property
    def console_sessions(self) -> ConsoleSessions:
        return ConsoleSessions(self.redis, self.keys, self.vault)

    @property
    def console_tickets(self) -> ConsoleTickets:
        return ConsoleTickets(self.redis, self.keys, self.vault)

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.redis, self.keys, self.vault, self.settings.secret_key)

    @property
    def organisations(self) -> Organisations:
        return Organisations(self.redis, self.keys, self.vault)

    @property
    def limits(self) -> Limits:
        return Limits(self.redis, self.keys)

    @property
    def imports(self) -> Imports:
        return Imports(self.redis, self.keys, self.vault)

    @property
    def samples(self) -> Samples:
        return Samples(self.redis, self.keys)

    @property
    def column_sets(self) -> ColumnSets:
        return ColumnSets(self.redis, self.keys)

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
        return Follower(self.redis, self.keys, self.people, self.streams, self.vault, self.moment, self.feeding)

    def platform(self, *, essential: bool = True) -> Platform:
        """The platform's calls; those that nobody waits for (`essential` False) leave the reserve of each budget."""
        s = self.settings
        tokens = Tokens(self.redis, self.keys)
        client = Client(
            s.wechat_api_base, s.wechat_app_id, s.wechat_app_secret, tokens, self.quota, essential=essential
        )
        return Platform(client)

    def signer(self) -> Signer:
        s = self.settings
        return Signer(Ed25519PrivateKey.from_private_bytes(s.code_signing_key), s.handle_key, s.public_url)

    def reaching(self) -> Reaching:
        """The ladder, for whoever has the lease of an account's lane."""
        s = self.settings
        reminder, notice = (
            notices.parse(text) if text else None for text in (s.wechat_reminder_template, s.wechat_notice_template)
        )
        modest = self.platform(essential=False)
        return Reaching(self.accounts, self.reaches, self.platform(), modest, reminder, notice, self.clock.now)

    def deliverer(self) -> Deliverer:
        # Whatever is asked for uses a whole context: the desk behind stands above it.
        from worker.desk import AskDesk

        s = self.settings
        platform, reaching, low = self.platform(), self.reaching(), self.quota.uploads_low
        codes = Codes(self.accounts, self.views, platform, reaching, self.signer(), low, self.moment)
        proofs = Proofs(
            self.people,
            Adapters(s.sms_url, s.identity_url, s.adapter_key),
            SmsLimit(self.redis, self.keys, s.pid_key),
            partial(sms_code, s.secret_key),
            reaching.language_of,
            self.moment,
            self.changed,
        )
        households = Households(self.accounts, self.views)
        texts = Texts(reaching, self.people, households, self.calls, self.piles, self.moment)
        evidence = Evidence(self.people, self.appeals, platform)
        return Deliverer(
            self.streams,
            Sender(self.vault, codes, texts, proofs, evidence, self.tally, AskDesk(self), self.fates, self.clock.now),
        )


def build(settings: Settings) -> Context:
    """A context for these settings; nothing is connected before it is used."""
    data, queue = connect(settings.redis_url), connect(settings.queue_url, socket_timeout=90)
    keys, vault = Keys(), Vault(settings.identity_key)
    worlds, registry = Worlds(data, keys), StaffRegistry(data, keys, vault)
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
        registry,
        Proposals(data, keys, vault),
        Lists(data, keys, vault),
        Wards(data, keys),
        Audit(data, keys),
        Due(data, keys),
        Reminded(data, keys),
        Appeals(data, keys, vault),
        Duties(data, keys, vault),
        Invites(data, keys, vault, settings.secret_key, registry),
        Tries(data, keys),
        Notes(data, keys, vault),
        Broadcasts(data, keys, vault),
        Piles(data, keys, vault),
        CardNumbers(data, keys, vault),
    )


@cache
def context() -> Context:
    """The one of this process, made at the first use: in a worker that is after any fork."""
    made = build(load())
    made.clock.start()
    made.watch.start()
    return made
