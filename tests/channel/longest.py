"""The longest values that each template may be given, so that whatever it says fits one message."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from channel.results import REASON_KEPT
from domain.appeals import Outcome
from domain.broadcasts.account import WORDS as OUTCOMES
from domain.broadcasts.results import MASS_STATUSES, Mass, MassResult, in_short
from domain.care import LONGEST_RELATION, MOST_CARERS, MOST_RELATIVES, RELATIONS
from domain.facts import SHANGHAI, By, Case, CaseKind, Report, Symptom
from domain.organisations import MOST_JOINED, NAME_LENGTH
from domain.partners.bindings import MOST_BINDINGS
from domain.partners.client import LONGEST_NAME
from domain.partners.rights import IN_SHORT, PERSONAL, TOLD
from domain.people import mask_name
from domain.places import full_name
from domain.roles import Role
from domain.verdict import Colour
from flows.appeal import REASON_SHOWN
from flows.explaining import CHANGES_SHOWN, LOOKS_SHOWN, ORGANISATION_SHOWN, told_record
from flows.kinds.appeals import OPTIONS
from flows.kinds.health import told_symptoms
from flows.told import listed, quoted, relative, told_day, told_left, told_moment, words
from worker.broadcasts.telling import REASON_SHOWN as NOTICE_REASON
from worker.broadcasts.telling import SHOWN as NOTICE_SHOWN
from worker.desk.authorising import CONTRACTS_SHOWN
from worker.desk.chores import PAGE as TASKS_PAGE
from worker.desk.listing import PAGE as MISSING_PAGE
from worker.staff.staffing import PLACES_TOLD

PLACE = full_name("640502400598")
"""The longest name of a community from the region down."""

LONGEST_PLACE = "宁夏吴忠国家农业科技园区"
WIDE = "𠀀" * 50
"""The longest name in the widest characters: four bytes each."""
WIDEST_MASKED = mask_name("𠀀" * 50)
DAY = told_day(date(2020, 12, 31))
DUE = told_moment(datetime(2020, 12, 31, 23, 59, tzinfo=SHANGHAI))
LEFT = told_left(timedelta(days=3, hours=23))
CLAUSE = quoted("密切接触者，并居家隔离且尚未复核新冠肺炎症状、集中或居家隔离未满14天的，生成黄色防疫健康码")
LOCAL = words("14天内与病例有过接触（本人申报）")
CLINICAL = Case(id="c", at=datetime(2020, 12, 31, tzinfo=SHANGHAI), case=CaseKind.CLINICAL, since=date(2020, 12, 31))
RECORD = told_record(CLINICAL, {"c": "某" * ORGANISATION_SHOWN})
MANY = frozenset({Symptom.LOSS_OF_SMELL, Symptom.OTHER})
FEVER = Report(id="r", at=CLINICAL.at, by=By.WORKER, temperature=Decimal("38.55"), symptoms=MANY)
OWN = told_record(FEVER, {})
SYMPTOMS = told_symptoms([each.value for each in Symptom])
SYSTEM = "𠀀" * LONGEST_NAME
ALLOWED = [words(TOLD[right]) for right in PERSONAL]
BINDINGS = [[99, SYSTEM, [words(IN_SHORT[right]) for right in PERSONAL], DAY]] * MOST_BINDINGS
AUTHORISING: dict[str, dict[str, Any]] = {
    "authorise_ask": {"name": SYSTEM, "organisation": SYSTEM, "rights": ALLOWED},
    "authorised": {"name": SYSTEM, "rights": ALLOWED},
    "authorise_declined": {"name": SYSTEM},
    "authorisation_ended": {"name": SYSTEM},
    "authorisations": {"rows": BINDINGS, "contracts": [SYSTEM] * CONTRACTS_SHOWN, "first": 99},
    "authorise_refused": {"reason": "authorisation_unread"},
}
WORST: dict[str, list[Any]] = {
    "venue": ["场" * 40],
    "time": ["23:59"],
    "carers": [[[WIDEST_MASKED, "𠀀" * 6]] * 4, []],
    "most": [6],
    "own": [True, False],
    "relation": ["𠀀" * 6],
    "requests": [[]],
    "together": [True, False],
    "typed": ["𠀀" * 10],
    "waiting": [[]],
    "yes": [True, False],
    "yours": [True, False],
    "about": [RECORD, "abnormal"],
    "address": ["𠀀" * 60],
    "again": [True, False],
    "already": [9999, 0],
    "before": ["green", "none"],
    "bound": [True, False],
    "change": [[DAY, "green"], None],
    "call": ["usual", "grey", "yellow", "last"],
    "choice": [20, 0, -1],
    "changes": [[[DAY, "yellow", ["附件四(一)3", "附件四(一)5·b"]]] * CHANGES_SHOWN],
    "checking": [True, False],
    "clauses": [[["附件四(一)3", CLAUSE, [RECORD]], *([f"本地·{n}", LOCAL, [OWN]] for n in range(1, 5))]],
    "code": ["246810"],
    "colour": [colour.value for colour in Colour],
    "community": [PLACE, ""],
    "days": [
        [
            {
                "day": DAY,
                "temperature": "38.55",
                "symptoms": words("{some}等", some=listed([words("肌肉酸痛"), words("嗅觉或味觉减退")])),
                "reported": True,
                "abnormal": True,
                "undone": True,
                "attested": True,
            }
        ]
        * 14,
        [],
    ],
    "declared": [True, False],
    "detail": [DAY],
    "short": [True, False],
    "document": ["6" * 30],
    "done": [13, 0, None],
    "earlier": [99],
    "counts": [[]],
    "day": [DAY],
    "stored": [True, False],
    "clause": ["附件四(一)5·b"],
    "words": [CLAUSE],
    "url": [f"https://jiankangma.wsjkw.yinchuan.example.gov.cn/yima/code?k={'A' * 66}"],
    "example": ["湖北省武汉市江汉区"],
    "exposures": [999],
    "first": [41],
    "found": [True, False],
    "grid": [99, 0],
    "health_line": ["12320"],
    "hotline": ["12345"],
    "telephone": ["0951-12345678", ""],
    "inside": [PLACE],
    "kind": ["image", "voice", "other"],
    "labels": [[words("外国人永久居留身份证")] * 6, [RECORD] * OPTIONS],
    "left": [LEFT, ""],
    "lines": [
        [
            ["姓名", WIDE],
            *([["离开过宁夏或到过风险地区", words("没有手机号")]] * 11),
            ["村（社区）", PLACE],
            ["住址", "𠀀" * 60],
        ],
        [["到过的地方", "𠀀" * 60], ["今天的症状", SYMPTOMS]] * 2,
    ],
    "live": [True, False],
    "looks": [[[DAY, "某" * ORGANISATION_SHOWN, "某" * ORGANISATION_SHOWN]] * LOOKS_SHOWN, []],
    "may_lack": [True, False],
    "abroad": [True, False],
    "may_skip": [True, False],
    "moved": [True, False],
    "name": [WIDE],
    "names": [[LONGEST_PLACE] * 20, [PLACE] * 9],
    "notice": ["宁疫指办发〔2020〕66号"],
    "others": [999, 0],
    "off": [9999, 0],
    "outcome": [str(each) for each in Outcome],
    "result": ["added", "waiting", "community", "nobody", "self", "already", "declined", "enough"],
    "organisation": ["某" * ORGANISATION_SHOWN],
    "owner": [PLACE],
    "number": ["1231-ABCD-EFGH"],
    "due": [DUE],
    "count": [1, 0],
    "tickets": [
        [
            {"number": "1231-ABCD-EFGH", "about": RECORD, "state": state, "due": DUE, "owner": PLACE}
            | {"outcome": "withdraw", "organisation": "某" * ORGANISATION_SHOWN, "reason": "某" * REASON_SHOWN}
            for state in ("decided", "decided", "escalated", "open")
        ],
        [],
    ],
    "page": [2],
    "pages": [3],
    "person": [True, False],
    "posts": [[["institution_reporter", f"{PLACE}第1、2、3、4、5、6、7、8网格"]] * 6],
    "phone": ["138****0000"],
    "proved": [True, False],
    "reachable": [9999],
    "reason": ["symptoms_unreadable", "unheard_of", ""],
    "reminded": [9999],
    "reported": [9999, 0],
    "registered": [PLACE],
    "reports": [999],
    "roles": [[each.value for each in Role], ["system_admin"]],
    "rounds": [14],
    "sentence": ["近14天内，您是否接触过新冠肺炎确诊病例、疑似病例或无症状感染者？"],
    "since": [DAY, ""],
    "skipped": [True, False],
    "sms": [True, False],
    "some": [True, False],
    "still": [True, False],
    "symptoms": [SYMPTOMS, ""],
    "temperature": ["38.55"],
    "title": ["行程和接触申报"],
    "unverified": [True, False],
    "total": [9999],
    "unreachable": [9999, 0],
    "until": [DAY, ""],
    "wanted": ["确认删除"],
    "to_remind": [9999, 0],
    "what": ["phone", "address", "community"],
}
_UNSENT = [*MASS_STATUSES, "err(" + "9" * (REASON_KEPT - 5) + ")"]
MASSES = [
    Mass("9" * 20, 10_000),
    *(Mass("9" * 20, 10_000, MassResult("send success", 10**9, 0, 10**9, 10**9)) for _ in range(720)),
    *(Mass("9" * 20, 10_000, MassResult(status, 0, 0, 0, 0)) for status in _UNSENT),
]
_BROADCAST = {
    "number": 99_999,
    "state": "已批准",
    "author": "a" * 32,
    "by": "a" * 32,
    "reason": "某" * NOTICE_REASON,
    "audience": f"{PLACE}；绿码、灰码、黄码、红码、无码；60 天未报；语言 zh_CN；标签 100",
    "text": "𠀀" * NOTICE_SHOWN + "……",
    "at": "12月31日 23:59",
    **dict.fromkeys(("people", "reachable", "calls", "left", "sent", "failed", "unreachable", "unknown"), 7_200_000),
}
_CONSOLE = {"at": "12月31日 23:59", "address": "f" * 39, "browser": "其他浏览器 · HarmonyOS", "name": WIDEST_MASKED}
OF_STAFF: dict[str, dict[str, Any]] = {
    **{
        f"broadcast_{name}": {**_BROADCAST, "route": "mass", "emergency": False}
        for name in ("decided", "done", "drafted", "emergency", "moved", "overdue", "waits", "counting")
    },
    "broadcast_progress": {
        **_BROADCAST,
        "counting": False,
        "rows": [[words, 7_200_000] for words in set(OUTCOMES.values())],
        "arrived": in_short(MASSES),
    },
    "console_alert": {"what": "password", **_CONSOLE},
    "console_signed_in": _CONSOLE,
    "entrusted": {"name": WIDEST_MASKED, "organisation": "某" * 40, "places": [PLACE + "第1、2、3网格"] * PLACES_TOLD}
    | {"since": told_day(date(2020, 12, 30)), "until": told_day(date(2020, 12, 31))},
    "broadcast_why": {"what": "broadcast_correct", "number": 99_999},
    "missing": {
        "counts": [[risk, 9999] for risk in ("1yellow", "2last", "3grey", "4green", "reported")],
        "lines": [
            {"number": 2500 + n, "name": WIDEST_MASKED, "risk": "2last", "grid": 99, "place": LONGEST_PLACE}
            | {"last": "12月31日"}
            for n in range(MISSING_PAGE)
        ],
    },
    "tasks": {
        "lines": [
            {"number": 290 + n, "about": "abnormal", "name": WIDEST_MASKED, "grid": 99, "place": LONGEST_PLACE}
            | {"due": "12月31日 23:59", "late": True, "escalated": True, "unknown_birthplace": True}
            for n in range(TASKS_PAGE)
        ]
    },
}
"""What is called `lines` and `counts` elsewhere too."""
RELATIVE = "𠀀" * LONGEST_RELATION
FAMILY = [RELATIVE] * (MOST_RELATIVES + 1)
REQUESTS = [[WIDEST_MASKED, RELATIVE, whose] for whose in ("", RELATIVE)] * MOST_CARERS
MEMBERS = [words("{name}（{relation}）", name=WIDEST_MASKED, relation=RELATIVE)] * len(FAMILY)
OF_FAMILY: dict[str, dict[str, Any]] = {
    "ask_family_summary": {"rows": [[RELATIVE, "38.55"]] * len(FAMILY)},
    "ask_relation": {"labels": [relative(each) for each in RELATIONS]},
    "ask_unchanged": {"names": FAMILY},
    "care_requests": {"requests": REQUESTS},
    "care_leave": {"people": [[number, RELATIVE] for number in range(2, 8)]},
    "care_asked": {"name": WIDEST_MASKED},
    "join_offer": {"organisation": "𠀀" * NAME_LENGTH, "people": MEMBERS},
    "joined": {"organisation": "𠀀" * NAME_LENGTH, "name": MEMBERS[0]},
    "memberships": {"joined": [["𠀀" * NAME_LENGTH, MEMBERS[0]]] * MOST_JOINED},
    "left_organisation": {"organisation": "𠀀" * NAME_LENGTH},
    "care_said": {"name": WIDEST_MASKED},
    "care_dismissed": {"name": WIDEST_MASKED},
    "care_ended": {"name": WIDEST_MASKED},
    "codes_coming": {"names": FAMILY},
    "family": {
        "people": [{"who": RELATIVE, "name": WIDEST_MASKED, "colour": "unverified", "reported": False}] * 4,
        "waiting": [[RELATIVE, "12月31日"]] * 3,
        "requests": REQUESTS[:4],
        "days": 7,
    },
    "family_count": {"names": FAMILY},
    "family_done": {
        "rows": [[RELATIVE, "38.55", "green", "12月31日"]] * len(FAMILY),
        "left_out": FAMILY,
        "alarms": FAMILY,
    },
    "family_undone": {"rows": [[RELATIVE, "38.55"]] * len(FAMILY)},
    "missing_today": {"names": FAMILY},
    **AUTHORISING,
}
