"""What every question owes a resident, whatever comes: 帮助, 取消, 上一步, a picture, an empty text, 健康码."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import get_args, get_type_hints

import pytest

from channel.languages import LANGUAGES
from channel.render import CUT, render
from domain.facts import By, Contact, Declaration, Exposure, Isolation, IsolationMode, Report, Symptom
from flows.catalogue import FLOWS
from flows.core import Incoming, IncomingKind, Session
from flows.front_desk import take
from flows.plain import Json
from tests.flows.people import COMMUNITY, NOW, WANG_FANG, asking, desk, hear, known, open_question, templates, texts

QUESTIONS = [(flow.name, question.name) for flow in FLOWS.values() for question in flow.questions]
UNHEARD = ("subscribe", "unsubscribe", "agreement", "undelivered")
NONSENSE = [kind for kind in get_args(get_type_hints(Incoming)["kind"]) if kind not in UNHEARD]

SCRIPT = "武汉" * 30
ANSWERS: dict[str, Json] = {
    "name": "王" * 50,
    "document": {"kind": "10", "number": WANG_FANG},
    "document_kind": "20",
    "document_number": {"kind": "20", "number": "E1234567"},
    "phone": "13800000000",
    "code": "proved",
    "community": COMMUNITY,
    "address": SCRIPT,
    "travelled": True,
    "where": SCRIPT,
    "where_on": "2020-03-01",
    "contact": True,
    "contact_on": "2020-03-01",
    "isolation": "home",
    "isolation_on": "2020-03-01",
    "symptoms": [each.value for each in Symptom],
    "temperature": "36.5",
    "what": "phone",
    "who": {"place": 3},
    "relation": "𠀀" * 6,
    "own": False,
    "same_home": False,
    "their_community": COMMUNITY,
    "their_address": SCRIPT,
    "unchanged": True,
    "new_phone": "13900000000",
    "contested": {"clause": "本地·1", "fact": "r1", "about": "体温 38.55℃，发热等（您本人，12月31日）"},
    "story": SCRIPT * 2,
    "pictures": ["media"] * 3,
    "kind": "text",
    "whom": {"place": "640106", "colours": ["yellow"], "silent": 3},
    "text": SCRIPT * 3,
    "picture": "media",
    "card": {"title": "复工须知", "description": "", "url": "https://nx.gov.cn/a"},
    "route": "window",
    "urgency": "usual",
    "when": "",
}
EVERYBODY: list[Json] = [["", "𠀀" * 6, "38.55"]] * 7
NEEDS: dict[str, dict[str, Json]] = {
    "document_kind": {"document": "other"},
    "document_number": {"document": "other"},
    "new_address": {"what": "address"},
    "new_community": {"what": "community"},
    "picture": {"kind": "picture"},
    "card": {"kind": "card"},
    "unchanged": {"readings": EVERYBODY, "lapsed_names": ["您", *["𠀀" * 6] * 6]},
    "confirm": {"readings": EVERYBODY},
}
"""What must have been answered otherwise for a question to be asked at all."""


def asked(flow: str, question: str) -> Session:
    """A session in which this question is open and all before it are answered, as long as answers can be."""
    answers: dict[str, Json] = {"unwell": question == "symptoms", "lapsed": True}
    for each in FLOWS[flow].questions:
        if each.name == question:
            break
        if each.name in ANSWERS and not (flow == "checkin" and each.name == "symptoms"):
            answers[each.name] = ANSWERS[each.name]
    return asking(flow, question, answers | NEEDS.get(question, {}))


every_question = pytest.mark.parametrize(("flow", "question"), QUESTIONS)


@every_question
@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense_is_answered_and_the_question_stays(flow: str, question: str, kind: IncomingKind) -> None:
    incoming = Incoming(kind, NOW, key="nonsense")
    turn = take(asked(flow, question), known(), incoming, desk())
    assert turn.says
    assert turn.effects == ()
    assert kind == "click" or open_question(turn) == question


@every_question
def test_help_says_where_we_are_and_asks_again(flow: str, question: str) -> None:
    turn = hear(asked(flow, question), "帮助", known())
    assert templates(turn)[0] == "help_here"
    assert templates(turn)[1].startswith("ask_")
    assert open_question(turn) == question


@every_question
def test_cancel_ends_it_without_a_trace(flow: str, question: str) -> None:
    turn = hear(asked(flow, question), "取消", known())
    assert turn.session.conversation is None
    assert turn.effects == ()


@every_question
def test_back_goes_back_or_says_that_this_is_the_first(flow: str, question: str) -> None:
    turn = hear(asked(flow, question), "上一步", known())
    names = [each.name for each in FLOWS[flow].questions]
    earlier = names.index(open_question(turn)) < names.index(question)
    assert earlier != ("first_question" in templates(turn))


@every_question
def test_the_code_is_asked_for_and_the_question_stays(flow: str, question: str) -> None:
    turn = hear(asked(flow, question), "健康码", known())
    assert [type(effect).__name__ for effect in turn.effects] == ["WantCode"]
    assert open_question(turn) == question


@every_question
def test_the_question_is_asked_again_the_next_day(flow: str, question: str) -> None:
    tomorrow = NOW + timedelta(days=1)
    turn = hear(asked(flow, question), "是", known(), at=tomorrow, sent=tomorrow)
    assert turn.effects == ()
    assert flow == "checkin" or "resume" in templates(turn)


@every_question
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", ["状态", "为什么", "谁看过我", "记录", "我的数据", "帮助", "不要"])
def test_the_longest_answer_beside_it_fits_one_message(flow: str, question: str, word: str, language: str) -> None:
    every = frozenset(Symptom)
    home = Isolation(IsolationMode.HOME, NOW.date())
    worst = known(
        Contact(id="c", at=NOW, exposed_on=NOW.date(), isolation=home),
        Exposure(id="e", at=NOW, by=By.SELF, contact_on=NOW.date(), isolation=home, risk_area_on=NOW.date()),
        Declaration(id="d", at=NOW, by=By.SELF, temperature=Decimal("38.0"), symptoms=every),
        Report(id="g", at=NOW, by=By.GATE, temperature=Decimal("38.0")),
        *(
            Report(id=f"r{n}", at=NOW - timedelta(days=n), by=By.SELF, temperature=Decimal("38.55"), symptoms=every)
            for n in range(14)
        ),
    )
    who = replace(worst, profile=replace(worst.profile, address=SCRIPT))
    text = render(texts(hear(asked(flow, question), word, who)), language)
    assert CUT not in text
