"""The READMEs keep up with the code."""

from __future__ import annotations

import pytest

from settings import NAMES, PROJECT


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readmes_name_every_setting(readme: str) -> None:
    text = (PROJECT / readme).read_text("utf-8")
    assert [name for name in NAMES if f"`{name}`" not in text] == []
