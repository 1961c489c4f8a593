"""The calls that this service makes, one method each. Every one raises SendError."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channel.platform.client import Client
from channel.platform.contents import Article, Card, Image, Text, as_custom, as_mass, as_preview
from channel.platform.errors import MASS_EXISTS, SendError

CUSTOM_SEND = "/cgi-bin/message/custom/send"
UPLOAD = "/cgi-bin/media/upload"
TEMPLATE_SEND = "/cgi-bin/message/template/send"
SUBSCRIBE_SEND = "/cgi-bin/message/subscribe/bizsend"
MASS_SEND, MASS_TO_TAG = "/cgi-bin/message/mass/send", "/cgi-bin/message/mass/sendall"

Values = Mapping[str, str]
"""Keyword of a template -> its value, already cut to the platform's rules."""


@dataclass(frozen=True, slots=True)
class Follower:
    """What the platform tells of an account; `language` as the phone has it, e.g. zh_CN."""

    openid: str
    following: bool
    language: str
    tags: tuple[int, ...]


class Platform:
    """The calls over one client. Thread-safe."""

    def __init__(self, client: Client) -> None:
        self._client = client

    # --- to one person ---

    def send_text(self, openid: str, text: str) -> None:
        self._custom(openid, Text(text))

    def send_image(self, openid: str, media_id: str) -> None:
        """40007 means that the media is gone."""
        self._custom(openid, Image(media_id))

    def send_news(self, openid: str, card: Card) -> None:
        self._custom(openid, card)

    def send(self, openid: str, content: Text | Image | Card | Article) -> None:
        """A customer-service message; it has no id, so a repetition is a second message."""
        self._custom(openid, content)

    def send_template(self, openid: str, template_id: str, values: Values, url: str, client_msg_id: str) -> str:
        """A template message, once per `client_msg_id` in ten minutes; its msgid, which the finish event names."""
        body: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": _data(values)}
        body |= {"url": url} if url else {}
        answer = self._client.post(TEMPLATE_SEND, {**body, "client_msg_id": client_msg_id})
        return str(answer.get("msgid", ""))

    def send_subscription(self, openid: str, template_id: str, values: Values, page: str = "") -> str:
        """A subscription notice; its msgid where the answer has one. 43101 means that there is no consent (left)."""
        body: dict[str, Any] = {"touser": openid, "template_id": template_id, "data": _data(values)}
        answer = self._client.post(SUBSCRIBE_SEND, body | ({"page": page} if page else {}))
        return str(answer.get("msgid", ""))

    def _custom(self, openid: str, content: Text | Image | Card | Article) -> None:
        self._client.post(CUSTOM_SEND, {"touser": openid, **as_custom(content)})

    # --- to many ---

    def mass_send(self, openids: Sequence[str], message: Text | Image | Article, client_id: str) -> str:
        """To 2 to 10,000 accounts; the msg_id. Done once per `client_id` in a day: a repetition gives the same id."""
        return self._mass(MASS_SEND, {"touser": list(openids)}, message, client_id)

    def mass_send_tag(self, tag_id: int | None, message: Text | Image | Article, client_id: str) -> str:
        """To everybody with a tag, or to everybody (None); as `mass_send`."""
        to = {"is_to_all": True} if tag_id is None else {"is_to_all": False, "tag_id": tag_id}
        return self._mass(MASS_TO_TAG, {"filter": to}, message, client_id)

    def mass_preview(self, openid: str, message: Text | Image | Article) -> str:
        body = {"touser": openid, **as_preview(message)}
        return str(self._client.post("/cgi-bin/message/mass/preview", body).get("msg_id", ""))

    def mass_get(self, msg_id: str) -> str:
        """SEND_SUCCESS, SENDING, SEND_FAIL or DELETE."""
        return str(self._client.post("/cgi-bin/message/mass/get", {"msg_id": msg_id}).get("msg_status", ""))

    def mass_delete(self, msg_id: str) -> None:
        """Only articles can be taken back."""
        self._client.post("/cgi-bin/message/mass/delete", {"msg_id": _number(msg_id)})

    def _mass(self, path: str, to: Mapping[str, Any], message: Text | Image | Article, client_id: str) -> str:
        body = {**to, **as_mass(message), "clientmsgid": client_id, "send_ignore_reprint": 0}
        answer = self._client.post(path, body, also=frozenset({MASS_EXISTS}))
        if "msg_id" not in answer:
            raise SendError(f"{path}: no msg_id", permanent=True, code=answer.get("errcode", 0), sent_unknown=True)
        return str(answer["msg_id"])

    # --- media ---

    def upload_image(self, png: bytes) -> str:
        """The media id of a temporary image, good for three days."""
        return str(self._client.upload(UPLOAD, {"type": "image"}, "code.png", png, "image/png")["media_id"])

    def upload_article_image(self, png: bytes) -> str:
        """The address of a picture inside an article."""
        return str(self._client.upload("/cgi-bin/media/uploadimg", {}, "picture.png", png, "image/png")["url"])

    def upload_cover(self, png: bytes) -> str:
        """The permanent media id of a picture that a draft can have as its cover."""
        answer = self._client.upload("/cgi-bin/material/add_material", {"type": "image"}, "cover.png", png, "image/png")
        return str(answer["media_id"])

    def add_draft(self, title: str, digest: str, html: str, cover: str, source_url: str = "") -> Article:
        """A draft of one article; `cover` is from `upload_cover`."""
        article = {"title": title, "digest": digest, "content": html, "thumb_media_id": cover}
        article |= {"content_source_url": source_url} if source_url else {}
        return Article(str(self._client.post("/cgi-bin/draft/add", {"articles": [article]})["media_id"]))

    def download(self, media_id: str) -> bytes:
        """A picture that somebody sent or that was uploaded; 40007 means that it is gone."""
        return self._client.download("/cgi-bin/media/get", {"media_id": media_id})

    # --- followers ---

    def users_info(self, openids: Sequence[str], language: str = "zh_CN") -> list[Follower]:
        """Of at most 100 accounts."""
        asked = [{"openid": openid, "lang": language} for openid in openids]
        answer = self._client.post("/cgi-bin/user/info/batchget", {"user_list": asked})
        return [_follower(item) for item in answer.get("user_info_list", [])]

    def user_tags(self) -> dict[str, int]:
        """The account's tags: name -> id."""
        return {str(tag["name"]): int(tag["id"]) for tag in self._client.get("/cgi-bin/tags/get", {}).get("tags", [])}

    def create_tag(self, name: str) -> int:
        return int(self._client.post("/cgi-bin/tags/create", {"tag": {"name": name}})["tag"]["id"])

    def delete_tag(self, tag_id: int) -> None:
        self._client.post("/cgi-bin/tags/delete", {"tag": {"id": tag_id}})

    def tag_members(self, tag_id: int, openids: Sequence[str], *, tagged: bool = True) -> None:
        """Give at most 50 accounts a tag, or take it from them."""
        what = "batchtagging" if tagged else "batchuntagging"
        self._client.post(f"/cgi-bin/tags/members/{what}", {"openid_list": list(openids), "tagid": tag_id})

    def tagged(self, tag_id: int) -> Iterator[list[str]]:
        """Everybody with a tag, a page of up to 10,000 at a time."""
        last = ""
        while True:
            answer = self._client.post("/cgi-bin/user/tag/get", {"tagid": tag_id, "next_openid": last})
            page = [str(openid) for openid in answer.get("data", {}).get("openid", ())]
            last = str(answer.get("next_openid", ""))
            if page:
                yield page
            if not page or not last:
                return

    # --- the account ---

    def create_menu(self, menu: Mapping[str, Any]) -> None:
        """Publish the menu of the account."""
        self._client.post("/cgi-bin/menu/create", menu)

    def create_qr(self, scene: str, seconds: int | None = None) -> str:
        """What a QR with this scene (1 to 64 characters) holds: permanent, or for at most 30 days."""
        action = "QR_LIMIT_STR_SCENE" if seconds is None else "QR_STR_SCENE"
        body: dict[str, Any] = {"action_name": action, "action_info": {"scene": {"scene_str": scene}}}
        body |= {} if seconds is None else {"expire_seconds": seconds}
        return str(self._client.post("/cgi-bin/qrcode/create", body)["url"])

    def jsapi_ticket(self) -> tuple[str, int]:
        """(ticket, seconds it is good for) with which pages are signed; to be kept, see store.tokens."""
        answer = self._client.get("/cgi-bin/ticket/getticket", {"type": "jsapi"})
        return str(answer["ticket"]), int(answer["expires_in"])


def _data(values: Values) -> dict[str, dict[str, str]]:
    return {keyword: {"value": value} for keyword, value in values.items()}


def _number(msg_id: str) -> int | str:
    return int(msg_id) if msg_id.isdecimal() else msg_id


def _follower(item: Mapping[str, Any]) -> Follower:
    tags = tuple(int(tag) for tag in item.get("tagid_list", ()))
    return Follower(str(item["openid"]), item.get("subscribe") == 1, str(item.get("language", "")), tags)
