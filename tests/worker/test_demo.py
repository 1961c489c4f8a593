"""Invented people: only in a sandbox, always the same, in households, of every colour."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import redis
from hypothesis import given
from hypothesis import strategies as st

from domain.notice import Colour
from domain.people import DocumentKind, parse_document
from domain.phones import parse_phone
from domain.places import is_community
from domain.verdict import judge
from settings import PROJECT
from store.census import Census
from store.keys import Keys
from tests.stage import NOW, environment
from worker.demo.residents import CYCLE, MOST, resident
from worker.demo.stories import SHARES, stories

NUMBERS = st.integers(0, MOST - 1)


@given(NUMBERS)
def test_an_invented_person_could_be_one(number: int) -> None:
    who = resident(number)
    document = who.identity.document
    assert parse_document(DocumentKind.RESIDENT_ID, document.number, date(2020, 3, 2)) == document
    assert not who.identity.phone or parse_phone(who.identity.phone) == who.identity.phone
    assert is_community(who.community)


@given(NUMBERS, NUMBERS)
def test_no_two_share_a_document(one: int, other: int) -> None:
    shared = resident(one).identity.document == resident(other).identity.document
    assert shared == (one == other)


def test_neighbours_by_number_share_a_home() -> None:
    homes = Counter((who.address, who.community) for who in map(resident, range(len(CYCLE) * 20)))
    assert Counter(homes.values()) == {1: 20, 2: 20, 3: 20, 4: 40}


def test_a_thousand_people_are_of_every_colour_in_the_shares_of_their_stories() -> None:
    told = stories(NOW)
    colours = Counter(judge(told.of(number), NOW).colour for number in range(1_000))
    assert set(colours) == set(Colour)
    assert colours[Colour.GREEN] > 700
    assert colours[Colour.RED] < 30
    assert sum(share for share, _, _ in SHARES) == 1_000


def invent(people: int, redis_url: str, data_dir: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """`python -m worker demo PEOPLE` of a house with these settings."""
    command = [sys.executable, "-m", "worker", "demo", str(people), "--processes", "1"]
    environ = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **environment(redis_url, data_dir, **more)}
    return subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True)


def test_a_second_run_adds_only_who_is_missing(redis_client: redis.Redis, valkey_url: str, tmp_path: Path) -> None:
    first, second = (invent(number, valkey_url, tmp_path, SANDBOX="http://127.0.0.1:9") for number in (30, 50))
    assert "新增 30 人" in first.stdout, first.stderr
    assert "新增 20 人，原有 30 人" in second.stdout, second.stderr
    assert len(set(Census(redis_client, Keys()).pids())) == 50


def test_outside_a_sandbox_nobody_is_invented(redis_client: redis.Redis, valkey_url: str, tmp_path: Path) -> None:
    refused = invent(5, valkey_url, tmp_path)
    assert refused.returncode == 1
    assert "SANDBOX" in refused.stderr
    assert redis_client.dbsize() == 0
