"""A broadcast takes two people and a look at one's own phone; everybody it was for is in its sums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.broadcasts import steps as law
from domain.broadcasts.account import LEFT, UNKNOWN, UNREACHABLE, Mark, sizes, tally
from domain.broadcasts.audience import Audience
from domain.broadcasts.broadcast import Broadcast, Frozen, Route, State
from domain.broadcasts.content import CORRECTION, TEXT_BYTES, Card, Picture, Template, Text, checked
from domain.facts import SHANGHAI
from domain.notice import Colour
from domain.people import Level
from domain.roles import Refused, Staff

NOW = datetime(2020, 3, 2, 8, 0, tzinfo=SHANGHAI)
ZHAO, MA = Staff("zhao.min", "赵敏", "指挥部"), Staff("ma.hong", "马红", "指挥部")
DRAFT = Broadcast(7, ZHAO.id, "指挥部", NOW, Text("通知"), Audience(), Route.WINDOW)
PILE = Frozen("7-a", 2, 900, 880, {"no_account": 20})

Step = Callable[[Broadcast], Broadcast]
STEPS: dict[str, Step] = {
    "preview": lambda b: law.previewed(b, ZHAO, NOW),
    "look": lambda b: law.previewed(b, MA, NOW),
    "submit": lambda b: law.submitted(b, ZHAO, NOW),
    "submit by another": lambda b: law.submitted(b, MA, NOW),
    "approve": lambda b: law.approved(b, MA, NOW),
    "approve oneself": lambda b: law.approved(b, ZHAO, NOW),
    "reject": lambda b: law.rejected(b, MA, NOW, "有误"),
    "reject without a reason": lambda b: law.rejected(b, MA, NOW, " "),
    "freeze": lambda b: law.frozen(b, PILE, NOW),
    "start": lambda b: law.started(b, NOW),
    "pause": law.paused,
    "resume": law.resumed,
    "cancel": lambda b: law.cancelled(b, NOW, "不发了"),
    "finish": lambda b: law.done(b, NOW),
    "tomorrow": lambda b: law.timed(b, NOW + timedelta(days=1)),
    "now": lambda b: law.timed(b, None),
    "emergency": lambda b: replace(b, emergency=True),
}
"""赵敏 drafts, 马红 is the second one."""

TABLE = """
preview, submit, approve                                          approved
preview, submit, approve, approve                                 approved
preview, submit, approve, freeze, start                           sending
preview, submit, approve, freeze, start, finish                   done
preview, submit, approve, freeze, start, pause                    paused
preview, submit, approve, freeze, start, pause, resume            sending
preview, submit, approve, freeze, pause, resume                   approved
preview, submit, approve, freeze, start, pause, cancel            cancelled
preview, submit, approve, freeze, tomorrow, now, start            sending
preview, submit, reject                                           rejected
preview, submit, cancel                                           cancelled
emergency, preview, submit                                        approved
emergency, preview, submit, freeze, start, approve                sending
emergency, preview, submit, freeze, start, finish, approve        done
emergency, preview, submit, freeze, start, reject                 cancelled
emergency, preview, submit, freeze, start, finish, reject         done
submit                                                            ! not_previewed
look, submit                                                      ! not_previewed
emergency, submit                                                 ! not_previewed
preview, submit by another                                        ! not_author
preview, approve                                                  ! not_submitted
preview, submit, approve oneself                                  ! same_person
emergency, preview, submit, freeze, start, approve oneself        ! same_person
preview, submit, reject without a reason                          ! no_reason
preview, submit, reject, approve                                  ! decided
preview, submit, approve, reject                                  ! decided
preview, submit, submit                                           ! decided
preview, submit, approve, preview                                 ! decided
preview, submit, approve, start                                   ! not_due
preview, submit, approve, freeze, tomorrow, start                 ! not_due
preview, submit, freeze                                           ! begun
preview, submit, approve, freeze, freeze                          ! begun
preview, submit, approve, freeze, start, tomorrow                 ! begun
preview, submit, approve, freeze, start, resume                   ! not_paused
preview, submit, approve, freeze, start, finish, pause            ! not_under_way
preview, submit, approve, freeze, start, pause, finish            ! not_under_way
preview, submit, reject, cancel                                   ! over
"""


@pytest.mark.parametrize("row", [row for row in TABLE.split("\n") if row])
def test_it_goes_its_way_by_two_people(row: str) -> None:
    steps, end = (part.strip() for part in row.split("  ", 1))
    broadcast, why = DRAFT, ""
    for step in steps.split(", "):
        assert not why, f"{step} comes after a refusal"
        try:
            broadcast = STEPS[step](broadcast)
        except Refused as refused:
            why = refused.reason
    assert (f"! {why}" if why else broadcast.state.value) == end


def test_an_emergency_waits_two_hours_for_its_second_one_and_is_escalated_once() -> None:
    sent = law.submitted(law.previewed(replace(DRAFT, emergency=True), ZHAO, NOW), ZHAO, NOW)
    assert not law.escalation_due(sent, NOW + timedelta(minutes=119))
    late = NOW + timedelta(hours=2)
    assert law.escalation_due(sent, late)
    assert not law.escalation_due(replace(sent, escalated_at=late), late)
    assert not law.escalation_due(law.approved(sent, MA, NOW), late)


def test_a_broadcast_that_went_out_can_be_corrected_once_it_has_stopped() -> None:
    sent = replace(DRAFT, state=State.SENDING, started_at=NOW)
    for state, why in ((State.SENDING, "still_sending"), (State.PAUSED, ""), (State.CANCELLED, ""), (State.DONE, "")):
        if not why:
            law.corrects(replace(sent, state=state))
            continue
        with pytest.raises(Refused, match=why):
            law.corrects(replace(sent, state=state))
    with pytest.raises(Refused, match="not_sent"):
        law.corrects(replace(DRAFT, state=State.CANCELLED))


CONTENTS = (
    (Text("  通知\x00 \n 内容  "), ""),
    (Text("字" * (TEXT_BYTES // 3)), ""),
    (Text("字" * (TEXT_BYTES // 3 + 1)), "text_long"),
    (Text(" \n "), "text_empty"),
    (Picture(1), ""),
    (Picture(0), "picture_empty"),
    (Card("标题", "", "https://nx.gov.cn/a?b=1"), ""),
    (Card("标题", "", "javascript:alert(1)"), "bad_url"),
    (Card("题" * 65, "", "https://nx.gov.cn/"), "card_length"),
    (Template("T" * 43, {"thing1": "复工"}), ""),
    (Template("T" * 43, {"thing1": ""}), "template_values"),
    (Template("", {"thing1": "复工"}), "template_values"),
)


@pytest.mark.parametrize(("content", "why"), CONTENTS)
def test_a_content_is_what_the_platform_takes(content: Text | Picture | Card | Template, why: str) -> None:
    if why:
        with pytest.raises(Refused, match=why):
            checked(content)
    else:
        assert type(checked(content)) is type(content)


def test_a_correction_says_that_it_is_one_and_its_mark_counts() -> None:
    assert checked(Text("时间为3月3日"), correction=True) == Text(f"{CORRECTION}时间为3月3日")
    with pytest.raises(Refused, match="text_long"):
        checked(Text("字" * (TEXT_BYTES // 3)), correction=True)


AUDIENCES = (
    (Audience(), Colour.NONE, Level.UNVERIFIED, None, True),
    (Audience(colours=frozenset({Colour.YELLOW})), Colour.YELLOW, Level.PHONE, None, True),
    (Audience(colours=frozenset({Colour.YELLOW})), Colour.RED, Level.PHONE, None, False),
    (Audience(colours=frozenset({Colour.YELLOW})), Colour.YELLOW, Level.UNVERIFIED, None, False),
    (Audience(silent_days=3), Colour.GREEN, Level.PHONE, date(2020, 2, 28), True),
    (Audience(silent_days=3), Colour.GREEN, Level.PHONE, date(2020, 2, 29), False),
    (Audience(silent_days=3), Colour.GREEN, Level.PHONE, None, True),
)


@pytest.mark.parametrize(("audience", "colour", "level", "own", "takes"), AUDIENCES)
def test_an_audience_takes_whom_it_names(
    audience: Audience, colour: Colour, level: Level, own: date | None, takes: bool
) -> None:
    """A colour that is not proved must not be told, and a message by colour would tell it."""
    assert audience.takes(colour, level, own, date(2020, 3, 2)) is takes


@given(st.integers(0, 40_000), st.integers(2, 500), st.sampled_from([1, 2]))
def test_chunks_hold_everybody_and_none_is_too_small(people: int, most: int, least: int) -> None:
    cut = sizes(people, most, least)
    assert sum(cut) == people
    assert all(min(least, people) <= size <= most + 1 for size in cut)
    assert all(size <= most for size in cut) or most < 2 * least


@given(st.lists(st.text(alphabet="".join(Mark), max_size=40), max_size=8), st.integers(0, 9))
def test_a_report_counts_everybody_once(states: list[str], left_out: int) -> None:
    report = tally({n: state.encode() for n, state in enumerate(states)}, {}, {"no_account": left_out})
    assert report.total == sum(map(len, states))
    told = report.sent + report.failed + report.unknown + report.unreachable + report.left
    assert told == report.total + left_out
    assert not (LEFT & UNKNOWN)
    assert not (UNKNOWN & UNREACHABLE)
