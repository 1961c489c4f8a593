"""What staff, lists, systems and the clock do to a person, and what follows from it. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.facts import Fact
from domain.person import Look, Person
from domain.revocations import worsened
from domain.verdict import Colour
from store.changes import Act, Change, Letter, Task
from worker.decisions import telling
from worker.decisions.consequences import changed, recorded, told
from worker.decisions.moment import Moment, as_of


def record(person: Person, fact: Fact, act: Act, moment: Moment) -> Change:
    """A fact recorded by staff, a list or a system; the resident is told when the colour changes."""
    return record_all(person, person, (fact,), act, moment)


def record_all(
    person: Person, after: Person, facts: tuple[Fact, ...], act: Act, moment: Moment, tasks: tuple[Task, ...] = ()
) -> Change:
    """As `record` for several facts of one act, which may change `person` into `after` besides."""
    after = after.with_facts(*facts).with_recorder(act.organisation, *facts)
    change = recorded(person, after, facts, moment, tasks)
    return replace(change, act=act, following=replace(change.following, letters=told(change, moment)))


def look(person: Person, seen: Look, act: Act, moment: Moment) -> Change:
    """Somebody looked at the record: nothing changes but what 谁看过我 shows."""
    return replace(changed(person, person.looked_at(seen), moment), act=act)


def rejudge(person: Person, shown: Colour, moment: Moment) -> Change:
    """What is true for everybody has changed, and with it the colour: the resident is told, who was last at `shown`."""
    letters = telling.about_verdict(shown, person, as_of(person.history, moment.now), moment.world)
    since = moment.judge(person).since
    ended = since - timedelta(days=1) if letters and since else None
    # If it ended by itself as well, the clock's morning round need not say so again.
    newer = ended is not None and (person.noticed is None or person.noticed < ended)
    change = changed(person, replace(person, noticed=ended) if newer else person, moment)
    void = worsened(shown, moment.colour(change.after))
    return replace(change, following=replace(change.following, letters=letters, void=void))


def beside(
    person: Person,
    after: Person,
    moment: Moment,
    letters: tuple[Letter, ...] = (),
    tasks: tuple[Task, ...] = (),
    act: Act | None = None,
    viewers: tuple[str, ...] = (),
) -> Change:
    """A change of what is kept beside the facts: what was told, appeals, whose claim holds. No colour comes of it."""
    return replace(changed(person, after, moment, viewers=viewers, letters=letters, tasks=tasks), act=act)
