"""The page's style and scripts under names that change with their content, so that browsers keep them for good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Response

FOLDER = Path(__file__).parent.parent / "static"
_STYLE, _SCRIPT = "text/css; charset=utf-8", "text/javascript; charset=utf-8"
KINDS = {"code.css": _STYLE, "code.js": _SCRIPT, "code-keep.js": _SCRIPT}
WORKER = "code-worker.js"
_FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Files:
    """Read once a process."""

    contents: dict[str, bytes]

    @classmethod
    def read(cls) -> Files:
        return cls({name: (FOLDER / name).read_bytes() for name in (*KINDS, WORKER)})

    def address(self, name: str) -> str:
        """Of a file, seen from the page."""
        return f"code/files/{self._digest(name)}/{name}"

    def answer(self, digest: str, name: str) -> Response | None:
        """The file; under a name of another release, to be asked for again next time. None: no such file."""
        if name not in KINDS:
            return None
        response = Response(self.contents[name], content_type=KINDS[name])
        response.headers["Cache-Control"] = _FOR_GOOD if digest == self._digest(name) else "no-cache"
        return response

    def worker(self) -> Response:
        """The service worker, which browsers look at again by themselves."""
        response = Response(self.contents[WORKER], content_type=_SCRIPT)
        response.headers["Cache-Control"] = "no-cache"
        return response

    def _digest(self, name: str) -> str:
        return hashlib.sha256(self.contents[name]).hexdigest()[:12]
