"""The ladder against the platform's stand-in: which rung bears, what comes back, and who has to be called."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.budgets import UPLOAD
from store.account import Remembered
from store.calls import REMINDER, Outcome
from tests.reach.conftest import REMINDER as TEMPLATE
from tests.reach.conftest import House, OpenHouse, Resident
from tests.sandbox.conftest import eventually
from tests.stage import PHOENIX, commit, report
from worker.delivery.letters import Sendable

BIZSEND = "/cgi-bin/message/subscribe/bizsend"
TEMPLATE_SEND = "/cgi-bin/message/template/send"
CUSTOM_SEND = "/cgi-bin/message/custom/send"


def told(resident: Resident, ref: str = "r1") -> Sendable:
    return resident.letter("told_confirmed", ref)


def reminder(resident: Resident, **args: Any) -> Sendable:
    return resident.letter("no_code", kind="reminder", **args)


def reported(house: House, resident: Resident) -> None:
    """The resident checked in just now."""
    commit(house.ctx, resident.openid, (resident.pid, report(resident.pid, "now-1", "36.5", house.ctx.clock.now())))
    house.settle()


# --- what somebody's own record caused -------------------------------------------------------------------------------


def test_it_comes_as_a_message_while_a_window_is_open_and_as_a_template_message_later(house: House) -> None:
    resident = house.resident()
    resident.says("帮助")
    assert resident.gets(told(resident)) == [("custom", "text")]
    resident.lets_windows_close()
    assert resident.gets(told(resident)) == [("template", "notice")]
    assert "事项：身份核实已有结果" in resident.screen()[-1]["content"]
    assert house.calls() == {}
    assert house.waiting(resident.openid) == 0


@pytest.mark.parametrize(
    ("language", "starts"), [("en", "A community worker has confirmed"), ("zh", "社区工作人员已经确认")]
)
def test_a_letter_comes_in_the_language_that_the_resident_chose(house: House, language: str, starts: str) -> None:
    resident = house.resident()
    resident.says("English")
    account = house.ctx.accounts.read(resident.openid)
    chose = replace(account, session=replace(account.session, language=language))
    nothing = Remembered(1, "nothing")
    assert house.ctx.accounts.commit(account, chose, "language", nothing, []) == nothing
    assert resident.gets(told(resident)) == [("custom", "text")]
    assert resident.screen()[-1]["text"].startswith(starts)


def test_a_template_message_whose_worker_died_is_one_message(house: House) -> None:
    resident = house.resident()
    resident.lets_windows_close()
    assert [resident.gets(told(resident)) for _ in range(2)] == [[("template", "notice")], []]
    assert [resident.gets(told(resident, ref)) for ref in ("r2", "r3")] == [[("template", "notice")]] * 2


def test_without_a_template_the_worker_has_to_call_and_sees_why(open_house: OpenHouse) -> None:
    house = open_house(WECHAT_NOTICE_TEMPLATE="")
    resident = house.resident()
    resident.lets_windows_close()
    assert resident.gets(told(resident)) == []
    trail = "custom:no-window|template:not-set-up"
    assert (house.calls()[resident.pid].about, house.calls()[resident.pid].trail) == ("told_confirmed", trail)
    assert resident.undelivered() == [trail]


def test_who_has_left_is_called_without_one_call_to_the_platform(house: House) -> None:
    resident = house.resident()
    resident.act("unfollow")
    before = house.counted(CUSTOM_SEND) + house.counted(TEMPLATE_SEND)
    assert resident.gets(told(resident)) == []
    assert house.calls()[resident.pid].trail == "custom:not-following|template:not-following"
    assert house.counted(CUSTOM_SEND) + house.counted(TEMPLATE_SEND) == before


@pytest.mark.parametrize("code", [43004, 40003])
def test_who_left_unheard_is_known_after_the_first_refusal(open_house: OpenHouse, code: int) -> None:
    """The push was lost; a platform that says so once is not asked again."""
    house = open_house(template_not_following=code)
    resident = house.resident()
    resident.lets_windows_close()
    house.platform.webhook.answer = lambda query, body: (200, b"")
    resident.act("unfollow")
    resident.gets(told(resident))
    assert house.calls()[resident.pid].trail == f"custom:no-window|template:not-following:{code}"
    before = house.counted(TEMPLATE_SEND)
    resident.gets(told(resident, "r2"))
    assert house.counted(TEMPLATE_SEND) == before


def test_a_template_message_that_is_blocked_lands_on_the_call_list(house: House) -> None:
    resident = house.resident()
    resident.lets_windows_close()
    resident.act("block", blocked=True)
    resident.gets(told(resident))

    def came_back() -> Any:
        house.settle()
        house.deliver()
        return house.calls()

    call = eventually(came_back)[resident.pid]
    assert (call.about, call.trail) == ("told_confirmed", "template:failed")
    assert resident.undelivered() == []


# --- reminders -------------------------------------------------------------------------------------------------------


def test_a_reminder_goes_by_subscription_notice_to_who_agreed_and_never_by_template(house: House) -> None:
    resident = house.resident()
    resident.agrees()
    resident.lets_windows_close()
    assert resident.gets(reminder(resident)) == [("subscribe", "notice")]
    assert house.counted(TEMPLATE_SEND) == 0
    assert house.calls() == {}


def test_without_consent_the_platform_is_not_even_asked(house: House) -> None:
    resident = house.resident()
    resident.lets_windows_close()
    assert resident.gets(reminder(resident)) == []
    assert house.calls()[resident.pid].about == REMINDER
    assert house.calls()[resident.pid].trail == "custom:no-window|subscription:no-consent"
    assert house.counted(BIZSEND) == 0


def test_a_consent_taken_back_unheard_is_known_after_one_43101_until_it_is_given_anew(house: House) -> None:
    resident = house.resident()
    resident.agrees()
    resident.lets_windows_close()
    house.platform.world.consents.withdraw(resident.openid, TEMPLATE)
    resident.gets(reminder(resident))
    assert house.calls()[resident.pid].trail.endswith("subscription:no-consent:43101")
    house.platform.world.clock.advance(86_400)
    resident.gets(reminder(resident))
    assert house.counted(BIZSEND) == 1
    resident.agrees()
    house.platform.world.clock.advance(86_400)
    assert resident.gets(reminder(resident)) == [("subscribe", "notice")]


def test_at_most_one_reminder_a_day_and_one_last_call_however_often_each_is_delivered(house: House) -> None:
    """A deliverer that dies between sending and removing leaves the letter for the next one."""
    resident = house.resident()
    resident.says("帮助")
    assert resident.gets(reminder(resident)) == [("custom", "text")]
    assert resident.gets(reminder(resident)) == []
    assert resident.gets(reminder(resident, asked=True)) == [("custom", "text")]
    assert resident.gets(reminder(resident, asked=True)) == []
    house.platform.world.clock.advance(86_400)
    assert resident.gets(reminder(resident)) == [("custom", "text")]


def test_who_has_reported_meanwhile_is_not_reminded(house: House) -> None:
    resident = house.resident()
    resident.says("帮助")
    reported(house, resident)
    assert resident.gets(reminder(resident, asked=True)) == []
    assert house.waiting(resident.openid) == 0


# --- the call list ---------------------------------------------------------------------------------------------------


def test_a_call_is_over_when_it_was_answered_or_the_person_has_reported(house: House) -> None:
    resident = house.resident()
    resident.lets_windows_close()
    resident.gets(reminder(resident))
    calls, now = house.ctx.calls, house.ctx.clock.now()
    assert calls.note(PHOENIX, resident.pid, Outcome.NO_ANSWER, "li.qiang", now)
    call = house.calls()[resident.pid]
    assert (call.is_over(None), call.tries) == (False, 1)
    assert call.is_over(now.date())
    calls.note(PHOENIX, resident.pid, Outcome.ANSWERED, "li.qiang", now)
    assert house.calls()[resident.pid].is_over(None)
    assert not calls.note(PHOENIX, b"\\0" * 12, Outcome.ANSWERED, "li.qiang", now)


# --- codes -----------------------------------------------------------------------------------------------------------


def code(resident: Resident) -> Sendable:
    return Sendable(resident.openid, "code", resident.pid, ref="c1")


def test_a_picture_is_uploaded_once_and_again_when_the_platform_lost_it(house: House) -> None:
    resident = house.resident()
    resident.says("帮助")
    assert resident.gets(code(resident)) == [("custom", "image")]
    assert resident.gets(code(resident)) == [("custom", "image")]
    assert house.counted(UPLOAD) == 1
    house.platform.world.database.rows("delete from media")
    assert resident.gets(code(resident)) == [("custom", "image")]
    assert house.counted(UPLOAD) == 2
    assert len(house.ctx.reaches.read(resident.openid).sends) == 3


def test_a_code_that_nobody_can_get_now_is_not_drawn_and_nobody_is_called_for_it(house: House) -> None:
    resident = house.resident()
    resident.lets_windows_close()
    assert resident.gets(code(resident)) == []
    assert (house.counted(UPLOAD), house.calls()) == (0, {})
    assert resident.undelivered() == ["custom:no-window"]


def test_while_uploads_are_low_a_code_goes_out_as_a_card_whose_picture_we_draw(open_house: OpenHouse) -> None:
    house = open_house(WECHAT_BUDGETS="media/upload=10")
    resident = house.resident()
    resident.says("帮助")
    for _ in range(8):
        house.ctx.quota.spend(UPLOAD, essential=True)
    assert resident.gets(code(resident)) == [("custom", "news")]
    assert house.counted(UPLOAD) == 0
    (article,) = resident.screen()[-1]["articles"]
    path = article["picurl"].removeprefix(house.ctx.settings.public_url)
    assert house.app.test_client().get(path).data.startswith(b"\x89PNG")


def test_when_the_platform_says_that_uploads_are_used_up_the_code_comes_all_the_same(open_house: OpenHouse) -> None:
    house = open_house(daily={UPLOAD: 0})
    resident = house.resident()
    resident.says("帮助")
    assert [resident.gets(code(resident)) for _ in range(2)] == [[("custom", "news")]] * 2
    assert house.counted(UPLOAD) == 1, "after the first 45009 nobody asks again today"


def test_when_messages_are_used_up_a_decision_comes_as_a_template_message(open_house: OpenHouse) -> None:
    house = open_house(daily={CUSTOM_SEND: 0})
    resident = house.resident()
    resident.says("帮助")
    assert resident.gets(told(resident)) == [("template", "notice")]
