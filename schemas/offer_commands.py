"""Commands about asking and answering."""

from __future__ import annotations

from schemas.demand_commands import Revision
from schemas.values import (
    DeclineReason,
    Instant,
    LineId,
    OfferId,
    OrganizationId,
    People,
    PersonId,
    Reception,
    Sealed,
    Stored,
    Units,
)
from schemas.work_commands import (
    Minutes,
)


class ShowPersons(Stored, tag="ShowPersons.1"):
    """Ask for the telephone numbers of who was asked or is at work; being asked is a fact."""

    offer: OfferId


class AskByHand(Stored, tag="AskByHand.1"):
    """A desk asks one organization for a line, past the order, with a reason (sealed)."""

    line: LineId
    organization: OrganizationId
    reason: Sealed


class AcceptOffer(Stored, tag="AcceptOffer.1"):
    """Say yes, for so many units, arriving in about so many minutes with so many people.

    `revision`: of the demand, whose words it answers; where they have changed since in what
    matters to a yes, it is not taken. None: nobody knows which words it answers.
    """

    offer: OfferId
    quantity: Units
    minutes: Minutes | None = None
    people: People | None = None
    person: PersonId | None = None  # who has answered a message; only the messenger says it
    revision: Revision | None = None


class DeclineOffer(Stored, tag="DeclineOffer.1"):
    """Say no, perhaps only until some time; it is never held against anybody."""

    offer: OfferId
    reason: DeclineReason
    free_from: Instant | None = None
    person: PersonId | None = None


class CounterOffer(Stored, tag="CounterOffer.1"):
    """Neither yes nor no: they could come in so many minutes, if the desk would have that.

    It stands while the line is short, and others are asked meanwhile. `revision`: of the demand,
    whose words were read.
    """

    offer: OfferId
    quantity: Units
    minutes: Minutes
    people: People | None = None
    revision: Revision | None = None


class TakeStandby(Stored, tag="TakeStandby.1"):
    """The desk takes on somebody who would still come."""

    offer: OfferId


class EndStandby(Stored, tag="EndStandby.1"):
    """The desk thanks somebody who would still come, or waits there: not needed here, or unfit."""

    offer: OfferId
    unsuited: bool = False


class ReceiveCrew(Stored, tag="ReceiveCrew.1"):
    """A desk records a crew that nobody has asked: it came, or offers to come, with so many units.

    `here`: it has arrived already; else it comes in about so many minutes.
    """

    line: LineId
    organization: OrganizationId
    word: Reception
    quantity: Units
    here: bool = True
    minutes: Minutes | None = None
    people: People | None = None
    unsuited: bool = False  # sent home since it is not fit for this work


class OfferHelp(Stored, tag="OfferHelp.1"):
    """An organization offers itself for a line that it was not asked for, with so many units.

    `revision`: of the demand, whose words it has read, as of a yes.
    """

    line: LineId
    organization: OrganizationId
    quantity: Units
    minutes: Minutes | None = None
    people: People | None = None
    revision: Revision | None = None


OfferCommand = (
    OfferHelp
    | CounterOffer
    | ShowPersons
    | AskByHand
    | AcceptOffer
    | DeclineOffer
    | TakeStandby
    | EndStandby
    | ReceiveCrew
)
