"""What a form brought: persons, readings, days; and the way back with what came of it."""

from __future__ import annotations

import base64
import binascii
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path, PureWindowsPath
from urllib.parse import urlencode

from flask import Response, request

from bot.pages import moved
from domain.documents import BadRecord
from domain.facts import Symptom
from domain.reject import Reject
from domain.roles import Refused
from flows.temperature import read_temperature

PID_BYTES = 12
UNTOLD = frozenset({"role", "scope"})
"""Refusals that are no slip of whoever filled in the form."""


def pid_in(text: str) -> bytes:
    """Of whom an address or a form speaks. Raises Refused (`unknown_person`)."""
    try:
        pid = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        pid = b""
    if len(pid) != PID_BYTES:
        raise Refused("unknown_person")
    return pid


def temperature_in(name: str = "temperature") -> Decimal:
    """Raises Refused (`temperature`)."""
    try:
        value = read_temperature(request.form.get(name, ""))
    except Reject:
        value = None
    if value is None:
        raise Refused("temperature")
    return value


def symptoms_in(name: str = "symptoms") -> frozenset[Symptom]:
    """Those that are ticked."""
    known = {each.value for each in Symptom}
    return frozenset(Symptom(each) for each in request.form.getlist(name) if each in known)


def tried(act: Callable[[], Mapping[str, object] | None], back: str, done: str) -> Response:
    """Do it and go back: the page says that it is done, with what `act` returns, or why not. Raises Refused for what
    they may not do at all."""
    try:
        said = {"done": done, **(act() or {})}
    except BadRecord as bad:
        said = {"why": "bad_order", "detail": str(bad)}
    except Refused as refused:
        if refused.reason in UNTOLD:
            raise
        said = {"why": refused.reason}
    address, _hash, anchor = back.partition("#")
    joint = "&" if "?" in address else "?"
    return moved(f"{address}{joint}{urlencode(said)}" + (f"#{anchor}" if anchor else ""))


@contextmanager
def uploaded(name: str = "file") -> Iterator[Path]:
    """A file that a form brought, under its own name, as long as it is read. Raises Refused (`no_file`)."""
    file = request.files.get(name)
    if file is None or not file.filename:
        raise Refused("no_file")
    with tempfile.TemporaryDirectory(prefix="yima-") as folder:
        # Browsers of old send a whole path; only the last part names the list.
        path = Path(folder) / (PureWindowsPath(file.filename).name[-80:].lstrip(".") or "list")
        file.save(path)
        yield path
