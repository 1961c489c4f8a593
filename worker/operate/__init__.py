"""Commands for operating the service, one module a noun. Each says who gives the order and why."""

from __future__ import annotations

from worker.operate import counters
from worker.operate.appeals import appeals
from worker.operate.audit import audit
from worker.operate.calls import calls
from worker.operate.links import links
from worker.operate.orders import give_order
from worker.operate.people import see_person
from worker.operate.quotas import quota
from worker.operate.remind import remind
from worker.operate.staff import staff
from worker.operate.wards import ward
from worker.operate.withdrawals import withdrawals
from worker.operate.worlds import world

__all__ = ["COMMANDS"]

COMMANDS = (
    *counters.COMMANDS,
    appeals,
    audit,
    calls,
    give_order,
    links,
    quota,
    remind,
    see_person,
    staff,
    ward,
    withdrawals,
    world,
)
