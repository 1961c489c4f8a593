"""宁疫指办发〔2020〕66号, in force since 2 March 2020. Append-only: a change of the rules is a new notice, a new file.

Its full text lies beside it in `n2020_03_02.txt`. Words are the notice's own; local clauses are marked as such.
"""

# ruff: noqa: E501 -- a clause is one line, read from left to right as the notice reads

from __future__ import annotations

from datetime import date
from decimal import Decimal

from domain import reasons
from domain.notice import Clause, Colour, Limits, Naming, Notice, Threshold

GREEN, GREY, YELLOW, RED = Colour.GREEN, Colour.GREY, Colour.YELLOW, Colour.RED
WAITING, STATED = Naming.WAITING, Naming.STATED

FEVER = Threshold(Decimal("37.3"), "℃", "体温达到此值即为异常", "附件四(一)1·c")
GREY_AFTER = Threshold(3, "天", "超过此天数没有打卡，绿码变灰码", "附件四(一)2")
INSTITUTION_ROUND = Threshold(14, "天", "红码治愈后，隔离机构连续上报的天数", "附件四(一)5·a")
OWN_ROUND = Threshold(14, "天", "黄码个人连续上报的天数", "附件四(一)5·b")
ISOLATION = Threshold(14, "天", "密切接触者隔离期满的天数", "附件四(一)3")
OWN_ISOLATION = Threshold(14, "天", "自报隔离期满的天数", "本地·4")
EXPOSURE = Threshold(14, "天", "自报接触或到过风险地区，计入之前的天数（含第14天）", "本地·2、本地·3")
ATTEST_WITHIN = Threshold(3, "天", "社区工作人员补证漏报日的期限", "附件四(一)5·b")
UNDO_WITHIN = Threshold(10, "分钟", "本人撤销误报的期限", "本地·1")

STATED_WORDS = "确保显示结果与自治区防疫健康码保持一致"

CLAUSES = (
    Clause("正文二·1", "自行申报，经与相关数据比对审核后，分别自动生成红、黄、灰、绿四种颜色的居民个人专属二维码", note="未经确认申报，不生成任何颜色"),
    Clause("正文二·2", "居民个人持“绿码”的，亮码测温正常后即可通行", note="绿码并且现场测温正常，方可通行；核验结果两项都写明"),
    Clause("正文二·3", "持“灰码”的，经如实填报信息后转为“绿码”方可通行", note="如实填报后，灰码立即转为绿码"),
    Clause("正文二·4", "宁夏防疫健康信息码与先前实施的宁夏健康通行卡并行使用，同时有效", note="打印的通行卡与健康码同等有效"),
    Clause("正文三", STATED_WORDS, GREY, reasons.stated(GREY), STATED, note="上级平台已有颜色的，以更严的为准"),
    Clause("正文三", STATED_WORDS, YELLOW, reasons.stated(YELLOW), STATED, note="上级平台已有颜色的，以更严的为准"),
    Clause("正文三", STATED_WORDS, RED, reasons.stated(RED), STATED, note="上级平台已有颜色的，以更严的为准"),
    Clause("正文三·末", "新冠肺炎疫情解除后自行停用", note="停用日之后不再有颜色"),
    Clause("附件二", "根据提示信息进行实名注册登录", note="短信验证手机号；接入身份核验时核对姓名、证件号、手机号；否则标明待核实"),
    Clause("附件三", "如实填写信息和当日体温，即可生成个人专属防疫健康码", note="首次申报含当日体温，当即生成"),
    Clause("附件四(一)1·a", "符合防疫人员健康条件的，自动生成绿色防疫健康信息码", GREEN, reasons.declared, note="其他条款均不适用时"),
    Clause("附件四(一)1·b", "体温数据正常情况下，即时生成“绿码”", note="卡口所测正常体温即为一次打卡"),
    Clause("附件四(一)1·c", "体温异常的，在卡点防疫工作人员监督下如实填报体温，生成黄色防疫健康码的不予通行，并按防疫要求处置", YELLOW, reasons.feverish_at_gate, note="只能由记录了第二次正常体温的复核解除"),
    Clause("附件四(一)2", "“绿码”超过3天没有进行健康打卡，会显示为“灰码”", GREY, reasons.overdue, note="第D日打卡，至D+3日为绿，D+4日零时起为灰"),
    Clause("附件四(一)3", "密切接触者，并居家隔离且尚未复核新冠肺炎症状、集中或居家隔离未满14天的，生成黄色防疫健康码", YELLOW, reasons.close_contact, note="自名单记录之日起；隔离满14天，居家的另须复核症状，并满个人连续14天，方转绿码"),
    Clause("附件四(一)4", "确诊病例（含临床诊断）、疑似病例、发热病例，生成红色防疫健康码", RED, reasons.ill, note="自病例之日起；治愈后按5·a计"),
    Clause("附件四(一)5·a", "“红码”需要医院治愈并由隔离机构每日上报健康情况连续14天，才可以转换为“黄码”", RED, reasons.recovering, WAITING, note="自治愈次日起数，有漏报或异常即从头数起"),
    Clause("附件四(一)5·b", "“黄码”需要个人连续上报14天的健康情况，才可以转换成“绿码”", YELLOW, reasons.counting, WAITING, note="自最后一项事由次日起数，有漏报或异常即从头数起"),
    Clause("附件四(二)", "填报信息应为居民本人亲自填写且属实，如有不实之处承担相应责任", note="每次填报都记明由谁填写"),
    Clause("本地·1", "本人所报体温异常或有症状", YELLOW, reasons.unwell, local=True, note="10分钟内可撤销，或由社区工作人员复核解除"),
    Clause("本地·2", "14天内与病例有过接触（本人申报）", YELLOW, reasons.met_a_case, local=True),
    Clause("本地·3", "14天内到过所列风险地区", YELLOW, reasons.was_in_risk_area, local=True, note="所到地点留存，其后列入的也据此判定"),
    Clause("本地·4", "正在隔离，未满14天（本人申报）", YELLOW, reasons.isolates, local=True),
)  # fmt: skip

DECISIONS = (
    "几项条款同时适用时，红重于黄，黄重于灰，灰重于绿；颜色所依据的条款全部列明。",
    "只有绿码会变灰码；红码、黄码不因未打卡而改变。",
    "红码不直接转为绿码：治愈后满隔离机构连续14天转黄码，再满本人连续14天转绿码。",
    "体温37.3℃及以上，或有任一所列症状，即为异常；一日数次填报，有一次异常即为异常。",
    "漏报一日，连续天数从头计算；社区工作人员3天内补证的和系统故障的日子除外。",
    "个人上报指本人、家人代报或社区工作人员代报；卡口、隔离机构所报不计入。",
    "已满的14天不因其后漏报而失效；新的事由从当日起重新计算。",
    "接触者名单未写明隔离的，自记录之日起视为居家隔离；居家隔离须在开始之日或其后复核症状。",
    "系统故障日不计入“超过3天”，其本身不使灰码转绿。",
    "病例、接触者和上级颜色可以撤回，不删除；撤回后视同从未有过。",
    "本人不能为自己补证或复核；复核时测得体温异常的，不予解除。",
    "日期以北京时间为准：打卡计入测量之日，病例计入起始之日，治愈计入治愈之日，其余自记录之日起计。",
    "所到地点与所列风险地区，名称一方包含另一方即视为同一地区，一个字的不比对；自申报与列入较晚之日起计。",
    "任何人不能直接设定颜色，只能记录事实；病例和接触者名单、撤回，均由一人提交、另一人批准。",
    "首份通知施行之前，依首份通知判定。",
    "目前未发现已知风险，不等于证明身体状况。",
)

NOTICE = Notice(
    number="宁疫指办发〔2020〕66号",
    title="关于在全区统一推广使用防疫健康信息码的通知",
    effective=date(2020, 3, 2),
    limits=Limits(
        fever=FEVER,
        grey_after=GREY_AFTER,
        institution_round=INSTITUTION_ROUND,
        own_round=OWN_ROUND,
        isolation=ISOLATION,
        own_isolation=OWN_ISOLATION,
        exposure=EXPOSURE,
        attest_within=ATTEST_WITHIN,
        undo_within=UNDO_WITHIN,
    ),
    clauses=CLAUSES,
    undeclared="正文二·1",
    ended="正文三·末",
    decisions=DECISIONS,
)
