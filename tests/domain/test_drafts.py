"""A draft notice in a file anywhere: loaded as it is meant, or refused with everything that is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from domain.drafts import BadDraft, faults_of, load_draft
from domain.notice import Clause, Colour, Notice
from domain.notices import NOTICES, n2020_03_02
from domain.reasons import declared
from domain.rulebook.text import fingerprint

NOTICE = n2020_03_02.NOTICE
SHORT = "from domain.notices.n2020_03_02 import NOTICE as BEFORE, GREY_AFTER\nfrom dataclasses import replace\n"
GREEN = Clause("附件四(一)1·a", "同一条款", Colour.GREEN, declared)
COLOUR_ONLY = Clause("新", "只有颜色", Colour.RED)


def written(folder: Path, text: str) -> Path:
    path = folder / "draft.py"
    path.write_text(text, "utf-8")
    return path


def test_a_notice_in_force_is_a_sound_draft() -> None:
    source = Path(n2020_03_02.__file__)
    assert fingerprint(load_draft(source)) == fingerprint(NOTICE)
    assert [fault for notice in NOTICES for fault in faults_of(notice)] == []


def test_a_draft_may_be_told_by_what_changes(tmp_path: Path) -> None:
    change = "NOTICE = replace(BEFORE, limits=replace(BEFORE.limits, grey_after=replace(GREY_AFTER, value=5)))"
    draft = load_draft(written(tmp_path, SHORT + change))
    assert (draft.limits.grey_after.value, draft.limits.fever) == (5, NOTICE.limits.fever)


def test_the_draft_of_the_manual_is_sound(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "rulebook.md").read_text("utf-8")
    example = manual.partition("```python\n")[2].partition("```")[0]
    assert load_draft(written(tmp_path, example)).limits.grey_after.value == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NOTICE = 1", "没有 NOTICE"),
        ("", "没有 NOTICE"),
        ("NOTICE = (", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError"),
        (SHORT + "NOTICE = replace(BEFORE, ended='附件九')", "ended: 没有条款 附件九"),
    ],
)
def test_what_is_no_notice_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadDraft, match=said):
        load_draft(written(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDraft, match="No such file"):
        load_draft(tmp_path / "missing.py")


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (replace(NOTICE, undeclared="附件九"), "undeclared"),
        (replace(NOTICE, limits=replace(NOTICE.limits, fever=replace(n2020_03_02.FEVER, cites="附件九"))), "附件九"),
        (replace(NOTICE, limits=replace(NOTICE.limits, isolation=replace(n2020_03_02.ISOLATION, value=0))), "0天"),
        (replace(NOTICE, clauses=(*NOTICE.clauses, GREEN)), "条款重复"),
        (replace(NOTICE, clauses=(*NOTICE.clauses, COLOUR_ONLY)), "颜色与日期"),
        (replace(NOTICE, clauses=tuple(c for c in NOTICE.clauses if c.colour is not Colour.GREEN)), "没有绿码"),
    ],
)
def test_each_fault_of_a_draft_is_named(notice: Notice, said: str) -> None:
    assert [fault for fault in faults_of(notice) if said in fault]
