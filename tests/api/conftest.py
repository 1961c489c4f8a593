"""A served house, a client of ours, the reference partner beside it: all of it over HTTP, on a real Valkey."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server

from domain.facts import SHANGHAI
from domain.partners.rights import Right
from domain.roles import Role, Staff
from domain.scopes import Everywhere
from sandbox.partner.api import Api
from sandbox.partner.displays import Displays
from sandbox.partner.gate import Gate
from sandbox.partner.hooks import Receiver, create_app
from tests.console.conftest import Desk
from tests.console.conftest import desk as desk
from tests.reach.conftest import OpenHouse, Resident, open_house, open_stage, webhook
from tests.stage import commit, report
from tests.valkey import free_port
from worker.context import Context
from worker.jobs import push_lane
from worker.partners import admin

__all__ = ["Everywhere", "OpenHouse", "Role", "desk", "open_house", "open_stage", "webhook"]


@dataclass
class Partner:
    """The reference partner on a port, with its client of ours. `status` other than 0 is what its webhook answers."""

    desk: Desk
    shown: admin.Shown
    gate: Gate
    receiver: Receiver
    url: str
    status: int = 0

    @property
    def api(self) -> Api:
        return self.gate.api

    @property
    def id(self) -> str:
        return self.shown.client.id

    def shows(self, handle: str) -> str:
        return self.receiver.displays.shown(handle, self.today)

    @property
    def today(self) -> str:
        return self.ctx.clock.now().astimezone(SHANGHAI).date().isoformat()

    @property
    def ctx(self) -> Context:
        return self.desk.ctx

    def hook(self) -> None:
        """Have changes pushed."""
        self.receiver.secrets = [admin.set_hook(self.ctx, self.desk_staff, self.id, f"{self.url}/hook").secret]

    @property
    def desk_staff(self) -> Staff:
        return self.ctx.staff.read("zhao.min")

    def push(self) -> None:
        """As the process of the pushes does, without a pause that is under way."""
        self.ctx.redis.hset(self.ctx.keys.hook(self.id), "not_before", 0)
        push_lane(self.ctx, 0)


@dataclass
class Street:
    """Residents, their telephones and a partner."""

    desk: Desk
    partner: Partner
    residents: list[Resident] = field(default_factory=list)

    @property
    def ctx(self) -> Context:
        return self.desk.ctx

    def resident(self, number: int = 1) -> Resident:
        made = self.desk.house.resident(number)
        made.says("同意")
        self.desk.house.settle()
        self.residents.append(made)
        self.reports(made, "36.5", f"first{number}")
        return made

    def says(self, resident: Resident, text: str) -> list[str]:
        """What comes to the telephone in answer to a word."""
        self.desk.pass_time(seconds=2)
        before = len(resident.screen())
        resident.says(text)
        self.drain()
        return [line.get("text", "") for line in resident.screen()[before:] if line["from"] == "account"]

    def drain(self) -> None:
        for _ in range(2):
            self.desk.house.settle()
            self.desk.house.deliver()

    def bind(self, resident: Resident, *scopes: str) -> str:
        """The resident agrees in the chat; the handle."""
        asked = self.partner.api.post("/authorisations", {"user": "u1", "scopes": list(scopes or ["query"])})
        self.says(resident, f"授权 {asked['code']}")
        self.says(resident, "同意")
        told = self.partner.api.get(f"/authorisations/{asked['id']}")
        assert told["state"] == "agreed", told
        return str(told["handle"])

    def reports(self, resident: Resident, temperature: str, name: str) -> None:
        commit(self.ctx, resident.openid, (resident.pid, report(resident.pid, name, temperature, self.ctx.clock.now())))
        self.desk.house.settle()

    def ours(self, resident: Resident) -> str:
        """What we show of somebody now."""
        person = self.ctx.people.read([resident.pid])[resident.pid]
        return self.ctx.moment().judge(person).colour.value


def serve(app: Flask) -> tuple[Any, str]:
    port = free_port()
    server = make_server("127.0.0.1", port, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server, f"http://127.0.0.1:{port}"


@pytest.fixture
def partner(desk: Desk) -> Iterator[Partner]:
    staff = desk.ctx.staff.read("zhao.min")
    shown = admin.create(desk.ctx, staff, "gate-1", "中强巷门禁", "中强巷物业", tuple(Right))
    displays = Displays()
    receiver = Receiver(displays, [])
    server, url = serve(create_app(receiver))
    api = Api(f"{desk.web}/api/v1", "gate-1", shown.secret)
    made = Partner(desk, shown, Gate(api, displays), receiver, url)
    receiver.broken = lambda: made.status
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def street(desk: Desk, partner: Partner) -> Street:
    return Street(desk, partner)


def status_of(call: Any) -> int:
    """The status that a call is refused with."""
    with pytest.raises(requests.HTTPError) as caught:
        call()
    return int(caught.value.response.status_code)


def later(desk: Desk, **parts: float) -> None:
    desk.house.platform.world.clock.advance(timedelta(**parts).total_seconds())
