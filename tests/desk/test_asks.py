"""Asks: carried out twice they are as once, failed at every try they end with a sentence, refused they say why."""

from __future__ import annotations

import ast
import re
from typing import Any

from channel.render import TEMPLATES, render
from flows.staff_words import StaffCommand
from store.keys import account_tag
from tests.channel.test_render import ROOT, texts_of
from tests.desk.office import Office
from worker.delivery.deliver import MAX_TRIES
from worker.delivery.letters import Sendable
from worker.desk import ASKS, AskDesk

DESK = ("worker/desk", "worker/staff/duties.py", "worker/changing.py", "domain/invites.py", "store/invites.py")
ANSWERED_AT_ONCE = {StaffCommand.UNBIND, StaffCommand.BROADCAST}
"""Or by a conversation, which asks at its end."""


def test_whatever_staff_can_ask_for_is_carried_out() -> None:
    assert {each.value for each in StaffCommand if each not in ANSWERED_AT_ONCE} <= set(ASKS)


def test_what_is_carried_out_twice_is_as_once(office: Office) -> None:
    """The answer was not sent, or the machine died after it."""
    pid = office.resident(1)
    li, desk = office.phone("李强"), AskDesk(office.ctx)
    at = office.ctx.clock.now().isoformat()
    report = {"who": {"place": 1}, "temperature": "38.0", "symptoms": [], "at": at}
    code = office.code("li.qiang").removeprefix("绑定 ")
    asks: tuple[tuple[str, dict[str, Any]], ...] = (
        ("bind", {"code": code}),
        ("list", {}),
        ("report_for", report),
        ("report_sure", {}),
        ("tasks", {}),
        ("done", {"number": "1", "reason": "上门了"}),
        ("unbind_sure", {}),
    )
    for number, (what, args) in enumerate(asks):
        ref = f"{account_tag(li.openid)}-{number}"
        letter = Sendable(li.openid, "desk", ref=ref, what=what, args={"at": at, **args})
        first, again = (render(desk.answer(letter)) for _ in range(2))
        office.drain()
        assert "现在不能办理" not in first + again
        assert first == again or "没有重复" in again or "已经办结" in again, what
    assert office.reports(pid) == 1
    assert office.acts().count("bind account") == office.acts().count("unbind account") == 1
    assert office.acts().count("close task abnormal") == 1


def test_what_fails_at_every_try_ends_with_a_sentence(office: Office) -> None:
    pid = office.resident(1)
    li = office.bound("li.qiang")
    li.ask("名单")
    office.ctx.redis.set(office.ctx.keys.person(pid), b"damaged")
    said = li.say("代报 1 36.5")
    for _ in range(MAX_TRIES):
        office.drain()
    said += li.read()
    assert [text[:10] for text in said] == ["正在办理，结果马上发", "抱歉，刚才那件事试了"]


def test_an_ask_of_another_release_is_answered(office: Office) -> None:
    letter = Sendable("oSomebody", "desk", ref="x-1", what="horoscope")
    assert "现在不能办理" in render(AskDesk(office.ctx).answer(letter))


def test_every_refusal_of_the_desk_has_its_words() -> None:
    table, authorising = (
        (TEMPLATES / f"{name}_refused.txt").read_text(encoding="utf-8") for name in ("desk", "authorise")
    )
    worded = {
        *re.findall(r'^"(\w+)":', table, re.MULTILINE),
        *re.findall(r'reason == "(\w+)"', authorising),
    }
    assert refusals() <= worded


def refusals() -> set[str]:
    """What the modules behind the desk refuse with."""
    found: set[str] = set()
    for name in DESK:
        place = ROOT / name
        for path in [place] if place.is_file() else place.glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                    found.update(texts_of(node.args[0]))
    return found
