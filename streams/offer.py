"""Offers: one organization asked for one line. Saying no, or nothing, is never held against it.

An offer whose time is over, or that was declined, can still be answered as long as its demand is
open: a late yes is taken where the line is short, and is a standby where it is covered, to be
taken up as soon as it is short again.
"""

from __future__ import annotations

from msgspec.structs import replace

from schemas.commands import AcceptOffer, AskByHand, DeclineOffer
from schemas.facts import (
    AssignmentCommitted,
    Fact,
    OfferAccepted,
    OfferDeclined,
    OfferSent,
    SealedTextOpened,
    StandbyOffered,
)
from schemas.refusals import Refusal
from schemas.turns import DELIVERY
from schemas.values import AssignmentId, Gate, Instant, OfferId, OpeningReason
from streams import asking, load, needed, standstill, wording
from streams import line as lines
from streams.area import Area, Operation
from streams.cause import Cause, Decision, Refused
from streams.displacing import displaced
from streams.entities import LATE, DemandState, Line, Offer, OfferState, Organization
from streams.gates import Bar
from streams.matching import bars
from streams.organization import gone
from streams.parameters import (
    FREE_FROM,
    MINUTE,
    STANDBY,
    URGENCY,
)
from streams.policy import voice_of
from streams.villages import Voice


def accept(area: Area, command: AcceptOffer, cause: Cause) -> Decision:
    """A yes is checked again at every gate but duty, hours and rest: whoever says yes is there.

    To what is on hold meanwhile it is kept for the desk: nobody sets off while a question is open,
    and nobody has said yes for nothing.
    """
    if command.person is not None and cause.actor != DELIVERY:
        return Refused(Refusal.ROLE_MISSING)
    offer = answerable(area, cause, command.offer)
    if isinstance(offer, Refused):
        return offer
    operation = area.operations[cause.operation]
    line = operation.lines[offer.line]
    home = offer.stand_down_reason in asking.THANKED
    if home or (_thanked(offer) and not lines.missing(line)):
        return Refused(Refusal.OFFER_STOOD_DOWN, (offer.id,))
    if command.quantity > offer.quantity:
        return Refused(Refusal.QUANTITY_OVER_OFFER)
    said = _said(area, offer, command, cause)
    return wording.outdated(operation, said, cause) or _weighed(area, said, cause)


def _said(area: Area, offer: Offer, command: AcceptOffer, cause: Cause) -> Offer:
    """The offer with the yes. Where nobody knows which words it answers, it is the present ones."""
    voice = voice_of(area, cause.actor, offer.organization, cause.at)
    demand = area.operations[cause.operation].demands[offer.demand]
    return replace(
        offer,
        answered=command.quantity,
        minutes=command.minutes,
        people=command.people,
        by_desk=voice.by_desk,
        by_committee=voice.by_committee,
        by_message=cause.actor == DELIVERY,
        person=command.person,
        revision=demand.revision if command.revision is None else command.revision,
    )


def _weighed(area: Area, said: Offer, cause: Cause) -> Decision:
    """Taken; or kept for the desk, where it is not needed just now or on hold."""
    operation = area.operations[cause.operation]
    held = operation.demands[said.demand].state is DemandState.ON_HOLD
    late = said.state in (*LATE, OfferState.STANDBY)
    wanted = said.relieves is not None or lines.missing(operation.lines[said.line])
    if (late and not wanted) or held:
        return would_come(area, replace(said, at_once=True), cause)
    return taken(area, said, cause)


def would_come(
    area: Area,
    said: Offer,
    cause: Cause,
    outcome: str = asking.STANDBY,
    *,
    counter: bool = False,
) -> Decision:
    """Kept for the desk, if nothing speaks against it but that it is not needed now. `counter`: it
    comes later, and is asked again by itself when that time has come."""
    refused = _unable(area, said, cause)
    if refused is not None:
        return refused
    assert said.answered is not None
    again = asking.after(outcome, said.priority, cause.at)
    assert again.at is not None
    later = (said.minutes or 0) * MINUTE if counter else 0
    return [
        StandbyOffered(
            offer=said.id,
            quantity=said.answered,
            minutes=said.minutes,
            people=said.people,
            by_desk=said.by_desk,
            by_committee=said.by_committee,
            by_message=said.by_message,
            person=said.person,
            revision=said.revision,
            counter=counter,
            until=_word_by(area.operations[cause.operation], said, cause.at),
            at_once=said.at_once,
            again_at=again.at + later,
            at=cause.at,
        )
    ]


def _word_by(operation: Operation, said: Offer, at: Instant) -> Instant | None:
    """A yes of its own is fresh for so long. Who waits for the desk's word waits without a clock
    while units are missing: nobody is thanked away from a line that nobody else comes to."""
    short = not said.at_once and lines.missing(operation.lines[said.line])
    return None if short else at + STANDBY


def taken(area: Area, said: Offer, cause: Cause) -> Decision:
    """The yes, and the work that it commits to; its answer carries what is sealed."""
    operation = area.operations[cause.operation]
    refused = _unable(area, said, cause)
    if refused is not None:
        return refused
    facts: list[Fact] = [
        _accepted(operation, said, lines.missing(operation.lines[said.line]), cause),
        _committed(area, operation, said, cause),
        *displaced(area, operation, said, cause),
    ]
    own = Voice(by_desk=said.by_desk, by_committee=said.by_committee).own
    here = own and not said.by_message and not said.kept
    if here and operation.demands[said.demand].sealed:
        reason = OpeningReason.ACCEPTED
        facts.append(
            SealedTextOpened(demand=said.demand, account=cause.actor, reason=reason, at=cause.at)
        )
    return facts


def _accepted(operation: Operation, said: Offer, missing: int, cause: Cause) -> OfferAccepted:
    """Whoever gives all that is still missing gives no less than it was asked for."""
    assert said.answered is not None
    fewer = said.answered < min(said.quantity, missing)
    outcome = asking.FEWER if fewer else asking.ACCEPTED
    again = asking.after(outcome, said.priority, cause.at)
    assert again.at is not None
    return OfferAccepted(
        offer=said.id,
        quantity=said.answered,
        minutes=said.minutes,
        people=said.people,
        late=_late(operation, said, cause),
        kept=said.kept,
        by_desk=said.by_desk,
        by_committee=said.by_committee,
        by_message=said.by_message,
        person=said.person,
        revision=said.revision,
        again_at=again.at,
        again_on=again.on,
        at=cause.at,
    )


def _late(operation: Operation, said: Offer, cause: Cause) -> bool:
    """After its deadline, or after another answer; whoever was not reached is not late for that."""
    first = said.countered or said.state in (OfferState.SENT, OfferState.UNREACHABLE)
    return not first or cause.at > standstill.answer_by(operation, said)


def _committed(area: Area, operation: Operation, said: Offer, cause: Cause) -> AssignmentCommitted:
    """Who does not say how long it takes has the way to where the demand lies by now."""
    assert said.answered is not None
    line = operation.lines[said.line]
    if said.minutes is None:
        organization = area.registry.organizations[said.organization]
        way = needed.way(bars.distance(operation, line, organization))
    else:
        way = said.minutes * MINUTE
    needed_by = operation.demands[said.demand].needed_by
    starts_at, arrives_at = needed.expected(needed_by, way, cause.at)
    return AssignmentCommitted(
        assignment=AssignmentId(cause.new_id()),
        offer=said.id,
        line=said.line,
        demand=said.demand,
        organization=said.organization,
        quantity=said.answered,
        starts_at=starts_at,
        promised_at=arrives_at,
        overdue_at=arrives_at + URGENCY[line.priority].grace,
        at=cause.at,
    )


def _unable(area: Area, said: Offer, cause: Cause) -> Refused | None:
    """Why it is not taken at its word: what it lacks by now, or a part where all is needed."""
    operation = area.operations[cause.operation]
    bar = unable(area, operation, said, cause)
    if bar is not None:
        return Refused(REFUSALS[bar.gate], (said.id,))
    if (said.answered or 1) < together(operation, said):
        return Refused(Refusal.WHOLE_PART, (said.id,))
    return None


def together(operation: Operation, said: Offer) -> int:
    """How many units are the fewest of use: of who relieves a crew, as many as that has."""
    return said.quantity if said.relieves else lines.together(operation.lines[said.line])


def unable(area: Area, operation: Operation, said: Offer, cause: Cause) -> Bar | None:
    """What keeps the organization from what it says yes to; a desk that asked by hand knew how
    far away it is."""
    organization = area.registry.organizations[said.organization]
    line = operation.lines[said.line]
    away = None if said.by_hand else bars.distance(operation, line, organization)
    bar = bars.unfit(operation, line, organization, away, cause.at)
    bar = bar or bars.unsafe(line, organization)
    return bar or lacking(operation, organization, said.skill, said.answered or 1)


def lacking(operation: Operation, organization: Organization, skill: str, units: int) -> Bar | None:
    """Whether so many units are given away already, or cannot be manned beside the others."""
    crews = load.crews_left(operation, organization)
    if crews is not None and units > crews:
        return Bar(Gate.CREWS)
    free = load.uncommitted(operation, organization, skill)
    return Bar(Gate.CAPACITY) if units > free else None


def decline(area: Area, command: DeclineOffer, cause: Cause) -> Decision:
    """No; after the deadline too, since "free from two o'clock" is worth knowing."""
    if command.person is not None and cause.actor != DELIVERY:
        return Refused(Refusal.ROLE_MISSING)
    offer = answerable(area, cause, command.offer)
    if isinstance(offer, Refused):
        return offer
    if _thanked(offer):
        return Refused(Refusal.OFFER_STOOD_DOWN, (offer.id,))
    free_from = command.free_from
    if free_from is not None and free_from > cause.at + FREE_FROM[1]:
        return Refused(Refusal.FREE_FROM_UNFIT)
    if free_from is not None:  # a word that was long on its way still counts, from soon on
        free_from = max(free_from, cause.at + FREE_FROM[0])
    operation = area.operations[cause.operation]
    before = asking.counted(operation, offer.line, offer.organization, offer.round)
    declines = before.declines + (offer.state is not OfferState.DECLINED)
    again = asking.after_decline(offer.priority, command.reason, declines, free_from, cause.at)
    assert again.on is not None
    voice = voice_of(area, cause.actor, offer.organization, cause.at)
    return [
        OfferDeclined(
            offer=offer.id,
            reason=command.reason,
            free_from=free_from,
            by_desk=voice.by_desk,
            by_committee=voice.by_committee,
            by_message=cause.actor == DELIVERY,
            person=command.person,
            again_at=again.at,
            again_on=again.on,
            at=cause.at,
        )
    ]


def answerable(area: Area, cause: Cause, key: OfferId) -> Offer | Refused:
    """The offer to answer: the newest that this organization has for the line.

    One yes counts, so it does not matter to which of them somebody without signal has said it.
    """
    operation = area.operation(cause.operation)
    offer = None if operation is None else operation.offers.get(key)
    if operation is None or offer is None:
        return Refused(Refusal.NOT_FOUND)
    newest = asking.known(operation, operation.lines[offer.line], offer.organization)
    if newest is not None and offer.state is not OfferState.ACCEPTED:
        offer = operation.offers[newest.offer]
    if offer.state is OfferState.ACCEPTED:
        return Refused(Refusal.ALREADY_ANSWERED, (key,))
    if not wanted(operation, offer):
        return Refused(Refusal.NO_LONGER_NEEDED, (key,))
    return offer


def _thanked(offer: Offer) -> bool:
    """Whether it was taken back, or is about to be."""
    return offer.state is OfferState.STOOD_DOWN or offer.unneeded is not None


def wanted(operation: Operation, offer: Offer) -> bool:
    """Whether the line that it is for is still open, in the same round."""
    line = operation.lines[offer.line]
    return line.open and line.round == offer.round


def ask(area: Area, command: AskByHand, cause: Cause, wanted: int | None = None) -> Decision:
    """A desk asks somebody itself: past order, distance, pause, duty, hours, rest and cap, with a
    reason.

    Never past what a yes could not pass: the skill, a certificate, units given away already, what
    is known to forbid hazardous work.
    """
    operation = area.operations[cause.operation]
    line = operation.lines[command.line]
    demand = operation.demands[line.demand]
    organization = area.registry.organizations[command.organization]
    if demand.state is DemandState.ON_HOLD:
        return Refused(Refusal.DEMAND_ON_HOLD, (demand.id,))
    refusal = shut(operation, line, organization) or barred(operation, line, organization, cause)
    if refusal is not None:
        return refusal
    free, fewest = load.uncommitted(operation, organization, line.skill), lines.together(line)
    if free < fewest:
        return Refused(Refusal.WHOLE_PART, (organization.id,))
    return [
        OfferSent(
            offer=OfferId(cause.new_id()),
            line=line.id,
            demand=line.demand,
            organization=organization.id,
            quantity=min(free, max(fewest, wanted or lines.missing(line))),
            answer_by=needed.answer_by(line.priority, demand.needed_by, cause.at),
            rank=0,
            wave=0,
            meters=bars.distance(operation, line, organization),
            considered=1,
            gates=(),
            reason=command.reason,
            by_plan=None,
            at=cause.at,
        )
    ]


def shut(operation: Operation, line: Line, organization: Organization) -> Refused | None:
    """Why nobody, or not this one, can be recorded on a line now; whatever it is able to do."""
    if (refused := lines.over(operation, line)) is not None:
        return refused
    known = asking.known(operation, line, organization.id)
    if known is not None and operation.offers[known.offer].state is OfferState.SENT:
        return Refused(Refusal.ALREADY_ASKED, (known.offer,))
    return gone(organization)


def barred(
    operation: Operation, line: Line, organization: Organization, cause: Cause, units: int = 1
) -> Refused | None:
    """What no desk can pass over: the skill, a certificate, units that are given away already."""
    bar = bars.unfit(operation, line, organization, None, cause.at)
    bar = bar or lacking(operation, organization, line.skill, units)
    return None if bar is None else Refused(REFUSALS[bar.gate], (organization.id,))


REFUSALS = {
    Gate.ZONE_CLOSED: Refusal.ZONE_CLOSED,
    Gate.RETIRED: Refusal.ORGANIZATION_RETIRED,
    Gate.SKILL: Refusal.SKILL_MISSING,
    Gate.DISTANCE: Refusal.BEYOND_REACH,
    Gate.REGISTRATION_CLASS: Refusal.CLASS_UNFIT,
    Gate.CERTIFICATE_MISSING: Refusal.CERTIFICATE_MISSING,
    Gate.CERTIFICATE_GRADE: Refusal.CERTIFICATE_GRADE,
    Gate.CERTIFICATE_NOT_YET: Refusal.CERTIFICATE_NOT_YET,
    Gate.CERTIFICATE_EXPIRED: Refusal.CERTIFICATE_EXPIRED,
    Gate.CERTIFICATE_WITHDRAWN: Refusal.CERTIFICATE_WITHDRAWN,
    Gate.ENROLLMENT: Refusal.NOT_ENROLLED,
    Gate.ADULTS: Refusal.ADULTS_UNCONFIRMED,
    Gate.INSURANCE: Refusal.INSURANCE_UNCONFIRMED,
    Gate.CREW_SILENT: Refusal.CREW_SILENT,
    Gate.LEAVING: Refusal.INSTRUCTION_HOLDS,
    Gate.CREWS: Refusal.CREWS_TAKEN,
    Gate.CAPACITY: Refusal.CAPACITY_TAKEN,
}
"""What each gate answers to a yes that does not pass it."""
