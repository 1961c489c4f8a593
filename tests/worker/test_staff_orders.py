"""Staff at work on a real server: orders, wards, withdrawals, looks; each leaves its act and tells the resident."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import redis
from click.testing import CliRunner, Result

from domain.appointing import granted, new_staff
from domain.facts import Case, CaseKind, Report
from domain.people import Document, DocumentKind, Identity, Level, resident_id
from domain.roles import Grant, Role
from domain.scopes import Communities, Everywhere, Institution, Scope
from domain.verdict import Colour
from store.changes import Act
from store.keys import AUDITED, account_tag, shard_of
from store.known import known_of
from tests.stage import PHOENIX, FixedClock, commit, declare, identity, openid, pid_of, stage
from worker.context import Context
from worker.decisions.recording import record
from worker.delivery import letters
from worker.jobs import settle_lane
from worker.operate import COMMANDS
from worker.settling.rebuild import rebuild_rosters

WARD = "yinchuan-4"
STAFF: tuple[tuple[str, str, str, Role, Scope], ...] = (
    ("li.qiang", "李强", "凤凰社区", Role.COMMUNITY_WORKER, Communities("640106")),
    ("ma.li", "马丽", "惠农社区", Role.COMMUNITY_WORKER, Communities("6402")),
    ("chen.jing", "陈静", "第四医院", Role.INSTITUTION_REPORTER, Institution(WARD)),
    ("sun.yu", "孙玉", "金凤区疾控中心", Role.EPIDEMIC_OFFICER, Communities("640106")),
    ("he.fang", "何芳", "金凤区疾控中心", Role.EPIDEMIC_OFFICER, Communities("640106")),
    ("zhao.min", "赵敏", "自治区指挥部", Role.SYSTEM_ADMIN, Everywhere()),
)
WHO = openid(1)
BEGUN: dict[str, Any] = {"from": "2020-03-02"}
PERSON = identity(1)


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A house with its staff, in which a resident has declared."""
    made = stage(valkey_url, tmp_path, SETTLE_LANES="1")
    for id, name, organisation, role, scope in STAFF:
        made.staff.add(granted(new_staff(id, name, organisation), Grant(role, scope)), Act("test", "staff add"))
    for name, module in list(sys.modules.items()):
        if name.startswith("worker.operate.") and hasattr(module, "context"):
            monkeypatch.setattr(module, "context", lambda: made)
    moved_in(made, 1)
    return made


def moved_in(ctx: Context, number: int) -> None:
    who = identity(number)
    commit(ctx, openid(number), (pid_of(ctx, who), declare(who, account_tag(openid(number)))))
    settle_lane(ctx, 0)


def run(*words: str, given: Any = None) -> Result:
    """`python -m worker WORDS`, with `given` as JSON (or as it is) on standard input."""
    command = next(command for command in COMMANDS if command.name == words[0])
    text = given if isinstance(given, bytes) else json.dumps(given or {})
    return CliRunner().invoke(command, words[1:], input=text)


def about(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"document": {"number": identity(number).document.number}, "reason": "上门核实", **more}


def ordered(name: str, staff: str, number: int = 1, **more: Any) -> Result:
    return run("order", name, "--as", staff, given=about(number, **more))


def ill(ctx: Context, number: int = 1) -> None:
    person = ctx.people.read([pid_of(ctx, identity(number))])[pid_of(ctx, identity(number))]
    case = Case(id=f"c{number}", at=ctx.clock.now(), case=CaseKind.CONFIRMED, since=date(2020, 3, 2))
    act = Act("upstream", "record case", case.id, "名单", "自治区疾控中心")
    assert ctx.people.write([record(person, case, act, ctx.moment())]) == [True]
    settle_lane(ctx, 0)


def colour(ctx: Context, number: int = 1) -> Colour:
    pid = pid_of(ctx, identity(number))
    return ctx.moment().judge(ctx.people.read([pid])[pid]).colour


def acts(ctx: Context) -> list[str]:
    return [act[2] for shard in AUDITED for _, act in ctx.audit.acts(shard)]


def told(ctx: Context) -> list[str]:
    """The templates of the texts on the resident's post, the latest last."""
    settle_lane(ctx, 0)
    posted = [letters.unseal(ctx.vault, e.fields[b"b"]) for e in ctx.streams.read("post", [shard_of(WHO)], 100)]
    return [say.template for letter in posted for say in letter.says]


def move_on(ctx: Context, days: int) -> None:
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.advance(days=days)


# --- a community worker ----------------------------------------------------------------------------------------------


def test_a_worker_clears_a_fever_and_the_resident_is_told_who_did(ctx: Context) -> None:
    assert ordered("report", "li.qiang", temperature="38.0").exit_code == 0
    assert colour(ctx) is Colour.YELLOW
    pid = pid_of(ctx, PERSON)
    fever = ctx.people.read([pid])[pid].history.facts[-1].id
    result = ordered("review", "li.qiang", of=fever, temperature="36.5")
    assert result.exit_code == 0, result.output
    assert colour(ctx) is Colour.GREEN
    assert told(ctx).count("told_colour") == 2
    cells, media = ctx.views.read(WHO)
    known = known_of(ctx.accounts.read(WHO), cells, media)
    assert known is not None
    assert set(known.recorded_by.values()) == {"凤凰社区"}
    assert "李强" not in str(known)
    assert [what for what in acts(ctx) if what.startswith("order")] == ["order reportfor", "order review"]


def test_whoever_is_not_responsible_is_refused_and_nothing_is_recorded(ctx: Context) -> None:
    before = ctx.people.read([pid_of(ctx, PERSON)])
    for staff, order in (
        ("ma.li", "report"),
        ("chen.jing", "report"),
        ("nobody", "report"),
        ("li.qiang", "ward-report"),
    ):
        result = ordered(order, staff, temperature="38.0")
        assert result.exit_code == 1
        assert "·" in result.output
    assert ctx.people.read([pid_of(ctx, PERSON)]) == before


def test_isolation_stands_among_the_workers_tasks_until_it_is_over(ctx: Context) -> None:
    assert ordered("isolate", "li.qiang", **BEGUN).exit_code == 0
    settle_lane(ctx, 0)
    assert {task.about for task in ctx.tasks.open(PHOENIX)} == {"isolation"}
    assert ordered("release", "li.qiang").exit_code == 1
    move_on(ctx, 14)
    assert ordered("release", "li.qiang").exit_code == 0
    settle_lane(ctx, 0)
    assert ctx.tasks.open(PHOENIX) == []


# --- an isolation institution ----------------------------------------------------------------------------------------


def admitted(ctx: Context, *numbers: int) -> None:
    for number in numbers:
        ill(ctx, number)
        assert ordered("admit", "chen.jing", number, institution=WARD).exit_code == 0
    settle_lane(ctx, 0)


def table(*rows: str, title: str = "证件号码,体温,症状,日期") -> bytes:
    return "\n".join((title, *rows)).encode("gb18030")


def number_of(number: int) -> str:
    return identity(number).document.number


def test_a_whole_ward_from_one_table_twice_is_as_once(ctx: Context) -> None:
    moved_in(ctx, 2)
    admitted(ctx, 1, 2)
    rows = table(f"{number_of(1)},36.5,无,", f"{number_of(2).lower()},３６．８℃,,2020年3月2日")
    first = run("ward", "report", "--as", "chen.jing", given=rows)
    again = run("ward", "report", "--as", "chen.jing", given=rows)
    assert (first.exit_code, again.exit_code) == (0, 0), first.output
    assert ("新记录 2 条" in first.output, "新记录 0 条" in again.output) == (True, True)
    for number in (1, 2):
        pid = pid_of(ctx, identity(number))
        assert sum(isinstance(fact, Report) for fact in ctx.people.read([pid])[pid].history.facts) == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (lambda: f"{number_of(1)[:-1]}A,36.5,,", "第 3 行\t证件号码"),
        (lambda: f"{number_of(1)},365,,", "第 3 行\t体温"),
        (lambda: f"{number_of(1)},36.5,头晕目眩,", "第 3 行\t症状"),
        (lambda: f"{number_of(1)},36.5,,03/02/2020", "第 3 行\t日期"),
        (lambda: f"{number_of(1)},36.5,,2020-03-05", "晚于今天"),
        (lambda: f"{number_of(3)},36.5,,", "范围"),
        (lambda: f"{number_of(1)},38.5,,", "第 3 行\t证件号码\t与第 2 行矛盾"),
    ],
    ids=["document", "temperature", "symptom", "day", "to come", "not admitted", "contradiction"],
)
def test_one_row_that_cannot_be_taken_and_none_is(ctx: Context, row: Callable[[], str], words: str) -> None:
    moved_in(ctx, 3)
    admitted(ctx, 1)
    before = ctx.people.read([pid_of(ctx, PERSON)])
    result = run("ward", "report", "--as", "chen.jing", given=table(f"{number_of(1)},36.5,,", row()))
    assert result.exit_code == 1
    assert words in result.output
    assert identity(1).document.number not in result.output
    assert ctx.people.read([pid_of(ctx, PERSON)]) == before


def test_a_table_without_its_columns_names_them(ctx: Context) -> None:
    result = run("ward", "report", "--as", "chen.jing", given=table("1,2", title="姓名,体温"))
    assert "证件号码\t缺少这一列" in result.output


def test_inpatients_are_seen_by_their_institution_alone_and_see_that_they_were(ctx: Context) -> None:
    admitted(ctx, 1)
    seen = run("ward", "list", WARD, "--as", "chen.jing")
    assert seen.output.split("\t")[2] == "red"
    assert identity(1).name not in seen.output
    assert run("ward", "list", WARD, "--as", "li.qiang").exit_code == 1
    settle_lane(ctx, 0)
    looks = known_looks(ctx)
    assert [(look.organisation, look.purpose) for look in looks] == [("第四医院", "查看在院名单")]
    ctx.redis.delete(ctx.keys.ward(WARD))
    rebuild_rosters(ctx)
    assert run("ward", "list", WARD, "--as", "chen.jing").output == seen.output
    assert ordered("discharge", "chen.jing").exit_code == 0
    settle_lane(ctx, 0)
    assert run("ward", "list", WARD, "--as", "chen.jing").output == ""


def known_looks(ctx: Context) -> tuple[Any, ...]:
    cells, _ = ctx.views.read(WHO)
    return cells[pid_of(ctx, PERSON)].looks


# --- looking ---------------------------------------------------------------------------------------------------------


def test_a_look_is_shown_to_the_person_and_one_that_was_refused_stands_in_the_audit(ctx: Context) -> None:
    asked = {"document": {"number": number_of(1)}, "purpose": "核对申诉"}
    seen = run("person", "--as", "li.qiang", given=asked)
    assert json.loads(seen.output)["colour"] == "green"
    assert number_of(1) not in seen.output
    assert run("person", "--as", "ma.li", given=asked).exit_code == 1
    assert run("person", "--as", "li.qiang", given={**asked, "purpose": " "}).exit_code == 1
    settle_lane(ctx, 0)
    assert [(look.organisation, look.purpose) for look in known_looks(ctx)] == [("凤凰社区", "核对申诉")]
    assert [what for what in acts(ctx) if what.startswith("look")] == ["look", "look refused"]


def test_whoever_looks_at_a_document_of_an_abolished_birthplace_is_told_so(ctx: Context) -> None:
    number, tag = resident_id("640102", date(1960, 5, 1), 7), account_tag(openid(7))
    who = Identity("马兰", Document(DocumentKind.RESIDENT_ID, number), "13800000007")
    commit(ctx, openid(7), (pid_of(ctx, who), replace(declare(who, tag), level=Level.UNVERIFIED)))
    settle_lane(ctx, 0)
    asked = {"document": {"number": number}, "purpose": "核对证件", "reason": "看过证件"}
    [task] = run("tasks", PHOENIX).output.splitlines()
    assert task.startswith("confirm\t")
    assert "前六位不是现行的县区" in task
    [remark] = json.loads(run("person", "--as", "li.qiang", given=asked).output)["remarks"]
    assert remark in task
    assert remark in run("order", "confirm", "--as", "li.qiang", given=asked).output
    other = json.loads(run("person", "--as", "li.qiang", given={**asked, **about()}).output)
    assert other["remarks"] == []


# --- withdrawing -----------------------------------------------------------------------------------------------------


def proposed(ctx: Context, by: str = "sun.yu") -> str:
    return run("withdraw", "propose", "--as", by, given=about(of="c1")).output.split()[0]


def test_a_case_is_withdrawn_by_two_people_and_stays_visible(ctx: Context) -> None:
    ill(ctx)
    id = proposed(ctx)
    assert colour(ctx) is Colour.RED
    assert "不能自己批准" in run("withdraw", "approve", id, "--as", "sun.yu").output
    assert run("withdraw", "approve", id, "--as", "li.qiang").exit_code == 1
    assert colour(ctx) is Colour.RED
    assert run("withdraw", "approve", id, "--as", "he.fang").exit_code == 0
    assert colour(ctx) is Colour.GREEN
    assert told(ctx).count("told_colour") == 2
    pid = pid_of(ctx, PERSON)
    assert {"c1", "w-c1"} <= {fact.id for fact in ctx.people.read([pid])[pid].history.facts}
    assert {"propose withdraw", "approve withdraw", "withdraw for sun.yu", "withdrawn"} <= set(acts(ctx))


def test_a_withdrawal_that_was_rejected_changes_nothing_for_good(ctx: Context) -> None:
    ill(ctx)
    id = proposed(ctx)
    assert run("withdraw", "reject", id, "--as", "he.fang", "--reason", "记录属实").exit_code == 0
    assert run("withdraw", "approve", id, "--as", "he.fang").exit_code == 1
    assert colour(ctx) is Colour.RED
    assert f"{id}\trejected" in run("withdraw", "list", "--as", "sun.yu").output


def test_an_approval_that_died_half_way_is_given_again(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    ill(ctx)
    id = proposed(ctx)
    with monkeypatch.context() as dying:
        dying.setattr(type(ctx.people), "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        run("withdraw", "approve", id, "--as", "he.fang")
    assert colour(ctx) is Colour.RED
    assert run("withdraw", "approve", id, "--as", "he.fang").exit_code == 0
    assert colour(ctx) is Colour.GREEN


# --- the staff -------------------------------------------------------------------------------------------------------


def test_only_an_administrator_appoints_and_whoever_was_dismissed_is_nobody(ctx: Context) -> None:
    new = {"id": "bai.xue", "name": "白雪", "organisation": "凤凰社区"}
    assert run("staff", "found", given=new).exit_code == 1
    assert run("staff", "add", "--as", "li.qiang", given=new).exit_code == 1
    assert run("staff", "add", "--as", "zhao.min", given=new).exit_code == 0
    assert run("staff", "grant", "bai.xue", "community_worker", "everywhere", "--as", "zhao.min").exit_code == 1
    assert run("staff", "grant", "bai.xue", "community_worker", PHOENIX, "--as", "zhao.min").exit_code == 0
    assert ordered("attest", "bai.xue", day="2020-03-02").exit_code == 0
    assert run("staff", "revoke", "bai.xue", "--as", "zhao.min").exit_code == 0
    assert ordered("attest", "bai.xue", day="2020-03-01").exit_code == 1
    assert "bai.xue\t白雪\t凤凰社区\t-" in run("staff", "list", "--as", "zhao.min").output


def test_a_fact_is_recorded_directly_in_a_sandbox_only(ctx: Context) -> None:
    case = {"kind": "case", "case": "confirmed", "since": "2020-03-02"}
    result = run("record", given=about(by="网格员 李强", fact=case))
    assert (result.exit_code, "沙箱" in result.output) == (1, True)
    assert colour(ctx) is Colour.GREEN
