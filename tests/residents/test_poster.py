"""The poster on a community's door: a neighbour scans the printed page, follows, and is asked for no community."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from domain.appointing import granted, new_staff
from domain.places import full_name
from domain.roles import Grant, Role
from domain.scopes import Communities
from settings import PROJECT
from store.changes import Act
from tests.reach.conftest import House, house, open_house, open_stage, webhook
from tests.stage import BRIDGE, PHOENIX, environment

__all__ = ["house", "open_house", "open_stage", "webhook"]


@pytest.fixture
def printed(house: House, tmp_path: Path) -> Path:
    """李强 has the poster of his community made."""
    act, grant = Act("zhao.min", "staff add"), Grant(Role.COMMUNITY_WORKER, Communities(PHOENIX))
    house.ctx.staff.add(new_staff("li.qiang", "李强", "凤凰社区"), act)
    house.ctx.staff.change("li.qiang", lambda who: granted(who, grant), act)
    pdf = tmp_path / "poster.pdf"
    told = ask(house, tmp_path, PHOENIX, pdf)
    assert full_name(PHOENIX) in told
    assert "不在您的负责范围内" in ask(house, tmp_path, BRIDGE, tmp_path / "other.pdf", code=1)
    return pdf


def ask(house: House, folder: Path, community: str, pdf: Path, code: int = 0) -> str:
    s = house.ctx.settings
    environ = environment(s.redis_url, folder, WECHAT_API_BASE=house.platform.base, PATH=os.environ["PATH"])
    environ |= {"WECHAT_APP_ID": s.wechat_app_id, "WECHAT_APP_SECRET": s.wechat_app_secret}
    command = [sys.executable, "-m", "worker", "roster", "poster", community, "--pdf", str(pdf), "--as", "li.qiang"]
    done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_whoever_scans_the_printed_page_follows_with_the_community_known(house: House, printed: Path) -> None:
    with pypdfium2.PdfDocument(printed) as document:
        page, picture = document[0], io.BytesIO()
        assert full_name(PHOENIX) in page.get_textpage().get_text_range()
        page.render(scale=1).to_pil().save(picture, "PNG")
    phone = house.platform.person(following=False)
    data = f"data:image/png;base64,{base64.b64encode(picture.getvalue()).decode()}"
    scanned = house.platform.act(phone, "scan", data=data)
    assert scanned["found"] == "scene"
    assert full_name(PHOENIX) in scanned["reply"]["text"]
    assert house.ctx.accounts.read(phone["openid"]).session.community == PHOENIX
