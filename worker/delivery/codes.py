"""The picture of a code, or of a family's codes: what it shows now, the link in it, how it gets to an account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from channel.code_image import Card as Picture
from channel.code_image import draw
from channel.family_image import draw_all
from channel.languages import translator
from channel.platform import DAY_USED_UP, UNKNOWN_MEDIA, Card, Image, Platform, SendError
from domain import handles, passes
from domain.cards import PassCard
from domain.care import Care, may
from domain.facts import day_of
from domain.handles import HandleKind
from domain.passes import Pass
from domain.people import Claim, Level
from domain.verdict import Colour, World, judge
from flows.core import Known
from store.accounts import Accounts
from store.keys import MEDIA_SECONDS
from store.known import family_of, known_of
from store.views import Media, Views
from worker.decisions.moment import Moment, as_of
from worker.delivery.reaching import Reaching, Undeliverable


@dataclass(frozen=True, slots=True)
class Signer:
    """What a code is made with: keys, and the address that a scan opens."""

    signing_key: Ed25519PrivateKey
    handle_key: bytes
    public_url: str

    def token_for(self, pid: bytes, colour: Colour, now: datetime, expires: datetime) -> str:
        """The signed token of a code."""
        handle = handles.seal_handle(self.handle_key, pid, day_of(now), HandleKind.CODE)
        return self._signed(Pass(handle, colour, now, expires))

    def pass_for(self, pid: bytes, colour: Colour, now: datetime, expires: datetime) -> str:
        """The link that the QR holds."""
        return passes.link(self.public_url, self.token_for(pid, colour, now, expires))

    def link_on(self, card: PassCard, pid: bytes) -> str:
        """The link that the QR of a holder's printed card holds; the same whenever the card is printed."""
        handle = handles.seal_handle(self.handle_key, pid, day_of(card.issued), HandleKind.CARD)
        token = self._signed(Pass(handle, Colour.NONE, card.issued, card.expires, card=True))
        return passes.link(self.public_url, token)

    def _signed(self, content: Pass) -> str:
        return passes.issue(self.signing_key, passes.key_id(self.signing_key.public_key()), content)

    def card_for(self, token: str, language: str) -> Card:
        """The card that shows the code without an upload: our own server draws its picture when it is looked at."""
        picture, translate = f"{self.public_url}/p/{token}", translator(language)
        return Card(translate("您的健康码"), translate("点开看大图，出示给查验人员。"), picture, picture)


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

    def send(self, openid: str, pids: tuple[bytes, ...], ref: str = "") -> None:
        """The code of one, or those of several in one picture; `ref` names the letter. Raises Undeliverable or
        SendError."""
        self.reaching.require_custom(openid, ref)
        for last in (False, True):
            shown = self._shown(openid, pids)
            try:
                for each in shown.messages:
                    self.reaching.custom(openid, each, ref)
                return
            except SendError as error:
                if error.code != UNKNOWN_MEDIA or last:
                    raise
                self._forget(openid, shown.key)

    def _shown(self, openid: str, pids: tuple[bytes, ...]) -> _Shown:
        """These codes as they are now: a live picture, a new one, or a card for each."""
        moment = self.moment()
        account, (cells, media) = self.accounts.read(openid), self.views.read(openid)
        me, family = known_of(account, cells, media), family_of(account, cells, media)
        people = {each.pid: each for each in (me, *family) if each and may(each.capacity, Care.CODE)}
        found = [people[pid] for pid in pids if pid in people and people[pid].claim is Claim.BOUND]
        if not found:
            raise Undeliverable("the account does not act for this person any more")
        codes = [self._code(each, moment) for each in found]
        key, colour, expires = _key(found, codes), codes[0].colour, min(code.expires for code in codes)
        live = media.get(key)
        if live and live.colour is colour and live.expires > moment.now + timedelta(minutes=5):
            return _Shown(key, (Image(live.media_id),))
        language = account.session.language
        cards = tuple(self.signer.card_for(code.token, language) for code in codes)
        if self.uploads_low():
            return _Shown(key, cards)
        try:
            media_id = self.platform.upload_image(_drawn([code.picture for code in codes]))
        except SendError as error:
            if error.code != DAY_USED_UP:
                raise
            return _Shown(key, cards)
        fresh = Media(media_id, colour, min(expires, moment.now + timedelta(seconds=MEDIA_SECONDS)))
        kept = {name: cell for name, cell in media.items() if cell.expires > moment.now}
        self.views.put_media(openid, {**kept, key: fresh})
        return _Shown(key, (Image(media_id),))

    def _code(self, known: Known, moment: Moment) -> _Code:
        colour, expires = code_of(known, moment.now, moment.world)
        token = self.signer.token_for(known.pid, colour, moment.now, expires)
        url = passes.link(self.signer.public_url, token)
        picture = Picture(colour, known.level < Level.PHONE, known.profile.name, moment.now, expires, url)
        return _Code(colour, expires, token, picture)

    def _forget(self, openid: str, key: bytes) -> None:
        _, media = self.views.read(openid)
        self.views.put_media(openid, {name: cell for name, cell in media.items() if name != key})


@dataclass(frozen=True, slots=True)
class _Code:
    """One person's code as it is now."""

    colour: Colour
    expires: datetime
    token: str
    picture: Picture


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is sent, and under which key its upload is kept."""

    key: bytes
    messages: tuple[Image | Card, ...]


def _key(people: list[Known], codes: list[_Code]) -> bytes:
    """A person's own picture is kept under the pid; one of several under a digest of who has which colour in it."""
    if len(people) == 1:
        return people[0].pid
    rows = (
        each.pid + f"{code.colour}{code.picture.unverified:d}".encode()
        for each, code in zip(people, codes, strict=True)
    )
    return b"*" + blake2b(b"".join(rows), digest_size=12).digest()


def _drawn(pictures: list[Picture]) -> bytes:
    return draw(pictures[0]) if len(pictures) == 1 else draw_all(pictures)


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
