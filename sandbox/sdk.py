"""The script that pages inside WeChat include, and the check of the signature that they hand it."""

from __future__ import annotations

import flask

from sandbox.world import World

SCRIPT = "/open/js/jweixin-1.6.0.js"


def blueprint(world: World) -> flask.Blueprint:
    """`SCRIPT`, under the address that the platform has for it, and `/open/sdk/check`, which the script asks."""
    routes = flask.Blueprint("sdk", __name__)

    @routes.get(SCRIPT)
    def script() -> flask.Response:
        return flask.current_app.send_static_file("jweixin.js")

    @routes.get("/open/sdk/check")
    def check() -> flask.Response:
        answer = flask.jsonify({"errMsg": _verdict(world, flask.request.args.to_dict())})
        answer.headers["Access-Control-Allow-Origin"] = "*"  # asked from the account's own pages
        return answer

    return routes


def _verdict(world: World, stated: dict[str, str]) -> str:
    if stated.get("appid") != world.account.app_id:
        return "config:invalid appid"
    good = world.tickets.verify(stated, world.clock.now())
    return "config:ok" if good else "config:invalid signature"
