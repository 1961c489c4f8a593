"""The table that an official signs: as text, whose golden shows a changed word in review, and as a page."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from domain.notice import Notice
from domain.notices import NOTICES, n2020_03_02
from domain.rulebook.page import page
from domain.rulebook.text import FINGERPRINT, SIGNATURES, fingerprint, rulebook

NOTICE = n2020_03_02.NOTICE
GOLDENS = Path(__file__).parent
DRAFT = """
from dataclasses import replace
from datetime import date
from domain.notices.n2020_03_02 import GREY_AFTER, NOTICE as BEFORE

NOTICE = replace(BEFORE, number="草案", effective=date(2020, 4, 1),
                 limits=replace(BEFORE.limits, grey_after=replace(GREY_AFTER, value=5)))
"""


def printed(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "domain.rulebook", *arguments], capture_output=True, text=True)


@pytest.mark.parametrize("notice", NOTICES, ids=[notice.number for notice in NOTICES])
def test_the_signed_words_change_only_where_a_reviewer_sees_it(notice: Notice) -> None:
    """After a wanted change: `python -m domain.rulebook DATE > tests/domain/rulebook_DATE.golden`."""
    golden = GOLDENS / f"rulebook_{notice.effective}.golden"
    assert rulebook(notice) == golden.read_text("utf-8")
    assert golden.stat().st_size < 12_000, "short enough to be read whole"


def test_there_is_no_golden_of_a_notice_that_is_gone() -> None:
    told = {path.name for path in GOLDENS.glob("rulebook_*.golden")}
    assert told == {f"rulebook_{notice.effective}.golden" for notice in NOTICES}


def test_the_table_shows_all_that_an_official_signs() -> None:
    table = rulebook(NOTICE)
    assert all(clause.id in table and clause.note in table for clause in NOTICE.clauses)
    assert all(f"{threshold.value}{threshold.unit}" in table for threshold in NOTICE.limits.all())
    assert all(decision in table for decision in NOTICE.decisions)
    assert all(signature in table for signature in SIGNATURES)


def test_the_fingerprint_is_of_everything_above_it() -> None:
    above, _, _ = rulebook(NOTICE).partition(FINGERPRINT)
    assert sha256(above.encode()).hexdigest() == fingerprint(NOTICE)


def test_another_number_or_word_is_another_fingerprint() -> None:
    fewer = replace(NOTICE, limits=replace(NOTICE.limits, grey_after=replace(NOTICE.limits.grey_after, value=4)))
    milder = replace(NOTICE, decisions=NOTICE.decisions[1:])
    assert len({fingerprint(each) for each in (NOTICE, fewer, milder)}) == 3


class Read(HTMLParser):
    """The text of a page, and whatever it would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.fetches = "", list[tuple[str, str | None]]()
        self.feed(text)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetches += [(tag, value) for name, value in attrs if name in ("src", "href")]


def test_the_page_says_what_the_table_says_and_needs_nothing_else() -> None:
    read = Read(page(NOTICE))
    table = rulebook(NOTICE)
    said = "".join(read.text.split())
    for line in table[table.index("一、") : table.index("状态")].splitlines():
        words = re.sub(r"^\d+\. ", "", line).replace("、", " ").split()
        assert all(word in said for word in words), line
    assert (read.fetches, "url(" in page(NOTICE), "@import" in page(NOTICE)) == ([], False, False)
    assert fingerprint(NOTICE) in read.text


def test_what_a_draft_says_is_no_markup() -> None:
    odd = replace(NOTICE, title="<script>alert(1)</script>", decisions=("<b>&",))
    assert "<script>" not in page(odd)
    assert "<b>&" in Read(page(odd)).text


@pytest.mark.parametrize(("arguments", "code"), [(["2020-03-02"], 0), (["1999-01-01"], 0), (["2020"], 2), ([], 2)])
def test_the_table_is_printed_for_a_day(arguments: list[str], code: int) -> None:
    done = printed(*arguments)
    assert done.returncode == code
    assert (NOTICE.number in done.stdout) == (code == 0)


def test_a_draft_is_printed_as_a_draft(tmp_path: Path) -> None:
    draft = tmp_path / "n2020_04_01.py"
    draft.write_text(DRAFT, "utf-8")
    done = printed(str(draft))
    assert "5天" in done.stdout
    assert "草案，尚未列入本服务" in done.stdout
    assert "草案，尚未列入本服务" in printed(str(draft), "--page").stdout
