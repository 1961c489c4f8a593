"""The wiring of a worker process, once: settings to repositories."""

from __future__ import annotations

from functools import cache

from channel.clock import clock_for
from settings import Settings
from settings.reading import load
from store.accounts import Accounts
from store.appeals import Appeals
from store.audit import Audit
from store.broadcasts import Broadcasts
from store.cards import CardNumbers
from store.connection import connect
from store.due import Due
from store.duties import Duties
from store.invites import Invites
from store.keys import Keys
from store.lists import Lists
from store.notes import Notes
from store.people import People
from store.piles import Piles
from store.proposals import Proposals
from store.reminded import Reminded
from store.rosters import Rosters
from store.sealing import Vault
from store.staff import StaffRegistry
from store.streams import Streams
from store.tasks import Tasks
from store.tries import Tries
from store.views import Views
from store.wards import Wards
from store.world import Worlds, WorldWatch
from worker.context import Context
from worker.queues import Waker


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
