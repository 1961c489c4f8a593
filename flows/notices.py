"""Long-term notices: what a resident agreed to, when that is asked for, and notices that came back. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.facts import Report
from domain.reminders import BY_DEFAULT, OFF
from flows.core import Incoming, Say, Session, Turn
from flows.effects import Amend, Declare, Record, Undelivered
from flows.questions import Scene

ASKED_AGAIN_AFTER = timedelta(days=7)
ALWAYS = ("help", "reminding")
KEPT = 4
"""Templates whose consent is remembered; an account uses one or two."""


def heard(session: Session, incoming: Incoming) -> Turn | None:
    """The turn of an event about notices; None for anything else. Nobody waits for an answer to it."""
    match incoming.kind:
        case "agreement":
            return Turn(_agreed(session, incoming))
        case "undelivered":
            reason = next(iter(incoming.failed.values()), "")
            return Turn(session, effects=(Undelivered(notices=tuple(incoming.failed), reason=reason),))
        case _:
            return None


def with_invitation(scene: Scene, turn: Turn) -> Turn:
    """The turn, and behind it the question for consent, where a report is just done and it was not asked this week.

    帮助 and 提醒设置 always show it to who has declared and not agreed. Whoever wants no reminders is not asked.
    """
    says = turn.says
    if not isinstance(says, tuple) or turn.session.conversation is not None or _wants_none(scene, turn):
        return turn
    invited = invitation(scene)
    if scene.known is not None and any(say.template in ALWAYS for say in says):
        return replace(turn, says=(*says, *invited))
    asked = turn.session.invited_at
    if not invited or not _has_reported(turn) or (asked is not None and scene.at - asked < ASKED_AGAIN_AFTER):
        return turn
    return replace(turn, says=(*says, *invited), session=replace(turn.session, invited_at=scene.at))


def invitation(scene: Scene) -> tuple[Say, ...]:
    """The sentence with the link to the page, for who has not agreed yet; nothing where none is set up."""
    desk, session = scene.desk, scene.session
    if not desk.reminder_template or desk.reminder_template in session.notices or session.consented_at is None:
        return ()
    return (Say("invite", {"url": desk.subscribe_url}),)


def _wants_none(scene: Scene, turn: Turn) -> bool:
    """By what was just chosen, else by what was chosen before."""
    chosen = [effect.remind for effect in turn.effects if isinstance(effect, Amend) and effect.remind is not None]
    return (chosen or [scene.known.remind if scene.known else BY_DEFAULT])[-1] == OFF


def _has_reported(turn: Turn) -> bool:
    return any(
        isinstance(effect, Declare) or (isinstance(effect, Record) and isinstance(effect.fact, Report))
        for effect in turn.effects
    )


def _agreed(session: Session, incoming: Incoming) -> Session:
    notices = dict(session.notices)
    for template, agrees in incoming.agreements.items():
        if agrees:
            notices[template] = incoming.at
        elif template in notices and notices[template] <= incoming.at:
            del notices[template]
    newest = sorted(notices.items(), key=lambda each: each[1])[-KEPT:]
    return replace(session, notices=dict(newest))
