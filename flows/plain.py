"""Values that JSON can hold: what sessions, replies and effects are made of beside the words of the domain."""

from __future__ import annotations

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
