"""Parametrised QR codes: the scene in a code, its ticket and its picture."""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import qrcode

from sandbox.bounds import Limits
from sandbox.database import Database
from sandbox.errors import ApiError

_LARGEST_PERMANENT = 100_000
_LARGEST_TEMPORARY = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Scene:
    """A code that can be scanned. `expires` in epoch seconds; None for ever."""

    ticket: str
    code: str
    scene: str
    numeric: bool
    expires: float | None


class Scenes:
    """The codes made so far."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database, self._limits = database, limits

    def create(self, body: Mapping[str, Any], now: float) -> tuple[Scene, int | None]:
        """The code asked for and its life in seconds (None: permanent). Raises ApiError 40053."""
        name = body.get("action_name")
        info = body.get("action_info")
        scene = info.get("scene") if isinstance(info, dict) else None
        if not isinstance(scene, dict):
            raise ApiError(40053)
        permanent = name in ("QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE")
        if name in ("QR_SCENE", "QR_LIMIT_SCENE"):
            value = _number(scene.get("scene_id"), _LARGEST_PERMANENT if permanent else _LARGEST_TEMPORARY)
        elif name in ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE"):
            value = self._name(scene.get("scene_str"))
        else:
            raise ApiError(40053)
        life = None if permanent else self._life(body.get("expire_seconds"))
        return self._add(value, name in ("QR_SCENE", "QR_LIMIT_SCENE"), None if life is None else now + life), life

    def for_scene(self, scene: str, now: float) -> Scene:
        """A code with this scene that is still good; a permanent one is made when there is none."""
        row = self._database.row(
            "select * from qr where scene = ? and (expires is null or expires > ?) order by rowid desc", (scene, now)
        )
        return Scene(**dict(row)) if row else self._add(scene, False, None)

    def numeric(self, scene: str) -> bool:
        """Whether the newest code with this scene had it as a number."""
        row = self._database.row("select numeric from qr where scene = ? order by rowid desc limit 1", (scene,))
        return bool(row and row["numeric"])

    def by_ticket(self, ticket: str, now: float) -> Scene | None:
        """The code of a ticket that has not expired."""
        return self._find("select * from qr where ticket = ?", ticket, now)

    def by_code(self, code: str, now: float) -> Scene | None:
        """The code whose address ends so, if it has not expired."""
        return self._find("select * from qr where code = ?", code, now)

    def names(self, now: float) -> list[str]:
        """The scenes that can be scanned now, newest first, at most fifty."""
        rows = self._database.rows(
            "select scene from qr where expires is null or expires > ? "
            "group by scene order by max(rowid) desc limit 50",
            (now,),
        )
        return [row["scene"] for row in rows]

    def _find(self, sql: str, value: str, now: float) -> Scene | None:
        row = self._database.row(sql, (value,))
        if row is None or (row["expires"] is not None and row["expires"] <= now):
            return None
        return Scene(**dict(row))

    def _add(self, scene: str, numeric: bool, expires: float | None) -> Scene:
        made = Scene(f"gQ{secrets.token_urlsafe(57)}3sUw==", secrets.token_urlsafe(12), scene, numeric, expires)
        self._database.rows(
            "insert into qr values (?, ?, ?, ?, ?)", (made.ticket, made.code, scene, int(numeric), expires)
        )
        return made

    def _life(self, stated: object) -> int:
        if stated is None:
            return self._limits.qr_default
        if isinstance(stated, bool) or not isinstance(stated, int) or not 0 < stated <= self._limits.qr_longest:
            raise ApiError(40053)
        return stated

    def _name(self, value: object) -> str:
        if not isinstance(value, str) or not 1 <= len(value) <= self._limits.scene_length:
            raise ApiError(40053)
        return value


def picture(address: str) -> bytes:
    """A JPEG of the QR code of an address, 430 px or a little less, as the platform's own."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(address)
    code.make()
    code.box_size = max(4, 430 // (code.modules_count + 8))
    out = io.BytesIO()
    code.make_image().get_image().convert("L").save(out, "JPEG", quality=90)
    return out.getvalue()


def _number(value: object, largest: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= largest:
        raise ApiError(40053)
    return str(value)
