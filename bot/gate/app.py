"""/gate: the guard's app. A page that works without a network, and what it asks when there is one."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.assets import Assets
from bot.gate import desk, sheets
from bot.gate.guards import VENUE_COOKIE, Gate, Guard, passage_of
from bot.gate.pages import READINGS
from bot.pages import asked_language, render_page
from domain.gate import Result
from domain.roles import Refused
from worker.operate.asking import WHY

FOLDER = Path(__file__).parent.parent / "static" / "gate"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
MODULES = ("app", "cbor", "clock", "lists", "looks", "queue", "scanner", "token")
PACKAGES = ("packages/ed25519.js", "packages/zxing-reader.js", "packages/zxing-reader.wasm")
MOST_RECORDS = 100
"""In one request; the app sends the rest afterwards."""


def blueprint(gate: Gate, assets: Assets) -> Blueprint:
    """The app, its worker and manifest; /gate/me, /gate/check, /gate/records, /gate/venue; the desk's forms."""
    routes = Blueprint("gate_app", __name__, url_prefix="/gate")
    _add_app(routes, assets)
    _add_answers(routes, gate)
    desk.add(routes, gate)
    sheets.add(routes, gate)

    @routes.after_request
    def guarded(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Permissions-Policy"] = "camera=(self)"
        return response

    return routes


def _add_app(routes: Blueprint, assets: Assets) -> None:
    files = ["/gate", "/gate/manifest.webmanifest", "/static/gate/gate.css", "/static/gate/icon.png"]
    files += [f"/static/gate/{each}.js" for each in MODULES] + [f"/static/{each}" for each in PACKAGES]
    release = hashlib.sha256("".join(sorted(assets.digests.values())).encode()).hexdigest()[:12]

    @routes.get("")
    def page() -> Response:
        response = Response(render_page("gate_app.html", readings=READINGS))
        response.vary.add("Accept-Language")
        response.headers["Cache-Control"] = "no-cache"
        return response

    @routes.get("/worker.js")
    def worker() -> Response:
        lines = f"const RELEASE = {release!r}, FILES = {files!r};\n".replace("'", '"')
        response = Response(lines.encode() + assets.contents["gate/worker.js"], content_type="text/javascript")
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Service-Worker-Allowed"] = "/gate"
        return response

    @routes.get("/manifest.webmanifest")
    def manifest() -> Response:
        english = asked_language() == "en"
        name = "Gate" if english else "卡口核验"
        icons = [{"src": "/static/gate/icon.png", "sizes": "192x192", "type": "image/png", "purpose": "any maskable"}]
        told = {"id": "/gate", "name": name, "short_name": name, "start_url": "/gate", "scope": "/gate", "icons": icons}
        look = {"display": "standalone", "background_color": "#10161d", "theme_color": "#10161d", "orientation": "any"}
        response = jsonify({**told, **look})
        response.content_type = "application/manifest+json"
        return response


def _add_answers(routes: Blueprint, gate: Gate) -> None:
    @routes.get("/me")
    def me() -> Response:
        guard, now = gate.guard(request), gate.ctx.clock.now()
        told: dict[str, Any] = {"now": now.timestamp(), "staff": None}
        if guard is not None:
            venues = [{"id": each.id, "name": each.name} for each in guard.venues]
            chosen = guard.venue.id if guard.venue else ""
            told |= {"staff": guard.visit.staff.id, "name": guard.visit.staff.name, "csrf": guard.csrf}
            told |= {"venues": venues, "venue": chosen, "counts": gate.counts(chosen) if chosen else {}}
        return jsonify(told)

    @routes.post("/check")
    def check() -> Response:
        asked = request.get_json(silent=True)
        code = asked.get("code") if isinstance(asked, dict) else None
        if not isinstance(code, str):
            return jsonify({"result": Result.BAD_SIGNATURE.value, "live": False})
        return jsonify(gate.check(code, gate.guard(request)).as_json())

    @routes.post("/venue")
    def venue() -> Response:
        guard = gate.guard(request)
        if guard is None or not guard.visit.genuine(request):
            return Response(status=401)
        response = jsonify({"counts": gate.counts(request.form.get("venue", ""))})
        response.set_cookie(VENUE_COOKIE, request.form.get("venue", ""), path="/", httponly=True, samesite="Lax")
        return response

    @routes.post("/records")
    def records() -> Response:
        guard = gate.guard(request)
        if guard is None or not guard.visit.genuine(request):
            return Response(status=401)
        sent = request.get_json(silent=True)
        rows = sent if isinstance(sent, list) else []
        done = [_written(gate, guard, row) for row in rows[:MOST_RECORDS]]
        shown = {str(row.get("venue")) for row in rows if isinstance(row, dict)}
        return jsonify({"written": done, "counts": {each: gate.counts(each) for each in shown}})


def _written(gate: Gate, guard: Guard, row: Any) -> dict[str, object]:
    """What became of one record; a refused one says why, in words, and is not sent again."""
    id = str(row.get("id", "")) if isinstance(row, dict) else ""
    try:
        written = gate.write(guard, passage_of(row, guard.visit.staff.id))
    except Refused as refused:
        return {"id": id, "refused": refused.reason, "why": WHY.get(refused.reason, refused.reason)}
    colour = written.colour.value if written.colour else None
    return {
        "id": id,
        "outcome": written.outcome.value,
        "again": written.again,
        "result": colour,
        "name": written.name,
        "checked": written.checked,
    }
