"""Pieces of a reply become one text: the templates' prose around values that residents may have typed."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from channel.languages import CHINESE, translator
from channel.weave import weave
from flows.core import Say
from flows.told import READER, relative, worded

TEMPLATES = Path(__file__).parent.parent / "templates"
LIMIT = 2_048
"""Bytes of UTF-8 in one text message; a longer one is not delivered."""
CUT = "\n……"

_HARMLESS = str.maketrans({"<": "〈", ">": "〉", "&": "＆", '"': "＂"})
_INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
_PLAIN = re.compile("[0-9A-Za-z \u4e00-\u9fff。，、：；·℃.,:;'()/-]*").fullmatch
"""Nothing to wash in these, and most values are of these."""


class Link(str):
    """A piece of markup that we made ourselves; the only text that may hold angle brackets."""

    __slots__ = ()


def render(says: tuple[Say, ...], language: str = CHINESE) -> str:
    """One text of at most 2,048 bytes, a piece to a paragraph. Raises jinja2 errors for a piece that no template fits.

    The platform shows `<a>` in a text as a link, so what residents typed is shown with 〈 and 〉 instead.
    """
    text = "\n\n".join(render_one(say, language) for say in says)
    return text if len(text.encode()) <= LIMIT else _cut(text)


def render_one(say: Say, language: str = CHINESE) -> str:
    """One piece; a language that is not spoken here is Chinese."""
    translate = translator(language)
    args = {name: worded(value, translate) for name, value in say.args.items()}
    who = worded(relative(say.who) if say.who else READER, translate)
    return _template(say.template, language).render(args, who=who, other=bool(say.who)).strip()


def declared_variables(template: str) -> tuple[str, ...]:
    """The variables that a template says it needs, in the comment on its first line."""
    first = (TEMPLATES / f"{template}.txt").read_text(encoding="utf-8").splitlines()[0]
    match = re.fullmatch(r"\{# ?(.*?) ?#\}", first)
    if match is None:
        raise ValueError(f"{template}: the first line does not declare its variables")
    return tuple(match[1].split())


def tap(word: str, whose: str = "", between: str = "") -> Link:
    """A word that answers when it is tapped, behind whom it is about. 70 bytes and more: for short choices only."""
    shown = harmless(f"{whose}{between}{word}" if whose else word)
    return Link(f'<a href="weixin://bizmsgmenu?msgmenucontent={shown}&msgmenuid=1">{shown}</a>')


def harmless(value: object) -> object:
    """A value as it may stand in a text: no markup, one line, nothing that turns the writing round."""
    if isinstance(value, Link):
        return value
    text = str(value)
    return text if _PLAIN(text) else _washed(text)


def _washed(text: str) -> str:
    line = " ".join(text.splitlines())
    kept = (each for each in line if unicodedata.category(each) not in _INVISIBLE and each not in _BIDI)
    return "".join(kept).translate(_HARMLESS)


def _cut(text: str) -> str:
    """The whole lines that fit. A last resort: a test holds every template to the limit."""
    room = LIMIT - len(CUT.encode())
    while len(text.encode()) > room:
        text = text.rpartition("\n")[0] if "\n" in text else text[: room // 4]
    return text.rstrip() + CUT


@cache
def _template(name: str, language: str) -> Template:
    return environment_in(language).get_template(f"{name}.txt")


@cache
def environment_in(language: str) -> Environment:
    """The templates in one language."""
    translate = translator(language)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        auto_reload=False,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  plain text: `harmless` is the escaping
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=harmless,
    )
    environment.globals |= {"tap": tap, "_": translate}
    if translate is not str:
        environment.globals["tap"] = partial(tap, between=" ")
        weave(environment, translate)
    return environment
