"""wechatpy's own client, as published, over every sub-API that the contract has."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient
from wechatpy.client import api as apis
from wechatpy.exceptions import WeChatClientException
from wechatpy.oauth import WeChatOAuth

from tests.sandbox.conftest import ACCOUNT, Open, Stage, eventually
from tests.sandbox.test_platform import CLICK, PNG, VIEW, top

HOSTS = ("https://api.weixin.qq.com", "https://mp.weixin.qq.com")
CONTENT = "申报人：{{name1.DATA}}"
DATA = {"name1": {"value": "王芳"}}
ARTICLE = {"title": "洗手七步", "content": "<p>内、外、夹、弓、大、立、腕</p>", "show_cover_pic": 1}


class Here(HTTPAdapter):
    """Carries what is meant for the platform to the sandbox."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        assert request.url is not None
        request.url = self._base + urlsplit(request.url)._replace(scheme="", netloc="").geturl()
        return super().send(request, *args, **kwargs)


class Play:
    """A sandbox, wechatpy's client of it, and what its calls need: people, media, a tag, templates."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.client = WeChatClient(ACCOUNT["app_id"], ACCOUNT["app_secret"], timeout=5)
        for host in HOSTS:
            self.client._http.mount(host, Here(stage.base))
        self.phones = [stage.person(), stage.person()]
        self.openids = [phone["openid"] for phone in self.phones]
        stage.act(self.phones[0], "text", content="你好")
        media = self.client.media
        self.image = media.upload("image", ("a.png", PNG.getvalue()))["media_id"]
        self.voice = media.upload("voice", ("a.mp3", b"ID3"))["media_id"]
        self.video = media.upload("video", ("a.mp4", b"\x00\x00\x00\x18ftypmp42"))["media_id"]
        self.thumb = media.upload("thumb", ("a.jpg", b"\xff\xd8\xff"))["thumb_media_id"]
        self.news = media.upload_articles([{**ARTICLE, "thumb_media_id": self.image}])["media_id"]
        self.tag = self.client.tag.create("网格员")["id"]
        self.client.tag.tag_user(self.tag, self.openids)
        self.notice, self.long = (self._template(kind) for kind in ("template", "long-term"))
        stage.act(self.phones[0], "consent", template_id=self.long, accept=True)
        self.client.menu.create(top(CLICK))
        self.client.customservice.add_account("one@yima", "李强", "x")

    def _template(self, kind: str) -> str:
        return str(
            self.stage.post("/sandbox/templates", {"title": kind, "content": CONTENT, "kind": kind})["template_id"]
        )

    def material(self) -> str:
        return str(self.client.material.add("image", ("a.png", PNG.getvalue()))["media_id"])

    def mass(self) -> int:
        return int(self.client.message.send_mass_article(self.openids, self.news)["msg_id"])

    def conditional(self) -> str:
        return str(self.client.menu.add_conditional({**top(VIEW), "matchrule": {"tag_id": self.tag}})["menuid"])


@pytest.fixture
def play(open_stage: Open) -> Play:
    return Play(open_stage(message_credits=50, mass_old_forms=1, mass_retry_pause=0))


Call = Callable[[Play], Any]
SERVED: dict[str, Call] = {
    "message.send_text": lambda p: p.client.message.send_text(p.openids[0], "好", account="one@yima"),
    "message.send_image": lambda p: p.client.message.send_image(p.openids[0], p.image),
    "message.send_voice": lambda p: p.client.message.send_voice(p.openids[0], p.voice),
    "message.send_video": lambda p: p.client.message.send_video(p.openids[0], p.video, "题", "述"),
    "message.send_music": lambda p: p.client.message.send_music(
        p.openids[0], "https://example.invalid/a", "https://example.invalid/b", p.thumb, "题", "述"
    ),
    "message.send_articles": lambda p: p.client.message.send_articles(p.openids[0], p.news),
    "message.send_link": lambda p: p.client.message.send_link(
        p.openids[0], {"title": "题", "description": "述", "url": "https://example.invalid", "image": ""}
    ),
    "message.send_mini_program_page": lambda p: p.client.message.send_mini_program_page(
        p.openids[0], {"title": "题", "appid": "wx0", "pagepath": "a", "thumb_media_id": p.thumb}
    ),
    "message.send_msg_menu": lambda p: p.client.message.send_msg_menu(
        p.openids[0], {"head_content": "头", "list": [{"id": "1", "content": "是"}], "tail_content": "尾"}
    ),
    "message.send_mass_text": lambda p: p.client.message.send_mass_text(p.tag, "通知"),
    "message.send_mass_image": lambda p: p.client.message.send_mass_image(p.openids, p.image),
    "message.send_mass_voice": lambda p: p.client.message.send_mass_voice(p.tag, p.voice),
    "message.send_mass_video": lambda p: p.client.message.send_mass_video(
        p.openids, p.client.media.upload_video(p.video, "题", "述")["media_id"]
    ),
    "message.send_mass_article": lambda p: p.client.message.send_mass_article(
        p.tag, p.news, is_to_all=True, client_msg_id="a"
    ),
    "message.get_mass": lambda p: p.client.message.get_mass(p.mass()),
    "message.delete_mass": lambda p: p.client.message.delete_mass(p.mass()),
    "message.send_template": lambda p: p.client.message.send_template(p.openids[0], p.notice, DATA),
    "message.send_subscribe_message": lambda p: p.client.message.send_subscribe_message(p.openids[0], p.long, DATA),
    "user.get": lambda p: p.client.user.get(p.openids[0]),
    "user.get_followers": lambda p: p.client.user.get_followers(),
    "user.iter_followers": lambda p: list(p.client.user.iter_followers()),
    "user.update_remark": lambda p: p.client.user.update_remark(p.openids[0], "王芳"),
    "user.get_batch": lambda p: p.client.user.get_batch(p.openids),
    "tag.create": lambda p: p.client.tag.create("黄码"),
    "tag.get": lambda p: p.client.tag.get(),
    "tag.update": lambda p: p.client.tag.update(p.tag, "社区"),
    "tag.delete": lambda p: p.client.tag.delete(p.tag),
    "tag.tag_user": lambda p: p.client.tag.tag_user(p.tag, p.openids[0]),
    "tag.untag_user": lambda p: p.client.tag.untag_user(p.tag, p.openids),
    "tag.get_user_tag": lambda p: p.client.tag.get_user_tag(p.openids[0]),
    "tag.get_tag_users": lambda p: p.client.tag.get_tag_users(p.tag),
    "tag.iter_tag_users": lambda p: list(p.client.tag.iter_tag_users(p.tag)),
    "tag.get_black_list": lambda p: p.client.tag.get_black_list(),
    "tag.batch_black_list": lambda p: p.client.tag.batch_black_list(p.openids),
    "tag.batch_unblack_list": lambda p: p.client.tag.batch_unblack_list(p.openids),
    "template.set_industry": lambda p: p.client.template.set_industry("16", "21"),
    "template.get_industry": lambda p: p.client.template.get_industry(),
    "template.get": lambda p: p.client.template.get("TM00001"),
    "template.add": lambda p: p.client.template.add("TM00002"),
    "template.get_all_private_template": lambda p: p.client.template.get_all_private_template(),
    "template.del_private_template": lambda p: p.client.template.del_private_template(p.notice),
    "jsapi.get_ticket": lambda p: p.client.jsapi.get_ticket(),
    "jsapi.get_jsapi_ticket": lambda p: p.client.jsapi.get_jsapi_ticket(),
    "jsapi.get_jsapi_card_ticket": lambda p: p.client.jsapi.get_jsapi_card_ticket(),
    "misc.get_wechat_ips": lambda p: p.client.misc.get_wechat_ips(),
    "menu.get": lambda p: p.client.menu.get(),
    "menu.create": lambda p: p.client.menu.create(top(VIEW)),
    "menu.update": lambda p: p.client.menu.update(top(VIEW)),
    "menu.delete": lambda p: p.client.menu.delete(),
    "menu.get_menu_info": lambda p: p.client.menu.get_menu_info(),
    "menu.add_conditional": lambda p: p.conditional(),
    "menu.del_conditional": lambda p: p.client.menu.del_conditional(p.conditional()),
    "menu.try_match": lambda p: p.client.menu.try_match(p.openids[0]),
    "qrcode.create": lambda p: p.client.qrcode.create(
        {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "a"}}, "expire_seconds": 60}
    ),
    "media.upload": lambda p: p.client.media.upload("image", ("a.png", PNG.getvalue())),
    "media.download": lambda p: p.client.media.download(p.image).content == PNG.getvalue(),
    "media.upload_video": lambda p: p.client.media.upload_video(p.video, "题", "述"),
    "media.upload_articles": lambda p: p.client.media.upload_articles([{**ARTICLE, "thumb_media_id": p.thumb}]),
    "media.upload_image": lambda p: p.client.media.upload_image(("a.png", PNG.getvalue())),
    "media.upload_mass_image": lambda p: p.client.media.upload_mass_image(("a.png", PNG.getvalue())),
    "material.add": lambda p: p.client.material.add("video", ("a.mp4", b"\x00\x00\x00\x18ftypmp42"), "题", "述"),
    "material.get": lambda p: p.client.material.get(p.material()).content == PNG.getvalue(),
    "material.delete": lambda p: p.client.material.delete(p.material()),
    "material.batchget": lambda p: p.client.material.batchget("image"),
    "material.get_count": lambda p: p.client.material.get_count(),
    "customservice.add_account": lambda p: p.client.customservice.add_account("two@yima", "王芳", "x"),
    "customservice.update_account": lambda p: p.client.customservice.update_account("one@yima", "陈刚", "x"),
    "customservice.delete_account": lambda p: p.client.customservice.delete_account("one@yima"),
    "customservice.get_accounts": lambda p: p.client.customservice.get_accounts(),
    "customservice.get_online_accounts": lambda p: p.client.customservice.get_online_accounts() == [],
    "customservice.upload_headimg": lambda p: p.client.customservice.upload_headimg(
        "one@yima", ("a.png", PNG.getvalue())
    ),
}
NOT_A_CALL = {
    "jsapi.get_jsapi_signature",
    "jsapi.get_jsapi_card_params",
    "media.get_url",
    "message.get_subscribe_authorize_url",
    "qrcode.get_url",
}
OUT_OF_SCOPE = {
    "message.send_card": "cards",
    "message.send_mass_card": "cards",
    "message.get_autoreply_info": "replies made in the portal, which server mode switches off",
    "message.send_subscribe_template": "the older one-time message; bizsend took its place",
    "user.get_group_id": "groups, which tags replaced",
    "user.change_openid": "only after a change of the account's owner",
    "misc.short_url": "withdrawn by the platform",
    "qrcode.show": "goes around the client's session; test_a_code_is_scannable_and_leads_to_its_scene has its address",
    **{f"material.{name}": "articles are drafts now" for name in ("add_articles", "update_article", "update_articles")},
    **{
        f"material.{name}": "comments on articles"
        for name in (
            "open_comment",
            "close_comment",
            "list_comment",
            "markelect_comment",
            "unmarkelect_comment",
            "delete_comment",
            "add_reply_comment",
            "delete_reply_comment",
        )
    },
    **{
        f"customservice.{name}": "desks of human staff"
        for name in (
            "create_session",
            "close_session",
            "get_session",
            "get_session_list",
            "get_wait_case",
            "get_records",
        )
    },
}
FAMILIES = {
    "message": apis.WeChatMessage,
    "user": apis.WeChatUser,
    "tag": apis.WeChatTag,
    "template": apis.WeChatTemplate,
    "jsapi": apis.WeChatJSAPI,
    "misc": apis.WeChatMisc,
    "menu": apis.WeChatMenu,
    "qrcode": apis.WeChatQRCode,
    "media": apis.WeChatMedia,
    "material": apis.WeChatMaterial,
    "customservice": apis.WeChatCustomService,
}


@pytest.mark.parametrize("name", SERVED)
def test_a_call_of_wechatpy_is_served(play: Play, name: str) -> None:
    answer = SERVED[name](play)
    assert answer is not False
    assert answer is not None
    if isinstance(answer, dict):
        assert answer.get("errcode", 0) == 0


def test_no_call_of_wechatpy_was_forgotten() -> None:
    there = {
        f"{family}.{name}"
        for family, api in FAMILIES.items()
        for name, _ in inspect.getmembers(api, callable)
        if not name.startswith("_") and name not in ("API_BASE_URL",)
    }
    assert there == {*SERVED, *NOT_A_CALL, *OUT_OF_SCOPE}


def test_wechatpy_reads_a_refusal(play: Play) -> None:
    with pytest.raises(WeChatClientException) as error:
        play.client.message.send_template(play.openids[0], play.notice, {"name1": {"value": "1"}})
    assert error.value.errcode == 47003
    assert error.value.errmsg.startswith("argument invalid! data.name1.value invalid rid: ")


def test_wechatpy_reads_the_events_of_results(play: Play) -> None:
    play.client.message.send_template(play.openids[0], play.notice, DATA)
    mass = play.client.message.send_mass_text(play.openids, "通知")["msg_id"]

    def told(event: str) -> Any:
        return eventually(lambda: [one for one in play.stage.webhook.messages if getattr(one, "event", "") == event])[0]

    assert told("templatesendjobfinish").status == "success"
    finished = told("masssendjobfinish")
    assert (finished.id, finished.total_count, finished.sent_count) == (mass, 2, 2)


def test_wechatpys_web_authorisation(play: Play) -> None:
    oauth = WeChatOAuth(ACCOUNT["app_id"], ACCOUNT["app_secret"], "https://yima.example.invalid/me", "snsapi_base", "s")
    oauth.API_BASE_URL, oauth.OAUTH_BASE_URL = f"{play.stage.base}/", f"{play.stage.base}/connect/"
    cookies = {"sandbox_phone": play.phones[0]["id"]}
    answer = requests.get(oauth.authorize_url, cookies=cookies, allow_redirects=False, timeout=5)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    assert oauth.fetch_access_token(code)["openid"] == play.openids[0]
    assert oauth.refresh_access_token(oauth.refresh_token)["openid"] == play.openids[0]
    assert oauth.check_access_token() is True


def test_wechatpys_signature_of_a_page_is_good(play: Play) -> None:
    jsapi, url = play.client.jsapi, "https://yima.example.invalid/scan"
    signature = jsapi.get_jsapi_signature("n", jsapi.get_jsapi_ticket(), "1", url)
    assert play.stage.get("/sandbox/jsapi", noncestr="n", timestamp="1", url=url, signature=signature)["ok"] is True
