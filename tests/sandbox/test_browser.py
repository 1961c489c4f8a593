"""The browser inside the phones, against a site that refuses to be framed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
import requests

from sandbox.browser import Browser, Request
from tests.sandbox.conftest import Stage
from tests.sandbox.site import Site, running_site


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


def web(stage: Stage, site: Site, path: str, phone: str = "p1") -> str:
    site.sandbox = stage.base
    return f"{stage.base}/sandbox/web/{phone}/{site.base.replace('://', '/')}{path}"


def test_a_page_is_fetched_as_wechat_and_its_links_stay_in_the_phone(stage: Stage, site: Site) -> None:
    answer = requests.get(web(stage, site, "/v/1?a=%E7%A0%81"), timeout=5)
    ((_, path, headers, _),) = site.seen
    assert (path, "MicroMessenger/" in headers["User-Agent"]) == ("/v/1?a=%E7%A0%81", True)
    assert "X-Frame-Options" not in answer.headers
    assert "allow-same-origin" not in answer.headers["Content-Security-Policy"]
    inside = f"/sandbox/web/p1/{site.base.replace('://', '/')}"
    for shown in (f'href="{inside}/second?x=1&amp;y=2"', 'href="third"', f'action="{inside}/search"', 'src="data:'):
        assert shown in answer.text
    assert 'href="/sandbox/subscribe?templates=t1&amp;phone=p1"' in answer.text


def test_each_phone_has_cookies_of_its_own_and_forms_arrive(stage: Stage, site: Site) -> None:
    stage.person()
    requests.get(web(stage, site, "/v/1"), timeout=5)
    requests.post(web(stage, site, "/search"), {"q": "36.5"}, timeout=5)
    requests.get(web(stage, site, "/v/1", "p2"), timeout=5)
    assert [(method, headers["Cookie"], body) for method, _, headers, body in site.seen] == [
        ("GET", None, b""),
        ("POST", "who=me", b"q=36.5"),
        ("GET", None, b""),
    ]


def test_the_authorization_is_told_whose_phone_it_is(stage: Stage, site: Site) -> None:
    (phone,) = stage.world.phones.all()
    answer = Browser(site.base).fetch(phone, Request("GET", f"{site.base}/login"))
    assert answer.headers["Location"] == f"{site.base}/v/1?code=C&state=s"
    assert site.seen[1][1].endswith("&state=s&sandbox_phone=p1")


def test_a_redirect_to_the_consent_page_is_shown_by_the_sandbox_itself(stage: Stage, site: Site) -> None:
    answer = requests.get(web(stage, site, "/ask"), allow_redirects=False, timeout=5)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sandbox/subscribe?templates=t1&phone=p1")


def test_a_page_that_cannot_be_had_says_so(stage: Stage) -> None:
    answer = requests.get(f"{stage.base}/sandbox/web/p1/http/127.0.0.1:9/{quote('码')}", timeout=30)
    assert (answer.status_code, "连不上" in answer.text) == (502, True)
