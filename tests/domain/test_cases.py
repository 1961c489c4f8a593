"""The case table of the policy, and both sides of every threshold. D is the day of the first declaration.

A row: what happened · the facts · the day it is judged (D+n, at noon unless a time is given) · colour · clauses.
"""

# ruff: noqa: E501 -- a case is one line

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from domain.facts import CaseKind, Fact, History, Symptom
from domain.notices import in_force
from domain.verdict import Colour, RiskArea, World, judge
from tests.domain.naive import Naive
from tests.domain.telling import (
    CARER,
    CENTRAL,
    GATE,
    HOME,
    INSTITUTION,
    SELF,
    WORKER,
    attest,
    case,
    contact,
    cured,
    daily,
    day,
    declared,
    gate,
    isolation,
    outage,
    recheck,
    report,
    review,
    stays,
    told,
    undo,
    upstream,
    when,
    withdraw,
)

无, 绿, 灰, 黄, 红 = Colour
NOON = "12:00:00"


@dataclass(frozen=True)
class Row:
    says: str
    facts: tuple[Fact | tuple[Fact, ...], ...]
    at: int
    colour: Colour
    clauses: str
    """Without 附件四(一), joined by blanks."""
    since: int | None = None
    until: int | None = None
    progress: tuple[int, int] | None = None
    world: World = field(default_factory=World)
    clock: str = NOON


def plain(facts: tuple[Fact | tuple[Fact, ...], ...]) -> tuple[Fact, ...]:
    return tuple(each for fact in facts for each in (fact if isinstance(fact, tuple) else (fact,)))


def full(clauses: str) -> tuple[str, ...]:
    return tuple(each if each[0] in "正附本" else f"附件四(一){each}" for each in clauses.split())


def check(row: Row) -> None:
    facts = plain(row.facts)
    verdict = judge(History(facts), when(row.at, row.clock), row.world)
    assert (verdict.colour, verdict.clauses) == (row.colour, full(row.clauses))
    if row.since is not None:
        assert verdict.since == day(row.since)
    if row.until is not None:
        assert verdict.until == day(row.until)
    if row.progress is not None:
        assert verdict.progress == row.progress
    assert verdict == judge(History(facts[::-1] + facts), when(row.at, row.clock), row.world), "order, or a fact twice"
    plainly = Naive(History(facts), when(row.at, row.clock), row.world).verdict()
    assert (verdict.colour.value, verdict.since, verdict.until) == plainly, "the policy written out day by day"


ill = report(2, "37.3")
suspected = case(1, CaseKind.SUSPECTED)
recovered = (declared(), case(1), cured(20), daily(21, 33, INSTITUTION))
at_home = contact(0, isolation(HOME, 0))
slipped = declared(0, "38.0")
hot_at_gate = declared(0, "38.0", by=GATE)
third = report(3)
by_carer = report(2, "38.0", by=CARER)
by_worker = report(2, "38.0", by=WORKER)
by_institution = report(2, "38.0", by=INSTITUTION)
filled_in = declared(0, "38.0", by=WORKER)
last = report(16)
gate_38 = gate(1, "38.0")
at_midnight = report(1, "38.0", clock="23:55:00")
gate_375 = gate(1, "37.5")
tenth = report(10, "37.5")
listed = contact(1)
no_more = upstream(1, "none")
waiting = (declared(), ill, daily(3, 16, but=(10,)))

# fmt: off
POLICY = (
    Row("1 未申报", (), 0, 无, "正文二·1"),
    Row("2 已申报", (declared(),), 0, 绿, "1·a", since=0, until=3),
    Row("3 申报后未打卡，第3天", (declared(),), 3, 绿, "1·a", since=0, until=3),
    Row("4 申报后未打卡，第4天", (declared(),), 4, 灰, "2", since=4),
    Row("5 灰码后如实填报36.4", (declared(), report(4, "36.4")), 4, 绿, "1·a", until=7),
    Row("6 卡口37.3", (declared(), gate(1, "37.3")), 1, 黄, "1·c", since=1, progress=(0, 14), clock="18:00:00"),
    Row("7 卡口37.2", (declared(), gate(1, "37.2")), 1, 绿, "1·a", until=4, clock="18:00:00"),
    Row("8 误报37.3，5分钟后撤销", (declared(), ill, undo(ill, minutes=5)), 2, 绿, "1·a", since=0, until=3),
    Row("9 报37.3后连续14天正常", (declared(), ill, daily(3, 16)), 16, 绿, "1·a", since=16, until=19),
    Row("10 同上，漏报一天", waiting, 16, 黄, "5·b", since=2, progress=(6, 14)),
    Row("11 同上，漏报日由网格员补证", (*waiting, attest(10, recorded=12)), 16, 绿, "1·a", since=16),
    Row("12 居家隔离满14天，未复核症状", (declared(), at_home, daily(1, 14)), 14, 黄, "3", since=0, progress=(14, 14)),
    Row("13 同上，当日复核", (declared(), at_home, daily(1, 14), recheck(14)), 14, 绿, "1·a", since=14),
    Row("14 集中隔离第13天", (declared(), contact(0, isolation(CENTRAL, 0)), daily(1, 13)), 13, 黄, "3", progress=(13, 14)),
    Row("15 确诊后从未打卡", (declared(), case(1)), 40, 红, "4", since=1),
    Row("16 治愈后隔离机构报13天", recovered, 33, 红, "5·a", since=1, progress=(13, 14)),
    Row("17 同上，报满14天", (*recovered, daily(34, 34, INSTITUTION)), 34, 黄, "5·b", since=34, progress=(0, 14)),
    Row("18 再由本人连续报14天", (*recovered, daily(34, 34, INSTITUTION), daily(35, 48)), 48, 绿, "1·a", since=48, until=51),
    Row("19 治愈后只有本人上报", (declared(), case(1), cured(20), daily(21, 34)), 34, 红, "5·a", progress=(0, 14)),
    Row("20 申报前已列为疑似", (case(-3, CaseKind.SUSPECTED), declared()), 0, 红, "4", since=0),
    Row("21 疑似，后撤回", (declared(), suspected, daily(1, 5), withdraw(suspected, 5)), 5, 绿, "1·a", since=0),
    Row("22 密切接触者10天未打卡", (declared(), contact(0)), 10, 黄, "3", progress=(0, 14)),
)

DECLARING = (
    Row("只有打卡没有申报", (report(0),), 0, 无, "正文二·1"),
    Row("只有绿色的上级颜色", (upstream(0, "green"),), 0, 无, "正文二·1"),
    Row("确诊而未申报", (case(0),), 0, 无, "正文二·1"),
    Row("申报在判定时刻之后", (declared(clock="12:00:01"),), 0, 无, "正文二·1"),
    Row("申报在判定时刻", (declared(clock="12:00:00"),), 0, 绿, "1·a"),
    Row("申报时37.3", (declared(0, "37.3"),), 0, 黄, "本地·1", since=0, progress=(0, 14)),
    Row("申报时37.29", (declared(0, "37.29"),), 0, 绿, "1·a"),
    Row("申报时36.5但干咳", (declared(0, "36.5", Symptom.DRY_COUGH),), 0, 黄, "本地·1"),
    Row("卡口当场简易申报，体温正常", (declared(by=GATE),), 0, 绿, "1·a"),
    Row("卡口当场简易申报，37.3", (declared(0, "37.3", by=GATE),), 0, 黄, "1·c"),
    Row("申报体温误填，10分钟整撤销：申报仍在", (slipped, undo(slipped, minutes=10)), 3, 绿, "1·a", since=0, until=3),
    Row("申报体温误填，10分钟零1秒撤销", (slipped, undo(slipped, minutes=10, seconds=1)), 0, 黄, "本地·1"),
    Row("卡口申报的体温不能撤销", (hot_at_gate, undo(hot_at_gate, minutes=1)), 0, 黄, "1·c"),
    Row("网格员代为申报的体温误填，也可撤销", (filled_in, undo(filled_in, minutes=1)), 0, 绿, "1·a", since=0, until=3),
    Row("申报时38.0，网格员复核解除", (slipped, review(slipped, 1)), 2, 绿, "1·a", since=0, until=3),
)

GREY = (
    Row("第3天最后一秒", (declared(),), 3, 绿, "1·a", clock="23:59:59"),
    Row("第4天零时", (declared(),), 4, 灰, "2", since=4, clock="00:00:00"),
    Row("当天最后一秒申报，也只到第3天", (declared(clock="23:59:59"),), 4, 灰, "2", clock="00:00:00"),
    Row("2月26日打卡，2月29日为绿", (declared(-5),), -2, 绿, "1·a", until=-2),
    Row("2月26日打卡，3月1日为灰", (declared(-5),), -1, 灰, "2", since=-1),
    Row("月底3月31日打卡，4月3日为绿", (declared(29),), 32, 绿, "1·a", until=32),
    Row("月底3月31日打卡，4月4日为灰", (declared(29),), 33, 灰, "2"),
    Row("家人代报也算打卡", (declared(), report(3, by=CARER)), 6, 绿, "1·a", since=0, until=6),
    Row("网格员代报也算打卡", (declared(), report(3, by=WORKER)), 6, 绿, "1·a"),
    Row("隔离机构所报也算打卡", (declared(), report(3, by=INSTITUTION)), 6, 绿, "1·a"),
    Row("卡口正常体温使灰码即时转绿", (declared(), gate(9)), 9, 绿, "1·a", since=9, until=12, clock="17:00:00"),
    Row("撤销了的打卡不算打卡", (declared(), third, undo(third, minutes=1)), 4, 灰, "2", since=4),
    Row("补证的漏报日延长绿码", (declared(), attest(3, recorded=4)), 6, 绿, "1·a", since=0, until=6),
    Row("补证使灰码转绿", (declared(), attest(5, recorded=6)), 6, 绿, "1·a", since=5, until=8),
    Row("断过又续，绿码自续报之日起", (declared(), daily(1, 3), daily(9, 12)), 12, 绿, "1·a", since=9, until=15),
    Row("第4天打卡，当天即绿：整日从未为灰", (declared(), report(4), report(8)), 11, 绿, "1·a", since=0, until=11),
    Row("第5天才打卡，自当日起为绿", (declared(), report(5)), 5, 绿, "1·a", since=5, until=8),
    Row("隔2天打一次卡，一直为绿", (declared(), report(3), report(6)), 9, 绿, "1·a", since=0, until=9),
    Row("体温卡口昨日所测今日入库，算昨日", (declared(), gate(4, taken=(3, "20:00:00"))), 6, 绿, "1·a", until=6),
    Row("同上，过期即灰", (declared(), gate(4, taken=(3, "20:00:00"))), 7, 灰, "2", since=7),
    Row("卡口所记的测量时刻在今后，尚不作数", (declared(), gate(1, "38.0", taken=(3, "06:00:00"))), 2, 绿, "1·a", until=3),
    Row("测量的那天到了", (declared(), gate(1, "38.0", taken=(3, "06:00:00"))), 3, 黄, "1·c", since=3),
    Row("只有绿码会变灰：黄码过久仍为黄", (declared(), report(1, "38.0")), 30, 黄, "5·b", since=1, progress=(0, 14)),
    Row("黄码期满后久未打卡，变灰", (declared(), ill, daily(3, 16)), 20, 灰, "2", since=20),
)

OUTAGES = (
    Row("故障日不计入3天", (declared(), outage(2)), 4, 绿, "1·a", since=0, until=4),
    Row("故障日后第4天", (declared(), outage(2)), 5, 灰, "2", since=5),
    Row("故障发生在变灰之后，不能转绿", (declared(), outage(5)), 5, 灰, "2", since=4),
    Row("故障日不是打卡：不重新起算", (declared(), outage(1)), 5, 灰, "2"),
    Row("变灰之后才补记的故障日，同样不计入3天", (declared(), outage(2, recorded=4)), 4, 绿, "1·a", since=0, until=4),
    Row("同上，补记之前", (declared(), outage(2, recorded=4)), 4, 灰, "2", since=4, clock="07:59:59"),
    Row("今后的故障日尚不作数", (declared(), outage(4, recorded=2)), 2, 绿, "1·a", until=3),
    Row("全区故障日与个人所记相同", (declared(),), 4, 绿, "1·a", until=4, world=World(frozenset({day(2)}))),
    Row("故障日计入本人14天", (declared(), ill, daily(3, 16, but=(10,)), outage(10)), 16, 绿, "1·a", since=16),
    Row("全区故障日计入本人14天", waiting, 16, 绿, "1·a", since=16, world=World(frozenset({day(10)}))),
    Row("故障日也有异常所报，连续即断", (*waiting, outage(10), gate(10, "37.5")), 16, 黄, "5·b", progress=(6, 14)),
    Row("故障日计入隔离机构14天", (*recovered, outage(34)), 34, 黄, "5·b", since=34, progress=(0, 14)),
)

ABNORMAL = (
    Row("家中报37.2", (declared(), report(1, "37.2")), 1, 绿, "1·a"),
    Row("家中报37.3", (declared(), report(1, "37.3")), 1, 黄, "本地·1", since=1),
    Row("家中报37.3，次日只等14天", (declared(), report(1, "37.3")), 2, 黄, "5·b", since=1, progress=(0, 14)),
    Row("体温正常但有症状", (declared(), report(1, "36.5", Symptom.FATIGUE)), 1, 黄, "本地·1"),
    Row("卡口体温正常但有症状", (declared(), gate(1, "36.5", Symptom.FEVER)), 1, 黄, "1·c", clock="18:00:00"),
    Row("卡口异常，次日只等14天", (declared(), gate(1, "37.3")), 2, 黄, "5·b"),
    Row("一日两报，先异常后正常", (declared(), report(1, "37.5", clock="07:00:00"), report(1)), 1, 黄, "本地·1"),
    Row("一日两报，先正常后异常", (declared(), report(1), report(1, "37.5", clock="11:00:00")), 1, 黄, "本地·1"),
    Row("家中与卡口同日异常，两条都写明", (declared(), report(1, "37.5"), gate(1, "37.6")), 1, 黄, "1·c 本地·1", clock="18:00:00"),
    Row("撤销满10分钟整", (declared(), ill, undo(ill, minutes=10)), 2, 绿, "1·a"),
    Row("撤销晚1秒", (declared(), ill, undo(ill, minutes=10, seconds=1)), 2, 黄, "本地·1"),
    Row("撤销只撤一次，另一次异常仍在", (declared(), ill, undo(ill, minutes=1), report(2, "38.0", clock="10:00:00")), 2, 黄, "本地·1"),
    Row("家人代报可撤销", (declared(), by_carer, undo(by_carer, minutes=9)), 2, 绿, "1·a"),
    Row("网格员代报不能撤销", (declared(), by_worker, undo(by_worker, minutes=1)), 2, 黄, "本地·1"),
    Row("隔离机构所报不能撤销", (declared(), by_institution, undo(by_institution, minutes=1)), 2, 黄, "本地·1"),
    Row("撤销早于填报，无效", (declared(), ill, undo(ill, minutes=-1)), 2, 黄, "本地·1"),
    Row("卡口所测不能撤销", (declared(), gate_38, undo(gate_38, minutes=1)), 1, 黄, "1·c", clock="18:00:00"),
    Row("撤销跨零时", (declared(), at_midnight, undo(at_midnight, minutes=10)), 2, 绿, "1·a", since=0),
    Row("家中异常由网格员复核解除", (declared(), ill, review(ill, 3)), 3, 绿, "1·a", since=0, until=5, clock="18:00:00"),
    Row("复核之前仍为黄", (declared(), ill, review(ill, 3)), 3, 黄, "5·b", clock="17:59:59"),
    Row("复核又测得37.3，不解除", (declared(), ill, review(ill, 3, "37.3")), 4, 黄, "5·b"),
    Row("本人不能复核自己", (declared(), ill, review(ill, 3, "36.5", by=SELF)), 4, 黄, "5·b"),
    Row("卡口异常，复核未测体温，不解除", (declared(), gate_375, review(gate_375, 1)), 2, 黄, "5·b"),
    Row("卡口异常，复核37.3，不解除", (declared(), gate_375, review(gate_375, 1, "37.3")), 2, 黄, "5·b"),
    Row("卡口异常，复核37.2，解除", (declared(), gate_375, review(gate_375, 1, "37.2")), 2, 绿, "1·a", since=0, until=4),
    Row("复核后作为正常打卡计入14天", (declared(), ill, daily(3, 9), tenth, review(tenth, 10), daily(11, 16)), 16, 绿, "1·a", since=16),
)

COUNTING = (
    Row("第13天", (declared(), ill, daily(3, 15)), 15, 黄, "5·b", progress=(13, 14)),
    Row("第14天尚未打卡：不算漏报", (declared(), ill, daily(3, 15)), 16, 黄, "5·b", progress=(13, 14)),
    Row("第14天漏报", (declared(), ill, daily(3, 15)), 17, 黄, "5·b", progress=(0, 14)),
    Row("当日异常之后的正常所报不算第1天", (declared(), ill, report(2, clock="20:00:00"), daily(3, 15)), 15, 黄, "5·b", progress=(13, 14)),
    Row("卡口所测不算个人上报", (declared(), ill, daily(3, 15), gate(16)), 16, 黄, "5·b", clock="18:00:00"),
    Row("隔离机构所报不算个人上报", (declared(), ill, daily(3, 15), daily(16, 16, INSTITUTION)), 16, 黄, "5·b"),
    Row("家人、网格员代报算个人上报", (declared(), ill, daily(3, 9, CARER), daily(10, 16, WORKER)), 16, 绿, "1·a", since=16),
    Row("重新申报也算一天", (declared(), ill, daily(3, 15), declared(16)), 16, 绿, "1·a", since=16),
    Row("撤销了的正常打卡不算一天", (declared(), ill, daily(3, 15), last, undo(last, minutes=1)), 16, 黄, "5·b", progress=(13, 14)),
    Row("第13天卡口异常，从头计算", (declared(), ill, daily(3, 15), gate(15, "37.3")), 16, 黄, "5·b", since=2, progress=(0, 14)),
    Row("隔离机构所报异常也打断", (declared(), ill, daily(3, 16), report(9, "38.0", by=INSTITUTION)), 16, 黄, "5·b", progress=(7, 14)),
    Row("满14天后漏报，不再变黄", (declared(), ill, daily(3, 16), daily(19, 19)), 19, 绿, "1·a", since=16),
    Row("满14天后又异常，重新计算", (declared(), ill, daily(3, 18), report(19, "37.9")), 20, 黄, "5·b", since=19, progress=(0, 14)),
    Row("补证在漏报日后第3天", (*waiting, attest(10, recorded=13)), 16, 绿, "1·a"),
    Row("补证在漏报日后第4天", (*waiting, attest(10, recorded=14)), 16, 黄, "5·b"),
    Row("当日补证", (*waiting, attest(10, recorded=10)), 16, 绿, "1·a"),
    Row("预先补证无效", (*waiting, attest(10, recorded=9)), 16, 黄, "5·b"),
    Row("本人不能为自己补证", (*waiting, attest(10, recorded=11, by=SELF)), 16, 黄, "5·b"),
    Row("补证日有异常所报，仍断", (*waiting, attest(10, recorded=11), gate(10, "37.4")), 16, 黄, "5·b", progress=(6, 14)),
    Row("跨2月29日计满14天", (declared(-10), report(-9, "37.5"), daily(-8, 5)), 5, 绿, "1·a", since=5),
)

TELLING = (
    Row("第14天前接触，计入", (declared(contact=-14),), 0, 黄, "本地·2", since=0, progress=(0, 14)),
    Row("第15天前接触，不计", (declared(contact=-15),), 0, 绿, "1·a"),
    Row("接触日期在填报之后，不计", (declared(contact=1),), 0, 绿, "1·a"),
    Row("隔离日期在填报之后，不计", (declared(isolated=isolation(HOME, 1)),), 1, 绿, "1·a"),
    Row("次日只等14天", (declared(contact=-14),), 1, 黄, "5·b", since=0),
    Row("第14天前到过风险地区", (declared(risk=-14),), 0, 黄, "本地·3"),
    Row("第15天前到过风险地区", (declared(risk=-15),), 0, 绿, "1·a"),
    Row("行程中报接触，自当日起14天", (declared(), daily(1, 5), told(5, contact=4), daily(6, 19)), 19, 绿, "1·a", since=19),
    Row("行程中报接触，13天不够", (declared(), daily(1, 5), told(5, contact=4), daily(6, 18)), 18, 黄, "5·b", since=5, progress=(13, 14)),
    Row("行程中第15天前的接触", (declared(), told(3, contact=-12)), 3, 绿, "1·a"),
    Row("自报隔离第13天", (declared(isolated=isolation(HOME, -13)),), 0, 黄, "本地·4", since=0),
    Row("自报隔离已满14天", (declared(isolated=isolation(HOME, -14)),), 0, 绿, "1·a"),
    Row("自报隔离满14天之后，只等14天", (declared(isolated=isolation(HOME, -13)), daily(1, 2)), 1, 黄, "5·b", progress=(1, 14)),
    Row("自报隔离期间持续写明", (declared(isolated=isolation(CENTRAL, 0)), daily(1, 13)), 13, 黄, "本地·4", progress=(13, 14)),
    Row("自报隔离，报满14天转绿", (declared(isolated=isolation(CENTRAL, 0)), daily(1, 14)), 14, 绿, "1·a", since=14),
    Row("接触与风险地区两条都写明", (declared(contact=-1, risk=-2),), 0, 黄, "本地·2 本地·3"),
)

WUHAN = World(risk_areas=(RiskArea("湖北省武汉市", day(0), day(20)),))

PLACES = (
    Row("所到地点不在名单", (declared(been=stays(("陕西西安", -1))),), 0, 绿, "1·a", world=WUHAN),
    Row("所到地点在名单（地名较短）", (declared(been=stays(("武汉", -1))),), 0, 黄, "本地·3", world=WUHAN),
    Row("所到地点在名单（地名较长）", (declared(been=stays(("湖北省武汉市江汉区", -1))),), 0, 黄, "本地·3", world=WUHAN),
    Row("一个字的地名不比对", (declared(been=stays(("市", -1))),), 0, 绿, "1·a", world=WUHAN),
    Row("第14天前离开", (declared(been=stays(("武汉", -14))),), 0, 黄, "本地·3", world=WUHAN),
    Row("第15天前离开", (declared(been=stays(("武汉", -15))),), 0, 绿, "1·a", world=WUHAN),
    Row("申报后才列入，自列入之日起", (declared(-4, been=stays(("武汉", -5))), daily(-3, 0)), 0, 黄, "本地·3", since=0, world=WUHAN),
    Row("列入前一天仍为绿，已预告只到当天", (declared(-4, been=stays(("武汉", -5))), daily(-3, 0)), -1, 绿, "1·a", until=-1, world=WUHAN),
    Row("列入时已离开15天", (declared(-4, been=stays(("武汉", -15))), daily(-3, 0)), 0, 绿, "1·a", world=WUHAN),
    Row("名单最后一天申报", (declared(20, been=stays(("武汉", 19))),), 20, 黄, "本地·3", world=WUHAN),
    Row("移出名单后申报", (declared(21, been=stays(("武汉", 19))),), 21, 绿, "1·a", world=WUHAN),
    Row("移出名单不解除已有的黄码", (declared(20, been=stays(("武汉", 19))),), 25, 黄, "5·b", since=20, world=WUHAN),
)

CONTACTS = (
    Row("未写明隔离：自记录之日居家隔离，须复核", (declared(), contact(0), daily(1, 14)), 14, 黄, "3"),
    Row("未写明隔离，第14天复核", (declared(), contact(0), daily(1, 14), recheck(14)), 14, 绿, "1·a"),
    Row("复核在隔离开始之日", (declared(), at_home, recheck(0), daily(1, 14)), 14, 绿, "1·a", since=14),
    Row("复核在隔离开始之前，无效", (declared(-2), at_home, recheck(-1), daily(-1, 14)), 14, 黄, "3"),
    Row("集中隔离第14天，报满14天", (declared(), contact(0, isolation(CENTRAL, 0)), daily(1, 14)), 14, 绿, "1·a", since=14),
    Row("集中隔离已满，只等14天", (declared(), contact(0, isolation(CENTRAL, -14))), 0, 黄, "5·b", since=0),
    Row("隔离第13天", (declared(), contact(0, isolation(CENTRAL, -13))), 0, 黄, "3"),
    Row("自记录之日起算，与接触之日无关", (declared(), daily(1, 9), contact(9, isolation(CENTRAL, -3)), daily(10, 22)), 22, 黄, "5·b", since=9, progress=(13, 14)),
    Row("两次接触重叠，以后一次为准", (declared(), contact(0, isolation(CENTRAL, 0)), contact(7, isolation(CENTRAL, 7)), daily(1, 20)), 20, 黄, "3", since=0, progress=(13, 14)),
    Row("两次接触重叠，第21天", (declared(), contact(0, isolation(CENTRAL, 0)), contact(7, isolation(CENTRAL, 7)), daily(1, 21)), 21, 绿, "1·a", since=21),
    Row("名单撤回，视同从未有过", (declared(), listed, daily(1, 3), withdraw(listed, 3)), 3, 绿, "1·a", since=0),
    Row("撤回一次，另一次仍在", (declared(), listed, contact(2, isolation(CENTRAL, 2)), withdraw(listed, 3)), 3, 黄, "3", since=2),
    Row("接触当日发热，两条都写明", (declared(), listed, report(1, "38.0")), 1, 黄, "3 本地·1"),
    Row("报满14天而隔离次日才满，先告知最后一天", (declared(), contact(0, isolation(CENTRAL, 1)), daily(1, 14)), 14, 黄, "3", until=14, progress=(14, 14)),
    Row("同上，次日转绿", (declared(), contact(0, isolation(CENTRAL, 1)), daily(1, 14)), 15, 绿, "1·a", since=15, until=17),
    Row("报满14天后漏报，隔离后来才满：不再从头数", (declared(), contact(0, isolation(CENTRAL, 6)), daily(1, 14)), 19, 黄, "3", since=0, until=19, progress=(14, 14)),
    Row("同上，隔离已满，只因久未打卡为灰", (declared(), contact(0, isolation(CENTRAL, 6)), daily(1, 14)), 20, 灰, "2", since=20),
    Row("隔离满后第3天才复核，自复核之日转绿", (declared(), at_home, daily(1, 17), recheck(17)), 17, 绿, "1·a", since=17),
    Row("红码期满，居家隔离尚未复核", (declared(), case(1), cured(20), contact(25), daily(21, 34, INSTITUTION)), 34, 黄, "3", since=34, progress=(0, 14)),
    Row("红码期间列为接触，仍为红", (declared(), case(1), contact(2)), 2, 红, "4", since=1),
)

CASES = (
    *(Row(f"病例类别 {kind}", (declared(), case(1, kind)), 1, 红, "4") for kind in CaseKind),
    Row("名单今日入库，病例自3天前起", (declared(), daily(1, 5), case(2, recorded=5)), 5, 红, "4", since=2),
    Row("名单入库之前", (declared(), daily(1, 4), case(2, recorded=5)), 4, 绿, "1·a", since=0),
    Row("病例日期在今后，尚不作数", (declared(), case(3, recorded=1)), 2, 绿, "1·a"),
    Row("病例日期到了", (declared(), case(3, recorded=1)), 3, 红, "4", since=3),
    Row("治愈当日起只等14天", (declared(), case(1), cured(20)), 20, 红, "5·a", progress=(0, 14)),
    Row("治愈日期在今后", (declared(), case(1), cured(21, recorded=20)), 20, 红, "4"),
    Row("治愈当日的机构所报不计入", (declared(), case(1), cured(20), daily(20, 33, INSTITUTION)), 33, 红, "5·a", progress=(13, 14)),
    Row("机构所报中断一天", (declared(), case(1), cured(20), daily(21, 35, INSTITUTION, but=(30,))), 35, 红, "5·a", progress=(5, 14)),
    Row("机构所报期间本人报异常，连续即断", (*recovered, daily(34, 34, INSTITUTION), report(28, "37.5")), 34, 红, "5·a", progress=(6, 14)),
    Row("机构所报期间卡口异常，连续即断", (*recovered, daily(34, 34, INSTITUTION), gate(28, "37.5")), 34, 红, "5·a", progress=(6, 14)),
    Row("机构自己所报异常，连续即断", (*recovered, daily(34, 34, INSTITUTION), report(28, "37.5", by=INSTITUTION)), 34, 红, "5·a", progress=(6, 14)),
    Row("补证不计入隔离机构14天", (*recovered, attest(34, recorded=34)), 34, 红, "5·a", progress=(13, 14)),
    Row("治愈晚5天入库，自治愈之日起计", (declared(), case(1), cured(20, recorded=25), daily(21, 34, INSTITUTION)), 34, 黄, "5·b", since=34),
    Row("两次治愈，以第一次为准", (declared(), case(1), cured(20), cured(30), daily(21, 34, INSTITUTION)), 34, 黄, "5·b", since=34),
    Row("治愈不能撤回", (declared(), case(1), cured(20), withdraw(cured(20), 21)), 22, 红, "5·a"),
    Row("机构14天满在漏报之后另起", (declared(), case(1), cured(20), daily(21, 25, INSTITUTION), daily(27, 40, INSTITUTION)), 40, 黄, "5·b", since=40),
    Row("治愈先入库，病例名单后到", (declared(), cured(20), daily(21, 34, INSTITUTION), case(1, recorded=40)), 40, 黄, "5·b", since=34),
    Row("早于病例之日的治愈不算", (declared(), cured(4), case(5), daily(6, 19, INSTITUTION)), 19, 红, "4"),
    Row("病例之日治愈", (declared(), case(5), cured(5), daily(6, 19, INSTITUTION)), 19, 黄, "5·b", since=19),
    Row("治愈后又成病例", (*recovered, case(30, CaseKind.FEVER)), 33, 红, "4", since=1),
    Row("机构满14天当日仍须本人14天：13天不够", (*recovered, daily(34, 34, INSTITUTION), daily(35, 47)), 47, 黄, "5·b", since=34, progress=(13, 14)),
    Row("红码当日本人所报不计入黄码14天", (*recovered, daily(34, 34, INSTITUTION), daily(21, 47)), 47, 黄, "5·b", progress=(13, 14)),
    Row("一例撤回，另一例仍在", (declared(), suspected, case(2), withdraw(suspected, 3)), 3, 红, "4", since=2),
    Row("红码撤回后仍须看接触名单", (declared(), suspected, contact(2), withdraw(suspected, 3)), 3, 黄, "3", since=2),
    Row("撤回之前仍为红", (declared(), suspected, withdraw(suspected, 5)), 4, 红, "4"),
    Row("打卡、异常、申报都不能撤回", (declared(), ill, withdraw(ill, 3)), 3, 黄, "5·b"),
)

UPSTREAM = (
    Row("上级为黄，以更严的为准", (declared(), upstream(0, "yellow")), 0, 黄, "正文三", since=0),
    Row("上级为绿，自己也为绿，写自己的条款", (declared(), upstream(1, "green")), 1, 绿, "1·a", until=3),
    Row("上级所定，次日才记录的，自记录之日起", (declared(), upstream(2, "yellow")), 1, 绿, "1·a", since=0),
    Row("上级为绿，自己为灰", (declared(), upstream(0, "green")), 4, 灰, "2"),
    Row("上级为灰，自己为绿", (declared(), upstream(1, "grey")), 1, 灰, "正文三", since=1),
    Row("上级为红，自己为黄", (declared(), ill, upstream(3, "red")), 3, 红, "正文三", since=3),
    Row("上级与自己同为黄，写自己的条款", (declared(), ill, upstream(3, "yellow")), 3, 黄, "5·b", since=2),
    Row("上级取消", (declared(), upstream(0, "red"), upstream(1, "none")), 1, 绿, "1·a", since=1, until=3),
    Row("以最后一次为准", (declared(), upstream(0, "red"), upstream(0, "yellow", "11:00:00")), 0, 黄, "正文三"),
    Row("最后一次撤回，前一次仍在", (declared(), upstream(0, "yellow"), no_more, withdraw(no_more, 2)), 2, 黄, "正文三", since=0),
    Row("上级为黄时不会变灰", (declared(), upstream(0, "yellow")), 9, 黄, "正文三", since=0),
)

ENDING = (
    Row("停用日当天", (declared(),), 2, 绿, "1·a", until=2, world=World(ends_on=day(2))),
    Row("停用日次日", (declared(),), 3, 无, "正文三·末", since=3, world=World(ends_on=day(2))),
    Row("红码也停用", (declared(), case(1)), 3, 无, "正文三·末", world=World(ends_on=day(2))),
    Row("灰码先到，停用在后", (declared(),), 1, 绿, "1·a", until=3, world=World(ends_on=day(9))),
    Row("通知之前，依第一份通知", (declared(-30),), -30, 绿, "1·a"),
)
# fmt: on

TABLES = (POLICY, DECLARING, GREY, OUTAGES, ABNORMAL, COUNTING, TELLING, PLACES, CONTACTS, CASES, UPSTREAM, ENDING)
ROWS = [row for table in TABLES for row in table]


@pytest.mark.parametrize("row", ROWS, ids=[row.says for row in ROWS])
def test_case(row: Row) -> None:
    check(row)


def test_the_table_holds_every_clause_that_colours() -> None:
    named = {clause for row in ROWS for clause in full(row.clauses)}
    notice = in_force(day(0))
    assert named == {c.id for c in notice.clauses if c.days is not None} | {notice.undeclared, notice.ended}
