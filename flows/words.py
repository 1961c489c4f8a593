"""What people type, in Chinese or English: commands with their synonyms, yes and no, symptoms. Blanks, full-width,
letter case and quotes are forgiven; either language is understood whatever the account reads."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from functools import lru_cache

from domain.facts import Symptom
from flows.names import SYMPTOM_NAMES


class Command(StrEnum):
    """What a resident can ask for at any time; the values are the names of menu keys too."""

    DECLARE = "declare"
    REDECLARE = "redeclare"
    CHECKIN = "checkin"
    UNWELL = "unwell"
    UNDO = "undo"
    CODE = "code"
    STATUS = "status"
    WHY = "why"
    LOOKS = "looks"
    APPEAL = "appeal"
    APPEALS = "appeals"
    EXPOSURE = "exposure"
    AMEND = "amend"
    RECORDS = "records"
    MY_DATA = "my_data"
    REMINDER = "reminder"
    NO_REMINDER = "no_reminder"
    REMINDER_AGAIN = "reminder_again"
    ERASE = "erase"
    HELP = "help"
    CANCEL = "cancel"
    BACK = "back"
    AGREE = "agree"
    ENGLISH = "english"
    CHINESE = "chinese"


SYNONYMS: dict[Command, tuple[str, ...]] = {
    Command.DECLARE: ("申报", "健康申报", "我要申报", "开始申报", "登记", "注册", "declare", "declaration", "register"),
    Command.REDECLARE: ("重新申报", "重新登记", "declare again"),
    Command.CHECKIN: (
        "打卡",
        "健康打卡",
        "我要打卡",
        "每日打卡",
        "签到",
        "体温",
        "报体温",
        "check in",
        "check-in",
        "temperature",
        "report",
    ),
    Command.UNWELL: (
        "不适",
        "不舒服",
        "身体不适",
        "我不舒服",
        "有症状",
        "unwell",
        "not well",
        "sick",
        "i am ill",
        "symptoms",
    ),
    Command.UNDO: ("撤销", "撤消", "撤回", "报错了", "填错了", "点错了", "undo", "take back"),
    Command.CODE: (
        "健康码",
        "亮码",
        "我的健康码",
        "我的码",
        "二维码",
        "出示健康码",
        "码",
        "code",
        "my code",
        "health code",
        "qr code",
        "show code",
    ),
    Command.STATUS: ("状态", "我的状态", "什么颜色", "查询", "status", "my status", "colour", "color"),
    Command.WHY: ("为什么", "为啥", "为什么是这个颜色", "为什么变了", "原因", "依据", "why", "reason", "reasons"),
    Command.LOOKS: ("谁看过我", "谁看了我", "谁看过我的记录", "谁查过我", "who looked", "who looked at me"),
    Command.APPEAL: ("申诉", "我要申诉", "颜色不对", "appeal"),
    Command.APPEALS: ("申诉进度", "我的申诉", "申诉结果", "进度", "appeals", "my appeals"),
    Command.EXPOSURE: (
        "行程",
        "行程申报",
        "行程接触",
        "行程和接触",
        "报行程",
        "接触史",
        "trip",
        "trips",
        "travel",
        "contact",
    ),
    Command.AMEND: ("修改", "修改信息", "修改资料", "更正", "改信息", "change", "edit"),
    Command.RECORDS: ("记录", "打卡记录", "我的记录", "最近14天", "records", "history"),
    Command.MY_DATA: ("我的数据", "我的信息", "个人信息", "我的资料", "my data"),
    Command.REMINDER: (
        "提醒设置",
        "提醒",
        "提醒时间",
        "我的提醒",
        "打卡提醒",
        "设置提醒",
        "reminders",
        "reminder",
        "reminder settings",
    ),
    Command.NO_REMINDER: (
        "不提醒",
        "不用提醒",
        "不要提醒",
        "别提醒我",
        "取消提醒",
        "关闭提醒",
        "no reminder",
        "no reminders",
        "stop reminders",
    ),
    Command.REMINDER_AGAIN: ("恢复提醒", "开启提醒", "打开提醒", "提醒我", "remind again", "remind me"),
    Command.ERASE: ("删除", "删除数据", "删除我的数据", "注销", "erase", "delete", "erase my data", "delete my data"),
    Command.HELP: ("帮助", "?", "菜单", "怎么用", "你好", "您好", "在吗", "help", "说明", "menu", "hi", "hello"),
    Command.CANCEL: ("取消", "退出", "不填了", "算了", "cancel", "quit", "exit", "stop"),
    Command.BACK: ("上一步", "返回", "上一题", "返回上一步", "back", "previous question"),
    Command.AGREE: ("同意", "我同意", "同意并继续", "我已阅读并同意", "agree", "i agree"),
    Command.ENGLISH: ("English", "英文", "英语", "in English", "en"),
    Command.CHINESE: ("中文", "汉语", "Chinese", "in Chinese"),
}

# As `word` makes them: without blanks, in lower case.
AUTHORISATIONS = frozenset({"我的授权", "授权管理", "授权列表", "查看授权", "myauthorisations", "myauthorizations"})
DECLINES = frozenset({"不同意", "拒绝", "拒绝授权", "decline", "idonotagree", "disagree"})
YES = frozenset(
    {"是", "有", "是的", "有的", "对", "对的", "嗯", "去过", "到过", "离开过", "接触过", "yes", "y", "yeah", "yep"}
)
NO = frozenset(
    {
        "否",
        "没有",
        "没",
        "无",
        "不是",
        "没去过",
        "没到过",
        "没离开过",
        "未离开",
        "没接触过",
        "未接触",
        "no",
        "n",
        "nope",
    }
)
NONE = frozenset(
    {"无", "没有", "没", "都没有", "无症状", "正常", "没有不舒服", "没有症状", "一切正常", "0"}
    | {"none", "no", "nothing", "normal", "nosymptoms"}
)
CONFIRM = frozenset({"确认", "确定", "确认提交", "提交", "确认无误", "ok", "confirm", "submit"})
SHOW_AGAIN = frozenset({"再看", "再看一遍", "看", "showagain", "again"})
OTHER_DOCUMENT = frozenset(
    {"其他证件", "其他", "其它证件", "其它", "没有身份证", "没有居民身份证", "护照", "passport", "通行证"}
    | {"港澳通行证", "回乡证", "台湾通行证", "台胞证", "居住证", "港澳台居住证", "永久居留证", "永居证", "绿卡"}
    | {"otherdocument", "other", "permit"}
)
NO_PHONE = frozenset({"没有", "无", "没有手机", "没有手机号", "没有大陆手机号", "none", "no", "nophone"})
RESEND = frozenset({"重发", "重新发送", "再发一次", "重新发", "resend", "sendagain"})
NEVER_CAME = frozenset({"收不到", "没收到", "收不到验证码", "没有收到", "跳过", "notreceived", "skip"})
NEXT_PAGE = frozenset({"下一页", "下页", "下一頁", "next", "nextpage"})
PREVIOUS_PAGE = frozenset({"上一页", "上页", "上一頁", "previous", "previouspage"})
STILL_THERE = frozenset({"仍在", "还在", "还在那里", "现在", "仍在那里", "stillthere", "now"})
ERASE_CONFIRM = frozenset({"确认删除", "eraseeverything"})
PICTURES_DONE = frozenset({"完成", "发完了", "好了", "没有图片", "不发了", "done", "nopictures"})

ANSWERS = frozenset().union(
    *(YES, NO, NONE, CONFIRM, SHOW_AGAIN, OTHER_DOCUMENT, NO_PHONE, RESEND, NEVER_CAME),
    *(NEXT_PAGE, PREVIOUS_PAGE, STILL_THERE, ERASE_CONFIRM, PICTURES_DONE),
)
"""Every fixed word that answers a question; none of them may be a command as well."""


SYMPTOM_WORDS: dict[str, Symptom] = {
    **{name: symptom for symptom, name in SYMPTOM_NAMES.items()},
    **dict.fromkeys(("发烧", "低烧", "高烧"), Symptom.FEVER),
    **dict.fromkeys(("咳嗽", "干咳", "咳"), Symptom.DRY_COUGH),
    **dict.fromkeys(("没力气", "没劲", "疲劳", "疲惫", "无力"), Symptom.FATIGUE),
    **dict.fromkeys(("嗓子疼", "嗓子痛", "喉咙疼", "喉咙痛", "咽喉痛"), Symptom.SORE_THROAT),
    **dict.fromkeys(("气短", "气喘", "胸闷", "喘不上气", "憋气"), Symptom.BREATHLESS),
    **dict.fromkeys(("拉肚子", "拉稀"), Symptom.DIARRHOEA),
    **dict.fromkeys(("肌肉疼", "肌肉痛", "浑身疼", "浑身酸痛", "全身酸痛"), Symptom.MUSCLE_ACHE),
    **dict.fromkeys(("嗅觉减退", "味觉减退", "闻不到", "尝不出味道", "失去嗅觉", "失去味觉"), Symptom.LOSS_OF_SMELL),
    **dict.fromkeys(("其他", "其它不适"), Symptom.OTHER),
    **dict.fromkeys(("fever", "high temperature"), Symptom.FEVER),
    **dict.fromkeys(("dry cough", "coughing", "cough"), Symptom.DRY_COUGH),
    **dict.fromkeys(("fatigue", "tired", "weak"), Symptom.FATIGUE),
    "sore throat": Symptom.SORE_THROAT,
    **dict.fromkeys(("shortness of breath", "short of breath", "breathless"), Symptom.BREATHLESS),
    **dict.fromkeys(("diarrhoea", "diarrhea"), Symptom.DIARRHOEA),
    **dict.fromkeys(("muscle aches", "muscle ache", "muscle pain"), Symptom.MUSCLE_ACHE),
    **dict.fromkeys(
        ("loss of smell or taste", "loss of smell", "loss of taste", "no smell", "no taste"), Symptom.LOSS_OF_SMELL
    ),
    **dict.fromkeys(("something else", "other"), Symptom.OTHER),
}

_QUOTES = "“”\"'‘’「」『』【】〔〕()《》<>"
_ENDINGS = "。.!！,，;；、~～…"
LONGEST = 2_048
"""No text message of the platform is longer; what comes beyond it is not read."""


def plain(text: str) -> str:
    """One line in NFKC without control characters, blanks at the ends or runs of blanks; letters keep their case."""
    kept = "".join(" " if unicodedata.category(each) == "Cc" else each for each in text[:LONGEST])
    return " ".join(unicodedata.normalize("NFKC", kept).split())


@lru_cache(maxsize=256)  # of one message many ask whether it is a word of theirs
def word(text: str) -> str:
    """The text as a word to compare: NFKC, lower case, without blanks, quotes and punctuation around it."""
    bare = plain(text).replace(" ", "").strip(_QUOTES).strip(_ENDINGS).strip(_QUOTES)
    return (bare.rstrip("?") or bare[:1]).casefold()


_COMMANDS = {word(each): command for command, words in SYNONYMS.items() for each in words}


def command_in(text: str) -> Command | None:
    """The command that the whole text is, if any. Words inside a sentence are never commands."""
    return _COMMANDS.get(word(text))
