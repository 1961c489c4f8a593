"""添加家人: who somebody is to the resident; and, of whoever cannot declare for themselves, the declaration itself."""

from __future__ import annotations

from dataclasses import replace

from flows.core import Say, Turn
from flows.declaration import WHO, identity_from
from flows.effects import AddCare
from flows.kinds.family import Relation
from flows.kinds.places import PickDivision
from flows.kinds.summary import Summary
from flows.kinds.texts import Text, YesNo
from flows.questions import RELATION, Condition, Flow, Question, Scene, answered
from flows.reporting import CONTACT, ISOLATION, SYMPTOMS, TEMPERATURE, TRAVEL, declaration_from, is_abnormal

_FOR_THEM = answered("own", False)


def _has_home(scene: Scene) -> bool:
    return _FOR_THEM(scene) and scene.known is not None and bool(scene.known.profile.community)


def _elsewhere(scene: Scene) -> bool:
    """Whether the home has to be asked: another one than the resident's, or theirs is not known."""
    return _FOR_THEM(scene) and scene.answers.get("same_home") is not True


def _all(first: Condition, then: Condition) -> Condition:
    return lambda scene: first(scene) and then(scene)


def _submit(scene: Scene) -> Turn:
    known, answers = scene.known, scene.answers
    if known is None:
        return Turn(scene.session, (Say("declare_first", {}),))
    identity, relation = identity_from(answers), str(answers[RELATION])
    if answers["own"] is True:
        effect = AddCare(identity=identity, relation=relation, at=scene.at, asker=known.profile.name)
        return Turn(scene.session, (Say("care_sent", {"own": True}),), (effect,))
    home = known.profile if answers.get("same_home") is True else None
    fact = declaration_from(scene)
    effect = AddCare(
        identity=identity,
        relation=relation,
        at=scene.at,
        asker=known.profile.name,
        community=home.community if home else str(answers["their_community"]),
        address=home.address if home else str(answers["their_address"]),
        fact=fact,
    )
    said = Say("care_sent", {"own": False})
    return Turn(scene.session, (said, Say("abnormal")) if is_abnormal(fact) else (said,), (effect,))


QUESTIONS: tuple[Question, ...] = (
    Question(RELATION, "您要添加的家人，您怎么称呼？", Relation(), label="称呼"),
    *WHO,
    Question("own", "{who}自己用微信申报过健康码吗？", YesNo(), label="自己申报过"),
    Question("same_home", "{who}和您住在一起吗？", YesNo(), _has_home, "和您住在一起", "own"),
    Question("their_community", "{who}现在住在哪个村（社区）？", PickDivision(), _elsewhere, "村（社区）", "same_home"),
    Question(
        "their_address",
        "请写出{who}的详细住址，比如小区、楼号、门牌号。",
        Text(example="长城花园3号楼2单元501"),
        _elsewhere,
        "住址",
        "same_home",
    ),
    *(
        replace(each, when=_all(_FOR_THEM, each.when))
        for each in (*TRAVEL, *CONTACT, *ISOLATION, SYMPTOMS, TEMPERATURE)
    ),
    Question(
        "confirm", "请核对。我承诺以上内容属实，并且{who}本人或其监护人同意由我代办。", Summary(lambda: QUESTIONS)
    ),
)

ADD_RELATIVE = Flow("add_relative", "添加家人", QUESTIONS, _submit)
