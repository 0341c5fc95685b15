"""Relief: a crew that has been at work for long is taken over from by another one, without a gap.

Whoever is asked says yes or no like anybody else; the crew that is there stays, and is let go only
when the new one has been there for a moment and nobody of it is inside a danger zone, silent, or
told to leave and not out yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from msgspec.structs import replace

from schemas.commands import AskByHand, KeepCrewOn, RelieveCrew
from schemas.facts import (
    AssignmentFact,
    AssignmentStoodDown,
    CrewKeptOn,
    OfferFact,
    OfferSent,
    ReliefAsked,
    ReliefClimbed,
    ReliefDue,
    ReliefFact,
)
from schemas.refusals import Refusal
from schemas.relief import ReliefView, Relieved
from schemas.values import AgainOn, Instant, OfferId, OperationId, StandDownReason
from streams import checking, crew, danger, offer, outcome
from streams import line as lines
from streams.area import Area, Operation
from streams.assignment import live
from streams.cause import Cause, Decision, Refused
from streams.entities import LATE, Assignment, AssignmentState, OfferState
from streams.parameters import (
    LONG_THERE,
    LONG_THERE_AGAIN,
    RELIEF_ANSWER,
    REST_AFTER,
    UNDO,
    URGENCY,
)
from streams.policy import voice_of
from streams.remembered import Relief

WILL_NOT = (*LATE, OfferState.STOOD_DOWN)  # as far as is known now


def relieve(area: Area, command: RelieveCrew, cause: Cause) -> Decision:
    """Asked by hand, for as many units as the crew has; one at a time."""
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    operation = area.operations[cause.operation]
    refusal = _unfit(operation, found, command)
    if refusal is not None:
        return Refused(refusal, (found.id,))
    asking = AskByHand(line=found.line, organization=command.organization, reason=command.reason)
    sent = offer.ask(area, asking, cause, wanted=found.quantity)
    if isinstance(sent, Refused):
        return sent
    [asked] = [one for one in sent if isinstance(one, OfferSent)]
    if asked.quantity < found.quantity:
        return Refused(Refusal.RELIEF_SMALLER, (command.organization,))
    return [*sent, ReliefAsked(assignment=found.id, offer=asked.offer, at=cause.at)]


def _unfit(operation: Operation, found: Assignment, command: RelieveCrew) -> Refusal | None:
    if found.state is AssignmentState.REPORTED_DONE:
        return Refusal.ALREADY_REPORTED
    if found.withdrawing:
        return Refusal.INSTRUCTION_HOLDS
    if found.organization == command.organization:
        return Refusal.RELIEF_OF_ITSELF
    known = operation.reliefs.get(found.id)
    if known is None or known.offer is None:
        return None
    waits = operation.offers[known.offer].state is OfferState.SENT
    return Refusal.RELIEF_ASKED if waits or known.successor is not None else None


def keep_on(area: Area, command: KeepCrewOn, cause: Cause) -> Decision:
    """Said by the crew or by its desk; before anybody has asked, nothing is new."""
    found = live(area, cause, command.assignment)
    if isinstance(found, Refused):
        return found
    known = area.operations[cause.operation].reliefs.get(found.id)
    if known is None or known.due_at is None:
        return []
    voice = voice_of(area, cause.actor, found.organization, cause.at)
    return [
        CrewKeptOn(
            assignment=found.id,
            until=cause.at + LONG_THERE_AGAIN,
            by_desk=voice.by_desk,
            by_committee=voice.by_committee,
            at=cause.at,
        )
    ]


def over(
    operation: Operation, known: Relief, cause: Cause
) -> ReliefDue | ReliefClimbed | AssignmentStoodDown:
    """The new crew is there, so the old one goes; or it has been there for long, or the new one
    was told to leave just then; or its desk has had its time to answer."""
    if known.free_at is not None and _free(operation, known):
        return AssignmentStoodDown(
            assignment=known.crew,
            reason=StandDownReason.RELIEVED,
            again_at=cause.at + REST_AFTER,  # whoever is relieved is not asked for the same at once
            again_on=AgainOn.FORCE,
            at=cause.at,
        )
    if known.free_at is None and known.ask_at is None:
        return ReliefClimbed(assignment=known.crew, at=cause.at)
    climbs_at = cause.at + _climb(operation, known)
    return ReliefDue(assignment=known.crew, climbs_at=climbs_at, at=cause.at)


def _climb(operation: Operation, known: Relief) -> Instant:
    crew = operation.assignments[known.crew]
    return URGENCY[operation.demands[crew.demand].priority].climb


def evolve(operation: Operation, fact: ReliefFact) -> None:
    there = operation.assignments[fact.assignment]
    known = operation.reliefs.get(there.id) or Relief(crew=there.id, since=there.arrived_at)
    match fact:
        case ReliefAsked():
            lines.taken_up(operation, there.demand)
            _asks_nothing(operation, known, fact)
            ask_at = fact.at + RELIEF_ANSWER  # unless somebody has said yes by then
            asked = replace(_answered(known), offer=fact.offer, successor=None, ask_at=ask_at)
            operation.reliefs.put(there.id, asked)
        case ReliefDue():
            due = replace(_answered(known), due_at=fact.at, climbs_at=fact.climbs_at, free_at=None)
            operation.reliefs.put(there.id, due)
        case ReliefClimbed():
            climbed = replace(known, climbs_at=None, climbed_at=fact.at)
            operation.reliefs.put(there.id, climbed)
        case CrewKeptOn():
            kept = replace(_answered(known), ask_at=fact.until)
            operation.reliefs.put(there.id, kept)
            heard = checking.heard(operation, there.id, fact.at)  # a word from the scene, too
            look(operation, heard, fact.at)
        case _:
            assert_never(fact)


def _asks_nothing(operation: Operation, known: Relief, fact: ReliefAsked) -> None:
    """Whoever is to take a crew's place fills no gap: of the line it asks nothing, and whoever was
    asked for that before is one like any other."""
    if known.offer is not None:
        before = operation.offers[known.offer]
        operation.offers.put(before.id, replace(before, relieves=None))
    asked = operation.offers[fact.offer]
    operation.offers.put(asked.id, replace(asked, relieves=known.crew))
    lines.answered(operation, asked, fact.at)


def _over(operation: Operation, known: Relief, at: Instant) -> None:
    """The crew is gone: whoever is still asked to take its place is asked for the line."""
    operation.reliefs.remove(known.crew)
    if known.offer is None:
        return
    asked = operation.offers[known.offer]
    if asked.relieves is not None:
        operation.offers.put(asked.id, replace(asked, relieves=None))
        if asked.state is OfferState.SENT:
            lines.offered(operation, operation.lines[asked.line], asked, 0, at)


def _answered(known: Relief) -> Relief:
    """As it is once its desk is asked nothing any more."""
    return replace(known, ask_at=None, due_at=None, climbs_at=None, climbed_at=None)


def offered(operation: Operation, fact: OfferFact) -> None:
    """A fact about a request; whoever will not relieve a crew, its desk is asked again at once."""
    outcome.evolve(operation, fact)
    for known in list(operation.reliefs_by.of(fact.offer)):
        waited_for = known.successor is None and known.ask_at is not None
        if waited_for and operation.offers[fact.offer].state in WILL_NOT:
            operation.reliefs.put(known.crew, replace(known, ask_at=fact.at))


def moved_on(operation: Operation, fact: AssignmentFact) -> None:
    """A fact about a crew, and what it means for who relieves whom."""
    crew.evolve(operation, fact)
    look(operation, operation.assignments[fact.assignment], fact.at)


def look(operation: Operation, item: Assignment, at: Instant) -> None:
    """A crew has moved on, or has said something: what that means for who relieves whom."""
    _own(operation, item, at)
    for known in list(operation.reliefs_by.of(item.offer)):
        if item.live:
            after = replace(_answered(known), successor=item.id)
        elif known.successor is None:
            after = known
        else:  # its desk is asked again at once
            after = replace(known, successor=None, ask_at=at)
        _put(operation, after, at)


def _own(operation: Operation, item: Assignment, at: Instant) -> None:
    known = operation.reliefs.get(item.id)
    if not item.live:
        if known is not None:
            _over(operation, known, at)
        return
    if item.arrived_at is None:
        if known is not None and known.offer is None:
            operation.reliefs.remove(item.id)
        elif known is not None:
            operation.reliefs.put(item.id, replace(known, since=None))
        return
    if known is None:
        known = Relief(crew=item.id, ask_at=item.arrived_at + LONG_THERE)
    _put(operation, replace(known, since=item.arrived_at), at)


def _put(operation: Operation, known: Relief, at: Instant) -> None:
    """With when the old crew is free to go: a moment after the new one is there."""
    known = _asked_about(operation, known, at)
    free = _free(operation, known)
    free_at = None if not free else known.free_at or at + UNDO
    after = replace(known, free_at=free_at)
    if operation.reliefs.get(known.crew) != after:
        operation.reliefs.put(known.crew, after)


def _asked_about(operation: Operation, known: Relief, at: Instant) -> Relief:
    """Nobody is asked about a crew that says that it has done; where it goes on, they are again."""
    there = operation.assignments[known.crew]
    if there.state is AssignmentState.REPORTED_DONE:
        return _answered(known)
    asked = known.successor or known.ask_at or known.due_at
    if asked or there.arrived_at is None:
        return known
    long_there = max(at, there.arrived_at + LONG_THERE)
    return replace(known, ask_at=long_there if known.offer is None else at + RELIEF_ANSWER)


def _free(operation: Operation, known: Relief) -> bool:
    old = operation.assignments[known.crew]
    if known.successor is None or danger.endangered(old):
        return False
    return _here(operation, known) and old.state is not AssignmentState.REPORTED_DONE


def _here(operation: Operation, known: Relief) -> bool:
    """Whether the new crew is there, and is heard of; the old one may still have people inside."""
    if known.successor is None:
        return False
    new = operation.assignments[known.successor]
    there = new.live and new.arrived_at is not None and not new.withdrawing
    return there and new.missed_at is None


def shown(operation: Operation, item: Assignment) -> ReliefView | None:
    """What its row says of it."""
    known = operation.reliefs.get(item.id)
    if known is None or (known.offer is None and known.due_at is None):
        return None
    return ReliefView(
        offer=known.offer,
        successor=known.successor,
        here=_here(operation, known),
        due_at=known.due_at,
        climbs_at=known.climbs_at,
        climbed_at=known.climbed_at,
    )


def shown_in(operation: Operation, known: Relief | None) -> Iterator[tuple[OperationId, str, str]]:
    """The rows that tell of it: those of both crews, and of the request."""
    if known is None:
        return
    for key in (known.crew, known.successor):
        if key is not None:
            yield (operation.id, "assignments", key)
    if known.offer is not None:
        yield (operation.id, "offers", known.offer)


def relieves(area: Area, operation: Operation, key: OfferId) -> Relieved | None:
    """Whose place somebody is asked to take, as long as that crew is there."""
    found = next(iter(operation.reliefs_by.of(key)), None)
    if found is None:
        return None
    crew = operation.assignments[found.crew]
    name = area.registry.organizations[crew.organization].name
    return Relieved(crew=crew.id, organization_name=name, since=found.since)
