"""/static: styles, scripts and packages of the pages, under addresses that change with their content.

`address("console/console.css")` gives `/static/console/console.css?v=…`, which browsers keep for good.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from flask import Blueprint, Response, abort, request

from bot import packages

FOLDER = Path(__file__).parent / "static"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".json": "application/json",
}
_FOR_GOOD = "public, max-age=31536000, immutable"


class Missing(Exception):
    """A package of the pages is not installed."""


@dataclass(frozen=True, slots=True)
class Assets:
    """All files in the folders of `bot/static`, read once a process: name -> content."""

    contents: dict[str, bytes]
    digests: dict[str, str]

    @classmethod
    def read(cls) -> Self:
        """Raises Missing."""
        if lacking := packages.missing():
            names = ", ".join(lacking)
            raise Missing(
                f"网页组件未安装（{names}），请运行 make setup · the pages' packages are missing: run `make setup`"
            )
        found = (path for path in sorted(FOLDER.glob("*/**/*")) if path.suffix in KINDS)
        contents = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in found}
        return cls(contents, {name: hashlib.sha256(each).hexdigest()[:12] for name, each in contents.items()})

    def address(self, name: str) -> str:
        """Raises KeyError for a file that there is none of."""
        return f"/static/{name}?v={self.digests[name]}"


def blueprint(assets: Assets) -> Blueprint:
    """The files; one of another release is to be asked for again next time."""
    routes = Blueprint("assets", __name__)

    @routes.get("/static/<path:name>")
    def file(name: str) -> Response:
        if name not in assets.contents:
            abort(404)
        response = Response(assets.contents[name], content_type=KINDS[Path(name).suffix])
        response.set_etag(assets.digests[name])
        kept = request.args.get("v") == assets.digests[name]
        response.headers["Cache-Control"] = _FOR_GOOD if kept else "no-cache"
        response.make_conditional(request)
        return response

    return routes
