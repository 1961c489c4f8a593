"""`python -m settings` prints the table of the settings, `… key` a fresh key, `… public` the present public key."""

from __future__ import annotations

import sys
from pathlib import Path

from settings import PROJECT, BadSettings, Settings
from settings.keys import new_key, public_key


def table() -> str:
    """The table of the settings in Markdown, as the README shows it."""
    rows = ["| name | default | what |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.default if not field.is_required() else "required"
        default = default.relative_to(PROJECT) if isinstance(default, Path) else default or ""
        rows.append(f"| `{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


if __name__ == "__main__":
    printed = {"key": new_key, "public": public_key}.get("".join(sys.argv[1:]), table)
    try:
        sys.stdout.write(printed() + "\n")
    except BadSettings as error:
        sys.exit(str(error))
