"""Every rule below /console has a door, and the door asks every role."""

from __future__ import annotations

import pytest
from werkzeug.routing import Rule

from bot.console.doors import Door
from domain.roles import Staff
from tests.console.conftest import STAFF, Desk

ARGUMENTS = {"id": "li.qiang", "tag": "0" * 32, "number": "1", "staff": "li.qiang"}
"""What stands for a part of an address; a door is asked before anything is looked up."""


def rules(desk: Desk) -> list[Rule]:
    return [each for each in desk.house.app.url_map.iter_rules() if each.rule.startswith("/console")]


def address(desk: Desk, rule: Rule) -> str:
    """The rule with something in each of its places."""
    values = {
        name: 1 if "Integer" in type(part).__name__ else ARGUMENTS.get(name, "x")
        for name, part in rule._converters.items()
    }
    built = rule.build(values, append_unknown=False)
    assert built is not None, rule
    return str(built[1])


def doors(desk: Desk) -> dict[str, Door]:
    found: dict[str, Door] = desk.house.app.extensions["console.doors"]
    return found


def test_no_route_is_without_a_door(desk: Desk) -> None:
    assert {each.endpoint for each in rules(desk)} == set(doors(desk))
    for each in rules(desk):
        assert set(each.methods or ()) - {"HEAD", "OPTIONS"} == doors(desk)[each.endpoint].methods


def test_nobody_comes_in_without_signing_in(desk: Desk) -> None:
    for rule in rules(desk):
        door = doors(desk)[rule.endpoint]
        for method in (*door.methods, "HEAD"):
            if door.public or method not in (rule.methods or ()):
                continue
            answer = desk.visitor().client.open(address(desk, rule), method=method)
            assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/console/sign-in"), rule


@pytest.mark.parametrize("id", [each[0] for each in STAFF])
def test_every_door_asks_every_role(desk: Desk, id: str) -> None:
    """Without a form of ours nothing is done, so every action may be tried: 403 before 400."""
    staff: Staff = desk.ctx.staff.read(id)
    browser = desk.signed_in(id)
    for rule in rules(desk):
        door = doors(desk)[rule.endpoint]
        for method in () if door.public else sorted(door.methods):
            if rule.endpoint == "console.entrance.sign_out":
                continue
            answer = browser.client.open(address(desk, rule), method=method)
            let_in = answer.status_code != 403 or "您的角色" not in answer.text
            assert let_in == door.lets_in(staff), (id, method, rule.rule)
            if method == "POST":
                assert answer.status_code == (400 if let_in else 403), (id, rule.rule)
