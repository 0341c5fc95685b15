"""Relief: another organization takes a crew's place at its line, and the crew goes only then."""

from __future__ import annotations

from schemas.values import (
    AssignmentId,
    Instant,
    OfferId,
    OrganizationId,
    Sealed,
    Stored,
)
from schemas.villages import VillageName


class ReliefView(Stored):
    """What a row says of a crew's relief. `due_at`: since when its desk is asked for it.

    `offer`: whom a desk has asked last; `successor`: the crew that has said yes, while it is there;
    `here`: that one has arrived, and the old one goes as soon as nobody of it is inside.
    `climbs_at`: when the desk above is asked as well, unless its own has answered; `climbed_at`:
    since when it is.
    """

    offer: OfferId | None
    successor: AssignmentId | None
    here: bool
    due_at: Instant | None
    climbs_at: Instant | None
    climbed_at: Instant | None


class Relieved(Stored):
    """Whose place somebody is asked to take, or takes: a crew that is there since `since`."""

    crew: AssignmentId
    organization_name: str
    since: Instant | None


class RelieveCrew(Stored, tag="RelieveCrew.1"):
    """A desk asks another organization to take a crew's place, with a reason."""

    assignment: AssignmentId
    organization: OrganizationId
    reason: Sealed


class KeepCrewOn(Stored, tag="KeepCrewOn.1"):
    """It has been there for long, and goes on for now."""

    assignment: AssignmentId


class ReliefAsked(Stored, tag="ReliefAsked.1"):
    """Somebody is asked by `offer` to take the place of a crew, which stays until then."""

    assignment: AssignmentId
    offer: OfferId
    at: Instant


class ReliefDue(Stored, tag="ReliefDue.1"):
    """Its desk is asked to have it relieved: it has been on the scene for long, or whoever was
    asked for that does not come. Without an answer the desk above is asked from `climbs_at` on."""

    assignment: AssignmentId
    climbs_at: Instant
    at: Instant


class ReliefClimbed(Stored, tag="ReliefClimbed.1"):
    """Its desk has neither asked anybody to relieve it nor said that it goes on: the desk above is
    asked, too."""

    assignment: AssignmentId
    at: Instant


class CrewKeptOn(Stored, tag="CrewKeptOn.1"):
    """It goes on; its desk is asked again at `until`."""

    assignment: AssignmentId
    until: Instant
    by_desk: bool
    by_committee: VillageName | None
    at: Instant


ReliefCommand = RelieveCrew | KeepCrewOn
ReliefFact = ReliefAsked | ReliefDue | ReliefClimbed | CrewKeptOn
