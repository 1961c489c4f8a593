"""The drains of a worker process, each made from its context."""

from __future__ import annotations

from functools import partial

from channel.adapters import Adapters
from store.sms import SmsLimit, sms_code
from worker.context import Context
from worker.delivery.codes import Codes
from worker.delivery.deliver import Deliverer
from worker.delivery.evidence import Evidence
from worker.delivery.households import Households
from worker.delivery.proofs import Proofs
from worker.delivery.send import Sender
from worker.delivery.texts import Texts
from worker.desk import AskDesk
from worker.settling.follow import Follower
from worker.settling.settle import Settler


def settler(ctx: Context) -> Settler:
    """The first: what accounts did, to persons."""
    return Settler(ctx.accounts, ctx.people, ctx.streams, ctx.vault, ctx.moment)


def follower(ctx: Context) -> Follower:
    """The second: what follows from changes of persons."""
    return Follower(ctx.redis, ctx.keys, ctx.people, ctx.streams, ctx.vault, ctx.moment, ctx.feeding)


def deliverer(ctx: Context) -> Deliverer:
    """The third: letters, to whom they are for."""
    s = ctx.settings
    platform, reaching, low = ctx.platform(), ctx.reaching(), ctx.quota.uploads_low
    codes = Codes(ctx.accounts, ctx.views, platform, reaching, ctx.signer(), low, ctx.moment)
    proofs = Proofs(
        ctx.people,
        Adapters(s.sms_url, s.identity_url, s.adapter_key),
        SmsLimit(ctx.redis, ctx.keys, s.pid_key),
        partial(sms_code, s.secret_key),
        reaching.language_of,
        ctx.moment,
        ctx.changed,
    )
    households = Households(ctx.accounts, ctx.views)
    texts = Texts(reaching, ctx.people, households, ctx.calls, ctx.piles, ctx.moment)
    evidence = Evidence(ctx.people, ctx.appeals, platform)
    return Deliverer(
        ctx.streams,
        Sender(ctx.vault, codes, texts, proofs, evidence, ctx.tally, AskDesk(ctx), ctx.fates, ctx.clock.now),
    )
