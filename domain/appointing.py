"""Appointing: somebody new, a grant given, a grant taken back."""

from __future__ import annotations

from dataclasses import replace

from domain.roles import SCOPES, Grant, Refused, Role, Staff
from domain.scopes import ID, is_somewhere


def new_staff(id: str, name: str, organisation: str) -> Staff:
    """Somebody without any grant. Raises Refused: `staff_id`, `staff_name` or `staff_organisation` when unusable."""
    for good, reason in ((ID.fullmatch(id), "staff_id"), (name.strip(), "staff_name")):
        if not good:
            raise Refused(reason)
    if not organisation.strip():
        raise Refused("staff_organisation")
    return Staff(id, name.strip(), organisation.strip())


def granted(staff: Staff, grant: Grant) -> Staff:
    """The same with one more grant. Raises Refused (`role_scope`) for a scope that the role cannot have."""
    if not is_somewhere(grant.scope) or not isinstance(grant.scope, SCOPES[grant.role]):
        raise Refused("role_scope", grant.role.value)
    return staff if grant in staff.grants else replace(staff, grants=(*staff.grants, grant))


def revoked(staff: Staff, role: Role | None = None) -> Staff:
    """The same without the grants of a role, or without any. Nobody is deleted: the audit names them.

    Whoever has none left has no account either: coming back takes a new code.
    """
    kept = tuple(grant for grant in staff.grants if role is not None and grant.role is not role)
    still = {"account": staff.account, "deputy_for": staff.deputy_for} if kept else {"account": "", "deputy_for": ()}
    return replace(staff, grants=kept, **still)


def without_account(staff: Staff, account: str) -> Staff:
    """The same, not bound to this account; bound to another one, it stays so."""
    return replace(staff, account="") if staff.account == account else staff
