"""The account that the sandbox stands in for: keys made at the first start, templates, what the sandbox is told."""

from __future__ import annotations

import json
import secrets
import string
from pathlib import Path

from settings import Settings, reading
from settings.keys import new_key
from worker.running import engine

_KEYWORDS = ";thing1=what;time2=when;thing3=advice"
_CONTENT = "{}：{{{{thing1.DATA}}}}\n{}：{{{{time2.DATA}}}}\n温馨提示：{{{{thing3.DATA}}}}"
_REMINDER, _NOTICE = "yima-reminder".ljust(43, "0"), "yima-notice".ljust(43, "0")

TEMPLATES = (
    {
        "template_id": _REMINDER,
        "kind": "long-term",
        "title": "健康申报提醒",
        "content": _CONTENT.format("提醒内容", "提醒时间"),
    },
    {
        "template_id": _NOTICE,
        "kind": "template",
        "title": "业务办理结果通知",
        "content": _CONTENT.format("办理事项", "办理时间"),
    },
)
TEMPLATE_SETTINGS = {
    "WECHAT_REMINDER_TEMPLATE": _REMINDER + _KEYWORDS,
    "WECHAT_NOTICE_TEMPLATE": _NOTICE + _KEYWORDS,
}


KEY_NAMES = ("SECRET_KEY", "PID_KEY", "IDENTITY_KEY", "HANDLE_KEY", "CODE_SIGNING_KEY")


ACCOUNT_NAME = "一码健康申报"


def keys_of(path: Path) -> dict[str, str]:
    """The keys and the account of this house's sandbox, made at the first start."""
    if not path.exists():
        letters = string.ascii_letters + string.digits
        made = {name: new_key() for name in KEY_NAMES}
        made |= {"WECHAT_APP_ID": f"wx{secrets.token_hex(8)}", "WECHAT_APP_SECRET": secrets.token_hex(16)}
        made |= {"WECHAT_TOKEN": secrets.token_hex(12), "WECHAT_ORIGINAL_ID": f"gh_{secrets.token_hex(6)}"}
        # The 43rd letter carries four bits only: "A" keeps to an encoding that decodes without remainder.
        made |= {"WECHAT_AES_KEY": "".join(secrets.choice(letters) for _ in range(42)) + "A"}
        made |= {"ADAPTER_KEY": secrets.token_urlsafe(24)}
        engine.write_private(path, "".join(f"{name}={value}\n" for name, value in made.items()))
    return reading.read_env_file(path)


def write_account(checked: Settings) -> None:
    folder = checked.data_dir / "sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    account = {"app_id": checked.wechat_app_id, "app_secret": checked.wechat_app_secret, "token": checked.wechat_token}
    account |= {"aes_key": checked.wechat_aes_key, "original_id": checked.wechat_original_id}
    account |= {"mode": checked.wechat_mode, "account_name": ACCOUNT_NAME, "sms_key": checked.adapter_key}
    told = json.dumps({**account, "templates": TEMPLATES}, ensure_ascii=False, indent=1)
    engine.write_private(folder / "account.json", told + "\n")
