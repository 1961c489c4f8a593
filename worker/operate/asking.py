"""What the commands share: who gives the order, what stands on standard input, and why something is refused.

Personal data comes on standard input as JSON, never as an argument that `ps` and a shell's history would keep.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import click

from domain.documents import BadRecord
from domain.people import Document, DocumentKind, parse_document
from domain.reject import Reject
from domain.roles import Refused
from store.sealing import person_id
from worker.context import Context

WHY = {
    "alias_code": "码的内容应为 4 至 500 个字 · the code's text: 4 to 500 characters",
    "alias_known": "这个码已经登记过 · this code is known already",
    "no_such_alias": "没有这个旧码 · there is no such code of before",
    "alias_whose": "证件号码和场所编号填一个 · a resident ID or a venue, one of the two",
    "alias_number": "证件号码不对，请核对 · the resident ID is not right: please check it",
    "alias_many": "一次最多 2000 行，更多的请用命令 alias · at most 2,000 rows at once; use the alias command for more",
    "alias_table": "表头应为 码内容、证件号码、场所编号、有效期至 · the columns are not those expected",
    "instant": "时间应为 年-月-日 时:分 · a date and a time are expected",
    "no_such_venue": "没有这个场所，或已停用 · no such venue, or it is closed",
    "venue_id": "场所编号应为 2 至 24 个小写字母、数字或 - · the venue's id: 2 to 24 of a-z 0-9 -",
    "venue_name": "场所名称应为 1 至 40 个字 · the venue's name: 1 to 40 characters",
    "venue_community": "应为 12 位的村（社区）代码 · the 12 digits of a community are expected",
    "venue_spot": "须写明经纬度和 30 至 5000 米的范围 · degrees and 30 to 5000 metres are needed",
    "reading": "体温应在 34.0 至 43.0 之间，如 36.5 · a temperature from 34.0 to 43.0, such as 36.5",
    "bad_record": "记录不完整，请重新扫码 · the record is not whole, scan again",
    "not_yours": "这条记录是别人登录时做的，请由其本人发送 · made by another guard, who has to send it",
    "too_often": "查得太频繁，请过几分钟再试 · too many look-ups, wait a few minutes",
    "no_promise": "须本人承诺内容属实 · the promise that it is true is needed",
    "stale": "页面已过时，请重新打开 · the page is out of date, open it again",
    "role": "您的角色不能这样做 · your role does not allow this",
    "scope": "不在您的负责范围内 · outside your scope",
    "unknown_staff": "没有这位工作人员，或已无权限 · nobody of this id, or without any grant",
    "staff_exists": "已有这位工作人员 · somebody of this id is there already",
    "staff_id": "编号应为 2 至 32 个小写字母、数字或 . _ - · the id: 2 to 32 of a-z 0-9 . _ -",
    "staff_name": "缺少姓名 · the name is missing",
    "staff_organisation": "缺少单位 · the organisation is missing",
    "role_scope": "该角色不能授予这个范围 · this role cannot have such a scope",
    "founded": "已有工作人员，请由系统管理员添加 · there are staff already: a system administrator adds others",
    "no_reason": "须写明理由 · a reason is needed",
    "same_person": "提交人不能自己批准 · whoever submits may not approve",
    "decided": "已有决定 · decided already",
    "not_approved": "尚未批准 · not approved",
    "unknown_list": "没有这份名单 · no such list",
    "expired": "名单等待过久，内容已删除，请重新提交 · the rows are gone, submit it again",
    "unchecked": "名单还在核对 · still being checked",
    "faults": "有被拒绝的行；只取无误的行请加 --good-rows-only · rows were refused",
    "standing_size": "常设批准不能超过警戒行数 · beyond the size that raises an alarm",
    "no_such_appeal": "没有这件申诉 · no appeal of this number",
    "unknown_proposal": "没有这件申请 · no such proposal",
    "not_admitted": "此人未由您的机构收治 · not admitted to your institution",
    "admitted_elsewhere": "此人由另一机构收治 · admitted to another institution",
    "nothing_to_isolate": "没有须隔离的记录 · nothing on record asks for isolation",
    "too_early": "隔离未满 · the isolation is not over",
    "too_late": "超过期限 · too late for this day",
    "to_come": "日期尚未到来 · this day is still to come",
    "no_such_record": "没有这条记录，或已撤回、复核 · no such record, or it does not stand",
    "not_withdrawable": "只有病例、接触者和上级颜色可以撤回 · only cases, contacts and upstream colours are withdrawn",
    "not_measured": "卡口异常须有第二次正常体温 · a gate reading needs a second, normal measurement",
    "nobody_claims": "没有账号申领这个证件 · no account claims this document",
    "unknown_division": "没有这个行政区划代码 · no such division",
    "quiet_hours": "21点到次日8点不打扰居民 · residents are not disturbed from 21:00 to 8:00",
    "no_such_card": "没有这张通行卡 · no pass card of this number",
    "unproved_claim": "有账号申领此证件但未核实，请先 order confirm · an account claims it unproved: confirm it first",
    "no_card_number": "没有可用的卡号，请再试一次 · no number was free: try again",
    "card_number": "卡号有误，请核对 · not the number of a pass card: check it",
    "same_document": "这是同一本证件 · the same document",
    "main_undeclared": "主证件的本人还没有申报 · the person of the main document has not declared",
    "linked_already": "这本证件已经关联 · this document is linked already",
    "has_links": "另有证件关联在这本证件上，请先解除 · other documents are linked to this one",
    "claim_open": "这本证件的申领还没有确认，请先由网格员确认 · whose the document is has to be confirmed first",
    "not_linked": "没有这项关联 · no such link",
    "unknown_person": "没有此人的记录 · nothing on record of this person",
    "keeps_changing": "此人正被频繁更新，请再试一次 · the person keeps changing, try again",
    "not_bound": "没有绑定微信 · no account is bound",
    "unknown_broadcast": "没有这条广播 · no such broadcast",
    "text_empty": "缺少正文 · the text is missing",
    "text_long": "正文太长（UTF-8 字节） · too long, in bytes of UTF-8",
    "picture_empty": "图片是空的 · the picture is empty",
    "picture_kind": "图片须为 1 MB 以内的 PNG 或 JPEG · a PNG or JPEG of at most 1 MB",
    "picture_gone": "图片已删除，请重新起草 · the picture is gone, draft it again",
    "card_length": "标题不超过 64 字、简介不超过 120 字 · title up to 64, description up to 120 characters",
    "bad_url": "网址须以 https:// 或 http:// 开头 · not a web address",
    "template_values": "模板消息须有编号和每个关键词的值 · a template needs its id and a value for each keyword",
    "route": "这种内容不能走这条通道 · this content does not go by this route",
    "unknown_place": "没有这个区划代码 · no such division",
    "silent_days": "未报天数超出范围 · days of silence out of range",
    "unknown_tag": "没有这个标签 · no such tag",
    "not_author": "只有起草人能提交 · only its author submits it",
    "not_previewed": "请先发到自己的手机上预览 · preview it on your own phone first",
    "no_phone": "请先绑定微信：staff invite，再发绑定码 · bind a phone first: `staff invite`",
    "not_shown": "没有发到手机上；请先给公众号发一条消息 · not sent; say something to the account first",
    "not_submitted": "起草人还没有提交 · its author has not submitted it",
    "begun": "已经开始 · it has begun",
    "not_due": "还没到时间，或收件人还在整理 · not its time, or its recipients are not frozen",
    "not_under_way": "不在发送中 · not under way",
    "not_paused": "没有暂停 · not paused",
    "over": "已经结束 · it is over",
    "not_sent": "还没有发出，无须更正 · nothing went out, so there is nothing to correct",
    "still_sending": "还在发送；请先暂停或取消 · still going out: pause or cancel it first",
    "sign_in_wrong": "编号、密码或动态码不对 · the id, the password or the six digits are wrong",
    "sign_in_too_often": "试的次数太多：请用微信扫码，换用过的浏览器，或稍后再试 · too many tries: scan, or wait",
    "enrol_wrong": "设置码不对、已用过或已过期 · the code is wrong, used or a day old",
    "code_unreadable": "码是 10 个字母和数字 · a code has 10 letters and digits",
    "password_length": "密码须为 12 至 128 个字符 · a password has 12 to 128 characters",
    "password_simple": "密码太简单，或含有您的编号 · the password is too simple, or has your id in it",
    "password_again": "两次输入的密码不一样 · the two passwords differ",
    "sign_in_again": "登录已超过十分钟，请重新登录后再设置 · sign in again first: that was over ten minutes ago",
    "bad_day": "日期有误 · not a day",
    "organisation_id": "编号应为 2 至 32 个小写字母、数字或 . _ - · the id: 2 to 32 of a-z 0-9 . _ -",
    "organisation_name": "名称为 1 至 30 个字 · the name has 1 to 30 characters",
    "organisation_kind": "种类应为单位、学校或园区 · employer, school or park",
    "organisation_exists": "已有这个编号的单位 · an organisation of this id is there already",
    "no_organisation": "没有这个单位 · no such organisation",
    "no_qr": "平台没有给出二维码，请稍后再试 · the platform gave no QR; try again later",
    "area_name": "缺少地区名称 · the name of the area is missing",
    "area_days": "结束日不能早于开始日 · it cannot end before it begins",
    "not_the_same_day": "两次输入的日期不一样 · the two days differ",
    "no_person": "没有这样的编号 · not a reference of the audit, nor a document's number",
    "sign_in_returned": "登录没有完成，请再试一次 · signing in was not completed: try again",
    "sign_in_away": "微信现在没有答复，请稍后再试 · WeChat does not answer now: try again later",
    "off_duty": "这个微信没有绑定工作身份 · this WeChat account is bound to nobody of the staff",
    "audit_large": "审计文件很大，请在服务器上运行 make audit-verify · the files are large: run `make audit-verify`",
    "deputy_self": "不能代理或移交给自己 · nobody is their own deputy or successor",
    "deputy_nothing": "没有可以代理或移交的社区 · there is no community to lend or hand over",
    "deputy_days": "日期有误：不能已经过去，也不能超过的天数 · the days are wrong; at most so many",
    "totp_wrong": "动态码不对，请看验证器上现在的 6 位数字 · not the six digits that the authenticator shows now",
    "unknown_work": "没有这项工作，或不是您提交的 · no such work, or not one of yours",
    "file_gone": "文件已删除，请重新提交 · the file is gone: ask for it again",
    "work_died": "处理时中断了几次，已停止；请减小范围再试，或联系管理员 · it died several times: try less at once",
    "bad_table": "表格不能使用 · the table cannot be used",
    "too_large": "人数太多，请分地区导出 · too many people: export by division",
    "no_valid_card": "没有有效的通行卡 · no valid card",
    "unknown_chart": "没有这张图 · no such chart",
    "unknown_set": "没有这张表格 · no such form",
    "set_name": "请写名称，不超过 40 个字 · a name of up to 40 characters",
    "set_columns": "请至少选一列 · choose at least one column",
    "set_heading": "表头不能相同，也不能超过 40 个字 · headings differ, and have up to 40 characters",
    "columns": "姓名和证件号码必须指定，而且一列只能用一次 · name and number are needed, and a column serves once",
    "form": "表单有误，请返回重填 · the form is incomplete: go back and fill it in again",
    "too_many_for_a_name": "范围内的人太多，请用证件号码查找 · too many people here: search by document",
    "bad_order": "填写有误，请核对 · something is filled in wrongly",
    "temperature": "体温应如 36.5 · a temperature such as 36.5 is needed",
    "nobody_chosen": "没有选人 · nobody was chosen",
    "no_file": "没有选文件 · no file was chosen",
    "holder": "姓名、证件号码或电话有误，请核对 · check name, document and telephone",
    "no_identity": "没有登记身份，请在“通行卡”页办理 · no identity on record: issue it from the page of cards",
    "not_on_list": "名单上没有此人 · nobody of this number is on the list",
    "too_wide": "范围太大，请先选一个街道或社区 · too wide an area: choose a street or a community",
    "too_many": "人太多，请按社区分开办 · too many people: do it community by community",
    "appeal_needs_answer": "申诉须写明处理结果 · an appeal needs a decision",
    "searched_too_often": "查找太频繁，请过一会儿再试 · too many searches, try again later",
    "unknown_client": "没有这个系统 · no such client",
    "client_exists": "已有这个系统编号 · a client of this id is there already",
    "client_id": "编号应为 2 至 32 个小写字母、数字或 - · the id: 2 to 32 of a-z 0-9 -",
    "client_name": "缺少名称 · the name is missing",
    "client_organisation": "缺少单位 · the organisation is missing",
    "no_rights": "至少要有一项权限 · at least one scope",
    "unknown_right": "没有这项权限 · no such scope",
    "network": "不是网段，如 203.0.113.0/24 · not a network",
    "division": "只能是街道（9 位）或社区（12 位）代码 · a street (9 digits) or a community (12) only",
    "quota": "每分钟 1 至 100000 次，每天不少于每分钟 · 1 to 100000 a minute, and a day no less",
    "signing_key": "应为 Ed25519 公钥，32 字节的 base64 · an Ed25519 public key, 32 bytes in base64",
    "hook_address": "推送地址须为公网 https · the address has to be https on the public internet",
    "not_sandbox": "只在沙箱中可用 · only in a sandbox",
}
"""What a refusal's code means, for whoever typed the command."""


@contextmanager
def refusals() -> Iterator[None]:
    """Turns what may not be done, and what cannot be read, into a message and a failed command."""
    try:
        yield
    except Refused as refused:
        words = WHY.get(refused.reason, refused.reason)
        raise click.ClickException(f"{words} ({refused.detail})" if refused.detail else words) from None
    except BadRecord as error:
        raise click.ClickException(str(error)) from None


def read_json() -> dict[str, Any]:
    """The object on standard input."""
    try:
        given = json.load(sys.stdin)
    except ValueError as error:
        raise click.ClickException(f"标准输入不是 JSON · standard input is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise click.ClickException("应为一个对象 · an object is expected")
    return given


def part(given: dict[str, Any], name: str, kind: type) -> Any:
    """A field that has to be there."""
    if not isinstance(given.get(name), kind) or not given[name]:
        raise click.ClickException(f"{name}: 缺少 · is missing")
    return given[name]


def document_in(given: dict[str, Any], today: date = date.max, name: str = "document") -> Document:
    """The document of `{"document": {"kind": "10", "number": "…"}}`."""
    named = part(given, name, dict)
    try:
        return parse_document(DocumentKind(named.get("kind", "10")), str(named.get("number", "")), today)
    except (Reject, ValueError) as error:
        raise click.ClickException(f"{name}: {error}") from None


def pid_in(ctx: Context, given: dict[str, Any], name: str = "document") -> bytes:
    """The pid of the person behind the document in it: of a linked document the main record's."""
    pid = own_pid_in(ctx, given, name)
    return ctx.people.read_main([pid])[pid].pid


def own_pid_in(ctx: Context, given: dict[str, Any], name: str = "document") -> bytes:
    """The pid of that very document."""
    return pid_of(ctx, document_in(given, name=name))


def pid_of(ctx: Context, document: Document) -> bytes:
    return person_id(ctx.settings.pid_key, document.kind.value, document.number)


def staff_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--as ID`: who gives the order. Named in the audit, and asked for what they may do."""
    return click.option("--as", "staff_id", required=True, help="Id of the member of the staff who does this.")(command)
