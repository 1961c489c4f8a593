"""Somebody that staff mean: a number of the last list, a resident ID, or a name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain.people import DocumentKind, mask_document, mask_name, parse_document, parse_name
from domain.reject import Reject
from flows.core import Say
from flows.kinds.documents import document_from
from flows.plain import Json
from flows.questions import Scene
from flows.words import plain

_LIST_DIGITS = 4
"""More digits than a list has numbers are meant as a document."""


@dataclass(frozen=True, slots=True)
class Who:
    """The value is {"place": 3}, {"kind": "10", "number": "…"} or {"name": "张三"}. Reasons: who_unreadable, and those
    of `domain.people.parse_document`."""

    def parse(self, text: str, scene: Scene) -> Json:
        said = plain(text).replace(" ", "")
        if said.isdecimal() and len(said) <= _LIST_DIGITS:
            return {"place": int(said)}
        if re.match(r"\d{5}", said):
            document = parse_document(DocumentKind.RESIDENT_ID, said, scene.today)
            return {"kind": document.kind.value, "number": document.number}
        if re.search(r"\d", said):
            raise Reject("who_unreadable")
        try:
            return {"name": parse_name(text)}
        except Reject:
            raise Reject("who_unreadable") from None

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_text", {"sentence": sentence, "example": ""})

    def tell(self, value: Json) -> str:
        match value:
            case {"place": number}:
                return f"名单第{number}位"
            case {"name": str(name)}:
                return mask_name(name)
            case Mapping():
                return mask_document(document_from(value))
            case _:
                return ""
