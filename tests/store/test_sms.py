"""Text messages to one telephone in a day: six, from whatever accounts, and a repeated try is not another one."""

from __future__ import annotations

import redis

from store.keys import SMS_SECONDS, Keys
from store.sms import MOST_A_DAY, SmsLimit

PHONE = "13800000001"


def test_a_telephone_is_sent_six_and_a_try_again_does_not_count(redis_client: redis.Redis) -> None:
    limit = SmsLimit(redis_client, Keys(), bytes(32))
    allowed = [limit.allow(PHONE, f"account-{number}") for number in range(MOST_A_DAY + 2)]
    assert allowed == [True] * MOST_A_DAY + [False] * 2
    assert limit.allow(PHONE, "account-0")
    assert limit.allow("13800000002", "account-0")
    names = list(redis_client.scan_iter())
    assert all(0 < redis_client.ttl(name) <= SMS_SECONDS for name in names)
    assert not any(PHONE.encode() in name for name in names)
