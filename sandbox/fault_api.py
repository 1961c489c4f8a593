"""/sandbox/faults, /sandbox/probes and their page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import flask

from sandbox import probes
from sandbox.fault_presets import PRESETS
from sandbox.phone_api import BadRequest, body
from sandbox.plan_values import BadPlan
from sandbox.world import World


def blueprint(world: World) -> flask.Blueprint:
    """Errors are 400 or 404 with {"error": …}, naming the place inside the plan."""
    routes = flask.Blueprint("fault_api", __name__, url_prefix="/sandbox")
    _api(routes, world)
    _page(routes, world)
    routes.register_error_handler(BadRequest, lambda error: ({"error": str(error)}, 400))
    routes.register_error_handler(BadPlan, lambda error: ({"error": str(error)}, 400))
    routes.register_error_handler(404, lambda _error: ({"error": "no such fault"}, 404))
    return routes


def _api(routes: flask.Blueprint, world: World) -> None:
    @routes.get("/faults")
    def listing() -> flask.Response:
        presets = {name: {"title": preset.title, "rule": preset.rule} for name, preset in PRESETS.items()}
        return flask.jsonify({"rules": world.faults.listing(), "presets": presets})

    @routes.post("/faults")
    def add() -> flask.Response:
        return flask.jsonify({"rules": world.faults.add(body())})

    @routes.delete("/faults")
    def clear() -> flask.Response:
        return flask.jsonify({"ok": world.faults.remove()})

    @routes.delete("/faults/<id_>")
    def remove(id_: str) -> flask.Response:
        if not world.faults.remove(id_):
            flask.abort(404)
        return flask.jsonify({"ok": True})

    @routes.post("/probes")
    def probe() -> flask.Response:
        return flask.jsonify(probes.run(world))


def _page(routes: flask.Blueprint, world: World) -> None:
    @routes.get("/faults.html")
    def page() -> str:
        return _rendered(world)

    @routes.post("/faults.html")
    def change() -> flask.typing.ResponseReturnValue:
        form = flask.request.form
        if "probe" in form:
            return _rendered(world, probed=probes.run(world))
        try:
            _change(world, form)
        except BadPlan as error:
            return _rendered(world, wrong=str(error), plan=form.get("plan", "")), 400
        return flask.redirect(flask.url_for("fault_api.page") + "#active", 303)


def _change(world: World, form: Mapping[str, str]) -> None:
    if "preset" in form:
        world.faults.add({"preset": form["preset"], **_chosen(form)})
    elif "plan" in form:
        world.faults.add(_plan(form["plan"]))
    else:
        world.faults.remove(form.get("remove", ""))


def _chosen(form: Mapping[str, str]) -> dict[str, Any]:
    """What the fields above the buttons say; an empty one leaves it to the preset."""
    chosen: dict[str, Any] = {}
    share, times, openid = (form.get(name, "").strip() for name in ("share", "times", "openid"))
    if share:
        chosen["share"] = _number(share, "share") / 100
    if times:
        chosen["calls"] = [1, int(_number(times, "calls"))]
    if openid:
        chosen["where"] = {"touser" if "path" in PRESETS[form["preset"]].rule else "openid": openid}
    return chosen


def _number(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise BadPlan(f"{name}: a number") from error


def _plan(text: str) -> Mapping[str, Any]:
    try:
        plan = json.loads(text)
    except ValueError as error:
        raise BadPlan(f"plan: not JSON: {error}") from error
    if not isinstance(plan, dict):
        raise BadPlan("plan: not a JSON object")
    return plan


def _rendered(world: World, **more: Any) -> str:
    groups = {
        "接口调用": {name: preset.title for name, preset in PRESETS.items() if "path" in preset.rule},
        "推送与结果事件": {name: preset.title for name, preset in PRESETS.items() if "push" in preset.rule},
    }
    active = [
        {**kept, "title": _titled(kept["rule"]), "told": json.dumps(kept["rule"], ensure_ascii=False)}
        for kept in world.faults.listing()
    ]
    return flask.render_template("faults.html", groups=groups, active=active, **more)


def _titled(rule: Mapping[str, Any]) -> str:
    preset = PRESETS.get(rule.get("name", ""))
    return preset.title if preset else rule.get("name") or "自定规则"
