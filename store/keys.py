"""Every key and every time to live, on one page: long on purpose, for whoever asks what is in the database or which
name is taken finds all of it here, and no two families of keys can meet.

Every key carries the hash tag of its shard, so the same code runs on one server, on Sentinel and on Redis Cluster.
256 shards, frozen: the first byte of a pid, and of BLAKE2b of an OpenID or a community code. `yima:{3f}:…`

| key | value | writer |
|---|---|---|
| `{s}:account:<openid>` | version, sealed session and pending effects | the conversation's commit |
| `{s}:inbox:<openid>:<dedup>` | sealed remembered reply | the conversation's commit |
| `{s}:view:<openid>` | per pid: version, sealed cell | second drain |
| `{s}:media:<openid>` | per pid: uploaded picture | deliver |
| `{s}:duty:<openid>` | sealed: whom of the staff the account is; residents have none | staff commands, deliver |
| `{s}:tries:<openid>` | codes of the staff that an account tried in the last hour | deliver |
| `{s}:notes:<openid>` | sealed: the last list that was sent, what waits for a confirmation | deliver |
| `{s}:reach:<openid>` | what the platform refused, the last day reminded | deliver |
| `{s}:sends:<openid>` | list: our customer-service messages of the open windows | deliver, bulk |
| `{s}:sent:<openid>:<msgid>` | a notice that may yet fail: about whom, what; an early result | deliver, bulk, web |
| `{s}:fates:<openid>` | list: what became of the last letters that nobody asked for | deliver |
| `{s}:outbox` | stream: effects of the accounts of this shard | commit appends, settle removes |
| `{s}:post` | stream: what to send to the accounts of this shard | settle and second drain append, deliver removes |
| `{s}:person:<pid>` `{s}:salt:<pid>` | version, packed person; salt of its identity key | settle, staff commands |
| `{s}:follow` | stream: what follows from changes of the persons of this shard | with the person |
| `{s}:audit` | stream: acts of staff, lists and systems | with the person |
| `{s}:proposals` | per id: how far it is, sealed proposal | staff commands |
| `{s}:list:<id>` | hash: what a list is, what it would change, how far it is applied | staff commands, bulk |
| `{s}:list:<id>:rows:<chunk>` `{s}:list:<id>:faults` | rows that wait, faults; sealed | staff, upstream |
| `{s}:list:<id>:lease` | who applies it now | bulk |
| `{world}:lists:unfinished` | set of lists approved and not yet applied | staff commands, bulk |
| `{world}:lists:alarms` | per list: the alarm that stands | staff commands, upstream |
| `{world}:lists:standing` | standing approval, and what of it is used today | staff commands, bulk |
| `{world}:lists:polled` | what the upstream authority answered last | bulk |
| `{s}:broadcast:<number>` | hash: version and sealed broadcast, state, quota waited for, media | staff, bulk |
| `{s}:broadcast:<number>:picture` | sealed picture | staff |
| `{s}:broadcast:<number>:lease` `…:running` | who freezes it; whether somebody sends it | bulk |
| `{s}:pile:<pile>:<chunk>:to` | sealed recipients of a broadcast | bulk |
| `{s}:pile:<pile>:<chunk>:state` `…:notes` | a letter for each; errcodes, ids of mass messages | bulk |
| `{s}:pile:<pile>:<chunk>:lease` | who sends this chunk now | bulk |
| `{s}:mass:<msgid>` | what the platform reports of a mass message | web |
| `{world}:broadcasts:number` `{world}:broadcasts:unfinished` | the last number; those to look after | staff, bulk |
| `{world}:broadcasts:ref:<ref>` | the number that this draft got | staff |
| `{s}:due:<slot>` `{s}:deadlines` | sorted sets of pids: when the clock has to look | second drain, clock |
| `{clock}:served` | the last minute whose slots the leader has looked at | clock |
| `{s}:reminded:<day>:<chunk>` | numbers of the accounts reminded on that day | clock, staff commands |
| `{s}:ticket:<number>` | pid of the person behind an appeal | second drain |
| `{s}:evidence:<pid>:<number>:<n>` | sealed picture of an appeal | deliver |
| `{s}:card:<number>` | sealed: whose pass card this is, or a whole card of before this service | staff commands |
| `{s}:erasing` | set of pids that wait for their colour to lapse | with the person |
| `{s}:travelled` | set of pids with a named place on record, that a listing may concern | with the person |
| `{s}:parked` `{s}:parked:accounts` | stream of effects that failed five times; accounts held back by them | settle |
| `{s}:undelivered` | stream: messages given up, with the reason | deliver |
| `{s}:attempts:<stream>` | per entry: tries so far, not before | settle, deliver |
| `{s}:roster:<community>:<chunk>` | per pid: version, last own day, until, colour | second drain |
| `{s}:tasks:<community>` `{s}:tasks:<county>` | tasks: version, deadline, state | second drain, clock, deliver |
| `{s}:tasks:due` | sorted set: the deadlines of the tasks of this shard's communities | with the task |
| `{s}:calls:<community>` | per pid: whom no message reached, and what a call brought | deliver, staff |
| `{s}:calling` | set of communities with such a list | deliver |
| `{s}:ward:<institution>` | per pid of those admitted: version, whether still there | second drain |
| `{s}:sms:<tag of the telephone>` | text messages of the last day | deliver |
| `{lane-3}:lease:<stage>` `{clock}:leader` | who works on it now | deliver, clock |
| `{world}:world` | outage days, risk areas, end of the notice | staff commands |
| `{world}:refresh` | what follows a change of the world, and how far that is | with the world; clock |
| `{world}:staff` | per id: sealed member of the staff with the grants | staff commands, deliver |
| `{world}:invites` | per keyed hash of a code: sealed, whom it binds | staff commands, deliver |
| `{s}:audit:seals` `{s}:audit:head` | stream: a seal a minute; where the chain stands | clock |
| `{clock}:audit:root` `{clock}:audit:heads` | the last root exported; the highest seal of each stream | clock |
| `{clock}:heartbeat` | when the leader last had done a round | clock |
| `{world}:audit` | stream: acts that concern nobody in particular | with what they did |
| `{world}:telephones` | per community: the telephone of its workers | staff commands |
| `{world}:clients` `{world}:clients:contracts` | per id: sealed client; whose contract is about where | staff |
| `{s}:feed:<client>` `…:people` | stream: handles that changed; those ever bound to the client | second drain; staff |
| `{s}:feed:<client>:hook` `…:dead` | how far the push is; stream of what was given up | hooks, staff |
| `{s}:client:<client>:used:<window>` | requests of a minute, of a day | web |
| `{s}:client:<client>:nonce:<nonce>` `…:batch:<key>` | what may not come twice | web |
| `{s}:authorisation:<tag>` | sealed: a client waits for a resident's yes | web, deliver |
| `{platform}:token` `{platform}:token:<part>` | the API token; who fetches, what was refused | whoever calls |
| `{platform}:quota:<day>` `…:<month>` `…:closed` | per path: calls made; till when it is closed | whoever calls |
| `{platform}:letters` | letters so far by kind, rung and outcome | deliver |
| `{platform}:ticket` | the ticket that pages are signed with | web |
| `{s}:work:<id>` | hash: sealed, what long work was asked for; its state, run, progress, mark, ending | staff, bulk |
| `{s}:work:<id>:<run>:<n>` | sealed piece of a file that a work was given or has made | staff, bulk |
| `{s}:work:<id>:lease` `{bulk}:works:turn` | who does it; whose turn it is among those that cannot be parted | bulk |
| `{world}:works:unfinished` `{s}:works:<staff>` | by time: works to look after; works of somebody | staff, bulk |
| `{clock}:samples:<day>` `{clock}:samples:days` | by minute, by day: counties by colour, and who reported | clock |
| `{world}:exports:columns` | per id: the columns of a form | web |
| `{s}:import:<id>` | sealed: a table that was handed in and how its columns are read; for a day | web |
| `{s}:import:shapes:<community>` | per hash of a heading: which column was which | web |
| `{world}:venues` | per id: a venue | staff |
| `{s}:visits:<venue>:<day>` `{s}:passes:<venue>:<day>` | by id of the record: a visit; how many | web, deliver |
| `{s}:alias:<tag>` | sealed: whose a code of before is, or which place's | staff |
| `{s}:aliases:<community>` | tags of the codes of before of its people and places, by when they became known | staff |
| `{s}:sheet:<id>` | sealed: a declaration that a guard handed over to somebody's own phone | web |
| `{s}:voided` `{s}:voided:cards` | tags of handles by the instant before which codes are void | second drain |
| `{s}:voided:<pid>` | version of the person whose codes were voided last | second drain |
| `{world}:organisations` | per id: an employer, school or park | staff |
| `{s}:members:<organisation>` | per pid: sealed, since when and by which account | deliver, web |
| `{s}:memberships:<openid>` | set of what an account joined, for whom | deliver |
| `{s}:console:<staff>` | per tag of a cookie: sealed session of the console | web |
| `{s}:console:ticket:<code>` | sealed: a page that waits for a scan | web, deliver |
| `{s}:credential:<staff>` | sealed: password and authenticator; what sets them; browsers | web, staff commands |
| `{s}:limit:<tag>` | tries of the last minutes or hours, by a hash of what and who | web |
| `{rq}:woken:<queue>:<lane>` | in the queue's Redis: a job for this lane is on its way | waker |
| `{rq}:waits:<job>:<about>` | in the queue's Redis: a job about this waits for its worker | waker |
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

SHARDS = 256
WORLD = SHARDS
"""Stands for the slot of what concerns everybody, where the audit's streams are counted."""
AUDITED = range(SHARDS + 1)

INBOX_SECONDS = 660
"""The freshness window of a push (300 s either way) and the platform's retries."""
MEDIA_SECONDS = 216_000
"""2.5 of the 3 days that the platform keeps an upload."""
SMS_SECONDS = 86_400
NOTES_SECONDS = 3_600
REACH_SECONDS = 30 * 86_400
SENDS_SECONDS = 2 * 86_400
"""No window is open for longer."""
SENT_SECONDS = 4 * 86_400
EARLY_SECONDS = 2 * 86_400
"""A result that came before the answer to its call; a template that was in flight is sent again as long as a letter may
wait for the platform."""
CALLS_SECONDS = 90 * 86_400
FATES_SECONDS = 14 * 86_400
WOKEN_SECONDS = 10
BULK_WOKEN_SECONDS = 120
WAITS_SECONDS = 7 * 86_400
"""A job that waits longer for its worker may get a second beside it."""
LEASE_SECONDS = 8
LIST_DRAFT_SECONDS = 86_400
"""Rows of a list whose submission was broken off."""
LIST_WAITING_SECONDS = 30 * 86_400
"""Rows of a list that nobody decided; their report and faults too, once it is decided."""
BROADCAST_KEPT_SECONDS = 180 * 86_400
"""Recipients and pictures of broadcasts: whoever asks who got a notice may ask for half a year."""
WORK_KEPT_SECONDS = 30 * 86_400
"""What is known of a long work; its files go earlier."""
WORK_FILE_SECONDS = 86_400
SAMPLES_SECONDS = 8 * 86_400
QUOTA_DAY_SECONDS = 3 * 86_400
QUOTA_MONTH_SECONDS = 62 * 86_400
PARKED_KEPT = 10_000
UNDELIVERED_KEPT = 1_000

VISITS_SECONDS = 16 * 86_400
"""Visits are kept for `domain.venues.KEPT_DAYS`; a key of a day may be written to until the day after."""
SHEET_SECONDS = 900
"""From the guard's tap to the code on somebody's own phone, each step anew."""
VOIDED_SECONDS = 2 * 86_400
"""How long it is remembered that a version's codes were voided: a drain that died is taken up again within seconds."""
TICKET_SECONDS = 180 * 86_400
CARD_SECONDS = 400 * 86_400
"""A card's 180 days, and some in which whoever scans it is told that it is over."""
EVIDENCE_SECONDS = 14 * 86_400
EVIDENCE_SECONDS_DECIDED = 3 * 86_400

REMINDED_SECONDS = 2 * 86_400
REMINDED_CHUNKS = 64
"""A shard's 28,000 accounts of a province in sets of about 440, which Redis packs eight bytes a member."""

ROSTER_CHUNKS = 64
"""A community of 2,500 in chunks of about 40 keeps each hash in its compact encoding."""


CONSOLE_SECONDS = 2 * 86_400
"""Longer than any session of the console may last."""
TICKET_WAITS_SECONDS = 300


@lru_cache(maxsize=65_536)
def shard_of(name: str) -> int:
    """The shard of an OpenID or a community code."""
    return hashlib.blake2b(name.encode()).digest()[0]


def shard_of_pid(pid: bytes) -> int:
    return pid[0]


def lane_of(shard: int, lanes: int) -> int:
    return shard % lanes


def shards_of_lane(lane: int, lanes: int) -> range:
    return range(lane, SHARDS, lanes)


def pid_text(pid: bytes) -> str:
    """16 characters for 12 bytes."""
    return base64.urlsafe_b64encode(pid).decode()


def account_tag(openid: str) -> str:
    """Eight characters that stand for an account in ids of facts and in watermarks."""
    return base64.urlsafe_b64encode(
        hashlib.blake2b(openid.encode(), digest_size=6, person=b"yima tag").digest()
    ).decode()


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one installation; a second official account on the same Redis is a second prefix."""

    prefix: str = "yima"

    def _in(self, shard: int, rest: str) -> str:
        return f"{self.prefix}:{{{shard:02x}}}:{rest}"

    def account(self, openid: str) -> str:
        return self._in(shard_of(openid), f"account:{openid}")

    def inbox(self, openid: str, dedup: str) -> str:
        return self._in(shard_of(openid), f"inbox:{openid}:{dedup}")

    def view(self, openid: str) -> str:
        return self._in(shard_of(openid), f"view:{openid}")

    def media(self, openid: str) -> str:
        return self._in(shard_of(openid), f"media:{openid}")

    def duty(self, openid: str) -> str:
        return self._in(shard_of(openid), f"duty:{openid}")

    def tries(self, openid: str) -> str:
        return self._in(shard_of(openid), f"tries:{openid}")

    def notes(self, openid: str) -> str:
        return self._in(shard_of(openid), f"notes:{openid}")

    def reach(self, openid: str) -> str:
        return self._in(shard_of(openid), f"reach:{openid}")

    def sends(self, openid: str) -> str:
        return self._in(shard_of(openid), f"sends:{openid}")

    def sent(self, openid: str, name: str) -> str:
        return self._in(shard_of(openid), f"sent:{openid}:{name}")

    def fates(self, openid: str) -> str:
        return self._in(shard_of(openid), f"fates:{openid}")

    def person(self, pid: bytes) -> str:
        return self._in(shard_of_pid(pid), f"person:{pid_text(pid)}")

    def salt(self, pid: bytes) -> str:
        return self._in(shard_of_pid(pid), f"salt:{pid_text(pid)}")

    def outbox(self, shard: int) -> str:
        return self._in(shard, "outbox")

    def post(self, shard: int) -> str:
        return self._in(shard, "post")

    def follow(self, shard: int) -> str:
        return self._in(shard, "follow")

    def audit(self, shard: int) -> str:
        return self.world_audit() if shard == WORLD else self._in(shard, "audit")

    def audit_seals(self, shard: int) -> str:
        return f"{self.audit(shard)}:seals"

    def audit_head(self, shard: int) -> str:
        return f"{self.audit(shard)}:head"

    def heartbeat(self) -> str:
        return f"{self.prefix}:{{clock}}:heartbeat"

    def audit_root(self) -> str:
        return f"{self.prefix}:{{clock}}:audit:root"

    def audit_heads(self) -> str:
        return f"{self.prefix}:{{clock}}:audit:heads"

    def proposals(self, shard: int) -> str:
        return self._in(shard, "proposals")

    def list(self, name: str) -> str:
        return self._in(shard_of(name), f"list:{name}")

    def list_rows(self, name: str, chunk: int) -> str:
        return self._in(shard_of(name), f"list:{name}:rows:{chunk}")

    def list_faults(self, name: str) -> str:
        return self._in(shard_of(name), f"list:{name}:faults")

    def list_lease(self, name: str) -> str:
        return self._in(shard_of(name), f"list:{name}:lease")

    def unfinished_lists(self) -> str:
        return f"{self.prefix}:{{world}}:lists:unfinished"

    def list_alarms(self) -> str:
        return f"{self.prefix}:{{world}}:lists:alarms"

    def standing_approval(self) -> str:
        return f"{self.prefix}:{{world}}:lists:standing"

    def polled(self) -> str:
        return f"{self.prefix}:{{world}}:lists:polled"

    def broadcast(self, number: int) -> str:
        return self._in(shard_of(f"broadcast {number}"), f"broadcast:{number}")

    def broadcast_audit(self, number: int) -> str:
        return self.audit(shard_of(f"broadcast {number}"))

    def broadcast_picture(self, number: int) -> str:
        return f"{self.broadcast(number)}:picture"

    def broadcast_lease(self, number: int) -> str:
        return f"{self.broadcast(number)}:lease"

    def broadcast_running(self, number: int) -> str:
        return f"{self.broadcast(number)}:running"

    def broadcast_numbers(self) -> str:
        return f"{self.prefix}:{{world}}:broadcasts:number"

    def broadcast_ref(self, ref: str) -> str:
        return f"{self.prefix}:{{world}}:broadcasts:ref:{ref}"

    def unfinished_broadcasts(self) -> str:
        return f"{self.prefix}:{{world}}:broadcasts:unfinished"

    def pile(self, pile: str, chunk: int, part: str) -> str:
        """`part`: to, state, notes or lease."""
        return self._in(shard_of(f"{pile}:{chunk}"), f"pile:{pile}:{chunk}:{part}")

    def mass_result(self, message: str) -> str:
        return self._in(shard_of(message), f"mass:{message}")

    def due(self, shard: int, slot: int) -> str:
        return self._in(shard, f"due:{slot}")

    def deadlines(self, shard: int) -> str:
        return self._in(shard, "deadlines")

    def served(self) -> str:
        return f"{self.prefix}:{{clock}}:served"

    def reminded(self, shard: int, day: str, chunk: int) -> str:
        return self._in(shard, f"reminded:{day}:{chunk}")

    def ticket(self, number: str) -> str:
        return self._in(shard_of(number), f"ticket:{number}")

    def card(self, number: str) -> str:
        return self._in(shard_of(number), f"card:{number}")

    def evidence(self, pid: bytes, number: str, place: int) -> str:
        return self._in(shard_of_pid(pid), f"evidence:{pid_text(pid)}:{number}:{place}")

    def erasing(self, shard: int) -> str:
        return self._in(shard, "erasing")

    def travelled(self, shard: int) -> str:
        return self._in(shard, "travelled")

    def parked(self, shard: int) -> str:
        return self._in(shard, "parked")

    def parked_accounts(self, shard: int) -> str:
        return self._in(shard, "parked:accounts")

    def undelivered(self, shard: int) -> str:
        return self._in(shard, "undelivered")

    def attempts(self, shard: int, stream: str) -> str:
        return self._in(shard, f"attempts:{stream}")

    def roster(self, community: str, chunk: int) -> str:
        return self._in(shard_of(community), f"roster:{community}:{chunk}")

    def ward(self, institution: str) -> str:
        return self._in(shard_of(institution), f"ward:{institution}")

    def calls(self, community: str) -> str:
        return self._in(shard_of(community), f"calls:{community}")

    def calling(self, shard: int) -> str:
        return self._in(shard, "calling")

    def tasks(self, community: str) -> str:
        return self._in(shard_of(community), f"tasks:{community}")

    def tasks_due(self, shard: int) -> str:
        return self._in(shard, "tasks:due")

    def sms(self, telephone_tag: str) -> str:
        return self._in(shard_of(telephone_tag), f"sms:{telephone_tag}")

    def lease(self, stage: str, lane: int) -> str:
        return f"{self.prefix}:{{lane-{lane}}}:lease:{stage}"

    def any_roster(self) -> str:
        """A pattern for SCAN."""
        return f"{self.prefix}:{{??}}:roster:*"

    def any_person(self) -> str:
        """A pattern for SCAN."""
        return f"{self.prefix}:{{??}}:person:*"

    def leader(self) -> str:
        return f"{self.prefix}:{{clock}}:leader"

    def world(self) -> str:
        return f"{self.prefix}:{{world}}:world"

    def refresh(self) -> str:
        return f"{self.prefix}:{{world}}:refresh"

    def staff(self) -> str:
        return f"{self.prefix}:{{world}}:staff"

    def invites(self) -> str:
        return f"{self.prefix}:{{world}}:invites"

    def world_audit(self) -> str:
        return f"{self.prefix}:{{world}}:audit"

    def telephones(self) -> str:
        return f"{self.prefix}:{{world}}:telephones"

    def token(self) -> str:
        return f"{self.prefix}:{{platform}}:token"

    def token_part(self, part: str) -> str:
        return f"{self.prefix}:{{platform}}:token:{part}"

    def quota(self, period: str) -> str:
        """`period` is a day (2020-03-02) or a month (2020-03)."""
        return f"{self.prefix}:{{platform}}:quota:{period}"

    def quota_closed(self) -> str:
        return f"{self.prefix}:{{platform}}:quota:closed"

    def tally(self) -> str:
        return f"{self.prefix}:{{platform}}:letters"

    def jsapi_ticket(self) -> str:
        return f"{self.prefix}:{{platform}}:ticket"

    def work(self, name: str) -> str:
        return self._in(shard_of(name), f"work:{name}")

    def work_audit(self, name: str) -> str:
        return self.audit(shard_of(name))

    def work_lease(self, name: str) -> str:
        return f"{self.work(name)}:lease"

    def work_piece(self, name: str, run: int, count: int) -> str:
        """In a slot of its own, so that a large file lies on all servers of a cluster."""
        return self._in(shard_of(f"{name}:{run}:{count}"), f"work:{name}:{run}:{count}")

    def works_turn(self) -> str:
        return f"{self.prefix}:{{bulk}}:works:turn"

    def works_of(self, staff: str) -> str:
        return self._in(shard_of(staff), f"works:{staff}")

    def unfinished_works(self) -> str:
        return f"{self.prefix}:{{world}}:works:unfinished"

    def table_import(self, name: str) -> str:
        return self._in(shard_of(name), f"import:{name}")

    def import_shapes(self, community: str) -> str:
        return self._in(shard_of(community), f"import:shapes:{community}")

    def samples(self, day: str) -> str:
        return f"{self.prefix}:{{clock}}:samples:{day}"

    def sampled_days(self) -> str:
        return f"{self.prefix}:{{clock}}:samples:days"

    def column_sets(self) -> str:
        return f"{self.prefix}:{{world}}:exports:columns"

    def woken(self, queue: str, lane: int | str) -> str:
        return f"{self.prefix}:{{rq}}:woken:{queue}:{lane}"

    def waits(self, job: str, about: str) -> str:
        """The name of the job about something that was put into its queue last."""
        return f"{self.prefix}:{{rq}}:waits:{job}:{about}"

    # --- gate -------------------------------------------------------------------------------------------------------

    def voided(self, shard: int) -> str:
        return self._in(shard, "voided")

    def voided_cards(self, shard: int) -> str:
        return self._in(shard, "voided:cards")

    def voided_version(self, pid: bytes) -> str:
        return self._in(shard_of_pid(pid), f"voided:{pid_text(pid)}")

    def venues(self) -> str:
        return f"{self.prefix}:{{world}}:venues"

    def visits(self, venue: str, day: date) -> str:
        return self._in(shard_of(venue), f"visits:{venue}:{day.isoformat()}")

    def passes(self, venue: str, day: date) -> str:
        return self._in(shard_of(venue), f"passes:{venue}:{day.isoformat()}")

    def sheet(self, id: str) -> str:
        return self._in(shard_of(id), f"sheet:{id}")

    def alias(self, tag: str) -> str:
        return self._in(shard_of(tag), f"alias:{tag}")

    def aliases(self, community: str) -> str:
        return self._in(shard_of(community), f"aliases:{community}")

    # --- the console --------------------------------------------------------------------------------------------------

    def console(self, staff: str) -> str:
        return self._in(shard_of(staff), f"console:{staff}")

    def console_ticket(self, code: str) -> str:
        return self._in(shard_of(code), f"console:ticket:{code}")

    def credential(self, staff: str) -> str:
        return self._in(shard_of(staff), f"credential:{staff}")

    def limit(self, tag: str) -> str:
        return self._in(shard_of(tag), f"limit:{tag}")

    def organisations(self) -> str:
        return f"{self.prefix}:{{world}}:organisations"

    def members(self, organisation: str) -> str:
        return self._in(shard_of(organisation), f"members:{organisation}")

    def memberships(self, openid: str) -> str:
        return self._in(shard_of(openid), f"memberships:{openid}")

    # --- systems of partners ------------------------------------------------------------------------------------------

    def clients(self) -> str:
        return f"{self.prefix}:{{world}}:clients"

    def contracts(self) -> str:
        return f"{self.prefix}:{{world}}:clients:contracts"

    def client_used(self, client: str, window: str) -> str:
        return self._in(shard_of(client), f"client:{client}:used:{window}")

    def client_nonce(self, client: str, nonce: str) -> str:
        return self._in(shard_of(client), f"client:{client}:nonce:{nonce}")

    def client_batch(self, client: str, name: str) -> str:
        return self._in(shard_of(client), f"client:{client}:batch:{name}")

    def feed(self, client: str) -> str:
        return self._in(shard_of(client), f"feed:{client}")

    def feed_people(self, client: str) -> str:
        return self._in(shard_of(client), f"feed:{client}:people")

    def hook(self, client: str) -> str:
        return self._in(shard_of(client), f"feed:{client}:hook")

    def dead_letters(self, client: str) -> str:
        return self._in(shard_of(client), f"feed:{client}:dead")

    def hook_lease(self) -> str:
        return f"{self.prefix}:{{clock}}:lease:hooks"

    def authorisation(self, tag: str) -> str:
        return self._in(shard_of(tag), f"authorisation:{tag}")


FEED_KEPT = 100_000
"""Changes of a client's feed at least; who has been away for longer begins with a snapshot."""
DEAD_KEPT = 1_000
NONCE_SECONDS = 600
"""Twice the window in which a signed request is fresh."""
BATCH_SECONDS = 2 * 86_400
"""So long a batch handed in again is known as such."""
AUTHORISATION_SECONDS = 86_400
"""The ten minutes in which it waits, and the rest of a day in which the client may ask how it ended."""
