"""Appeals from the resident's 确认 to the decision: owner, deadline, county, pictures; never a colour."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from click.testing import CliRunner, Result
from PIL import Image

from channel.platform import SendError
from domain.appeals import DEADLINE, Outcome, Ticket, TicketState, number_of_ticket
from domain.appointing import granted, new_staff
from domain.facts import Case, CaseKind, Contact
from domain.people import Level
from domain.person import Person
from domain.roles import Grant, Refused, Role
from domain.scopes import Communities
from domain.verdict import Colour
from flows.core import Say
from flows.effects import Appeal
from store.appeals import MOST_BYTES
from store.changes import Act
from store.due import Due
from store.keys import AUDITED, account_tag, shard_of
from store.known import known_of
from tests.stage import NOW, PHOENIX, FixedClock, commit, declare, identity, openid, pid_of, stage
from tests.worker.test_kill_drill import Fuse, Killed, fused
from worker.context import Context
from worker.decisions.recording import record
from worker.delivery import letters
from worker.delivery.evidence import Evidence
from worker.jobs import settle_lane
from worker.operate import COMMANDS
from worker.staff.appealing import escalate_overdue

STAFF = (
    ("li.qiang", "李强", "凤凰社区", Role.COMMUNITY_WORKER, PHOENIX),
    ("ma.li", "马丽", "惠农社区", Role.COMMUNITY_WORKER, "640205"),
    ("sun.yu", "孙玉", "金凤区疾控中心", Role.EPIDEMIC_OFFICER, "640106"),
    ("he.fang", "何芳", "金凤区疾控中心", Role.EPIDEMIC_OFFICER, "640106"),
)
WHO = openid(1)
TAG = account_tag(WHO)
CONTACT = Contact(id="listed", at=NOW, exposed_on=NOW.date())


@pytest.fixture
def ctx(valkey_url: str, redis_client: redis.Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A house with its staff, in which a resident has declared and been listed as a contact."""
    made = stage(valkey_url, tmp_path, SETTLE_LANES="1")
    for id, name, organisation, role, prefix in STAFF:
        made.staff.add(granted(new_staff(id, name, organisation), Grant(role, Communities(prefix))), Act("test", "add"))
    for name, module in list(sys.modules.items()):
        if name.startswith("worker.operate.") and hasattr(module, "context"):
            monkeypatch.setattr(module, "context", lambda: made)
    moved_in(made)
    return made


def moved_in(ctx: Context) -> None:
    commit(ctx, WHO, (pid(ctx), declare(identity(1), TAG)))
    settle_lane(ctx, 0)
    ctx.people.write([record(person(ctx), CONTACT, Act("list", "record", organisation="疾控中心"), ctx.moment())])
    settle_lane(ctx, 0)


def pid(ctx: Context) -> bytes:
    return pid_of(ctx, identity(1))


def person(ctx: Context) -> Person:
    return ctx.people.read([pid(ctx)])[pid(ctx)]


def ticket(name: str = "a", fact: str = CONTACT.id, *pictures: str) -> Ticket:
    about = "密切接触者" if fact else "其他问题"
    number = number_of_ticket(name, NOW)
    return Ticket(number, NOW, PHOENIX, "", fact, about, "我一直在家", pictures, NOW + DEADLINE)


def filed(ctx: Context, *tickets: Ticket) -> str:
    """File appeals; the number of the first."""
    commit(ctx, WHO, *((pid(ctx), Appeal(pid=pid(ctx), ticket=each)) for each in tickets))
    settle_lane(ctx, 0)
    return tickets[0].number


def post(ctx: Context) -> list[letters.Sendable]:
    entries = ctx.streams.read("post", [shard_of(WHO)], 100)
    return [letters.unseal(ctx.vault, entry.fields[b"b"]) for entry in entries]


def said(ctx: Context, template: str) -> list[Say]:
    return [say for letter in post(ctx) for say in letter.says if say.template == template]


def tasks(ctx: Context, owner: str) -> list[str]:
    return [task.about for task in ctx.tasks.open(owner)]


def run(*command: str) -> Result:
    named = {each.name: each for each in COMMANDS}
    return CliRunner().invoke(named[command[0]], list(command[1:]), catch_exceptions=False)


def pass_time(ctx: Context, **parts: float) -> None:
    assert isinstance(ctx.clock, FixedClock)
    ctx.clock.advance(**parts)


def progress(ctx: Context) -> list[Ticket]:
    cells, media = ctx.views.read(WHO)
    known = known_of(ctx.accounts.read(WHO), cells, media)
    assert known
    return list(known.tickets)


# --- filing ----------------------------------------------------------------------------------------------------------


def test_a_filed_appeal_stands_with_its_community_and_in_the_next_answer(ctx: Context) -> None:
    number = filed(ctx, ticket())
    assert tasks(ctx, PHOENIX) == ["appeal"]
    assert progress(ctx) == [ticket().bare()]
    assert person(ctx).tickets == (ticket(),)
    assert ctx.appeals.find(number) == pid(ctx)
    assert ctx.moment().judge(person(ctx)).colour is Colour.YELLOW


def test_what_was_written_is_sealed(ctx: Context, redis_client: redis.Redis) -> None:
    filed(ctx, ticket())
    held = [redis_client.dump(key) or b"" for key in redis_client.scan_iter()]
    assert len(held) > 5
    assert not any("一直在家".encode() in value for value in held)


def test_of_decided_appeals_the_newest_are_kept(ctx: Context) -> None:
    for n in range(6):
        number = filed(ctx, ticket(f"t{n}", ""))
        assert run("appeals", "decide", number, "--outcome", "confirmed", "--reason", "无误", "--as", "li.qiang")
    assert len(filed_numbers := [each.number for each in person(ctx).tickets]) == 4
    assert filed_numbers == [ticket(f"t{n}").number for n in range(2, 6)]


# --- the deadline ----------------------------------------------------------------------------------------------------


def test_past_its_deadline_an_appeal_goes_to_the_county_once(ctx: Context) -> None:
    filed(ctx, ticket())
    pass_time(ctx, hours=23, minutes=59)
    assert escalate_overdue(ctx) == 0
    pass_time(ctx, minutes=1)
    assert (escalate_overdue(ctx), escalate_overdue(ctx)) == (1, 0)
    settle_lane(ctx, 0)
    assert escalate_overdue(ctx) == 0
    assert [say.args["owner"] for say in said(ctx, "told_escalated")] == ["宁夏银川市金凤区"]
    assert (tasks(ctx, PHOENIX), tasks(ctx, "640106")) == ([], ["appeal"])
    assert [(each.state, each.owner) for each in progress(ctx)] == [(TicketState.ESCALATED, "640106")]


def test_an_appeal_that_was_answered_in_time_goes_nowhere(ctx: Context) -> None:
    number = filed(ctx, ticket())
    run("appeals", "decide", number, "--outcome", "confirmed", "--reason", "无误", "--as", "li.qiang")
    settle_lane(ctx, 0)
    pass_time(ctx, hours=25)
    assert escalate_overdue(ctx) == 0


@pytest.mark.parametrize("after_sending", [False, True], ids=["before sending", "before the answer"])
def test_the_clock_may_die_while_it_escalates(ctx: Context, after_sending: bool) -> None:
    Fuse.after_sending = after_sending
    for step in range(1, 60):
        Fuse.left = -1
        ctx.redis.flushall()
        assert isinstance(ctx.clock, FixedClock)
        ctx.clock.at = NOW
        moved_in(ctx)
        filed(ctx, ticket())
        pass_time(ctx, hours=25)
        dying = fused(ctx)
        dying = replace(dying, due=Due(dying.redis, dying.keys))
        Fuse.left = step
        try:
            escalate_overdue(dying)
            settle_lane(dying, 0)
        except Killed:
            Fuse.left = -1
            escalate_overdue(ctx)
            settle_lane(ctx, 0)
            assert len(said(ctx, "told_escalated")) == 1, f"killed at step {step}"
        else:
            assert len(said(ctx, "told_escalated")) == 1
            assert step > 5, "the drill ended before it reached the steps"
            return
    pytest.fail("it never finished")


# --- the decision ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("staff", "hours", "allowed"),
    [("li.qiang", 1, True), ("sun.yu", 1, True), ("ma.li", 1, False), ("sun.yu", 25, True), ("li.qiang", 25, False)],
    ids=["its community", "its county", "another community", "escalated: the county", "escalated: the community"],
)
def test_its_owner_decides(ctx: Context, staff: str, hours: int, allowed: bool) -> None:
    number = filed(ctx, ticket())
    pass_time(ctx, hours=hours)
    escalate_overdue(ctx)
    result = run("appeals", "decide", number, "--outcome", "confirmed", "--reason", "名单无误", "--as", staff)
    assert (result.exit_code == 0) is allowed, result.output
    assert [each.is_open for each in person(ctx).tickets] == [not allowed]


def test_a_decision_is_told_with_its_reason_and_closes_the_task(ctx: Context) -> None:
    number = filed(ctx, ticket())
    run("appeals", "decide", number, "--outcome", "corrected", "--reason", "已补证漏报日", "--as", "li.qiang")
    settle_lane(ctx, 0)
    assert [say.args for say in said(ctx, "told_decision")] == [
        {
            "number": number,
            "about": "密切接触者",
            "reason": "已补证漏报日",
            "outcome": "corrected",
            "organisation": "凤凰社区",
        }
    ]
    assert tasks(ctx, PHOENIX) == []
    again = run("appeals", "decide", number, "--outcome", "confirmed", "--reason", "再答", "--as", "li.qiang")
    assert again.exit_code == 1


def test_a_wrong_record_is_only_proposed_for_withdrawal_and_another_person_approves(ctx: Context) -> None:
    number = filed(ctx, ticket())
    run("appeals", "decide", number, "--outcome", "withdraw", "--reason", "名单有误", "--as", "sun.yu")
    assert ctx.moment().judge(person(ctx)).colour is Colour.YELLOW
    proposal = person(ctx).tickets[0].proposal
    assert run("withdraw", "approve", proposal, "--as", "sun.yu").exit_code == 1
    assert run("withdraw", "approve", proposal, "--as", "he.fang").exit_code == 0
    settle_lane(ctx, 0)
    assert ctx.moment().judge(person(ctx)).colour is Colour.GREEN
    assert [say.args["colour"] for say in said(ctx, "told_colour")] == ["yellow", "green"]


def test_nothing_is_withdrawn_that_nothing_was_recorded_of(ctx: Context) -> None:
    number = filed(ctx, ticket(fact=""))
    result = run("appeals", "decide", number, "--outcome", "withdraw", "--reason", "有误", "--as", "li.qiang")
    assert result.exit_code == 1
    assert ctx.proposals.all() == []


def test_a_look_at_an_appeal_shows_in_谁看过我(ctx: Context) -> None:
    number = filed(ctx, ticket())
    told = json.loads(run("appeals", "show", number, "--as", "li.qiang").output)
    assert (told["text"], told["recorded_by"]) == ("我一直在家", "疾控中心")
    assert [(each.organisation, each.purpose) for each in person(ctx).looks] == [("凤凰社区", "核对申诉")]
    assert number in run("appeals", "list", PHOENIX, "--as", "li.qiang").output
    assert run("appeals", "list", PHOENIX, "--as", "ma.li").exit_code == 1
    assert run("appeals", "show", number, "--as", "ma.li").exit_code == 1
    assert run("appeals", "show", "0101-NONE-NONE", "--as", "li.qiang").exit_code == 1


def test_an_unproved_claimant_reads_no_reason_that_may_speak_of_a_list(ctx: Context) -> None:
    number = filed(ctx, ticket(fact=""))
    doubted = replace(person(ctx), level=Level.UNVERIFIED, version=person(ctx).version + 1)
    case = Case(id="case", at=NOW, case=CaseKind.CONFIRMED, since=NOW.date())
    ctx.people.write([replace(record(person(ctx), case, Act("list", "record"), ctx.moment()), after=doubted)])
    run("appeals", "decide", number, "--outcome", "confirmed", "--reason", "确诊病例", "--as", "li.qiang")
    settle_lane(ctx, 0)
    assert said(ctx, "told_decision")[0].args["reason"] == ""
    assert [each.reason for each in progress(ctx)] == [""]


def test_a_decision_needs_a_reason() -> None:
    from domain.appeals import decided

    with pytest.raises(Refused, match="no_reason"):
        decided(ticket(), Outcome.CONFIRMED, " ", "凤凰社区", NOW, "")


def test_every_step_is_in_the_audit(ctx: Context, redis_client: redis.Redis) -> None:
    number = filed(ctx, ticket())
    pass_time(ctx, hours=25)
    escalate_overdue(ctx)
    run("appeals", "show", number, "--as", "sun.yu")
    run("appeals", "decide", number, "--outcome", "confirmed", "--reason", "无误", "--as", "sun.yu")
    acts = str([redis_client.xrange(ctx.keys.audit(shard)) for shard in AUDITED])
    for what in ("escalate appeal", "look at appeal", "decide appeal confirmed"):
        assert what in acts


# --- pictures --------------------------------------------------------------------------------------------------------


def jpeg(side: int = 3_000) -> bytes:
    written = io.BytesIO()
    Image.effect_noise((side, side), 80).convert("RGB").save(written, "JPEG", quality=95, exif=b"Exif\0\0place")
    return written.getvalue()


class FakePlatform:
    """What `download` of the platform's client does, from a table."""

    def __init__(self, **files: bytes | SendError) -> None:
        self.files, self.asked = files, 0

    def download(self, media_id: str) -> bytes:
        self.asked += 1
        found = self.files[media_id]
        if isinstance(found, SendError):
            raise found
        return found


def fetched(ctx: Context, **files: bytes | SendError) -> Callable[[], int]:
    platform = FakePlatform(**files)
    evidence = Evidence(ctx.people, ctx.appeals, platform)  # type: ignore[arg-type]  # a platform that fails

    def fetch() -> int:
        evidence.fetch(pid(ctx))
        return platform.asked

    return fetch


def test_pictures_are_kept_small_sealed_and_once(ctx: Context, tmp_path: Path, redis_client: redis.Redis) -> None:
    number = filed(ctx, ticket("a", "", "one", "two"))
    assert [letter.kind for letter in post(ctx)][-1] == "evidence"
    fetch = fetched(ctx, one=jpeg(), two=b"no picture at all")
    assert (fetch(), fetch()) == (2, 3)
    kept = ctx.appeals.pictures(pid(ctx), person(ctx).salt, number)
    assert list(kept) == [0]
    assert len(kept[0]) < MOST_BYTES
    assert b"place" not in kept[0]
    assert max(Image.open(io.BytesIO(kept[0])).size) == 1_600
    raw = redis_client.get(ctx.keys.evidence(pid(ctx), number, 0))
    assert isinstance(raw, bytes)
    assert b"JFIF" not in raw
    run("appeals", "show", number, "--pictures", str(tmp_path / "p"), "--as", "li.qiang")
    assert [path.name for path in (tmp_path / "p").iterdir()] == [f"{number}-1.jpg"]


def test_a_picture_that_the_platform_has_lost_stops_nothing(ctx: Context) -> None:
    filed(ctx, ticket("a", "", "gone", "one"))
    gone = SendError("media/get", permanent=True, code=40007)
    assert fetched(ctx, gone=gone, one=jpeg(100))() == 2
    assert list(ctx.appeals.pictures(pid(ctx), person(ctx).salt, ticket().number)) == [1]


def test_a_platform_that_is_away_is_asked_again(ctx: Context) -> None:
    filed(ctx, ticket("a", "", "one"))
    with pytest.raises(SendError):
        fetched(ctx, one=SendError("media/get", permanent=False))()


def test_the_pictures_of_a_decided_appeal_go_soon(ctx: Context, redis_client: redis.Redis) -> None:
    number = filed(ctx, ticket("a", "", "one"))
    fetched(ctx, one=jpeg(100))()
    key = ctx.keys.evidence(pid(ctx), number, 0)
    before = redis_client.ttl(key)
    run("appeals", "decide", number, "--outcome", "confirmed", "--reason", "无误", "--as", "li.qiang")
    after = redis_client.ttl(key)
    assert timedelta(days=3).total_seconds() >= int(after) > 0
    assert int(before) > int(after)


def test_the_number_is_the_same_for_the_same_appeal_and_easy_to_say() -> None:
    assert (
        number_of_ticket("wangfang-7", NOW)
        == number_of_ticket("wangfang-7", NOW)
        == "0302-" + number_of_ticket("wangfang-7", NOW)[5:]
    )
    assert len({number_of_ticket(f"tag-{n}", NOW) for n in range(20_000)}) == 20_000
    assert not set("".join(number_of_ticket(f"tag-{n}", NOW) for n in range(200))) & set("ILOU")
