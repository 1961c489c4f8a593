"""代报: a report on behalf of somebody who cannot send it. Who is meant is looked up by the desk behind, which shows
the masked name and today's standing before anything is recorded, unless the number of a list that it sent says who.
"""

from __future__ import annotations

from domain.reject import Reject
from flows.core import Turn
from flows.engine import begin, reject_say
from flows.kinds.health import Symptoms, Temperature
from flows.kinds.people import Who
from flows.plain import Json
from flows.questions import Flow, Question, Scene
from flows.staff_asks import asked
from flows.staff_words import StaffCommand
from flows.words import plain


def report_for(scene: Scene, who: str = "", rest: str = "", busy: Turn | None = None) -> Turn:
    """代报, 代报 3, 代报 3 36.5, 代报 3 38.0 咳嗽: what was said is taken, what was not is asked. `busy`: the turn
    instead of asking, while something else is under way."""
    presets: dict[str, Json] = {}
    try:
        if who:
            presets["who"] = Who().parse(who, scene)
        if rest:
            temperature, _, symptoms = plain(rest).partition(" ")
            presets["temperature"] = Temperature().parse(temperature, scene)
            presets["symptoms"] = Symptoms().parse(symptoms, scene) if symptoms else []
    except Reject as reject:
        return Turn(scene.session, (reject_say(reject),))
    if busy and len(presets) == len(STAFF_REPORT.questions):
        return asked(scene, StaffCommand.REPORT_FOR, **presets)
    return busy or begin(STAFF_REPORT, scene, presets)


def _submit(scene: Scene) -> Turn:
    given = {name: scene.answers[name] for name in ("who", "temperature", "symptoms")}
    return asked(scene, StaffCommand.REPORT_FOR, **given)


STAFF_REPORT = Flow(
    "staff_report",
    "代报",
    (
        Question("who", "给谁代报？请发名单里的编号、身份证号码，或者姓名。", Who()),
        Question("temperature", "这个人今天的体温是多少度？", Temperature(), fresh=True),
        Question("symptoms", "这个人今天有没有下面这些不舒服？可以选几项。", Symptoms(), fresh=True),
    ),
    _submit,
    of_staff=True,
)
