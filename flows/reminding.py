"""提醒设置: at which hour somebody is reminded of the day's check-in, or that they are not."""

from __future__ import annotations

from domain.people import Claim
from domain.reject import Reject
from domain.reminders import BY_DEFAULT, OFF
from flows.core import Known, Say, Turn
from flows.effects import Amend
from flows.engine import reject_say
from flows.kinds.hours import Hour, hour_asked
from flows.questions import Flow, Question, Scene
from flows.words import Command

SWITCHES = {Command.NO_REMINDER: OFF, Command.REMINDER_AGAIN: BY_DEFAULT}
"""What one word sets, at any time."""


def chosen(known: Known, scene: Scene, choice: int) -> Turn:
    """The choice is kept with the person; an open question stays open."""
    return Turn(scene.session, (_said(choice),), (Amend(pid=known.pid, remind=choice),))


def asked_to_remind(scene: Scene, text: str) -> Turn | None:
    """`提醒20点` or `晚上八点提醒我` in one message; None for any other text."""
    try:
        hour = hour_asked(text)
    except Reject as reject:
        return Turn(scene.session, (reject_say(reject),))
    if hour is None:
        return None
    if scene.known is None:
        return Turn(scene.session, (Say("declare_first"),))
    if scene.known.claim is Claim.CONTESTED:
        return Turn(scene.session, (Say("contested"),))
    return chosen(scene.known, scene, hour)


def _submit(scene: Scene) -> Turn:
    if scene.known is None:
        return Turn(scene.session, (Say("declare_first"),))
    return chosen(scene.known, scene, int(str(scene.answers["hour"])))


def _said(choice: int) -> Say:
    return Say("reminding", {"choice": choice})


REMINDING = Flow(
    "reminding",
    "提醒设置",
    (Question("hour", "每天几点提醒您打卡？请回复一个整点，如“20点”。", Hour()),),
    _submit,
)
