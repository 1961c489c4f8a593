"""A list from its file to the colours: two people, a report before, good rows, once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from domain.lists.columns import BadList
from domain.lists.rows import ALARM_ROWS, ListKind
from domain.people import resident_id
from domain.proposals import Proposal, ProposalState
from domain.roles import Refused, Staff
from domain.verdict import Colour
from store.changes import Act
from store.keys import SHARDS, shard_of
from tests.lists import workbooks
from tests.lists.conftest import CHEN, HEADING, LI, ZHAO, csv_file, declare_some, row
from tests.stage import FixedClock, identity, openid, pid_of
from worker.context import Context
from worker.decisions.linking import link
from worker.delivery import letters
from worker.jobs import settle_lane
from worker.lists.deciding import approve, reject, standing_alarms, submit_file
from worker.lists.jobs import advance_list, sweep_lists


def submit(ctx: Context, path: Path, staff: Staff = ZHAO, kind: ListKind = ListKind.CASES) -> Proposal:
    return submit_file(ctx, staff, kind, path, lambda _: None)


def colour(ctx: Context, number: int) -> Colour:
    pid = pid_of(ctx, identity(number))
    return ctx.moment().judge(ctx.people.read([pid])[pid]).colour


def facts(ctx: Context, number: int) -> int:
    pid = pid_of(ctx, identity(number))
    return len(ctx.people.read([pid])[pid].history.facts)


def told(ctx: Context, number: int) -> list[str]:
    entries = ctx.streams.read("post", [shard_of(openid(number))], 50)
    found = [letters.unseal(ctx.vault, entry.fields[b"b"]) for entry in entries]
    return [say.template for letter in found if letter.openid == openid(number) for say in letter.says]


def test_a_list_says_what_it_would_change_and_changes_nothing_before_another_approves(
    ctx: Context, tmp_path: Path
) -> None:
    declare_some(ctx, (1, 2))
    before = ctx.redis.dbsize()
    rows = (row(1), row(2, name="李四"), row(3))
    proposal = submit(ctx, csv_file(tmp_path, *rows))
    report = ctx.lists.report(proposal.id)
    assert report is not None
    assert (report.matched, report.waiting, report.known, report.other_name) == (2, 1, 0, 1)
    assert report.changes == {"green red": 2}
    assert ctx.redis.dbsize() > before
    assert (colour(ctx, 1), facts(ctx, 3)) == (Colour.GREEN, 0)
    for name in ctx.redis.scan_iter(match="*"):
        assert identity(1).document.number.encode() not in (ctx.redis.dump(name) or b"") + name


def test_a_row_of_an_abolished_birthplace_is_taken_and_counted(ctx: Context, tmp_path: Path) -> None:
    number = resident_id("640102", date(1960, 5, 1), 7)
    proposal = submit(ctx, csv_file(tmp_path, row(1), f"{number},,确诊,2020-03-02,银川市疾控中心,NX-2\n"))
    head = ctx.lists.head(proposal.id)
    assert head is not None
    assert (head.rows, head.refused, head.birthplace_unknown) == (2, 0, 1)


def test_an_approved_list_colours_and_tells_those_who_declared_and_waits_for_the_others(
    ctx: Context, tmp_path: Path
) -> None:
    declare_some(ctx, (1,))
    proposal = submit(ctx, csv_file(tmp_path, row(1), row(3)))
    approve(ctx, LI, proposal.id)
    advance_list(ctx, proposal.id)
    settle_lane(ctx, 0)
    assert colour(ctx, 1) is Colour.RED
    assert "told_colour" in told(ctx, 1)
    declare_some(ctx, (3,))
    assert colour(ctx, 3) is Colour.RED
    after = ctx.proposals.read(proposal.id)
    assert after is not None
    assert (after.state, after.decided_by) == (ProposalState.APPLIED, LI.id)
    assert (ctx.lists.rows(proposal.id, 0), ctx.lists.unfinished()) == (None, [])
    pid = pid_of(ctx, identity(1))
    assert set(ctx.people.read([pid])[pid].recorded_by.values()) == {ZHAO.organisation}


def test_a_row_of_a_linked_document_is_counted_and_recorded_for_its_person(ctx: Context, tmp_path: Path) -> None:
    declare_some(ctx, (1,))
    read = ctx.people.read([pid_of(ctx, identity(1)), pid_of(ctx, identity(9))])
    second, main = read[pid_of(ctx, identity(9))], read[pid_of(ctx, identity(1))]
    assert ctx.people.write([link(second, main, LI, Act(LI.id, "link"), ctx.moment())]) == [True]
    settle_lane(ctx, 0)
    proposal = submit(ctx, csv_file(tmp_path, row(9)))
    report = ctx.lists.report(proposal.id)
    assert report is not None
    assert (report.matched, report.waiting, report.changes) == (1, 0, {"green red": 1})
    approve(ctx, LI, proposal.id)
    advance_list(ctx, proposal.id)
    settle_lane(ctx, 0)
    assert (colour(ctx, 1), told(ctx, 1)) == (Colour.RED, ["told_colour"])


def test_twice_is_once(ctx: Context, tmp_path: Path) -> None:
    """The same file is the same proposal; the same rows in another file say nothing new."""
    declare_some(ctx, (1,))
    first = submit(ctx, csv_file(tmp_path, row(1)))
    assert submit(ctx, csv_file(tmp_path, row(1), name="again.csv")) == first
    approve(ctx, LI, first.id)
    advance_list(ctx, first.id)
    clock = ctx.clock
    assert isinstance(clock, FixedClock)
    clock.advance(minutes=1)
    second = submit(ctx, csv_file(tmp_path, row(1, since="2020/3/2"), row(2), name="more.csv"))
    report = ctx.lists.report(second.id)
    assert report is not None
    assert (report.known, report.waiting) == (1, 1)
    approve(ctx, LI, second.id)
    advance_list(ctx, second.id)
    advance_list(ctx, second.id)
    progress = ctx.lists.progress(second.id)
    assert (progress.recorded, progress.known, facts(ctx, 1), facts(ctx, 2)) == (1, 1, 2, 1)


@pytest.mark.parametrize(
    ("staff", "reason"),
    [(ZHAO, "same_person"), (CHEN, "role")],
)
def test_who_may_not_approve(ctx: Context, tmp_path: Path, staff: Staff, reason: str) -> None:
    proposal = submit(ctx, csv_file(tmp_path, row(1)))
    with pytest.raises(Refused) as refused:
        approve(ctx, staff, proposal.id)
    assert refused.value.reason == reason
    sweep_lists(ctx)
    advance_list(ctx, proposal.id)
    assert facts(ctx, 1) == 0


def test_a_checkpoint_submits_no_list(ctx: Context, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        submit(ctx, csv_file(tmp_path, row(1)), CHEN)


def test_a_rejected_list_is_gone_and_may_be_tried_anew(ctx: Context, tmp_path: Path) -> None:
    path = csv_file(tmp_path, row(1))
    first = submit(ctx, path)
    reject(ctx, LI, first.id, "来源不清")
    assert ctx.lists.rows(first.id, 0) is None
    second = submit(ctx, path)
    assert second.id == f"{first.id}-2"
    with pytest.raises(Refused):
        approve(ctx, LI, first.id)


def test_faults_are_told_by_row_and_good_rows_go_alone_only_when_somebody_says_so(ctx: Context, tmp_path: Path) -> None:
    bad = row(2).replace("确诊", "无症状")
    lines = (row(1), bad, row(3), row(3), row(4), row(4, case="疑似"), row(5, name="王芳"), row(5, "NX-2", name="李四"))
    proposal = submit(ctx, csv_file(tmp_path, *lines))
    head = ctx.lists.head(proposal.id)
    assert head is not None
    assert (head.rows, head.refused, head.duplicates) == (2, 5, 1)
    faults = {fault.row: fault.reason for fault in ctx.lists.faults(proposal.id)}
    assert sorted(faults) == [3, 5, 6, 7, 8, 9]
    assert "完全相同" in faults[5]
    assert "不一致" in faults[6]
    with pytest.raises(Refused) as refused:
        approve(ctx, LI, proposal.id)
    assert refused.value.reason == "faults"
    approve(ctx, LI, proposal.id, good_rows_only=True)
    advance_list(ctx, proposal.id)
    assert [facts(ctx, number) for number in range(1, 6)] == [1, 0, 1, 0, 0]


def test_contacts_of_two_days_are_two_contacts(ctx: Context, tmp_path: Path) -> None:
    number = identity(1).document.number
    path = tmp_path / "contacts.csv"
    lines = [f"{number},2020-03-0{day},,,疾控中心,LD-{day}\n" for day in (1, 2)]
    path.write_text("身份证号,末次接触日期,隔离方式,隔离开始日期,来源,流调编号\n" + "".join(lines), "gbk")
    proposal = submit(ctx, path, kind=ListKind.CONTACTS)
    approve(ctx, LI, proposal.id)
    advance_list(ctx, proposal.id)
    assert facts(ctx, 1) == 2


def test_a_workbook_with_merged_cells_and_formulas_loses_only_those_rows(ctx: Context, tmp_path: Path) -> None:
    numbers = [identity(n).document.number for n in range(1, 5)]
    titles = HEADING.strip().split(",")
    rows: list[list[str | float | None]] = [
        ["宁夏回族自治区病例名单", None],
        [*titles],
        [numbers[0], None, "确诊", 43892, "疾控中心", "NX-1"],
        [numbers[1], None, "确诊", "=A1|43892", "疾控中心", "NX-2"],
        [numbers[2], None, "确诊", 43892, "疾控中心", "NX-3"],
        [numbers[3], None, "确诊", 43892, None, "NX-4"],
    ]
    path = workbooks.book(tmp_path / "名单.xlsx", rows, ["A1:F1", "E5:E6"])
    proposal = submit(ctx, path)
    head = ctx.lists.head(proposal.id)
    assert head is not None
    assert (head.rows, head.refused) == (1, 3)
    faults = [(fault.row, fault.column, fault.reason) for fault in ctx.lists.faults(proposal.id)]
    assert (4, "起始日期", "是公式，请改为数值或文字") in faults
    assert [(row, column) for row, column, reason in faults if "合并" in reason] == [(5, "来源"), (6, "来源")]


def test_a_file_that_cannot_be_read_leaves_nothing(ctx: Context, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_text(HEADING + row(1) + '"' + "x" * 200_000, "utf-8")
    with pytest.raises(BadList):
        submit(ctx, path)
    assert (ctx.proposals.all(), ctx.lists.unfinished()) == ([], [])


def test_a_large_list_raises_an_alarm_that_stands_until_it_is_rejected_or_long_applied(
    ctx: Context, tmp_path: Path
) -> None:
    clock = ctx.clock
    assert isinstance(clock, FixedClock)
    rows = [row(number) for number in range(ALARM_ROWS + 1)]
    proposal = submit(ctx, csv_file(tmp_path, *rows))
    assert [proposal.id in line for line in standing_alarms(ctx)] == [True]
    approve(ctx, LI, proposal.id)
    advance_list(ctx, proposal.id)
    assert ["已入库" in line for line in standing_alarms(ctx)] == [True]
    clock.advance(days=4)
    assert standing_alarms(ctx) == []
    other = submit(ctx, csv_file(tmp_path, *rows, row(900)))
    reject(ctx, LI, other.id, "数量不对")
    assert standing_alarms(ctx) == []


def test_what_a_crash_left_undone_is_found_by_the_sweep(ctx: Context, tmp_path: Path) -> None:
    proposal = submit(ctx, csv_file(tmp_path, row(1)))
    approve(ctx, LI, proposal.id)
    ctx.queue_redis.delete(ctx.keys.woken("lists", proposal.id), "rq:queue:bulk")
    sweep_lists(ctx)
    assert ctx.queue_redis.llen("rq:queue:bulk") == 1


def test_rows_of_one_person_that_changes_meanwhile_are_recorded(ctx: Context, tmp_path: Path) -> None:
    """Thousands of persons over all shards, in more than one chunk."""
    rows = [row(number, f"NX-{number}") for number in range(999)] + [row(n, "NX-b") for n in range(5)]
    proposal = submit(ctx, csv_file(tmp_path, *rows))
    approve(ctx, LI, proposal.id)
    advance_list(ctx, proposal.id)
    progress = ctx.lists.progress(proposal.id)
    assert (progress.chunks, progress.recorded) == (2, 1004)
    assert len({pid_of(ctx, identity(number))[0] for number in range(999)}) > SHARDS // 2
