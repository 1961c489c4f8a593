"""What a fact says on the page of a resident, in one line."""

from __future__ import annotations

from bot.console.prose import N_, _
from domain.facts import (
    Attest,
    Case,
    Contact,
    Cured,
    Declaration,
    Exposure,
    Fact,
    Isolation,
    Outage,
    Recheck,
    Report,
    Review,
    Symptom,
    Undo,
    Upstream,
    Withdraw,
)
from flows.names import CASE_NAMES, MODE_NAMES, RECORDER_NAMES, SYMPTOM_NAMES

COLOURS = {"green": N_("绿"), "yellow": N_("黄"), "red": N_("红"), "grey": N_("灰"), "none": N_("无码")}


def said(fact: Fact) -> str:
    """The fact in the reader's language; a reason stands beside it."""
    match fact:
        case Declaration() | Exposure():
            return _(
                "申报（%(by)s）%(reading)s%(more)s",
                by=_(RECORDER_NAMES[fact.by]),
                reading=_reading(fact),
                more=_stays(fact),
            )
        case Report():
            return _("报告（%(by)s）%(reading)s", by=_(RECORDER_NAMES[fact.by]), reading=_reading(fact))
        case Case(case=kind, since=since):
            return _("%(kind)s，自 %(day)s", kind=_(CASE_NAMES[kind]), day=since)
        case Contact(exposed_on=day, isolation=isolation):
            return _("密切接触者，末次接触 %(day)s%(more)s", day=day, more=_isolation(isolation))
        case Cured(on=day):
            return _("治愈 %(day)s", day=day)
        case Attest(day=day, by=by):
            return _("证明 %(day)s 正常（%(by)s）", day=day, by=_(RECORDER_NAMES[by]))
        case Upstream(colour=colour):
            return _("上级颜色：%(colour)s", colour=_(COLOURS.get(colour, colour)))
        case Recheck(by=by):
            return _("症状复核（%(by)s）", by=_(RECORDER_NAMES[by]))
        case _:
            return _of_record(fact)


def _of_record(fact: Fact) -> str:
    match fact:
        case Review(temperature=measured):
            return _("复核正常%(reading)s", reading=f" {measured}℃" if measured else "")
        case Undo():
            return _("本人撤销")
        case Withdraw():
            return _("记录撤回")
        case Outage(day=day):
            return _("停机日 %(day)s", day=day)
    raise AssertionError(type(fact).__name__)


def _reading(fact: Declaration | Exposure | Report) -> str:
    if isinstance(fact, Exposure):
        return ""
    names = [_(SYMPTOM_NAMES[each]) for each in Symptom if each in fact.symptoms]
    return "，".join((f" {fact.temperature}℃", *names))


def _stays(fact: Declaration | Exposure) -> str:
    """What else was said: contact, risk area, trips, isolation."""
    parts = [f"{stay.place} {stay.last_on}" for stay in fact.stays]
    if fact.contact_on:
        parts.append(_("接触过病例 %(day)s", day=fact.contact_on))
    if fact.risk_area_on:
        parts.append(_("到过风险地区 %(day)s", day=fact.risk_area_on))
    return "".join(f"，{each}" for each in parts) + _isolation(fact.isolation)


def _isolation(isolation: Isolation | None) -> str:
    return _("，%(mode)s自 %(day)s", mode=_(MODE_NAMES[isolation.mode]), day=isolation.begun) if isolation else ""
