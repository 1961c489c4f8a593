"""What is handed in row by row, and what became of each row."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from bot.api.models import Answer, BizExtData, Body, Handle, Receipt, Temperature

MOST_ROWS = 1_000


class Row(Body):
    """Exactly one of `handle` and `bizExtData` says who; `taken` is when, at most three days ago."""

    handle: Handle | None = None
    bizExtData: BizExtData | None = None
    taken: AwareDatetime

    @model_validator(mode="after")
    def _says_who(self) -> Row:
        if (self.handle is None) == (self.bizExtData is None):
            raise ValueError("exactly one of handle and bizExtData")
        return self


class TemperatureRow(Row):
    temperature: Temperature


class PassageRow(Row):
    venue: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,23}$", description="Id of a venue known to us.")]
    passed: bool
    temperature: Temperature | None = None


class Temperatures(Body):
    rows: Annotated[list[TemperatureRow], Field(min_length=1, max_length=MOST_ROWS)]


class Passages(Body):
    rows: Annotated[list[PassageRow], Field(min_length=1, max_length=MOST_ROWS)]


class RowStatus(StrEnum):
    RECORDED = "recorded"
    REFUSED = "refused"


class RowResult(Answer):
    """`row` counts from 0. A refused row was not recorded; `reason` says what to do about it."""

    row: int
    status: RowStatus
    receipt: Receipt | None
    reason: str | None


class RowResults(Answer):
    recorded: int
    refused: int
    rows: list[RowResult]
