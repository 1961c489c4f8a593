"""Accounts: what the conversation reads in one trip and writes in one script.

`commit` is the only writer of an account. In one atomic step it checks that nobody answered this message meanwhile,
that the account is still the one that was read, and then writes account, remembered reply and effects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgpack
from redis import Redis
from redis.exceptions import RedisError

from flows.core import Say, Session
from flows.effects import Effect
from flows.session_json import dump as dump_session
from flows.session_json import load as load_session
from store.account import Account, CommitUnanswered, Desktop, Pending, ReadFailed, Remembered, Window
from store.codec import EFFECT, from_plain, instant, millis, to_plain
from store.duties import read_duty
from store.keys import INBOX_SECONDS, Keys, account_tag, shard_of
from store.sealing import Vault
from store.views import read_cells, read_media

VERSION_BYTES = 8
REPLICA_MILLISECONDS = 300
"""How long a commit waits for replicas; less than the client waits for the server."""

_COMMIT = """
local seen = redis.call('GET', KEYS[2])
if seen then
  redis.call('EXPIRE', KEYS[2], ARGV[4])
  return {'seen', seen}
end
if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return {'stale'} end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[4])
for i = 6, #ARGV, 2 do
  redis.call('XADD', KEYS[3], '*', 'o', ARGV[5], 's', ARGV[i], 'e', ARGV[i + 1])
end
return {'done'}
"""


class Accounts:
    """The repository. `redis` answers within its socket timeout or raises; it must not retry by itself.

    `replicas`: how many must have a commit before it counts as answered (DURABILITY=replicas:N).
    """

    def __init__(self, redis: Redis, keys: Keys, vault: Vault, replicas: int = 0) -> None:
        self._redis = redis
        self._keys = keys
        self._vault = vault
        self._replicas = replicas
        self._commit = redis.register_script(_COMMIT)

    def open(self, openid: str, dedup: str) -> Desktop:
        """One trip. Raises ReadFailed, for what is damaged too; CommitUnanswered while a remembered reply has too few
        replicas."""
        keys = self._keys
        here = (keys.account(openid), keys.view(openid), keys.media(openid))
        names = (*here, keys.inbox(openid, dedup), keys.duty(openid))
        try:
            account, view, media, inbox, duty = cast("list[bytes | None]", self._redis.mget(names))
        except RedisError as error:
            raise ReadFailed(type(error).__name__) from error
        if inbox is not None and self._replicas:
            self._replicated(keys.inbox(openid, dedup))
        try:
            return Desktop(
                self._load(openid, account),
                read_cells(self._vault, openid, view),
                read_media(media),
                self._recall(openid, inbox),
                read_duty(self._vault, openid, duty),
            )
        except Exception as error:
            raise ReadFailed(f"damaged: {type(error).__name__}") from error

    def look(self, openid: str) -> Desktop:
        """What a page of this account shows: no remembered reply, no pictures. One trip. Raises ReadFailed."""
        names = (self._keys.account(openid), self._keys.view(openid))
        try:
            account, view = cast("list[bytes | None]", self._redis.mget(names))
        except RedisError as error:
            raise ReadFailed(type(error).__name__) from error
        try:
            return Desktop(self._load(openid, account), read_cells(self._vault, openid, view))
        except Exception as error:
            raise ReadFailed(f"damaged: {type(error).__name__}") from error

    def read(self, openid: str) -> Account:
        """For workers: the account alone."""
        return self._load(openid, cast("bytes | None", self._redis.get(self._keys.account(openid))))

    def windows(self, openids: Sequence[str]) -> list[Window]:
        """What decides whether somebody can be written to, of many in one trip; nothing else is unpacked."""
        with self._redis.pipeline(transaction=False) as trip:
            for openid in openids:
                trip.get(self._keys.account(openid))
            return [self._window(openid, raw) for openid, raw in zip(openids, trip.execute(), strict=True)]

    def _window(self, openid: str, raw: bytes | None) -> Window:
        if raw is None:
            return Window(openid, False)
        plain = msgpack.unpackb(self._vault.open(openid.encode(), raw[VERSION_BYTES:]), strict_map_key=False)
        session, self_pid, _, heard, tapped = plain[:5]
        following = session.get("following") is True
        return Window(openid, following, self_pid, heard and instant(heard), tapped and instant(tapped))

    def invent(self, accounts: Sequence[Account]) -> None:
        """Accounts of invented residents, in one trip; whoever is there already stays. Conversations use `commit`."""
        with self._redis.pipeline(transaction=False) as trip:
            for account in accounts:
                trip.set(self._keys.account(account.openid), self._dump(account, 1), nx=True)
            trip.execute()

    def read_all(self, openids: Sequence[str]) -> list[Account]:
        """For workers: several accounts alone, in one trip."""
        with self._redis.pipeline(transaction=False) as trip:
            for openid in openids:
                trip.get(self._keys.account(openid))
            return [self._load(openid, raw) for openid, raw in zip(openids, trip.execute(), strict=True)]

    def commit(
        self,
        before: Account,
        after: Account,
        dedup: str,
        reply: Remembered,
        effects: Sequence[tuple[int, bytes, Effect]],
    ) -> Remembered | None:
        """Write all of it, or nothing. `effects` are (seq, pid or empty, effect).

        Returns the reply to give: `reply`, or the one that a twin delivery remembered first; None if the account
        changed since it was read (read again and take the message again). Raises CommitUnanswered.
        """
        keys, openid = self._keys, before.openid
        expected = _version(before.version) if before.version else b""
        arguments: list[Any] = [expected, self._dump(after, before.version + 1), self._keep(openid, reply)]
        arguments += [INBOX_SECONDS, openid]
        for seq, pid, effect in effects:
            sealed = self._vault.seal(openid.encode(), msgpack.packb((pid, to_plain(EFFECT, effect))))
            arguments += [seq, sealed]
        names = [keys.account(openid), keys.inbox(openid, dedup), keys.outbox(shard_of(openid))]
        try:
            answer = self._durably(names, arguments)
        except RedisError as error:
            raise CommitUnanswered(type(error).__name__) from error
        match answer[0]:
            case b"done":
                return reply
            case b"seen":
                return self._recall(openid, answer[1])
            case _:
                return None

    def _durably(self, names: list[str], arguments: list[Any]) -> list[bytes]:
        """Run the commit; with replicas, wait on the same connection until enough of them have it."""
        if not self._replicas:
            return cast("list[bytes]", self._commit(keys=names, args=arguments))
        with self._redis.pipeline(transaction=False) as trip:
            self._commit(keys=names, args=arguments, client=trip)
            trip.wait(self._replicas, REPLICA_MILLISECONDS)
            answer, have_it = trip.execute()
        if have_it < self._replicas:
            raise CommitUnanswered(f"{have_it} of {self._replicas} replicas have it")
        return cast("list[bytes]", answer)

    def _replicated(self, inbox: str) -> None:
        """A retry may find the reply of a commit that too few replicas had: it is not acknowledged before they do."""
        try:
            with self._redis.pipeline(transaction=False) as trip:
                trip.expire(inbox, INBOX_SECONDS)
                trip.wait(self._replicas, REPLICA_MILLISECONDS)
                have_it = trip.execute()[1]
        except RedisError as error:
            raise CommitUnanswered(type(error).__name__) from error
        if have_it < self._replicas:
            raise CommitUnanswered(f"{have_it} of {self._replicas} replicas have it")

    def open_effect(self, openid: str, sealed: bytes) -> tuple[bytes, Effect]:
        """(pid or empty, effect) of an outbox entry."""
        pid, plain = msgpack.unpackb(self._vault.open(openid.encode(), sealed), use_list=False)
        return pid, from_plain(EFFECT, plain)

    def _dump(self, account: Account, version: int) -> bytes:
        plain = msgpack.packb(
            (
                dump_session(account.session),
                account.self_pid,
                [(p.seq, p.pid, to_plain(EFFECT, p.effect)) for p in account.pending],
                account.heard_at and millis(account.heard_at),
                account.tapped_at and millis(account.tapped_at),
            )
        )
        return _version(version) + self._vault.seal(account.openid.encode(), plain)

    def _load(self, openid: str, raw: bytes | None) -> Account:
        if raw is None:
            return Account(openid, Session(tag=account_tag(openid)))
        session, self_pid, pending, heard, tapped = msgpack.unpackb(
            self._vault.open(openid.encode(), raw[VERSION_BYTES:]), strict_map_key=False
        )
        return Account(
            openid,
            load_session(session),
            int.from_bytes(raw[:VERSION_BYTES]),
            self_pid,
            tuple(Pending(seq, pid, from_plain(EFFECT, effect)) for seq, pid, effect in pending),
            instant(heard) if heard else None,
            instant(tapped) if tapped else None,
        )

    def _keep(self, openid: str, reply: Remembered) -> bytes:
        plain = msgpack.packb(
            (
                reply.created,
                reply.kind,
                [(say.template, say.args, say.who) for say in reply.says],
                reply.media_id,
                reply.language,
            )
        )
        return self._vault.seal(openid.encode(), plain)

    def _recall(self, openid: str, sealed: bytes | None) -> Remembered | None:
        if sealed is None:
            return None
        created, kind, says, media_id, *more = msgpack.unpackb(self._vault.open(openid.encode(), sealed))
        return Remembered(created, kind, tuple(Say(*parts) for parts in says), media_id, *more[:1])


def _version(number: int) -> bytes:
    return number.to_bytes(VERSION_BYTES)
