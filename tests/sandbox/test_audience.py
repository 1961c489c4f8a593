"""Tags, lists, remarks, the blacklist, populations, and the menus that depend on tags."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import Open, Stage, code
from tests.sandbox.test_platform import CLICK, VIEW, top


def tag(stage: Stage, name: str) -> int:
    return int(stage.api("/cgi-bin/tags/create", {"tag": {"name": name}})["tag"]["id"])


def put_on(stage: Stage, tag_id: int, *phones: dict[str, Any]) -> int:
    body = {"tagid": tag_id, "openid_list": [phone["openid"] for phone in phones]}
    return code(stage.api("/cgi-bin/tags/members/batchtagging", body))


def test_tags_are_made_carried_renamed_and_deleted(stage: Stage) -> None:
    one, two = stage.person(), stage.person()
    made = tag(stage, "网格员")
    assert made >= 100
    assert put_on(stage, made, one, two) == 0
    assert stage.api("/cgi-bin/tags/getidlist", {"openid": one["openid"]})["tagid_list"] == [made]
    page = stage.api("/cgi-bin/user/tag/get", {"tagid": made})
    assert sorted(page["data"]["openid"]) == sorted([one["openid"], two["openid"]])
    assert "data" not in stage.api("/cgi-bin/user/tag/get", {"tagid": made, "next_openid": page["next_openid"]})
    assert code(stage.api("/cgi-bin/tags/update", {"tag": {"id": made, "name": "社区工作者"}})) == 0
    told = stage.api("/cgi-bin/tags/get")["tags"][-1]
    assert told == {"id": made, "name": "社区工作者", "count": 2}
    gone = {"tagid": made, "openid_list": [two["openid"]]}
    assert code(stage.api("/cgi-bin/tags/members/batchuntagging", gone)) == 0
    assert stage.api("/cgi-bin/tags/get")["tags"][-1]["count"] == 1
    assert code(stage.api("/cgi-bin/tags/delete", {"tag": {"id": made}})) == 0
    assert stage.api("/cgi-bin/tags/getidlist", {"openid": one["openid"]})["tagid_list"] == []


def test_the_limits_of_tags(open_stage: Open) -> None:
    stage = open_stage(tags=3, tags_of_person=2, tagging_people=2, tag_undeletable=0)
    phone, other, gone = stage.person(), stage.person(), stage.person()
    stage.act(gone, "unfollow")
    first, second, third = (tag(stage, name) for name in ("甲", "乙", "丙"))

    def create(name: Any) -> int:
        return code(stage.api("/cgi-bin/tags/create", {"tag": {"name": name}}))

    assert [create("丁"), create(""), create("甲"), create("长" * 11)] == [45056, 45157, 45157, 45158]
    assert [put_on(stage, each, phone) for each in (first, second, third)] == [0, 0, 45059]
    assert put_on(stage, third, phone, other, gone) == 40032
    assert put_on(stage, 2, other) == 45058
    assert put_on(stage, 999, other) == 45159
    assert put_on(stage, third, gone) == 49003
    assert code(stage.api("/cgi-bin/tags/delete", {"tag": {"id": first}})) == 45057
    assert code(stage.api("/cgi-bin/tags/update", {"tag": {"id": 1, "name": "x"}})) == 45058


def test_followers_come_in_pages_and_in_batches(open_stage: Open) -> None:
    stage = open_stage(list_people=2, batch_people=2)
    people = [stage.person() for _ in range(3)]
    openids = [phone["openid"] for phone in people]
    first = stage.api("/cgi-bin/user/get")
    assert (first["total"], first["count"], first["data"]["openid"]) == (3, 2, openids[:2])
    last = stage.api(f"/cgi-bin/user/get?next_openid={first['next_openid']}")
    assert (last["count"], last["data"]["openid"], last["next_openid"]) == (1, openids[2:], openids[2])
    assert stage.api(f"/cgi-bin/user/get?next_openid={last['next_openid']}") == {
        "total": 3,
        "count": 0,
        "next_openid": "",
    }
    batch = {"user_list": [{"openid": openid, "lang": "zh_CN"} for openid in openids]}
    assert code(stage.api("/cgi-bin/user/info/batchget", batch)) == 40032
    told = stage.api("/cgi-bin/user/info/batchget", {"user_list": batch["user_list"][:2]})["user_info_list"]
    assert [one["openid"] for one in told] == openids[:2]


def test_a_remark_and_tags_are_told_with_the_person(stage: Stage) -> None:
    phone, made = stage.person(), tag(stage, "黄码")
    put_on(stage, made, phone)
    remark = {"openid": phone["openid"], "remark": "三单元王芳"}
    assert code(stage.api("/cgi-bin/user/info/updateremark", remark)) == 0
    assert code(stage.api("/cgi-bin/user/info/updateremark", {**remark, "remark": "长" * 30})) == 40035
    told = stage.api(f"/cgi-bin/user/info?openid={phone['openid']}")
    assert (told["remark"], told["tagid_list"]) == ("三单元王芳", [made])


def test_who_is_on_the_blacklist_is_not_written_to(open_stage: Open) -> None:
    stage = open_stage(blacklist_people=1)
    phone = stage.person()
    body = {"openid_list": [phone["openid"]]}
    assert code(stage.api("/cgi-bin/tags/members/batchblacklist", body)) == 0
    listed = stage.api("/cgi-bin/tags/members/getblacklist", {"begin_openid": ""})
    assert (listed["total"], listed["data"]["openid"]) == (1, [phone["openid"]])
    message = {"touser": phone["openid"], "msgtype": "text", "text": {"content": "好"}}
    assert code(stage.api("/cgi-bin/message/custom/send", message)) == 43019
    assert code(stage.api("/cgi-bin/tags/members/batchunblacklist", body)) == 0
    assert code(stage.api("/cgi-bin/message/custom/send", message)) == 0
    assert code(stage.api("/cgi-bin/tags/members/batchblacklist", {"openid_list": ["o1", "o2"]})) == 40032


def test_each_phone_shows_the_newest_menu_that_matches_its_tags(stage: Stage) -> None:
    worker, resident = stage.person(), stage.person()
    made = tag(stage, "网格员")
    put_on(stage, made, worker)
    rule = {"matchrule": {"tag_id": str(made)}}
    assert code(stage.api("/cgi-bin/menu/addconditional", {**top(VIEW), **rule})) == 65303
    stage.api("/cgi-bin/menu/create", top(CLICK))
    older = stage.api("/cgi-bin/menu/addconditional", {**top(VIEW), **rule})["menuid"]
    newer = stage.api("/cgi-bin/menu/addconditional", {**top({**CLICK, "name": "名单"}), **rule})["menuid"]

    def shown() -> list[str]:
        phones = {phone["id"]: phone for phone in stage.get("/sandbox/feed")["phones"]}
        return [phones[phone["id"]]["menu"]["button"][0]["name"] for phone in (worker, resident)]

    assert shown() == ["名单", "码"]
    assert stage.api("/cgi-bin/menu/trymatch", {"user_id": worker["openid"]})["button"][0]["name"] == "名单"
    told = stage.api("/cgi-bin/menu/get")["conditionalmenu"]
    assert [(str(one["menuid"]), one["matchrule"]) for one in told] == [
        (newer, rule["matchrule"]),
        (older, rule["matchrule"]),
    ]
    assert code(stage.api("/cgi-bin/menu/delconditional", {"menuid": newer})) == 0
    assert code(stage.api("/cgi-bin/menu/delconditional", {"menuid": newer})) == 65301
    assert shown() == ["页", "码"]
    assert stage.api("/cgi-bin/get_current_selfmenu_info")["selfmenu_info"]["button"] == [CLICK]
    assert code(stage.api("/cgi-bin/menu/delete")) == 0
    assert code(stage.api("/cgi-bin/menu/trymatch", {"user_id": worker["openid"]})) == 46003


@pytest.mark.parametrize(
    ("stated", "refused"),
    [
        ({}, 65304),
        ({"matchrule": {"sex": "1", "country": "中国"}}, 65304),
        ({"matchrule": {"tag_id": "999"}}, 45159),
        ({"matchrule": {"client_platform_type": "2"}, "button": []}, 40016),
        ({"matchrule": {"client_platform_type": "2"}}, 0),
    ],
)
def test_what_a_conditional_menu_may_be(stage: Stage, stated: dict[str, Any], refused: int) -> None:
    stage.api("/cgi-bin/menu/create", top(CLICK))
    assert code(stage.api("/cgi-bin/menu/addconditional", {**top(CLICK), **stated})) == refused


def test_conditional_menus_lead_to_few_other_hosts(open_stage: Open) -> None:
    stage = open_stage(account={"hosts": ["yima.example.invalid"]}, menu_domains=1)
    stage.api("/cgi-bin/menu/create", top(CLICK))
    rule = {"matchrule": {"client_platform_type": "2"}}

    def add(host: str) -> int:
        button = {**VIEW, "url": f"https://{host}/"}
        return code(stage.api("/cgi-bin/menu/addconditional", {**top(button), **rule}))

    hosts = ["yima.example.invalid", "one.example.invalid", "one.example.invalid", "two.example.invalid"]
    assert [add(host) for host in hosts] == [0, 0, 0, 65316]


def test_a_population_can_be_written_to_and_is_on_no_screen(open_stage: Open) -> None:
    stage = open_stage(message_credits=2)
    made = stage.post("/sandbox/population", {"n": 300, "prefix": "load", "message_age": 3600})
    assert made == {"prefix": "load", "new": 300, "size": 300}
    assert stage.post("/sandbox/population", {"n": 300, "prefix": "load"})["new"] == 0
    page = stage.get("/sandbox/population", prefix="load", after=298)["people"]
    assert [one["id"] for one in page] == ["load.299", "load.300"]
    message = {"touser": page[0]["openid"], "msgtype": "text", "text": {"content": "好"}}
    assert [code(stage.api("/cgi-bin/message/custom/send", message)) for _ in range(3)] == [0, 0, 45047]
    assert [one["received"] for one in stage.get("/sandbox/population", prefix="load", after=298)["people"]] == [2, 0]
    for said, times in (("好", 2), ("不", 0)):
        page = stage.get("/sandbox/population", prefix="load", after=298, said=said)["people"]
        assert page[0]["received"] == times
    assert [phone["name"] for phone in stage.get("/sandbox/phones")] == ["王芳"]
    assert stage.api("/cgi-bin/user/get")["total"] == 300
    stage.post("/sandbox/clock", {"advance": 48 * 3600})
    assert code(stage.api("/cgi-bin/message/custom/send", message)) == 45015


@pytest.mark.parametrize("stated", [{}, {"n": 0}, {"n": 5, "prefix": "P.1"}, {"n": 5, "message_age": -1}])
def test_a_population_that_cannot_be(stage: Stage, stated: dict[str, Any]) -> None:
    assert stage.post("/sandbox/population", stated, status=400)["error"]
