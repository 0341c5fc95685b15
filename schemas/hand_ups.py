"""Hand-ups: a demand that its township cannot serve is handed to the desk above, and back.

Until that desk has taken it on, the township answers for it as before; from then on the desk
above does, and the township keeps sight of it. Given back, it is the township's again.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from schemas.values import DemandId, DivisionCode, Instant, Stored

Why = Annotated[str, Meta(min_length=1, max_length=200)]


class HandUpReason(StrEnum):
    """Why a township cannot serve a demand itself."""

    NO_FORCE = "no_force"  # nobody is left whom it could ask
    BEYOND_MEANS = "beyond_means"  # more than a township is equipped for
    SEVERAL_TOWNSHIPS = "several_townships"  # it concerns others, too
    DESK_UNABLE = "desk_unable"  # nobody there can go on with it
    OTHER = "other"


class HandUpState(StrEnum):
    WAITING = "waiting"  # for the desk above
    TAKEN_ON = "taken_on"
    GIVEN_BACK = "given_back"


class HandUp(Stored):
    """How it is with a demand that was handed up, or taken on since it had climbed.

    `by`: the division whose desk takes it on, or has. `reason`: None where nobody has handed it
    up. `account` and `at` are of the last act.
    """

    demand: DemandId
    by: DivisionCode
    state: HandUpState
    reason: HandUpReason | None
    text: str  # of the township
    at: Instant
    climbs_at: Instant | None = None  # when the desk above that one is asked as well
    climbed_at: Instant | None = None
    answer: str = ""  # of the desk above, with which it gave it back

    @property
    def desk(self) -> DivisionCode | None:
        """The division above whose desk answers for the demand, if any does."""
        return self.by if self.state is HandUpState.TAKEN_ON else None


class HandUpDemand(Stored, tag="HandUpDemand.1"):
    """The township cannot serve it, and asks the desk above to take it on; with what it has done.

    The text is as public as the risk statement.
    """

    demand: DemandId
    reason: HandUpReason
    text: Why


class TakeOnDemand(Stored, tag="TakeOnDemand.1"):
    """The desk above answers for it from now on."""

    demand: DemandId


class GiveBackDemand(Stored, tag="GiveBackDemand.1"):
    """The township answers for it again: the desk above says why, or the township needs it no
    longer to be taken on."""

    demand: DemandId
    text: Why


class DemandHandedUp(Stored, tag="DemandHandedUp.1"):
    """`to` is asked to take it on, and from `climbs_at` on the desk above that one, too."""

    demand: DemandId
    to: DivisionCode
    reason: HandUpReason
    text: Why
    climbs_at: Instant
    at: Instant


class DemandTakenOn(Stored, tag="DemandTakenOn.1"):
    """The desk of `by` answers for it. What waits for it climbs from `climbs_at` on anew."""

    demand: DemandId
    by: DivisionCode
    climbs_at: Instant
    at: Instant


class DemandGivenBack(Stored, tag="DemandGivenBack.1"):
    """The township answers for it again.

    `by`: the division whose desk has given it back; None where the township itself has done
    without it. Its desk is asked what it does now, and from `climbs_at` on the desk above, too.
    """

    demand: DemandId
    by: DivisionCode | None
    text: Why
    climbs_at: Instant | None
    at: Instant


class HandUpClimbed(Stored, tag="HandUpClimbed.1"):
    """Nobody has taken it on in time, nor given it back: the desk above that one is asked, too."""

    demand: DemandId
    at: Instant


HandUpCommand = HandUpDemand | TakeOnDemand | GiveBackDemand
HandUpFact = DemandHandedUp | DemandTakenOn | DemandGivenBack | HandUpClimbed
