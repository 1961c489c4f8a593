"""Every number of the platform as a setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR
MEGABYTE = 1024 * 1024

DAILY: Mapping[str, int] = {
    "/cgi-bin/token": 2000,
    "/cgi-bin/stable_token": 500_000,
    "/cgi-bin/ticket/getticket": 1_000_000,
    "/cgi-bin/media/upload": 100_000,
    "/cgi-bin/media/get": 200_000,
    "/cgi-bin/media/uploadimg": 100_000,
    "/cgi-bin/material/add_material": 1000,
    "/cgi-bin/material/get_material": 5000,
    "/cgi-bin/material/del_material": 1000,
    "/cgi-bin/material/batchget_material": 5000,
    "/cgi-bin/material/get_materialcount": 5000,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/message/custom/typing": 500_000,
    "/cgi-bin/message/template/send": 100_000,
    "/cgi-bin/message/subscribe/bizsend": 500_000,
    "/cgi-bin/message/mass/sendall": 100,
    "/cgi-bin/message/mass/send": 100,
    "/cgi-bin/message/mass/preview": 100,
    "/cgi-bin/message/mass/delete": 10,
    "/cgi-bin/message/mass/get": 10_000,
    "/cgi-bin/menu/create": 1000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/menu/delete": 1000,
    "/cgi-bin/menu/addconditional": 2000,
    "/cgi-bin/menu/delconditional": 2000,
    "/cgi-bin/menu/trymatch": 20_000,
    "/cgi-bin/get_current_selfmenu_info": 10_000,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/user/info": 5_000_000,
    "/cgi-bin/user/info/batchget": 5_000_000,
    "/cgi-bin/user/info/updateremark": 10_000,
    "/cgi-bin/user/get": 500,
    "/cgi-bin/tags/create": 1000,
    "/cgi-bin/tags/get": 1000,
    "/cgi-bin/tags/update": 1000,
    "/cgi-bin/tags/delete": 1000,
    "/cgi-bin/tags/members/batchtagging": 100_000,
    "/cgi-bin/tags/members/batchuntagging": 100_000,
    "/cgi-bin/tags/getidlist": 500_000,
    "/cgi-bin/user/tag/get": 500,
}
"""Calls a day by path; paths that are not named are not limited."""
BY_MINUTE: Mapping[str, int] = {
    "/cgi-bin/stable_token": 10_000,
    "/cgi-bin/message/mass/sendall": 60,
    "/cgi-bin/message/mass/send": 60,
    "/sns/oauth2/access_token": 50_000,
}


@dataclass(slots=True)
class Limits:
    """Every number of the platform. Durations in seconds, sizes in bytes; defaults as of a new verified account.

    Not frozen: `POST /sandbox/limits` changes it while the sandbox runs, so read a limit when it is needed.
    """

    reply_cut: float = 5.0
    """A push unanswered for so long is dropped."""
    tries: int = 3
    """Deliveries of one push in all."""
    failure_pause: float = 1.0
    """Between a refused connection or an HTTP error and the next try."""
    reply_text: int = 2048
    reply_articles: int = 1
    """In an answer to a message; `event_articles` in an answer to an event."""
    event_articles: int = 8

    message_credits: int = 5
    message_window: float = 48 * HOUR
    click_credits: int = 3
    click_window: float = 60
    follow_credits: int = 3
    follow_window: float = 60
    scan_credits: int = 3
    scan_window: float = 60
    custom_text: int = 2048
    custom_articles: int = 1
    typing_window: float = 30
    typing_shown: float = 15

    token_life: int = 2 * HOUR
    token_overlap: int = 300
    """So long the token replaced last by /token stays usable."""
    stable_renew_before: int = 300
    force_per_day: int = 20
    force_interval: float = 30

    ticket_life: int = 2 * HOUR
    oauth_code_life: float = 5 * MINUTE
    oauth_token_life: int = 2 * HOUR
    oauth_refresh_life: float = 30 * DAY

    media_life: float = 3 * DAY
    image_bytes: int = 10 * MEGABYTE
    voice_bytes: int = 2 * MEGABYTE
    video_bytes: int = 10 * MEGABYTE
    thumb_bytes: int = 64 * 1024

    article_image_bytes: int = MEGABYTE
    """Of media/uploadimg."""
    material_images: int = 100_000
    material_others: int = 1000
    """Of each other type."""
    material_page: int = 20

    qr_default: int = 60
    qr_longest: int = 30 * DAY
    scene_length: int = 64

    menu_buttons: int = 3
    menu_sub_buttons: int = 5
    menu_name: int = 16
    menu_sub_name: int = 60
    menu_key: int = 128
    menu_url: int = 1024

    conditional_menus: int = 100
    menu_domains: int = 3
    """Hosts, other than the account's own, that the conditional menus may lead to."""

    templates_kept: int = 25
    industry_changes: int = 1
    """A month."""
    client_msg_id_life: float = 10 * MINUTE
    template_not_following: int = 43004
    """Or 40003: the code for a person who does not follow; both are seen."""
    custom_blocked: int = 48002
    """Or 45015: the code for a person who blocks the account."""
    result_pause: float = 0.3
    """Between an accepted notice or mass message and the event with its result."""
    result_pushers: int = 4
    """Events on their way at the same time."""

    value_thing: int = 20
    value_number: int = 32
    value_letter: int = 32
    value_symbol: int = 5
    value_character_string: int = 32
    value_phone_number: int = 17
    value_car_number: int = 8
    value_name: int = 10
    """Chinese characters; twice as many Latin letters."""
    value_phrase: int = 5
    value_free: int = 200
    """Of a key without a rule of its own (keyword1, first)."""

    mass_people: int = 10_000
    mass_per_month: int = 4
    """Messages a person receives in a calendar month, whatever the call."""
    mass_all_per_day: int = 1
    mass_all_per_month: int = 4
    mass_client_id: int = 64
    mass_dedup: float = DAY
    mass_retry_pause: float = MINUTE
    """A clientmsgid that was refused as existing may be tried again after so long; sooner it is 45066."""
    mass_running: int = 30
    """Jobs not finished; more are refused with 9500002."""
    mass_uncounted: float = 0.0
    """The share of messages sent that the result event does not count yet."""
    mass_old_forms: int = 0
    """1: `filter.group_id` and `image.media_id`, from before tags, are still taken."""

    tags: int = 100
    tag_name: int = 30
    tags_of_person: int = 20
    tagging_people: int = 50
    tag_undeletable: int = 100_000
    """Followers from which on a tag can not be deleted."""
    remark: int = 30
    batch_people: int = 100
    list_people: int = 10_000
    blacklist_people: int = 20

    kf_accounts: int = 100
    kf_nick: int = 16

    clears_per_month: int = 10
    clears_of_path_per_month: int = 50
    rid_life: float = 7 * DAY
    calls_kept: int = 5000
    """Entries of the call record; older ones are forgotten, counts are not."""
    daily: Mapping[str, int] = field(default_factory=lambda: DAILY)
    by_minute: Mapping[str, int] = field(default_factory=lambda: BY_MINUTE)

    late_answers: int = 0
    """1: a connection past the cut stays open, and its answer counts while a later try of the push waits."""
    call_bytes: int = 32 * 1024
    """So much of each text of a call is kept in the record."""
    record_bytes: int = 64 * MEGABYTE
    """So much the record of calls holds in all."""


_TABLES: Mapping[str, Mapping[str, int]] = {"daily": DAILY, "by_minute": BY_MINUTE}


def read_limits(stated: object) -> tuple[Limits, list[str]]:
    """The limits with those stated in place of the defaults, and what is wrong with them, a line each."""
    if not isinstance(stated, dict):
        return Limits(), ["limits: not an object"]
    known = {item.name for item in fields(Limits)}
    wrong = [f"limits.{name}: unknown" for name in stated if name not in known]
    numbers = {name: value for name, value in stated.items() if name not in _TABLES}
    tables = {name: stated.get(name, {}) for name in _TABLES}
    for name, table in tables.items():
        if not isinstance(table, dict):
            wrong.append(f"limits.{name}: not an object of path to number")
            continue
        numbers |= {f"{name}.{path}": value for path, value in table.items()}
    wrong += [f"limits.{name}: not a number of zero or more" for name, value in numbers.items() if not _number(value)]
    if wrong:
        return Limits(), wrong
    return Limits(**{**stated, **{name: {**default, **tables[name]} for name, default in _TABLES.items()}}), []


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
