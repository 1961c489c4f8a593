"""Temporary media: what may be uploaded, how long it lives, and the bytes."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.bounds import Limits
from sandbox.database import Database
from sandbox.errors import ApiError

_MAGIC: Mapping[str, tuple[tuple[int, bytes], ...]] = {
    "image/png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "image/jpeg": ((0, b"\xff\xd8\xff"),),
    "image/gif": ((0, b"GIF8"),),
    "audio/amr": ((0, b"#!AMR"),),
    "audio/mpeg": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")),
    "video/mp4": ((4, b"ftyp"),),
}
_EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "audio/amr": (".amr",),
    "audio/mpeg": (".mp3",),
    "video/mp4": (".mp4",),
}
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "image": ("image/png", "image/jpeg", "image/gif"),
    "voice": ("audio/amr", "audio/mpeg"),
    "video": ("video/mp4",),
    "thumb": ("image/jpeg",),
}
_FIND = (
    "select media.*, material.id is not null as permanent from media left join material on material.id = media.id "
    "where media.id = ?"
)
_MOST_ARTICLES = 8
_TOO_LARGE = {"image": 40009, "voice": 40010, "video": 40011, "thumb": 40012}


@dataclass(frozen=True, slots=True)
class Medium:
    """One file that was uploaded, or sent by a phone. `created` in epoch seconds."""

    id: str
    type: str
    created: float
    filename: str
    mime: str
    permanent: bool = False


class Media:
    """The files, in a folder; their names and lives, in the database."""

    def __init__(self, database: Database, limits: Limits, folder: Path) -> None:
        self._database, self._limits, self._folder = database, limits, folder
        folder.mkdir(parents=True, exist_ok=True)

    def upload(self, type_: str, filename: str, content: bytes, now: float, allowed: Sequence[str] = ()) -> Medium:
        """Take a file in, of the media types `allowed` or any that suits its type.

        Raises ApiError: type 40004, empty 44001, size 40009–40012, format or extension 40005.
        """
        if type_ not in _ALLOWED:
            raise ApiError(40004)
        if not content:
            raise ApiError(44001)
        if len(content) > getattr(self._limits, f"{type_}_bytes"):
            raise ApiError(_TOO_LARGE[type_])
        mime = sniff(content)
        if mime not in (allowed or _ALLOWED[type_]) or not filename.lower().endswith(_EXTENSIONS[mime]):
            raise ApiError(40005)
        return self.keep(type_, filename, mime, content, now)

    def keep(self, type_: str, filename: str, mime: str, content: bytes, now: float) -> Medium:
        """Store a file without looking at it."""
        medium = Medium(secrets.token_urlsafe(48), type_, now, filename, mime)
        unfinished = self._folder / f".{medium.id}"
        unfinished.write_bytes(content)
        unfinished.rename(self._folder / medium.id)
        self._database.rows("insert into media values (?, ?, ?, ?, ?)", (medium.id, type_, now, filename, mime))
        return medium

    def keep_articles(self, articles: object, now: float) -> Medium:
        """Store articles. Raises ApiError 44003, 45008, 40007 for a cover that is not there."""
        if not isinstance(articles, list) or not articles or not all(isinstance(one, dict) for one in articles):
            raise ApiError(44003)
        if len(articles) > _MOST_ARTICLES:
            raise ApiError(45008)
        for one in articles:
            if not one.get("title") or not one.get("content"):
                raise ApiError(44003)
            if not any(self.alive(str(one.get("thumb_media_id", "")), type_, now) for type_ in ("thumb", "image")):
                raise ApiError(40007)
        content = json.dumps(articles, ensure_ascii=False).encode()
        return self.keep("news", "news.json", "application/json", content, now)

    def articles(self, media_id: str, now: float) -> list[dict[str, str]]:
        """Stored articles as a chat shows them. Raises ApiError 41006, 40007."""
        medium = self.download(media_id, now)
        if medium.type != "news":
            raise ApiError(40007)
        names = {"title": "title", "description": "digest", "url": "content_source_url"}
        return [
            {ours: str(one.get(theirs) or "") for ours, theirs in names.items()}
            for one in json.loads(self.content(medium))
        ]

    def find(self, media_id: str) -> Medium | None:
        """The medium, alive or not."""
        row = self._database.row(_FIND, (media_id,))
        return _medium(row) if row else None

    def alive(self, media_id: str, type_: str, now: float) -> bool:
        """Whether this is a medium of that type that is permanent, or whose three days are not over."""
        medium = self.find(media_id)
        return medium is not None and medium.type == type_ and self._lives(medium, now)

    def download(self, media_id: str, now: float) -> Medium:
        """The medium, if it is alive. Raises ApiError 41006, 40007."""
        if not media_id:
            raise ApiError(41006)
        medium = self.find(media_id)
        if medium is None or not self._lives(medium, now):
            raise ApiError(40007)
        return medium

    def content(self, medium: Medium) -> bytes:
        """The bytes; phones keep what they have seen, so there is no question of life here."""
        return (self._folder / medium.id).read_bytes()

    def _lives(self, medium: Medium, now: float) -> bool:
        return medium.permanent or now < medium.created + self._limits.media_life


def sniff(content: bytes) -> str:
    """The media type by the first bytes, or an empty text."""
    for mime, marks in _MAGIC.items():
        if any(content[at : at + len(mark)] == mark for at, mark in marks):
            return mime
    return ""


def _medium(row: sqlite3.Row) -> Medium:
    return Medium(row["id"], row["type"], row["created"], row["filename"], row["mime"], bool(row["permanent"]))
