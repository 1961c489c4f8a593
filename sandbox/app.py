"""The sandbox as one WSGI application."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import flask
from flask.json.provider import DefaultJSONProvider

from sandbox import (
    adapters,
    authorize,
    browser,
    call_page,
    chat_api,
    fault_api,
    host_api,
    phone_api,
    sdk,
    settings_api,
    upstream,
)
from sandbox.actions import Actions
from sandbox.clock import SHANGHAI
from sandbox.database import Closed
from sandbox.fault_calls import Faulty
from sandbox.platform.gate import Gate
from sandbox.scenes import picture
from sandbox.world import World

_LARGEST_BODY = 16 * 1024 * 1024
_POLICY = "default-src 'self'; img-src 'self' data: http: https:"


class _Json(DefaultJSONProvider):
    ensure_ascii = False
    sort_keys = False


def create_app(world: World) -> flask.Flask:
    """All sides of the sandbox: the platform's API, the phones, the adapters and the pages."""
    app = flask.Flask("sandbox", static_folder="static", template_folder="templates", root_path=_here())
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    app.json = _Json(app)
    app.add_template_filter(_shanghai, "shanghai")
    actions = Actions(world)
    app.register_blueprint(phone_api.blueprint(world, actions))
    app.register_blueprint(host_api.blueprint(world, actions))
    app.register_blueprint(chat_api.blueprint(world))
    app.register_blueprint(browser.blueprint(world))
    app.register_blueprint(authorize.blueprint(world))
    app.register_blueprint(sdk.blueprint(world))
    app.register_blueprint(adapters.blueprint(world))
    app.register_blueprint(upstream.blueprint(world))
    app.register_blueprint(fault_api.blueprint(world))
    app.register_blueprint(settings_api.blueprint(world))
    _pages(app, world)
    app.wsgi_app = Faulty(world, Gate(world, app.wsgi_app))  # type: ignore[method-assign]  # as Flask says
    return app


def _pages(app: flask.Flask, world: World) -> None:
    @app.get("/")
    def phones() -> str:
        return flask.render_template("phones.html", account=world.account.account_name)

    @app.get("/sandbox/subscribe")
    def subscribe() -> str:
        return flask.render_template("subscribe.html", account=world.account.account_name)

    @app.get("/sandbox/calls.html")
    def calls() -> str:
        return call_page.page(world)

    @app.get("/q/<code>")
    def scanned(code: str) -> Any:
        scene = world.scenes.by_code(code, world.clock.now())
        if scene is None:
            return "二维码已过期", 404
        return flask.redirect(flask.url_for("phones", scene=scene.scene))

    @app.get("/cgi-bin/showqrcode")
    def show_qr() -> flask.Response:
        scene = world.scenes.by_ticket(flask.request.args.get("ticket", ""), world.clock.now())
        if scene is None:
            return flask.Response("404", 404)
        return flask.Response(picture(f"{world.base}/q/{scene.code}"), mimetype="image/jpg")

    @app.errorhandler(Closed)
    def ended(_error: Closed) -> tuple[str, int]:
        return "the sandbox has ended", 503

    @app.after_request
    def guard(answer: flask.Response) -> flask.Response:
        if answer.mimetype == "text/html":
            answer.headers.setdefault("Content-Security-Policy", _POLICY)
            answer.headers["Cache-Control"] = "no-store"
        return answer


def _shanghai(instant: float) -> str:
    return datetime.fromtimestamp(instant, SHANGHAI).strftime("%m-%d %H:%M:%S")


def _here() -> str:
    return __file__.rpartition("/")[0]
