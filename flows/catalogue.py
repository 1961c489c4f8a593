"""The catalogue: all conversations by name, and which command starts which."""

from __future__ import annotations

from flows.amend import AMEND
from flows.appeal import APPEAL
from flows.broadcasting import BROADCAST
from flows.checkin import CHECKIN
from flows.declaration import DECLARATION
from flows.exposure import EXPOSURE
from flows.family_add import ADD_RELATIVE
from flows.family_checkin import FAMILY_CHECKIN
from flows.privacy import ERASURE
from flows.reminding import REMINDING
from flows.staff_report import STAFF_REPORT
from flows.words import Command

_OWN = (DECLARATION, CHECKIN, EXPOSURE, AMEND, ERASURE, APPEAL, REMINDING)
_OF_FAMILY = (ADD_RELATIVE, FAMILY_CHECKIN)
FLOWS = {flow.name: flow for flow in (*_OWN, *_OF_FAMILY, STAFF_REPORT, BROADCAST)}

STARTS = {
    Command.DECLARE: DECLARATION,
    Command.REDECLARE: DECLARATION,
    Command.CHECKIN: CHECKIN,
    Command.UNWELL: CHECKIN,
    Command.EXPOSURE: EXPOSURE,
    Command.AMEND: AMEND,
    Command.ERASE: ERASURE,
    Command.APPEAL: APPEAL,
    Command.REMINDER: REMINDING,
}

FOR_THE_BOUND = frozenset(
    {
        *(Command.CHECKIN, Command.UNWELL, Command.UNDO, Command.EXPOSURE, Command.AMEND, Command.APPEAL),
        Command.REMINDER,
    }
)
"""What records something on a person, and is closed to an account whose claim is contested."""
