"""What rows show of a crew's reports from the scene."""

from __future__ import annotations

from schemas.values import Instant, ReportAnswer, ReportId, SceneReport, Stored


class ReportView(Stored):
    """What a crew has reported from the scene, and what its desk has done about it."""

    id: ReportId
    what: SceneReport
    quantity: int | None
    skill: str | None
    text: str
    at: Instant
    answer_by: Instant  # then the county's desk has it, too
    escalated: bool
    answer: ReportAnswer | None
    answered_at: Instant | None
