"""A resident with a phone: what she taps and types, and what arrives, over the sandbox's phone API."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.people import resident_id
from tests.e2e.house import PATIENCE, House
from tests.e2e.picture import Picture

BRIDGE = "640106001002"
"""银川市金凤区满城北街街道中强巷社区."""
CONFIRMED = "申报已收到"

ANSWERS = (
    ("请问您的姓名？", "{name}"),
    ("请问您的居民身份证号码？", "{document}"),
    ("请问您的手机号？", "{number}"),
    ("请输入短信验证码。", "{sms}"),
    ("请写出详细住址", "幸福路1号3-201"),
    ("您是否离开过宁夏", "否"),
    ("您是否接触过", "否"),
    ("您现在是否正在隔离观察？", "1"),
    ("您今天有没有下面这些不舒服？", "无"),
    ("请量一下体温", "{temperature}"),
    ("请核对。", "确认"),
)
"""What she answers, by the question that she is asked: after a fault she may be asked one twice."""


class NoAnswer(Exception):
    """The account said nothing, or that it took nothing down, or asked nothing; or the platform did not reach it."""


@dataclass(frozen=True, slots=True)
class Resident:
    """One invented person. `document` is a valid resident ID of hers alone within her house."""

    house: House
    id: str
    name: str
    number: str
    openid: str
    document: str

    # --- what she does ------------------------------------------------------------------------------------------------

    def follow(self, community: str = BRIDGE) -> str:
        """Scan a community's code and follow; the welcome."""
        return self._said("follow", {"scene": f"community:{community}"})

    def unfollow(self) -> None:
        self._do("unfollow", {})

    def say(self, text: str) -> str:
        """Write, and read the answer. Raises NoAnswer."""
        return self._said("text", {"content": text})

    def look(self) -> Picture:
        """Ask for the code; the picture, whether it is the answer or comes a moment later."""
        before = self.newest()
        reply = self._do("text", {"content": "健康码"})["reply"]
        if reply["type"] == "image":
            return Picture(reply["media_id"], "passive", self.house.picture(reply["media_id"]))
        assert "稍候送到这里" in reply["text"]
        return self.picture_after(before)

    def insist(self, text: str, times: int) -> list[str]:
        """Have the platform send one message several times at once; the XML of every answer, as decrypted."""
        told = self._do("text", {"content": text, "times": times, "overlap": True})
        return [attempt["inner"] for attempt in told["attempts"]]

    def declare(self, temperature: str = "36.5") -> Picture:
        """Follow, agree, answer everything and confirm; the picture that arrives."""
        self.follow()
        self.say("同意")
        before = self.newest()
        self.answer_everything(temperature)
        return self.picture_after(before)

    def answer_everything(self, temperature: str = "36.5") -> str:
        """Answer whatever is asked until the declaration is confirmed; what was said then. Raises NoAnswer."""
        asked = self.say("申报")
        while CONFIRMED not in asked:
            asked = self.say(self.answer_to(asked, temperature))
        return asked

    def answer_to(self, asked: str, temperature: str = "36.5") -> str:
        """Her answer to the question in a message. Raises NoAnswer when there is none in it."""
        template = next((answer for question, answer in ANSWERS if question in asked), None)
        if template is None:
            raise NoAnswer(asked)
        sms = self.sms_code() if "sms" in template else ""
        return template.format(
            name=self.name, document=self.document, number=self.number, sms=sms, temperature=temperature
        )

    # --- what she sees ------------------------------------------------------------------------------------------------

    def newest(self) -> int:
        """The number of the newest line on the phone."""
        return max((line["n"] for line in self.lines()), default=0)

    def lines(self, after: int = 0, wait: float = 0.0) -> list[dict[str, Any]]:
        """The lines on the phone above a number; waits for the first of them."""
        lines: list[dict[str, Any]] = self.house.get(f"/sandbox/phones/{self.id}/messages", after=after, wait=wait)
        return lines

    def wait_for(self, after: int, **like: str) -> dict[str, Any]:
        """The first line above a number that has these fields, e.g. type="image". Raises AssertionError."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for line in self.lines(after, wait=5.0):
                if all(line[name] == value for name, value in like.items()):
                    return line
                after = line["n"]
        raise AssertionError(f"{self.name} waited in vain for {like}: {self.lines()[-5:]}")

    def picture_after(self, after: int) -> Picture:
        """The first picture that the account sent after a line."""
        line = self.wait_for(after, **{"from": "account", "type": "image"})
        return Picture(line["media_id"], line["via"], self.house.picture(line["media_id"]))

    def told_after(self, after: int) -> tuple[str, int]:
        """The first text that came after a line without being asked for, and the number of its line."""
        line = self.wait_for(after, **{"from": "account", "type": "text", "via": "custom"})
        return str(line["text"]), int(line["n"])

    def sms_code(self) -> str:
        """The code in the newest text message; waits for the first."""
        messages = [line["text"] for line in self.lines() if line["from"] == "sms"]
        newest = messages[-1] if messages else self.wait_for(0, **{"from": "sms"})["text"]
        code = re.search(r"\d{6}", newest)
        assert code, newest
        return code[0]

    def _said(self, act: str, body: dict[str, Any]) -> str:
        told = self._do(act, body)
        reply = told["reply"]
        if reply is None or "没有记下" in reply.get("text", ""):
            raise NoAnswer(reply["text"] if reply else told["fault"] or "silence")
        return str(reply["text"])

    def _do(self, act: str, body: dict[str, Any]) -> Any:
        return self.house.post(f"/sandbox/phones/{self.id}/{act}", body)


def move_in(house: House, name: str = "王芳") -> Resident:
    """Somebody new with a phone that follows nobody yet."""
    return resident_with(house, house.post("/sandbox/phones", {"name": name}))


def resident_with(house: House, phone: Mapping[str, Any]) -> Resident:
    """The holder of a phone, as the phone API tells it."""
    document = resident_id("640106", date(1990, 3, 4), int(phone["id"].removeprefix("p")))
    return Resident(house, phone["id"], phone["name"], phone["number"], phone["openid"], document)
