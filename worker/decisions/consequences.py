"""What follows from a change of a person: version and views, tasks, what is told, codes that are void. Pure."""

from __future__ import annotations

from dataclasses import replace

from domain.facts import Fact, Report, Review, Undo, day_of
from domain.fold import fold
from domain.people import Level
from domain.person import Person
from domain.revocations import taken_away, worsened
from domain.tasks import ABNORMAL, CONFIRM, CONTESTED, due_of
from domain.verdict import Colour
from store.changes import Change, Following, Letter, Task
from worker.decisions import telling
from worker.decisions.moment import Moment, as_of

STAYS = (Colour.YELLOW, Colour.RED)
"""The colours behind which facts survive an erasure until they lapse."""


def changed(
    person: Person,
    after: Person,
    moment: Moment,
    *,
    viewers: tuple[str, ...] = (),
    letters: tuple[Letter, ...] = (),
    tasks: tuple[Task, ...] = (),
) -> Change:
    """The change with the next version, folded facts, and everybody whose view it touches."""
    today = day_of(moment.now)
    after = replace(
        after,
        version=max(person.version, after.version) + 1,
        history=fold(after.history, today, moment.world),
        apart=None if after.apart is None else fold(after.apart, today, moment.world),
    )
    carers = (each.account for each in (*after.carers, *person.carers))
    everybody = tuple(dict.fromkeys(o for o in (after.account, person.account, *carers, *viewers) if o))
    tasks = tuple(replace(each, due=each.due or due_of(each.about, moment.now)) for each in tasks)
    left = person.community if person.community != after.community else ""
    gone = person.institution if person.institution != after.institution else ""
    kept = {each.client for each in after.bindings}
    partners = tuple(each.client for each in person.bindings if each.client not in kept)
    follows = Following(person.pid, after.version, everybody, letters, tasks, left, gone)
    void = _voids(person, after, moment)
    return Change(person, after, replace(follows, void=void, left_partners=partners, generation=person.generation))


def _voids(before: Person, after: Person, moment: Moment) -> bool:
    """Whether no code that was shown before is good any more."""
    if taken_away(before, after):
        return True
    if after.history == before.history:
        return False
    colour = moment.colour(after)
    return colour in STAYS and worsened(moment.colour(before), colour)


def recorded(
    person: Person, after: Person, facts: tuple[Fact, ...], moment: Moment, tasks: tuple[Task, ...] = ()
) -> Change:
    """Any facts; a report that makes somebody yellow opens a task, undoing or clearing it closes the task."""
    return changed(person, after, moment, tasks=(*tasks, *abnormal(person, after, facts, moment)))


def abnormal(person: Person, after: Person, facts: tuple[Fact, ...], moment: Moment) -> tuple[Task, ...]:
    """The task that these facts open or close, if any; those of an alias record do so for the main one."""
    stays, stayed = moment.colour(after) in STAYS, moment.colour(person) in STAYS
    reported = any(isinstance(fact, Report | Undo | Review) for fact in facts)
    if person.alias_of or not person.community or not reported or stays == stayed:
        return ()
    return (Task(person.community, ABNORMAL, done=not stays),)


def waiting(person: Person, moment: Moment) -> tuple[Task, ...]:
    """What there is to look after of somebody who declares, or who has moved: the community left behind closes it."""
    waits = {
        CONFIRM: person.level < Level.PHONE or (not person.account and any(c.waits for c in person.carers)),
        CONTESTED: bool(person.contesting),
        ABNORMAL: not person.alias_of and moment.colour(person) in STAYS,
    }
    return tuple(Task(person.community, about) for about, open in waits.items() if open and person.community)


def told(change: Change, moment: Moment) -> tuple[Letter, ...]:
    """What the accounts are told of a change that they did not make; of an alias record the main one's tells it."""
    if change.after.alias_of:
        return ()
    now = as_of(change.after.history, moment.now)
    return telling.about_change(change.before, change.after, now, moment.world)


def explained(before: Person, after: Person, moment: Moment) -> tuple[Letter, ...]:
    """What is told to whoever may be shown the colour from now on."""
    if after.alias_of:
        return ()
    return telling.about_proof(before, after, as_of(after.history, moment.now), moment.world)
