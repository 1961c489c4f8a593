"""The notice as code against the notice as issued."""

from __future__ import annotations

import importlib.resources
from datetime import date, timedelta

import pytest

from domain.notice import Clause
from domain.notices import NOTICES, in_force, n2020_03_02

NOTICE = n2020_03_02.NOTICE
ISSUED = importlib.resources.files("domain.notices").joinpath("n2020_03_02.txt").read_text(encoding="utf-8")
THEIRS = [clause for clause in NOTICE.clauses if not clause.local]
JOINED = {"附件四(一)3", "附件四(一)4"}
"""Clauses whose words join the beginning and the end of one sentence."""


def squeezed(text: str) -> str:
    """Without blanks and line ends, which the printed notice has in the middle of sentences."""
    return "".join(text.split())


@pytest.mark.parametrize("clause", THEIRS, ids=[clause.id for clause in THEIRS])
def test_a_clause_speaks_in_the_words_of_the_notice(clause: Clause) -> None:
    pieces = clause.words.split("，生成") if clause.id in JOINED else [clause.words]
    assert all(squeezed(piece) in squeezed(ISSUED) for piece in pieces)


def test_a_local_clause_is_marked_and_never_passes_for_the_notice() -> None:
    assert {clause.id for clause in NOTICE.clauses if clause.local} == {f"本地·{n}" for n in range(1, 5)}
    assert not any(squeezed(clause.words) in squeezed(ISSUED) for clause in NOTICE.clauses if clause.local)


def test_thresholds_cite_clauses_that_exist() -> None:
    ids = {clause.id for clause in NOTICE.clauses}
    assert all(set(threshold.cites.split("、")) <= ids for threshold in NOTICE.limits.all())


def test_notices_are_in_force_from_their_day_and_the_first_one_before() -> None:
    assert in_force(NOTICE.effective) is NOTICE
    assert in_force(NOTICE.effective - timedelta(1)) is NOTICES[0]
    assert in_force(date.max) is NOTICES[-1]
    assert [notice.effective for notice in NOTICES] == sorted(notice.effective for notice in NOTICES)
