"""行程: a trip, a contact or an isolation, reported on any day."""

from __future__ import annotations

from flows.core import Say, Turn
from flows.effects import Record
from flows.kinds.summary import Summary
from flows.questions import Flow, Question, Scene, answered, either
from flows.reporting import CONTACT, ISOLATION, TRAVEL, exposure_from
from flows.standing import colour_say


def _submit(scene: Scene) -> Turn:
    known, exposure = scene.known, exposure_from(scene, 0)
    if known is None:
        return Turn(scene.session, (Say("declare_first"),))
    if exposure is None:
        return Turn(scene.session, (Say("exposure_none"), colour_say(known, scene.desk)))
    says = (Say("exposure_done"), colour_say(known, scene.desk, exposure))
    return Turn(scene.session, says, (Record(pid=known.pid, fact=exposure),))


QUESTIONS: tuple[Question, ...] = (
    *TRAVEL,
    *CONTACT,
    *ISOLATION,
    Question(
        "confirm",
        "请核对后确认。",
        Summary(lambda: QUESTIONS),
        either(answered("travelled", True), answered("contact", True), answered("isolation", "home", "central")),
    ),
)

EXPOSURE = Flow("exposure", "行程和接触申报", QUESTIONS, _submit)
