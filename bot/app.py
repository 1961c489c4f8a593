"""The web application: settings to capabilities to routes, all wiring visible here. A plain WSGI app for any server."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from pathlib import Path

from flask import Flask, Response

from bot import api, assets, code_page, code_picture, console, gate, health, metrics, subscribe, upstream
from bot.parts import Parts
from bot.results import Results
from bot.webhook import BODY_BYTES, Webhook
from channel.clock import clock_for
from channel.platform.oauth import Authorization
from channel.signature import Gatekeeper
from settings import BadSettings, Settings
from settings.reading import load
from store.aliases import Aliases
from store.calls import Calls
from store.cards import CardNumbers
from store.lists import Lists
from store.mass_results import MassResults
from store.piles import Piles
from store.proposals import Proposals
from store.reach import Reaches
from store.revocations import Revocations
from store.staff import StaffRegistry
from store.streams import Streams
from store.tally import Tally
from worker.gate.scanning import Scanner
from worker.running.engine import WeakServer
from worker.running.start import require_durability

GC_ALLOCATIONS = 20_000
"""A message allocates some thousand objects and leaves no cycles; the default of 700 collects several times in each."""


def create_app(settings: Settings | None = None) -> Flask:
    """The app of this process. Ends the process with one message when a setting is wrong, the database too weak or a
    package of the pages is missing."""
    try:
        settings = settings or load()
        require_durability(settings)
        files = assets.Assets.read()
    except (BadSettings, WeakServer, assets.Missing) as error:
        sys.exit(str(error))
    parts = Parts.build(settings, clock_for(settings.sandbox))
    app = Flask("yima", template_folder=str(Path(__file__).parent / "templates"), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.register_blueprint(assets.blueprint(files))
    _open_to_residents(app, parts)
    app.register_blueprint(console.blueprint(parts.context, files))
    _open_to_systems(app, parts, _open_the_gate(app, parts, files))
    app.after_request(_harden)
    app.wsgi_app = _webhook(app, parts)  # type: ignore[method-assign]  # as Flask says
    return app


def serve() -> Flask:
    """The app as a server's process loads it: what lives as long as the process is taken out of the collector's way."""
    app = create_app()
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_ALLOCATIONS)
    return app


def _open_to_residents(app: Flask, parts: Parts) -> None:
    """The code page, the picture of a code, the consent to reminders."""
    s, now = parts.settings, (parts.clock, lambda: parts.watch.current)
    drawer = code_picture.Drawer(parts.public_keys, s.handle_key, s.public_url, parts.people, *now)
    app.register_blueprint(code_picture.blueprint(drawer))
    consent = subscribe.Page(s.wechat_app_id, parts.reminder, s.public_url, s.sandbox, parts.ticket)
    app.register_blueprint(subscribe.blueprint(consent))
    authorization = Authorization.of(s.sandbox, s.wechat_api_base, s.wechat_app_id, s.wechat_app_secret)
    door = code_page.Door(parts.accounts, parts.clock, parts.seals, authorization, f"{s.public_url}/code")
    app.register_blueprint(gate.visiting.blueprint(parts.context, door))
    cards = code_page.Cards(parts.signer, parts.seals)
    app.register_blueprint(code_page.blueprint(code_page.Page(door, cards, parts.conversations.desk, s.sandbox)))


def _open_the_gate(app: Flask, parts: Parts, files: assets.Assets) -> gate.Checker:
    """The page behind a scanned code, the guard's app, the revocation list and the public keys; what codes are checked
    with."""
    s, now = parts.settings, (parts.clock, lambda: parts.watch.current)
    shelf = (parts.redis, parts.keys)
    aliases, numbers = Aliases(*shelf, parts.vault, s.pid_key), CardNumbers(*shelf, parts.vault)
    scanner = Scanner(parts.public_keys, s.handle_key)
    checker = gate.Checker(replace(scanner, aliases=aliases, numbers=numbers), parts.people, *now)
    for_strangers = gate.Checker(scanner, parts.people, *now)
    at_gate = gate.Gate(parts.context, checker, for_strangers)
    app.register_blueprint(gate.pages.blueprint(at_gate))
    app.register_blueprint(gate.app.blueprint(at_gate, files))
    app.wsgi_app = gate.Scans(app.wsgi_app, app, for_strangers, HARDENED)  # type: ignore[method-assign]  # as Flask says
    lists = gate.Lists(parts.signing_key, Revocations(*shelf), *now)
    app.register_blueprint(gate.listing.blueprint(lists, parts.public_keys))
    return checker


def _open_to_systems(app: Flask, parts: Parts, checker: gate.Checker) -> None:
    """Health, metrics, the upstream authority, systems of partners."""
    s, shelf = parts.settings, (parts.redis, parts.keys)
    app.register_blueprint(health.blueprint(parts.redis))
    house = metrics.House(parts.quota, Streams(*shelf), Calls(*shelf), Tally(*shelf), parts.wakes.waiting)
    app.register_blueprint(metrics.blueprint(house, s.metrics_key))
    registry = StaffRegistry(*shelf, parts.vault)
    counter = upstream.Counter(Lists(*shelf, parts.vault), Proposals(*shelf, parts.vault), registry, parts.clock)
    app.register_blueprint(upstream.blueprint(counter, s.upstream_key, s.pid_key))
    app.register_blueprint(api.blueprint(parts.context, checker))


def _webhook(app: Flask, parts: Parts) -> Webhook:
    s, shelf = parts.settings, (parts.redis, parts.keys)
    aes_keys = (s.wechat_aes_key, s.wechat_aes_key_previous)
    gatekeeper = Gatekeeper(s.wechat_token, aes_keys, s.wechat_app_id, s.wechat_mode)
    told = Results(MassResults(*shelf), Reaches(*shelf), Piles(*shelf, parts.vault))
    return Webhook(app.wsgi_app, gatekeeper, parts.conversations, parts.clock, s.wechat_original_id, told)


def _harden(response: Response) -> Response:
    """No page of ours runs scripts but its own, is framed, is cached or says where its reader came from."""
    given = {name.lower() for name, _ in response.headers}
    for name, value in HARDENED.items():
        if name.lower() not in given:
            response.headers.add(name, value)
    return response


HARDENED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
}
