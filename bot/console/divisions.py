"""Choosing a division on a page: by its code or its name, inside what somebody may do something to."""

from __future__ import annotations

from domain.places import children, division, find, full_name, is_community
from domain.roles import ACTIONS, Action, Refused, Staff
from domain.scopes import Communities, Everywhere, GridCells

REGION = "64"
"""Stands for the whole region in a form, where an empty field would be an omission."""
MOST = 400


def choices(staff: Staff, *actions: Action) -> list[tuple[str, str]]:
    """(code, name) of the divisions that suggest themselves, the widest first: one's own, and two levels below."""
    found: dict[str, str] = {}
    for grant in staff.grants:
        if not ACTIONS[grant.role] & set(actions):
            continue
        match grant.scope:
            case Everywhere():
                found[REGION] = full_name("") or "宁夏"
                _add(found, "", 2)
            case Communities(prefix):
                found[prefix] = full_name(prefix)
                _add(found, prefix, 2)
            case GridCells(community, _):
                found[community] = full_name(community)
            case _:
                pass
    return list(found.items())[:MOST]


def communities(staff: Staff, action: Action) -> list[tuple[str, str]]:
    """As `choices`, communities alone."""
    return [each for each in choices(staff, action) if is_community(each[0])]


def division_in(text: str) -> str:
    """The code of what was typed, "" for the whole region. Raises Refused (`unknown_division`)."""
    text = text.strip()
    if text in (REGION, "宁夏", "全区", "宁夏回族自治区"):
        return ""
    if division(text) is not None:
        return text
    found = find(text)
    if len(found) != 1:
        raise Refused("unknown_division", text)
    return found[0].code


def _add(found: dict[str, str], code: str, levels: int) -> None:
    if levels:
        for child in children(code):
            found[child.code] = full_name(child.code)
            _add(found, child.code, levels - 1)
