"""Everything the sandbox consists of, put together in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandbox.calls import Calls
from sandbox.clock import Clock
from sandbox.config import Account, Limits
from sandbox.consents import Consents
from sandbox.database import Database
from sandbox.delivery import Delivery
from sandbox.faults import Faults
from sandbox.limits import Overrides
from sandbox.mass import Mass
from sandbox.materials import Materials
from sandbox.media import Media
from sandbox.menus import Menus
from sandbox.notices import Templates
from sandbox.oauth import Oauth
from sandbox.phones import Phones
from sandbox.population import Population
from sandbox.quota import Quota
from sandbox.refusals import Refusals
from sandbox.replies import Reader
from sandbox.results import Results
from sandbox.scenes import Scenes
from sandbox.tags import Tags
from sandbox.tickets import Tickets
from sandbox.tokens import Tokens
from sandbox.traits import Traits
from sandbox.windows import Windows
from sandbox.wire import Wire

_FIRST = "王芳"


@dataclass(frozen=True, slots=True)
class World:
    """One account, its phones and its state. `base` is the address of the sandbox itself, without a slash."""

    account: Account
    limits: Limits
    overrides: Overrides
    base: str
    webhook: str
    database: Database
    clock: Clock
    calls: Calls
    refusals: Refusals
    phones: Phones
    traits: Traits
    population: Population
    windows: Windows
    tokens: Tokens
    tickets: Tickets
    oauth: Oauth
    quota: Quota
    media: Media
    materials: Materials
    scenes: Scenes
    tags: Tags
    menus: Menus
    templates: Templates
    consents: Consents
    faults: Faults
    delivery: Delivery
    results: Results
    mass: Mass

    def close(self) -> None:
        """Stop what runs in the background and give the state back."""
        self.mass.close()
        self.results.close()
        self.database.close()


def build(account: Account, limits: Limits, data: Path, base: str, webhook: str) -> World:
    """Open the state in the folder `data`; a new one begins with one phone, that of 王芳. What was pending goes on."""
    database = Database(data)
    overrides = Overrides(limits, database)
    clock, calls = Clock(database), Calls(limits)
    faults, wire = Faults(database, clock), Wire(account, database, clock)
    media, phones = Media(database, limits, data / "media"), Phones(database, clock)
    reader = Reader(account, limits, lambda media_id, type_: media.alive(media_id, type_, clock.now()))
    delivery = Delivery(wire, limits, clock, calls, reader, faults, webhook)
    quota, tags = Quota(database, limits), Tags(database, limits)
    results = Results(database, account, limits, clock, delivery)
    mass = Mass(database, limits, clock, phones, quota, results)
    if not phones.all():
        phones.add(_FIRST, None)
    results.start()
    mass.start()
    return World(
        account=account,
        limits=limits,
        overrides=overrides,
        base=base,
        webhook=webhook,
        database=database,
        clock=clock,
        calls=calls,
        refusals=Refusals(database, limits),
        phones=phones,
        traits=Traits(database),
        population=Population(database, limits, clock),
        windows=Windows(database, limits),
        tokens=Tokens(database, limits),
        tickets=Tickets(database, limits),
        oauth=Oauth(database, limits),
        quota=quota,
        media=media,
        materials=Materials(database),
        scenes=Scenes(database, limits),
        tags=tags,
        menus=Menus(database, limits, tags, account.hosts),
        templates=Templates(database, limits, account.templates),
        consents=Consents(database),
        faults=faults,
        delivery=delivery,
        results=results,
        mass=mass,
    )
