"""What has to be translated: every message of the residents' texts, and `python -m channel.messages`, which brings the
catalogues up to date and says what they lack.

Messages come from the residents' templates and pages (`channel.weave`), from the questions and choices of their
conversations, from what `flows.told.words` is called with, and from the notices' clauses.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from jinja2 import Environment

from channel import code_looks
from channel.languages import CHINESE, LANGUAGES, catalogue_file, read_catalogue
from channel.weave import LINES, OURS, TAGS, weave
from domain.care import RELATIONS
from domain.notices import NOTICES
from domain.partners.rights import IN_SHORT, TOLD
from flows.catalogue import FLOWS
from flows.kinds.documents import HINTS, KIND_NAMES
from flows.kinds.texts import Choice, ExactWord, Text
from flows.names import EVERY_NAME
from flows.questions import Kind

ROOT = Path(__file__).parent.parent
FLOORS = ("flows", "channel", "worker", "bot")
MARKS = ("words", "translate")
"""Functions whose first argument, where it is a text, is a message."""
OF_STAFF = frozenset(
    {
        *("entrusted", "console_address", "console_alert", "console_left", "console_signed_in"),
        *("asked", "bind_how", "bound", "desk_failed", "desk_refused", "done_how", "missing", "phone", "post"),
        *("remind_done", "remind_nobody", "remind_size", "report_sure", "reported_for", "staff_help", "task_done"),
        *("tasks", "unbind_sure", "unbound"),
        *("broadcast_counting", "broadcast_decided", "broadcast_done", "broadcast_drafted", "broadcast_emergency"),
        *("broadcast_moved", "broadcast_overdue", "broadcast_progress", "broadcast_waits", "broadcast_why"),
    }
)
"""Templates that only staff and administrators read; they stay Chinese."""
HEADER = """\
# Chinese is the source; `make messages` adds what is new, drops what is gone and lists what has no translation.
# {name}: a variable. [undo]: a word that is tapped. A || B: A to the reader, B about somebody else ({who}).
# Say it so that numbers need no plural. Never "healthy": "no risk is known at this time".
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_PLACES = re.compile(r"\{\w+\}|\[[^\[\]]+\]")

Messages = dict[str, list[str]]
"""Message -> where it stands, as `file` or `file:line`."""


def messages() -> Messages:
    """All that residents can read, in the order in which it is found."""
    found: Messages = {}
    for text, where in (*_of_templates(), *_of_flows(), *_of_code(), *_of_notices()):
        if OURS.search(text):
            found.setdefault(text, [])
            found[text] += [where] if where not in found[text] else []
    return found


def places(message: str) -> list[str]:
    """The variables of a message, each once, and `[]` for each word that is tapped; sorted."""
    found = _PLACES.findall(message)
    names = {each.rstrip("0123456789}") + "}" for each in found if each.startswith("{")}
    return sorted([*names, *("[]" for each in found if each.startswith("["))])


def residents_templates() -> list[Path]:
    return [path for path in sorted((ROOT / "templates").glob("*.txt")) if path.stem not in OF_STAFF]


def update(language: str) -> Catalog:
    """The catalogue of a language with every message in it and no other; what is new has no translation yet."""
    old, new = read_catalogue(language), Catalog(locale=language, fuzzy=False)
    known = {each.id: each for each in old if each.id}
    for text, where in messages().items():
        before = known.get(text)
        new.add(text, before.string if before else "", [(each, 0) for each in where])
    return new


def write(language: str, catalogue: Catalog) -> None:
    """The file, the same whenever it is written."""
    with catalogue_file(language).open("wb") as file:
        file.write(HEADER.replace("{language}", language).encode())
        write_po(file, catalogue, width=0, omit_header=True, include_lineno=False)


def _of_templates() -> Iterator[tuple[str, str]]:
    pages = sorted((ROOT / "bot" / "templates").glob("*.html"))
    for path, ends in (*((each, LINES) for each in residents_templates()), *((each, TAGS) for each in pages)):
        heard: list[str] = []

        def hear(text: str, heard: list[str] = heard) -> str:
            heard.append(text)
            return text

        environment = Environment(trim_blocks=True, lstrip_blocks=True)  # noqa: S701 only read
        weave(environment, hear, ends)
        environment.parse(path.read_text("utf-8"))
        yield from ((text, str(path.relative_to(ROOT))) for text in heard)


def _of_flows() -> Iterator[tuple[str, str]]:
    for flow in (each for each in FLOWS.values() if not each.of_staff):
        where = f"flow {flow.name}"
        yield flow.title, where
        for question in flow.questions:
            yield from ((text, where) for text in (question.sentence, question.label, *_of_kind(question.kind)))
    yield from ((name, "flows/kinds/documents.py") for name in (*dict(KIND_NAMES).values(), *HINTS.values()))
    yield from ((said[0], "domain/care.py") for said in RELATIONS.values())
    looks = [each for each in vars(code_looks).values() if isinstance(each, code_looks.Look)]
    yield from ((text, "channel/code_looks.py") for each in looks for text in (each.word, each.line))
    yield from ((name, "flows/names.py") for name in EVERY_NAME)
    yield from ((text, "domain/partners/rights.py") for told in (TOLD, IN_SHORT) for text in told.values())


def _of_kind(kind: Kind) -> Iterator[str]:
    match kind:
        case Choice(options=options):
            yield from (label for _, label in options)
        case Text(example=example):
            yield example
        case ExactWord(wanted=wanted):
            yield wanted


def _of_code() -> Iterator[tuple[str, str]]:
    for path in (each for floor in FLOORS for each in sorted((ROOT / floor).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if name in MARKS:
                    yield text, str(path.relative_to(ROOT))
    yield from ((f"{month}月", "flows/told.py") for month in range(1, 13))


def _of_notices() -> Iterator[tuple[str, str]]:
    for notice in NOTICES:
        yield from ((clause.words, "domain/notices") for clause in notice.clauses)


def main() -> int:
    """Bring every catalogue up to date; 1 and a list where something lacks its translation."""
    lacking = 0
    for language in (each for each in LANGUAGES if each != CHINESE):
        catalogue = update(language)
        write(language, catalogue)
        missing = [str(each.id) for each in catalogue if each.id and not each.string]
        lacking += len(missing)
        for each in missing:
            sys.stdout.write(f"{language}: 缺译文 · no translation: {each}\n")
        file = catalogue_file(language).relative_to(ROOT)
        sys.stdout.write(f"{file}: {len(catalogue)} 条 · messages, {len(missing)} 缺 · missing\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
