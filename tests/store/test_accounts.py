"""The one writer of accounts: once, in order, sealed, and not before the replicas have it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import redis

from flows.core import Say
from store.account import CommitUnanswered, Remembered
from store.accounts import Accounts
from store.keys import Keys
from store.sealing import Unsealable, Vault
from tests.clusters import wait_for
from tests.stage import declare, identity, openid
from tests.valkey import client_of, running_valkey

REPLY = Remembered(1583107200, "text", (Say("declared", {"name": "王*"}),), language="en")
VAULT = Vault([bytes(32)])
WHO = openid(1)


@pytest.fixture
def accounts(redis_client: redis.Redis) -> Accounts:
    return Accounts(redis_client, Keys(), VAULT)


def test_a_commit_is_read_back_whole(accounts: Accounts) -> None:
    before = accounts.open(WHO, "1").account
    session = replace(before.session, seq=1, community="640106001002", following=True)
    effect = declare(identity(1), session.tag)
    assert accounts.commit(before, replace(before, session=session), "1", REPLY, [(1, b"p" * 12, effect)]) == REPLY
    again = accounts.open(WHO, "1")
    assert (again.account.session, again.account.version, again.remembered) == (session, 1, REPLY)


def test_of_two_who_read_the_same_account_one_writes_and_the_other_reads_again(accounts: Accounts) -> None:
    first, second = accounts.open(WHO, "1").account, accounts.open(WHO, "2").account
    assert accounts.commit(first, first, "1", REPLY, []) == REPLY
    assert accounts.commit(second, second, "2", REPLY, []) is None


def test_a_twin_delivery_gets_the_reply_that_the_first_one_left(accounts: Accounts, redis_client: redis.Redis) -> None:
    first, second = accounts.open(WHO, "1").account, accounts.open(WHO, "1").account
    accounts.commit(first, first, "1", REPLY, [(1, b"", declare(identity(1), "t"))])
    other = Remembered(1583107205, "text", (Say("late"),))
    assert accounts.commit(second, second, "1", other, [(1, b"", declare(identity(1), "t"))]) == REPLY
    (outbox,) = redis_client.scan_iter(match="*:outbox")
    assert redis_client.xlen(outbox) == 1


def test_nothing_that_somebody_typed_can_be_read_in_redis(accounts: Accounts, redis_client: redis.Redis) -> None:
    before = accounts.open(WHO, "1").account
    who = identity(1)
    reply = Remembered(1, "text", (Say("declared", {"name": who.name}),))
    accounts.commit(before, before, "1", reply, [(1, b"p" * 12, declare(who, "t"))])
    stored = b"".join(redis_client.dump(name) or b"" for name in redis_client.scan_iter())
    for secret in (who.name.encode(), who.document.number.encode(), who.phone.encode(), "幸福路".encode()):
        assert secret not in stored


def test_a_sealed_value_opens_only_where_it_belongs_and_with_a_key_of_the_list() -> None:
    old, new = bytes([1]) * 32, bytes([2]) * 32
    sealed = Vault([old]).seal(b"here", b"36.5")
    assert Vault([new, old]).open(b"here", sealed) == b"36.5"
    for vault, place in ((Vault([new, old]), b"there"), (Vault([new]), b"here")):
        with pytest.raises(Unsealable):
            vault.open(place, sealed)


def test_a_commit_counts_only_when_the_replica_has_it(tmp_path: Path) -> None:
    with running_valkey(tmp_path / "first") as first:
        port = first.rpartition(":")[2].partition("/")[0]
        with running_valkey(tmp_path / "second", "--replicaof", f"127.0.0.1 {port}") as second:
            client, replica = client_of(first), client_of(second)
            wait_for(lambda: replica.info("replication")["master_link_status"] == "up")
            accounts = Accounts(client, Keys(), VAULT, replicas=1)
            account = accounts.open(WHO, "1").account
            assert accounts.commit(account, account, "1", REPLY, []) == REPLY
            replica.replicaof("NO", "ONE")
            account = accounts.open(WHO, "2").account
            with pytest.raises(CommitUnanswered):
                accounts.commit(account, account, "2", REPLY, [])
            with pytest.raises(CommitUnanswered):
                accounts.open(WHO, "2")
