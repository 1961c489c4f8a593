"""What a fact says on the page of a resident, in one line."""

from __future__ import annotations

from bot.console.prose import N_, _
from domain.facts import (
    Attest,
    By,
    Case,
    CaseKind,
    Contact,
    Cured,
    Declaration,
    Exposure,
    Fact,
    Isolation,
    IsolationMode,
    Outage,
    Recheck,
    Report,
    Review,
    Symptom,
    Undo,
    Upstream,
    Withdraw,
)

BY = {
    By.SELF: N_("本人"),
    By.CARER: N_("家人代报"),
    By.WORKER: N_("社区工作人员"),
    By.INSTITUTION: N_("隔离机构"),
    By.GATE: N_("卡口"),
}
CASES = {
    CaseKind.CONFIRMED: N_("确诊病例"),
    CaseKind.CLINICAL: N_("临床诊断病例"),
    CaseKind.SUSPECTED: N_("疑似病例"),
    CaseKind.FEVER: N_("发热病例"),
}
MODES = {IsolationMode.HOME: N_("居家隔离"), IsolationMode.CENTRAL: N_("集中隔离")}
SYMPTOMS = {
    Symptom.FEVER: N_("发热"),
    Symptom.DRY_COUGH: N_("干咳"),
    Symptom.FATIGUE: N_("乏力"),
    Symptom.SORE_THROAT: N_("咽痛"),
    Symptom.BREATHLESS: N_("呼吸困难"),
    Symptom.DIARRHOEA: N_("腹泻"),
    Symptom.MUSCLE_ACHE: N_("肌肉酸痛"),
    Symptom.LOSS_OF_SMELL: N_("嗅觉或味觉减退"),
    Symptom.OTHER: N_("其他不适"),
}
COLOURS = {"green": N_("绿"), "yellow": N_("黄"), "red": N_("红"), "grey": N_("灰"), "none": N_("无码")}


def said(fact: Fact) -> str:
    """The fact in the reader's language; a reason stands beside it."""
    match fact:
        case Declaration() | Exposure():
            return _("申报（%(by)s）%(reading)s%(more)s", by=_(BY[fact.by]), reading=_reading(fact), more=_stays(fact))
        case Report():
            return _("报告（%(by)s）%(reading)s", by=_(BY[fact.by]), reading=_reading(fact))
        case Case(case=kind, since=since):
            return _("%(kind)s，自 %(day)s", kind=_(CASES[kind]), day=since)
        case Contact(exposed_on=day, isolation=isolation):
            return _("密切接触者，末次接触 %(day)s%(more)s", day=day, more=_isolation(isolation))
        case Cured(on=day):
            return _("治愈 %(day)s", day=day)
        case Attest(day=day, by=by):
            return _("证明 %(day)s 正常（%(by)s）", day=day, by=_(BY[by]))
        case Upstream(colour=colour):
            return _("上级颜色：%(colour)s", colour=_(COLOURS.get(colour, colour)))
        case Recheck(by=by):
            return _("症状复核（%(by)s）", by=_(BY[by]))
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
    names = [_(SYMPTOMS[each]) for each in Symptom if each in fact.symptoms]
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
    return _("，%(mode)s自 %(day)s", mode=_(MODES[isolation.mode]), day=isolation.begun) if isolation else ""
