"""A proposal moves on once, whoever tries at the same time, and every move is in the audit."""

from __future__ import annotations

from dataclasses import replace

import redis

from domain.proposals import ProposalState, decide
from store.changes import Act
from store.keys import Keys, shard_of
from store.proposals import Proposals
from store.sealing import Vault
from tests.domain.test_proposals import GIVEN, LI, NOW, ZHAO

KEYS = Keys()


def test_a_proposal_is_kept_sealed_and_moves_on_once(redis_client: redis.Redis) -> None:
    proposals = Proposals(redis_client, KEYS, Vault([bytes(32)]))
    assert proposals.submit(GIVEN, Act(ZHAO.id, "submit list", GIVEN.id))
    assert not proposals.submit(replace(GIVEN, summary="另一份"), Act(ZHAO.id, "submit list", GIVEN.id))
    approved, rejected = decide(GIVEN, LI, True, NOW), decide(GIVEN, LI, False, NOW, "证据不足")
    assert proposals.move(GIVEN, rejected, Act(LI.id, "reject list", GIVEN.id))
    assert not proposals.move(GIVEN, approved, Act(LI.id, "approve list", GIVEN.id))
    assert (proposals.read(GIVEN.id), proposals.all(), proposals.read("p2")) == (rejected, [rejected], None)
    assert redis_client.xlen(KEYS.audit(shard_of(GIVEN.id))) == 2
    stored = redis_client.hget(KEYS.proposals(shard_of(GIVEN.id)), GIVEN.id)
    assert ZHAO.id.encode() not in (stored or b"")


def test_what_was_applied_goes_no_further(redis_client: redis.Redis) -> None:
    proposals, act = Proposals(redis_client, KEYS, Vault([bytes(32)])), Act(LI.id, "list", GIVEN.id)
    approved = decide(GIVEN, LI, True, NOW)
    done = replace(approved, state=ProposalState.APPLIED)
    proposals.submit(GIVEN, act)
    assert [proposals.move(*pair, act) for pair in ((GIVEN, approved), (approved, done), (approved, done))] == [1, 1, 0]
