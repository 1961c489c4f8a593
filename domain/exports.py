"""Exports: which columns a form from above wants, in which order, under which heading and in which format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.notice import Colour
from domain.roles import Refused


class Column(StrEnum):
    """What a column may say of a person."""

    NUMBER = "number"
    NAME = "name"
    SEX = "sex"
    AGE = "age"
    DOCUMENT_KIND = "document_kind"
    DOCUMENT = "document"
    PHONE = "phone"
    COUNTY = "county"
    STREET = "street"
    COMMUNITY = "community"
    COMMUNITY_CODE = "community_code"
    GRID = "grid"
    ADDRESS = "address"
    COLOUR = "colour"
    SINCE = "since"
    UNTIL = "until"
    CLAUSES = "clauses"
    REPORTED_TODAY = "reported_today"
    LAST_REPORT = "last_report"
    TEMPERATURE = "temperature"
    ISOLATION = "isolation"
    STAYS = "stays"
    LEVEL = "level"
    CARD = "card"
    ON_WECHAT = "on_wechat"


HEADINGS: Mapping[Column, str] = {
    Column.NUMBER: "序号",
    Column.NAME: "姓名",
    Column.SEX: "性别",
    Column.AGE: "年龄",
    Column.DOCUMENT_KIND: "证件类型",
    Column.DOCUMENT: "证件号码",
    Column.PHONE: "手机号码",
    Column.COUNTY: "县（市、区）",
    Column.STREET: "乡镇（街道）",
    Column.COMMUNITY: "村（社区）",
    Column.COMMUNITY_CODE: "社区代码",
    Column.GRID: "网格",
    Column.ADDRESS: "现住址",
    Column.COLOUR: "健康码颜色",
    Column.SINCE: "颜色起始日",
    Column.UNTIL: "颜色有效至",
    Column.CLAUSES: "判定依据",
    Column.REPORTED_TODAY: "今日是否申报",
    Column.LAST_REPORT: "最近申报日",
    Column.TEMPERATURE: "最近体温（℃）",
    Column.ISOLATION: "隔离方式及起始日",
    Column.STAYS: "旅居史",
    Column.LEVEL: "身份核验",
    Column.CARD: "通行卡号",
    Column.ON_WECHAT: "是否绑定微信",
}
"""As most forms call it; a set may say it otherwise."""

PRIVATE = frozenset({Column.NAME, Column.DOCUMENT, Column.PHONE, Column.ADDRESS})
"""Masked unless the export is a full one."""


class Style(StrEnum):
    """How a value is written, where there is a choice."""

    PLAIN = "plain"
    """2020-03-02, 绿, 是."""
    CHINESE = "chinese"
    """2020年3月2日, 绿码, 是."""
    COMPACT = "compact"
    """20200302, 1, 1: for systems that read codes."""


class FileKind(StrEnum):
    XLSX = "xlsx"
    CSV_UTF8 = "csv_utf8"
    CSV_GBK = "csv_gbk"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One column of a form."""

    column: Column
    heading: str = ""
    style: Style = Style.PLAIN

    @property
    def title(self) -> str:
        return self.heading or HEADINGS[self.column]


@dataclass(frozen=True, slots=True)
class ColumnSet:
    """A form's columns in their order, under a name; `id` is empty before it is kept."""

    id: str
    name: str
    columns: tuple[Chosen, ...]
    made_by: str = ""


MOST_COLUMNS = 40
NAME_LIMIT, HEADING_LIMIT = 40, 40


def checked(wanted: ColumnSet) -> ColumnSet:
    """The same, if it can be used. Raises Refused: `set_name`, `set_columns`, `set_heading`."""
    if not 0 < len(wanted.name.strip()) <= NAME_LIMIT:
        raise Refused("set_name")
    if not 0 < len(wanted.columns) <= MOST_COLUMNS:
        raise Refused("set_columns", str(MOST_COLUMNS))
    titles = [each.title for each in wanted.columns]
    if len(set(titles)) < len(titles) or any(len(title) > HEADING_LIMIT for title in titles):
        raise Refused("set_heading")
    return wanted


def _of(*columns: Column) -> tuple[Chosen, ...]:
    return tuple(Chosen(column) for column in columns)


C = Column
READY: tuple[ColumnSet, ...] = (
    ColumnSet(
        "daily",
        "每日健康申报汇总表",
        _of(C.NUMBER, C.COUNTY, C.STREET, C.COMMUNITY, C.NAME, C.DOCUMENT, C.PHONE, C.COLOUR, C.REPORTED_TODAY,
            C.LAST_REPORT, C.TEMPERATURE, C.UNTIL),
    ),
    ColumnSet(
        "roster",
        "社区居民名册",
        _of(C.NUMBER, C.NAME, C.SEX, C.AGE, C.DOCUMENT_KIND, C.DOCUMENT, C.PHONE, C.ADDRESS, C.GRID, C.ON_WECHAT,
            C.CARD),
    ),
    ColumnSet(
        "control",
        "重点人员管控台账",
        _of(C.NUMBER, C.COUNTY, C.STREET, C.COMMUNITY, C.NAME, C.SEX, C.AGE, C.DOCUMENT, C.PHONE, C.ADDRESS, C.COLOUR,
            C.CLAUSES, C.SINCE, C.UNTIL, C.ISOLATION, C.STAYS, C.LAST_REPORT, C.TEMPERATURE),
    ),
)  # fmt: skip
"""What forms ask for most, ready to use."""

COLOURS: Mapping[Style, Mapping[Colour, str]] = {
    Style.PLAIN: {Colour.GREEN: "绿", Colour.GREY: "灰", Colour.YELLOW: "黄", Colour.RED: "红", Colour.NONE: "无"},
    Style.CHINESE: {
        Colour.GREEN: "绿码",
        Colour.GREY: "灰码",
        Colour.YELLOW: "黄码",
        Colour.RED: "红码",
        Colour.NONE: "无码",
    },
    Style.COMPACT: {Colour.GREEN: "1", Colour.GREY: "2", Colour.YELLOW: "3", Colour.RED: "4", Colour.NONE: "0"},
}


def told_day(day: date | None, style: Style) -> str:
    """Empty for none."""
    if day is None:
        return ""
    match style:
        case Style.PLAIN:
            return day.isoformat()
        case Style.CHINESE:
            return f"{day.year}年{day.month}月{day.day}日"
        case Style.COMPACT:
            return day.strftime("%Y%m%d")


def told_yes(yes: bool, style: Style) -> str:
    return ("1" if yes else "0") if style is Style.COMPACT else ("是" if yes else "否")
