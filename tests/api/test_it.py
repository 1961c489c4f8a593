"""The API over HTTP: who is let in, what is recorded and by whom, what a second try does, what is refused and how."""

from __future__ import annotations

import base64
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from domain.facts import By, Report, Undo
from domain.partners.client import Quota
from domain.partners.rights import Right
from domain.venues import new_venue
from sandbox.partner.api import Api
from store.changes import Act
from tests.api.conftest import Partner, Street, status_of
from tests.stage import PHOENIX
from worker.partners import admin

ALL = ("query", "declare", "trip", "code")


def problem(answer: requests.Response) -> str:
    """The name of a problem."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    return str(answer.json()["type"]).rpartition("#")[2]


def bare(partner: Partner, method: str, path: str, **options: Any) -> requests.Response:
    """A request as it stands, with a good token unless another Authorization is given."""
    headers = {"Authorization": f"Bearer {partner.api._access()}", **options.pop("headers", {})}
    return requests.request(method, partner.api.base + path, headers=headers, timeout=10, **options)


# --- who is let in ---------------------------------------------------------------------------------------------------


def test_it_gives_tokens_by_client_credentials_and_says_no_as_rfc_6749_does(partner: Partner) -> None:
    url, form = f"{partner.api.base}/oauth/token", {"grant_type": "client_credentials", "scope": "query verify"}
    good = requests.post(url, data=form, auth=("gate-1", partner.shown.secret), timeout=10)
    assert (good.status_code, good.json()["token_type"], good.json()["scope"]) == (200, "Bearer", "query verify")
    assert good.headers["Cache-Control"] == "no-store"
    for auth in (("gate-1", "wrong"), ("nobody", partner.shown.secret), ("{}", "x")):
        answer = requests.post(url, data=form, auth=auth, timeout=10)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    other = requests.post(url, data={"grant_type": "password"}, auth=("gate-1", partner.shown.secret), timeout=10)
    assert other.json()["error"] == "unsupported_grant_type"
    in_address = requests.post(f"{url}?client_id=gate-1&client_secret={partner.shown.secret}", data=form, timeout=10)
    assert in_address.status_code == 401


def test_a_token_does_no_more_than_it_was_asked_for(partner: Partner) -> None:
    form = {"grant_type": "client_credentials", "scope": "verify"}
    url = f"{partner.api.base}/oauth/token"
    token = requests.post(url, data=form, auth=("gate-1", partner.shown.secret), timeout=10).json()["access_token"]
    answer = bare(partner, "GET", "/changes", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, problem(answer)) == (403, "scope")
    assert 'scope="changes"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("stated", ["", "Bearer", "Bearer x", "Bearer ****", "Basic abc", "Bearer " + "A" * 400])
def test_it_lets_nobody_in_without_a_token(partner: Partner, stated: str) -> None:
    answer = bare(partner, "GET", "/changes", headers={"Authorization": stated})
    assert (answer.status_code, problem(answer)) == (401, "unauthenticated")


def test_secrets_change_over_without_a_gap_and_end_at_once(partner: Partner) -> None:
    ctx, staff = partner.ctx, partner.desk_staff
    old = partner.api
    old.get("/changes")
    new = Api(old.base, "gate-1", admin.rotate(ctx, staff, "gate-1").secret)
    old._until = 0.0
    assert old.get("/changes") == new.get("/changes")
    admin.retire(ctx, staff, "gate-1")
    new.get("/changes")
    assert status_of(lambda: old.get("/changes")) == 401
    admin.stop(ctx, staff, "gate-1", True)
    assert status_of(lambda: new.get("/changes")) == 401


def test_it_keeps_to_addresses_and_quotas_and_says_when_to_come_again(partner: Partner) -> None:
    ctx, staff, api = partner.ctx, partner.desk_staff, partner.api
    api.get("/changes")
    admin.set_networks(ctx, staff, "gate-1", ["203.0.113.0/24"])
    assert problem(bare(partner, "GET", "/changes")) == "address"
    admin.set_networks(ctx, staff, "gate-1", [])
    admin.set_quota(ctx, staff, "gate-1", Quota(5, 100))
    answers = [bare(partner, "GET", "/changes") for _ in range(6)]
    assert answers[-1].status_code == 429
    assert problem(answers[-1]) == "quota"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].headers["RateLimit-Policy"] == '"minute";q=5;w=60, "day";q=100;w=86400'
    partner.desk.pass_time(minutes=1)
    assert bare(partner, "GET", "/changes").status_code == 200


class _Key(HTTPSignatureKeyResolver):
    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.key = key

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return self.key


def test_a_client_that_signs_is_not_believed_without_its_signature_nor_twice(partner: Partner) -> None:
    key = Ed25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    client = admin.add_signing_key(partner.ctx, partner.desk_staff, "gate-1", public, must_sign=True)
    assert problem(bare(partner, "GET", "/changes")) == "signature"
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_Key(key))
    covered = ("@method", "@target-uri", "authorization")
    headers = {"Authorization": f"Bearer {partner.api._access()}"}
    request = requests.Request("GET", f"{partner.api.base}/changes?limit=5", headers=headers).prepare()
    signer.sign(request, key_id=client.signing_keys[0].id, covered_component_ids=covered, nonce="n1")
    with requests.Session() as http:
        assert http.send(request, timeout=10).status_code == 200
        assert problem(http.send(request, timeout=10)) == "signature"
        request.url = f"{partner.api.base}/changes?limit=6"
        assert problem(http.send(request, timeout=10)) == "signature"


# --- what is recorded ------------------------------------------------------------------------------------------------


def test_what_was_declared_is_on_record_with_who_said_so(street: Street) -> None:
    wang, api = street.resident(), street.partner.api
    handle = street.bind(wang, *ALL)
    path = f"/residents/{handle}/health-declarations"
    told = api.post(path, {"temperature": 38.2, "symptoms": ["dry_cough"]}, key="k1")
    assert told["resident"]["state"] == "yellow" == street.ours(wang)
    assert api.post(path, {"temperature": 38.2, "symptoms": ["dry_cough"]}, key="k1") == told
    assert status_of(lambda: api.post(path, {"temperature": 36.6}, key="k1")) == 422
    person = street.ctx.people.read([wang.pid])[wang.pid]
    (fact,) = [each for each in person.history.facts if each.id == told["receipt"]]
    assert isinstance(fact, Report)
    assert (fact.by, fact.temperature) == (By.SELF, Decimal("38.2"))
    assert person.recorded_by[told["receipt"]] == "中强巷物业"


def test_a_slip_is_corrected_in_time_and_only_by_whoever_made_it(street: Street) -> None:
    wang, api = street.resident(), street.partner.api
    handle = street.bind(wang, *ALL)
    slip = api.post(f"/residents/{handle}/health-declarations", {"temperature": 39.5}, key="k1")
    path, right = f"/residents/{handle}/corrections", {"temperature": 36.5}
    done = api.post(path, {"receipt": slip["receipt"], "health": right}, key="k2")
    assert done["resident"]["state"] == "green" == street.ours(wang)
    facts = street.ctx.people.read([wang.pid])[wang.pid].history.facts
    assert [each.of for each in facts if isinstance(each, Undo)] == [slip["receipt"]]
    own = next(each.id for each in facts if each.id.startswith("first"))
    assert status_of(lambda: api.post(path, {"receipt": own}, key="k3")) == 403
    late = api.post(f"/residents/{handle}/health-declarations", {"temperature": 39.5}, key="k4")
    street.desk.pass_time(hours=2)
    assert status_of(lambda: api.post(path, {"receipt": late["receipt"]}, key="k5")) == 409


def test_a_trip_into_a_listed_area_counts_as_it_does_in_the_chat(street: Street) -> None:
    wang, api = street.resident(), street.partner.api
    handle = street.bind(wang, *ALL)
    today = street.ctx.clock.now().date()
    contact = {"contact_on": (today - timedelta(days=2)).isoformat()}
    told = api.post(f"/residents/{handle}/trip-declarations", contact, key="t1")
    assert told["resident"]["state"] == street.ours(wang) != "green"
    ahead = {"contact_on": (today + timedelta(days=2)).isoformat()}
    assert status_of(lambda: api.post(f"/residents/{handle}/trip-declarations", ahead, key="t2")) == 422


def test_nothing_is_done_that_the_resident_did_not_allow(street: Street) -> None:
    wang, api = street.resident(), street.partner.api
    handle = street.bind(wang, "query")
    assert status_of(lambda: api.post(f"/residents/{handle}/codes")) == 403
    assert (
        status_of(lambda: api.post(f"/residents/{handle}/health-declarations", {"temperature": 36.5}, key="a")) == 403
    )
    other = Api(api.base, "gate-2", admin.create(
        street.ctx, street.partner.desk_staff, "gate-2", "别的系统", "别的物业", tuple(Right)
    ).secret)  # fmt: skip
    assert status_of(lambda: other.get(f"/residents/{handle}")) == 404
    assert other.post("/residents/query", {"handles": [handle]}) == {"residents": []}


def test_a_code_made_and_verified_serves_the_upload_that_follows(street: Street) -> None:
    wang, api, ctx = street.resident(), street.partner.api, street.ctx
    handle = street.bind(wang, *ALL)
    made = api.post(f"/residents/{handle}/codes")
    found = api.post("/codes/verifications", {"code": made["link"]})
    assert (found["result"], found["live"], found["handle"]) == ("green", True, handle)
    assert "王芳" not in str(found)
    ctx.venues.put(new_venue("north-gate", "北门", PHOENIX), Act("test", "venue"))
    rows = [
        {"bizExtData": found["bizExtData"], "taken": ctx.clock.now().isoformat(), "temperature": 36.6,
         "venue": "north-gate", "passed": True},
        {"handle": handle, "taken": (ctx.clock.now() - timedelta(days=4)).isoformat(), "venue": "north-gate",
         "passed": True},
        {"handle": "A" * 22, "taken": ctx.clock.now().isoformat(), "venue": "north-gate", "passed": True},
        {"handle": handle, "taken": ctx.clock.now().isoformat(), "venue": "nowhere", "passed": True},
    ]  # fmt: skip
    told = api.post("/passages", {"rows": rows}, key="p1")
    assert [each["status"] for each in told["rows"]] == ["recorded", "refused", "refused", "refused"]
    assert all(each["reason"] for each in told["rows"][1:])
    assert api.post("/passages", {"rows": rows}, key="p1") == told
    visits = ctx.venues.between("north-gate", ctx.clock.now() - timedelta(hours=1), ctx.clock.now(), ctx.clock.now())
    assert [each.pid for each in visits] == [wang.pid]
    person = ctx.people.read([wang.pid])[wang.pid]
    readings = [each for each in person.history.facts if isinstance(each, Report) and each.by is By.GATE]
    assert len(readings) == 1
    other = Api(api.base, "gate-2", admin.create(
        ctx, street.partner.desk_staff, "gate-2", "别的系统", "别的物业", tuple(Right)
    ).secret)  # fmt: skip
    assert other.post("/passages", {"rows": rows[:1]}, key="p1")["refused"] == 1, "the datum is of one client"


def test_a_thousand_rows_are_on_record_when_it_answers(street: Street) -> None:
    residents = [street.resident(n) for n in range(1, 5)]
    handles = [street.bind(each) for each in residents]
    at = street.ctx.clock.now().isoformat()
    rows = [{"handle": handles[n % 4], "taken": at, "temperature": 36 + n % 10 / 10} for n in range(1000)]
    told = street.partner.api.post("/temperatures", {"rows": rows}, key="b1")
    assert (told["recorded"], told["refused"]) == (1000, 0)
    kept = [street.ctx.people.read([each.pid])[each.pid].history.facts for each in residents]
    assert {each.id for facts in kept for each in facts} >= {each["receipt"] for each in told["rows"]}
    street.partner.api._access()
    many = bare(
        street.partner, "POST", "/temperatures", json={"rows": [*rows, rows[0]]}, headers={"Idempotency-Key": "b2"}
    )
    assert (many.status_code, problem(many)) == (422, "invalid")


def test_errors_name_the_place_and_never_the_value(street: Street) -> None:
    body = {"rows": [{"handle": "A" * 22, "taken": "2020-03-02T08:00:00+08:00", "temperature": 99.25}]}
    answer = bare(street.partner, "POST", "/temperatures", json=body, headers={"Idempotency-Key": "e"})
    assert problem(answer) == "invalid"
    assert answer.json()["errors"][0]["pointer"] == "/rows/0/temperature"
    assert "99.25" not in answer.text
    assert problem(bare(street.partner, "POST", "/temperatures", json=body)) == "idempotency-key"
    assert problem(bare(street.partner, "DELETE", "/changes")) == "method"
    assert problem(bare(street.partner, "GET", "/nothing")) == "not-found"


# --- the resident's side ---------------------------------------------------------------------------------------------


def test_a_resident_is_told_who_asks_for_what_and_may_say_no(street: Street) -> None:
    wang, api = street.resident(), street.partner.api
    asked = api.post("/authorisations", {"user": "u7", "scopes": ["query", "code"]})
    shown = street.says(wang, f"授权 {asked['code']}")[-1]
    assert all(part in shown for part in ("中强巷门禁", "中强巷物业", "查看您的健康码颜色", "出示您的健康码"))
    assert "提交行程" not in shown
    street.says(wang, "不同意")
    assert api.get(f"/authorisations/{asked['id']}")["state"] == "declined"
    assert "没有授权任何系统" in street.says(wang, "我的授权")[-1]


def test_a_scan_of_the_partners_qr_does_the_same(street: Street) -> None:
    wang, api = street.resident(), street.partner.api
    asked = api.post("/authorisations", {"user": "u7", "scopes": ["query"]})
    assert asked["qr"]
    wang.act("scan", text=asked["qr"])
    street.drain()
    assert "同意" in wang.screen()[-1]["text"]
    street.says(wang, "同意")
    assert api.get(f"/authorisations/{asked['id']}")["state"] == "agreed"


def test_a_code_is_good_for_ten_minutes_and_for_one_resident(street: Street) -> None:
    wang, ma, api = street.resident(1), street.resident(2), street.partner.api
    asked = api.post("/authorisations", {"user": "u7", "scopes": ["query"]})
    street.says(wang, f"授权 {asked['code']}")
    assert "已经用过" in street.says(ma, f"授权 {asked['code']}")[-1]
    street.desk.pass_time(minutes=11)
    assert api.get(f"/authorisations/{asked['id']}")["state"] == "expired"
    assert "已过期" in street.says(wang, f"授权 {asked['code']}")[-1]
