"""Carrying on: what changed under a document that is linked to another one goes to the main record, in its own slot.

The entry that says so leaves its stream only after the main record is written, and a main record remembers up to which
version it has an alias record: so it may be done twice, overlap or die anywhere. The main record is read first and the
alias records after it: whoever wrote one of them in between wins, and it is done again.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.person import Person
from store.changes import Change, Following
from store.keys import shard_of_pid
from store.people import People
from store.person import Damaged
from worker.decisions.linking import free, give_back, take_up
from worker.decisions.moment import Moment

TRIES = 5

Decide = Callable[[Person], Change | None]


class Busy(Exception):
    """The other record keeps changing; the entry waits for the next pass."""


class Carrier:
    """Writes what follows from a change of one person on the records that are linked with it."""

    def __init__(self, people: People) -> None:
        self._people = people

    def carry(self, person: Person, following: Following, moment: Moment) -> frozenset[int]:
        """The shards of the records written. Raises Busy; Damaged."""
        written: set[int] = set()
        if person.alias_of:
            written |= self._write(person.alias_of, lambda main: self._taken_up(main, following, moment))
        if following.left_main:
            written |= self._write(following.left_main, lambda main: self._given_back(main, following.pid, moment))
        for pid in following.freed:
            written |= self._write(pid, lambda second: self._freed(second, following.pid, moment))
        return frozenset(written)

    def _write(self, pid: bytes, decide: Decide) -> set[int]:
        for _ in range(TRIES):
            person = self._people.read_sound([pid]).get(pid)
            if person is None:
                raise Damaged
            change = decide(person)
            if change is None:
                return set()
            if self._people.write([change])[0]:
                return {shard_of_pid(pid)}
        raise Busy

    def _taken_up(self, main: Person, following: Following, moment: Moment) -> Change | None:
        aliases = self._aliases(main, following.pid)
        second = next((each for each in aliases if each.pid == following.pid), None)
        if second is None:
            return None
        return take_up(main, second, following.version, aliases, moment, following.letters, following.viewers)

    def _given_back(self, main: Person, pid: bytes, moment: Moment) -> Change | None:
        aliases = self._aliases(main, pid)
        return None if any(each.pid == pid for each in aliases) else give_back(main, pid, aliases, moment)

    def _freed(self, second: Person, main: bytes, moment: Moment) -> Change | None:
        now = self._people.read([main])[main]
        return None if any(link.pid == second.pid for link in now.links) else free(second, main, moment)

    def _aliases(self, main: Person, pid: bytes) -> list[Person]:
        """The records that are aliases of `main` now, `pid` among them if it is one."""
        found = self._people.read(dict.fromkeys((*(link.pid for link in main.links), pid)))
        return [each for each in found.values() if each.alias_of == main.pid]
