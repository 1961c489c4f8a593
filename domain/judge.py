"""`python -m domain.judge`: a JSON document of facts, or an array of them, on standard input; verdicts on the output.

Exit code 2 and one line on standard error, naming the path inside the document, when it is malformed.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import Any

from domain.documents import BadRecord, document_from_json, verdict_to_json
from domain.verdict import judge

MALFORMED = 2


def verdicts_of(text: bytes) -> Any:
    """The verdict of one document, or the list of verdicts of an array. Raises BadRecord."""
    try:  # NaN and Infinity are read, so that the error about them can name their path
        value = json.loads(text.decode(), parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, RecursionError) as error:
        raise BadRecord("", f"not JSON ({type(error).__name__})") from None
    if isinstance(value, list):
        return [_verdict(document, f"[{index}]") for index, document in enumerate(value)]
    return _verdict(value, "")


def main() -> int:
    try:
        found = verdicts_of(sys.stdin.buffer.read())
    except BadRecord as error:
        sys.stderr.write(f"{error}\n")
        return MALFORMED
    sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False, indent=1).encode() + b"\n")
    return 0


def _verdict(value: object, path: str) -> dict[str, Any]:
    document = document_from_json(value, path)
    return verdict_to_json(judge(document.history, document.at, document.world))


if __name__ == "__main__":
    sys.exit(main())
