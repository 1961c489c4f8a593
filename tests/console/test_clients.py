"""Systems of partners in the console: a secret once, a new system at work at once, dead letters sent again."""

from __future__ import annotations

import re

import requests

from domain.partners.rights import Right
from store.feed import Page
from tests.console.conftest import Desk, text_of


def test_a_trial_system_works_with_what_is_shown_once(desk: Desk) -> None:
    zhao = desk.signed_in("zhao.min")
    made = zhao.post("/console/clients/trial")
    [id, *_], [secret] = re.findall(r"trial-\w{6}", made.text), re.findall(r"<code>([\w-]{43})</code>", made.text)
    assert secret not in zhao.get(f"/console/clients/{id}").text
    form = {"grant_type": "client_credentials"}
    token = requests.post(f"{desk.web}/api/v1/oauth/token", data=form, auth=(id, secret), timeout=10).json()
    assert token["scope"].split() == [each.value for each in Right]
    zhao.post(f"/console/clients/{id}/stop")
    answer = requests.post(f"{desk.web}/api/v1/oauth/token", data=form, auth=(id, secret), timeout=10)
    assert answer.json()["error"] == "invalid_client"


def test_limits_contract_and_pushes_are_set_and_nonsense_is_said_to_be_so(desk: Desk) -> None:
    zhao = desk.signed_in("zhao.min")
    told = {"id": "gate-1", "name": "中强巷门禁", "organisation": "中强巷物业", "rights": ["query", "changes"]}
    assert "中强巷门禁" in zhao.post("/console/clients/add", told).text
    for what, form in (
        ("quota", {"minute": "60", "day": "6000"}),
        ("networks", {"networks": "203.0.113.0/24 2001:db8::/32"}),
        ("contract", {"divisions": "640106001 640106001002"}),
        ("rights", {"rights": ["query", "verify"]}),
    ):
        assert zhao.post(f"/console/clients/gate-1/{what}", form).status_code == 303
    client = desk.ctx.partners.read("gate-1")
    assert (client.quota.minute, client.networks[0], client.divisions[0]) == (60, "203.0.113.0/24", "640106001")
    assert client.rights == (Right.QUERY, Right.VERIFY)
    for what, form, said in (
        ("networks", {"networks": "300.1.1.1"}, "不是网段"),
        ("contract", {"divisions": "6401"}, "只能是街道"),
        ("quota", {"minute": "0", "day": "x"}, "每分钟"),
        ("hook", {"url": "https://10.0.0.7/hook"}, "公网 https"),
        ("key", {"key": "abc"}, "Ed25519"),
    ):
        refused = zhao.post(f"/console/clients/gate-1/{what}", form)
        assert refused.status_code == 403
        assert said in text_of(refused)


def test_what_was_given_up_is_shown_with_its_reason_and_sent_again(desk: Desk) -> None:
    zhao = desk.signed_in("zhao.min")
    told = {"id": "gate-1", "name": "中强巷门禁", "organisation": "中强巷物业", "rights": ["query"]}
    zhao.post("/console/clients/add", told)
    page = Page(("A" * 22,), "1-1", False)
    desk.ctx.feeds.give_up("gate-1", page, desk.ctx.clock.now(), "answered 500")
    assert "answered 500" in zhao.get("/console/clients/gate-1").text
    zhao.post("/console/clients/gate-1/again")
    assert desk.ctx.feeds.dead("gate-1") == []
    assert desk.ctx.feeds.read("gate-1", "0-0", 10).handles == ("A" * 22,)
    assert "client send again" in [act[2] for _, act in desk.ctx.audit.acts(256)]
