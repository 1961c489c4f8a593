"""Commands that account for each recipient, as CSV. Accounts stand there under their tags; names are not shown."""

from __future__ import annotations

import click

from domain.broadcasts.account import UNKNOWN, WORDS
from domain.places import full_name
from domain.roles import Action, Refused, require
from store.keys import account_tag
from store.piles import WHOLE
from worker.context import Context
from worker.operate.asking import refusals, staff_option
from worker.wiring import context


@click.command("unknown")
@click.argument("number", type=int)
@staff_option
def unknown(number: int, staff_id: str) -> None:
    """Whose outcome is unknown, as CSV: community, tag of the account, why. Names are not shown."""
    ctx = context()
    with refusals():
        require_reader(ctx, staff_id)
        made = ctx.broadcasts.read(number)
    click.echo("社区代码,社区,账号标记,原因")
    for chunk, letters in ctx.piles.states(made.pile, range(made.chunks)).items():
        marked = [(place, chr(letter)) for place, letter in enumerate(letters) if chr(letter) in UNKNOWN]
        if not marked:
            continue
        openids = ctx.piles.recipients(made.pile, chunk)
        accounts = ctx.accounts.windows([openids[place] for place, _ in marked])
        people = ctx.people.read_sound(account.self_pid for account in accounts if account.self_pid)
        for account, (_, letter) in zip(accounts, marked, strict=True):
            person = people.get(account.self_pid)
            where = person.community if person else ""
            click.echo(f"{where},{full_name(where)},{account_tag(account.openid)},{WORDS[letter]}")


@click.command("everybody")
@click.argument("number", type=int)
@staff_option
def everybody(number: int, staff_id: str) -> None:
    """Where each recipient stands, as CSV: tag of the account, what became of it, errcode. Names are not shown."""
    ctx = context()
    with refusals():
        require_reader(ctx, staff_id)
        made = ctx.broadcasts.read(number)
    codes = ctx.piles.codes(made.pile, range(made.chunks))
    click.echo("账号标记,结果,错误码")
    for chunk in range(made.chunks):
        letters = ctx.piles.states(made.pile, [chunk])[chunk].decode()
        for place, (openid, letter) in enumerate(zip(ctx.piles.recipients(made.pile, chunk), letters, strict=False)):
            code = codes.get((chunk, place), codes.get((chunk, WHOLE), ""))
            click.echo(f"{account_tag(openid)},{WORDS[letter]},{code}")


def require_reader(ctx: Context, staff_id: str) -> None:
    """Raises Refused for whoever neither drafts nor approves."""
    who = ctx.staff.read(staff_id)
    try:
        require(who, Action.BROADCAST_DRAFT)
    except Refused:
        require(who, Action.BROADCAST_APPROVE)
