"""申报: a declaration, from the name to the confirmed summary; the first one or a new one by the same person."""

from __future__ import annotations

from collections.abc import Mapping

from domain.people import Identity, Level
from flows.core import Say, Turn
from flows.effects import Declare
from flows.kinds.documents import OTHER, DocumentKindChoice, DocumentNumber, IdNumber, document_from
from flows.kinds.phones import PROVED, SKIPPED, Phone, SmsCode
from flows.kinds.places import PickDivision
from flows.kinds.summary import Summary
from flows.kinds.texts import PersonName, Text
from flows.plain import Json
from flows.questions import Flow, Question, Scene, answered
from flows.reporting import (
    CONTACT,
    ISOLATION,
    SYMPTOMS,
    TEMPERATURE,
    TRAVEL,
    declaration_from,
    is_abnormal,
)


def _code_can_come(scene: Scene) -> bool:
    """Whether telephones are proved here and the resident has given one."""
    return scene.desk.sms and bool(scene.answers.get("phone"))


def _submit(scene: Scene) -> Turn:
    answers = scene.answers
    fact = declaration_from(scene)
    effect = Declare(
        identity=identity_from(answers, str(answers["phone"])),
        level=Level.PHONE if answers.get("code") == PROVED else Level.UNVERIFIED,
        community=str(answers["community"]),
        address=str(answers["address"]),
        fact=fact,
    )
    args: dict[str, Json] = {"name": str(answers["name"]), "proved": effect.level >= Level.PHONE}
    said = Say("declared", {**args, "skipped": answers.get("code") == SKIPPED})
    return Turn(scene.session, (said, Say("abnormal")) if is_abnormal(fact) else (said,), (effect,))


def identity_from(answers: Mapping[str, Json], phone: str = "") -> Identity:
    """Who somebody says to be."""
    document = document_from(answers["document"] if answers["document"] != OTHER else answers["document_number"])
    return Identity(str(answers["name"]), document, phone)


WHO = (
    Question("name", "请问{who}的姓名？", PersonName(), label="姓名"),
    Question("document", "请问{who}的居民身份证号码？", IdNumber(), label="证件号码"),
    Question(
        "document_kind",
        "{who}用的是哪一种证件？",
        DocumentKindChoice(),
        answered("document", OTHER),
        "证件种类",
        "document",
    ),
    Question(
        "document_number",
        "请输入这本证件的号码。",
        DocumentNumber("document_kind"),
        answered("document", OTHER),
        "其他证件号码",
        "document_kind",
    ),
)
"""Name and document, as they are asked of anybody."""

QUESTIONS: tuple[Question, ...] = (
    *WHO,
    Question("phone", "请问您的手机号？", Phone(may_lack=True), label="手机号"),
    Question("code", "请输入短信验证码。", SmsCode("phone"), _code_can_come, "手机验证", "phone"),
    Question("community", "{who}现在住在哪个村（社区）？", PickDivision(), label="村（社区）"),
    Question(
        "address", "请写出详细住址，比如小区、楼号、门牌号。", Text(example="长城花园3号楼2单元501"), label="住址"
    ),
    *TRAVEL,
    *CONTACT,
    *ISOLATION,
    SYMPTOMS,
    TEMPERATURE,
    Question("confirm", "请核对。我承诺以上内容由本人填写并且属实。", Summary(lambda: QUESTIONS)),
)

DECLARATION = Flow("declaration", "健康申报", QUESTIONS, _submit)
