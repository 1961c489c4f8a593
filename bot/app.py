"""The web application: settings to repositories to routes, all wiring visible here. A plain WSGI app for any server."""

from __future__ import annotations

import gc
import sys
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, Response

from bot import code_page, code_picture, gate, health, metrics, subscribe, upstream
from bot.conversation import Conversations
from bot.results import Results
from bot.webhook import BODY_BYTES, Webhook
from channel import notices
from channel.clock import clock_for
from channel.platform import Client, Platform
from channel.platform.oauth import Authorization
from channel.signature import Gatekeeper
from domain import budgets, passes
from settings import BadSettings, Settings, load
from store.accounts import Accounts
from store.calls import Calls
from store.connection import connect
from store.keys import Keys, lane_of
from store.lists import Lists
from store.mass_results import MassResults
from store.people import People
from store.piles import Piles
from store.proposals import Proposals
from store.quota import Quota
from store.reach import Reaches
from store.sealing import Vault
from store.sms import sms_code
from store.staff import StaffRegistry
from store.streams import Streams
from store.tally import Tally
from store.tokens import Tickets, Tokens
from store.world import Worlds, WorldWatch
from worker.codes import Signer
from worker.engine import WeakServer
from worker.queues import Waker, WakerThread
from worker.start import require_durability

REDIS_SECONDS = 0.4
"""Per trip; a message makes two, so the platform hears within 0.8 s that Redis is away."""
GC_ALLOCATIONS = 20_000
"""A message allocates some thousand objects and leaves no cycles; the default of 700 collects several times in each."""


def create_app(settings: Settings | None = None) -> Flask:
    """The app of this process. Ends the process with one message when a setting is wrong or the database too weak."""
    try:
        settings = settings or load()
        require_durability(settings)
    except (BadSettings, WeakServer) as error:
        sys.exit(str(error))
    s = settings
    redis, queue = (
        connect(s.redis_url, socket_timeout=REDIS_SECONDS),
        connect(s.queue_url, socket_timeout=REDIS_SECONDS),
    )
    keys, vault, clock = Keys(), Vault(s.identity_key), clock_for(s.sandbox)
    quota = Quota(redis, keys, budgets.parse(s.wechat_budgets), clock.now)
    watch, wakes = WorldWatch(Worlds(redis, keys), quota), Waker(queue, keys)
    waker = WakerThread(wakes)
    clock.start()
    watch.start()
    signing_key = Ed25519PrivateKey.from_private_bytes(s.code_signing_key)
    reminder = notices.parse(s.wechat_reminder_template).id if s.wechat_reminder_template else ""
    accounts, signer, seals = (
        Accounts(redis, keys, vault, s.replicas),
        Signer(signing_key, s.handle_key, s.public_url),
        code_page.Seals(s.secret_key),
    )
    conversations = Conversations(
        accounts,
        clock,
        lambda: watch.current,
        lambda: watch.telephones,
        lambda shard: waker.wake(lane_of(shard, s.settle_lanes)),
        bool(s.sms_url),
        partial(sms_code, s.secret_key),
        s.pid_key,
        signer,
        lambda: watch.uploads_low,
        reminder,
        f"{s.public_url}/subscribe",
        lambda openid, now: f"{s.public_url}/code?k={seals.link(openid, now)}",
    )
    gatekeeper = Gatekeeper(
        s.wechat_token, (s.wechat_aes_key, s.wechat_aes_key_previous), s.wechat_app_id, s.wechat_mode
    )
    public_key = signing_key.public_key()
    public_keys, people = {passes.key_id(public_key): public_key}, People(redis, keys, vault)
    checker = gate.Checker(public_keys, s.handle_key, people, clock, lambda: watch.current)
    drawer = code_picture.Drawer(public_keys, s.handle_key, s.public_url, people, clock, lambda: watch.current)
    client = Client(s.wechat_api_base, s.wechat_app_id, s.wechat_app_secret, Tokens(redis, keys), quota)
    ticket = partial(Tickets(redis, keys).get, Platform(client).jsapi_ticket)
    app = Flask("yima", template_folder=str(Path(__file__).parent / "templates"))
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.register_blueprint(gate.blueprint(checker))
    app.register_blueprint(code_picture.blueprint(drawer))
    app.register_blueprint(
        subscribe.blueprint(subscribe.Page(s.wechat_app_id, reminder, s.public_url, s.sandbox, ticket))
    )
    authorization = Authorization.of(s.sandbox, s.wechat_api_base, s.wechat_app_id, s.wechat_app_secret)
    door = code_page.Door(accounts, clock, seals, authorization, f"{s.public_url}/code")
    cards = code_page.Cards(signer, seals)
    app.register_blueprint(code_page.blueprint(code_page.Page(door, cards, conversations.desk, s.sandbox)))
    app.register_blueprint(health.blueprint(redis))
    house = metrics.House(quota, Streams(redis, keys), Calls(redis, keys), Tally(redis, keys), wakes.waiting)
    app.register_blueprint(metrics.blueprint(house, s.metrics_key))
    counter = upstream.Counter(
        Lists(redis, keys, vault), Proposals(redis, keys, vault), StaffRegistry(redis, keys, vault), clock
    )
    app.register_blueprint(upstream.blueprint(counter, s.upstream_key, s.pid_key))
    app.after_request(_harden)
    told = Results(MassResults(redis, keys), Reaches(redis, keys), Piles(redis, keys, vault))
    app.wsgi_app = Webhook(app.wsgi_app, gatekeeper, conversations, clock, s.wechat_original_id, told)  # type: ignore[method-assign]
    return app


def serve() -> Flask:
    """The app as a server's process loads it: what lives as long as the process is taken out of the collector's way."""
    app = create_app()
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_ALLOCATIONS)
    return app


def _harden(response: Response) -> Response:
    """No page of ours runs scripts but its own, is framed, is cached or says where its reader came from."""
    response.headers.setdefault(
        "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Frame-Options", "DENY")
    return response
