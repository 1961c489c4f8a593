"""Every template: declares what it uses, fits one message with the longest values, and shows nothing as a link."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import jinja2
import jinja2.meta
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channel.languages import LANGUAGES
from channel.render import CUT, LIMIT, TEMPLATES, declared_variables, harmless, render, render_one, tap
from domain.reject import Why
from domain.roles import Role
from flows.core import Say
from flows.plain import Json
from tests.channel.longest import OF_FAMILY, OF_STAFF, RELATIVE, WORST

ROOT = TEMPLATES.parent
FLOORS = ("domain", "flows", "store", "channel", "worker", "bot")
NAMES = sorted(path.stem for path in TEMPLATES.glob("*.txt") if not path.stem.startswith("_"))


def versions(name: str) -> list[Say]:
    """The template with each value of each variable once, beside the first of the others."""
    declared = declared_variables(name)
    own = OF_STAFF.get(name, {}) | OF_FAMILY.get(name, {})
    first = {each: WORST[each][0] for each in declared if each not in own} | own
    if name == "status":
        first["clauses"] = [row[:2] for row in first["clauses"]]
    changed = [{**first, each: value} for each in declared if each not in own for value in WORST[each][1:]]
    return [Say(name, args, who) for args in (first, *changed) for who in ("", RELATIVE)]


@pytest.mark.parametrize("name", NAMES)
def test_a_template_uses_what_it_declares(name: str) -> None:
    source = (TEMPLATES / f"{name}.txt").read_text(encoding="utf-8")
    free = {"tap", "who", "other", "_"}
    used = jinja2.meta.find_undeclared_variables(jinja2.Environment().parse(source)) - free  # noqa: S701 (only read)
    assert used == set(declared_variables(name))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_template_fits_one_message_with_the_longest_values(name: str, language: str) -> None:
    for say in versions(name):
        text = render_one(say, language)
        assert 0 < len(text.encode()) <= LIMIT, say
        assert "\n\n\n" not in text, say
        assert not any(line != line.rstrip(" ") for line in text.splitlines()), text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_of_whoever_has_every_role_fits_one_message(language: str) -> None:
    (url,) = WORST["url"]
    roles: list[Json] = [role.value for role in Role]
    help = Say("help", {"declared": True, "short": True})
    says = (Say("staff_help", {"roles": roles}), help, Say("code_link", {"url": url}))
    assert CUT not in render(says, language)


def test_help_fits_one_message_with_both_links_behind_it() -> None:
    (url,) = WORST["url"]
    says = (
        Say("help", {"declared": True, "short": False}),
        Say("code_link", {"url": url}),
        Say("invite", {"url": url}),
    )
    assert CUT not in render(says)


@pytest.mark.parametrize("name", NAMES)
def test_no_template_says_that_somebody_is_healthy(name: str) -> None:
    source = (TEMPLATES / f"{name}.txt").read_text(encoding="utf-8")
    assert not re.search(r"健康(?!码|申报|打卡|情况|通行卡|信息)", source)


def test_every_say_has_a_template_and_every_template_is_said() -> None:
    said = set(calls_of("Say"))
    assert said == set(NAMES)


def test_every_reason_has_its_words() -> None:
    table = (TEMPLATES / "reject.txt").read_text(encoding="utf-8")
    reasons = {*calls_of("Reject"), *(str(why) for why in Why)} - {"reject"}
    reasons |= {"temp_low", "temp_high", "code_wrong", "code_tries", "code_dead", "code_wait", "code_sends"}
    worded = set(re.findall(r'^"(\w+)":', table, re.MULTILINE))
    assert reasons == worded


def calls_of(function: str) -> list[str]:
    """The first arguments, where they are texts, of all calls of a function in the house."""
    found: list[str] = []
    for path in (path for floor in FLOORS for path in Path(ROOT / floor).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
                found += texts_of(node.args[0]) if node.args else []
    return found


def texts_of(node: ast.expr) -> list[str]:
    """The text itself, or the two of a conditional expression."""
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            return [*texts_of(body), *texts_of(orelse)]
        case ast.Constant(value=str(text)):
            return [text]
        case _:
            return []


# --- what residents typed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ('<a href="http://example.com">王芳</a>', "〈a href=＂http://example.com＂〉王芳〈/a〉"),
        ("<script>alert(1)</script>", "〈script〉alert(1)〈/script〉"),
        ("]]><xml>", "]]〉〈xml〉"),
        ("王&lt;芳", "王＆lt;芳"),
        ("王\n芳", "王 芳"),
        ("王\u202e芳\x00\x1b", "王芳"),
        ("王芳😀", "王芳😀"),
    ],
)
def test_markup_is_shown_and_does_nothing(typed: str, shown: str) -> None:
    assert harmless(typed) == shown
    assert shown in render((Say("ask_summary", {"sentence": "请核对。", "lines": [["姓名", typed]]}),))


@given(st.text(max_size=200))
def test_nothing_typed_becomes_markup_or_a_line(typed: str) -> None:
    shown = str(harmless(typed))
    assert not set('<>&"\n\r') & set(shown)
    shown.encode()


def test_a_tap_is_a_link_that_sends_its_word() -> None:
    assert tap("是") == '<a href="weixin://bizmsgmenu?msgmenucontent=是&msgmenuid=1">是</a>'
    assert harmless(tap("是")) == tap("是")
    assert tap('"><script>') == tap("＂〉〈script〉")


def test_a_missing_argument_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        render((Say("told_colour", {}),))


def test_what_does_not_fit_is_cut_between_lines() -> None:
    says = tuple(Say("ask_text", {"sentence": "长" * 100, "example": ""}) for _ in range(10))
    text = render(says)
    assert len(text.encode()) <= LIMIT
    assert text.endswith(CUT)
    assert "长" * 100 + CUT in text
