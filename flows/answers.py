"""One message, one answer: 健康码, 状态, 为什么, 谁看过我, 记录, 我的数据, 帮助. Nothing here opens a conversation."""

from __future__ import annotations

from domain.days import DayRecord, recent_days
from domain.facts import Symptom, day_of
from domain.notices import in_force
from domain.people import Claim
from domain.places import full_name
from domain.verdict import Colour
from flows.appeal import progress_of
from flows.core import Desk, Known, Say, Show, ShowCard, Turn
from flows.effects import WantCode
from flows.explaining import looks, told_clause, why
from flows.names import SYMPTOM_NAMES
from flows.plain import Json
from flows.privacy import my_data
from flows.questions import Scene
from flows.reminding import SWITCHES, chosen
from flows.standing import colour_may_show, drawn_colour, verdict_args, verdict_of
from flows.told import listed, told_day, words
from flows.words import Command

RECORD_DAYS = 14
SYMPTOMS_SHOWN = 2
"""On one line of the records; fourteen lines must fit into one message."""

ANSWERED = (
    *(Command.CODE, Command.STATUS, Command.WHY, Command.LOOKS, Command.APPEALS, Command.RECORDS, Command.MY_DATA),
    *SWITCHES,
)

HOTLINE = "12345"
"""The government's line, day and night; it connects to the community."""
HEALTH_LINE = "12320"
"""The public-health line."""


def answer_once(command: Command, scene: Scene) -> Turn | None:
    """The answer to a command that needs no conversation; None for the other commands."""
    if command is Command.HELP:
        roles: list[Json] = [each.value for each in scene.desk.duty.roles] if scene.desk.duty else []
        staff = (Say("staff_help", {"roles": roles}),) if roles else ()
        link = code_link(scene.desk) if scene.known is not None else ()
        declared = scene.known is not None
        # Staff have their own words before these: all of both would not fit into one message.
        own = Say("help", {"declared": declared, "short": declared and bool(staff)})
        return Turn(scene.session, (*staff, own, *link))
    if command not in ANSWERED:
        return None
    known = scene.known
    if known is None:
        return Turn(scene.session, (Say("declare_first"),))
    if known.claim is Claim.CONTESTED:
        return Turn(scene.session, (Say("contested"),))
    match command:
        case Command.CODE:
            return _code(known, scene)
        case Command.STATUS:
            return Turn(scene.session, (_status(known, scene),))
        case Command.WHY:
            return Turn(scene.session, (_status(known, scene) if _may_not_show(known, scene) else why(known, scene),))
        case Command.LOOKS:
            return Turn(scene.session, (looks(known) if colour_may_show(known) else _status(known, scene),))
        case Command.APPEALS:
            return Turn(scene.session, (progress_of(known),))
        case _ if command in SWITCHES:
            return chosen(known, scene, SWITCHES[command])
        case Command.RECORDS:
            return Turn(scene.session, (_records(known, scene),))
        case _:
            return Turn(scene.session, (my_data(known),))


def _code(known: Known, scene: Scene) -> Turn:
    """The picture at once when a live one of the right colour is cached, else a word and the wish for one.

    A claim that is still being checked brings its picture by itself once it is settled.
    """
    verdict = verdict_of(known, scene.desk)
    if verdict.colour is Colour.NONE:
        return Turn(scene.session, (Say("no_code"),))
    colour, picture = drawn_colour(known, verdict), known.picture
    if (
        known.claim is Claim.BOUND
        and picture is not None
        and picture.colour is colour
        and picture.expires > scene.desk.now
    ):
        return Turn(scene.session, Show(picture.media_id))
    checking, unverified = known.claim is Claim.CHECKING, not colour_may_show(known)
    if known.claim is Claim.BOUND and scene.desk.uploads_low:
        return Turn(scene.session, ShowCard(known.pid))
    said = Say("code_coming", {"checking": checking, "unverified": unverified, "sms": scene.desk.sms})
    if checking:
        return Turn(scene.session, (said,))
    return Turn(scene.session, (said, *code_link(scene.desk)), (WantCode(pid=known.pid),))


def code_link(desk: Desk) -> tuple[Say, ...]:
    """The line with the link to the live code page, where there is one."""
    return (Say("code_link", {"url": desk.code_url()}),) if desk.code_url else ()


def _status(known: Known, scene: Scene) -> Say:
    if not colour_may_show(known):
        return Say(
            "status_unverified", {"checking": known.claim is Claim.CHECKING, "hotline": HOTLINE, "sms": scene.desk.sms}
        )
    verdict = verdict_of(known, scene.desk)
    if verdict.colour is Colour.NONE:
        return Say("no_code")
    notice = in_force(day_of(scene.desk.now))
    clauses: list[Json] = [[each, told_clause(notice.clause(each))] for each in verdict.clauses]
    args = verdict_args(verdict, scene.desk.now, scene.desk.world)
    args |= {"since": told_day(verdict.since) if verdict.since else "", "clauses": clauses, "notice": verdict.notice}
    community = known.profile.community
    args |= {"community": full_name(community), "telephone": scene.desk.telephones.get(community, "")}
    args |= {"hotline": HOTLINE, "health_line": HEALTH_LINE}
    return Say("status", args)


def _may_not_show(known: Known, scene: Scene) -> bool:
    """Whether there is no colour to explain: not proved, or none."""
    return not colour_may_show(known) or verdict_of(known, scene.desk).colour is Colour.NONE


def _records(known: Known, scene: Scene) -> Say:
    """The newest day first; days before the first report of the fortnight are left out."""
    days = recent_days(known.history, day_of(scene.desk.now), RECORD_DAYS)
    first = next((n for n, each in enumerate(days) if each.reported or each.attested or each.undone), len(days))
    return Say("records", {"days": [_told_record(each) for each in reversed(days[first:])]})


def _told_record(record: DayRecord) -> Json:
    chosen = [words(SYMPTOM_NAMES[each]) for each in Symptom if each in record.symptoms]
    shown = listed(chosen[:SYMPTOMS_SHOWN])
    return {
        "day": told_day(record.day),
        "temperature": "" if record.temperature is None else str(record.temperature),
        "symptoms": words("{some}等", some=shown) if len(chosen) > SYMPTOMS_SHOWN else shown if chosen else "",
        "reported": record.reported,
        "abnormal": record.abnormal,
        "undone": record.undone,
        "attested": record.attested,
    }
