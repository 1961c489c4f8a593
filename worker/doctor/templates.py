"""The templates that the settings name: whether the account has them, with the keywords that are to be filled in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from channel.inspector import Answer
from worker.doctor.account import could_not_ask
from worker.doctor.findings import Finding, failure, sound, warning


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two kinds of notice: where the account's templates are listed, and under which names."""

    path: str
    rows: str
    id: str
    without: str
    """What residents miss where no template is set."""


LONG_TERM = Kind(
    "/wxaapi/newtmpl/gettemplate",
    "data",
    "priTmplId",
    "48 小时没说话的人收不到提醒，只进电话名单 · whoever was silent for 48 hours is not reminded but listed for a call",
)
SERVICE = Kind(
    "/cgi-bin/template/get_all_private_template",
    "template_list",
    "template_id",
    "48 小时没说话的人收不到变化的通知 · whoever was silent for 48 hours is not told of a change",
)


def about(setting: str) -> str:
    """What a finding about the template of a setting is called."""
    return f"platform.{setting.removeprefix('WECHAT_').removesuffix('_TEMPLATE').lower()}"


def judge(setting: str, wanted: str, keywords: Collection[str], kind: Kind, answer: Answer) -> Finding:
    """`wanted`: the template's id, "" where none is set; `keywords`: those that the house fills in."""
    name = about(setting)
    if not wanted:
        return warning(
            name,
            f"{setting} 未设置 · is not set",
            kind.without,
            f"在公众平台申请模板，把编号填入 {setting} · apply for a template and set its id",
        )
    if answer.code:
        return could_not_ask(name, kind.path, answer)
    there = contents(answer, kind)
    if wanted not in there:
        return failure(
            name,
            f"账号没有这个模板 · the account has no such template; {len(there)} others",
            kind.without,
            f"核对 {setting} 的编号与类别（长期订阅与模板消息不同） · check the id, and that it is of this kind",
        )
    lacking = sorted(keyword for keyword in keywords if f"{{{{{keyword}.DATA}}}}" not in there[wanted])
    if lacking:
        return failure(
            name,
            f"模板里没有 {'、'.join(lacking)} · the template lacks these keywords",
            "每次发送都会被拒绝（47003） · every notice is refused (47003)",
            f"照模板的字段改 {setting} · write {setting} by the fields of the template",
        )
    return sound(name, f"模板在，字段 {len(list(keywords))} 个相符 · there, with its keywords")


def contents(answer: Answer, kind: Kind) -> Mapping[str, str]:
    """The text of each template of the account by id."""
    rows: Iterable[object] = answer.body.get(kind.rows) or ()
    return {str(row.get(kind.id)): str(row.get("content", "")) for row in rows if isinstance(row, dict)}
