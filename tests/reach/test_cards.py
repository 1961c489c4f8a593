"""Codes as cards: one passive reply, no call to the platform, the picture drawn when somebody looks at it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import redis
from PIL import Image

from domain.budgets import UPLOAD, parse
from store.keys import Keys
from store.quota import Quota
from tests.decoders import zxing_texts
from tests.reach.conftest import House, OpenHouse, Resident, opening

BUDGET = "media/upload=10"


@pytest.fixture
def house(open_house: OpenHouse, redis_client: redis.Redis) -> House:
    """A house with few uploads left when its web process begins."""
    quota = Quota(redis_client, Keys(), parse(BUDGET), opening)
    for _ in range(8):
        quota.spend(UPLOAD, essential=True)
    return open_house(WECHAT_BUDGETS=BUDGET)


@pytest.fixture
def resident(house: House) -> Resident:
    someone = house.resident()
    someone.says("同意")
    return someone


def card(resident: Resident, **more: Any) -> Any:
    reply = resident.act("text", content="健康码", **more)["reply"]
    assert reply["type"] == "news"
    return reply["articles"][0]


def path_of(house: House, article: Any) -> str:
    return str(article["picurl"]).removeprefix(house.ctx.settings.public_url)


def test_the_code_is_a_card_without_any_call_and_the_same_one_at_a_retry(house: House, resident: Resident) -> None:
    before = len(house.platform.get("/sandbox/calls", kind="api")["calls"])
    article = card(resident, msg_id="7250021412600020992")
    assert card(resident, msg_id="7250021412600020992") == article
    assert article["url"] == article["picurl"]
    assert len(house.platform.get("/sandbox/calls", kind="api")["calls"]) == before
    house.settle()
    house.deliver()
    assert house.counted(UPLOAD) == 0


def test_the_picture_behind_the_card_is_the_code_and_a_scan_of_it_opens_the_gate(
    house: House, resident: Resident
) -> None:
    client = house.app.test_client()
    got = client.get(path_of(house, card(resident)))
    assert (got.status_code, got.mimetype) == (200, "image/png")
    (held,) = zxing_texts(Image.open(BytesIO(got.data)).convert("RGB"))
    link = held.removeprefix(house.ctx.settings.public_url.upper()).removeprefix(house.ctx.settings.public_url)
    gate = client.get(link).text
    assert "在线核验" in gate
    assert "王" in gate


def test_a_second_look_within_a_minute_draws_and_reads_nothing(
    house: House, resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, client = path_of(house, card(resident)), house.app.test_client()
    first = client.get(path).data
    house.ctx.redis.flushall()
    assert client.get(path).data == first


@pytest.mark.parametrize("what", ["another", "expired", "erased"])
def test_no_picture_without_a_living_code(house: House, resident: Resident, what: str) -> None:
    path = path_of(house, card(resident))
    match what:
        case "another":
            path = path[:-3] + "AAA"
        case "expired":
            house.platform.world.clock.advance(25 * 3600)
        case _:
            house.ctx.redis.delete(house.ctx.keys.person(resident.pid), house.ctx.keys.salt(resident.pid))
    got = house.app.test_client().get(path)
    assert (got.status_code, "回到公众号" in got.text) == (404, True)
