"""Events about notices as the platform writes them: lists of one, empty lists, codes that are success."""

from __future__ import annotations

import pytest

from channel.inbound import parse
from channel.results import MassFinished, NoticeArrived
from domain.broadcasts.results import MassResult

T, U = "T" * 43, "U" * 43
HEAD = (
    "<ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oPerson00000000000000000001]]>"
    "</FromUserName><CreateTime>1583107200</CreateTime><MsgType><![CDATA[event]]></MsgType>"
)


def event(name: str, inside: str) -> bytes:
    return f"<xml>{HEAD}<Event><![CDATA[{name}]]></Event>{inside}</xml>".encode()


def item(**nodes: str) -> str:
    return "<List>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in nodes.items()) + "</List>"


def popup(*items: str) -> bytes:
    return event("subscribe_msg_popup_event", f"<SubscribeMsgPopupEvent>{''.join(items)}</SubscribeMsgPopupEvent>")


def sent(*items: str) -> bytes:
    return event("subscribe_msg_sent_event", f"<SubscribeMsgSentEvent>{''.join(items)}</SubscribeMsgSentEvent>")


def finished(msgid: str, status: str) -> bytes:
    return event("TEMPLATESENDJOBFINISH", f"<MsgID>{msgid}</MsgID><Status><![CDATA[{status}]]></Status>")


ACCEPTS = item(TemplateId=T, SubscribeStatusString="accept", PopupScene="2")
REJECTS = item(TemplateId=U, SubscribeStatusString="reject", PopupScene="2")


@pytest.mark.parametrize(
    ("xml", "agreements"),
    [
        (popup(ACCEPTS), {T: True}),
        (popup(ACCEPTS, REJECTS), {T: True, U: False}),
        (popup("\n  "), {}),
        (popup(item(TemplateId="../x", SubscribeStatusString="accept")), {}),
        (popup(item(TemplateId=T, SubscribeStatusString="filter")), {}),
        (
            event("subscribe_msg_change_event", f"<SubscribeMsgChangeEvent>{REJECTS}</SubscribeMsgChangeEvent>"),
            {U: False},
        ),
    ],
)
def test_who_agrees_to_what(xml: bytes, agreements: dict[str, bool]) -> None:
    push = parse(xml)
    assert push is not None
    assert push.incoming.agreements == agreements
    assert push.quiet is (not agreements)
    assert not push.tapped
    assert not push.heard


@pytest.mark.parametrize(
    ("xml", "failed"),
    [
        (finished("3662956322040938501", "success"), {}),
        (finished("3662956322040938501", "failed:user block"), {"3662956322040938501": "failed:user block"}),
        (finished("3662956322040938501", "failed: system failed"), {"3662956322040938501": "failed: system failed"}),
        (finished("soon", "failed:user block"), {}),
        (sent(item(TemplateId=T, MsgID="87654321", ErrorCode="0", ErrorStatus="success")), {}),
        (
            sent(item(TemplateId=T, MsgID="87654321", ErrorCode="43101", ErrorStatus="user refuse")),
            {"87654321": "43101 user refuse", T: "43101 user refuse"},
        ),
        (sent(" "), {}),
    ],
)
def test_what_was_not_delivered_and_nobody_hears_of_what_was(xml: bytes, failed: dict[str, str]) -> None:
    push = parse(xml)
    assert push is not None
    assert push.incoming.failed == failed
    assert push.quiet is (not failed)


def test_two_results_of_one_second_are_two_events() -> None:
    one, two = parse(finished("111", "failed:user block")), parse(finished("222", "failed:user block"))
    assert one is not None
    assert two is not None
    assert one.dedup != two.dedup


@pytest.mark.parametrize(
    ("name", "tapped"),
    [
        *((name, True) for name in ("CLICK", "scancode_push", "scancode_waitmsg", "SCAN", "subscribe")),
        *((name, False) for name in ("VIEW", "pic_sysphoto", "location_select", "kf_create_session")),
    ],
)
def test_what_opens_a_window_of_the_platform(name: str, tapped: bool) -> None:
    push = parse(event(name, "<EventKey><![CDATA[x]]></EventKey>"))
    assert push is not None
    assert (push.tapped, push.heard) == (tapped, False)


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        (
            (
                "<MsgID>1000001625</MsgID><Status><![CDATA[send success]]></Status><TotalCount>100</TotalCount>"
                "<FilterCount>80</FilterCount><SentCount>75</SentCount><ErrorCount>5</ErrorCount>"
                "<CopyrightCheckResult>\n </CopyrightCheckResult>"
            ),
            ("1000001625", MassResult("send success", 100, 80, 75, 5)),
        ),
        (
            "<MsgID>1</MsgID><Status>err(10001)</Status><TotalCount>-1</TotalCount><SentCount>x</SentCount>",
            ("1", MassResult("err(10001)", 0, 0, 0, 0)),
        ),
        ("<MsgID>../x</MsgID><Status>send success</Status>", None),
    ],
)
def test_the_end_of_a_mass_message_is_its_counts_whoever_it_seems_to_come_from(
    inside: str, told: tuple[str, MassResult] | None
) -> None:
    for sender in ("oPerson00000000000000000001", "gh_mass"):
        xml = event("MASSSENDJOBFINISH", inside).replace(b"oPerson00000000000000000001", sender.encode())
        push = parse(xml)
        assert (push and push.finished) == (told and MassFinished(*told))


@pytest.mark.parametrize(
    ("msgid", "status", "told"),
    [
        ("3662956322040938501", "success", NoticeArrived("3662956322040938501")),
        ("3662956322040938501", "failed:user block", None),
        ("soon", "success", None),
    ],
)
def test_a_notice_that_arrived_is_told_by_its_id(msgid: str, status: str, told: NoticeArrived | None) -> None:
    push = parse(finished(msgid, status))
    assert push is not None
    assert push.finished == told
