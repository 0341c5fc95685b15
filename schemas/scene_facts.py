"""Facts of the scene: check-ins and their absence, who is in danger, and what is reported."""

from __future__ import annotations

from schemas.values import (
    AccountId,
    AssignmentId,
    Instant,
    ReportAnswer,
    ReportId,
    SceneReport,
    Stored,
)
from schemas.villages import VillageName


class CrewCheckedIn(Stored, tag="CrewCheckedIn.1"):
    """All well; the time until the next check-in begins anew.

    `out`: told to stop or to leave, all of them have.
    """

    assignment: AssignmentId
    account: AccountId
    people: int | None
    by_desk: bool
    by_committee: VillageName | None
    at: Instant
    out: bool = False


class CheckInMissed(Stored, tag="CheckInMissed.1"):
    """No word from the crew, which was due by `due_at`: its desk has to call it.

    `out`: told to stop or to leave, it was to say by then that all of them are safe. Without a
    word by `escalates_at` the county's desk has to call it as well.
    """

    assignment: AssignmentId
    due_at: Instant
    escalates_at: Instant
    at: Instant
    out: bool = False


class CheckInEscalated(Stored, tag="CheckInEscalated.1"):
    """Still no word: from now on it is the county's desk's own matter, too."""

    assignment: AssignmentId
    at: Instant


class HeadsCounted(Stored, tag="HeadsCounted.1"):
    """So many of the crew are inside the danger zone; 0: everybody is out."""

    assignment: AssignmentId
    account: AccountId
    inside: int
    others: bool  # more than the crew's own people are: others have gone in with it
    by_desk: bool
    by_committee: VillageName | None
    at: Instant


class WordsSeen(Stored, tag="WordsSeen.1"):
    """The crew has read the demand's words as of a revision; a later change is news again."""

    assignment: AssignmentId
    account: AccountId
    revision: int
    by_desk: bool
    by_committee: VillageName | None
    at: Instant


class SceneReported(Stored, tag="SceneReported.1"):
    """What a crew has found; to be answered by `answer_by`, or not at all where that is None."""

    report: ReportId
    assignment: AssignmentId
    account: AccountId
    what: SceneReport
    quantity: int | None
    skill: str | None
    text: str
    answer_by: Instant | None
    by_desk: bool
    by_committee: VillageName | None
    at: Instant


class ReportEscalated(Stored, tag="ReportEscalated.1"):
    """Nobody has answered it in time: from now on it is the county's desk's own matter, too."""

    report: ReportId
    assignment: AssignmentId
    at: Instant


class ReportAnswered(Stored, tag="ReportAnswered.1"):
    report: ReportId
    assignment: AssignmentId
    account: AccountId
    answer: ReportAnswer
    at: Instant


ReportFact = SceneReported | ReportEscalated | ReportAnswered
