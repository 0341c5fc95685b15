"""The scene: what a crew says from there, or the desk for it by phone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.doors.body import Body
from api.doors.call import Call
from api.doors.demands import Skill
from api.doors.hanging import door
from api.doors.offers import People, Revision
from api.doors.texts import PublicWords
from schemas.commands import AnswerReport, CheckIn, CountHeads, ReportFromScene, SeeWords
from schemas.values import ReportAnswer, ReportId, SceneReport
from schemas.views import AssignmentRow

router = APIRouter(tags=["scene"])

Heads = Annotated[int, Field(ge=0, le=10_000)]


class CheckInBody(Body):
    """All well, with so many people where that has changed.

    `out`: told to stop or to leave, all of them have, and are safe.
    """

    people: People | None = None
    out: bool = False


class CountHeadsBody(Body):
    """So many people are inside the danger zone now; 0: everybody is out.

    `others`: they are more than the crew has, for others have gone in with it.
    """

    inside: Heads
    others: bool = False


class SeeWordsBody(Body):
    """Up to which revision the crew has read its demand's words: `words_in` as it was shown."""

    revision: Revision


class ReportFromSceneBody(Body):
    """What the crew finds: how much more is needed, how many were helped, or what in words.

    The words are no secret: names are not for them, and numbers of seven and more digits are
    masked.
    """

    what: SceneReport
    quantity: People | None = None
    skill: Skill | None = None
    text: PublicWords | None = None


class AnswerReportBody(Body):
    """What the desk does about it; `raised` asks for what is needed more."""

    answer: ReportAnswer


@door(router, "/assignments/{assignment}/check-in", CheckInBody, CheckIn)
async def check_in(call: Call[CheckInBody]) -> Response:
    """The crew is well; the time until its next word begins anew. Being there is implied, unless it
    says that it is out, as it was told."""
    row = call.subject(AssignmentRow)
    command = CheckIn(assignment=row.id, people=call.body.people, out=call.body.out)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/heads", CountHeadsBody, CountHeads)
async def count_heads(call: Call[CountHeadsBody]) -> Response:
    """How many of the crew are inside the danger zone; until it is 0, it cannot report done."""
    row = call.subject(AssignmentRow)
    command = CountHeads(assignment=row.id, inside=call.body.inside, others=call.body.others)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/seen", SeeWordsBody, SeeWords)
async def see_words(call: Call[SeeWordsBody]) -> Response:
    """The crew has read what changed in its demand's words since its yes; a later change is news
    again."""
    row = call.subject(AssignmentRow)
    command = SeeWords(assignment=row.id, revision=call.body.revision)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/report", ReportFromSceneBody, ReportFromScene)
async def report(call: Call[ReportFromSceneBody]) -> Response:
    """What the crew finds there; its desk answers, or the county's is told, too."""
    row, body = call.subject(AssignmentRow), call.body
    command = ReportFromScene(
        assignment=row.id,
        what=body.what,
        quantity=body.quantity,
        skill=body.skill,
        text=body.text or "",
    )
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/reports/{report}/answer", AnswerReportBody, AnswerReport)
async def answer_report(call: Call[AnswerReportBody]) -> Response:
    """The desk's one act about a report from the scene."""
    row = call.subject(AssignmentRow)
    command = AnswerReport(
        assignment=row.id, report=ReportId(call.ids["report"]), answer=call.body.answer
    )
    return call.answer(await call.about(row, command), row.id)
