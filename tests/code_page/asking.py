"""What the tests of the code page ask it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import requests
from werkzeug.test import Client, TestResponse

from tests.code_page.conftest import Resident


def from_wechat(client: Client, resident: Resident, first: str = "/code") -> str:
    """Leave for WeChat as this page says; where it sends this phone back to, as path and query."""
    away = client.get(first)
    assert away.status_code == 302
    back = requests.get(
        away.location.partition("#")[0], params={"sandbox_phone": resident.phone}, timeout=10, allow_redirects=False
    )
    address = urlsplit(back.headers["Location"])
    assert f"{address.scheme}://{address.netloc}" == resident.served.web
    return f"{address.path}?{address.query}"


def told(response: TestResponse) -> dict[str, object]:
    assert response.status_code == 200, response.text
    (person,) = response.get_json()["people"]
    return dict(person)


def link_in(text: str) -> str:
    found = re.search(r'<a href="([^"]+/code\?k=[^"]+)">', text)
    assert found, text
    return found[1]
