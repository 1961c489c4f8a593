"""What the commands take of a notice: its content, its route and its time, as options."""

from __future__ import annotations

import secrets
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from domain.broadcasts.audience import Audience
from domain.broadcasts.broadcast import Route
from domain.broadcasts.content import Card, Content, Picture, Template, Text
from domain.facts import SHANGHAI
from worker.broadcasts.deciding import Draft

_say_what = (
    click.option("--text", default="", help="A text of at most 2048 bytes; - reads it from standard input."),
    click.option(
        "--picture", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PNG or JPEG, ≤ 1 MB."
    ),
    click.option("--card", nargs=3, metavar="TITLE DESCRIPTION URL", help="A link card."),
    click.option("--template", default="", metavar="ID", help="A template message; its values by --value."),
    click.option("--value", "values", multiple=True, metavar="KEYWORD=VALUE"),
    click.option("--by", type=click.Choice([route.value for route in Route]), help="Default: within the windows."),
    click.option("--emergency", is_flag=True, help="Goes out when submitted; a second one approves within two hours."),
    click.option("--at", "send_at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="Not before; else once approved."),
)


def content_options(command: Any) -> Any:
    """The options that `draft_of` takes."""
    for option in reversed(_say_what):
        command = option(command)
    return command


def draft_of(audience: Audience, send_at: datetime | None, by: str | None, emergency: bool, **said: Any) -> Draft:
    """Raises click.ClickException unless exactly one content is given."""
    content, picture = _content(**said)
    route = Route(by) if by else Route.TEMPLATE if isinstance(content, Template) else Route.WINDOW
    at = send_at.replace(tzinfo=SHANGHAI) if send_at else None
    return Draft(content, audience, route, secrets.token_hex(8), emergency, at, picture=picture)


def _content(
    text: str, picture: Path | None, card: tuple[str, str, str] | None, template: str, values: tuple[str, ...]
) -> tuple[Content, bytes]:
    given = [bool(text), picture is not None, card is not None, bool(template)]
    if sum(given) != 1:
        raise click.ClickException("请给出一种内容：--text、--picture、--card 或 --template · exactly one of these")
    if picture is not None:
        png = picture.read_bytes()
        return Picture(len(png)), png
    if card is not None:
        title, description, url = card
        return Card(title, description, url), b""
    if template:
        return Template(template, dict(part.split("=", 1) for part in values if "=" in part)), b""
    return Text(sys.stdin.read() if text == "-" else text), b""
