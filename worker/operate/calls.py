"""The worker's call list: whom no message reached, about what and why; what a call brought is put down."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

import click

from channel import ladder, notices
from domain.facts import SHANGHAI
from domain.people import mask_name, mask_phone
from domain.person import Look
from domain.places import full_name
from domain.roles import Action, Staff, require
from domain.scopes import Target
from store.calls import REMINDER, Call, Outcome
from store.changes import Act
from store.keys import pid_text
from worker.apply import look
from worker.changing import change_person
from worker.context import Context, context
from worker.operate.asking import refusals, staff_option

PURPOSE = "电话联系"
OUTCOMES = {
    Outcome.ANSWERED: "已接通",
    Outcome.NO_ANSWER: "无人接听",
    Outcome.WRONG_NUMBER: "号码有误",
    Outcome.MOVED: "已搬离",
}
REMINDED = "每日打卡提醒"


@click.command("calls")
@click.argument("community")
@staff_option
@click.option("--reveal", is_flag=True, help="Show whole telephones; each is a look that the person can see.")
@click.option("--person", default="", help="Put down a call: the first column of the list.")
@click.option("--outcome", type=click.Choice([each.value for each in Outcome]), help="What it brought.")
def calls(community: str, staff_id: str, reveal: bool, person: str, outcome: str | None) -> None:
    """Whom no message reached in a community (12 digits), about what and why."""
    ctx = context()
    with refusals():
        staff = ctx.staff.read(staff_id)
        require(staff, Action.SEE_PERSON, Target(community))
    if person or outcome:
        _put_down(ctx, community, staff, person, outcome)
    else:
        _show(ctx, community, staff, reveal)


def open_calls(ctx: Context, community: str) -> Mapping[bytes, Call]:
    """pid -> entry of everybody who is still to be called, the oldest first."""
    cells = dict(ctx.rosters.read(community))
    return {
        pid: call
        for pid, call in ctx.calls.of(community).items()
        if pid in cells and cells[pid].present and not call.is_over(cells[pid].last_own_day)
    }


def _show(ctx: Context, community: str, staff: Staff, reveal: bool) -> None:
    waiting = open_calls(ctx, community)
    click.echo(f"{full_name(community)} 待电话联系 {len(waiting)} 人")
    people = ctx.people.read_sound(waiting)
    for pid, call in waiting.items():
        who = people[pid].identity if pid in people else None
        if who is None:
            continue
        phone = _telephone(ctx, staff, pid) if reveal else mask_phone(who.phone)
        at = f"{call.at.astimezone(SHANGHAI):%m-%d %H:%M}"
        tried = f"已打 {call.tries} 次，{OUTCOMES[Outcome(call.outcome)]}" if call.outcome else ""
        columns = (pid_text(pid), at, mask_name(who.name), phone, about(call.about), ladder.told(call.trail), tried)
        click.echo("\t".join(columns).rstrip())


def about(name: str) -> str:
    """What an entry is about, in Chinese."""
    notice = notices.ABOUT.get(name) or notices.WARNINGS.get(name)
    return REMINDED if name == REMINDER else notice.what if notice else name


def _telephone(ctx: Context, staff: Staff, pid: bytes) -> str:
    """The whole telephone, and the look at it that the person can see."""
    moment = ctx.moment()
    seen = Look(staff.organisation, moment.now, PURPOSE)
    act = Act(staff.id, "look", reason=PURPOSE, organisation=staff.organisation)
    who = change_person(ctx, pid, lambda person: look(person, seen, act, moment)).after.identity
    return who.phone if who else ""


def _put_down(ctx: Context, community: str, staff: Staff, person: str, outcome: str | None) -> None:
    if not person or not outcome:
        raise click.ClickException("--person 和 --outcome 要一起给 · --person and --outcome belong together")
    try:
        pid = base64.urlsafe_b64decode(person)
    except (binascii.Error, ValueError):
        raise click.ClickException("--person: 应为名单第一列 · the first column of the list") from None
    if not ctx.calls.note(community, pid, Outcome(outcome), staff.id, ctx.clock.now()):
        raise click.ClickException("名单上没有此人 · nobody of this number is on the list")
    ctx.audit.note(Act(staff.id, f"call {outcome}", reason=PURPOSE, organisation=staff.organisation), pid)
    click.echo(f"已记下：{OUTCOMES[Outcome(outcome)]}")
