"""The picture of a code: what it shows now, the link in it, and how it gets to an account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from channel.code_image import Card as Picture
from channel.code_image import draw
from channel.platform import DAY_USED_UP, UNKNOWN_MEDIA, Card, Image, Platform, SendError
from domain import passes
from domain.cards import PassCard
from domain.facts import day_of
from domain.passes import HandleKind, Pass
from domain.people import Claim, Level
from domain.verdict import Colour, World, judge
from flows.core import Known
from store.accounts import Accounts
from store.keys import MEDIA_SECONDS
from store.known import known_of
from store.views import Media, Views
from worker.apply import Moment, as_of
from worker.reaching import Reaching, Undeliverable


@dataclass(frozen=True, slots=True)
class Signer:
    """What a code is made with: keys, and the address that a scan opens."""

    signing_key: Ed25519PrivateKey
    handle_key: bytes
    public_url: str

    def token_for(self, pid: bytes, colour: Colour, now: datetime, expires: datetime) -> str:
        """The signed token of a code."""
        handle = passes.seal_handle(self.handle_key, pid, day_of(now), HandleKind.CODE)
        return self._signed(Pass(handle, colour, now, expires))

    def pass_for(self, pid: bytes, colour: Colour, now: datetime, expires: datetime) -> str:
        """The link that the QR holds."""
        return passes.link(self.public_url, self.token_for(pid, colour, now, expires))

    def link_on(self, card: PassCard, pid: bytes) -> str:
        """The link that the QR of a holder's printed card holds; the same whenever the card is printed."""
        handle = passes.seal_handle(self.handle_key, pid, day_of(card.issued), HandleKind.CARD)
        token = self._signed(Pass(handle, Colour.NONE, card.issued, card.expires, card=True))
        return passes.link(self.public_url, token)

    def _signed(self, content: Pass) -> str:
        return passes.issue(self.signing_key, passes.key_id(self.signing_key.public_key()), content)

    def card_for(self, token: str) -> Card:
        """The card that shows the code without an upload: our own server draws its picture when it is looked at."""
        picture = f"{self.public_url}/p/{token}"
        return Card("您的健康码", "点开看大图，出示给查验人员。", picture, picture)


@dataclass(frozen=True, slots=True)
class Codes:
    """Sends codes: an uploaded picture that is still good, a new one, or a card while uploads are to be saved."""

    accounts: Accounts
    views: Views
    platform: Platform
    reaching: Reaching
    signer: Signer
    uploads_low: Callable[[], bool]
    moment: Callable[[], Moment]

    def send(self, openid: str, pid: bytes) -> None:
        """Raises Undeliverable or SendError."""
        self.reaching.require_custom(openid)
        for last in (False, True):
            picture = self._picture(openid, pid)
            try:
                return self.reaching.custom(openid, picture)
            except SendError as error:
                if error.code != UNKNOWN_MEDIA or last:
                    raise
                self._forget(openid, pid)
        return None

    def _picture(self, openid: str, pid: bytes) -> Image | Card:
        """This person's code as it is now: a live picture, a new one, or a card."""
        moment = self.moment()
        cells, media = self.views.read(openid)
        known = known_of(self.accounts.read(openid), cells, media)
        if known is None or known.pid != pid or known.claim is not Claim.BOUND:
            raise Undeliverable("the account does not act for this person any more")
        colour, expires = code_of(known, moment.now, moment.world)
        live = media.get(pid)
        if live and live.colour is colour and live.expires > moment.now + timedelta(minutes=5):
            return Image(live.media_id)
        token = self.signer.token_for(pid, colour, moment.now, expires)
        if self.uploads_low():
            return self.signer.card_for(token)
        url = passes.link(self.signer.public_url, token)
        png = draw(Picture(colour, known.level < Level.PHONE, known.profile.name, moment.now, expires, url))
        try:
            media_id = self.platform.upload_image(png)
        except SendError as error:
            if error.code != DAY_USED_UP:
                raise
            return self.signer.card_for(token)
        fresh = Media(media_id, colour, min(expires, moment.now + timedelta(seconds=MEDIA_SECONDS)))
        self.views.put_media(openid, {**media, pid: fresh})
        return Image(media_id)

    def _forget(self, openid: str, pid: bytes) -> None:
        _, media = self.views.read(openid)
        self.views.put_media(openid, {key: cell for key, cell in media.items() if key != pid})


def code_of(known: Known, now: datetime, world: World) -> tuple[Colour, datetime]:
    """The colour that a code shows now and when it ends; an unproved claim shows none.

    Raises Undeliverable when there is no code to show, SendError while this machine's clock is behind the facts.
    """
    at = as_of(known.history, now)
    if any(fact.at > at for fact in known.history.facts):
        raise SendError("this machine's clock is behind what it is to show", permanent=False)
    verdict = judge(known.history, at, world)
    if verdict.colour is Colour.NONE:
        ended = world.has_ended(day_of(now))
        raise Undeliverable("the notice has ended" if ended else "there is no code without a declaration")
    if known.level < Level.PHONE:
        return Colour.NONE, passes.expiry(now, world.ends_on)  # nothing of the colour may show in it, its end neither
    return verdict.colour, passes.expiry(now, verdict.until)
