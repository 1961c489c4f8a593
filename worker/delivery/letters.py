"""Letters on an account's post: what deliver is to send. Sealed: a text may name somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flows.core import Say
from flows.effects import Ask, SendSms, Undelivered, WantCode, WantCodes
from flows.plain import Json
from store.changes import Letter
from store.codec import dumps, loads
from store.keys import account_tag
from store.sealing import Unsealable, Vault

_POST = b"post"


@dataclass(frozen=True, slots=True)
class Sendable:
    """One letter opened: `kind` is code, codes, text, reminder, result, sms, identity, evidence or desk.

    `ref` names it for systems that take a client's id, and for whoever must know it again. Of a result, `notices` are
    the names that the notice which came back may be known by, `reason` is what the platform says of it.
    """

    openid: str
    kind: str
    pid: bytes = b""
    says: tuple[Say, ...] = ()
    phone: str = ""
    nonce: str = ""
    ref: str = ""
    notices: tuple[str, ...] = ()
    reason: str = ""
    what: str = ""
    """Of a desk letter: what the account asked for, with its arguments."""
    args: Mapping[str, Json] = field(default_factory=dict)
    pids: tuple[bytes, ...] = ()
    """Of a letter with several codes: whose, in this order."""


def seal(vault: Vault, letter: Sendable) -> tuple[str, bytes]:
    """(kind, sealed body) as the post's entries hold them."""
    return letter.kind, vault.seal(_POST, dumps(Sendable, letter))


def unseal(vault: Vault, body: bytes) -> Sendable:
    """Raises Unsealable, for what is no letter too."""
    plain = vault.open(_POST, body)
    try:
        letter: Sendable = loads(Sendable, plain)
    except (ValueError, TypeError) as error:
        raise Unsealable("no letter") from error
    return letter


def of_person(letter: Letter, pid: bytes, version: int) -> Sendable:
    return Sendable(letter.openid, letter.kind, pid, letter.says, ref=f"{account_tag(letter.openid)}-v{version}")


def of_day(letter: Letter, pid: bytes, day: date, about: str) -> Sendable:
    """What is said once on a day: its `ref` is the same, whoever says it and however often."""
    return Sendable(letter.openid, letter.kind, pid, letter.says, ref=f"{account_tag(letter.openid)}-{day}-{about}")


def of_account(openid: str, seq: int, effect: WantCode | WantCodes | SendSms | Undelivered | Ask) -> Sendable:
    """Effects that concern no person's facts go straight to the post of their own account."""
    ref = f"{account_tag(openid)}-{seq}"
    match effect:
        case WantCode(pid=pid):
            return Sendable(openid, "code", pid, ref=ref)
        case SendSms(phone=phone, nonce=nonce):
            return Sendable(openid, "sms", phone=phone, nonce=nonce, ref=ref)
        case Undelivered(notices=notices, reason=reason):
            return Sendable(openid, "result", ref=ref, notices=notices, reason=reason)
        case WantCodes(pids=pids):
            return Sendable(openid, "codes", ref=ref, pids=pids)
        case Ask(what=what, args=args):
            return Sendable(openid, "desk", ref=ref, what=what, args=args)
