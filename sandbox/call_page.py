"""The page of calls: every call with its answer, newest first, by kind, path, phone and error code."""

from __future__ import annotations

import re
from typing import Any

import flask

from sandbox.world import World

_SHOWN = 200
_SAID = re.compile(r"<(?:Content|Event)><!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_FILTERS = ("kind", "path", "phone", "errcode", "fault")


def page(world: World) -> str:
    """The page as the query of the request filters it; `before` turns to older ones."""
    wanted = {name: flask.request.args.get(name, "").strip() for name in _FILTERS}
    listing = world.calls.listing(wanted=_search(world, wanted))
    before = flask.request.args.get("before", "")
    found = [call for call in listing["calls"] if not before.isdigit() or call["n"] < int(before)]
    shown = found[: -_SHOWN - 1 : -1]
    phones = world.phones.all()
    return flask.render_template(
        "calls.html",
        calls=[{**call, "who": _who(call, phones), "brief": _brief(call)} for call in shown],
        counts=listing["counts"],
        wanted=wanted,
        found=len(found),
        older=shown[-1]["n"] if len(found) > len(shown) else 0,
        phones=phones[:_SHOWN],
        link=lambda **changed: flask.url_for("calls", **{k: v for k, v in {**wanted, **changed}.items() if v}),
    )


def _search(world: World, wanted: dict[str, str]) -> dict[str, str]:
    phone = world.phones.by_id(wanted["phone"])
    contains = phone.openid if phone else wanted["phone"]
    return {**{name: value for name, value in wanted.items() if name != "phone"}, "contains": contains}


def _who(call: dict[str, Any], phones: list[Any]) -> str:
    """Whose call it is, as far as one OpenID tells."""
    texts = (*call["query"].values(), call["request"])
    return next((phone.name for phone in phones[:_SHOWN] if any(phone.openid in text for text in texts)), "")


def _brief(call: dict[str, Any]) -> str:
    """The answer in a line; of a push in an envelope, what was said on both sides."""
    if not call["opened"]:
        return str(call["answer"])[:80]
    asked, _, told = call["opened"].partition("\n← ")
    said = [found[1] if (found := _SAID.search(side)) else side for side in (asked.removeprefix("→ "), told)]
    return " → ".join(side[:60] for side in said)
