"""This machine: Python and packages, time zones, disk, the data folder, the font and the code picture."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import zxingcpp
from PIL import Image

from channel.code_image import draw, lacks
from channel.code_samples import sample
from domain.facts import SHANGHAI
from domain.verdict import Colour
from settings import PROJECT
from worker.doctor.findings import Finding, failure, sound, warning

PYTHONS = ((3, 11), (3, 13))
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(\s*;)?", re.MULTILINE)
NAMES = "王芳阿依古丽买买提努尔"
RARE = "𠮷"
"""Not in GBK: drawn as □, which is meant."""
_GIGA = 1 << 30
_SCARCE, _GONE = 5 * _GIGA, _GIGA


# --- Python -----------------------------------------------------------------------------------------------------------


def pins(requirements: Path = PROJECT / "requirements.txt") -> dict[str, str]:
    """What every installation has: package to version; those for some platforms only are left out."""
    found = _PIN.findall(requirements.read_text("utf-8"))
    return {name: pinned for name, pinned, marker in found if not marker}


def installed(names: Iterable[str]) -> dict[str, str]:
    """The versions of those that are there."""
    versions = {}
    for name in names:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


def judge_python(running: tuple[int, int], wanted: Mapping[str, str], there: Mapping[str, str]) -> Iterable[Finding]:
    """The interpreter, and the packages against what `requirements.txt` pins."""
    shown = ".".join(map(str, running))
    if PYTHONS[0] <= running <= PYTHONS[1]:
        yield sound("machine.python", f"Python {shown}")
    else:
        yield failure(
            "machine.python",
            f"Python {shown}",
            "未在此版本上测试 · nothing was tested on it",
            "安装 Python 3.11–3.13，删除 .venv，再 make setup · install one of these, remove .venv, make setup",
        )
    other = [f"{name} {there.get(name, '∅')}≠{pin}" for name, pin in wanted.items() if there.get(name) != pin]
    if other:
        yield warning(
            "machine.packages",
            f"{len(other)} 个软件包与 requirements.txt 不符 · packages differ: {', '.join(other[:5])}",
            "运行的不是测试过的组合 · what runs is not what was tested",
            "make setup（会按哈希重装） · it installs again, by hash",
        )
    else:
        yield sound("machine.packages", f"{len(wanted)} 个软件包与 requirements.txt 一致 · packages as pinned")


def look_at_python() -> Iterable[Finding]:
    wanted = pins()
    return judge_python(sys.version_info[:2], wanted, installed(wanted))


def look_at_zones() -> Iterable[Finding]:
    """The house counts in +08:00 by itself; the parser of pushes and RQ ask the system."""
    try:
        known = datetime(2020, 3, 2, tzinfo=ZoneInfo("Asia/Shanghai")).utcoffset() == timedelta(hours=8)
    except ZoneInfoNotFoundError:
        known = False
    if known:
        yield sound("machine.zones", "Asia/Shanghai = +08:00")
    else:
        yield warning(
            "machine.zones",
            "系统没有时区数据 · there is no time zone data",
            "日志和任务时间可能不对 · times in logs and jobs may be wrong",
            "apt install tzdata，或 pip install tzdata",
        )


# --- disk -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Folder:
    """DATA_DIR. `mode`: permission bits, None where there is no folder; `free`, `total`: bytes of its file system."""

    mode: int | None
    writable: bool
    ours: bool
    free: int
    total: int


def look_at_folder(path: Path) -> Folder:
    there = next(each for each in (path, *path.parents) if each.exists())
    usage = shutil.disk_usage(there)
    writable = os.access(there, os.W_OK | os.X_OK)
    if not path.is_dir():
        return Folder(None, writable, True, usage.free, usage.total)
    status = path.stat()
    return Folder(status.st_mode & 0o777, writable, status.st_uid == os.getuid(), usage.free, usage.total)


def judge_folder(folder: Folder) -> Iterable[Finding]:
    """Room on the disk; who may read and write the folder."""
    yield _room(folder)
    if not folder.writable:
        yield failure(
            "machine.folder",
            "DATA_DIR 不可写 · DATA_DIR cannot be written",
            "审计和日志写不下来 · neither the audit nor logs can be written",
            "chown -R 服务账号 DATA_DIR · give it to the account that the service runs as",
        )
    elif folder.mode is not None and folder.mode & 0o022:
        yield failure(
            "machine.folder",
            f"DATA_DIR 的权限是 {folder.mode:o} · its mode lets others write",
            "他人可替换密钥和数据 · others can replace keys and data",
            "chmod 700 DATA_DIR",
        )
    else:
        shown = "尚未建立 · not made yet" if folder.mode is None else f"{folder.mode:o}"
        yield sound("machine.folder", f"DATA_DIR {shown}")


def _room(folder: Folder) -> Finding:
    free = f"{folder.free / _GIGA:.1f} GB（{100 * folder.free // max(1, folder.total)} %）"
    if folder.free >= _SCARCE:
        return sound("machine.disk", f"剩余 {free} · free")
    judged = warning if folder.free >= _GONE else failure
    return judged(
        "machine.disk",
        f"剩余 {free} · free",
        "磁盘写满后什么也记不下来 · when the disk is full nothing is recorded any more",
        "清理或扩容；审计的旧文件可移走 · make room or a larger disk; old audit files may be moved away",
    )


def judge_rewrite(free: int, file: int) -> Finding:
    """Bytes that are free, and bytes of the database's file, which is now and then written anew beside itself."""
    shown = f"AOF {file / _GIGA:.2f} GB，剩余 {free / _GIGA:.1f} GB · free"
    if free > 2 * file:
        return sound("redis.room", shown)
    judged = warning if free > file else failure
    return judged(
        "redis.room",
        shown,
        "重写 AOF 时要再放下一份，放不下就停止写入 · it is rewritten beside itself: without room writing stops",
        "扩容，或把 DATA_DIR 移到更大的盘 · a larger disk, or DATA_DIR on another",
    )


# --- the code picture -------------------------------------------------------------------------------------------------


def look_at_picture() -> Iterable[Finding]:
    """Draw a code of nobody and read it again, then ask the font for names."""
    lacking = "".join(each for each in NAMES if lacks(each))
    if lacking:
        yield failure(
            "picture.font",
            f"字体缺字 · the font lacks: {lacking}",
            "健康码上的姓名会变成 □ · names on the code turn into □",
            "git checkout channel/fonts（字体文件损坏） · the font's file is damaged",
        )
    else:
        yield sound("picture.font", f"{NAMES[:6]}… 可显示；{RARE} 显示为 □ · can be drawn; {RARE} is □, as meant")
    yield judge_picture(*_drawn())


def _drawn() -> tuple[str, str]:
    """What was put into a picture, and what a reader finds in it."""
    card = replace(sample(Colour.GREEN), name=f"阿依*丽{RARE}", issued=datetime.now(SHANGHAI))
    with Image.open(BytesIO(draw(card))) as picture:
        found = zxingcpp.read_barcodes(
            picture.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        )
    return card.url, found[0].text if found else ""


def judge_picture(put_in: str, read: str) -> Finding:
    """The text of a QR and what was read from it."""
    if read == put_in:
        return sound("picture.code", "画出并读回一致 · drawn and read again")
    return failure(
        "picture.code",
        "画出的健康码读不回来 · the code that was drawn cannot be read",
        "卡口扫不出来 · no checkpoint can scan it",
        "make setup 重装软件包；仍不行请报告 · install the packages again; if that does not help, report it",
    )
