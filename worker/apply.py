"""What an effect does to a person and what follows from it. Pure: `settle` reads before and writes after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.facts import Fact, Report, Undo, day_of
from domain.fold import fold
from domain.people import Level
from domain.person import Person
from domain.verdict import Colour, Verdict, World, judge
from flows.core import Amend, Declare, Erase, Record, Say
from store.people import Act, Change, Following, Letter, Task

PersonEffect = Declare | Record | Amend | Erase

STAYS = (Colour.YELLOW, Colour.RED)
"""The colours behind which facts survive an erasure until they lapse."""


@dataclass(frozen=True, slots=True)
class Source:
    """Which account an effect came from: its OpenID, its tag, and the number of the effect."""

    openid: str
    tag: str
    seq: int


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is applied and what is true for everybody then; whether an identity service is connected."""

    now: datetime
    world: World
    identity_service: bool = False

    def judge(self, person: Person) -> Verdict:
        return judge(person.history, self.now, self.world)


def apply(person: Person, effect: PersonEffect, source: Source, moment: Moment) -> Change | None:
    """The change that an account's effect makes; None when this person has it already."""
    if person.has_applied(source.tag, source.seq):
        return None
    marked = person.marked(source.tag, source.seq)
    match effect:
        case Declare():
            return _declare(person, marked, effect, source, moment)
        case _ if person.account != source.openid:
            # Not bound, bound to somebody else meanwhile, or erased: nothing may be recorded, the view says so.
            return _change(person, marked, moment, viewers=(source.openid,))
        case Record(fact=fact):
            return _record(person, marked.with_facts(fact), fact, moment)
        case Amend():
            return _change(person, _amended(marked, effect), moment)
        case Erase():
            return _erase(person, marked, moment)


def record(person: Person, fact: Fact, act: Act, moment: Moment) -> Change:
    """A fact recorded by staff, a list or a system; the resident is told when the colour changes."""
    change = _record(person, person.with_facts(fact), fact, moment)
    return replace(change, act=act, following=replace(change.following, letters=_told(change, moment)))


def confirm(person: Person, openid: str, act: Act, moment: Moment) -> Change:
    """A community worker saw the document: the claim of `openid` holds, whoever had claimed it before loses it."""
    others = tuple(o for o in dict.fromkeys((person.account, *person.contesting)) if o and o != openid)
    after = replace(person, account=openid, level=Level.CONFIRMED, contesting=())
    tasks = tuple(Task(person.community, about, done=True) for about in ("contested", "confirm") if person.community)
    letters = (Letter(openid, "text", (Say("told_confirmed"),)), Letter(openid, "code"))
    change = _change(person, after, moment, viewers=others, letters=letters, tasks=tasks)
    return replace(change, act=act)


def identified(person: Person, matched: bool, moment: Moment) -> Change | None:
    """What the identity service answered about name, number and telephone; None when it changes nothing."""
    if person.identity is None or person.level is not Level.PHONE:
        return None
    if matched:
        return _change(person, replace(person, level=Level.MATCHED), moment)
    letters = (Letter(person.account, "text", (Say("told_identity_mismatch"),)), Letter(person.account, "code"))
    tasks = (Task(person.community, "confirm"),)
    return _change(person, replace(person, level=Level.UNVERIFIED), moment, letters=letters, tasks=tasks)


def lapse(person: Person, moment: Moment) -> Change | None:
    """An erasure that waited is done once the colour has lapsed."""
    if not person.erasing or moment.judge(person).colour in STAYS:
        return None
    return _erase(person, person, moment)


def _declare(person: Person, marked: Person, effect: Declare, source: Source, moment: Moment) -> Change:
    if person.account not in ("", source.openid):
        contesting = tuple(dict.fromkeys((*person.contesting, source.openid)))
        return _change(
            person,
            replace(marked, contesting=contesting),
            moment,
            viewers=(source.openid,),
            letters=(
                Letter(source.openid, "text", (Say("told_contested"),)),
                Letter(person.account, "text", (Say("told_contested_holder"),)),
            ),
            tasks=(Task(person.community, "contested"),),
        )
    level = effect.level if person.account == "" else max(effect.level, person.level)
    after = replace(
        marked.with_facts(effect.fact),
        identity=effect.identity,
        address=effect.address,
        community=effect.community,
        level=level,
        account=source.openid,
        erasing=False,
    )
    letters = [Letter(source.openid, "code")]
    if level is Level.PHONE and moment.identity_service:
        letters.append(Letter(source.openid, "identity"))
    tasks = [Task(effect.community, "confirm")] if level < Level.PHONE else []
    if moment.judge(after).colour in STAYS:
        tasks.append(Task(effect.community, "abnormal"))
    return _change(person, after, moment, letters=tuple(letters), tasks=tuple(tasks))


def _record(person: Person, after: Person, fact: Fact, moment: Moment) -> Change:
    """Any fact; a report that makes somebody yellow opens a task, undoing it closes the task."""
    stays, stayed = moment.judge(after).colour in STAYS, moment.judge(person).colour in STAYS
    tasks: tuple[Task, ...] = ()
    if person.community and isinstance(fact, Report | Undo) and stays != stayed:
        tasks = (Task(person.community, "abnormal", done=not stays),)
    return _change(person, after, moment, tasks=tasks)


def _amended(person: Person, effect: Amend) -> Person:
    identity = person.identity
    if identity is not None and effect.phone is not None:
        identity = replace(identity, phone=effect.phone)
    return replace(
        person,
        identity=identity,
        level=person.level if effect.level is None else effect.level,
        address=person.address if effect.address is None else effect.address,
        community=person.community if effect.community is None else effect.community,
    )


def _erase(person: Person, marked: Person, moment: Moment) -> Change:
    if moment.judge(person).colour in STAYS:
        letters = (Letter(person.account, "text", (Say("told_erase_waits"),)),)
        return _change(person, replace(marked, erasing=True), moment, letters=letters)
    letters = (Letter(person.account, "text", (Say("told_erased"),)),)
    return _change(person, marked.erased(), moment, viewers=(person.account,), letters=letters)


def _told(change: Change, moment: Moment) -> tuple[Letter, ...]:
    person = change.after
    before, after = moment.judge(change.before), moment.judge(person)
    if not person.account or person.level < Level.PHONE or before.colour == after.colour:
        return ()
    says = (
        Say(
            "told_colour", {"before": before.colour.value, "colour": after.colour.value, "clauses": list(after.clauses)}
        ),
    )
    return (Letter(person.account, "text", says), Letter(person.account, "code"))


def _change(
    person: Person,
    after: Person,
    moment: Moment,
    *,
    viewers: tuple[str, ...] = (),
    letters: tuple[Letter, ...] = (),
    tasks: tuple[Task, ...] = (),
) -> Change:
    """The change with the next version, folded facts, and everybody whose view it touches."""
    after = replace(after, version=person.version + 1, history=fold(after.history, day_of(moment.now), moment.world))
    everybody = tuple(dict.fromkeys(o for o in (after.account, person.account, *viewers) if o))
    left = person.community if person.community != after.community else ""
    return Change(person, after, Following(person.pid, after.version, everybody, letters, tasks, left))
