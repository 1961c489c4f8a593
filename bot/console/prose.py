"""The console's words: Chinese is the source, `locale/*/LC_MESSAGES/console.po` has the others.

In a template `{% trans %}…{% endtrans %}` or `{{ _("…") }}`; in Python `_("…")` where it is said now, and `N_("…")` for
a text that is said later through `_`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from babel.messages.pofile import read_po
from flask import current_app, g
from jinja2 import Environment

from channel.languages import CHINESE, LANGUAGES, LOCALE

DOMAIN = "console"


def catalogue_of(language: str) -> dict[str, str]:
    """Chinese -> the language; what is not translated yet is left out."""
    with (LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file, locale=language) if each.id and each.string}


@cache
def _known(language: str) -> dict[str, str]:
    return {} if language == CHINESE or language not in LANGUAGES else catalogue_of(language)


def language_now() -> str:
    """The language of this request."""
    return str(g.get("console_language", CHINESE))


def _(text: str, **values: object) -> str:
    """The text in the language of this request, with `%(name)s` replaced."""
    said = _known(language_now()).get(text, text)
    return said % values if values else said


def N_(text: str) -> str:
    """The text as it is, noted for translation."""
    return text


def environment(made: Environment, **shared: Any) -> Environment:
    """The console's templates: the app's, with translation and what every page uses."""
    overlay = made.overlay(trim_blocks=True, lstrip_blocks=True)
    overlay.globals = {**made.globals, **shared}
    overlay.add_extension("jinja2.ext.i18n")
    overlay.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension i18n
        _translated, lambda one, many, n: _translated(one), newstyle=True
    )
    return overlay


def _translated(text: str) -> str:
    return _known(language_now()).get(text, text)


def render(template: str, **values: Any) -> str:
    """A page of the console in the language of this request."""
    made: Environment = current_app.extensions["console"]
    return made.get_template(f"console/{template}").render(values)
