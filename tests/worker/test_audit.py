"""The audit's chain: whatever is changed, removed, inserted or reordered, in Redis or in a file, shows where."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
import redis

from store.audit import Audit, Root
from store.changes import Act, act_entry
from tests.stage import stage
from worker.context import Context
from worker.staff.audit import export, verify

PID = b"\x3f" + bytes(11)
DAY = date(2020, 3, 2)
Rows = list[tuple[bytes, dict[bytes, bytes]]]


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> Context:
    return stage(valkey_url, tmp_path)


def act(ctx: Context, number: int) -> None:
    ctx.audit.note(Act("li.qiang", f"act {number}", f"f{number}", "名单核对", "凤凰社区"), PID)


def sealed_acts(ctx: Context) -> list[str]:
    """Three seals of two acts each on one stream, and one on another; the ids of the six."""
    for number in range(6):
        act(ctx, number)
        if number % 2:
            ctx.audit.seal_all()
    ctx.audit.note(Act("zhao.min", "staff add"))
    ctx.audit.seal_all()
    return [name.decode() for name, _ in rows(ctx)]


def rows(ctx: Context) -> Rows:
    return cast(Rows, ctx.redis.xrange(ctx.keys.audit(0x3F)))


def rewrite(ctx: Context, edited: Rows) -> None:
    """What somebody with a client can do to a stream: write it anew under the same ids."""
    ctx.redis.delete(ctx.keys.audit(0x3F))
    for name, fields in edited:
        ctx.redis.execute_command("XADD", ctx.keys.audit(0x3F), name, "a", fields[b"a"])  # type: ignore[no-untyped-call]


def broken(ctx: Context) -> list[tuple[str, str, str]]:
    return [(each.stream, each.where, each.what) for each in verify(ctx.audit, ctx.audit_folder).breaks]


def test_an_untouched_chain_is_whole_in_redis_and_in_files(ctx: Context) -> None:
    sealed_acts(ctx)
    act(ctx, 6)
    found = verify(ctx.audit, ctx.audit_folder)
    assert (found.breaks, found.entries, found.seals, found.waiting) == ([], 7, 4, 1)
    export(ctx.audit, ctx.audit_folder, DAY)
    assert rows(ctx) == []
    act(ctx, 7)
    ctx.audit.seal_all()
    found = verify(ctx.audit, ctx.audit_folder)
    assert (found.breaks, found.entries, found.files, found.waiting) == ([], 9, 1, 0)
    export(ctx.audit, ctx.audit_folder, date(2020, 3, 3))
    assert export(ctx.audit, ctx.audit_folder, date(2020, 3, 4)) is None
    found = verify(ctx.audit, ctx.audit_folder)
    assert (found.breaks, found.entries, found.files) == ([], 9, 2)


def change(ctx: Context, ids: list[str]) -> str:
    kept = rows(ctx)
    kept[2] = (kept[2][0], {b"a": act_entry(PID, Act("li.qiang", "act 2", "f2", "另一个理由", "凤凰社区"))})
    rewrite(ctx, kept)
    return f"{ids[2]} (seal 2, entry 1)"


def remove(ctx: Context, ids: list[str]) -> str:
    ctx.redis.xdel(ctx.keys.audit(0x3F), ids[2])
    return f"{ids[3]} (seal 2, entry 1)"


def remove_the_last_of_a_seal(ctx: Context, ids: list[str]) -> str:
    ctx.redis.xdel(ctx.keys.audit(0x3F), ids[3])
    return f"after {ids[2]} (seal 2, entry 2)"


def insert(ctx: Context, ids: list[str]) -> str:
    kept = rows(ctx)
    new = f"{int(ids[0].partition('-')[0]) - 1}-0"
    rewrite(ctx, [(new.encode(), kept[5][1]), *kept])
    return f"{new} (seal 1, entry 1)"


def reorder(ctx: Context, ids: list[str]) -> str:
    kept = rows(ctx)
    kept[2], kept[3] = (kept[2][0], kept[3][1]), (kept[3][0], kept[2][1])
    rewrite(ctx, kept)
    return f"{ids[2]} (seal 2, entry 1)"


def remove_a_seal(ctx: Context, ids: list[str]) -> str:
    ctx.redis.xdel(ctx.keys.audit_seals(0x3F), "2-0")
    return "seal 2"


def cut_the_end(ctx: Context, ids: list[str]) -> str:
    ctx.redis.xdel(ctx.keys.audit(0x3F), *ids[4:])
    ctx.redis.xdel(ctx.keys.audit_seals(0x3F), "3-0")
    return "seal 3"


def remove_everything(ctx: Context, ids: list[str]) -> str:
    ctx.redis.delete(ctx.keys.audit(0x3F), ctx.keys.audit_seals(0x3F), ctx.keys.audit_head(0x3F))
    return "seal 1"


@pytest.mark.parametrize(
    ("tamper", "what"),
    [
        (change, "changed"),
        (remove, "removed"),
        (remove_the_last_of_a_seal, "removed"),
        (insert, "inserted"),
        (reorder, "changed"),
        (remove_a_seal, "missing"),
        (cut_the_end, "missing"),
        (remove_everything, "missing"),
    ],
)
def test_what_was_done_to_redis_shows_where(
    ctx: Context, tamper: Callable[[Context, list[str]], str], what: str
) -> None:
    where = tamper(ctx, sealed_acts(ctx))
    assert broken(ctx) == [("3f", where, what)]


Lines = list[dict[str, Any]]


def edit_word(lines: Lines) -> Lines:
    lines[3]["act"][4] = "另一个理由"
    return lines


def move_line(lines: Lines) -> Lines:
    lines[3], lines[4] = lines[4], lines[3]
    return lines


def edit_seal(lines: Lines) -> Lines:
    lines[5]["hash"] = "00" * 32
    return lines


@pytest.mark.parametrize(
    ("tamper", "stream", "where", "what"),
    [
        (edit_word, "3f", "line 6", "changed"),
        (lambda lines: lines[:3] + lines[4:], "3f", "line 5", "removed"),
        (lambda lines: [*lines[:4], lines[0], *lines[4:]], "3f", "line 7", "inserted"),
        (move_line, "3f", "line 6", "reordered"),
        (edit_seal, "3f", "line 6", "changed"),
        (lambda lines: lines[:3] + lines[6:], "3f", "line 6", "missing"),
        (lambda lines: [*lines[:-1], lines[-1] | {"day": "2020-03-01"}], "files", "root 1", "changed"),
        (lambda lines: lines[:-1], "files", "file 000001", "missing"),
    ],
    ids=["a word", "a line gone", "a line more", "two lines", "a seal", "a seal with its lines", "the day", "the root"],
)
def test_what_was_done_to_a_file_shows_where(
    ctx: Context, tamper: Callable[[Lines], Lines], stream: str, where: str, what: str
) -> None:
    sealed_acts(ctx)
    path = export(ctx.audit, ctx.audit_folder, DAY)
    assert path is not None
    lines = tamper([json.loads(line) for line in path.read_text("utf-8").splitlines()])
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    first = broken(ctx)[0]
    assert (first[0], first[2]) == (stream, what)
    assert where in first[1]


def test_a_file_that_is_gone_shows(ctx: Context) -> None:
    sealed_acts(ctx)
    first = export(ctx.audit, ctx.audit_folder, DAY)
    act(ctx, 8)
    second = export(ctx.audit, ctx.audit_folder, date(2020, 3, 3))
    assert first is not None
    assert second is not None
    second.unlink()
    assert ("files", "file 000002", "missing") in broken(ctx)


class Dies(Audit):
    """A process that is gone once the file is there."""

    def put_root(self, before: Root | None, after: Root) -> bool:
        raise KeyboardInterrupt


def test_an_export_that_died_is_done_again(ctx: Context) -> None:
    sealed_acts(ctx)
    with pytest.raises(KeyboardInterrupt):
        export(Dies(ctx.redis, ctx.keys), ctx.audit_folder, DAY)
    assert broken(ctx) == []
    act(ctx, 9)
    assert export(ctx.audit, ctx.audit_folder, DAY)
    found = verify(ctx.audit, ctx.audit_folder)
    assert (found.breaks, found.files, found.entries) == ([], 1, 8)


def test_two_leaders_seal_one_chain(ctx: Context) -> None:
    for number in range(20):
        act(ctx, number)
        assert ctx.audit.seal_all() == 1
        assert ctx.audit.seal_all() == 0
    assert broken(ctx) == []
