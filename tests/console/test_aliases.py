"""Codes of before, by the console: one by hand, a table tried and taken in, listed, ended; each with its act."""

from __future__ import annotations

import io

from domain.venues import new_venue
from store.changes import Act
from tests.console.conftest import Desk, text_of
from tests.stage import PHOENIX, identity

TABLE = (
    "码内容,证件号码,场所编号,有效期至\n"
    "old-1111,{number},,\nold-2222,,east-gate,2020-12-31\nabc,,east-gate,\nold-3333,123,,\n"
)


def sent(dry: str) -> dict[str, object]:
    raw = TABLE.format(number=identity(1).document.number).encode("gb18030")
    return {"file": (io.BytesIO(raw), "old.csv"), "dry": dry}


def acts(desk: Desk) -> list[tuple[str, str, str]]:
    return [(act[1], act[2], act[4]) for _, act in desk.ctx.audit.acts(256) if "code" in act[2]]


def test_a_table_is_tried_then_taken_in_and_listed_and_one_of_it_ended(desk: Desk) -> None:
    desk.ctx.venues.put(new_venue("east-gate", "东门", PHOENIX), Act("t", "put"))
    admin = desk.signed_in("zhao.min")
    tried = text_of(admin.post("/console/aliases/table", sent("yes")))
    assert "可新登记 2 个，已登记过 0 个，不能接受 2 行" in tried
    assert ("第 4 行" in tried, "第 5 行" in tried) == (True, True)
    assert (desk.ctx.aliases.find("old-2222"), acts(desk)) == (None, [])
    assert "已导入：新登记 2 个" in text_of(admin.post("/console/aliases/table", sent("no")))
    assert "新登记 0 个，已登记过 2 个" in text_of(admin.post("/console/aliases/table", sent("no")))
    page = admin.get(f"/console/aliases?place={PHOENIX}")
    assert ("东门" in page.text, "old-2222" in page.text) == (True, False)
    [(tag, alias)], total = desk.ctx.aliases.listed(PHOENIX, 0, 50)
    assert (total, alias.venue) == (1, "east-gate")
    assert "why=no_reason" in admin.post("/console/aliases/end", {"tag": tag, "reason": ""}).location
    assert "done=ended" in admin.post("/console/aliases/end", {"tag": tag, "reason": "换新码"}).location
    ended = desk.ctx.aliases.find("old-2222")
    assert ended is not None
    assert ended.ended is not None
    assert ("zhao.min", "end code", "换新码") in acts(desk)


def test_one_by_hand_is_a_persons_or_a_places_and_of_ones_own_community(desk: Desk) -> None:
    desk.ctx.venues.put(new_venue("east-gate", "东门", PHOENIX), Act("t", "put"))
    own, other = desk.signed_in("li.qiang"), desk.signed_in("ma.li")
    row = {"code": "old-4444", "venue": "east-gate"}
    assert other.post("/console/aliases/add", row).status_code == 403
    assert "why=alias_whose" in own.post("/console/aliases/add", row | {"number": "1"}).location
    assert "done=added" in own.post("/console/aliases/add", row).location
    assert "why=alias_known" in own.post("/console/aliases/add", row).location
    [(tag, _alias)], _total = desk.ctx.aliases.listed(PHOENIX, 0, 50)
    assert other.post("/console/aliases/end", {"tag": tag, "reason": "x"}).status_code == 403
    assert other.get(f"/console/aliases?place={PHOENIX}").status_code == 403
    assert desk.signed_in("chen.gang").get("/console/aliases").status_code == 403
