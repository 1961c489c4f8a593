"""What the jobs and commands of a worker process may use, as `worker.wiring` builds it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from redis import Redis

from channel import notices
from channel.clock import Clock
from channel.platform import Client, Platform
from domain import budgets
from domain.keyring import keyring
from settings import Settings
from store.accounts import Accounts
from store.aliases import Aliases
from store.appeals import Appeals
from store.audit import Audit
from store.authorisations import Authorisations
from store.broadcasts import Broadcasts
from store.calls import Calls
from store.cards import CardNumbers
from store.column_sets import ColumnSets
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
from worker.decisions.moment import Moment
from worker.delivery.codes import Signer
from worker.delivery.reaching import Reaching
from worker.gate.scanning import Scanner
from worker.queues import SETTLE, Waker
from worker.settling.feeding import Feeding


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
