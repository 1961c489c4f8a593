"""Whatever is sent, in whatever order: no exception, a session that survives JSON, a question that can be answered."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from channel.render import CUT, LIMIT, declared_variables, render
from domain.care import MOST_RELATIVES, RELATIONS
from domain.people import Claim, Level
from domain.roles import Role
from flows.catalogue import FLOWS
from flows.core import Duty, Incoming, IncomingKind, Turn
from flows.rehearsal import Rehearsal
from flows.words import ANSWERS, SYNONYMS
from tests.flows.people import NOW, WANG_FANG, consented, known, relative

COMMANDS = [words[0] for words in SYNONYMS.values()]
LIKELY = ["王芳", WANG_FANG, "13800000000", "246810", "111111", "长城花园社区", "城关", "3号楼2单元501", "湖北武汉"]
LIKELY += ["昨天", "3.1", "1 3", "36.5", "38.0", "365", "护照", "E1234567", *(str(n) for n in range(1, 16))]
ABOUT_FAMILY = ["家人", "添加家人", "全家码", "全家撤销", "同意家人", "不同意家人 1", "移除家人 2", "移除照顾人"]
ABOUT_FAMILY += ["全家 36.5", "全家 36.5 36.4", "全家 36.5 38.1 36.4", "妈妈 36.4", "妈妈", "2 36.4", "爸爸的码"]
ABOUT_FAMILY += ["妈妈不适", "妈妈行程", "妈妈删除", "爸爸撤销", "大儿子", "阿依古丽·买买提", "妈妈 365"]
STAFF = ["名单", "提醒", "确认提醒", "代报", "代报 3", "代报 3 36.5", "代报 3 38.0 咳嗽", "电话 3", "任务"]
STAFF += ["完成 1 好了", "绑定", "绑定 7K3M9-PQ2XA", "解绑", "岗位"]
SCENES = ["community:640106003004", "community:640106999999", "poster", ""]


class Resident(RuleBasedStateMachine):
    """A resident who knows what to type now and then."""

    @initialize(
        sms=st.booleans(),
        claim=st.sampled_from(Claim),
        level=st.sampled_from(Level),
        declared=st.booleans(),
        roles=st.lists(st.sampled_from(Role), unique=True, max_size=2),
        relatives=st.integers(0, MOST_RELATIVES),
    )
    def begin(self, sms: bool, claim: Claim, level: Level, declared: bool, roles: list[Role], relatives: int) -> None:
        self.stage = Rehearsal(NOW, sms=sms, claim=claim)
        self.stage.family = tuple(
            relative(list(RELATIONS)[n], level=level) for n in range(relatives if declared else 0)
        )
        self.stage.duty = Duty("li.qiang", "李强", "凤凰社区", tuple(roles)) if roles else None
        if declared:
            self.stage.session, self.stage.known = consented(), known(claim=claim, level=level)

    def heard(self, turn: Turn) -> None:
        if isinstance(turn.says, tuple) and turn.says:
            text = render(turn.says)
            assert text.strip()
            assert len(text.encode()) <= LIMIT
            assert CUT not in text
            for say in turn.says:
                assert set(say.args) == set(declared_variables(say.template)), say.template

    @rule(text=st.sampled_from(LIKELY))
    def says_something_likely(self, text: str) -> None:
        self.heard(self.stage.say(text))

    @rule(text=st.sampled_from(sorted(ANSWERS)))
    def says_a_fixed_answer(self, text: str) -> None:
        self.heard(self.stage.say(text))

    @rule(text=st.sampled_from(STAFF))
    def says_something_of_the_staff(self, text: str) -> None:
        self.heard(self.stage.say(text))

    @rule(text=st.sampled_from(COMMANDS))
    def says_a_command(self, text: str) -> None:
        self.heard(self.stage.say(text))

    @rule(text=st.sampled_from(ABOUT_FAMILY))
    def says_something_about_the_family(self, text: str) -> None:
        self.heard(self.stage.say(text))

    @rule(text=st.text(max_size=80))
    def says_anything(self, text: str) -> None:
        self.heard(self.stage.say(text))

    @rule(
        kind=st.sampled_from(["click", "subscribe", "unsubscribe", "scan", "image", "voice", "location", "other"]),
        key=st.sampled_from([*SCENES, "code", "checkin", "健康码"]),
    )
    def does_something_else(self, kind: IncomingKind, key: str) -> None:
        self.heard(self.stage.hear(Incoming(kind, self.stage.now, key=key)))

    @rule(minutes=st.sampled_from([1, 9, 11, 720, 1440, 6 * 1440]))
    def waits(self, minutes: int) -> None:
        self.stage.now += timedelta(minutes=minutes)

    @rule(text=st.sampled_from(LIKELY), seconds=st.integers(1, 900))
    def says_something_that_arrives_late(self, text: str, seconds: int) -> None:
        sent = self.stage.now - timedelta(seconds=seconds)
        self.heard(self.stage.hear(Incoming("text", sent, text=text)))

    @invariant()
    def an_open_question_is_one_that_is_asked(self) -> None:
        conversation = self.stage.session.conversation
        if conversation is not None:
            flow = FLOWS[conversation.flow]
            assert flow.question(conversation.asked) is not None
            assert conversation.asked not in conversation.answers


TestResident = Resident.TestCase
TestResident.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
