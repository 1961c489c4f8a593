"""Residents on the sandbox's phones: their talk to the account, and the wait for what arrives in the chat."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bench.house import call
from bench.residents import SCENE, THANKS, Resident

ANSWERS = 40.0
"""Seconds to wait for anything in a chat."""


class NoPicture(Exception):
    """The chat has no picture after all the waiting."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone of the sandbox at `sandbox`."""

    sandbox: str
    id: str
    number: str
    openid: str
    owner: Resident

    def follow(self) -> str:
        """Follow by the community's code, or scan it again; the text answered, empty when the platform got none."""
        return str((call(f"{self._url}/follow", {"scene": SCENE})["reply"] or {}).get("text", ""))

    def say(self, content: str) -> str:
        """The text that appears under what was said; empty when the platform shows its fault."""
        return str((self.push(content)["reply"] or {}).get("text", ""))

    def push(self, content: str, **more: Any) -> dict[str, Any]:
        """What the phone API tells of a text: the reply, and every attempt to deliver it."""
        answer: dict[str, Any] = call(f"{self._url}/text", {"content": content, **more})
        return answer

    def lines(self, after: int = 0, wait: float = 0) -> list[dict[str, Any]]:
        """The lines of the chat above number `after`; waits for the first."""
        found: list[dict[str, Any]] = call(f"{self._url}/messages?after={after}&wait={wait}")
        return found

    def pictures(self) -> int:
        """How many pictures the account has sent."""
        return sum(line["from"] == "account" and line["type"] == "image" for line in self.lines())

    def first(self, sender: str, type_: str, after: int = 0) -> dict[str, Any]:
        """The first such line above `after`. Raises NoPicture when none comes."""
        deadline = time.monotonic() + ANSWERS
        while time.monotonic() < deadline:
            for line in self.lines(after, wait=5):
                after = line["n"]
                if line["from"] == sender and line["type"] == type_:
                    return line
        raise NoPicture(f"{self.id}: nothing of type {type_} from {sender}")

    def until_heard(self, words: str) -> None:
        """Wait until the chat says so. Raises TimeoutError."""
        deadline = time.monotonic() + ANSWERS
        while not any(words in str(line.get("text")) for line in self.lines()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"the chat never said {words}")
            time.sleep(0.2)

    @property
    def _url(self) -> str:
        return f"{self.sandbox}/sandbox/phones/{self.id}"


def new_phone(sandbox: str, owner: Resident) -> Phone:
    """A phone that follows nobody yet."""
    told = call(f"{sandbox}/sandbox/phones", {"name": "王芳", "number": owner.phone})
    return Phone(sandbox, told["id"], told["number"], told["openid"], owner)


def up_to_summary(phone: Phone) -> None:
    """Follow and answer everything, the text-message code too, so that only 确认 is left to say."""
    phone.follow()
    for content in phone.owner.words:
        reply = phone.say(content)
        if content == phone.owner.phone:
            reply = phone.say(code_in(phone.first("sms", "sms")["text"]))
    if "确认" not in reply:
        raise RuntimeError(f"no summary: {reply}")


def confirm(phone: Phone) -> None:
    """Say 确认. Raises RuntimeError without the thanks."""
    reply = phone.say("确认")
    if THANKS not in reply:
        raise RuntimeError(f"no thanks: {reply}")


def code_in(text: str) -> str:
    found = re.search(r"(?<!\d)\d{6}(?!\d)", text)
    if found is None:
        raise RuntimeError("a text message without a code")
    return found[0]


PAGE = 10_000


def population(sandbox: str, prefix: str, count: int, said: str = "") -> list[dict[str, Any]]:
    """All of them, page by page; of what they received, only what says this, if it is given."""
    people: list[dict[str, Any]] = []
    while len(people) < count:
        asked = urlencode({"prefix": prefix, "after": len(people), "most": PAGE, "said": said})
        people += call(f"{sandbox}/sandbox/population?{asked}")["people"][: count - len(people)]
    return people
