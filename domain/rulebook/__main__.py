"""`python -m domain.rulebook 2020-03-02`: the table of the notice in force on a day, as an official signs it.

`python -m domain.rulebook drafts/n2020_04_01.py` prints that of a draft; `--page` behind either prints the page.
"""

from __future__ import annotations

import sys
from datetime import date

from domain.drafts import BadDraft, load_draft
from domain.notices import in_force
from domain.rulebook.page import page
from domain.rulebook.text import rulebook

USAGE = 2


def main(arguments: list[str]) -> int:
    named = [each for each in arguments if each != "--page"]
    try:
        (which,) = named
        notice = load_draft(which) if which.endswith(".py") else in_force(date.fromisoformat(which))
    except BadDraft as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except ValueError:
        sys.stderr.write("usage: python -m domain.rulebook YYYY-MM-DD|DRAFT.py [--page]\n")
        return USAGE
    sys.stdout.buffer.write((page(notice) if "--page" in arguments else rulebook(notice)).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
