"""What an effect of an account does to a person, and what follows. Pure: `settle` reads before and writes after."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.appeals import filed
from domain.care import Capacity, Care, active, acts, may
from domain.facts import By, Exposure, Report, Undo
from domain.linking import released
from domain.people import Level
from domain.person import Person
from domain.tasks import APPEAL, CONTESTED
from flows.core import Say
from flows.effects import AddCare, Amend, AnswerCare, Appeal, Declare, EndCare, Erase, Record, Standing
from store.changes import Change, Letter, Task
from worker.decisions import caring
from worker.decisions.consequences import STAYS, changed, explained, recorded, waiting
from worker.decisions.moment import Moment


@dataclass(frozen=True, slots=True)
class Source:
    """Which account an effect came from: its OpenID, its tag, and the number of the effect."""

    openid: str
    tag: str
    seq: int


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
            return changed(person, marked, moment, viewers=(source.openid,))
        case Record(fact=fact):
            return recorded(person, marked.with_facts(fact), (fact,), moment)
        case Amend():
            return _amend(person, marked, effect, moment)
        case Appeal(ticket=ticket):
            after = replace(marked, tickets=filed(marked.tickets, ticket))
            letters = (Letter(person.account, "evidence"),) if ticket.pictures else ()
            return changed(person, after, moment, letters=letters, tasks=(Task(ticket.owner, APPEAL, due=ticket.due),))
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
    return changed(person, done.after, moment, viewers=viewers, letters=done.letters, tasks=tasks)


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
    return changed(person, after, moment, letters=letters, tasks=tasks)


def _contest(person: Person, marked: Person, source: Source, moment: Moment, holder: str, community: str) -> Change:
    """Taken: the claimant hears it every time, the holder once, for a stranger can declare all day."""
    letters = [Letter(source.openid, "text", (Say("told_contested"),))]
    if source.openid not in person.contesting:
        letters.append(Letter(holder, "text", (Say("told_contested_holder"),)))
    contesting = tuple(dict.fromkeys((*person.contesting, source.openid)))
    return changed(
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
    return changed(person, after, moment, letters=letters, tasks=tasks)


def _erase(person: Person, marked: Person, moment: Moment, main: Person | None = None) -> Change:
    if _stays(main or person, moment):
        waits = Letter(person.account, "text", (Say("told_erase_waits"),))
        return changed(person, replace(marked, erasing=True), moment, letters=(waits,))
    ended = (
        Letter(each.account, "text", (Say("care_ended", {"yours": True, "name": ""}, each.relation),))
        for each in active(person.carers)
    )
    letters = (Letter(person.account, "text", (Say("told_erased"),)), *ended)
    alone = released(marked) if person.alias_of else marked
    change = changed(person, alone.erased(), moment, viewers=person.contesting, letters=letters)
    freed = tuple(each.pid for each in person.links)
    return replace(change, following=replace(change.following, left_main=person.alias_of, freed=freed))


def _stays(person: Person, moment: Moment) -> bool:
    """Whether facts behind a standing colour outlive an erasure, as far as the claimant may know of them."""
    return moment.colour(replace(person, history=person.history_for_claimant())) in STAYS
