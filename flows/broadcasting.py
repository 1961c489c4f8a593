"""广播: an administrator drafts a notice by chat. Confirming and approving it are words of `flows.staff`."""

from __future__ import annotations

from flows.core import Say, Turn
from flows.effects import Ask
from flows.kinds.notices import CardLines, Notice, OnePicture, SendTime, Whom
from flows.kinds.texts import Choice
from flows.questions import Flow, Question, Scene, answered

TEXT, PICTURE, CARD = "text", "picture", "card"
WINDOW, MASS = "window", "mass"
USUAL, EMERGENCY = "usual", "emergency"


def _submit(scene: Scene) -> Turn:
    return Turn(scene.session, (Say("asked"),), (Ask(what="broadcast_draft", args=dict(scene.answers)),))


BROADCAST = Flow(
    "broadcast",
    "起草广播",
    (
        Question("kind", "要发什么？", Choice(((TEXT, "文字"), (PICTURE, "图片"), (CARD, "链接卡片")))),
        Question("whom", "发给谁？地区、颜色、几天未报，可以一起写。", Whom()),
        Question("text", "请写出正文，原样发出。", Notice(), answered("kind", TEXT), follows="kind"),
        Question("picture", "请直接发图片。", OnePicture(), answered("kind", PICTURE), follows="kind"),
        Question("card", "请写三行：标题、简介、网址。", CardLines(), answered("kind", CARD), follows="kind"),
        Question(
            "route",
            "怎么发？群发每人每月只能收到4次；逐人发只到48小时内来过信的人。",
            Choice(((WINDOW, "逐人发"), (MASS, "群发"))),
        ),
        Question(
            "urgency",
            "是紧急通知吗？紧急的由您确认后马上发出，2小时内须由另一位管理员补批。",
            Choice(((USUAL, "普通"), (EMERGENCY, "紧急"))),
        ),
        Question("when", "什么时候发？", SendTime(), answered("urgency", USUAL), follows="urgency"),
    ),
    _submit,
    of_staff=True,
)
