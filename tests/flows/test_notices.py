"""Consent to reminders: heard by events, asked for at the right moment and not too often; the code as a card."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.people import Claim
from domain.reminders import OFF
from domain.verdict import Colour
from flows.core import Desk, Incoming, Known, Picture, Session, Show, ShowCard, Turn
from flows.effects import Undelivered
from flows.front_desk import take
from flows.session_json import dump, load
from tests.flows.people import NOW, consented, desk, known, templates

TEMPLATE = "T" * 43
DAY = timedelta(days=1)


def with_notices(session: Session, text: str, who: Known | None = None, days: int = 0) -> Turn:
    at = NOW + days * DAY
    return take(session, who, Incoming("text", at, text=text), set_up(desk(at)))


def set_up(plain: Desk) -> Desk:
    return replace(plain, reminder_template=TEMPLATE, subscribe_url="https://yima.example.org/subscribe")


def agreement(session: Session, agrees: bool, days: int = 0) -> Session:
    incoming = Incoming("agreement", NOW + days * DAY, agreements={TEMPLATE: agrees})
    turn = take(session, None, incoming, desk())
    assert (turn.says, turn.effects) == ((), ())
    return load(dump(turn.session))


def test_consent_is_kept_with_its_instant_and_goes_when_it_is_taken_back() -> None:
    agreed = agreement(consented(), True)
    assert agreed.notices == {TEMPLATE: NOW}
    assert agreement(agreed, True, days=3).notices == {TEMPLATE: NOW + 3 * DAY}
    assert agreement(agreed, False, days=1).notices == {}
    assert agreement(agreement(agreed, True, days=3), False, days=1).notices, "an event that was overtaken"


def test_events_about_notices_follow_nobody_and_leave_conversations_alone() -> None:
    session = Session("stranger")
    assert not agreement(session, True).following


def test_consent_is_asked_for_after_a_report_and_not_again_for_a_week() -> None:
    first = with_notices(consented(), "36.5", known())
    assert templates(first)[-1] == "invite"
    second = with_notices(first.session, "36.5", known(), days=1)
    assert "invite" not in templates(second)
    third = with_notices(second.session, "36.5", known(declared=NOW + 6 * DAY), days=7)
    assert templates(third)[-1] == "invite"


def test_who_has_agreed_or_has_not_reported_is_not_asked_and_help_always_shows_it() -> None:
    assert "invite" not in templates(with_notices(agreement(consented(), True), "36.5", known()))
    assert "invite" not in templates(with_notices(consented(), "状态", known()))
    asked = replace(consented(), invited_at=NOW)
    assert templates(with_notices(asked, "帮助", known())) == ["help", "invite"]
    assert templates(with_notices(asked, "提醒20点", known())) == ["reminding", "invite"]
    assert templates(with_notices(agreement(asked, True), "帮助", known())) == ["help"]
    assert templates(with_notices(consented(), "帮助")) == ["help"]


def test_who_wants_no_reminders_is_not_asked_to_agree_to_them() -> None:
    assert templates(with_notices(consented(), "不提醒", known())) == ["reminding"]
    off = replace(known(), remind=OFF)
    assert "invite" not in templates(with_notices(consented(), "36.5", off))
    assert templates(with_notices(consented(), "恢复提醒", off)) == ["reminding", "invite"]


def test_where_no_notice_is_set_up_nobody_is_asked() -> None:
    turn = take(consented(), known(), Incoming("text", NOW, text="36.5"), desk())
    assert "invite" not in templates(turn)


def test_a_notice_that_came_back_is_an_effect_of_its_account() -> None:
    incoming = Incoming("undelivered", NOW, failed={"3662956322040938501": "failed:user block"})
    turn = take(consented(), None, incoming, desk())
    assert turn.effects == (Undelivered(notices=("3662956322040938501",), reason="failed:user block"),)
    assert (turn.says, turn.session.seq) == ((), 1)


def test_while_uploads_are_low_the_code_is_a_card_unless_a_picture_is_at_hand() -> None:
    low = replace(desk(), uploads_low=True)
    asks = Incoming("text", NOW, text="健康码")
    turn = take(consented(), known(), asks, low)
    assert (turn.says, turn.effects) == (ShowCard(known().pid), ())
    picture = Picture("media-1", Colour.GREEN, NOW + DAY)
    assert take(consented(), known(picture=picture), asks, low).says == Show("media-1")
    assert not isinstance(take(consented(), known(claim=Claim.CHECKING), asks, low).says, ShowCard)
