"""Drafts: demands that their desk keeps back for a while, published or discarded later."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.doors.body import Empty
from api.doors.call import Call, made_in
from api.doors.demands import DemandAnswer, DraftDemandBody, ReportNeedBody, said_first
from api.doors.hanging import door
from api.doors.sealed import remember
from schemas.commands import DraftDemand, PublishDraft, ReportNeed
from schemas.facts import DemandDrafted
from schemas.views import DemandRow, IncidentRow

router = APIRouter(tags=["demands"])


@door(router, "/demands/drafts", DraftDemandBody, DraftDemand, answer=DemandAnswer, creates=True)
async def draft(call: Call[DraftDemandBody]) -> Response:
    """Keep a demand as a draft: nobody is asked for it, and it has no number yet.

    What is neither published nor closed within 3 minutes (P1), 10 (P2) or an hour is asked of the
    desk above, which may do either in its place.
    """
    row = call.row(IncidentRow, call.body.incident)
    command = DraftDemand(**call.body.wanted(call.context, row.id))
    receipt = await call.send(command, row.operation, row.mode, incident=row.id)
    remember(call.context, receipt.turn)
    return said_first(call, receipt, made_in(receipt.turn, DemandDrafted), command)


@door(router, "/needs", ReportNeedBody, ReportNeed, answer=DemandAnswer, creates=True)
async def report(call: Call[ReportNeedBody]) -> Response:
    """Tell your township of a need in your village: a draft at its desk, which decides.

    What it does not decide in time climbs like any draft; what becomes of it is on your board.
    """
    row, body = call.row(IncidentRow, call.body.incident), call.body
    wanted = body.wanted(call.context, row.id)
    command = ReportNeed(**wanted, village=body.village, people=body.people)
    receipt = await call.send(command, row.operation, row.mode, incident=row.id)
    remember(call.context, receipt.turn)
    return said_first(call, receipt, made_in(receipt.turn, DemandDrafted), command)


@door(router, "/demands/{demand}/publish", Empty, PublishDraft, edits=True)
async def publish(call: Call[Empty]) -> Response:
    """Publish a draft as it is now; the nearest are being asked when this is answered."""
    row = call.subject(DemandRow)
    command = PublishDraft(demand=row.id, revision=call.revision)
    return call.answer(await call.about(row, command), row.id)
