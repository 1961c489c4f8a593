"""A whole declaration on a Redis Cluster: the conversation's commit, both drains, the rosters, the post."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import redis

from domain.verdict import Colour
from flows.effects import WantCode
from store.keys import SHARDS, account_tag
from tests.clusters import running_cluster
from tests.stage import NOW, PHOENIX, commit, declare, identity, openid, pid_of, stage
from worker.clockwork.clock import erase_lapsed, sweep
from worker.jobs import settle_lane
from worker.settling.rebuild import rebuild_rosters

PEOPLE = 6


def test_a_declaration_settles_on_a_cluster(valkey_url: str, redis_client: redis.Redis, tmp_path: Path) -> None:
    with running_cluster(tmp_path, "pw") as url:
        ctx = stage(url, tmp_path, QUEUE_REDIS_URL=valkey_url, SETTLE_LANES="1")
        for number in range(PEOPLE):
            pid = pid_of(ctx, identity(number))
            declaration = declare(identity(number), account_tag(openid(number)))
            commit(ctx, openid(number), (pid, declaration), (pid, WantCode(pid=pid)))
        sweep(ctx)
        settle_lane(ctx, 0)
        assert ctx.rosters.counts(PHOENIX, NOW.date()) == Counter({Colour.GREEN: PEOPLE})
        assert ctx.streams.oldest(("outbox", "follow")) == {"outbox": [], "follow": []}
        assert len(ctx.streams.read("post", range(SHARDS), 10)) == 2 * PEOPLE
        assert erase_lapsed(ctx) == 0
        assert rebuild_rosters(ctx) == PEOPLE
