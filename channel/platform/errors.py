"""What a call that failed says: its errcode, whether a later try can help, whether it may have been carried out."""

from __future__ import annotations

TOKEN_REFUSED = frozenset({40001, 40014, 42001})
UNKNOWN_MEDIA = 40007
DAY_USED_UP, MINUTE_USED_UP = 45009, 45011
MASS_EXISTS = 45065
"""A mass message with this client id exists already; also the answer to the platform's own second try."""
_WORTH_RETRYING = frozenset({-1, DAY_USED_UP, MINUTE_USED_UP, 45066, 9500002}) | TOKEN_REFUSED
_OF_THE_ACCOUNT = TOKEN_REFUSED | {DAY_USED_UP, MINUTE_USED_UP}


class SendError(Exception):
    """A call that failed. `permanent`: trying again cannot help. `code`: the platform's errcode, 0 without one.

    `sent_unknown`: the request may have been carried out all the same, for its answer was lost or makes no sense.
    `untried`: the account had no token or no calls left, which says nothing about the request: it is no try of it.
    """

    def __init__(
        self, reason: str, *, permanent: bool, code: int = 0, sent_unknown: bool = False, untried: bool = False
    ) -> None:
        """`reason` holds neither token nor content."""
        super().__init__(reason)
        self.permanent = permanent
        self.code = code
        self.sent_unknown = sent_unknown
        self.untried = untried


def refused(path: str, code: int) -> SendError:
    """The error of an answer with this errcode. Texts of the platform are not shown: they change and quote values."""
    permanent, untried = code not in _WORTH_RETRYING, code in _OF_THE_ACCOUNT
    return SendError(f"{path}: errcode {code}", permanent=permanent, code=code, untried=untried)


def no_token(path: str, code: int) -> SendError:
    """The error of a token that was refused to us (a secret, a whitelist), and not of the call that needs it."""
    return SendError(f"{path}: errcode {code}", permanent=False, untried=True)
