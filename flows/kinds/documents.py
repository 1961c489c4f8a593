"""Identity documents: a resident ID is recognised by itself, the others ask their kind first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.people import Document, DocumentKind, mask_document, parse_document
from flows.core import Say
from flows.kinds.texts import Choice
from flows.plain import Json
from flows.questions import Reading, Scene
from flows.told import words
from flows.words import OTHER_DOCUMENT, word

OTHER = "other"
"""The answer of somebody without a resident ID; the kind is asked next."""

KIND_NAMES: tuple[tuple[str, str], ...] = (
    (DocumentKind.HK_MACAO_PERMIT.value, "港澳居民来往内地通行证（回乡证）"),
    (DocumentKind.TAIWAN_PERMIT.value, "台湾居民来往大陆通行证（台胞证）"),
    (DocumentKind.TAIWAN_RESIDENT.value, "港澳台居民居住证"),
    (DocumentKind.PASSPORT.value, "护照"),
    (DocumentKind.PERMANENT_RESIDENT.value, "外国人永久居留身份证"),
    (DocumentKind.OTHER.value, "其他证件"),
)

CALLED: Mapping[str, tuple[str, ...]] = {
    DocumentKind.HK_MACAO_PERMIT.value: ("港澳居民来往内地通行证", "港澳通行证", "回乡证"),
    DocumentKind.TAIWAN_PERMIT.value: ("台湾居民来往大陆通行证", "台湾通行证", "台胞证"),
    DocumentKind.TAIWAN_RESIDENT.value: ("居住证", "港澳台居住证", "港澳居民居住证", "台湾居民居住证"),
    DocumentKind.PASSPORT.value: ("passport",),
    DocumentKind.PERMANENT_RESIDENT.value: ("永久居留身份证", "永久居留证", "永居证", "绿卡"),
}
"""What people call them besides."""

HINTS: Mapping[str, str] = {
    DocumentKind.HK_MACAO_PERMIT.value: "H12345678",
    DocumentKind.TAIWAN_PERMIT.value: "12345678",
    DocumentKind.TAIWAN_RESIDENT.value: "以81、82或83开头的18位",
    DocumentKind.PASSPORT.value: "E12345678",
    DocumentKind.PERMANENT_RESIDENT.value: "以9开头的18位，旧证是3个字母加12位数字",
}
"""What a number of each looks like."""


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A resident ID as {"kind", "number"}, or `OTHER`. Reasons: those of `domain.people.parse_document`."""

    def parse(self, text: str, scene: Scene) -> Reading:
        if word(text) in OTHER_DOCUMENT:
            return OTHER
        return _value(parse_document(DocumentKind.RESIDENT_ID, text, scene.today))

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_id_number", {"sentence": sentence})

    def tell(self, value: Json) -> Json:
        return words("其他证件") if value == OTHER else _told(value)


@dataclass(frozen=True, slots=True)
class DocumentKindChoice:
    """The kind of a document that is no resident ID; the value is a `DocumentKind`. Reason: choice."""

    def parse(self, text: str, scene: Scene) -> Reading:
        said = word(text)
        called = next((kind for kind, names in CALLED.items() if said in names), None)
        return called or Choice(KIND_NAMES).parse(text, scene)

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Choice(KIND_NAMES).ask(sentence, scene)

    def tell(self, value: Json) -> Json:
        return Choice(KIND_NAMES).tell(value)


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """The number of a document whose kind another question has asked, as {"kind", "number"}."""

    kind_question: str

    def parse(self, text: str, scene: Scene) -> Reading:
        return _value(parse_document(DocumentKind(str(scene.answers[self.kind_question])), text, scene.today))

    def ask(self, sentence: str, scene: Scene) -> Say:
        return Say("ask_text", {"sentence": sentence, "example": HINTS.get(str(scene.answers[self.kind_question]), "")})

    def tell(self, value: Json) -> str:
        return _told(value)


def document_from(value: Json) -> Document:
    """The document that an answer stands for."""
    if not isinstance(value, Mapping):
        raise TypeError("not a document")
    return Document(DocumentKind(str(value["kind"])), str(value["number"]))


def _value(document: Document) -> Json:
    return {"kind": document.kind.value, "number": document.number}


def _told(value: Json) -> str:
    return mask_document(document_from(value))
