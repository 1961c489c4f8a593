"""Whose claim holds, as others decide it: a community worker who saw the document, the identity service. Pure."""

from __future__ import annotations

from dataclasses import replace

from channel.adapters import Match
from domain.care import accepted, active, carer_of
from domain.people import Level
from domain.person import Person
from domain.tasks import CONFIRM, CONTESTED
from flows.core import Say
from store.changes import Act, Change, Letter, Task
from worker.decisions.consequences import explained
from worker.decisions.moment import Moment
from worker.decisions.recording import beside


def confirm(person: Person, openid: str, act: Act, moment: Moment) -> Change:
    """A community worker saw the document: the claim of `openid` holds, whoever had claimed it before loses it.

    Of somebody without an account it is the carers' claim that holds: that of `openid`, or of all in force.
    """
    if not person.account and (not openid or carer_of(person.carers, openid) is not None):
        return _confirm_care(person, openid, act, moment)
    others = tuple(o for o in dict.fromkeys((person.account, *person.contesting)) if o and o != openid)
    after = replace(person, account=openid, level=Level.CONFIRMED, asking=False, contesting=())
    tasks = tuple(Task(person.community, about, done=True) for about in (CONTESTED, CONFIRM) if person.community)
    told = (Letter(openid, "text", (Say("told_confirmed"),)), *explained(person, after, moment))
    letters = (*told, Letter(openid, "code"))
    return beside(person, after, moment, letters, tasks, act, viewers=others)


def _confirm_care(person: Person, openid: str, act: Act, moment: Moment) -> Change:
    carers = accepted(person.carers, openid, moment.now)
    after = replace(person, carers=carers, level=max(person.level, Level.CONFIRMED))
    waiting = any(each.waits for each in after.carers)
    tasks = (Task(person.community, CONFIRM, done=not waiting),) if person.community else ()
    told = tuple(
        Letter(each.account, "text", (Say("told_confirmed", {}, each.relation),)) for each in active(after.carers)
    )
    letters = (*told, *explained(person, after, moment))
    return beside(person, after, moment, letters, tasks, act)


def identified(person: Person, answer: Match | None, moment: Moment) -> Change | None:
    """What the identity service answered about name, number and telephone, the last of all tries without an answer
    included (None). No change when it is not asked any more.
    """
    if not person.asking:
        return None
    level = {Match.MATCH: Level.MATCHED, Match.UNKNOWN: Level.PHONE}.get(answer or Match.MISMATCH, Level.UNVERIFIED)
    letters = [Letter(person.account, "code")]
    if answer is Match.MISMATCH:
        letters.insert(0, Letter(person.account, "text", (Say("told_identity_mismatch"),)))
    tasks = () if level >= Level.PHONE else (Task(person.community, CONFIRM),)
    after = replace(person, level=level, asking=False)
    return beside(person, after, moment, (*explained(person, after, moment), *letters), tasks)
