"""The family's front desk: asked before the resident's own words. Whom one acts for, what is said about them, who acts
for oneself. What may be done about whom, `domain.care` says."""

from __future__ import annotations

from dataclasses import replace

from domain.care import ASKED_DAYS, MOST_RELATIVES, Care, Carer, may, spellings
from domain.facts import day_of
from domain.reject import Reject
from flows.answers import answer_once
from flows.catalogue import FLOWS
from flows.checkin import CHECKIN, check_in, undo
from flows.core import Known, Say, Turn
from flows.effects import AnswerCare, EndCare, WantCodes
from flows.engine import about, begin, reject_say
from flows.exposure import EXPOSURE
from flows.family_add import ADD_RELATIVE
from flows.family_checkin import FAMILY_CHECKIN, family_check_in, family_undo
from flows.family_order import acting, asking, called, is_full, names, requests, wanted_order, with_relatives
from flows.family_words import ASKS, Addressed, FamilyCommand, addressed, read
from flows.plain import Json
from flows.questions import FOR, Flow, Scene
from flows.standing import colour_may_show, own_reports, verdict_of
from flows.temperature import read_temperature
from flows.told import relative, told_day
from flows.words import Command


def said(scene: Scene, text: str) -> Turn | None:
    """The turn of a word about the family; None for everything else."""
    under_way = _under_way(scene)
    heard = read(text)
    if heard is None:
        named = addressed(text, names(scene), outside=under_way is None) if scene.family else None
        return None if named is None else _about_one(scene, named)
    if scene.known is None:
        return None if under_way is not None else Turn(scene.session, (Say("declare_first"),))
    return _commanded(scene, *heard)


def is_over(scene: Scene) -> bool:
    """Whether what is under way is about somebody whom the account acts for no more."""
    conversation = scene.session.conversation
    if conversation is None or FOR not in conversation.answers:
        return False
    return conversation.answers[FOR] not in {each.pid.hex() for each in acting(scene)}


def _commanded(scene: Scene, command: FamilyCommand, rest: str) -> Turn:
    match command:
        case FamilyCommand.LIST:
            return Turn(scene.session, (family_list(scene),))
        case FamilyCommand.ADD:
            return _busy(scene, ADD_RELATIVE) or _add(scene)
        case FamilyCommand.CODES:
            return _codes(scene)
        case FamilyCommand.UNDO:
            return family_undo(scene)
        case FamilyCommand.CHECK_IN:
            return _busy(scene, FAMILY_CHECKIN) or family_check_in(_outside(scene), rest)
        case FamilyCommand.ACCEPT | FamilyCommand.DECLINE:
            return _answered(scene, rest, yes=command is FamilyCommand.ACCEPT)
        case FamilyCommand.DISMISS:
            return _dismissed(scene, rest)
        case FamilyCommand.REMOVE:
            return _left(scene, rest)


def _under_way(scene: Scene) -> Flow | None:
    conversation = scene.session.conversation
    return FLOWS.get(conversation.flow) if conversation else None


def _outside(scene: Scene) -> Scene:
    return replace(scene, session=replace(scene.session, conversation=None))


def _busy(scene: Scene, flow: Flow) -> Turn | None:
    """Another conversation is under way: it is finished first, or left."""
    open_one = _under_way(scene)
    if open_one is None or (open_one is flow and flow is FAMILY_CHECKIN):
        return None
    return Turn(scene.session, (Say("in_the_middle", {"title": open_one.title}),))


# --- one of the family -----------------------------------------------------------------------------------------------


def _about_one(scene: Scene, named: Addressed) -> Turn:
    """What was said about one of those whom the account acts for, as if they had said it themselves."""
    people = acting(scene)
    if named.place >= len(people):
        return Turn(scene.session, (wanted_order(scene),))
    person = people[named.place]
    here = scene.about(person) if person.relation else scene
    care = Care.REPORT if named.command is None else ASKS[named.command]
    if not may(person.capacity, care):
        return Turn(scene.session, (Say("care_may_not", {}, person.relation),))
    outside = _outside(here)
    turn = about(_done(outside, named), here.who)
    if turn.session.conversation is not None:
        return _busy(scene, CHECKIN) or turn
    return replace(turn, session=replace(turn.session, conversation=scene.session.conversation))


def _done(here: Scene, named: Addressed) -> Turn:
    match named.command:
        case None:
            return _reported(here, named.rest)
        case Command.CHECKIN | Command.UNWELL:
            return check_in(here, None, unwell=named.command is Command.UNWELL)
        case Command.UNDO:
            return undo(here)
        case Command.EXPOSURE:
            return begin(EXPOSURE, here, here.subject)
        case command:
            return answer_once(command, here) or Turn(here.session, (Say("care_may_not"),))


def _reported(here: Scene, rest: str) -> Turn:
    try:
        return check_in(here, read_temperature(rest))
    except Reject as reject:
        return Turn(here.session, (reject_say(reject),))


# --- all of them -----------------------------------------------------------------------------------------------------


def _add(scene: Scene) -> Turn:
    if is_full(scene):
        return Turn(scene.session, (Say("family_full", {"most": MOST_RELATIVES}),))
    return begin(ADD_RELATIVE, scene)


def _codes(scene: Scene) -> Turn:
    people = with_relatives(scene)
    if not people:
        return Turn(scene.session, (Say("family_alone"),))
    shown: list[Json] = [called(each) for each in people]
    wants = WantCodes(pids=tuple(each.pid for each in people))
    return Turn(scene.session, (Say("codes_coming", {"names": shown}),), (wants,))


def family_list(scene: Scene) -> Say:
    """家人: whom one acts for, by number, and how they stand; who was asked; who acts for oneself; who asks to."""
    known = scene.known
    people: list[Json] = [
        {
            "who": called(each),
            "name": each.profile.name,
            "colour": _colour(each, scene),
            "reported": _reported_today(each, scene),
        }
        for each in with_relatives(scene)
    ]
    waiting: list[Json] = [[called(each), told_day(day_of(each.since)) if each.since else ""] for each in asking(scene)]
    asked = requests_told(scene)
    args: dict[str, Json] = {"people": people, "waiting": waiting, "requests": asked, "days": ASKED_DAYS}
    return Say("family", {**args, "carers": carers_of(known)})


def requests_told(scene: Scene) -> list[Json]:
    """[who asks, what they call the person, what the resident calls the person: nothing for oneself]."""
    return [[carer.name, relative(carer.relation), relative(person.relation)] for person, carer in requests(scene)]


def carers_of(known: Known | None) -> list[Json]:
    """[name, what they call the resident] of whoever acts for them."""
    return [[each.name, relative(each.relation)] for each in _carers(known)]


def _carers(known: Known | None) -> list[Carer]:
    return [each for each in known.carers if each.active] if known else []


def _colour(known: Known, scene: Scene) -> str:
    return verdict_of(known, scene.desk).colour.value if colour_may_show(known) else "unverified"


def _reported_today(known: Known, scene: Scene) -> bool:
    return bool(own_reports(known.history, scene.today))


# --- who cares -------------------------------------------------------------------------------------------------------


def _answered(scene: Scene, which: str, *, yes: bool) -> Turn:
    waiting = requests(scene)
    place = _place(which, [spellings(carer.relation) for _, carer in waiting])
    if place is None:
        return Turn(scene.session, (Say("care_requests", {"requests": requests_told(scene), "yes": yes}),))
    person, carer = waiting[place]
    effect = AnswerCare(pid=person.pid, carer=carer.account, yes=yes)
    said = Say("care_said", {"yes": yes, "name": carer.name}, person.relation)
    return Turn(scene.session, (said,), (effect,))


def _dismissed(scene: Scene, which: str) -> Turn:
    """Somebody who acts for the resident does so no more, at once."""
    known, carers = scene.known, _carers(scene.known)
    place = _place(which, [(each.name,) for each in carers])
    if known is None or place is None:
        return Turn(scene.session, (Say("care_dismiss", {"carers": carers_of(known)}),))
    carer = carers[place]
    effect = EndCare(pid=known.pid, carer=carer.account)
    return Turn(scene.session, (Say("care_dismissed", {"name": carer.name}),), (effect,))


def _left(scene: Scene, which: str) -> Turn:
    """The resident acts for a relative no more, or takes the request back; by the number in the list or the word."""
    people = acting(scene)
    relatives = [*people, *asking(scene)]
    place = _place(which, [spellings(each.relation) for each in relatives], alone=False)
    if place is None or not relatives[place].relation:
        shown: list[Json] = [[number, called(each)] for number, each in enumerate(relatives, 1) if each.relation]
        return Turn(scene.session, (Say("care_leave", {"people": shown}),))
    relative = relatives[place]
    return Turn(scene.session, (Say("care_left", {}, relative.relation),), (EndCare(pid=relative.pid),))


def _place(which: str, words: list[tuple[str, ...]], *, alone: bool = True) -> int | None:
    """The place that a number from 1 or a word means; without either the only one, if it may be meant so."""
    if not which:
        return 0 if alone and len(words) == 1 else None
    if which.isdigit():
        return int(which) - 1 if 1 <= int(which) <= len(words) else None
    fits = [place for place, each in enumerate(words) if which.lower() in map(str.lower, each)]
    return fits[0] if len(fits) == 1 else None
