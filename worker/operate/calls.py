"""The worker's call list: whom no message reached, about what and why; what a call brought is put down."""

from __future__ import annotations

import base64
import binascii

import click

from channel import ladder
from domain.facts import SHANGHAI
from domain.people import mask_name, mask_phone
from domain.places import full_name
from domain.roles import Action, Staff, require
from domain.scopes import Target
from store.calls import Outcome
from store.keys import pid_text
from worker.context import Context
from worker.operate.asking import refusals, staff_option
from worker.staff.calling import OUTCOMES, about, open_calls, put_down, telephone
from worker.wiring import context


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
        _put_down(ctx, staff, person, outcome)
    else:
        _show(ctx, community, staff, reveal)


def _show(ctx: Context, community: str, staff: Staff, reveal: bool) -> None:
    waiting = open_calls(ctx, community)
    click.echo(f"{full_name(community)} 待电话联系 {len(waiting)} 人")
    people = ctx.people.read_sound(waiting)
    for pid, call in waiting.items():
        who = people[pid].identity if pid in people else None
        if who is None:
            continue
        phone = telephone(ctx, staff, pid) if reveal else mask_phone(who.phone)
        at = f"{call.at.astimezone(SHANGHAI):%m-%d %H:%M}"
        tried = f"已打 {call.tries} 次，{OUTCOMES[Outcome(call.outcome)]}" if call.outcome else ""
        columns = (pid_text(pid), at, mask_name(who.name), phone, about(call.about), ladder.told(call.trail), tried)
        click.echo("\t".join(columns).rstrip())


def _put_down(ctx: Context, staff: Staff, person: str, outcome: str | None) -> None:
    if not person or not outcome:
        raise click.ClickException("--person 和 --outcome 要一起给 · --person and --outcome belong together")
    try:
        pid = base64.urlsafe_b64decode(person)
    except (binascii.Error, ValueError):
        raise click.ClickException("--person: 应为名单第一列 · the first column of the list") from None
    with refusals():
        put_down(ctx, staff, pid, Outcome(outcome))
    click.echo(f"已记下：{OUTCOMES[Outcome(outcome)]}")
