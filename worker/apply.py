"""What an effect does to a person and what follows from it. Pure: `settle` reads before and writes after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.appeals import filed
from domain.care import Capacity, Care, active, acts, may
from domain.facts import By, Exposure, Fact, History, Report, Review, Undo, day_of
from domain.fold import fold
from domain.linking import released
from domain.people import Level
from domain.person import Look, Person
from domain.revocations import taken_away, worsened
from domain.tasks import ABNORMAL, APPEAL, CONFIRM, CONTESTED, due_of
from domain.verdict import Colour, Verdict, World, colour_of, judge
from flows.core import AddCare, Amend, AnswerCare, Appeal, Declare, EndCare, Erase, Record, Say, Standing
from store.changes import Act, Change, Following, Letter, Task
from worker import caring, telling

STAYS = (Colour.YELLOW, Colour.RED)
"""The colours behind which facts survive an erasure until they lapse."""


CLOCK_SLACK = timedelta(minutes=1)
"""How far the clocks of two machines of the house may be apart."""


@dataclass(frozen=True, slots=True)
class Source:
    """Which account an effect came from: its OpenID, its tag, and the number of the effect."""

    openid: str
    tag: str
    seq: int


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is applied and what is true for everybody then; whether an identity service is connected."""

    now: datetime
    world: World
    identity_service: bool = False

    def judge(self, person: Person) -> Verdict:
        return judge(person.history, as_of(person.history, self.now), self.world)

    def colour(self, person: Person) -> Colour:
        """That of `judge`, in less time."""
        return colour_of(person.history, as_of(person.history, self.now), self.world)


def as_of(history: History, now: datetime) -> datetime:
    """The instant to judge at: a fact that another machine heard a moment ago is not one of the future here."""
    newest = max((fact.at for fact in history.facts), default=now)
    return newest if now < newest <= now + CLOCK_SLACK else now


def apply(
    person: Person, effect: Standing, source: Source, moment: Moment, main: Person | None = None
) -> Change | None:
    """The change that an account's effect makes; None when this person has it already. `main` is whom an alias record
    belongs to.
    """
    if person.has_applied(source.tag, source.seq):
        return None
    marked = person.marked(source.tag, source.seq)
    match effect:
        case Declare():
            return _declare(person, marked, effect, source, moment, main)
        case AddCare() | AnswerCare() | EndCare():
            return _cared(person, marked, effect, source, moment)
        case _ if not _may(person, effect, source):
            # Not bound, bound to somebody else meanwhile, or erased: nothing may be recorded, the view says so.
            return _change(person, marked, moment, viewers=(source.openid,))
        case Record(fact=fact):
            return _record(person, marked.with_facts(fact), (fact,), moment)
        case Amend():
            return _amend(person, marked, effect, moment)
        case Appeal(ticket=ticket):
            after = replace(marked, tickets=filed(marked.tickets, ticket))
            letters = (Letter(person.account, "evidence"),) if ticket.pictures else ()
            return _change(person, after, moment, letters=letters, tasks=(Task(ticket.owner, APPEAL, due=ticket.due),))
        case Erase():
            return _erase(person, marked, moment, main)


def _may(person: Person, effect: Standing, source: Source) -> bool:
    """The person by their own account; a carer what carers may, under the carers' name."""
    if source.openid in person.accounts:
        return True
    match effect:
        case Record(fact=Undo(of=of)) if of.startswith(f"{source.tag}-"):
            care = Care.UNDO
        case Record(fact=Report(by=By.CARER)):
            care = Care.REPORT
        case Record(fact=Exposure(by=By.CARER)):
            care = Care.EXPOSURE
        case _:
            return False
    return acts(person.carers, source.openid) and may(Capacity.CARER, care)


def _cared(
    person: Person, marked: Person, effect: AddCare | AnswerCare | EndCare, source: Source, moment: Moment
) -> Change:
    """Who cares for the person from now on, who is told, and that the community has to look at it."""
    done = caring.carried_out(marked, effect, source.openid, source.seq, moment.now)
    tasks = waiting(done.after, moment) if done.confirm else ()
    viewers = tuple(dict.fromkeys((source.openid, *done.viewers)))
    return _change(person, done.after, moment, viewers=viewers, letters=done.letters, tasks=tasks)


def record(person: Person, fact: Fact, act: Act, moment: Moment) -> Change:
    """A fact recorded by staff, a list or a system; the resident is told when the colour changes."""
    return record_all(person, person, (fact,), act, moment)


def record_all(
    person: Person, after: Person, facts: tuple[Fact, ...], act: Act, moment: Moment, tasks: tuple[Task, ...] = ()
) -> Change:
    """As `record` for several facts of one act, which may change `person` into `after` besides."""
    after = after.with_facts(*facts).with_recorder(act.organisation, *facts)
    change = _record(person, after, facts, moment, tasks)
    return replace(change, act=act, following=replace(change.following, letters=told(change, moment)))


def look(person: Person, seen: Look, act: Act, moment: Moment) -> Change:
    """Somebody looked at the record: nothing changes but what 谁看过我 shows."""
    return replace(_change(person, person.looked_at(seen), moment), act=act)


def rejudge(person: Person, shown: Colour, moment: Moment) -> Change:
    """What is true for everybody has changed, and with it the colour: the resident is told, who was last at `shown`."""
    letters = telling.about_verdict(shown, person, as_of(person.history, moment.now), moment.world)
    since = moment.judge(person).since
    ended = since - timedelta(days=1) if letters and since else None
    # If it ended by itself as well, the clock's morning round need not say so again.
    newer = ended is not None and (person.noticed is None or person.noticed < ended)
    change = _change(person, replace(person, noticed=ended) if newer else person, moment)
    void = worsened(shown, moment.colour(change.after))
    return replace(change, following=replace(change.following, letters=letters, void=void))


def beside(
    person: Person,
    after: Person,
    moment: Moment,
    letters: tuple[Letter, ...] = (),
    tasks: tuple[Task, ...] = (),
    act: Act | None = None,
    viewers: tuple[str, ...] = (),
) -> Change:
    """A change of what is kept beside the facts: what was told, appeals, whose claim holds. No colour comes of it."""
    return replace(_change(person, after, moment, viewers=viewers, letters=letters, tasks=tasks), act=act)


def lapse(person: Person, moment: Moment, main: Person | None = None) -> Change | None:
    """An erasure that waited is done once the colour has lapsed."""
    if not person.erasing or _stays(main or person, moment):
        return None
    return _erase(person, person, moment, main)


def _declare(
    person: Person, marked: Person, effect: Declare, source: Source, moment: Moment, main: Person | None
) -> Change:
    taken = person.account or (main.account if main else "")
    if taken not in ("", source.openid):
        return _contest(person, marked, source, moment, taken, person.community or (main.community if main else ""))
    level = _level(person, effect)
    after = replace(
        marked.moved_to(effect.community).with_facts(effect.fact),
        identity=effect.identity,
        address=effect.address,
        level=level,
        account=source.openid,
        erasing=False,
        asking=level is Level.PHONE and moment.identity_service,
    )
    after, news = caring.taken_over(after, source.openid)
    tasks = waiting(after, moment)
    # While the identity service is asked, the code waits for its answer.
    letters = (*explained(person, after, moment), Letter(source.openid, "identity" if after.asking else "code"))
    if person.account == "":
        letters = (*letters, *news)
    return _change(person, after, moment, letters=letters, tasks=tasks)


def _contest(person: Person, marked: Person, source: Source, moment: Moment, holder: str, community: str) -> Change:
    """Taken: the claimant hears it every time, the holder once, for a stranger can declare all day."""
    letters = [Letter(source.openid, "text", (Say("told_contested"),))]
    if source.openid not in person.contesting:
        letters.append(Letter(holder, "text", (Say("told_contested_holder"),)))
    contesting = tuple(dict.fromkeys((*person.contesting, source.openid)))
    return _change(
        person,
        replace(marked, contesting=contesting, community=community),
        moment,
        viewers=(source.openid,),
        letters=tuple(letters),
        tasks=(Task(community, CONTESTED),),
    )


def _level(person: Person, effect: Declare) -> Level:
    """Proof is kept while what was proved is still said; a worker has seen the document, whatever the telephone."""
    if person.account == "" or person.identity is None:
        return effect.level
    if person.level is Level.CONFIRMED:
        return person.level
    before, now = person.identity, effect.identity
    same = (before.name, before.phone) == (now.name, now.phone)
    return max(effect.level, person.level) if same else effect.level


def _record(
    person: Person, after: Person, facts: tuple[Fact, ...], moment: Moment, tasks: tuple[Task, ...] = ()
) -> Change:
    """Any facts; a report that makes somebody yellow opens a task, undoing or clearing it closes the task."""
    return _change(person, after, moment, tasks=(*tasks, *abnormal(person, after, facts, moment)))


def abnormal(person: Person, after: Person, facts: tuple[Fact, ...], moment: Moment) -> tuple[Task, ...]:
    """The task that these facts open or close, if any; those of an alias record do so for the main one."""
    stays, stayed = moment.colour(after) in STAYS, moment.colour(person) in STAYS
    reported = any(isinstance(fact, Report | Undo | Review) for fact in facts)
    if person.alias_of or not person.community or not reported or stays == stayed:
        return ()
    return (Task(person.community, ABNORMAL, done=not stays),)


def _amend(person: Person, marked: Person, effect: Amend, moment: Moment) -> Change:
    """New particulars; a telephone that proves the claim is a question to the identity service like the first one."""
    identity = person.identity
    if identity is not None and effect.phone is not None:
        identity = replace(identity, phone=effect.phone)
    level = person.level if effect.level is None else max(person.level, effect.level)
    after = replace(
        marked.moved_to(person.community if effect.community is None else effect.community),
        identity=identity,
        level=level,
        address=person.address if effect.address is None else effect.address,
        remind=person.remind if effect.remind is None else effect.remind,
        asking=person.asking or (effect.phone is not None and level is Level.PHONE and moment.identity_service),
    )
    asks = after.asking and effect.phone is not None
    letters = (Letter(person.account, "identity"),) if asks else explained(person, after, moment)
    tasks = waiting(after, moment) if after.community != person.community else ()
    return _change(person, after, moment, letters=letters, tasks=tasks)


def waiting(person: Person, moment: Moment) -> tuple[Task, ...]:
    """What there is to look after of somebody who declares, or who has moved: the community left behind closes it."""
    waits = {
        CONFIRM: person.level < Level.PHONE or (not person.account and any(c.waits for c in person.carers)),
        CONTESTED: bool(person.contesting),
        ABNORMAL: not person.alias_of and moment.colour(person) in STAYS,
    }
    return tuple(Task(person.community, about) for about, open in waits.items() if open and person.community)


def _erase(person: Person, marked: Person, moment: Moment, main: Person | None = None) -> Change:
    if _stays(main or person, moment):
        waits = Letter(person.account, "text", (Say("told_erase_waits"),))
        return _change(person, replace(marked, erasing=True), moment, letters=(waits,))
    ended = (
        Letter(each.account, "text", (Say("care_ended", {"yours": True, "name": ""}, each.relation),))
        for each in active(person.carers)
    )
    letters = (Letter(person.account, "text", (Say("told_erased"),)), *ended)
    alone = released(marked) if person.alias_of else marked
    change = _change(person, alone.erased(), moment, viewers=person.contesting, letters=letters)
    freed = tuple(each.pid for each in person.links)
    return replace(change, following=replace(change.following, left_main=person.alias_of, freed=freed))


def _stays(person: Person, moment: Moment) -> bool:
    """Whether facts behind a standing colour outlive an erasure, as far as the claimant may know of them."""
    return moment.colour(replace(person, history=person.history_for_claimant())) in STAYS


def told(change: Change, moment: Moment) -> tuple[Letter, ...]:
    """What the accounts are told of a change that they did not make; of an alias record the main one's tells it."""
    if change.after.alias_of:
        return ()
    now = as_of(change.after.history, moment.now)
    return telling.about_change(change.before, change.after, now, moment.world)


def explained(before: Person, after: Person, moment: Moment) -> tuple[Letter, ...]:
    """What is told to whoever may be shown the colour from now on."""
    if after.alias_of:
        return ()
    return telling.about_proof(before, after, as_of(after.history, moment.now), moment.world)


def _change(
    person: Person,
    after: Person,
    moment: Moment,
    *,
    viewers: tuple[str, ...] = (),
    letters: tuple[Letter, ...] = (),
    tasks: tuple[Task, ...] = (),
) -> Change:
    """The change with the next version, folded facts, and everybody whose view it touches."""
    today = day_of(moment.now)
    after = replace(
        after,
        version=max(person.version, after.version) + 1,
        history=fold(after.history, today, moment.world),
        apart=None if after.apart is None else fold(after.apart, today, moment.world),
    )
    carers = (each.account for each in (*after.carers, *person.carers))
    everybody = tuple(dict.fromkeys(o for o in (after.account, person.account, *carers, *viewers) if o))
    tasks = tuple(replace(each, due=each.due or due_of(each.about, moment.now)) for each in tasks)
    left = person.community if person.community != after.community else ""
    gone = person.institution if person.institution != after.institution else ""
    kept = {each.client for each in after.bindings}
    partners = tuple(each.client for each in person.bindings if each.client not in kept)
    follows = Following(person.pid, after.version, everybody, letters, tasks, left, gone)
    void = _voids(person, after, moment)
    return Change(person, after, replace(follows, void=void, left_partners=partners, generation=person.generation))


def _voids(before: Person, after: Person, moment: Moment) -> bool:
    """Whether no code that was shown before is good any more."""
    if taken_away(before, after):
        return True
    if after.history == before.history:
        return False
    colour = moment.colour(after)
    return colour in STAYS and worsened(moment.colour(before), colour)
