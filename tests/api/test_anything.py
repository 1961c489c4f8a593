"""Whatever the OpenAPI document allows, and much that it does not: no answer that it does not describe, never a 5xx."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import requests
from openapi_spec_validator import validate

from domain.partners.client import Quota
from tests.api.conftest import Partner, Street
from worker.partners import admin

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
SECONDS = 50
"""For one run; it takes a quarter of that."""
OPTIONS = (
    *("--checks", CHECKS, "--max-examples", "20", "--phases", "coverage,fuzzing", "--mode", "all"),
    *("--seed", "7", "--request-timeout", "5", "--no-color", "--generation-database", "none"),
)


def test_the_document_is_openapi_3_1_and_the_page_needs_no_script(partner: Partner) -> None:
    document = requests.get(f"{partner.api.base}/openapi.json", timeout=10).json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    page = requests.get(f"{partner.api.base}/docs", timeout=10)
    assert "<script" not in page.text
    for path, operations in document["paths"].items():
        assert path in page.text
        assert all(each["operationId"] in page.text for each in operations.values())


def test_no_request_brings_it_down(street: Street, tmp_path: Path) -> None:
    """With a real handle, so that what is asked goes all the way; a request that hangs ends the run."""
    partner = street.partner
    admin.set_quota(street.ctx, partner.desk_staff, "gate-1", Quota(100_000, 1_000_000))
    handle = street.bind(street.resident(), "query", "declare", "trip", "code")
    config = tmp_path / "schemathesis.toml"
    config.write_text(f'[parameters]\n"path.handle" = "{handle}"\n')
    target = [f"{partner.api.base}/openapi.json", "-H", f"Authorization: Bearer {partner.api._access()}"]
    # What ends the authorisation comes last: after it the others are refused.
    for which in ("--exclude-operation-id", "--include-operation-id"):
        words = ["--config-file", str(config), "run", *target, which, "endAuthorisation", *OPTIONS]
        run = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", *words],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            cwd=tmp_path,
        )
        assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
        assert re.search(r"(\d+) generated, \1 passed", run.stdout), run.stdout[-2000:]
