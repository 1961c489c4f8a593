"""English beside Chinese: nothing lacks its translation, nothing is left over, and a tapped word means the same."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from channel import messages
from channel.languages import CHINESE, ENGLISH, LANGUAGES, chosen, read_catalogue, translator
from channel.render import TEMPLATES, render
from channel.weave import OURS, TAGS, weave
from domain.care import RELATIONS, relation_in
from flows import words
from flows.catalogue import FLOWS
from flows.family_words import read
from flows.kinds.places import PickDivision
from flows.told import in_chinese, listed, relative, told_day, told_left, worded
from flows.words import command_in, word
from tests.flows.people import hear, known, texts
from tests.flows.test_every_question import QUESTIONS, asked

FOREIGN = tuple(each for each in LANGUAGES if each != CHINESE)
every_language = pytest.mark.parametrize("language", FOREIGN)
PAGES = TEMPLATES.parent / "bot" / "templates"
TAPPED = re.compile(r"\[([^\[\]]+)\]")


@every_language
def test_the_catalogue_holds_every_message_translated_and_no_other(language: str) -> None:
    catalogue = read_catalogue(language)
    known_ids = {str(each.id) for each in catalogue if each.id}
    lacking = {str(each.id) for each in catalogue if each.id and (not each.string or each.fuzzy)}
    wanted = set(messages.messages())
    assert (wanted - known_ids, known_ids - wanted, lacking) == (set(), set(), set()), "make messages"
    assert not catalogue.obsolete


def test_a_word_for_a_relative_is_told_as_it_is_understood() -> None:
    for key, said in RELATIONS.items():
        assert (in_chinese(relative(key)), worded(relative(key), translator(ENGLISH))) == said
        assert {relation_in(each, frozenset()) for each in (*said, *map(str.upper, said))} == {key}


@every_language
def test_a_translation_has_the_places_of_its_message(language: str) -> None:
    for each in read_catalogue(language):
        if each.id:
            assert messages.places(str(each.id)) == messages.places(str(each.string)), each.id


@every_language
def test_a_tapped_word_means_the_same(language: str) -> None:
    answers = [each for each in vars(words).values() if isinstance(each, frozenset) and each is not words.ANSWERS]
    for message in read_catalogue(language):
        pairs = zip(TAPPED.findall(str(message.id)), TAPPED.findall(str(message.string)), strict=True)
        for chinese, foreign in pairs:
            if {chinese, foreign} == {"English", "中文"}:
                continue
            meant, same = command_in(chinese), [each for each in answers if word(chinese) in each]
            assert command_in(foreign) is meant, message.id
            family = read(chinese)
            assert family == read(foreign), message.id
            assert meant or family or any(word(foreign) in each for each in same), message.id


@every_language
def test_no_translation_says_that_somebody_is_healthy_or_breaks_a_page(language: str) -> None:
    pages = {text for text, where in messages.messages().items() if all(each.endswith(".html") for each in where)}
    for each in read_catalogue(language):
        assert not re.search(r"\bhealthy\b|\bsafe\b", str(each.string), re.IGNORECASE)
        assert '"' not in str(each.string).replace('<a href="{url}">', "")
        assert each.id not in pages or not re.search("[<>\n]", str(each.string))


@pytest.mark.parametrize(("flow", "question"), [each for each in QUESTIONS if not FLOWS[each[0]].of_staff])
def test_a_question_in_english_has_no_chinese_but_names_and_quotations(flow: str, question: str) -> None:
    found = FLOWS[flow].question(question)
    assert found is not None
    session = replace(asked(flow, question), language=ENGLISH)
    text = render(texts(hear(session, "help", known())), ENGLISH)
    for data in (
        "您, ",
        "湖北省武汉市江汉区",
        "武汉",
        "王",
        "凤凰",
        "长城花园",
        "体温 38.55℃，发热等（您本人，12月31日）",
    ):
        text = text.replace(data, "")
    if not isinstance(found.kind, PickDivision):
        assert not re.search("[\u4e00-\u9fff]", re.sub("宁夏.*", "", text)), text


def test_staff_templates_are_the_only_ones_that_stay_chinese() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.txt")} >= messages.OF_STAFF
    assert not messages.OF_STAFF & {path.stem for path in messages.residents_templates()}


@every_language
@pytest.mark.parametrize("page", sorted(PAGES.glob("*.html")), ids=lambda page: page.stem)
def test_a_page_in_another_language_has_no_chinese_but_in_brackets(page: Path, language: str) -> None:
    environment = Environment(loader=FileSystemLoader(PAGES))  # noqa: S701  only parsed
    weave(environment, translator(language), TAGS)
    tokens = environment._tokenize(page.read_text("utf-8"), page.name)
    said = "".join(str(token.value) for token in tokens if token.type in ("data", "string"))
    said = re.sub(r"\([^()]*[一-鿿][^()]*\)|“允许”|“使用完整服务”", "", said.replace("正文三·末", ""))
    assert not re.search("[一-鿿]", said), said
    assert environment.get_template(page.name)


# --- weaving ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "message", "translation", "shown"),
    [
        ("体温 {{ t }}℃。", "体温 {t}℃。", "It is {t}.", "It is 36.5."),
        ("  先 {{ a.b }} 后 {{ a.b }}\n", "先 {b} 后 {b2}", "{b2} then {b}", "  7 then 7\n"),
        ("{{ a.b }}{% if t %}，有{% endif %}", "，有", " yes", "7 yes"),
        ('{{ tap("撤销") }}。', "[撤销]。", "[undo].", "<undo>."),
        ('{{ "量了" ~ t ~ "度" if t }}', "量了{t}度", "{t} degrees", "36.5 degrees"),
        ('{{ {"36.5": "对"}[t] | upper }}', "对", "right", "RIGHT"),
        ('{% if "对" in t or t == "错" %}对{% else %}x{% endif %}', "对", "right", "x"),
        ("没有译文 {{ t }}", "-", "-", "没有译文 36.5"),
    ],
)
def test_a_template_is_woven(template: str, message: str, translation: str, shown: str) -> None:
    environment = Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)  # noqa: S701 (plain text)
    environment.globals["tap"] = lambda word: f"<{word}>"
    weave(environment, lambda text: translation if text == message else text)
    assert environment.from_string(template).render(t="36.5", a={"b": 7}) == shown


def test_what_is_ours_is_worded_and_what_was_typed_is_not() -> None:
    english = translator(ENGLISH)
    day, left = told_day(date(2020, 3, 2)), told_left(timedelta(hours=50, minutes=59))
    assert (in_chinese(day), worded(day, english)) == ("3月2日", "2 Mar")
    assert (in_chinese(left), worded(left, english)) == ("2 天 2 小时", "2 d 2 h")
    assert worded(listed([day, "没有"]), english) == "2 Mar, 没有"
    assert worded({"name": "没有", "rows": [["是", day]]}, english) == {"name": "没有", "rows": [["是", "2 Mar"]]}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [(["en-GB", "zh"], "en"), (["zh-CN", "en"], "zh"), (["fr", "en"], "en"), (["fr"], "zh"), ([], "zh")],
)
def test_a_browser_gets_the_first_language_it_accepts(accepted: list[str], language: str) -> None:
    assert chosen(accepted) == language


def test_an_unknown_language_is_chinese() -> None:
    assert translator("xx") is translator("") is translator(CHINESE) is str
    assert OURS.search(translator("xx")("没有"))
