"""Everybody judged twice, by the notice in force and by the draft; the moves counted by county."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from redis import Redis

from domain.drafts import BadDraft, load_draft
from domain.facts import History, day_of
from domain.notice import Colour, Notice
from domain.notices import in_force
from domain.verdict import World, colour_under
from store.census import Census
from store.connection import connect
from store.keys import SHARDS, Keys, shard_of_pid
from worker.spread import spread

PID_BYTES = 12
COUNTY_DIGITS = 6

Move = tuple[str, Colour, Colour]
"""County (six digits, or empty), colour by the notice in force, colour by the draft."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a process needs to judge: where the records are, the file of the draft, when, and the world."""

    redis_url: str
    draft: str
    at: datetime
    world: World


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people make which move, and how many records could not be read."""

    moves: Counter[Move] = field(default_factory=Counter)
    damaged: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.moves + other.moves, self.damaged + other.damaged)

    @property
    def people(self) -> int:
        return self.moves.total() + self.damaged


def listed(redis: Redis) -> list[bytes]:
    """The pids of each shard that has any, joined: 12 bytes a person is all that is held of everybody at once."""
    shards = [bytearray() for _ in range(SHARDS)]
    for pid in Census(redis, Keys()).pids():
        shards[shard_of_pid(pid)] += pid
    return [bytes(pids) for pids in shards if pids]


def tallies(question: Question, shards: Iterable[bytes], processes: int) -> Iterator[Tally]:
    """A tally per shard, as they come. Raises BadDraft when the draft fails on somebody."""
    return spread(_tally, ((question, pids) for pids in shards), processes)


def _tally(piece: tuple[Question, bytes]) -> Tally:
    question, joined = piece
    pids = {joined[at : at + PID_BYTES] for at in range(0, len(joined), PID_BYTES)}  # SCAN may name somebody twice
    now, draft = in_force(day_of(question.at)), _draft(question.draft)
    moves: Counter[Move] = Counter()
    damaged = 0
    for standing in Census(_client(question.redis_url), Keys()).standings(sorted(pids)):
        if standing is None:
            damaged += 1
            continue
        community, history = standing
        before = colour_under(now, history, question.at, question.world)
        moves[community[:COUNTY_DIGITS], before, _by_draft(draft, history, question)] += 1
    return Tally(moves, damaged)


def _by_draft(draft: Notice, history: History, question: Question) -> Colour:
    try:
        return colour_under(draft, history, question.at, question.world)
    except Exception as error:
        # Where it failed and how, never on what: the facts of a person are in the exception's own words.
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise BadDraft(f"{question.draft}: {type(error).__name__}, {place.filename}:{place.lineno}") from None


_draft = cache(load_draft)
_client = cache(connect)
