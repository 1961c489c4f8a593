"""The second drain: what follows from changes of persons. Views with their letters, rosters, tasks.

Each is written by a script in its own slot where a newer version wins, so a drain may run twice, overlap or die
anywhere. The entries of one person stand in the order of its versions and are taken in that order; therefore the
version of a view also says which letters were posted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError

from domain.appeals import TicketState
from domain.person import Person
from domain.tasks import ABNORMAL, CONFIRM, CONTESTED
from store import due, rosters, tasks, views, wards
from store.changes import Following, Letter
from store.codec import loads
from store.keys import TICKET_SECONDS, Keys, shard_of
from store.people import People
from store.person import Damaged
from store.rosters import RosterCell
from store.scripts import queue_script
from store.sealing import Vault
from store.streams import MAX_FAILURES, Entry, Streams
from store.tasks import OpenTask, at_county
from store.views import ViewCell
from worker.decisions.moment import Moment
from worker.delivery import letters
from worker.settling import revoking
from worker.settling.carrying import Busy, Carrier
from worker.settling.cells import cell_for, due_arguments, linked_cell, roster_cell
from worker.settling.feeding import Feeding
from worker.settling.settle import BATCH, Drained

log = logging.getLogger(__name__)


class Follower:
    """The second drain of one or more shards."""

    def __init__(
        self,
        redis: Redis,
        keys: Keys,
        people: People,
        streams: Streams,
        vault: Vault,
        moment: Callable[[], Moment],
        feeding: Feeding,
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._people = people
        self._streams = streams
        self._vault = vault
        self._moment = moment
        self._carrier = Carrier(people)
        self._feeding = feeding
        self._handle_key = feeding.handle_key

    def drain(self, shards: Iterable[int]) -> Drained:
        """One pass. Raises RedisError when Redis is away."""
        entries = self._streams.read("follow", shards, BATCH)
        if not entries:
            return Drained()
        opened, failures = self._open(entries)
        people = self._people.read_sound(following.pid for _, following in opened)
        people |= self._people.read_sound(link.pid for person in people.values() for link in person.links)
        moment, blocked, posted, done = self._moment(), set[bytes](), set[int](), list[Entry]()
        feeder = self._feeding.open()
        persons, again = set[int](), False
        with self._redis.pipeline(transaction=False) as trip:
            for entry, following in opened:
                if following.pid in blocked:
                    continue
                try:
                    if following.pid not in people:
                        raise Damaged
                    persons |= self._carrier.carry(people[following.pid], following, moment)
                    self._queue(trip, people, following, moment)
                    feeder.queue(trip, people, following)
                except RedisError:
                    raise
                except Busy:
                    blocked.add(following.pid)
                    again = True
                except Exception as error:
                    blocked.add(following.pid)
                    failures.append((entry, error))
                else:
                    posted |= {shard_of(letter.openid) for letter in following.letters}
                    done.append(entry)
            trip.execute()
        self._streams.remove("follow", done)
        for entry, failure in failures:
            self._fail(entry, failure)
        return Drained(len(done), again, frozenset(posted), frozenset(persons), feeder.fed)

    def _open(self, entries: list[Entry]) -> tuple[list[tuple[Entry, Following]], list[tuple[Entry, Exception]]]:
        opened: list[tuple[Entry, Following]] = []
        failures: list[tuple[Entry, Exception]] = []
        for entry in entries:
            try:
                opened.append((entry, loads(Following, entry.fields[b"f"])))
            except Exception as error:
                failures.append((entry, error))
        return opened, failures

    def _queue(self, trip: Pipeline, people: Mapping[bytes, Person], following: Following, moment: Moment) -> None:
        person = people[following.pid]
        if not person.alias_of:  # what accounts see under an alias record follows from the main one
            for openid in following.viewers:
                cell = replace(cell_for(person, openid), version=following.version)
                self._queue_view(trip, person.pid, openid, cell, _to(openid, following.letters))
            self._queue_linked(trip, people, following)
        self._queue_roster(trip, person, following, moment)
        self._queue_due(trip, person, moment)
        self._queue_ward(trip, person, following)
        self._queue_tasks(trip, person, following)
        revoking.queue(trip, self._keys, self._handle_key, person, following, moment.now)

    def _queue_linked(self, trip: Pipeline, people: Mapping[bytes, Person], following: Following) -> None:
        """The views under the linked documents. An account of both hears what is told once, and gets both pictures."""
        person, served = people[following.pid], set[str]()
        for link in person.links:
            second = people.get(link.pid)
            if second is None or second.alias_of != person.pid:
                continue
            carers = (each.account for each in second.carers)
            for openid in dict.fromkeys((second.account, *second.contesting, *carers, *following.beside)):
                told = () if openid in served else _to(openid, following.letters)
                if openid in following.viewers:
                    told = tuple(letter for letter in told if letter.kind == "code")
                served.add(openid)
                cell = replace(linked_cell(person, second, link, openid), version=link.base + following.version)
                if openid:
                    self._queue_view(trip, second.pid, openid, cell, told)

    def _queue_view(self, trip: Pipeline, pid: bytes, openid: str, cell: ViewCell, told: tuple[Letter, ...]) -> None:
        post = [letters.seal(self._vault, letters.of_person(letter, pid, cell.version)) for letter in told]
        names, arguments = views.put_arguments(self._keys, self._vault, openid, pid, cell, post)
        queue_script(trip, views.PUT, names, arguments)

    def _queue_roster(self, trip: Pipeline, person: Person, following: Following, moment: Moment) -> None:
        if person.community and not person.alias_of:
            names, arguments = rosters.put_arguments(
                self._keys, person.community, person.pid, roster_cell(person, moment)
            )
            queue_script(trip, rosters.PUT, names, arguments)
        if following.left_community and (following.left_community != person.community or person.alias_of):
            gone = RosterCell(following.version, present=False)
            names, arguments = rosters.put_arguments(self._keys, following.left_community, person.pid, gone)
            queue_script(trip, rosters.PUT, names, arguments)

    def _queue_ward(self, trip: Pipeline, person: Person, following: Following) -> None:
        for institution in {following.left_institution, person.institution} - {""}:
            there = institution == person.institution
            names, arguments = wards.put_arguments(self._keys, institution, person.pid, person.version, there)
            queue_script(trip, wards.PUT, names, arguments)

    def _queue_tasks(self, trip: Pipeline, person: Person, following: Following) -> None:
        """What is closed is closed at the county as well, if it has it; whoever moves away leaves nothing open."""
        for task in following.tasks:
            this = OpenTask(person.pid, task.about, following.version, task.community, task.due)
            tasks.queue_put(trip, self._keys, this, done=task.done)
            if task.done:
                tasks.queue_put(trip, self._keys, at_county(this), done=True, if_known=True)
        for about in (CONFIRM, CONTESTED, ABNORMAL) if following.left_community else ():
            left = OpenTask(person.pid, about, following.version, following.left_community)
            tasks.queue_put(trip, self._keys, left, done=True, if_known=True)
            tasks.queue_put(trip, self._keys, at_county(left), done=True, if_known=True)

    def _queue_due(self, trip: Pipeline, person: Person, moment: Moment) -> None:
        queue_script(trip, due.PUT, *due_arguments(self._keys, person, moment))
        if person.tickets:
            deadline = min((each.due for each in person.tickets if each.state is TicketState.OPEN), default=None)
            queue_script(trip, due.PUT, *due.deadline_arguments(self._keys, person.pid, person.version, deadline))
        for ticket in person.tickets:
            trip.set(self._keys.ticket(ticket.number), person.pid, ex=TICKET_SECONDS)

    def _fail(self, entry: Entry, error: Exception) -> None:
        failures = self._streams.failed("follow", entry)
        log.error(
            "follow %s of shard %02x failed (%d): %s", entry.id.decode(), entry.shard, failures, type(error).__name__
        )
        if failures >= MAX_FAILURES:
            self._streams.park("follow", entry, "", type(error).__name__)


def _to(openid: str, told: tuple[Letter, ...]) -> tuple[Letter, ...]:
    return tuple(letter for letter in told if letter.openid == openid)
