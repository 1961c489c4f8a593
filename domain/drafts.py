"""Drafts: a notice that is not in force, in a file anywhere, shaped like those in `domain.notices`.

Such a file is Python and is run: it belongs to whoever operates the service, like the code itself.
"""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path

from domain.notice import Colour, Notice


class BadDraft(Exception):
    """A file that gives no usable notice; says which file and everything that is wrong with it."""


def load_draft(path: str | Path) -> Notice:
    """The `NOTICE` of a file. Raises BadDraft."""
    try:
        made = runpy.run_path(str(path))
    except OSError as error:
        raise BadDraft(f"{path}: {error.strerror}") from None
    except Exception as error:
        raise BadDraft(f"{path}: {type(error).__name__}: {error}") from error
    notice = made.get("NOTICE")
    if not isinstance(notice, Notice):
        raise BadDraft(f"{path}: 没有 NOTICE · no NOTICE in it")
    if faults := list(faults_of(notice)):
        raise BadDraft("\n".join(f"{path}: {fault}" for fault in faults))
    return notice


def faults_of(notice: Notice) -> Iterator[str]:
    """What keeps a notice from judging or from being signed, a line each; nothing for a sound one."""
    known = {clause.id for clause in notice.clauses}
    for role, id in (("undeclared", notice.undeclared), ("ended", notice.ended)):
        if id not in known:
            yield f"{role}: 没有条款 {id} · no such clause"
    for threshold in notice.limits.all():
        if missing := set(threshold.cites.split("、")) - known:
            yield f"{threshold.meaning}: 没有条款 {'、'.join(sorted(missing))} · cites no clause of the notice"
        if threshold.value <= 0:
            yield f"{threshold.meaning}: {threshold.value}{threshold.unit} · not above zero"
    for clause in notice.clauses:
        if (clause.days is None) != (clause.colour is None) or clause.colour is Colour.NONE:
            yield f"{clause.id}: 颜色与日期须同时写明 · a colour needs its days, and days their colour"
    pairs = [(clause.id, clause.colour) for clause in notice.clauses]
    for id in sorted({id for id, colour in pairs if pairs.count((id, colour)) > 1}):
        yield f"{id}: 条款重复 · the clause stands there twice"
    if not any(clause.colour is Colour.GREEN for clause in notice.clauses):
        yield "没有绿码的条款 · no clause for green"
