"""Passive replies as the platform's XML. Whatever a resident typed cannot leave its CDATA section."""

from __future__ import annotations

import re

from channel.platform.contents import Card

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TEXT_BYTES = 2048
"""What the platform delivers of a text; a test holds every template to it."""


def cdata(text: str) -> str:
    """A CDATA section with this text and nothing else; characters that XML does not have are left out."""
    return "<![CDATA[" + _NOT_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def text_reply(openid: str, account: str, created: int, text: str) -> str:
    """`account` is the original id (gh_…), `created` seconds."""
    return _reply(openid, account, created, "text", f"<Content>{cdata(text)}</Content>")


def image_reply(openid: str, account: str, created: int, media_id: str) -> str:
    return _reply(openid, account, created, "image", f"<Image><MediaId>{cdata(media_id)}</MediaId></Image>")


def card_reply(openid: str, account: str, created: int, card: Card) -> str:
    """One article: more are not delivered in answer to a message."""
    inner = "".join(
        f"<{name}>{cdata(text)}</{name}>"
        for name, text in (
            ("Title", card.title),
            ("Description", card.description),
            ("PicUrl", card.picture),
            ("Url", card.url),
        )
    )
    articles = f"<ArticleCount>1</ArticleCount><Articles><item>{inner}</item></Articles>"
    return _reply(openid, account, created, "news", articles)


def envelope(sealed: str, signature: str, timestamp: str, nonce: str) -> str:
    """The encrypted reply around `sealed` (base64)."""
    return (
        f"<xml><Encrypt>{cdata(sealed)}</Encrypt><MsgSignature>{cdata(signature)}</MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{cdata(nonce)}</Nonce></xml>"
    )


def _reply(openid: str, account: str, created: int, kind: str, inner: str) -> str:
    return (
        f"<xml><ToUserName>{cdata(openid)}</ToUserName><FromUserName>{cdata(account)}</FromUserName>"
        f"<CreateTime>{created}</CreateTime><MsgType>{cdata(kind)}</MsgType>{inner}</xml>"
    )
