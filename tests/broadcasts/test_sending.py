"""Everybody is accounted for, and nobody is written to twice."""

from __future__ import annotations

from collections import Counter

from domain.broadcasts.broadcast import State
from tests.broadcasts.studio import Studio


def test_it_reaches_everybody_once_and_ends(studio: Studio) -> None:
    openids = studio.residents(30)
    number = studio.approved()
    told = studio.advance(number)
    assert (told.sent, told.total, told.left) == (30, 30, 0)
    assert studio.received(openids) == Counter({1: 30})
    assert studio.read(number).state is State.DONE
