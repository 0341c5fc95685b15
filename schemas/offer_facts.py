"""Facts about offers: who is asked and reached, and what they answer.

`again_at` is from when the organization may be asked for the line again, None: never by time
alone; `again_on` is the change that allows it at once. `by_message`: without a sign-in; `person`:
whose answer that was, an id of a register beside the log.
"""

from __future__ import annotations

from schemas.plans import ByPlan
from schemas.values import (
    AgainOn,
    DeclineReason,
    DemandId,
    GateCount,
    Instant,
    LineId,
    OfferId,
    OrganizationId,
    PersonId,
    Reach,
    Sealed,
    StandDownReason,
    Stored,
    Units,
)
from schemas.villages import VillageName


class OfferSent(Stored, tag="OfferSent.1"):
    """One organization is asked, with the reason.

    `rank`: its place by distance among those who could be asked; 0 where a desk chose by hand, and
    for whoever waits there by a desk's word, who is asked before all others.
    `wave`: how many times in this round somebody had to be looked for. `reason`: of the desk.
    `by_plan`: chosen for all short lines together, be there nearer ones who could be asked.
    """

    offer: OfferId
    line: LineId
    demand: DemandId
    organization: OrganizationId
    quantity: Units
    answer_by: Instant
    rank: int
    wave: int
    meters: int
    considered: int
    gates: tuple[GateCount, ...]
    reason: Sealed | None
    by_plan: ByPlan | None
    at: Instant


class CrewReceived(Stored, tag="CrewReceived.1"):
    """A crew that nobody asked for the line came (`here`), or offers to come.

    It stands for an offer, which the facts behind it in the turn answer: by a desk that says so, or
    by the organization itself, where it volunteered.
    """

    offer: OfferId
    line: LineId
    demand: DemandId
    organization: OrganizationId
    quantity: Units
    meters: int
    here: bool
    by_desk: bool
    at: Instant


class OfferAccepted(Stored, tag="OfferAccepted.1"):
    """`late`: after its deadline, or after another answer. `revision`: whose words it answers.

    `kept`: a yes that was kept before, and is taken up now without another word of theirs.
    """

    offer: OfferId
    quantity: Units
    minutes: int | None
    people: int | None
    late: bool
    kept: bool
    by_desk: bool
    by_committee: VillageName | None
    by_message: bool
    person: PersonId | None
    revision: int
    again_at: Instant
    again_on: AgainOn | None
    at: Instant


class OfferDeclined(Stored, tag="OfferDeclined.1"):
    offer: OfferId
    reason: DeclineReason
    free_from: Instant | None
    by_desk: bool
    by_committee: VillageName | None
    by_message: bool
    person: PersonId | None
    again_at: Instant | None
    again_on: AgainOn
    at: Instant


class OfferExpired(Stored, tag="OfferExpired.1"):
    """Not answered in time; it can still be answered as long as the line is open."""

    offer: OfferId
    again_at: Instant
    again_on: AgainOn
    at: Instant


class OfferStoodDown(Stored, tag="OfferStoodDown.1"):
    offer: OfferId
    reason: StandDownReason
    at: Instant


class StandbyOffered(Stored, tag="StandbyOffered.1"):
    """They would come, and wait for the desk's word until `until`; None: while the line is short.

    A late yes to a line that is covered by now, a crew that is parked, or (`counter`) one that
    could come later than was asked. `at_once`: a yes of their own, which is taken up as soon as
    it is needed, without another word.
    """

    offer: OfferId
    quantity: Units
    minutes: int | None
    people: int | None
    by_desk: bool
    by_committee: VillageName | None
    by_message: bool
    person: PersonId | None
    revision: int
    counter: bool
    until: Instant | None
    at_once: bool
    again_at: Instant
    at: Instant


class YesOutdated(Stored, tag="YesOutdated.1"):
    """A yes to words that have changed since `revision`: it is not taken, and it is no silence.

    Whoever said it reads the new words and is asked once more, until `answer_by`.
    """

    offer: OfferId
    revision: int
    by_desk: bool
    by_committee: VillageName | None
    by_message: bool
    person: PersonId | None
    answer_by: Instant
    at: Instant


class OfferReached(Stored, tag="OfferReached.1"):
    """A channel has handed it over for the first time; there may be more time to answer now."""

    offer: OfferId
    by: Reach
    answer_by: Instant
    at: Instant


class OfferUnreachable(Stored, tag="OfferUnreachable.1"):
    """No channel could hand it over. Nobody was silent; an answer still counts."""

    offer: OfferId
    again_at: Instant
    again_on: AgainOn
    at: Instant


OfferFact = (
    OfferSent
    | CrewReceived
    | OfferAccepted
    | OfferDeclined
    | OfferExpired
    | OfferStoodDown
    | StandbyOffered
    | OfferReached
    | OfferUnreachable
)
