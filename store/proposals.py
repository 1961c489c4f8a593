"""Proposals in Redis: one sealed value each, moved on by one script that appends the act to the audit."""

from __future__ import annotations

from typing import cast

from redis import Redis

from domain.proposals import Proposal, ProposalState
from store.changes import Act, act_entry
from store.codec import dumps, loads
from store.keys import SHARDS, Keys, shard_of
from store.sealing import Vault

_PUT = """
if (redis.call('HGET', KEYS[1], ARGV[1]) or ''):sub(1, 1) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('XADD', KEYS[2], '*', 'a', ARGV[4])
return 1
"""

_RANKS = {
    ProposalState.SUBMITTED: b"1",
    ProposalState.APPROVED: b"2",
    ProposalState.REJECTED: b"2",
    ProposalState.APPLIED: b"3",
}
"""A proposal never goes back, so how far it is tells whether it was overtaken."""


class Proposals:
    """The repository of proposals."""

    def __init__(self, redis: Redis, keys: Keys, vault: Vault) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._put = redis.register_script(_PUT)

    def submit(self, proposal: Proposal, act: Act) -> bool:
        """False: one of this id is there already, and stays as it is."""
        return self._write(b"", proposal, act)

    def move(self, before: Proposal, after: Proposal, act: Act) -> bool:
        """Put `after`, as `decide` or `applied` made it of `before`. False: somebody else moved it meanwhile."""
        return self._write(_RANKS[before.state], after, act)

    def read(self, proposal: str) -> Proposal | None:
        key = self._keys.proposals(shard_of(proposal))
        raw = cast("bytes | None", self._redis.hget(key, proposal))
        return self._load(proposal, raw) if raw else None

    def all(self) -> list[Proposal]:
        """Every proposal, the latest first; one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for shard in range(SHARDS):
                trip.hgetall(self._keys.proposals(shard))
            found = [self._load(name.decode(), raw) for cells in trip.execute() for name, raw in cells.items()]
        return sorted(found, key=lambda proposal: (proposal.submitted_at, proposal.id), reverse=True)

    def _write(self, rank: bytes, proposal: Proposal, act: Act) -> bool:
        shard = shard_of(proposal.id)
        sealed = self._vault.seal(proposal.id.encode(), dumps(Proposal, proposal))
        return bool(
            self._put(
                keys=[self._keys.proposals(shard), self._keys.audit(shard)],
                args=[proposal.id, rank, _RANKS[proposal.state] + sealed, act_entry(b"", act)],
            )
        )

    def _load(self, name: str, raw: bytes) -> Proposal:
        proposal: Proposal = loads(Proposal, self._vault.open(name.encode(), raw[1:]))
        return proposal
