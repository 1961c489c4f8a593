"""Template messages and subscription notices: what may stand in them, who gets them, and the events that tell."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.bounds import Limits
from sandbox.values import fits
from tests.sandbox.conftest import Open, Stage, code, eventually

SEND, NOTIFY = "/cgi-bin/message/template/send", "/cgi-bin/message/subscribe/bizsend"
CONTENT = "申报人：{{name1.DATA}}\n申报时间：{{time2.DATA}}\n温馨提示：{{thing3.DATA}}"
DATA = {"name1": {"value": "王芳"}, "time2": {"value": "2020-03-02 08:00"}, "thing3": {"value": "今天还没有申报"}}


def template(stage: Stage, kind: str = "template") -> str:
    made = stage.post("/sandbox/templates", {"title": "健康申报提醒", "content": CONTENT, "kind": kind})
    return str(made["template_id"])


def notice(stage: Stage, phone: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"touser": phone["openid"], "template_id": template(stage), "data": DATA, **changed}


def line(stage: Stage, phone: dict[str, Any]) -> Any:
    return stage.get(f"/sandbox/phones/{phone['id']}/messages")[-1]


@pytest.mark.parametrize(
    ("key", "value", "fitting"),
    [
        ("thing1", "二" * 20, True),
        ("thing1", "二" * 21, False),
        ("thing1", "两\n行", False),
        ("number2", "36.5", True),
        ("number2", "三十六", False),
        ("number2", "1" * 33, False),
        ("letter3", "abc", True),
        ("letter3", "abc1", False),
        ("symbol4", "¥$", True),
        ("character_string5", "NX-640106 001", True),
        ("character_string5", "编号", False),
        ("time6", "08:00", True),
        ("time6", "2020年3月2日 08:00", True),
        ("time6", "2020-03-02 08:00:00", True),
        ("time6", "8:00~12:00", True),
        ("time6", "早上八点", False),
        ("date7", "2020年3月2日", True),
        ("date7", "08:00", False),
        ("amount8", "¥12.50元", True),
        ("amount8", "很多", False),
        ("phone_number9", "0951-5555555", True),
        ("phone_number9", "1" * 18, False),
        ("car_number10", "宁A88888", True),
        ("name11", "王芳", True),
        ("name11", "阿卜杜热合曼·买买提吐", False),
        ("name11", "Abdurahman Mamat", True),
        ("name11", "王芳1", False),
        ("phrase12", "绿码", True),
        ("phrase12", "转为黄码了吧", False),
        ("keyword13", "任意文字 1", True),
        ("keyword13", "长" * 201, False),
    ],
)
def test_what_may_stand_under_a_key(key: str, value: str, fitting: bool) -> None:
    assert fits(key, value, Limits()) is fitting


def test_a_template_message_arrives_and_its_event_says_so(stage: Stage) -> None:
    phone = stage.person()
    stage.act(phone, "unfollow")
    stage.act(phone, "follow")
    answer = stage.api(SEND, notice(stage, phone, url="https://example.invalid/report"))
    assert answer["msgid"] > 2**53
    told = eventually(lambda: stage.webhook.events("TEMPLATESENDJOBFINISH"))
    assert (told[0]["MsgID"], told[0]["Status"]) == (str(answer["msgid"]), "success")
    assert told[0]["FromUserName"] == phone["openid"]
    shown = line(stage, phone)
    assert (shown["type"], shown["via"], shown["title"]) == ("notice", "template", "健康申报提醒")
    assert shown["content"].split("\n")[0] == "申报人：王芳"
    assert shown["url"] == "https://example.invalid/report"


@pytest.mark.parametrize(
    ("changed", "refused", "said"),
    [
        ({"touser": "o" + "x" * 27}, 40003, ""),
        ({"template_id": "short"}, 40036, ""),
        ({"template_id": "x" * 43}, 40037, ""),
        ({"url": "javascript:alert(1)"}, 40066, ""),
        ({"data": {**DATA, "thing3": {"value": "长" * 21}}}, 47003, "argument invalid! data.thing3.value invalid"),
        ({"data": {**DATA, "time2": {"value": ""}}}, 47003, "argument invalid! data.time2.value is emtpy"),
        ({"data": {"name1": DATA["name1"]}}, 47003, "argument invalid! data.time2.value is emtpy"),
    ],
)
def test_a_template_message_that_cannot_be(stage: Stage, changed: dict[str, Any], refused: int, said: str) -> None:
    answer = stage.api(SEND, notice(stage, stage.person(), **changed))
    assert code(answer) == refused
    assert answer["errmsg"].startswith(said)


def test_who_does_not_get_a_template_message(stage: Stage) -> None:
    gone, blocking, broken, black = (stage.person() for _ in range(4))
    stage.act(gone, "unfollow")
    stage.act(blocking, "block")
    stage.act(broken, "traits", broken=True)
    stage.api("/cgi-bin/tags/members/batchblacklist", {"openid_list": [black["openid"]]})
    assert code(stage.api(SEND, notice(stage, gone))) == 43004
    assert code(stage.api(SEND, notice(stage, black))) == 43019
    assert [code(stage.api(SEND, notice(stage, one))) for one in (blocking, broken)] == [0, 0]
    told = eventually(lambda: len(found := stage.webhook.events("TEMPLATESENDJOBFINISH")) == 2 and found)
    by_person = {nodes["FromUserName"]: nodes["Status"] for nodes in told}
    assert by_person == {blocking["openid"]: "failed:user block", broken["openid"]: "failed: system failed"}
    assert all(line(stage, phone)["via"] != "template" for phone in (blocking, broken))


def test_a_blocked_customer_message_is_refused_as_the_setting_says(open_stage: Open) -> None:
    text = {"msgtype": "text", "text": {"content": "好"}}
    for refused in (48002, 45015):
        stage = open_stage(custom_blocked=refused)
        phone = stage.person()
        stage.act(phone, "block")
        assert code(stage.api("/cgi-bin/message/custom/send", {"touser": phone["openid"], **text})) == refused
        stage.act(phone, "unblock")
        assert code(stage.api("/cgi-bin/message/custom/send", {"touser": phone["openid"], **text})) == 0


def test_a_client_msg_id_goes_to_a_person_once_in_ten_minutes(stage: Stage) -> None:
    phone, other = stage.person(), stage.person()
    body = notice(stage, phone, client_msg_id="reminder-0302")
    first, again = stage.api(SEND, body), stage.api(SEND, body)
    assert first["msgid"] == again["msgid"]
    assert code(stage.api(SEND, {**body, "touser": other["openid"]})) == 0
    stage.post("/sandbox/clock", {"advance": 601})
    assert stage.api(SEND, body)["msgid"] != first["msgid"]
    eventually(lambda: len(stage.webhook.events("TEMPLATESENDJOBFINISH")) == 3)
    via = [one["via"] for one in stage.get(f"/sandbox/phones/{phone['id']}/messages")]
    assert via.count("template") == 2


def test_templates_are_added_listed_and_removed_within_their_number(open_stage: Open) -> None:
    own = {"title": "解除隔离通知", "content": "姓名：{{name1.DATA}}", "example": "姓名：王芳"}
    stage = open_stage(account={"templates": [own]}, templates_kept=2)
    made = stage.api("/cgi-bin/template/api_add_template", {"template_id_short": "TM00002"})["template_id"]
    more = {"template_id_short": "TM00001", "keyword_name_list": ["申报人"]}
    assert code(stage.api("/cgi-bin/template/api_add_template", more)) == 45026
    listed = stage.api("/cgi-bin/template/get_all_private_template")["template_list"]
    assert [one["title"] for one in listed] == ["解除隔离通知", "健康码变更通知"]
    assert code(stage.api("/cgi-bin/template/del_private_template", {"template_id": made})) == 0
    assert code(stage.api("/cgi-bin/template/del_private_template", {"template_id": made})) == 40037
    assert code(stage.api("/cgi-bin/template/del_private_template", {"template_id": listed[0]["template_id"]})) == 0
    restarted = open_stage(account={"templates": [own]}, templates_kept=2)
    assert restarted.api("/cgi-bin/template/get_all_private_template")["template_list"] == []


def test_an_industry_is_changed_once_a_month(stage: Stage) -> None:
    change = {"industry_id1": "16", "industry_id2": "21"}
    assert code(stage.api("/cgi-bin/template/api_set_industry", change)) == 0
    told = stage.api("/cgi-bin/template/get_industry")
    assert told["secondary_industry"] == {"first_class": "医药护理", "second_class": "药物医疗"}
    assert code(stage.api("/cgi-bin/template/api_set_industry", change)) == 45040


def consent(stage: Stage, phone: dict[str, Any], id_: str, accept: bool, **more: Any) -> Any:
    return stage.act(phone, "consent", template_id=id_, accept=accept, **more)


def test_one_consent_is_one_message_but_a_long_term_one_is_any_number(stage: Stage) -> None:
    phone, once, long = stage.person(), template(stage, "one-time"), template(stage, "long-term")

    def send(id_: str) -> int:
        return code(stage.api(NOTIFY, {"touser": phone["openid"], "template_id": id_, "data": DATA}))

    assert send(once) == 43101
    consent(stage, phone, once, False)
    assert send(once) == 43101
    consent(stage, phone, once, True)
    consent(stage, phone, once, True)
    assert [send(once) for _ in range(3)] == [0, 0, 43101]
    consent(stage, phone, long, True)
    assert [send(long) for _ in range(3)] == [0, 0, 0]
    consent(stage, phone, long, False, scene="settings")
    assert send(long) == 43101
    told = eventually(lambda: len(found := stage.webhook.events("subscribe_msg_sent_event")) == 5 and found)
    item = told[0]["SubscribeMsgSentEvent"]["List"]
    assert (item["TemplateId"], item["ErrorCode"], item["ErrorStatus"]) == (once, "0", "success")
    assert line(stage, phone)["via"] == "subscribe"


def test_the_account_hears_what_was_answered_in_the_pop_up_and_in_the_settings(stage: Stage) -> None:
    phone, one, two = stage.person(), template(stage, "one-time"), template(stage, "long-term")
    stage.act(phone, "consent", templates={one: True, two: False}, scene=0)
    consent(stage, phone, one, False, scene="settings")
    popup = stage.webhook.events("subscribe_msg_popup_event")[0]["SubscribeMsgPopupEvent"]["List"]
    assert [(item["TemplateId"], item["SubscribeStatusString"], item["PopupScene"]) for item in popup] == [
        (one, "accept", "0"),
        (two, "reject", "0"),
    ]
    changed = stage.webhook.events("subscribe_msg_change_event")[0]["SubscribeMsgChangeEvent"]["List"]
    assert (changed["TemplateId"], changed["SubscribeStatusString"]) == (one, "reject")
    assert stage.get("/sandbox/phones")[-1]["consents"] == []


@pytest.mark.parametrize(
    "stated",
    [
        {},
        {"template_id": "x" * 43, "accept": True},
        {"accept": True},
        {"templates": {}},
    ],
)
def test_a_consent_that_cannot_be_is_explained(stage: Stage, stated: dict[str, Any]) -> None:
    assert stage.act(stage.person(), "consent", status=400, **stated)["error"].startswith("template")


def test_a_subscription_notice_that_cannot_be(stage: Stage) -> None:
    phone, once, other = stage.person(), template(stage, "one-time"), template(stage)
    consent(stage, phone, once, True)
    body = {"touser": phone["openid"], "template_id": once, "data": DATA}
    assert code(stage.api(NOTIFY, {**body, "template_id": other})) == 40037
    assert code(stage.api(SEND, body)) == 40037
    assert code(stage.api(NOTIFY, {**body, "page": "no address"})) == 41030
    assert code(stage.api(NOTIFY, {**body, "data": {**DATA, "name1": {"value": "1"}}})) == 47003
    assert code(stage.api(NOTIFY, body)) == 0, "what was refused used no consent"


def test_templates_of_subscriptions_are_managed(stage: Stage) -> None:
    made = stage.api("/wxaapi/newtmpl/addtemplate", {"tid": "2001", "kidList": [1, 2], "sceneDesc": "每日申报"})
    listed = stage.api("/wxaapi/newtmpl/gettemplate")["data"]
    assert [(one["priTmplId"], one["type"]) for one in listed] == [(made["priTmplId"], 3)]
    assert listed[0]["content"] == "申报事项：{{thing1.DATA}}\n申报时间：{{time2.DATA}}"
    assert stage.api("/wxaapi/newtmpl/getcategory")["data"]
    assert code(stage.api("/wxaapi/newtmpl/addtemplate", {"tid": "2001", "kidList": [9]})) == 200020
    assert code(stage.api("/wxaapi/newtmpl/addtemplate", {"tid": "9", "kidList": [1]})) == 200014
    assert code(stage.api("/wxaapi/newtmpl/deltemplate", {"priTmplId": made["priTmplId"]})) == 0
    assert stage.api("/wxaapi/newtmpl/gettemplate")["data"] == []


def test_an_event_that_is_pending_when_the_sandbox_stops_is_pushed_after_the_restart(open_stage: Open) -> None:
    stage = open_stage(result_pause=60)
    phone = stage.person()
    answer = stage.api(SEND, notice(stage, phone))
    stage = open_stage(result_pause=60)
    assert stage.world.results.waiting() == 1
    assert stage.webhook.events("TEMPLATESENDJOBFINISH") == []
    stage.world.database.rows("update result set due = 0")
    stage = open_stage()
    told = eventually(lambda: stage.webhook.events("TEMPLATESENDJOBFINISH"))
    assert [nodes["MsgID"] for nodes in told] == [str(answer["msgid"])]
    eventually(lambda: stage.world.results.waiting() == 0)
