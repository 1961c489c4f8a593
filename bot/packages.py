"""`python -m bot.packages`: fetch what package-lock.json says that pages load in a browser, and put it where they look.

npm checks each package against the hash in the lock; no script of a package runs. A machine without npm gets one from
PyPI into the environment that runs this.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SERVED = ROOT / "bot" / "static" / "packages"
NPM_WHEEL = "requirements-npm.txt"
OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def served() -> dict[str, str]:
    """Name under `SERVED` -> file in `node_modules`, as package.json lists them."""
    listed: dict[str, str] = json.loads((ROOT / "package.json").read_text("utf-8"))["served"]
    return {name: source for source, name in listed.items()}


def missing() -> list[str]:
    """Names that are not there yet."""
    return [name for name in served() if not (SERVED / name).is_file()]


def fetch() -> None:
    """Install, then copy. Raises subprocess.CalledProcessError, FileNotFoundError."""
    npm = shutil.which("npm") or _npm_from_pypi()
    subprocess.run([npm, "ci", *OPTIONS], cwd=ROOT, check=True)  # noqa: S603 our own command
    SERVED.mkdir(parents=True, exist_ok=True)
    for name, source in served().items():
        shutil.copyfile(ROOT / "node_modules" / source, SERVED / name)


def _npm_from_pypi() -> str:
    """The npm beside this Python, installed if it is not."""
    beside = Path(sys.executable).parent / "npm"
    if not beside.exists():
        sys.stdout.write("没有 npm，改从 PyPI 安装 · no npm here: taking the one from PyPI\n")
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / NPM_WHEEL)], check=True)  # noqa: S603 pip, on our lock
    return str(beside)


def main() -> int:
    """1 and one line when something could not be fetched."""
    try:
        fetch()
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        what = error.cmd[0] if isinstance(error, subprocess.CalledProcessError) else error.filename
        sys.stderr.write(f"网页组件未能安装（{what}），原因见上 · packages of the pages not installed\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
