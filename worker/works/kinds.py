"""How works of each kind are done."""

from __future__ import annotations

from collections.abc import Mapping

from domain.works import WorkKind
from worker.exports.exporting import export
from worker.works.cards import issue_table, print_again
from worker.works.lists import check_list
from worker.works.reminders import remind_division
from worker.works.rosters import import_roster
from worker.works.running import Kind

KINDS: Mapping[WorkKind, Kind] = {
    WorkKind.EXPORT: Kind(export, parted=False),
    WorkKind.ROSTER_IMPORT: Kind(import_roster, parted=True),
    WorkKind.REMINDERS: Kind(remind_division, parted=True),
    WorkKind.CARD_TABLE: Kind(issue_table, parted=False),
    WorkKind.CARD_SHEETS: Kind(print_again, parted=False),
    WorkKind.LIST_CHECK: Kind(check_list, parted=False),
}
