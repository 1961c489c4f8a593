"""Who may do what: every role with every action, inside its scope and outside; nothing may set a colour."""

from __future__ import annotations

import pytest

from domain.appointing import granted, new_staff, revoked
from domain.roles import SCOPES, Action, Grant, Refused, Role, Staff, may, require
from domain.scopes import Communities, Everywhere, GridCells, Institution, Organisation, Scope, Target, Venue

PHOENIX, OTHER = "640106001001", "640202001001"
OF_THE_WARD = Target(PHOENIX, "yinchuan-4", grid=3, organisation="school-2", venue="east-gate")

# A row an action, a column a role: worker, institution, checkpoint, officer, notice, system, auditor, upstream,
# organisation.
TABLE = """
see_person          w . . o . . . . .
see_ward            . i . . . . . . .
isolate             w . . . . . . . .
release             w . . . . . . . .
recheck             w . . . . . . . .
attest              w . . . . . . . .
review              w . . o . . . . .
report_for          w . . . . . . . .
confirm             w . . . . . . . .
remind              w . . o . . . . .
issue_card          w . . . . . . . .
enrol               w . . . . . . . .
admit               . i . . . . . . .
report_ward         . i . . . . . . .
cure                . i . . . . . . .
discharge           . i . . . . . . .
gate_report         . . c . . . . . .
submit_list         . . . o . . . u .
approve_list        . . . o . . . . .
submit_withdrawal   w i . o . . . . .
approve_withdrawal  . . . o . . . . .
state_colour        . . . . . . . u .
decide_appeal       w . . o . . . . .
link                . . . o . . . . .
credit_outage       . . . . n s . . .
list_risk_area      . . . . n . . . .
end_notice          . . . . n . . . .
manage_staff        . . . . . s . . .
manage_clients      . . . . . s . . .
read_audit          . . . . . . a . .
place               w . . . . . . . .
broadcast_draft     . . . . n . . . .
broadcast_approve   . . . . n . . . .
see_members         . . . . . . . . g
remind_members      . . . . . . . . g
manage_organisations . . . . . s . . .
appoint_deputy      w . . . . . . . .
export              w . . o . . . . .
export_full         . . . o . . . . .
see_overview        w . . o n s . . .
keep_venue          w . . . . s . . .
see_visits          . . . o . . . . .
"""
ROWS = {row.split()[0]: row.split()[1:] for row in TABLE.split("\n") if row}

WHERE: dict[type[Scope], tuple[Scope, Scope]] = {
    Communities: (Communities("640106"), Communities("6402")),
    Institution: (Institution("yinchuan-4"), Institution("guyuan-1")),
    Everywhere: (Everywhere(), Everywhere()),
    Organisation: (Organisation("school-2"), Organisation("works-1")),
    Venue: (Venue("east-gate"), Venue("west-gate")),
    GridCells: (GridCells(PHOENIX, (3, 4)), GridCells(PHOENIX, (5,))),
}
"""Of each scope one that covers the person of the ward, and one that does not."""


def staff(role: Role, scope: Scope) -> Staff:
    return granted(new_staff("li.qiang", "李强", "凤凰社区"), Grant(role, scope))


def test_it_names_every_action_in_the_table() -> None:
    assert list(ROWS) == list(Action)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_the_table_says_and_only_in_its_scope(role: Role, action: Action) -> None:
    allowed = ROWS[action][list(Role).index(role)] != "."
    for kind in SCOPES[role]:
        here, elsewhere = WHERE[kind]
        assert may(staff(role, here), action, OF_THE_WARD) is allowed
        assert may(staff(role, elsewhere), action, OF_THE_WARD) is (allowed and kind is Everywhere)
        assert may(staff(role, here), action) is (allowed and kind is Everywhere)


@pytest.mark.parametrize(
    ("scope", "target", "covered"),
    [
        (Communities("6401"), Target(PHOENIX), True),
        (Communities("640106"), Target(PHOENIX), True),
        (Communities(PHOENIX), Target(PHOENIX), True),
        (Communities("640202"), Target(PHOENIX), False),
        (Communities(PHOENIX), Target("640106"), False),
        (Communities(PHOENIX), Target(), False),
        (Institution("yinchuan-4"), Target(PHOENIX, "yinchuan-4"), True),
        (Institution("yinchuan-4"), Target(PHOENIX, "yinchuan-40"), False),
        (Institution("yinchuan-4"), Target(PHOENIX), False),
        (Everywhere(), Target(), True),
    ],
)
def test_a_scope_covers_what_lies_in_it(scope: Scope, target: Target, covered: bool) -> None:
    action = Action.REVIEW if isinstance(scope, Communities) else Action.CURE
    role = Role.EPIDEMIC_OFFICER if not isinstance(scope, Institution) else Role.INSTITUTION_REPORTER
    action = Action.REVIEW if role is Role.EPIDEMIC_OFFICER else action
    assert may(staff(role, scope), action, target) is covered


@pytest.mark.parametrize(
    ("target", "covered"),
    [
        (Target(PHOENIX, grid=3), True),
        (Target(PHOENIX, grid=5), False),
        (Target(PHOENIX), False),
        (Target(OTHER, grid=3), False),
        (Target(), False),
    ],
)
def test_a_grid_cell_is_one_of_its_community_and_covers_nobody_outside_it(target: Target, covered: bool) -> None:
    worker = staff(Role.COMMUNITY_WORKER, GridCells(PHOENIX, (3, 4)))
    assert may(worker, Action.REPORT_FOR, target) is covered


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.COMMUNITY_WORKER, GridCells(PHOENIX, ())),
        (Role.COMMUNITY_WORKER, GridCells(PHOENIX, (0,))),
        (Role.COMMUNITY_WORKER, GridCells(PHOENIX, (3, 100))),
        (Role.COMMUNITY_WORKER, GridCells("640106", (3,))),
        (Role.EPIDEMIC_OFFICER, GridCells(PHOENIX, (3,))),
        (Role.COMMUNITY_WORKER, Everywhere()),
        (Role.COMMUNITY_WORKER, Institution("yinchuan-4")),
        (Role.COMMUNITY_WORKER, Communities("")),
        (Role.COMMUNITY_WORKER, Communities("11")),
        (Role.INSTITUTION_REPORTER, Communities("640106")),
        (Role.INSTITUTION_REPORTER, Institution("")),
        (Role.NOTICE_ADMIN, Communities("640106")),
        (Role.SYSTEM_ADMIN, Institution("yinchuan-4")),
        (Role.AUDITOR, Communities("6401")),
        (Role.UPSTREAM, Communities("6401")),
    ],
)
def test_no_role_is_granted_in_a_scope_that_it_cannot_have(role: Role, scope: Scope) -> None:
    with pytest.raises(Refused, match="role_scope"):
        staff(role, scope)


def test_a_refusal_says_whether_the_role_or_the_scope_is_missing() -> None:
    worker = staff(Role.COMMUNITY_WORKER, Communities("640106"))
    for action, target, reason in (
        (Action.CURE, Target(PHOENIX), "role"),
        (Action.ATTEST, Target(OTHER), "scope"),
    ):
        with pytest.raises(Refused) as refused:
            require(worker, action, target)
        assert refused.value.reason == reason
    require(worker, Action.ATTEST, Target(PHOENIX))


def test_whoever_has_two_offices_may_do_both_and_loses_one() -> None:
    both = granted(staff(Role.COMMUNITY_WORKER, Communities("640106")), Grant(Role.AUDITOR, Everywhere()))
    assert may(both, Action.ATTEST, Target(PHOENIX))
    assert may(both, Action.READ_AUDIT)
    assert may(revoked(both, Role.AUDITOR), Action.ATTEST, Target(PHOENIX))
    assert not may(revoked(both, Role.AUDITOR), Action.READ_AUDIT)
    assert revoked(both).grants == ()


@pytest.mark.parametrize(
    ("id", "name", "organisation", "reason"),
    [
        ("李强", "李强", "凤凰社区", "staff_id"),
        ("", "李强", "凤凰社区", "staff_id"),
        ("li", " ", "凤凰社区", "staff_name"),
        ("li", "李强", "", "staff_organisation"),
    ],
)
def test_staff_have_an_id_a_name_and_an_organisation(id: str, name: str, organisation: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        new_staff(id, name, organisation)
