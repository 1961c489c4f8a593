"""Rights: what a client may do, as scopes of OAuth 2.0. Some concern a person, who allows them one by one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from domain.roles import Refused


class Right(StrEnum):
    """The values are the scopes on the wire. Append only: clients and bindings are stored with them."""

    QUERY = "query"
    """See whether somebody may pass, and hear of changes."""
    DECLARE = "declare"
    """Report temperature and symptoms for somebody who says so in the client's own application."""
    TRIP = "trip"
    """Report trips and contacts for somebody, likewise."""
    CODE = "code"
    """Show somebody's code in the client's own application."""
    VERIFY = "verify"
    """Check a code that somebody shows."""
    UPLOAD = "upload"
    """Hand in temperatures and passages of those who came by."""
    CORRECT = "correct"
    """Take back what the client itself has recorded."""
    AUTHORISE = "authorise"
    """Ask a resident for an authorisation."""
    CHANGES = "changes"
    """Read the feed of changes, be sent them."""


PERSONAL = (Right.QUERY, Right.DECLARE, Right.TRIP, Right.CODE)
"""What only the person can allow, in the order in which it is told."""

TOLD: dict[Right, str] = {
    Right.QUERY: "查看您的健康码颜色及其变化",
    Right.DECLARE: "按您在其应用中所填，提交体温和症状",
    Right.TRIP: "按您在其应用中所填，提交行程和接触",
    Right.CODE: "在其应用中出示您的健康码",
}
"""How the chat names each to the resident who is asked."""
IN_SHORT: dict[Right, str] = {
    Right.QUERY: "看颜色",
    Right.DECLARE: "报体温",
    Right.TRIP: "报行程",
    Right.CODE: "出示码",
}
"""And in a list."""


def rights_of(names: Iterable[str]) -> tuple[Right, ...]:
    """The rights of these names, each once, in their order here. Raises Refused (`unknown_right`)."""
    asked = set(names)
    if unknown := sorted(asked - set(Right)):
        raise Refused("unknown_right", unknown[0])
    return tuple(right for right in Right if right in asked)
