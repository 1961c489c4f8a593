"""/sandbox/…: what is on the screens, as JSON, with waiting for what is new."""

from __future__ import annotations

import flask

from sandbox.phone_api import answer_errors, documents, find_phone, wait, whole
from sandbox.phones import Phone
from sandbox.world import World

_MOST_LINES = 120
"""Lines of one phone that the page gets at once."""
_MOST_PHONES = 100
"""Phones that the page hears of at once."""


def blueprint(world: World) -> flask.Blueprint:
    """What is on the screens: one phone's chat, the feed of the page, the pictures."""
    routes = flask.Blueprint("chat_api", __name__, url_prefix="/sandbox")
    answer_errors(routes)

    @routes.get("/phones/<phone_id>/messages")
    def messages(phone_id: str) -> flask.Response:
        phone = find_phone(world, phone_id)
        if "before" in flask.request.args:
            lines = world.phones.earlier(phone.id, whole("before"), min(whole("most") or _MOST_LINES, _MOST_LINES))
        else:
            lines = world.phones.lines(phone.id, whole("after"), wait())
        return flask.jsonify([line.document() for line in lines])

    @routes.get("/feed")
    def feed() -> flask.Response:
        version = world.phones.wait(whole("version"), wait())
        phones = world.phones.all()
        shown = _chosen(phones)
        lines = world.phones.news([phone.id for phone in shown], whole("after"), _MOST_LINES)
        return flask.jsonify(
            {
                "version": version,
                "clock": world.clock.reading(),
                "base": world.base,
                "account": world.account.account_name,
                "menu": world.menus.default(),
                "scenes": world.scenes.names(world.clock.now()),
                "total": len(phones),
                "phones": documents(world, shown),
                "lines": [line.document() for line in lines],
            }
        )

    @routes.get("/media/<media_id>")
    def media(media_id: str) -> flask.Response:
        medium = world.media.find(media_id)
        if medium is None:
            flask.abort(404)
        headers = {"Cache-Control": "max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
        return flask.Response(world.media.content(medium), mimetype=medium.mime, headers=headers)

    return routes


def _chosen(phones: list[Phone]) -> list[Phone]:
    """The phones that the page asks for by ?phones=p1,p2 and ?most=8."""
    named = flask.request.args.get("phones", "")
    ids = named.split(",") if named else [phone.id for phone in phones]
    return [phone for phone in phones if phone.id in ids][: min(whole("most") or _MOST_PHONES, _MOST_PHONES)]
