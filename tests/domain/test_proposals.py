"""Two people: what one submits another decides, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from domain.facts import SHANGHAI
from domain.proposals import Proposal, ProposalKind, ProposalState, applied, decide
from domain.roles import Refused, Staff

NOW = datetime(2020, 3, 2, 9, 0, tzinfo=SHANGHAI)
ZHAO = Staff("zhao.min", "赵敏", "自治区疾控中心")
LI = Staff("li.qiang", "李强", "银川市疾控中心")
GIVEN = Proposal("p1", ProposalKind.LIST, ZHAO.id, NOW, "确诊名单 12 行")


def test_another_person_approves() -> None:
    decided = decide(GIVEN, LI, True, NOW)
    assert (decided.state, decided.decided_by, decided.decided_at) == (ProposalState.APPROVED, LI.id, NOW)


@pytest.mark.parametrize(
    ("proposal", "staff", "ok", "reason", "refused"),
    [
        (GIVEN, ZHAO, True, "", "same_person"),
        (GIVEN, ZHAO, False, "录错了", "same_person"),
        (GIVEN, LI, False, " ", "no_reason"),
        (decide(GIVEN, LI, False, NOW, "证据不足"), LI, True, "", "decided"),
        (decide(GIVEN, LI, True, NOW), Staff("ma.hong", "马红", "石嘴山市疾控中心"), True, "", "decided"),
        (replace(decide(GIVEN, LI, True, NOW), state=ProposalState.APPLIED), LI, False, "晚了", "decided"),
    ],
)
def test_what_is_refused(proposal: Proposal, staff: Staff, ok: bool, reason: str, refused: str) -> None:
    with pytest.raises(Refused) as why:
        decide(proposal, staff, ok, NOW, reason)
    assert why.value.reason == refused


def test_the_same_decision_again_is_the_same() -> None:
    approved = decide(GIVEN, LI, True, NOW)
    assert decide(approved, LI, True, NOW.replace(hour=10)) == approved


def test_only_what_was_approved_is_applied() -> None:
    assert applied(applied(decide(GIVEN, LI, True, NOW))).state is ProposalState.APPLIED
    for proposal in (GIVEN, decide(GIVEN, LI, False, NOW, "证据不足")):
        with pytest.raises(Refused):
            applied(proposal)
