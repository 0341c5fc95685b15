"""Facts of the scene: check-ins and their absence, and who is in danger."""

from __future__ import annotations

from schemas.values import AccountId, AssignmentId, Instant, Stored


class CrewCheckedIn(Stored, tag="CrewCheckedIn.1"):
    """All well; the time until the next check-in begins anew."""

    assignment: AssignmentId
    account: AccountId
    people: int | None
    by_desk: bool
    at: Instant


class CheckInMissed(Stored, tag="CheckInMissed.1"):
    """No word from the crew, which was due by `due_at`: its desk has to call it.

    Without a word by `escalates_at` the county's desk has to as well.
    """

    assignment: AssignmentId
    due_at: Instant
    escalates_at: Instant
    at: Instant


class CheckInEscalated(Stored, tag="CheckInEscalated.1"):
    """Still no word: from now on it is the county's desk's own matter, too."""

    assignment: AssignmentId
    at: Instant


class HeadsCounted(Stored, tag="HeadsCounted.1"):
    """So many of the crew are inside the danger zone; 0: everybody is out."""

    assignment: AssignmentId
    account: AccountId
    inside: int
    by_desk: bool
    at: Instant
