"""Orders of the staff about one person: `python -m worker order NAME --as STAFF`, the rest as JSON."""

from __future__ import annotations

from typing import Any

import click

from domain.orders import ORDERS, Confirm, Order, order_from_json
from worker.changing import change_person
from worker.context import Context
from worker.decisions.ordering import order
from worker.operate.asking import own_pid_in, part, pid_in, read_json, refusals, staff_option
from worker.staff.looking import remarks
from worker.wiring import context


@click.command("order")
@click.argument("name", type=click.Choice(tuple(ORDERS)))
@staff_option
def give_order(name: str, staff_id: str) -> None:
    """Have something recorded about a person.

    Standard input: {"document": {"kind": "10", "number": "…"}, "reason": "…"} and what the order needs:

    \b
    isolate      {"from": "2020-03-02"}            isolation at home has begun
    release      {}                                it is over
    recheck      {"temperature": "36.5"}           the symptoms were checked again
    attest       {"day": "2020-03-10"}             well on a day that was missed
    review       {"of": "<id>", "temperature": …}  an abnormal report is cleared
    report       {"temperature": "36.5"}           a report on the person's behalf
    admit        {"institution": "yinchuan-4"}     admitted to an isolation institution
    ward-report  {"temperature": "36.5"}           its report of a day ("day" for an earlier one)
    cure         {"on": "2020-03-20"}              cured
    discharge    {}                                discharged
    grid         {"cell": 3}                       belongs to this grid cell of the community, 0: to none
    confirm      {"account": "<openid>"}           the document was seen; it belongs to this account

    Symptoms: {"symptoms": ["dry_cough"]}. A colour cannot be ordered: it follows.
    """
    ctx, given = context(), read_json()
    with refusals():
        staff, asked, reason = ctx.staff.read(staff_id), order_from_json(name, given), part(given, "reason", str)
        moment = ctx.moment()
        change = change_person(
            ctx, _concerned(ctx, asked, given), lambda person: order(asked, staff, person, reason, moment)
        )
    verdict = moment.judge(change.after)
    recorded = change.act.fact if change.act else ""
    click.echo(f"{recorded or '-'} 已记录。颜色 {verdict.colour} {'、'.join(verdict.clauses)}")
    for each in remarks(change.after):
        click.echo(f"注意：{each}")


def _concerned(ctx: Context, asked: Order, given: dict[str, Any]) -> bytes:
    """Whom an order is about. A document that is linked to another may still be claimed, and is confirmed itself."""
    if isinstance(asked, Confirm):
        pid = own_pid_in(ctx, given)
        second = ctx.people.read([pid])[pid]
        if second.account or second.contesting:
            return pid
    return pid_in(ctx, given)
