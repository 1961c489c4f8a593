"""Our ledger of windows and credits against the platform's own: never a message that it refuses."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from channel.platform import Client, Platform, SendError, Text
from store.tokens import Tokens
from tests.reach.conftest import House, OpenHouse, Resident
from tests.sandbox.conftest import ACCOUNT
from worker.delivery.reaching import Unreached

WAITS = (0, 5, 30, 61, 3_600, 47 * 3_600, 48 * 3_600)
STEPS = 80


def act(resident: Resident, choose: random.Random) -> None:
    """Something that a resident may do, or time."""
    match choose.choice(("text", "text", "tap", "click", "view", "scan", "image", "leave", "wait", "wait", "wait")):
        case "text":
            resident.says("帮助")
        case "tap":
            resident.act("text", content="帮助", menu_id="1")
        case "click":
            resident.act("click", key="help")
        case "view":
            resident.act("click", url="http://127.0.0.1:9/")
        case "scan":
            resident.act("follow", scene="community:640106001002")
        case "image":
            resident.act("message", type="image")
        case "leave":
            resident.act("unfollow")
            # Events have no id but their second: leaving twice within one would be the same event, twice delivered.
            resident.house.platform.world.clock.advance(choose.choice((1.0, 61.0)))
            resident.act("follow")
        case _:
            resident.house.platform.world.clock.advance(choose.choice(WAITS))


@pytest.mark.parametrize("seed", range(4))
def test_what_our_ledger_lets_through_the_platform_takes(house: House, seed: int) -> None:
    choose, resident, reaching = random.Random(seed), house.resident(), house.ctx.reaching()
    sent = kept_back = 0
    for _ in range(STEPS):
        act(resident, choose)
        for _ in range(choose.randrange(4)):
            try:
                reaching.custom(resident.openid, Text("您好"))
                sent += 1
            except Unreached as unreached:
                (step,) = unreached.trail
                assert step.code == 0, f"the platform refused: {step}"
                kept_back += 1
    assert sent > 10
    assert kept_back > 10


def test_a_message_gives_five_and_a_tap_three(house: House) -> None:
    resident, reaching = house.resident(), house.ctx.reaching()

    def sent() -> int:
        for number in range(10):
            try:
                reaching.custom(resident.openid, Text("您好"))
            except Unreached:
                return number
        return 10

    resident.says("帮助")
    house.platform.world.clock.advance(61)
    assert sent() == 5
    resident.act("click", key="help")
    assert sent() == 3
    house.platform.world.clock.advance(5)
    resident.act("text", content="帮助", menu_id="1")
    assert sent() == 3


@pytest.mark.parametrize(("limit", "why"), [("message_window", "no-window"), ("message_credits", "no-credits")])
def test_where_the_platform_gives_less_than_we_believe_it_is_believed_until_the_next_message(
    open_house: OpenHouse, limit: str, why: str
) -> None:
    house = open_house(**{limit: 0})
    resident, reaching = house.resident(), house.ctx.reaching()
    house.platform.world.clock.advance(61)
    resident.says("帮助")
    with pytest.raises(Unreached, match=f"custom:{why}:450") as refused:
        reaching.custom(resident.openid, Text("您好"))
    assert refused.value.trail[0].code in (45015, 45047)
    before = house.counted("/cgi-bin/message/custom/send")
    with pytest.raises(Unreached, match=r"custom:no-window$"):
        reaching.custom(resident.openid, Text("您好"))
    assert house.counted("/cgi-bin/message/custom/send") == before


@pytest.fixture
def hanging_up() -> Iterator[str]:
    """The address of a platform that takes a request and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.recv(65_536)
            connection.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


def test_a_message_whose_answer_was_lost_costs_its_credit_and_one_refused_does_not(
    house: House, hanging_up: str
) -> None:
    """The lost one may have been sent: another in its place could be the sixth."""
    resident, ctx, reaching = house.resident(), house.ctx, house.ctx.reaching()
    resident.says("帮助")
    with pytest.raises(Unreached, match="rejected:44004"):
        reaching.custom(resident.openid, Text(""))
    assert ctx.reaches.read(resident.openid).sends == ()
    client = Client(hanging_up, ACCOUNT["app_id"], ACCOUNT["app_secret"], Tokens(ctx.redis, ctx.keys))
    with pytest.raises(SendError) as lost:
        replace(reaching, platform=Platform(client)).custom(resident.openid, Text("您好"))
    assert lost.value.sent_unknown
    assert len(ctx.reaches.read(resident.openid).sends) == 1
