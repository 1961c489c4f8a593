"""The overview: colours by county over time, today's reports against yesterday's, and how the house itself stands.

`/console/overview?wall=1` is the same for a large screen. Numbers come from the samples that the clock's leader takes
each minute; what waits, what is left and what needs a hand is read on the spot.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from bot.console import charts
from bot.console.charts import Line
from bot.console.doors import Console, page_of
from bot.console.prose import N_, _
from bot.console.visits import Visit
from domain.facts import SHANGHAI, day_of
from domain.places import division
from domain.roles import Action, Refused
from store.samples import COLOURS, FIRST_COLOUR, PEOPLE, REPORTED, Sample
from worker.overview.state import house

STEP = 10
"""Minutes between two points of a day's line."""
DAYS = 30
WORDS = {"green": N_("绿"), "grey": N_("灰"), "yellow": N_("黄"), "red": N_("红"), "none": N_("无码")}
QUEUES = {
    "outbox": N_("待入库的申报"),
    "follow": N_("待更新的名册和视图"),
    "post": N_("待发送的消息"),
    "settle": N_("任务队列：入库"),
    "deliver": N_("任务队列：发送"),
    "bulk": N_("任务队列：大批量"),
}
STANDINGS = {"open": N_("充足"), "low": N_("余量不足"), "reserved": N_("只留给有人在等的"), "closed": N_("今日已停用")}


def blueprint(console: Console) -> Blueprint:
    """GET /console/overview and its pictures, …/<name>.svg."""
    routes = Blueprint("overview", __name__)
    ctx = console.ctx

    def show(visit: Visit) -> ResponseReturnValue:
        sample = ctx.samples.latest()
        today, before = ctx.samples.of_day(day_of(visit.now)), ctx.samples.of_day(day_of(visit.now) - timedelta(1))
        minute = _minute(visit)
        template = "_overview.html" if "HX-Request" in request.headers else "overview.html"
        return page_of(
            template,
            wall=bool(request.args.get("wall")),
            sample=sample,
            rows=[(_name(code), code, _numbers(sample, code)) for code in sample.counties] if sample else [],
            total=_numbers(sample, "") if sample else None,
            rate=_rate(sample) if sample and today else None,
            yesterday=_at(before, minute),
            house=house(ctx),
            queues={name: _(text) for name, text in QUEUES.items()},
            standings={name: _(text) for name, text in STANDINGS.items()},
            stamp=visit.now.strftime("%Y%m%d%H%M"),
            now=visit.now,
        )

    def chart(visit: Visit, name: str) -> ResponseReturnValue:
        match name:
            case "reports":
                picture = _reports(ctx.samples.of_day(day_of(visit.now)), _before(visit))
            case "counties":
                picture = _counties(ctx.samples.latest())
            case "days":
                picture = _days(ctx.samples.days(day_of(visit.now), DAYS))
            case _:
                raise Refused("unknown_chart", name)
        # Its own style lies inside the picture, which no page's policy allows for.
        policy = "default-src 'none'; style-src 'unsafe-inline'"
        headers = {"Content-Security-Policy": policy, "Cache-Control": "private, max-age=60"}
        return Response(picture, headers=headers, content_type="image/svg+xml; charset=utf-8")

    def _before(visit: Visit) -> dict[int, Sample]:
        return ctx.samples.of_day(day_of(visit.now) - timedelta(1))

    console.add(routes, "/overview", show, Action.SEE_OVERVIEW)
    console.add(routes, "/overview/<name>.svg", chart, Action.SEE_OVERVIEW)
    return routes


def _minute(visit: Visit) -> int:
    local = visit.now.astimezone(SHANGHAI)
    return local.hour * 60 + local.minute


def _numbers(sample: Sample, county: str) -> dict[str, int]:
    """The numbers of a county by name."""
    numbers = sample.total(county)
    colours = {colour.value: numbers[FIRST_COLOUR + place] for place, colour in enumerate(COLOURS)}
    return {"people": numbers[PEOPLE], "reported": numbers[REPORTED], **colours}


def _rate(sample: Sample) -> float | None:
    """Of a hundred people, how many have reported; None while there is nobody."""
    numbers = sample.total()
    return 100 * numbers[REPORTED] / numbers[PEOPLE] if numbers[PEOPLE] else None


def _at(samples: dict[int, Sample], minute: int) -> float | None:
    """The rate at this minute of a day, or at the last one before it."""
    known = [each for each in samples if each <= minute]
    return _rate(samples[max(known)]) if known else None


def _name(code: str) -> str:
    found = division(code)
    return found.name if found else code


def _reports(today: dict[int, Sample], before: dict[int, Sample]) -> bytes:
    minutes = range(0, 24 * 60 + 1, STEP)
    last = max(today, default=-1)
    now = [_at(today, each) if each <= last + STEP else None for each in minutes]
    then = [_at(before, each) for each in minutes]
    places = [f"{each // 60:02d}:{each % 60:02d}" for each in minutes]
    given = [Line("today", _("今天（实线）"), "#0b57a4", now), Line("yesterday", _("昨天（虚线）"), "#565e67", then)]
    return charts.lines(_("已打卡的百分比，按分钟"), places, given, 100)


def _counties(sample: Sample | None) -> bytes:
    rows: list[tuple[str, dict[str, float]]] = []
    for code in sorted(sample.counties, reverse=True) if sample else ():
        numbers = _numbers(sample, code) if sample else {}
        people = max(1, numbers["people"])
        rows.append((_name(code), {name: round(100 * numbers[name] / people, 2) for name in WORDS}))
    return charts.stacks(_("各县（市、区）颜色的百分比"), rows, {name: _(word) for name, word in WORDS.items()})


def _days(samples: list[Sample]) -> bytes:
    shown = [(sample, _numbers(sample, "")) for sample in samples]
    given = [
        Line("red", _("红（实线）"), charts.INK["red"], [numbers["red"] for _sample, numbers in shown]),
        Line("yellow", _("黄（长虚线）"), charts.INK["yellow"], [numbers["yellow"] for _sample, numbers in shown]),
        Line("grey", _("灰（点线）"), charts.INK["grey"], [numbers["grey"] for _sample, numbers in shown]),
    ]
    places = [f"{day_of(sample.at):%m-%d}" for sample, _numbers_ in shown]
    return charts.lines(_("最近 30 天每天最后的人数"), places, given)
