"""Nothing is under way: what a message starts, or is answered with at once."""

from __future__ import annotations

from domain.people import Claim
from domain.reject import Reject
from flows.answers import answer_once
from flows.appeal import APPEAL, may_appeal, progress_of
from flows.catalogue import FOR_THE_BOUND, STARTS
from flows.checkin import check_in, undo
from flows.core import Known, Say, Turn
from flows.engine import begin, reject_say
from flows.questions import Scene
from flows.reminding import asked_to_remind
from flows.temperature import read_temperature
from flows.welcome import declare
from flows.words import Command


def from_outside(scene: Scene, text: str, command: Command | None) -> Turn:
    if command is not None:
        return answer_once(command, scene) or started(scene, command)
    if (turn := asked_to_remind(scene, text)) is not None:
        return turn
    try:
        temperature = read_temperature(text)
    except Reject as reject:
        return Turn(scene.session, (reject_say(reject),))
    if temperature is None:
        return Turn(scene.session, (Say("unclear", {"declared": scene.known is not None}),))
    if is_contested(scene):
        return Turn(scene.session, (Say("contested"),))
    return check_in(scene, temperature)


def started(scene: Scene, command: Command) -> Turn:
    known = scene.known
    if command in FOR_THE_BOUND and known is None:
        return Turn(scene.session, (Say("declare_first"),))
    if command in FOR_THE_BOUND and is_contested(scene):
        return Turn(scene.session, (Say("contested"),))
    match command:
        case Command.DECLARE if known is not None and known.claim is not Claim.CONTESTED:
            return Turn(scene.session, (Say("declared_already"),))
        case Command.DECLARE | Command.REDECLARE:
            return declare(scene, Say("declaration_begins"))
        case Command.CHECKIN | Command.UNWELL:
            return check_in(scene, None, unwell=command is Command.UNWELL)
        case Command.UNDO:
            return undo(scene)
        case Command.APPEAL if known is not None:
            return _appealed(known, scene)
        case Command.EXPOSURE | Command.AMEND | Command.ERASE | Command.REMINDER:
            return begin(STARTS[command], scene)
        case Command.AGREE:
            return Turn(scene.session, (Say("agreed", {"declared": known is not None}),))
        case _:
            return Turn(scene.session, (Say("nothing_open"),))


def _appealed(known: Known, scene: Scene) -> Turn:
    """An appeal, once the claim is settled: before that nobody could say whose it is."""
    if known.claim is Claim.CHECKING:
        return Turn(scene.session, (Say("colour_checking"),))
    if not may_appeal(known):
        return Turn(scene.session, (Say("appeal_enough"), progress_of(known)))
    return begin(APPEAL, scene)


def is_contested(scene: Scene) -> bool:
    return scene.known is not None and scene.known.claim is Claim.CONTESTED
