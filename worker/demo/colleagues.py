"""Invented colleagues: at least one of each role, who sign in with a password and an authenticator; in a sandbox."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

import pyotp

from domain.appointing import granted, new_staff
from domain.roles import Grant, Refused, Role, Staff
from domain.scopes import Communities, Everywhere, Institution, Organisation, Scope
from store.changes import Act
from store.credentials import Credential
from worker.context import Context
from worker.signing.proofs import STEP_SECONDS, hashed, new_code, new_secret

COUNTY = "640106"
HOME = "640106001002"
"""The community in which scenes are played, and in which many live."""
WARD = "yinchuan-4"
SCHOOL = "jinfeng-1"
ACT = Act("demo", "invent staff")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody invented, and what they may do."""

    id: str
    name: str
    organisation: str
    role: Role
    scope: Scope


COLLEAGUES = (
    Colleague("demo.admin", "赵敏", "自治区指挥部", Role.SYSTEM_ADMIN, Everywhere()),
    Colleague("demo.worker", "李强", "中强巷社区", Role.COMMUNITY_WORKER, Communities(HOME)),
    Colleague("demo.officer", "孙玉", "自治区疾控中心", Role.EPIDEMIC_OFFICER, Everywhere()),
    Colleague("demo.officer2", "田华", "金凤区疾控中心", Role.EPIDEMIC_OFFICER, Communities(COUNTY)),
    Colleague("demo.notice", "何静", "自治区指挥部", Role.NOTICE_ADMIN, Everywhere()),
    Colleague("demo.notice2", "马红", "自治区指挥部", Role.NOTICE_ADMIN, Everywhere()),
    Colleague("demo.ward", "白雪", "自治区第四人民医院", Role.INSTITUTION_REPORTER, Institution(WARD)),
    Colleague("demo.gate", "陈刚", "金凤区卡口", Role.CHECKPOINT_STAFF, Communities(COUNTY)),
    Colleague("demo.school", "周洁", "金凤区第一小学", Role.ORGANISATION_OFFICER, Organisation(SCHOOL)),
    Colleague("demo.auditor", "秦安", "自治区审计厅", Role.AUDITOR, Everywhere()),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """How somebody invented signs in. `secret` is what an authenticator would keep."""

    colleague: Colleague
    password: str
    secret: str


def appoint(ctx: Context) -> dict[str, Staff]:
    """Everybody, who is there already stays as they are; by id."""
    found = {}
    for each in COLLEAGUES:
        made = granted(new_staff(each.id, each.name, each.organisation), Grant(each.role, each.scope))
        try:
            found[each.id] = ctx.staff.read(each.id)
        except Refused:
            ctx.staff.add(made, ACT)
            found[each.id] = made
    return found


def sign_ins(ctx: Context) -> list[SignIn]:
    """A new password for all of them, and an authenticator each; earlier ones are void."""
    now, password = ctx.clock.now(), f"demo {secrets.token_urlsafe(9)}"
    made = []
    for each in COLLEAGUES:
        code, secret = new_code(), new_secret()
        ctx.credentials.offer(each.id, code, secret, "demo", now)
        enrolment = ctx.credentials.offered(each.id, code, now)
        # Nobody has used a step of it yet.
        step = int((now - timedelta(minutes=5)).timestamp()) // STEP_SECONDS
        if enrolment is not None:
            ctx.credentials.enrol(each.id, enrolment, Credential(hashed(password), secret, step, now))
        made.append(SignIn(each, password, secret))
    return made


def digits_now(ctx: Context, id: str) -> str:
    """What the authenticator of somebody invented shows now. Raises Refused (`unknown_staff`)."""
    credential = ctx.credentials.read(id) if any(each.id == id for each in COLLEAGUES) else None
    if credential is None:
        raise Refused("unknown_staff", id)
    return pyotp.TOTP(credential.secret).at(ctx.clock.now())
