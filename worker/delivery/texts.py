"""Texts on their way: by the ladder, and onto the call list when no rung bears or what was sent comes back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from channel import ladder, notices
from channel.ladder import CALLED, Purpose, Rung, Step, Trail, Why
from channel.platform import SendError, Text
from channel.render import render
from domain.broadcasts.results import BLOCKED, fate
from domain.days import last_own_day
from domain.facts import day_of
from domain.reminders import is_quiet
from flows.core import Say
from flows.plain import Json
from flows.told import READER, relative
from store.calls import REMINDER, Call, Calls
from store.people import People
from store.piles import Piles
from worker.decisions.moment import Moment
from worker.decisions.reminders import with_time_left
from worker.delivery.households import Households
from worker.delivery.letters import Sendable
from worker.delivery.reaching import Message, Reaching, Unreached

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Texts:
    """Sends texts and reminders, and hears what became of notices; thread-safe."""

    reaching: Reaching
    people: People
    households: Households
    calls: Calls
    piles: Piles
    moment: Callable[[], Moment]

    def send(self, letter: Sendable) -> Rung:
        """Raises Unreached or SendError."""
        return self._climb(letter, self._message(letter))

    def remind(self, letter: Sendable) -> Rung | None:
        """A reminder, at most one a day and beside it one last call; None when there is nothing to remind of any more.

        The day is written down before it is sent, so that a crash costs a reminder rather than doubles it.
        One whose answer was lost counts as sent: it has no id by which a second would be known.
        Raises Unreached or SendError: nobody is disturbed at night by one that waited for the platform until then.
        """
        moment = self.moment()
        today = day_of(moment.now)
        before = self.reaching.reaches.read(letter.openid)
        says = self._reminder(letter, moment)
        last = any(say.args.get("asked") for say in letter.says)
        said = before.last_called if last else before.reminded
        if moment.world.has_ended(today) or not says or said == today:
            return None
        if is_quiet(moment.now):
            self.give_up(letter)
            raise Unreached((Step(Rung.CUSTOM, Why.NO_ANSWER),))
        letter = replace(letter, says=says)
        self._mark(letter.openid, last, today)
        message = replace(self._message(letter), purpose=Purpose.REMINDER, notice=notices.REMINDER, about=REMINDER)
        try:
            return self._climb(letter, message)
        except SendError as error:
            if error.sent_unknown:
                return Rung.CUSTOM
            self._mark(letter.openid, last, said)
            raise

    def _mark(self, openid: str, last: bool, day: date | None) -> None:
        """The day of the latest reminder, or of the latest last call; what the platform said meanwhile stays."""
        reaches = self.reaching.reaches
        sent = reaches.read(openid)
        reaches.put(openid, replace(sent, last_called=day) if last else replace(sent, reminded=day))

    def _reminder(self, letter: Sendable, moment: Moment) -> tuple[Say, ...]:
        """What is said now: of whom the letter is, unless there is a report meanwhile; and who else of the family is
        missing, for there is one reminder a day. Nothing if nobody is."""
        reported = last_own_day(self.people.read([letter.pid])[letter.pid].history)
        done = reported is not None and reported >= day_of(moment.now)
        household = self.households.of(letter.openid)
        gone = any(say.who for say in letter.says) and letter.pid not in {each.pid for each in household.people}
        says = () if done or gone else with_time_left(letter.says, moment.now)
        missing = [each for each in household.missing(moment) if not done or each.pid != letter.pid]
        names: list[Json] = [relative(each.relation) if each.relation else READER for each in missing]
        if len(household.people) < 2 or {each.pid for each in missing} <= ({letter.pid} if says else set()):
            return says
        return (*says, Say("missing_today", {"names": names}))

    def came_back(self, letter: Sendable) -> None:
        """A notice that the platform took was not delivered: its person is to be called, or the report of its broadcast
        says so. Of one that nobody here knows yet the result is kept for a while."""
        underway = self.reaching.reaches.underway(letter.openid, letter.notices, letter.reason)
        if underway is None:
            log.info("a notice came back that nobody here knows yet: %s", letter.reason)
            return None
        if BLOCKED in letter.reason:
            sent = self.reaching.reaches.read(letter.openid)
            self.reaching.reaches.put(letter.openid, replace(sent, gone_at=self.moment().now))
        if underway.place is not None:
            return self.piles.reported(underway.place, fate(letter.reason))
        return self._list(underway.pid, underway.about, (Step(Rung(underway.rung), Why.FAILED),))

    def give_up(self, letter: Sendable) -> None:
        """The platform gave no answer in all the tries."""
        message = self._message(letter)
        if message.purpose in CALLED or letter.kind == "reminder":
            about = REMINDER if letter.kind == "reminder" else message.about
            self._list(letter.pid, about, (Step(Rung.CUSTOM, Why.NO_ANSWER),))

    def _climb(self, letter: Sendable, message: Message) -> Rung:
        try:
            return self.reaching.climb(message)
        except Unreached as unreached:
            if message.purpose in CALLED:
                self._list(letter.pid, message.about, unreached.trail)
            raise

    def _list(self, pid: bytes, about: str, trail: Trail) -> None:
        person = self.people.read([pid])[pid] if pid else None
        if person is not None and person.identity is not None and person.community:
            self.calls.put(person.community, pid, Call(self.moment().now, about, ladder.write(trail)))

    def _message(self, letter: Sendable) -> Message:
        """What a letter says, and for what: the first of its sentences that a notice can stand for decides."""
        about = next((say.template for say in letter.says if say.template in notices.ABOUT), "")
        warned = next((say.template for say in letter.says if say.template in notices.WARNINGS), "")
        purpose = Purpose.NOTICE if about else Purpose.REMINDER if warned else Purpose.ANSWER
        notice = notices.ABOUT.get(about) or notices.WARNINGS.get(warned)
        text = Text(render(letter.says, self.reaching.language_of(letter.openid)))
        return Message(letter.openid, purpose, text, letter.ref, notice, letter.pid, about or warned)
