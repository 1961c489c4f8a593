"""`python -m bot.console.messages`: the console's catalogues brought up to date, and what they lack."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from channel.languages import CHINESE, LANGUAGES, LOCALE
from flows.names import EVERY_NAME

ROOT = Path(__file__).parent.parent
SOURCES = [("console/**.py", "python"), ("templates/console/**.html", "jinja2")]
KEYWORDS = {"_": None, "N_": None, "gettext": None}
HEADER = """\
# Chinese is the source; `make messages` adds what is new, drops what is gone and lists what has no translation.
# %(name)s is a variable. Say it so that numbers need no plural. Never "healthy".
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def catalogue_file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "console.po"


def messages() -> dict[str, list[str]]:
    """Every text of the console -> the files it stands in, in the order in which it is found."""
    found: dict[str, list[str]] = {}
    options = {each: {"trimmed": "true"} for each, _ in SOURCES}
    for file, _line, text, _comments, _context in extract_from_dir(
        ROOT, SOURCES, options, KEYWORDS, directory_filter=lambda path: True
    ):
        places = found.setdefault(str(text), [])
        if f"bot/{file}" not in places:
            places.append(f"bot/{file}")
    for name in EVERY_NAME:
        found.setdefault(name, []).append("flows/names.py")
    return found


def read(language: str) -> Catalog:
    """The catalogue as it lies in the tree."""
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> Catalog:
    """The catalogue with every message in it and no other; what is new has no translation yet."""
    known = {str(each.id): each.string for each in read(language) if each.id}
    new = Catalog(locale=language, fuzzy=False)
    for text, places in messages().items():
        new.add(text, known.get(text, ""), [(each, 0) for each in places])
    return new


def main() -> int:
    """1 and a list where something lacks its translation."""
    lacking = 0
    for language in (each for each in LANGUAGES if each != CHINESE):
        catalogue = update(language)
        with catalogue_file(language).open("wb") as file:
            file.write(HEADER.replace("{language}", language).encode())
            write_po(file, catalogue, width=0, omit_header=True, include_lineno=False)
        missing = [str(each.id) for each in catalogue if each.id and not each.string]
        lacking += len(missing)
        for each in missing:
            sys.stdout.write(f"{language} console: 缺译文 · no translation: {each}\n")
        sys.stdout.write(f"console.po {language}: {len(catalogue)} 条 · messages, {len(missing)} 缺 · missing\n")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
