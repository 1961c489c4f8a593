"""`python -m worker client …`: systems of partners. Secrets are shown once, on standard output."""

from __future__ import annotations

import click

from domain.partners.client import Client, Quota
from domain.partners.rights import Right, rights_of
from domain.roles import Action, require
from worker.operate.asking import refusals, staff_option
from worker.partners import admin
from worker.wiring import context


@click.group("client")
def client() -> None:
    """Systems of partners: who they are, what they may do, what is pushed to them."""


@client.command("add")
@click.argument("id")
@click.option("--name", required=True, help="As residents are shown it.")
@click.option("--organisation", required=True)
@click.option("--scopes", required=True, help=f"Separated by commas: {', '.join(Right)}.")
@staff_option
def add(id: str, name: str, organisation: str, scopes: str, staff_id: str) -> None:
    """A new client; prints its secret."""
    ctx = context()
    with refusals():
        shown = admin.create(ctx, ctx.staff.read(staff_id), id, name, organisation, rights_of(_parts(scopes)))
    _tell_secret(shown.secret)


@client.command("list")
@staff_option
def show(staff_id: str) -> None:
    """Every client, its scopes, its contract, how its push stands."""
    ctx = context()
    with refusals():
        require(ctx.staff.read(staff_id), Action.MANAGE_CLIENTS)
    for each in ctx.partners.all():
        click.echo(_line(each))
        progress, dead = ctx.feeds.progress(each.id), ctx.feeds.dead_count(each.id)
        if each.hook:
            click.echo(
                f"  → {each.hook.url}  失败 failures {progress.failures} {progress.reason}  死信 dead letters {dead}"
            )


@client.command("rotate")
@click.argument("id")
@staff_option
def rotate(id: str, staff_id: str) -> None:
    """One more secret; the one before stays good until `client retire`."""
    ctx = context()
    with refusals():
        shown = admin.rotate(ctx, ctx.staff.read(staff_id), id)
    _tell_secret(shown.secret)


@client.command("retire")
@click.argument("id")
@staff_option
def retire(id: str, staff_id: str) -> None:
    """Only the newest secret is good, at once."""
    ctx = context()
    with refusals():
        admin.retire(ctx, ctx.staff.read(staff_id), id)
    click.echo("旧密钥已作废 · the older secret is void")


@client.command("stop")
@click.argument("id")
@click.option("--go-on", is_flag=True, help="Let it go on.")
@staff_option
def stop(id: str, go_on: bool, staff_id: str) -> None:
    """Everything of the client ends at once."""
    ctx = context()
    with refusals():
        admin.stop(ctx, ctx.staff.read(staff_id), id, not go_on)
    click.echo("已恢复 · goes on" if go_on else "已停用 · stopped")


@client.command("set")
@click.argument("id")
@click.option("--scopes", help="Separated by commas.")
@click.option("--contract", help="Division codes of streets or communities, separated by commas; empty: none.")
@click.option("--networks", help="CIDR, separated by commas; empty: from anywhere.")
@click.option("--quota", nargs=2, type=int, help="Requests per minute and per day.")
@click.option("--signing-key", help="Ed25519 public key, base64; requests have to be signed from now on.")
@staff_option
def change(
    id: str,
    scopes: str | None,
    contract: str | None,
    networks: str | None,
    quota: tuple[int, int] | None,
    signing_key: str | None,
    staff_id: str,
) -> None:
    """Scopes, contract, networks, quota, a key that it signs with."""
    ctx = context()
    with refusals():
        staff = ctx.staff.read(staff_id)
        if scopes is not None:
            admin.set_rights(ctx, staff, id, rights_of(_parts(scopes)))
        if contract is not None:
            admin.set_contract(ctx, staff, id, _parts(contract))
        if networks is not None:
            admin.set_networks(ctx, staff, id, _parts(networks))
        if quota is not None:
            admin.set_quota(ctx, staff, id, Quota(*quota))
        if signing_key is not None:
            admin.add_signing_key(ctx, staff, id, signing_key, must_sign=True)
        click.echo(_line(ctx.partners.read(id)))


@client.command("hook")
@click.argument("id")
@click.argument("url", default="")
@staff_option
def hook(id: str, url: str, staff_id: str) -> None:
    """Where changes are pushed; prints the secret that they are signed with. Without URL: nowhere any more."""
    ctx = context()
    with refusals():
        shown = admin.set_hook(ctx, ctx.staff.read(staff_id), id, url)
    if shown.secret:
        _tell_secret(shown.secret)


@client.command("dead")
@click.argument("id")
@click.option("--send-again", is_flag=True, help="All of them, once more.")
@staff_option
def dead(id: str, send_again: bool, staff_id: str) -> None:
    """Pushes that were given up."""
    ctx = context()
    with refusals():
        staff = ctx.staff.read(staff_id)
        require(staff, Action.MANAGE_CLIENTS)
        if send_again:
            click.echo(f"重新推送 · sent again: {admin.send_again(ctx, staff, id)}")
            return
    for each in ctx.feeds.dead(id):
        click.echo(f"{each.id}  {each.at.isoformat(timespec='seconds')}  {len(each.handles)}  {each.reason}")


def _parts(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _line(each: Client) -> str:
    state = "停用 stopped" if each.stopped else "正常 live"
    return (
        f"{each.id}  {each.name}（{each.organisation}）  {state}  {' '.join(each.rights)}  {' '.join(each.divisions)}"
    )


def _tell_secret(secret: str) -> None:
    click.echo(f"密钥只显示这一次，请妥善保存 · shown only once:\n{secret}")
