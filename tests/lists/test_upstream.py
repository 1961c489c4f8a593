"""The upstream authority: what it pushes and what is fetched from it become lists that wait; it may fail at will."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import app as application
from domain.facts import SHANGHAI, Upstream
from domain.proposals import ProposalState
from domain.roles import Refused
from domain.verdict import Colour
from sandbox.app import create_app
from sandbox.config import read
from sandbox.server import Server
from sandbox.world import build
from tests.lists.conftest import LI, declare_some
from tests.sandbox.conftest import ACCOUNT
from tests.stage import FixedClock, identity, pid_of, settings
from worker.context import Context
from worker.lists.circuit import FAILURES, OPEN
from worker.lists.deciding import approve, stand
from worker.lists.jobs import advance_list
from worker.lists.polling import poll

KEY = "adapter-key-0"
AS_OF = "2020-03-02T07:00:00+08:00"


def case(number: int, evidence: str = "UP-1") -> dict[str, str]:
    return {
        "number": identity(number).document.number,
        "case": "confirmed",
        "since": "2020-03-01",
        "source": "自治区",
        "evidence": evidence,
    }


def colour_row(number: int, colour: str, as_of: str = AS_OF) -> dict[str, str]:
    number_ = identity(number).document.number
    return {"number": number_, "colour": colour, "as_of": as_of, "source": "自治区", "evidence": f"{colour}{as_of}"}


@pytest.fixture
def client(ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(application, "clock_for", lambda _: ctx.clock)
    return application.create_app(settings(ctx.settings.redis_url, tmp_path, UPSTREAM_KEY=KEY)).test_client()


def push(client: FlaskClient, kind: str, rows: Any, key: str = "b-1", **headers: str) -> TestResponse:
    head = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": key, **headers}
    return client.post(f"/upstream/v1/{kind}", json={"as_of": AS_OF, "rows": rows}, headers=head)


def colour(ctx: Context, number: int) -> Colour:
    pid = pid_of(ctx, identity(number))
    return ctx.moment().judge(ctx.people.read([pid])[pid]).colour


def state(ctx: Context, name: str) -> ProposalState:
    proposal = ctx.proposals.read(name)
    assert proposal is not None
    return proposal.state


def test_a_pushed_batch_waits_for_an_officer_and_its_author_sees_what_becomes_of_it(
    ctx: Context, client: FlaskClient
) -> None:
    declare_some(ctx, (1,))
    answered = push(client, "cases", [case(1), {**case(2), "number": "123"}])
    assert answered.status_code == 202
    told = answered.get_json()
    assert (told["state"], told["rows"], told["refused"], told["faults"][0]["field"]) == ("submitted", 1, 1, "number")
    advance_list(ctx, told["list"])
    assert colour(ctx, 1) is Colour.GREEN
    approve(ctx, LI, told["list"], good_rows_only=True)
    advance_list(ctx, told["list"])
    assert colour(ctx, 1) is Colour.RED
    seen = client.get(f"/upstream/v1/lists/{told['list']}", headers={"Authorization": f"Bearer {KEY}"}).get_json()
    assert (seen["state"], seen["recorded"]) == ("applied", 1)


def test_the_same_key_is_the_same_batch_and_with_another_body_a_conflict(ctx: Context, client: FlaskClient) -> None:
    first, again = push(client, "cases", [case(1)]), push(client, "cases", [case(1)])
    assert first.get_json() == again.get_json()
    assert len(ctx.proposals.all()) == 1
    assert push(client, "cases", [case(2)]).status_code == 409


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Authorization": "Bearer wrong-key"}, {"as_of": AS_OF, "rows": [{}]}, 401),
        ({"Authorization": "Bearer 密"}, {"as_of": AS_OF, "rows": [{}]}, 401),
        ({"Idempotency-Key": ""}, {"as_of": AS_OF, "rows": [{}]}, 400),
        ({}, [], 400),
        ({}, {"as_of": AS_OF, "rows": []}, 400),
        ({}, {"as_of": AS_OF, "rows": [{}] * 1001}, 400),
        ({}, {"as_of": AS_OF, "rows": [{}], "more": 1}, 400),
        ({}, {"as_of": "2020-03-02", "rows": [{}]}, 400),
        ({}, {"as_of": "2020-03-02T09:00:00+08:00", "rows": [{}]}, 400),
        ({}, {"as_of": AS_OF, "rows": [{"number": "x" * (1 << 20)}]}, 413),
    ],
)
def test_what_is_no_batch_is_a_problem(client: FlaskClient, headers: dict[str, str], body: Any, status: int) -> None:
    head = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": "b", **headers}
    wire = {name: value.encode().decode("latin-1") for name, value in head.items()}
    answered = client.post("/upstream/v1/cases", json=body, headers=wire)
    assert (answered.status_code, answered.mimetype) == (status, "application/problem+json")
    assert answered.get_json()["status"] == status


def test_without_a_key_there_is_no_endpoint(ctx: Context, tmp_path: Path) -> None:
    client = application.create_app(settings(ctx.settings.redis_url, tmp_path)).test_client()
    assert push(client, "cases", [case(1)]).status_code == 404


def test_nobody_registered_means_forbidden(ctx: Context, client: FlaskClient) -> None:
    ctx.redis.delete(ctx.keys.staff())
    assert push(client, "cases", [case(1)]).status_code == 403


def test_a_standing_approval_covers_so_many_rows_a_day_and_nothing_with_faults(
    ctx: Context, client: FlaskClient
) -> None:
    stand(ctx, LI, 3, "自治区名单由其复核")
    clock = ctx.clock
    assert isinstance(clock, FixedClock)
    states = []
    batches = [[case(1), case(2)], [case(3), case(4)], [case(5)], [{**case(6), "case": "?"}, case(7)]]
    for number, rows in enumerate(batches):
        name = push(client, "cases", rows, key=f"b-{number}").get_json()["list"]
        advance_list(ctx, name)
        advance_list(ctx, name)
        states.append(state(ctx, name))
    waits, done = ProposalState.SUBMITTED, ProposalState.APPLIED
    assert states == [done, waits, done, waits]
    clock.advance(days=1)
    name = push(client, "cases", [case(8), case(9)], key="next-day").get_json()["list"]
    advance_list(ctx, name)
    assert state(ctx, name) is ProposalState.APPROVED
    with pytest.raises(Refused):
        stand(ctx, LI, 501, "太多")


def test_a_colour_keeps_how_old_it_is_and_never_yields_to_an_older_one(ctx: Context, client: FlaskClient) -> None:
    declare_some(ctx, (1,))
    stand(ctx, LI, 100, "与自治区一致")
    clock = ctx.clock
    assert isinstance(clock, FixedClock)
    told = [("red", "2020-03-02T06:00:00+08:00"), ("yellow", "2020-03-02T05:00:00+08:00")]
    for kind, as_of in told:
        clock.advance(minutes=1)
        name = push(client, "colours", [colour_row(1, kind, as_of)], key=kind).get_json()["list"]
        advance_list(ctx, name)
        advance_list(ctx, name)
    assert colour(ctx, 1) is Colour.RED
    person = ctx.people.read([pid_of(ctx, identity(1))])[pid_of(ctx, identity(1))]
    stated = [fact for fact in person.history.facts if isinstance(fact, Upstream)]
    assert [fact.as_of.isoformat() for fact in stated if fact.as_of] == ["2020-03-02T06:00:00+08:00"]
    clock.advance(minutes=1)
    name = push(client, "colours", [colour_row(1, "none")], key="end").get_json()["list"]
    advance_list(ctx, name)
    advance_list(ctx, name)
    assert colour(ctx, 1) is Colour.GREEN


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[str]:
    """The sandbox's, on its own port."""
    account, limits = read(ACCOUNT)
    server = Server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{server.server_address[1]}"
    world = build(account, limits, tmp_path / "sandbox", base, "http://127.0.0.1:9/wechat")
    server.app = create_app(world)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield base
    server.shutdown()
    server.server_close()
    world.close()


def polling(ctx: Context, authority: str, tmp_path: Path) -> Context:
    """A house that keeps the authority's time."""
    clock = ctx.clock
    assert isinstance(clock, FixedClock)
    clock.at = datetime.now(SHANGHAI).replace(microsecond=0) + timedelta(minutes=1)
    told = settings(ctx.settings.redis_url, tmp_path, UPSTREAM_KEY=KEY, UPSTREAM_URL=f"{authority}/upstream")
    return replace(ctx, settings=told)


def test_what_is_fetched_waits_once_and_the_age_of_the_data_is_known(
    ctx: Context, authority: str, tmp_path: Path
) -> None:
    house = polling(ctx, authority, tmp_path)
    for number in range(12):
        requests.post(f"{authority}/sandbox/upstream", json={"kind": "cases", "rows": [case(number)]}, timeout=5)
    polled = poll(house)
    assert (polled.cursor, polled.error, polled.heard_at) == ("12", "", ctx.clock.now())
    assert polled.as_of is not None
    assert abs(polled.as_of - ctx.clock.now()) < timedelta(minutes=2)
    ctx.lists.put_polled(replace(polled, cursor="0"))
    assert poll(house).cursor == "12"
    assert len(ctx.proposals.all()) == 12


def test_an_authority_that_fails_is_left_alone_for_a_while_and_its_data_stay(
    ctx: Context, authority: str, tmp_path: Path
) -> None:
    house, clock = polling(ctx, authority, tmp_path), ctx.clock
    assert isinstance(clock, FixedClock)
    poll(house)
    good = house.lists.polled()

    def ask(**faults: int) -> int:
        return int(requests.post(f"{authority}/sandbox/upstream/faults", json=faults, timeout=5).json()["asked"])

    before = ask(status=500)
    failed = [poll(house) for _ in range(FAILURES + 3)][-1]
    assert ask(status=500) - before == FAILURES
    assert (failed.as_of, failed.cursor, failed.error) == (good.as_of, good.cursor, "HTTP 500")
    clock.advance(seconds=OPEN.total_seconds())
    assert poll(house).failures == FAILURES + 1
    assert ask(status=200) - before == FAILURES + 1
    clock.advance(seconds=OPEN.total_seconds())
    assert (poll(house).failures, poll(house).error) == (0, "")
