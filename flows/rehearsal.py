"""A rehearsal: one account with its person in memory, for transcripts and for talking to the bot in a terminal.

It does what the store and the workers do with effects, at once and for one person: claims are bound as soon as they
are declared, a wanted picture exists from the next message on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from domain.people import Claim, Level, Profile, mask_document, mask_name, mask_phone
from domain.verdict import Colour, World
from flows.core import (
    Amend,
    Declare,
    Desk,
    Effect,
    Erase,
    Incoming,
    Json,
    Known,
    Picture,
    Record,
    SendSms,
    Session,
    Turn,
    WantCode,
)
from flows.front_desk import take
from flows.session_json import dump, load
from flows.standing import colour_may_show, verdict_of

PICTURE_LIVES = timedelta(hours=24)
PID = b"rehearsal-01"


@dataclass(slots=True)
class Rehearsal:
    """Holds what the store would hold. `now` is moved by whoever drives it."""

    now: datetime
    sms: bool = True
    world: World = field(default_factory=World)
    claim: Claim = Claim.BOUND
    """What becomes of a declared claim."""
    sms_code: Callable[[str, str], str] = lambda phone, nonce: "246810"
    session: Session = field(default_factory=lambda: Session("rehearse"))
    known: Known | None = None

    def hear(self, incoming: Incoming) -> Turn:
        """One message: the turn, with the session taken through JSON and the effects applied."""
        turn = take(self.session, self.known, incoming, Desk(self.now, self.world, self.sms, self.sms_code))
        self.session = load(json.loads(json.dumps(dump(turn.session))))
        for effect in turn.effects:
            self.known = self._applied(effect)
        return turn

    def say(self, text: str) -> Turn:
        return self.hear(Incoming("text", self.now, text=text))

    def _applied(self, effect: Effect) -> Known | None:
        known = self.known
        match effect:
            case Declare():
                return self._declared(effect)
            case Erase():
                return None
            case Record(fact=fact) if known:
                return replace(known, history=known.history.plus(fact))
            case Amend() if known:
                return replace(known, profile=_amended(known.profile, effect), level=_level(known.level, effect))
            case WantCode() if known:
                return replace(known, picture=self._drawn(known))
            case _:
                return known

    def _declared(self, effect: Declare) -> Known:
        who = effect.identity
        profile = Profile(
            mask_name(who.name), mask_document(who.document), mask_phone(who.phone), effect.community, effect.address
        )
        before = self.known.history if self.known else None
        history = before.plus(effect.fact) if before else _history_of(effect)
        known = Known(PID, self.claim, effect.level, profile, history)
        return replace(known, picture=self._drawn(known))

    def _drawn(self, known: Known) -> Picture:
        colour = verdict_of(known, self.now_desk()).colour if colour_may_show(known) else Colour.NONE
        return Picture(f"picture-{colour.value}", colour, self.now + PICTURE_LIVES)

    def now_desk(self) -> Desk:
        return Desk(self.now, self.world, self.sms, self.sms_code)


def told_effect(effect: Effect) -> str:
    """An effect as one line of a transcript."""
    name, args = effect_words(effect)
    return f"{name} {json.dumps(args, ensure_ascii=False)}" if args else name
