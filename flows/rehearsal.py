"""A rehearsal: one account with its people in memory, for transcripts and for talking to the bot in a terminal.

It does what the store and the workers do with effects, at once and for one account: claims are bound as soon as they
are declared, a wanted picture exists from the next message on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain.appeals import filed
from domain.care import Capacity, accepted, without
from domain.documents import to_json
from domain.facts import History
from domain.people import Claim, Level, Profile, mask_document, mask_name, mask_phone
from domain.verdict import Colour, World
from flows.core import Desk, Duty, Incoming, Known, Picture, Session, Turn
from flows.effects import (
    AddCare,
    Amend,
    AnswerCare,
    Appeal,
    Ask,
    Declare,
    Effect,
    EndCare,
    Erase,
    Record,
    SendSms,
    Undelivered,
    WantCode,
    WantCodes,
)
from flows.front_desk import take
from flows.plain import Json
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
    duty: Duty | None = None
    family: tuple[Known, ...] = ()

    def hear(self, incoming: Incoming) -> Turn:
        """One message: the turn, with the session taken through JSON and the effects applied."""
        turn = take(self.session, self.known, incoming, self.desk(), self.family)
        self.session = load(json.loads(json.dumps(dump(turn.session))))
        for effect in turn.effects:
            self._apply(effect)
        return turn

    def say(self, text: str) -> Turn:
        return self.hear(Incoming("text", self.now, text=text))

    def _apply(self, effect: Effect) -> None:
        """To the person that it concerns, oneself or one of the family."""
        pid = getattr(effect, "pid", PID)
        if isinstance(effect, AddCare):
            self.family = (*self.family, self._added(effect))
        elif pid == PID or not any(each.pid == pid for each in self.family):
            self.known = self._applied(effect, self.known)
        else:
            applied = ((each, self._applied(effect, each) if each.pid == pid else each) for each in self.family)
            self.family = tuple(after for _, after in applied if after is not None)

    def _added(self, effect: AddCare) -> Known:
        """Taken at once, unproved, unless there is somebody to ask."""
        pid = f"relative-{len(self.family) + 1:03d}".encode()
        if effect.fact is None:
            return Known(
                pid,
                Claim.CHECKING,
                Level.UNVERIFIED,
                Profile("", "", "", "", ""),
                History(),
                capacity=Capacity.ASKING,
                relation=effect.relation,
                since=self.now,
            )
        who = effect.identity
        profile = Profile(mask_name(who.name), mask_document(who.document), "", effect.community, "")
        return Known(
            pid,
            self.claim,
            Level.UNVERIFIED,
            profile,
            History((effect.fact,)),
            capacity=Capacity.CARER,
            relation=effect.relation,
            since=self.now,
            on_own=False,
        )

    def _applied(self, effect: Effect, known: Known | None) -> Known | None:
        match effect:
            case Declare():
                return self._declared(effect)
            case Erase():
                return None
            case Record(fact=fact) if known:
                return replace(known, history=known.history.plus(fact))
            case Amend() if known:
                return replace(
                    known,
                    profile=_amended(known.profile, effect),
                    level=known.level if effect.level is None else effect.level,
                    remind=known.remind if effect.remind is None else effect.remind,
                )
            case Appeal(ticket=ticket) if known:
                return replace(known, tickets=filed(known.tickets, ticket.bare()))
            case WantCode() if known:
                return replace(known, picture=self._drawn(known))
            case AnswerCare(carer=carer, yes=yes) if known:
                kept = accepted(known.carers, carer, self.now) if yes else without(known.carers, carer)
                return replace(known, carers=kept)
            case EndCare(carer="") if known:
                return None
            case EndCare(carer=carer) if known:
                return replace(known, carers=without(known.carers, carer))
            case _:
                return known

    def _declared(self, effect: Declare) -> Known:
        who = effect.identity
        profile = Profile(
            mask_name(who.name), mask_document(who.document), mask_phone(who.phone), effect.community, effect.address
        )
        before = self.known.history if self.known else History()
        known = Known(PID, self.claim, effect.level, profile, before.plus(effect.fact))
        return replace(known, picture=self._drawn(known))

    def _drawn(self, known: Known) -> Picture:
        colour = verdict_of(known, self.desk()).colour if colour_may_show(known) else Colour.NONE
        return Picture(f"picture-{colour.value}", colour, self.now + PICTURE_LIVES)

    def desk(self) -> Desk:
        return Desk(self.now, self.world, self.sms, self.sms_code, duty=self.duty)


def told_effect(effect: Effect) -> str:
    """An effect as one line of a transcript."""
    match effect:
        case Declare():
            return _told_claim(effect)
        case Record(pid=pid, fact=fact):
            whose = "" if pid == PID else f" {pid.decode()}"
            return f"record{whose} {_json(to_json(fact))}"
        case AddCare():
            return _told_relative(effect)
        case AnswerCare():
            return f"answer_care {effect.carer} {'yes' if effect.yes else 'no'}"
        case EndCare(pid=pid, carer=carer):
            return f"end_care {carer or pid.decode()}"
        case WantCodes(pids=pids):
            return f"want_codes {len(pids)}"
        case Amend():
            return _told_amendment(effect)
        case SendSms(phone=phone, nonce=nonce):
            return f"send_sms {_json({'phone': phone, 'nonce': nonce})}"
        case WantCode(pid=pid):
            return "want_code" if pid == PID else f"want_code {pid.decode()}"
        case Appeal(ticket=ticket):
            said = {"number": ticket.number, "owner": ticket.owner, "clause": ticket.clause, "fact": ticket.fact}
            return f"appeal {_json({**said, 'text': ticket.text, 'pictures': ticket.pictures})}"
        case Ask(what=what, args=args):
            return f"ask {what} {_json(dict(args))}"
        case Erase():
            return "erase"
        case Undelivered(notices=notices, reason=reason):
            return f"undelivered {_json({'notices': notices, 'reason': reason})}"


def _told_claim(effect: Declare) -> str:
    who = effect.identity
    claim: dict[str, Json] = {"name": who.name, "document": [who.document.kind.value, who.document.number]}
    claim |= {"phone": who.phone, "level": effect.level.name.lower()}
    claim |= {"community": effect.community, "address": effect.address}
    return f"declare {_json(claim)} {_json(to_json(effect.fact))}"


def _told_relative(effect: AddCare) -> str:
    who = effect.identity
    added: dict[str, Json] = {"relation": effect.relation, "name": who.name, "asker": effect.asker}
    added |= {"document": [who.document.kind.value, who.document.number]}
    added |= {"community": effect.community, "address": effect.address}
    return f"add_care {_json(added)} {_json(to_json(effect.fact)) if effect.fact else '-'}"


def _told_amendment(effect: Amend) -> str:
    changed: dict[str, Json] = {
        "phone": effect.phone,
        "level": None if effect.level is None else effect.level.name.lower(),
    }
    changed |= {"address": effect.address, "community": effect.community, "remind": effect.remind}
    return f"amend {_json({key: value for key, value in changed.items() if value is not None})}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _amended(profile: Profile, effect: Amend) -> Profile:
    return replace(
        profile,
        phone=profile.phone if effect.phone is None else mask_phone(effect.phone),
        address=profile.address if effect.address is None else effect.address,
        community=profile.community if effect.community is None else effect.community,
    )
