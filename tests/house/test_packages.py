"""What the pages load in a browser: pinned by hash, put where pages look, and asked for at the start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from bot import app, packages
from bot.assets import Assets, blueprint
from settings import PROJECT
from tests.stage import settings


def test_every_package_is_pinned_by_its_hash() -> None:
    lock = json.loads((PROJECT / "package-lock.json").read_text("utf-8"))["packages"]
    installed = {name: each for name, each in lock.items() if name}
    assert [name for name, each in installed.items() if not each.get("integrity", "").startswith("sha512-")] == []
    for source in packages.served().values():
        assert any(f"node_modules/{source}".startswith(f"{name}/") for name in installed), source


def test_a_house_without_them_says_what_to_do(valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "SERVED", tmp_path / "packages")
    with pytest.raises(SystemExit) as ended:
        app.create_app(settings(valkey_url, tmp_path))
    assert "make setup" in str(ended.value)


def test_their_addresses_change_with_their_content_and_are_kept_for_good() -> None:
    assets, site = Assets.read(), Flask("site", static_folder=None)
    site.register_blueprint(blueprint(assets))
    client = site.test_client()
    kept = client.get(assets.address("console/console.css"))
    assert (kept.status_code, kept.mimetype) == (200, "text/css")
    assert "immutable" in kept.headers["Cache-Control"]
    assert client.get("/static/console/console.css?v=of-before").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/../app.py").status_code == 404
    assert client.get("/static/code.js").status_code == 404
