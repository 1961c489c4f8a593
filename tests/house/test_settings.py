"""What `settings.reading.load` accepts, what it refuses and how it says so."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from settings import NAMES, PROJECT, BadSettings
from settings.keys import new_key
from settings.reading import load

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
OTHER_KEY = base64.urlsafe_b64encode(bytes(range(32, 64))).decode().rstrip("=")
GOOD = {
    "WECHAT_APP_ID": "wx5823bf96d3bd56c7",
    "WECHAT_APP_SECRET": "0123456789abcdef" * 2,
    "WECHAT_TOKEN": "shachong",
    "WECHAT_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "WECHAT_ORIGINAL_ID": "gh_0123456789ab",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "PUBLIC_URL": "https://yima.example.org/",
    "SECRET_KEY": KEY,
    "PID_KEY": KEY,
    "IDENTITY_KEY": KEY,
    "HANDLE_KEY": KEY,
    "CODE_SIGNING_KEY": KEY,
}
MALFORMED = [
    ("WECHAT_APP_ID", "gh_0123456789ab"),
    ("WECHAT_APP_ID", "WX5823BF96D3BD56C7"),
    ("WECHAT_APP_SECRET", "short-secret"),
    ("WECHAT_TOKEN", "ab"),
    ("WECHAT_TOKEN", "x" * 33),
    ("WECHAT_AES_KEY", "k" * 44),
    ("WECHAT_AES_KEY_PREVIOUS", "k" * 42),
    ("WECHAT_ORIGINAL_ID", "wx5823bf96d3bd56c7"),
    ("WECHAT_MODE", "off"),
    ("WECHAT_API_BASE", "http://api.weixin.qq.com"),
    ("WECHAT_MP_BASE", "ftp://127.0.0.1"),
    ("SMS_URL", "http://10.0.0.7/sms"),
    ("IDENTITY_URL", "https://user:pw@id.example.org"),
    ("ADAPTER_KEY", "短"),
    ("UPSTREAM_URL", "http://10.0.0.7/lists"),
    ("UPSTREAM_KEY", "短"),
    ("REDIS_URL", "localhost:6379"),
    ("REDIS_URL", "redis+sentinel://h:26379"),
    ("QUEUE_REDIS_URL", "memcached://h"),
    ("PUBLIC_URL", "http://yima.example.org"),
    ("PUBLIC_URL", "https://yima.example.org:99999"),
    ("PUBLIC_URL", "http://127.0.0.1.example.org"),
    ("HOST", "a b"),
    ("PORT", "0"),
    ("PORT", "http"),
    ("PROXIES", "nginx"),
    ("SECRET_KEY", "secret"),
    ("PID_KEY", KEY[:-2]),
    ("CODE_KEYS_PREVIOUS", "short"),
    ("IDENTITY_KEY", f"{KEY},"),
    ("IDENTITY_KEY", f"{KEY},{KEY}"),
    ("HANDLE_KEY", KEY + "AAAA"),
    ("CODE_SIGNING_KEY", "!" * 43),
    ("SETTLE_LANES", "257"),
    ("WECHAT_BUDGETS", "media/uplaod=5000"),
    ("WECHAT_REMINDER_TEMPLATE", f"{'T' * 43};thing1=when"),
    ("WECHAT_NOTICE_TEMPLATE", "TM00001"),
    ("METRICS_KEY", "short"),
    ("DURABILITY", "replicas:0"),
    ("SANDBOX", "127.0.0.1:9999"),
]


def named(problems: tuple[str, ...]) -> list[str]:
    return [problem.split(":")[0] for problem in problems]


@pytest.mark.parametrize(("name", "value"), MALFORMED)
def test_a_malformed_setting_is_named_and_not_echoed(name: str, value: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load(GOOD | {"ADAPTER_KEY": "a-key-of-the-adapters", "UPSTREAM_KEY": "a-key-of-theirs", name: value})
    assert named(refused.value.problems) == [name]
    assert len(value) < 9 or value not in str(refused.value)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = dict(MALFORMED) | {"SMS_URL": "https://sms.example.org", "ADAPTER_KEY": ""}
    with pytest.raises(BadSettings) as refused:
        load({name: value for name, value in wrong.items() if name != "SECRET_KEY"})
    accepted = {"SMS_URL", "DATA_DIR"}
    assert set(named(refused.value.problems)) == set(NAMES) - accepted


def test_without_secrets_there_are_no_defaults_for_them() -> None:
    with pytest.raises(BadSettings) as refused:
        load({"SANDBOX": "http://127.0.0.1:8081"})
    assert set(named(refused.value.problems)) == set(GOOD)


def test_defaults_are_the_safe_ones() -> None:
    loaded = load(GOOD)
    assert (loaded.wechat_mode, loaded.durability, loaded.host, loaded.sandbox) == ("safe", "fsync", "127.0.0.1", "")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080", "http://127.9.9.9"]
)
def test_plain_http_is_accepted_on_loopback(url: str) -> None:
    assert load(GOOD | {"PUBLIC_URL": url}).public_url == url


@pytest.mark.parametrize(
    "url",
    ["rediss://:pw@h:6379/1", "redis+sentinel://:pw@a:26379,b:26379/mymaster", "redis+cluster://a:7000,b:7001"],
)
def test_redis_may_be_one_or_sentinel_or_cluster(url: str) -> None:
    assert load(GOOD | {"REDIS_URL": url, "QUEUE_REDIS_URL": "redis://q:6379/0"}).redis_url == url


def test_a_cluster_needs_another_server_for_the_queue() -> None:
    with pytest.raises(BadSettings) as refused:
        load(GOOD | {"REDIS_URL": "redis+cluster://a:7000,b:7001"})
    assert named(refused.value.problems) == ["QUEUE_REDIS_URL"]


def test_keys_come_as_bytes_and_the_list_keeps_its_order() -> None:
    loaded = load(GOOD | {"IDENTITY_KEY": f"{OTHER_KEY}, {KEY}="})
    assert (loaded.pid_key, loaded.identity_key) == (bytes(range(32)), (bytes(range(32, 64)), bytes(range(32))))


def test_a_fresh_key_is_a_key() -> None:
    assert len(load(GOOD | {"PID_KEY": new_key()}).pid_key) == 32


@pytest.mark.parametrize(("durability", "replicas"), [("fsync", 0), ("everysec", 0), ("replicas:2", 2)])
def test_durability_says_how_many_replicas_a_commit_waits_for(durability: str, replicas: int) -> None:
    assert load(GOOD | {"DURABILITY": durability}).replicas == replicas


def test_no_secret_is_in_the_repr() -> None:
    secrets = [name for name in GOOD if name.endswith(("KEY", "SECRET", "TOKEN", "REDIS_URL"))]
    shown = repr(load(GOOD))
    assert [name for name in secrets if GOOD[name] in shown or repr(bytes(range(32))) in shown] == []


def test_any_setting_may_be_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("fromfile\n")
    without = {name: value for name, value in GOOD.items() if name != "WECHAT_TOKEN"}
    assert load(without | {"WECHAT_TOKEN_FILE": str(tmp_path / "token")}).wechat_token == "fromfile"


@pytest.mark.parametrize(("extra", "name"), [({}, "WECHAT_TOKEN_FILE"), ({"WECHAT_TOKEN": "both1"}, "WECHAT_TOKEN")])
def test_a_file_that_is_missing_or_one_too_many_is_named(tmp_path: Path, extra: dict[str, str], name: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load({"WECHAT_TOKEN_FILE": str(tmp_path / "absent")} | extra)
    assert name in named(refused.value.problems)


def test_the_environment_lies_over_the_env_file_and_an_empty_name_hides_it(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_text("PORT=9000\nHOST=0.0.0.0\nSETTLE_LANES=4\nUNKNOWN=x\n# 注释\n", encoding="utf-8")
    loaded = load(GOOD | {"PORT": "9001", "HOST": ""}, env)
    assert (loaded.port, loaded.host, loaded.settle_lanes) == (9001, "127.0.0.1", 4)


def test_the_example_file_names_every_setting_and_nothing_else() -> None:
    lines = (PROJECT / ".env.example").read_text("utf-8").splitlines()
    assert sorted(line.lstrip("# ").split("=")[0] for line in lines if "=" in line) == sorted(NAMES)
