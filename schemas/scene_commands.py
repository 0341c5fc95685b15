"""Commands from the scene: that a crew is well, who is in danger, and what else is needed."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from schemas.demand_commands import Revision
from schemas.values import (
    AssignmentId,
    People,
    ReportAnswer,
    ReportId,
    SceneReport,
    Stored,
)

Heads = Annotated[int, Meta(ge=0, le=10_000)]


class CheckIn(Stored, tag="CheckIn.1"):
    """All well on the scene, with so many people where that has changed; being there is implied.

    `out`: told to stop or to leave, all of them have, and are safe; that implies no arrival.
    """

    assignment: AssignmentId
    people: People | None = None
    out: bool = False


class CountHeads(Stored, tag="CountHeads.1"):
    """So many are inside the danger zone now; being on the scene is implied.

    `others`: more than the crew has people, for others have gone in with it.
    """

    assignment: AssignmentId
    inside: Heads
    others: bool = False


class SeeWords(Stored, tag="SeeWords.1"):
    """The crew has read what has changed in its demand's words, up to a revision."""

    assignment: AssignmentId
    revision: Revision


class ReportFromScene(Stored, tag="ReportFromScene.1"):
    """What a crew finds there; being on the scene is implied.

    `quantity`: units of `skill` that are needed more (its own skill where none is named), or people
    helped so far, in all. `text`: what is otherwise than described, or where a road is cut.
    """

    assignment: AssignmentId
    what: SceneReport
    quantity: People | None = None
    skill: str | None = None
    text: Annotated[str, Meta(max_length=500)] = ""


class AnswerReport(Stored, tag="AnswerReport.1"):
    """The desk's one act about a report; `raised` asks for what is needed more."""

    assignment: AssignmentId
    report: ReportId
    answer: ReportAnswer


SceneCommand = CheckIn | CountHeads | SeeWords | ReportFromScene | AnswerReport
