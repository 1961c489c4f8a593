"""What a phone scans, chooses by a menu button, blocks and scrolls back to, over the phone API."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
import qrcode
import requests
import zxingcpp
from PIL import Image

from tests.sandbox.conftest import Open, Stage

SCENE = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "community:640106001001"}}}


def as_data(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def png(image: Any) -> str:
    out = io.BytesIO()
    image.save(out, "PNG")
    return as_data(out.getvalue())


def qr(text: str) -> str:
    return png(qrcode.make(text).get_image())


def barcode(digits: str) -> str:
    drawn = zxingcpp.create_barcode(digits, zxingcpp.BarcodeFormat.EAN13).to_image(scale=3)
    return png(Image.fromarray(drawn))


def test_a_printed_code_of_the_account_is_followed_and_by_a_follower_scanned(stage: Stage) -> None:
    ticket = stage.api("/cgi-bin/qrcode/create", SCENE)["ticket"]
    printed = requests.get(f"{stage.base}/cgi-bin/showqrcode", params={"ticket": ticket}, timeout=5).content
    phone = stage.person(following=False)
    first, second = (stage.act(phone, "scan", data=as_data(printed)) for _ in range(2))
    assert (first["found"], first["scene"], second["found"]) == ("scene", "community:640106001001", "scene")
    assert [(message.event, message.scene_id) for message in stage.webhook.messages] == [
        ("subscribe_scan", "community:640106001001"),
        ("scan", "community:640106001001"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [("HTTP://127.0.0.1:8080/V/ABC", "page"), ("https://example.invalid/v/1", "page"), ("体温 36.5", "text")],
)
def test_what_is_in_any_other_code_decides(stage: Stage, text: str, found: str) -> None:
    assert stage.act(stage.person(), "scan", data=qr(text)) == {"found": found, "text": text}


def test_a_picture_in_a_chat_is_scanned_by_another_phone(stage: Stage) -> None:
    holder, checker = stage.person(), stage.person()
    stage.act(holder, "message", type="image", data=qr("https://example.invalid/v/1"))
    picture = stage.get(f"/sandbox/phones/{holder['id']}/messages")[-1]["media_id"]
    assert stage.act(checker, "scan", media_id=picture)["text"] == "https://example.invalid/v/1"


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({"data": png(Image.new("L", (200, 200), 255))}, "没有认出码"),
        ({"data": as_data(b"%PDF-1.7")}, "打不开"),
        ({"text": " "}, "请选一张图片"),
    ],
)
def test_what_cannot_be_read_says_so_kindly(stage: Stage, stated: dict[str, Any], told: str) -> None:
    assert told in stage.act({"id": "p1"}, "scan", 409, **stated)["error"]


def test_a_code_that_expired_is_told(stage: Stage) -> None:
    temporary = {**SCENE, "action_name": "QR_STR_SCENE", "expire_seconds": 60}
    address = stage.api("/cgi-bin/qrcode/create", temporary)["url"]
    stage.post("/sandbox/clock", {"advance": 61})
    assert "已过期" in stage.act(stage.person(), "scan", 409, text=address)["error"]


def test_a_scan_by_a_menu_button_tells_the_account_and_opens_the_window_of_a_click(stage: Stage) -> None:
    phone = stage.person()
    stage.post("/sandbox/clock", {"advance": 3600})
    told = stage.act(phone, "scan", data=barcode("6901234567892"), button="scancode_waitmsg", key="goods")
    (message,) = stage.webhook.messages[1:]
    assert (told["found"], message.event, message.key) == ("event", "scancode_waitmsg", "goods")
    assert (message.scan_type, message.scan_result) == ("barcode", "EAN_13,6901234567892")
    assert [window["trigger"] for window in stage.get("/sandbox/phones")[1]["windows"]] == ["click"]
    assert "error" in stage.act(phone, "scan", 409, text="x", button="click", key="goods")


def test_a_picture_or_a_place_chosen_by_a_menu_button_is_announced_and_follows(stage: Stage) -> None:
    phone = stage.person()
    stage.act(phone, "message", type="image", button="pic_sysphoto", key="photo")
    stage.act(
        phone,
        "message",
        type="location",
        latitude=30.5994,
        longitude=114.3052,
        label="武汉",
        button="location_select",
        key="where",
    )
    photo, picture, choice, place = stage.webhook.messages[1:]
    assert (photo.event, photo.key, photo.count, picture.type) == ("pic_sysphoto", "photo", 1, "image")
    assert (choice.event, choice.key, choice.label, place.type) == ("location_select", "where", "武汉", "location")
    assert (place.location_x, place.location_y) == ("30.5994", "114.3052")
    assert "error" in stage.act(phone, "message", 409, type="voice", button="pic_sysphoto", key="photo")
    assert "error" in stage.act(phone, "message", 400, type="location", latitude="north")


def test_whoever_blocks_still_follows_until_unblocking_or_leaving(open_stage: Open) -> None:
    stage = open_stage()
    phone = stage.person()
    stage.act(phone, "block")
    stage = open_stage()
    assert [(one["following"], one["blocked"]) for one in stage.get("/sandbox/phones")[1:]] == [(True, True)]
    stage.act(phone, "unfollow")
    stage.act(phone, "follow")
    assert stage.get("/sandbox/phones")[1]["blocked"] is False
    assert "error" in stage.act({"id": "p1"}, "block", 409)
    assert [message.event for message in stage.webhook.messages] == ["subscribe", "unsubscribe", "subscribe"]


def test_earlier_lines_come_by_the_page_and_the_feed_only_of_those_who_are_asked_for(stage: Stage) -> None:
    phone, other = stage.person(), stage.person()
    for number in range(5):
        stage.act(phone, "text", content=str(number))
    numbers = [line["n"] for line in stage.get(f"/sandbox/phones/{phone['id']}/messages")]
    earlier = stage.get(f"/sandbox/phones/{phone['id']}/messages", before=numbers[6], most=3)
    assert [line["n"] for line in earlier] == numbers[3:6]
    feed = stage.get("/sandbox/feed", phones=f"{other['id']},p9")
    assert (feed["total"], [one["id"] for one in feed["phones"]]) == (3, [other["id"]])
    assert {line["phone"] for line in feed["lines"]} == {other["id"]}
