"""How one letter reaches its account now: which picture, which words, and whether it may be sent at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from channel.adapters import Adapters, Match
from channel.code_image import Card, draw
from channel.ladder import Reach
from channel.platform import UNKNOWN_MEDIA, Platform, SendError
from channel.render import render
from domain import passes
from domain.facts import day_of
from domain.passes import HandleKind, Pass
from domain.people import Claim, Level, mask_phone
from domain.person import Person
from domain.phones import is_foreign
from domain.verdict import Colour, World, judge
from flows.core import Known, Say
from store.accounts import Accounts
from store.keys import MEDIA_SECONDS
from store.known import known_of
from store.people import People
from store.sealing import Unsealable, Vault
from store.sms import SmsLimit
from store.views import Media, Views
from worker import letters
from worker.apply import Moment, as_of, identified
from worker.evidence import Evidence
from worker.letters import Sendable


class Undeliverable(Exception):
    """Nothing can be sent, and no later try would change that: the reason."""


@dataclass(frozen=True, slots=True)
class Signer:
    """What a code is made with: keys, and the address that a scan opens."""

    signing_key: Ed25519PrivateKey
    handle_key: bytes
    public_url: str

    def pass_for(self, pid: bytes, colour: Colour, now: datetime, expires: datetime) -> str:
        """The link that the QR holds."""
        handle = passes.seal_handle(self.handle_key, pid, day_of(now), HandleKind.CODE)
        kid = passes.key_id(self.signing_key.public_key())
        token = passes.issue(self.signing_key, kid, Pass(handle, colour, now, expires))
        return passes.link(self.public_url, token)


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends one letter; thread-safe. Everything it needs, wired in `worker.context`."""

    accounts: Accounts
    views: Views
    people: People
    vault: Vault
    platform: Platform
    adapters: Adapters
    signer: Signer
    sms_limit: SmsLimit
    sms_code: Callable[[str, str], str]
    moment: Callable[[], Moment]
    changed: Callable[[bytes], None]
    """Called with a pid after this person was written: what follows has to be drained."""
    evidence: Evidence

    def open(self, body: bytes) -> Sendable | None:
        try:
            return letters.unseal(self.vault, body)
        except Unsealable:
            return None

    def send(self, letter: Sendable) -> None:
        """Raises Undeliverable or SendError."""
        match letter.kind:
            case "code":
                self._send_code(letter)
            case "text":
                self._require_window(letter.openid)
                self.platform.send_text(letter.openid, render(letter.says))
            case "sms":
                self._send_sms(letter)
            case "identity":
                self._ask_identity(letter)
            case "evidence":
                self.evidence.fetch(letter.pid)
            case other:
                raise Undeliverable(f"a letter of the unknown kind {other}")

    def give_up(self, letter: Sendable) -> None:
        """After the last try: a claim that nobody could match stays unproved, and its code is sent; who waits abroad
        for a text message hears that none comes. Raises SendError.
        """
        match letter.kind:
            case "identity":
                self._answered(self.people.read([letter.pid])[letter.pid], None)
            case "sms" if is_foreign(letter.phone):
                with suppress(Undeliverable):
                    self._require_window(letter.openid)
                    said = Say("told_sms_refused", {"phone": mask_phone(letter.phone)})
                    self.platform.send_text(letter.openid, render((said,)))

    def _require_window(self, openid: str) -> None:
        account = self.accounts.read(openid)
        reach = Reach(account.session.following, account.heard_at, account.tapped_at)
        if obstacle := reach.obstacle(self.moment().now):
            raise Undeliverable(obstacle)

    def _send_code(self, letter: Sendable) -> None:
        self._require_window(letter.openid)
        for last in (False, True):
            media = self._picture(letter.openid, letter.pid)
            try:
                return self.platform.send_image(letter.openid, media.media_id)
            except SendError as error:
                if error.code != UNKNOWN_MEDIA or last:
                    raise
                self._forget(letter.openid, letter.pid)
        return None

    def _picture(self, openid: str, pid: bytes) -> Media:
        """The uploaded picture of this person's code as it is now, a live one or a new one."""
        moment = self.moment()
        cells, media = self.views.read(openid)
        known = known_of(self.accounts.read(openid), cells, media)
        if known is None or known.pid != pid or known.claim is not Claim.BOUND:
            raise Undeliverable("the account does not act for this person any more")
        colour, expires = code_of(known, moment.now, moment.world)
        live = media.get(pid)
        if live and live.colour is colour and live.expires > moment.now + timedelta(minutes=5):
            return live
        url = self.signer.pass_for(pid, colour, moment.now, expires)
        unverified = known.level < Level.PHONE
        png = draw(Card(colour, unverified, known.profile.name, moment.now, expires, url))
        fresh = Media(
            self.platform.upload_image(png), colour, min(expires, moment.now + timedelta(seconds=MEDIA_SECONDS))
        )
        self.views.put_media(openid, {**media, pid: fresh})
        return fresh

    def _forget(self, openid: str, pid: bytes) -> None:
        _, media = self.views.read(openid)
        self.views.put_media(openid, {key: cell for key, cell in media.items() if key != pid})

    def _send_sms(self, letter: Sendable) -> None:
        if not self.sms_limit.allow(letter.phone, letter.ref):
            raise Undeliverable("too many text messages to this telephone today")
        code = self.sms_code(letter.phone, letter.nonce)
        self.adapters.send_sms(letter.phone, render((Say("sms_code", {"code": code}),)), letter.ref)

    def _ask_identity(self, letter: Sendable) -> None:
        person = self.people.read([letter.pid])[letter.pid]
        if person.identity is None or not person.asking or person.account != letter.openid:
            return
        self._answered(person, self.adapters.match(person.identity, letter.ref))

    def _answered(self, person: Person, answer: Match | None) -> None:
        change = identified(person, answer, self.moment())
        if change is not None and not self.people.write([change])[0]:
            raise SendError("identity: the person changed meanwhile", permanent=False)
        self.changed(person.pid)


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
