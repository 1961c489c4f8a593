"""广播 by chat: what `flows.broadcasting` and the staff's words ask for, done as the commands do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from domain.broadcasts.account import WORDS
from domain.broadcasts.audience import Audience
from domain.broadcasts.broadcast import WORDS as STATES
from domain.broadcasts.broadcast import Broadcast, Route
from domain.broadcasts.content import Card, Content, Picture, Text
from domain.roles import Action, Refused, Staff, require
from flows.core import Say
from flows.kinds.notices import audience_of
from flows.plain import Json
from worker.broadcasts import deciding
from worker.broadcasts.calling import platform_of
from worker.broadcasts.deciding import Draft
from worker.broadcasts.telling import masses, report
from worker.broadcasts.wording import arrivals
from worker.context import Context
from worker.delivery.letters import Sendable
from worker.queues import BROADCASTS
from worker.staff.duties import on_duty

Says = tuple[Say, ...]


def draft(ctx: Context, letter: Sendable) -> Says:
    """The audience of a province is counted in minutes: the bulk worker does it, then sends preview and size."""
    staff, args = on_duty(ctx, letter.openid), letter.args
    content, picture = _content(ctx, letter)
    at = str(args.get("when", ""))
    given = Draft(
        content,
        audience_of(args["whom"]),
        Route(str(args["route"])),
        letter.ref,
        args["urgency"] == "emergency",
        datetime.fromisoformat(at) if at else None,
        picture=picture,
    )
    return _counted(ctx, deciding.draft(ctx, staff, given))


def correct(ctx: Context, letter: Sendable) -> Says:
    """A correction in words, to whoever got the notice or may have got it, by the same route."""
    staff, number = on_duty(ctx, letter.openid), _number(letter)
    route = ctx.broadcasts.read(number).route
    route = Route.WINDOW if route is Route.TEMPLATE else route
    given = Draft(Text(str(letter.args["reason"])), Audience(), route, letter.ref)
    return _counted(ctx, deciding.correct(ctx, staff, number, given))


def _counted(ctx: Context, made: Broadcast) -> Says:
    ctx.broadcasts.look_after(made.number)
    ctx.waker.start(BROADCASTS, str(made.number))
    return (Say("broadcast_counting", {"number": made.number}),)


def _content(ctx: Context, letter: Sendable) -> tuple[Content, bytes]:
    args = letter.args
    match args["kind"], args.get("card"):
        case "picture", _:
            picture = platform_of(ctx, 1).download(str(args["picture"]))
            return Picture(len(picture)), picture
        case "card", dict(card):
            return Card(str(card["title"]), str(card["description"]), str(card["url"])), b""
        case _:
            return Text(str(args["text"])), b""


def preview(ctx: Context, letter: Sendable) -> Says:
    """On the phone of whoever asks; only the author's own look lets it be confirmed."""
    made = deciding.preview(ctx, platform_of(ctx, 1), on_duty(ctx, letter.openid), _number(letter))
    return _moved(made)


def submit(ctx: Context, letter: Sendable) -> Says:
    return _do(ctx, letter, deciding.submit)


def approve(ctx: Context, letter: Sendable) -> Says:
    return _do(ctx, letter, deciding.approve)


def pause(ctx: Context, letter: Sendable) -> Says:
    return _do(ctx, letter, deciding.pause)


def resume(ctx: Context, letter: Sendable) -> Says:
    return _do(ctx, letter, deciding.resume)


def reject(ctx: Context, letter: Sendable) -> Says:
    staff = on_duty(ctx, letter.openid)
    return _moved(deciding.reject(ctx, staff, _number(letter), str(letter.args["reason"])))


def cancel(ctx: Context, letter: Sendable) -> Says:
    staff = on_duty(ctx, letter.openid)
    return _moved(deciding.cancel(ctx, staff, _number(letter), str(letter.args["reason"])))


def progress(ctx: Context, letter: Sendable) -> Says:
    """Of a number, else of the last one drafted."""
    require(on_duty(ctx, letter.openid), Action.BROADCAST_DRAFT)
    latest = ctx.broadcasts.latest(1)
    if "number" not in letter.args and not latest:
        raise Refused("unknown_broadcast")
    made = ctx.broadcasts.read(_number(letter)) if "number" in letter.args else latest[0]
    told = report(ctx, made)
    rows: dict[str, int] = {}
    for why, count in (*((mark.value, count) for mark, count in told.marks.items()), *told.left_out.items()):
        if why not in ".fsd":
            rows[WORDS[why]] = rows.get(WORDS[why], 0) + count
    args: dict[str, Json] = {
        "number": made.number,
        "state": STATES[made.state],
        "audience": made.audience.words(),
        "people": made.people,
        "counting": made.is_counting,
        "sent": told.sent,
        "failed": told.failed,
        "unreachable": told.unreachable,
        "unknown": told.unknown,
        "left": told.left,
        "rows": [[words, count] for words, count in rows.items()],
        "arrived": list(arrivals(made, told, masses(ctx, made))),
    }
    return (Say("broadcast_progress", args),)


def _do(ctx: Context, letter: Sendable, act: Callable[[Context, Staff, int], Broadcast]) -> Says:
    return _moved(act(ctx, on_duty(ctx, letter.openid), _number(letter)))


def _moved(made: Broadcast) -> Says:
    return (Say("broadcast_moved", {"number": made.number, "state": STATES[made.state]}),)


def _number(letter: Sendable) -> int:
    return int(str(letter.args["number"]))
