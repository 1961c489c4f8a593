"""Two documents of one person as changes: linked, carried on to the main record, given back. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.facts import By, Fact, Undo
from domain.linking import carried, dropped, linked, released, unlinked
from domain.person import Person
from domain.roles import Staff
from store.changes import Act, Change, Letter
from worker.decisions import telling
from worker.decisions.consequences import abnormal, told, waiting
from worker.decisions.moment import Moment
from worker.decisions.recording import beside


def link(second: Person, main: Person, staff: Staff, act: Act, moment: Moment) -> Change:
    """The second document becomes an alias record. Raises Refused."""
    change = beside(second, linked(second, main, staff), moment, act=act)
    return replace(change, following=replace(change.following, left_community=second.community))


def unlink(second: Person, main: Person, act: Act, moment: Moment) -> Change:
    """The second document stands on its own again, and its account is told what it shows now. Raises Refused."""
    change = beside(second, unlinked(second, main), moment, act=act)
    letters = telling.about_verdict(moment.judge(main).colour, change.after, moment.now, moment.world)
    return replace(change, following=replace(change.following, letters=letters, left_main=main.pid))


def free(second: Person, main: bytes, moment: Moment) -> Change | None:
    """The alias record of somebody who was erased stands on its own again; None if it does by now."""
    return beside(second, released(second), moment) if second.alias_of == main else None


def take_up(
    main: Person,
    second: Person,
    version: int,
    aliases: Sequence[Person],
    moment: Moment,
    letters: tuple[Letter, ...] = (),
    beside_them: tuple[str, ...] = (),
) -> Change | None:
    """What is recorded under the document `second` becomes `main`'s too, with what its accounts are told of `version`
    and whose view changes; None if all that is done.
    """
    after = carried(main, second, version, aliases)
    if after is None:
        return None
    known = {fact.id for fact in main.history.facts}
    new = tuple(fact for fact in after.history.facts if fact.id not in known)
    moved = after.community != main.community
    tasks = waiting(after, moment) if moved else abnormal(main, after, new, moment)
    change = beside(main, after, moment, tasks=tasks)
    if any(not _said_by_them(fact) for fact in new):
        letters = (*letters, *told(change, moment))
    return replace(change, following=replace(change.following, letters=letters, beside=beside_them))


def give_back(main: Person, pid: bytes, aliases: Sequence[Person], moment: Moment) -> Change | None:
    """What is recorded under the document `pid`, linked no more, is not `main`'s any more; None if that is done."""
    after = dropped(main, pid, aliases)
    if after is None:
        return None
    change = beside(main, after, moment)
    return replace(change, following=replace(change.following, letters=told(change, moment)))


def _said_by_them(fact: Fact) -> bool:
    return isinstance(fact, Undo) or getattr(fact, "by", None) is By.SELF
