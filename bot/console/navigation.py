"""The console's navigation: one line a page, in the order of a working day, shown to whom its door lets in."""

from __future__ import annotations

from dataclasses import dataclass

from bot.console.prose import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """`endpoint` is below `console.`: family and view."""

    endpoint: str
    title: str


NAVIGATION = (Entry("me.show", N_("我的账号")),)
