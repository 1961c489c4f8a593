"""Followers by the thousand, for load: with an open window, without a screen."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from sandbox.bounds import Limits
from sandbox.clock import Clock
from sandbox.database import Database
from sandbox.windows import Trigger

_RECEIVED = """
select openid, (
    select count(*) from line where line.phone = phone.id and sender = 'account'
    and (?2 = '' or exists (select 1 from json_tree(line.body) where atom = ?2))
) as received from phone where id = ?1
"""


@dataclass(frozen=True, slots=True)
class Population:
    """Makes and lists them. Their ids are `<prefix>.<number>`, from 1; they have no telephone number."""

    database: Database
    limits: Limits
    clock: Clock

    def add(self, count: int, prefix: str, message_age: float) -> int:
        """Make the population of a prefix `count` strong; all wrote `message_age` seconds ago. How many are new."""
        now = self.clock.now()
        wrote = now - message_age
        with self.database.together():
            there = self.size(prefix)
            people = [(f"{prefix}.{n}", openid(prefix, n)) for n in range(1, count + 1)]
            self.database.many(
                "insert or ignore into phone values (?, ?, '', ?, 1, ?, '', ?)",
                ((id_, id_, each, wrote, wrote) for id_, each in people),
            )
            bucket = (Trigger.MESSAGE, self.limits.message_credits, wrote + self.limits.message_window)
            self.database.many(
                "insert or replace into credit values (?, ?, ?, ?)", ((each, *bucket) for _, each in people)
            )
        return self.size(prefix) - there

    def size(self, prefix: str) -> int:
        """How many people there are under a prefix."""
        row = self.database.row("select count(*) as n from phone where id >= ? and id < ?", _range(prefix))
        return int(row["n"]) if row else 0

    def listing(self, prefix: str, after: int, most: int, said: str = "") -> dict[str, Any]:
        """{"size", "people": [{"id", "openid", "received"}]}, those numbered above `after`, at most `most`.

        With `said` only messages with this text count: an account has more than one reason to write.
        """
        ids = [f"{prefix}.{n}" for n in range(after + 1, after + most + 1)]
        people = []
        for id_ in ids:
            row = self.database.row(_RECEIVED, (id_, said))
            if row is None:
                break
            people.append({"id": id_, "openid": row["openid"], "received": row["received"]})
        return {"size": self.size(prefix), "people": people}


def openid(prefix: str, number: int) -> str:
    """The OpenID of one of them, the same in every sandbox."""
    return "o" + base64.urlsafe_b64encode(hashlib.sha256(f"{prefix}.{number}".encode()).digest()).decode()[:27]


def _range(prefix: str) -> tuple[str, str]:
    return f"{prefix}.", f"{prefix}/"  # "/" follows "." in ASCII
