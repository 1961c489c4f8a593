"""Pages for residents and the public, in the language that their browser asks for. Chinese is the source."""

from __future__ import annotations

from functools import cache
from typing import cast

from flask import Flask, Response, current_app, request
from jinja2 import Environment

from channel.languages import CHINESE, chosen, translator
from channel.weave import TAGS, weave


def asked_language() -> str:
    """The first of our languages that the request accepts."""
    return chosen(request.accept_languages.values())


def render_page(template: str, language: str = "", **context: object) -> str:
    """A page in a language, or else in the one that is asked for; the page is told which as `language`."""
    language = language or asked_language()
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]  # of the proxy
    app.update_template_context(context)
    return _environment(app, language).get_template(template).render(context, language=language)


@cache
def _environment(app: Flask, language: str) -> Environment:
    """The app's templates, translated as they are loaded."""
    if language == CHINESE:
        return app.jinja_env
    environment = app.jinja_env.overlay()
    weave(environment, translator(language), TAGS)
    return environment


def moved(address: str, status: int = 303) -> Response:
    """Where to go on: 303 after a POST, 302 from a page that leads elsewhere."""
    return Response(status=status, headers={"Location": address})
