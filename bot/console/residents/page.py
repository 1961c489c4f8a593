"""What the page of one resident shows: masked identity, colour with reasons, time line, family, cards, messages."""

from __future__ import annotations

from typing import Any

from bot.console.residents import orders
from bot.console.residents.wording import said
from bot.console.visits import Visit
from channel import ladder
from domain import cards
from domain.care import active
from domain.carry_out import target_of
from domain.facts import Case, Contact, Symptom, Upstream, day_of
from domain.grounds import grounds
from domain.notices import in_force
from domain.people import mask_document, mask_name, mask_phone
from domain.person import Person
from domain.places import full_name
from domain.roles import Action
from domain.timeline import normal_days, readings, timeline
from domain.verdict import Verdict
from flows.names import SYMPTOM_NAMES
from flows.told import in_chinese, relative
from store.keys import pid_text, shard_of_pid
from store.known import everyone_of
from worker.context import Context
from worker.decisions.moment import as_of
from worker.staff.calling import about
from worker.staff.looking import opened, remarks


def whole(ctx: Context, visit: Visit, pid: bytes) -> dict[str, Any]:
    """Everything of the page; looking is an act, and the resident can see it. Raises Refused."""
    person = opened(ctx, visit.staff, pid)
    moment, target = ctx.moment(), target_of(person)
    verdict = moment.judge(person)
    return {
        "person": person,
        "pid": pid_text(pid),
        "who": _masked(person),
        "place": full_name(person.community),
        "verdict": verdict,
        "reasons": _reasons(ctx, person, verdict),
        "remarks": remarks(person),
        "entries": timeline(person),
        "whys": _whys(ctx, pid),
        "said": said,
        "withdrawable": lambda fact: isinstance(fact, Case | Contact | Upstream),
        "normal": sorted(normal_days(person.history).items(), reverse=True),
        "readings": readings(person.history),
        "forms": orders.allowed(visit, person),
        "reviews": visit.may(Action.REVIEW, target),
        "withdraws": visit.may(Action.SUBMIT_WITHDRAWAL, target),
        "reveals": visit.may(Action.SEE_PERSON, target) or visit.may(Action.SEE_WARD, target),
        "issues": visit.may(Action.ISSUE_CARD, target),
        "carers": active(person.carers),
        "called": called,
        "waiting": [each for each in person.carers if each.lives(moment.now) and each.waits],
        "claimants": [each for each in (person.account, *person.contesting) if each],
        "relatives": _relatives(ctx, person),
        "current": cards.current(person.cards, day_of(moment.now)),
        "fates": _fates(ctx, person),
        "call": ctx.calls.find(person.community, pid) if person.community else None,
        "about": about,
        "trail": ladder.told,
        "today": day_of(moment.now),
        "told_number": cards.told_number,
        "symptoms": [(each.value, SYMPTOM_NAMES[each]) for each in Symptom],
    }


def row(ctx: Context, person: Person) -> dict[str, Any]:
    """One line of what a search found."""
    verdict = ctx.moment().judge(person)
    return {"pid": person.pid, **_masked(person), "place": full_name(person.community), "colour": verdict.colour.value}


def _masked(person: Person) -> dict[str, str]:
    who = person.identity
    if who is None:
        return {"name": "", "document": "", "phone": ""}
    return {"name": mask_name(who.name), "document": mask_document(who.document), "phone": mask_phone(who.phone)}


def _reasons(ctx: Context, person: Person, verdict: Verdict) -> list[dict[str, Any]]:
    """Each clause with the notice's words and the facts behind it."""
    moment = ctx.moment()
    notice = in_force(day_of(moment.now))
    words = {clause.id: clause.words for clause in notice.clauses}
    behind = {
        each.clause: each.facts for each in grounds(person.history, as_of(person.history, moment.now), moment.world)
    }
    return [{"id": id, "words": words.get(id, ""), "facts": behind.get(id, ())} for id in verdict.clauses]


def _whys(ctx: Context, pid: bytes) -> dict[str, tuple[str, str]]:
    """Id of a fact -> who did it and the reason, as far as the audit in the database reaches; older ones are in its
    files, which the auditor reads."""
    found: dict[str, tuple[str, str]] = {}
    for _, (whose, by, _what, facts, reason, _organisation) in ctx.audit.acts(shard_of_pid(pid)):
        if whose == pid:
            found |= dict.fromkeys(str(facts).split(), (by, reason))
    return found


def called(relation: str) -> str:
    """What somebody calls a relative, as staff read it."""
    return in_chinese(relative(relation))


def _relatives(ctx: Context, person: Person) -> list[dict[str, str]]:
    """Whom the account acts for: what it calls them, masked; their pages are found from here."""
    if not person.account:
        return []
    desktop = ctx.accounts.look(person.account)
    return [
        {"relation": called(each.relation), "name": each.known.profile.name, "pid": pid_text(each.known.pid)}
        for each in everyone_of(desktop.account, dict(desktop.views))
        if each.relation
    ]


def _fates(ctx: Context, person: Person) -> list[dict[str, Any]]:
    """The messages that they were sent lately, and what became of them, the newest first; to carers as well."""
    letters = [fate for openid, _ in person.listeners for fate in ctx.fates.of(openid) if fate.pid == person.pid]
    return [
        {"at": fate.at, "about": about(fate.about) if fate.about else "", "way": fate.way, "why": ladder.told(fate.why)}
        for fate in sorted(letters, key=lambda fate: fate.at, reverse=True)
    ]
