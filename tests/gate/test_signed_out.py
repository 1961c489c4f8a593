"""A venue's code scanned by who is not signed in: WeChat says who it is, and nothing is scanned again."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from domain.venues import Proof, Spot, new_venue
from store.changes import Act
from store.venues import Visit
from tests.code_page.asking import from_wechat
from tests.code_page.conftest import Resident, Visits, browser, visits
from tests.gate.conftest import AtGate
from tests.stage import PHOENIX
from worker.gate.visiting import link

__all__ = ["browser", "visits"]

ID, SPOT = "abcdef0123456789", Spot(38.468, 106.273)


def venue(at_gate: AtGate, proof: Proof) -> str:
    """The path that the code of a new venue leads to."""
    ctx, spot = at_gate.desk.ctx, SPOT if proof is Proof.LOCATION else None
    ctx.venues.put(new_venue("east-hall", "东厅", PHOENIX, proof, spot), Act("t", "put"))
    there = urlsplit(link(ctx, ctx.venues.read("east-hall") or pytest.fail("no venue")))
    return f"{there.path}?{there.query}" if there.query else there.path


def noted(at_gate: AtGate) -> list[Visit]:
    now = at_gate.served.now()
    return at_gate.desk.ctx.venues.between("east-hall", now - timedelta(hours=1), now, now)


@pytest.mark.browser
@pytest.mark.parametrize("proof", [Proof.WINDOW, Proof.LOCATION])
def test_whoever_scans_signed_out_is_noted_after_signing_in_without_scanning_again(
    at_gate: AtGate, wang_fang: Resident, visits: Visits, proof: Proof
) -> None:
    place = {"latitude": SPOT.latitude, "longitude": SPOT.longitude}
    page = visits.open(wang_fang, path=venue(at_gate, proof), permissions=["geolocation"], geolocation=place)
    page.get_by_role("button", name="登记到访").click()
    page.get_by_text("绿码").first.wait_for()
    assert urlsplit(page.url).path == "/code"
    [visit] = noted(at_gate)
    assert (visit.pid, visit.proved) == (wang_fang.pid, True)


def test_whoever_scans_and_leaves_it_and_opens_their_code_later_sees_their_code(
    at_gate: AtGate, wang_fang: Resident
) -> None:
    client, sign_in = (
        at_gate.served.client(),
        urlsplit(at_gate.served.client().get(venue(at_gate, Proof.WINDOW)).location),
    )
    assert client.get(f"{sign_in.path}?{sign_in.query}").status_code == 302
    assert client.get(from_wechat(client, wang_fang)).location == "/code"
    assert noted(at_gate) == []  # nobody is noted by a link alone


def test_a_form_of_a_session_that_is_over_is_not_lost_in_silence(at_gate: AtGate) -> None:
    mark = venue(at_gate, Proof.WINDOW).rpartition("m=")[2]
    page = at_gate.served.client().post("/code/at/east-hall", data={"ref": ID, "m": mark})
    assert (page.status_code, f"at%2Feast-hall%3Fm%3D{mark}" in page.text) == (401, True)
    assert noted(at_gate) == []
