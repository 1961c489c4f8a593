"""What symptoms, cases, isolation and recorders are called, in the chat and on the console; each translates it."""

from __future__ import annotations

from domain.facts import By, CaseKind, IsolationMode, Symptom

SYMPTOM_NAMES: dict[Symptom, str] = {
    Symptom.FEVER: "发热",
    Symptom.DRY_COUGH: "干咳",
    Symptom.FATIGUE: "乏力",
    Symptom.SORE_THROAT: "咽痛",
    Symptom.BREATHLESS: "呼吸困难",
    Symptom.DIARRHOEA: "腹泻",
    Symptom.MUSCLE_ACHE: "肌肉酸痛",
    Symptom.LOSS_OF_SMELL: "嗅觉或味觉减退",
    Symptom.OTHER: "其他不适",
}

CASE_NAMES: dict[CaseKind, str] = {
    CaseKind.CONFIRMED: "确诊病例",
    CaseKind.CLINICAL: "临床诊断病例",
    CaseKind.SUSPECTED: "疑似病例",
    CaseKind.FEVER: "发热病例",
}

MODE_NAMES: dict[IsolationMode, str] = {IsolationMode.HOME: "居家隔离", IsolationMode.CENTRAL: "集中隔离"}

RECORDER_NAMES: dict[By, str] = {
    By.SELF: "本人",
    By.CARER: "家人代报",
    By.WORKER: "社区工作人员",
    By.INSTITUTION: "隔离机构",
    By.GATE: "卡口",
}

EVERY_NAME = tuple(name for names in (SYMPTOM_NAMES, CASE_NAMES, MODE_NAMES, RECORDER_NAMES) for name in names.values())
"""For the catalogues of messages."""
