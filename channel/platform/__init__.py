"""The WeChat platform's API as this service calls it: `Platform` and what its calls take, give and raise."""

from channel.platform.api import Platform
from channel.platform.client import MOST_DOWNLOADED, Client, Meter, TokenStore
from channel.platform.contents import Article, Card, Content, Image, Text
from channel.platform.errors import DAY_USED_UP, UNKNOWN_MEDIA, SendError

__all__ = [
    "DAY_USED_UP",
    "MOST_DOWNLOADED",
    "UNKNOWN_MEDIA",
    "Article",
    "Card",
    "Client",
    "Content",
    "Image",
    "Meter",
    "Platform",
    "SendError",
    "Text",
    "TokenStore",
]
