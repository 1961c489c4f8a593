"""The questions about trips, contacts, symptoms and temperature that several conversations share, and their facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from domain.facts import Declaration, Exposure, Isolation, IsolationMode, Report, Stay, Symptom, day_of
from domain.notices import in_force
from flows.kinds.days import Day
from flows.kinds.health import Symptoms, Temperature
from flows.kinds.texts import Choice, Text, YesNo
from flows.plain import Json
from flows.questions import Question, Scene, answered

LOOK_BACK = 14
"""Days: the span of every question about trips and contacts (附件四(一)3, 5)."""
ISOLATION_BACK = 60

TRAVEL = (
    Question(
        "travelled",
        "近14天内，{who}是否离开过宁夏，或者到过有疫情风险的地区？",
        YesNo(),
        label="离开过宁夏或到过风险地区",
    ),
    Question(
        "where",
        "请写出到过的地方，尽量写到市、县（区）。",
        Text(example="湖北省武汉市江汉区"),
        when=answered("travelled", True),
        label="到过的地方",
        follows="travelled",
    ),
    Question(
        "where_on",
        "{who}在那里的最后一天是哪天？",
        Day(back=LOOK_BACK, still=True),
        when=answered("travelled", True),
        label="在那里的最后一天",
        follows="travelled",
    ),
)

CONTACT = (
    Question(
        "contact",
        "近14天内，{who}是否接触过新冠肺炎确诊病例、疑似病例或无症状感染者？",
        YesNo(),
        label="接触过病例",
    ),
    Question(
        "contact_on",
        "最后一次接触是哪天？",
        Day(back=LOOK_BACK),
        when=answered("contact", True),
        label="最后一次接触",
        follows="contact",
    ),
)

NOT_ISOLATED = "none"

ISOLATION = (
    Question(
        "isolation",
        "{who}现在是否正在隔离观察？",
        Choice(((NOT_ISOLATED, "没有隔离"), ("home", "居家隔离"), ("central", "集中隔离")), no=NOT_ISOLATED),
        label="隔离情况",
    ),
    Question(
        "isolation_on",
        "隔离是从哪天开始的？",
        Day(back=ISOLATION_BACK),
        when=answered("isolation", "home", "central"),
        label="隔离开始",
        follows="isolation",
    ),
)

SYMPTOMS = Question(
    "symptoms", "{who}今天有没有下面这些不舒服？可以选几项。", Symptoms(), label="今天的症状", fresh=True
)
TEMPERATURE = Question("temperature", "请量一下体温，今天是多少度？", Temperature(), label="今天的体温", fresh=True)


def stays_of(answers: Mapping[str, Json]) -> tuple[Stay, ...]:
    if answers.get("travelled") is not True:
        return ()
    return (Stay(str(answers["where"]), _day(answers["where_on"])),)


def contact_of(answers: Mapping[str, Json]) -> date | None:
    return _day(answers["contact_on"]) if answers.get("contact") is True else None


def isolation_of(answers: Mapping[str, Json]) -> Isolation | None:
    mode = answers.get("isolation", NOT_ISOLATED)
    return None if mode == NOT_ISOLATED else Isolation(IsolationMode(str(mode)), _day(answers["isolation_on"]))


def exposure_from(scene: Scene, index: int) -> Exposure | None:
    """The fact behind the answers about trips, contacts and isolation; None when there is nothing to record."""
    stays, contact_on, isolation = stays_of(scene.answers), contact_of(scene.answers), isolation_of(scene.answers)
    if not stays and contact_on is None and isolation is None:
        return None
    return Exposure(
        id=scene.effect_id(index),
        at=scene.at,
        by=scene.by,
        contact_on=contact_on,
        isolation=isolation,
        stays=stays,
    )


def report_from(scene: Scene, index: int = 0) -> Report:
    """The report behind the answers `temperature` and, if asked, `symptoms`."""
    return Report(
        id=scene.effect_id(index),
        at=scene.at,
        by=scene.by,
        temperature=Decimal(str(scene.answers["temperature"])),
        symptoms=symptoms_of(scene.answers),
    )


def declaration_from(scene: Scene) -> Declaration:
    """The fact behind the answers of a whole declaration."""
    return Declaration(
        id=scene.effect_id(),
        at=scene.at,
        by=scene.by,
        temperature=Decimal(str(scene.answers["temperature"])),
        symptoms=symptoms_of(scene.answers),
        contact_on=contact_of(scene.answers),
        isolation=isolation_of(scene.answers),
        stays=stays_of(scene.answers),
    )


def is_abnormal(report: Report | Declaration) -> bool:
    """A fever or any symptom (policy, decision 4)."""
    return bool(report.symptoms) or report.temperature >= in_force(day_of(report.at)).limits.fever.value


def symptoms_of(answers: Mapping[str, Json]) -> frozenset[Symptom]:
    chosen = answers.get("symptoms") or []
    return frozenset(Symptom(str(each)) for each in chosen) if isinstance(chosen, list) else frozenset()


def _day(value: Json) -> date:
    return date.fromisoformat(str(value))
