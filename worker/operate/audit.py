"""The audit: verify the chain, write it into files, read the acts."""

from __future__ import annotations

import base64
import sys

import click

from domain.facts import day_of
from domain.roles import Action, require
from store.audit import stream_name
from store.changes import Act
from store.keys import AUDITED
from worker.operate.asking import refusals, staff_option
from worker.staff.audit import export, verify
from worker.wiring import context


@click.group("audit")
def audit() -> None:
    """What staff, lists and systems did: a chain that shows any change."""


@audit.command("verify")
@click.option("--root", "noted", help="A root noted earlier: it has to be in the chain still.")
def verify_chain(noted: str | None) -> None:
    """Recompute every seal; exits with 1 and says where when anything was changed or removed."""
    ctx = context()
    found = verify(ctx.audit, ctx.audit_folder)
    for each in found.breaks:
        click.echo(f"断裂 · broken: {each.stream}\t{each.where}\t{each.what}")
    click.echo(f"{found.entries} 条，{found.seals} 个封印，{found.files} 个文件；{found.waiting} 条待封")
    click.echo(f"root {found.roots[-1] if found.roots else '-'}")
    if noted and noted not in found.roots:
        click.echo(f"断裂 · broken: root {noted} 不在链上 · is not in the chain")
        sys.exit(1)
    if found.breaks:
        sys.exit(1)
    click.echo("完整 · whole")


@audit.command("export")
@staff_option
def export_now(staff_id: str) -> None:
    """Write what is sealed into a file now, instead of at the end of the day."""
    ctx = context()
    with refusals():
        staff = ctx.staff.read(staff_id)
        require(staff, Action.READ_AUDIT)
    ctx.audit.note(Act(staff.id, "export audit", organisation=staff.organisation))
    path = export(ctx.audit, ctx.audit_folder, day_of(ctx.clock.now()))
    click.echo(path.name if path else "没有新的记录 · nothing new")


@audit.command("acts")
@staff_option
def acts(staff_id: str) -> None:
    """The acts that are still in Redis: stream, id, person, by, what, fact, reason, organisation."""
    ctx = context()
    with refusals():
        staff = ctx.staff.read(staff_id)
        require(staff, Action.READ_AUDIT)
    ctx.audit.note(Act(staff.id, "read audit", organisation=staff.organisation))
    for shard in AUDITED:
        for name, (pid, *rest) in ctx.audit.acts(shard):
            who = base64.urlsafe_b64encode(pid).decode() or "-"
            click.echo("\t".join((stream_name(shard), name, who, *map(str, rest))))
