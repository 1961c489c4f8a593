"""Mass messages: whom they reach, how often, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Open, Stage, code, eventually

ALL, LIST, PREVIEW = (f"/cgi-bin/message/mass/{name}" for name in ("sendall", "send", "preview"))
DAY = 86400


def text(content: str, **more: Any) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": content}, **more}


def to_list(stage: Stage, phones: list[dict[str, Any]], content: str, **more: Any) -> Any:
    return stage.api(LIST, text(content, touser=[phone["openid"] for phone in phones], **more))


def finished(stage: Stage, msg_id: int) -> dict[str, Any]:
    def look() -> list[dict[str, Any]]:
        return [one for one in stage.webhook.events("MASSSENDJOBFINISH") if one["MsgID"] == str(msg_id)]

    return dict(eventually(look)[0])


def counts(told: dict[str, Any]) -> tuple[int, ...]:
    return tuple(int(told[name]) for name in ("TotalCount", "FilterCount", "SentCount", "ErrorCount"))


def received(stage: Stage, phone: dict[str, Any]) -> list[str]:
    lines = stage.get(f"/sandbox/phones/{phone['id']}/messages")
    return [line["text"] for line in lines if line["via"] == "mass"]


def test_a_mass_message_reaches_those_with_the_tag_and_the_event_counts_them(stage: Stage) -> None:
    tag = stage.api("/cgi-bin/tags/create", {"tag": {"name": "解放西街"}})["tag"]["id"]
    here, blocking, other = stage.person(), stage.person(), stage.person()
    tagged = {"tagid": tag, "openid_list": [here["openid"], blocking["openid"]]}
    assert code(stage.api("/cgi-bin/tags/members/batchtagging", tagged)) == 0
    stage.act(blocking, "block")
    answer = stage.api(ALL, text("今晚停水", filter={"is_to_all": False, "tag_id": tag}))
    assert answer["errmsg"] == "send job submission success"
    told = finished(stage, answer["msg_id"])
    assert (told["Status"], counts(told)) == ("send success", (2, 2, 1, 1))
    assert [received(stage, phone) for phone in (here, blocking, other)] == [["今晚停水"], [], []]
    assert stage.api("/cgi-bin/message/mass/get", {"msg_id": str(answer["msg_id"])})["msg_status"] == "SEND_SUCCESS"


def test_a_person_gets_four_a_month_and_the_fifth_is_silently_filtered(stage: Stage) -> None:
    phones = [stage.person(), stage.person()]
    for n in range(5):
        told = finished(stage, to_list(stage, phones, f"第{n + 1}次")["msg_id"])
        assert counts(told) == ((2, 2, 2, 0) if n < 4 else (2, 0, 0, 0))
    assert len(received(stage, phones[0])) == 4
    stage.post("/sandbox/clock", {"advance": 31 * DAY})
    assert counts(finished(stage, to_list(stage, phones, "下个月")["msg_id"])) == (2, 2, 2, 0)


def test_to_all_goes_once_a_day(stage: Stage) -> None:
    phone = stage.person()
    everybody = {"is_to_all": True}
    answer = stage.api(ALL, text("公告", filter=everybody))
    finished(stage, answer["msg_id"])
    assert received(stage, phone) == ["公告"]
    assert code(stage.api(ALL, text("又一条", filter=everybody))) == 45028
    stage.post("/sandbox/clock", {"advance": DAY})
    assert code(stage.api(ALL, text("又一条", filter=everybody))) == 0


def test_a_clientmsgid_or_the_same_content_is_sent_once_in_a_day(stage: Stage) -> None:
    phones = [stage.person(), stage.person()]
    first = to_list(stage, phones, "甲", clientmsgid="notice-1")
    again = to_list(stage, phones, "乙", clientmsgid="notice-1")
    assert (code(again), again["msg_id"]) == (45065, first["msg_id"])
    assert code(to_list(stage, phones, "乙", clientmsgid="notice-1")) == 45066
    stage.post("/sandbox/clock", {"advance": 61})
    assert code(to_list(stage, phones, "乙", clientmsgid="notice-1")) == 45065
    plain = to_list(stage, phones, "丙")
    repeated = to_list(stage, phones, "丙")
    assert (code(repeated), repeated["msg_id"]) == (45065, plain["msg_id"])
    assert code(to_list(stage, phones, "丁", clientmsgid="长" * 22)) == 45067
    stage.post("/sandbox/clock", {"advance": DAY + 1})
    assert code(to_list(stage, phones, "乙", clientmsgid="notice-1")) == 0
    finished(stage, first["msg_id"])
    eventually(lambda: received(stage, phones[0]) == ["甲", "丙", "乙"])


def test_calls_of_a_minute_and_of_a_day_are_counted(open_stage: Open) -> None:
    stage = open_stage(by_minute={LIST: 2}, daily={LIST: 3})
    phones = [stage.person(), stage.person()]
    assert [code(to_list(stage, phones, f"{n}")) for n in range(3)] == [0, 0, 45011]
    stage.post("/sandbox/clock", {"advance": 61})
    assert [code(to_list(stage, phones, f"{n}")) for n in (3, 4)] == [0, 45009]


@pytest.mark.parametrize(
    ("path", "changed", "refused"),
    [
        (LIST, {"touser": ["o1"]}, 40130),
        (LIST, {"touser": ["o1", "o2"]}, 40031),
        (LIST, {"touser": ["o1"] * 10_001}, 40032),
        (LIST, {"touser": "o1"}, 40031),
        (ALL, {"filter": {"is_to_all": False}}, 40035),
        (ALL, {"filter": {"is_to_all": False, "tag_id": 999}}, 45159),
        (ALL, {"filter": {"is_to_all": False, "group_id": "2"}}, 40035),
        (ALL, {"filter": {"is_to_all": True}, "msgtype": "poem"}, 40008),
        (ALL, {"filter": {"is_to_all": True}, "text": {"content": ""}}, 44004),
        (ALL, {"filter": {"is_to_all": True}, "msgtype": "image", "images": {"media_ids": ["no"]}}, 40007),
        ("/cgi-bin/message/mass/get", {"msg_id": "7"}, 40059),
        ("/cgi-bin/message/mass/speed/set", {"speed": 5}, 45083),
        ("/cgi-bin/message/mass/speed/set", {}, 45084),
    ],
)
def test_a_mass_message_that_cannot_be(stage: Stage, path: str, changed: dict[str, Any], refused: int) -> None:
    assert code(stage.api(path, text("好", **changed))) == refused


def test_a_preview_goes_to_one_and_a_text_can_not_be_recalled(stage: Stage) -> None:
    phone, other = stage.person(), stage.person()
    assert code(stage.api(PREVIEW, text("预览", touser=phone["openid"]))) == 0
    assert stage.api(PREVIEW, text("按微信号", towxname="王芳"))["errcode"] == 43004
    assert (received(stage, phone), received(stage, other)) == (["预览"], [])
    answer = to_list(stage, [phone, other], "正式")
    assert code(stage.api("/cgi-bin/message/mass/delete", {"msg_id": answer["msg_id"]})) == 48008


def test_a_job_cut_off_by_a_restart_goes_on_and_nobody_gets_it_twice(open_stage: Open) -> None:
    stage = open_stage()
    stage.post("/sandbox/population", {"n": 1000, "prefix": "crowd"})
    stage.world.mass.close()  # as if killed before the job began
    answer = stage.api(ALL, text("公告", filter={"is_to_all": True}))
    assert stage.api("/cgi-bin/message/mass/get", {"msg_id": answer["msg_id"]})["msg_status"] == "SENDING"
    stage.world.database.rows(
        "update mass set total = 400, filtered = 400, sent = 400, "
        "reached = (select rowid from phone where id = 'crowd.400')"
    )
    stage = open_stage()
    assert counts(finished(stage, answer["msg_id"])) == (1000, 1000, 1000, 0)
    people = stage.get("/sandbox/population", prefix="crowd")["people"]
    assert [one["received"] for one in people] == [0] * 400 + [1] * 600
