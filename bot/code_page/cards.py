"""What the page shows of a person: the look of the code, its link as a QR, and until when; or why there is no code."""

from __future__ import annotations

import base64
import io
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from markupsafe import Markup
from PIL import Image

from bot.code_page.prose import as_html, says_to, scene_of
from bot.code_page.seals import Seals
from bot.code_page.visits import Stop, Stopped, Visit
from channel.code_image import qr
from channel.code_looks import Look, look_of
from channel.languages import translator
from channel.platform import SendError
from channel.render import render_one
from domain import passes
from domain.people import Claim
from domain.verdict import Colour
from flows.core import Desk, Known, Say
from flows.ended import closed
from flows.plain import Json
from flows.standing import colour_may_show, deadline, verdict_args, verdict_of
from flows.told import Translate, relative, worded, words
from flows.words import Command
from store.known import Shown
from worker.delivery.codes import Signer, code_of
from worker.delivery.reaching import Undeliverable

KEPT = 4_096
"""Codes of the running minute in one process, about 1.5 KB each."""
QUIET = 4
UNVERIFIED, NONE = "unverified", "none"


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is shown. `colour` is that of the look, so that one without proof tells none."""

    colour: str
    look: Look
    qr: str
    """A picture of one pixel a module, as a data URL."""
    issued: datetime
    expires: datetime
    until: datetime | None
    """When the colour ends by itself."""
    left: str
    note: str


@dataclass(frozen=True, slots=True)
class NoCode:
    """Why there is none: in a word, and as the chat says it."""

    word: str
    told: Markup


@dataclass(frozen=True, slots=True)
class Card:
    """A person on the page; `name` is masked."""

    id: str
    relation: str
    name: str
    shown: Code | NoCode

    @property
    def code(self) -> Code | None:
        return self.shown if isinstance(self.shown, Code) else None

    def as_json(self) -> dict[str, Json]:
        """What the script needs to bring a card up to date."""
        shared: dict[str, Json] = {"id": self.id, "relation": self.relation, "name": self.name}
        match self.shown:
            case NoCode(word=word):
                return {**shared, "colour": NONE, "word": word, "shape": "", "line": "", "qr": ""}
            case Code(look=look) as code:
                until = code.until.isoformat() if code.until else None
                shared |= {"colour": code.colour, "word": look.word, "shape": look.shape.value, "line": look.line}
                shared |= {"qr": code.qr, "issued": code.issued.isoformat(), "expires": code.expires.isoformat()}
                return {**shared, "until": until, "left": code.left, "note": code.note}


@dataclass
class Cards:
    """Makes cards. A code is signed once a minute and person, and is the same in every process."""

    signer: Signer
    seals: Seals
    _signed: OrderedDict[tuple[bytes, Colour, datetime, datetime], str] = field(default_factory=OrderedDict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def of(self, visit: Visit, desk: Desk) -> list[Card]:
        """One for each person; one of nobody before a declaration. Raises Stopped."""
        if not visit.people:
            return [Card("nobody", "", "", _without_code(visit, None, desk))]
        return [self._card(visit, shown, desk) for shown in visit.people]

    def _card(self, visit: Visit, shown: Shown, desk: Desk) -> Card:
        known = shown.known
        try:
            code = self._code(known, desk, visit.session.language) if known.claim is Claim.BOUND else None
        except Undeliverable:
            code = None
        except SendError:
            raise Stopped(Stop.AWAY) from None
        id = self.seals.id(visit.visitor.openid, known.pid)
        called = relative(shown.relation) if shown.relation else MYSELF
        relation = str(worded(called, translator(visit.session.language)))
        return Card(id, relation, known.profile.name, code or _without_code(visit, shown, desk))

    def _code(self, known: Known, desk: Desk, language: str) -> Code:
        translate = translator(language)
        colour, expires = code_of(known, desk.now, desk.world)
        issued = desk.now.replace(second=0, microsecond=0)
        expires = min(expires, issued + passes.LIFETIME)
        proved = colour_may_show(known)
        verdict = verdict_of(known, desk)
        args = verdict_args(verdict, desk.now, desk.world) if proved else {"colour": "", "until": "", "left": ""}
        note = render_one(Say("code_until", {"done": None, "rounds": None, **args}), language)
        return Code(
            colour.value if proved else UNVERIFIED,
            _told_look(look_of(colour, not proved), translate),
            self._qr(known.pid, colour, issued, expires),
            issued,
            expires,
            deadline(verdict.until) if proved and verdict.until else None,
            str(worded(args["left"], translate)),
            note,
        )

    def _qr(self, pid: bytes, colour: Colour, issued: datetime, expires: datetime) -> str:
        key = (pid, colour, issued, expires)
        with self._guard:
            kept = self._signed.get(key)
        if kept is None:
            kept = data_url(self.signer.pass_for(pid, colour, issued, expires))
            with self._guard:
                self._signed[key] = kept
                while len(self._signed) > KEPT:
                    self._signed.popitem(last=False)
        return kept


def data_url(link: str) -> str:
    """The QR of a link with its quiet zone, as a PNG of one bit a pixel."""
    light = np.pad(qr(link) >= 128, QUIET, constant_values=True)
    out = io.BytesIO()
    Image.fromarray(light).save(out, "PNG")
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


def _without_code(visit: Visit, shown: Shown | None, desk: Desk) -> NoCode:
    """What the chat answers to 健康码 where there is none."""
    scene, language = scene_of(visit, shown, desk), visit.session.language
    claim = shown.known.claim if shown else Claim.BOUND
    word = words("已停用") if closed(scene, Command.CODE) else _CLAIMED.get(claim, words("暂无健康码"))
    return NoCode(str(worded(word, translator(language))), as_html(says_to(Command.CODE, scene), language))


def _told_look(look: Look, translate: Translate) -> Look:
    return replace(look, word=translate(look.word), line=translate(look.line))


MYSELF = words("本人")
_CLAIMED = {Claim.CHECKING: words("正在核对"), Claim.CONTESTED: words("待核实")}
