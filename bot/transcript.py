"""Transcripts: a talk as text that can be played again. Whoever plays one keeps the 居民 lines and makes the rest anew.

# a comment, kept as it is
! consented                       the account has agreed already
! declared 36.5                   and declared at this instant, as 王芳 of 长城花园社区, phone proved
! filled until community          the declaration is under way, 王芳 has answered all before this question
! sms off                         no text messages here
! claim contested                 what becomes of a declared claim: bound, checking, contested
! level unverified                how well the claim is proved
! risk 武汉市 2020-02-20          a listed area
! ends 2020-03-04                 the last day of the notice
! relative 妈妈 李桂兰 confirmed    the account acts for her, without an account of her own, at this level
! carer 王强 女儿                 somebody acts for the account's person
! asks 王强 女儿 [妈妈]            somebody asks to, or to act for a relative as well
! duty community_worker           the account is on duty as 李强 of 凤凰社区, in these roles
@ 2020-03-02 08:00                the clock moves to this instant
! look 金凤区疾控中心 流调        an organisation looked at the record, for a purpose
+ {"kind": "case", …}             a fact recorded by somebody else, `at` is now; "organisation" says who
* 13                              the line before once more on each of the next 13 days; the last one is shown
居民：申报                         a message
居民（早60秒）：申报                the same, sent so many seconds ago and delivered late
居民：〔关注〕 〔扫码 community:…〕 〔取消关注〕 〔菜单 code〕 〔图片 media-id〕 〔语音〕 〔空〕 …
机器人：…                         what the bot said, asked or of itself; more lines are indented; taps stand in 〔〕
→ …                              an effect
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from channel.render import render
from domain.care import Capacity, Carer, relation_in, spellings
from domain.documents import fact_from_json
from domain.facts import SHANGHAI, By, Declaration, History
from domain.people import Claim, Level, Profile, mask_name
from domain.person import Look
from domain.roles import Role
from domain.verdict import RiskArea
from flows.core import Conversation, Duty, Incoming, IncomingKind, Known, Show, ShowCard, Turn
from flows.declaration import DECLARATION
from flows.explaining import told_colour
from flows.plain import Json
from flows.rehearsal import PID, Rehearsal, told_effect
from flows.standing import colour_may_show, verdict_of

START = datetime(2020, 3, 2, 8, 0, tzinfo=SHANGHAI)

SPOKEN = "居民："
BLANK = "↵"
"""An empty line inside a reply; really empty lines part the scenes of a transcript."""
WANG_FANG: dict[str, Json] = {
    "name": "王芳",
    "document": {"kind": "10", "number": "640106198001010024"},
    "phone": "13800000000",
    "code": "proved",
    "community": "640106003004",
    "address": "长城花园3号楼2单元501",
    "travelled": False,
    "contact": False,
    "isolation": "none",
    "symptoms": [],
    "temperature": "36.5",
}
"""Invented. What 王芳 answers when a transcript is about something else."""

_LATE = re.compile(r"居民（早(\d+)秒）：(.*)")
_TAP = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^&"]*)&msgmenuid=\d+">\1</a>')
_GESTURE = re.compile(r"〔(\S+)(?: (\S+))?〕")
_GESTURES: dict[str, IncomingKind] = {
    "关注": "subscribe",
    "取消关注": "unsubscribe",
    "扫码": "scan",
    "菜单": "click",
    "图片": "image",
    "语音": "voice",
    "视频": "video",
    "位置": "location",
    "链接": "link",
    "空": "text",
    "未知": "other",
}


def play(text: str) -> str:
    """The whole transcript with the bot's lines and the effects as they are now. Raises ValueError for a bad line."""
    stage = Stage(Rehearsal(START))
    played: list[str] = []
    for line in text.splitlines():
        if not line.startswith(("机器人：", "→", "    ")):
            played.append(line)
            played.extend(stage.perform(line))
    return "\n".join(played).rstrip() + "\n"


@dataclass(slots=True)
class Stage:
    """Performs lines on a rehearsal."""

    rehearsal: Rehearsal
    last: str = ""

    def perform(self, line: str) -> list[str]:
        """What the bot does about one line."""
        if line.startswith("*"):
            return self._repeat(int(line[1:]))
        self.last = line
        if line.startswith(SPOKEN):
            return told(self.rehearsal.hear(incoming_of(line.removeprefix(SPOKEN), self.rehearsal.now)))
        if late := _LATE.fullmatch(line):
            sent = self.rehearsal.now - timedelta(seconds=int(late[1]))
            return told(self.rehearsal.hear(incoming_of(late[2], sent)))
        match line[:1]:
            case "@":
                self.rehearsal.now = datetime.strptime(line[1:].strip(), "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
            case "!":
                self._arrange(line[1:].split())
            case "+":
                return self._record(line[1:])
            case "#" | "":
                pass
            case _:
                raise ValueError(f"not a line of a transcript: {line}")
        return []

    def _repeat(self, days: int) -> list[str]:
        shown: list[str] = []
        for _ in range(days):
            self.rehearsal.now += timedelta(days=1)
            shown = self.perform(self.last)
        return shown

    def _record(self, text: str) -> list[str]:
        """A fact by somebody else, and what the resident is told when it changes the colour."""
        known, now = self.rehearsal.known, self.rehearsal.now
        if known is None:
            raise ValueError("a fact, and nobody has declared")
        given = json.loads(text)
        fact = fact_from_json({"id": f"other-{len(known.history.facts)}", "at": now.isoformat(), **given})
        by = {fact.id: given["organisation"]} if "organisation" in given else {}
        self.rehearsal.known = replace(known, history=known.history.plus(fact), recorded_by={**known.recorded_by, **by})
        desk = self.rehearsal.desk()
        before, after = verdict_of(known, desk).colour, verdict_of(self.rehearsal.known, desk).colour
        if before is after or not colour_may_show(known):
            return []
        say = told_colour(before, self.rehearsal.known.history, self.rehearsal.known.recorded_by, now, desk.world)
        return told(Turn(self.rehearsal.session, (say,)))

    def _arrange(self, words: list[str]) -> None:
        stage = self.rehearsal
        match words:
            case ["consented"]:
                stage.session = replace(stage.session, following=True, consented_at=stage.now)
            case ["declared", temperature]:
                stage.session = replace(stage.session, following=True, consented_at=stage.now)
                stage.known = _declared(stage.now, temperature, stage.claim)
            case ["filled", "until", question]:
                stage.session = replace(stage.session, conversation=_filled(question, stage.now))
            case ["sms", "off"]:
                stage.sms = False
            case ["claim", claim]:
                stage.claim = Claim(claim)
                stage.known = replace(stage.known, claim=stage.claim) if stage.known else None
            case ["level", level] if stage.known:
                stage.known = replace(stage.known, level=Level[level.upper()])
            case ["look", organisation, purpose] if stage.known:
                look = Look(organisation, stage.now, purpose)
                stage.known = replace(stage.known, looks=(*stage.known.looks, look))
            case ["risk", name, since]:
                area = RiskArea(name, date.fromisoformat(since))
                stage.world = replace(stage.world, risk_areas=(*stage.world.risk_areas, area))
            case ["relative", relation, name, level]:
                stage.family = (*stage.family, _relative(stage, relation, name, Level[level.upper()]))
            case [("carer" | "asks") as state, name, relation, *whose]:
                called = relation_in(relation, frozenset())
                carer = Carer(f"o-{relation}", called, stage.now, state == "carer", mask_name(name))
                _give(stage, carer, *whose)
            case ["duty", *roles]:
                stage.duty = Duty("li.qiang", "李强", "凤凰社区", tuple(Role(each) for each in roles))
            case ["ends", day]:
                stage.world = replace(stage.world, ends_on=date.fromisoformat(day))
            case _:
                raise ValueError(f"no such arrangement: {' '.join(words)}")


def incoming_of(said: str, at: datetime) -> Incoming:
    """A message or a gesture in 〔〕 as the channel would understand it."""
    gesture = _GESTURE.fullmatch(said)
    kind = _GESTURES.get(gesture[1]) if gesture else None
    if gesture is None or kind is None:
        return Incoming("text", at, text=said)
    word = gesture[2] or ""
    return Incoming(kind, at, key=word, media=word if kind == "image" else "")


def told(turn: Turn) -> list[str]:
    """A turn as lines of a transcript."""
    match turn.says:
        case Show(media_id=media_id):
            lines = [f"机器人：〔图片 {media_id}〕"]
        case ShowCard():
            lines = ["机器人：〔卡片 健康码〕"]
        case ():
            lines = []
        case says:
            first, *more = _TAP.sub(r"〔\1〕", render(says, turn.session.language)).splitlines()
            lines = [f"机器人：{first}", *(f"    {line or BLANK}" for line in more)]
    return [*lines, *(f"→ {told_effect(effect)}" for effect in turn.effects)]


def _relative(stage: Rehearsal, relation: str, name: str, level: Level) -> Known:
    pid = f"relative-{len(stage.family) + 1:03d}".encode()
    fact = Declaration(id=f"{pid.decode()}-0", at=stage.now, by=By.CARER, temperature=Decimal("36.5"))
    profile = Profile(mask_name(name), "64**************24", "", "640106003004", "")
    known, called = Known(pid, Claim.BOUND, level, profile, History((fact,))), relation_in(relation, frozenset())
    return replace(known, capacity=Capacity.CARER, relation=called, since=stage.now, on_own=False)


def _give(stage: Rehearsal, carer: Carer, whose: str = "") -> None:
    """One more carer, of the account's person or of a relative."""
    if stage.known is not None and not whose:
        stage.known = replace(stage.known, carers=(*stage.known.carers, carer))
    stage.family = tuple(
        replace(each, carers=(*each.carers, carer)) if whose in spellings(each.relation) else each
        for each in stage.family
    )


def _filled(question: str, at: datetime) -> Conversation:
    names = [each.name for each in DECLARATION.questions]
    before = names[: names.index(question)]
    answers = {name: value for name, value in WANG_FANG.items() if name in before}
    return Conversation(DECLARATION.name, question, at, answers)


def _declared(at: datetime, temperature: str, claim: Claim) -> Known:
    fact = Declaration(id="declared-0", at=at, by=By.SELF, temperature=Decimal(temperature))
    profile = Profile("王*", "64**************24", "138****0000", "640106003004", "长城花园3号楼2单元501")
    return Known(PID, claim, Level.PHONE, profile, History((fact,)))
