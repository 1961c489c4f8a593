"""People of a community in every standing, for the pages of those who look after them."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from PIL import Image

from domain.appeals import DEADLINE, Ticket, number_of_ticket
from domain.facts import By, Case, CaseKind, Contact, Isolation, IsolationMode, Report
from domain.orders import Admit
from domain.person import Person
from flows.effects import Appeal
from store.changes import Act
from store.keys import account_tag, pid_text
from tests.console.conftest import Desk
from tests.stage import PHOENIX, commit, declare, identity, pid_of
from worker.changing import change_person
from worker.context import Context
from worker.decisions.ordering import order
from worker.decisions.recording import record
from worker.jobs import settle_lane

CDC = Act("sun.yu", "record", reason="名单", organisation="金凤区疾控中心")


@dataclass(frozen=True)
class Town:
    """Settles people into a community; each is somebody with an account that nobody holds a telephone of."""

    desk: Desk

    @property
    def ctx(self) -> Context:
        return self.desk.ctx

    def now(self) -> datetime:
        return self.ctx.clock.now()

    def resident(
        self, number: int, days_ago: int = 1, temperature: str = "36.5", name: str = "", community: str = PHOENIX
    ) -> bytes:
        """Somebody who declared so many days ago and has not reported since; the pid."""
        openid, who = self.openid(number), identity(number)
        who = replace(who, name=name) if name else who
        effect = declare(who, account_tag(openid), temperature, community)
        fact = replace(effect.fact, at=self.now() - timedelta(days=days_ago))
        commit(self.ctx, openid, (pid_of(self.ctx, who), replace(effect, fact=fact)))
        self.settle()
        return pid_of(self.ctx, who)

    def openid(self, number: int) -> str:
        return f"oTown{number:023d}"

    def settle(self) -> None:
        settle_lane(self.ctx, 0)
        settle_lane(self.ctx, 0)

    def record(self, pid: bytes, fact: Any) -> None:
        """An authority records something."""
        change_person(self.ctx, pid, lambda person: record(person, fact, CDC, self.ctx.moment()))
        self.settle()

    def case(self, pid: bytes, days_ago: int = 3) -> None:
        at = self.now() - timedelta(days=days_ago)
        self.record(pid, Case(id="c1", at=at, case=CaseKind.CONFIRMED, since=at.date()))

    def contact(self, pid: bytes, days_ago: int = 5) -> None:
        at = self.now() - timedelta(days=days_ago)
        home = Isolation(IsolationMode.HOME, at.date())
        self.record(pid, Contact(id="x1", at=at, exposed_on=at.date(), isolation=home))

    def reports(self, pid: bytes, *temperatures: str) -> None:
        """The person's own, one a day, the last one yesterday."""
        for ago, each in enumerate(reversed(temperatures), 1):
            at = self.now() - timedelta(days=ago)
            self.record(pid, Report(id=f"r{ago}", at=at, by=By.SELF, temperature=Decimal(each)))

    def admitted(self, pid: bytes, institution: str = "hospital-4") -> None:
        staff, moment = self.ctx.staff.read("bai.xue"), self.ctx.moment()
        change_person(self.ctx, pid, lambda person: order(Admit(institution), staff, person, "收治", moment))
        self.settle()

    def appeal(self, number: int, fact: str = "", picture: bool = True) -> str:
        """The resident of this number contests a record; the number of the appeal."""
        pid, openid, now = pid_of(self.ctx, identity(number)), self.openid(number), self.now()
        ticket = Ticket(
            number_of_ticket(f"{account_tag(openid)}-9", now),
            now,
            PHOENIX,
            "附件四(一)3",
            fact,
            "密切接触者的记录",
            "我那天不在场，有车票",
            ("m1",) if picture else (),
            now + DEADLINE,
        )
        commit(self.ctx, openid, (pid, Appeal(pid=pid, ticket=ticket)))
        self.settle()
        if picture:
            made = io.BytesIO()
            Image.new("RGB", (320, 200), (180, 200, 220)).save(made, "JPEG")
            self.ctx.appeals.put_picture(pid, self.person(pid).salt, ticket.number, 0, made.getvalue())
        return ticket.number

    def person(self, pid: bytes) -> Person:
        return self.ctx.people.read([pid])[pid]

    def page(self, pid: bytes) -> str:
        return f"/console/residents/{pid_text(pid)}"

    def today(self) -> date:
        return self.now().date()
