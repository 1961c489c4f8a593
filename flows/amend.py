"""修改: the telephone, proved anew, the address or the community."""

from __future__ import annotations

from domain.people import Level
from flows.core import Say, Turn
from flows.effects import Amend
from flows.kinds.phones import PROVED, Phone, SmsCode
from flows.kinds.places import PickDivision
from flows.kinds.texts import Choice, Text
from flows.questions import Flow, Question, Scene, answered

PHONE, ADDRESS, COMMUNITY = "phone", "address", "community"


def _sms_here(scene: Scene) -> bool:
    return scene.desk.sms and scene.answers.get("what") == PHONE


def _submit(scene: Scene) -> Turn:
    known, answers = scene.known, scene.answers
    if known is None:
        return Turn(scene.session, (Say("declare_first"),))
    proved = answers.get("code") == PROVED and known.level < Level.PHONE
    effect = Amend(
        pid=known.pid,
        phone=_text(scene, "new_phone"),
        level=Level.PHONE if proved else None,
        address=_text(scene, "new_address"),
        community=_text(scene, "new_community"),
    )
    return Turn(scene.session, (Say("amended", {"what": str(answers["what"])}),), (effect,))


def _text(scene: Scene, question: str) -> str | None:
    return str(scene.answers[question]) if question in scene.answers else None


AMEND = Flow(
    "amend",
    "修改信息",
    (
        Question("what", "您要修改哪一项？", Choice(((PHONE, "手机号"), (ADDRESS, "住址"), (COMMUNITY, "村（社区）")))),
        Question("new_phone", "请输入新的手机号。", Phone(), answered("what", PHONE), follows="what"),
        Question("code", "请输入短信验证码。", SmsCode("new_phone", may_skip=False), _sms_here, follows="new_phone"),
        Question(
            "new_address",
            "请写出新的详细住址。",
            Text(example="长城花园3号楼2单元501"),
            answered("what", ADDRESS),
            follows="what",
        ),
        Question(
            "new_community", "您现在住在哪个村（社区）？", PickDivision(), answered("what", COMMUNITY), follows="what"
        ),
    ),
    _submit,
)
