"""Refiling: a demand that was posted in the wrong incident goes to another one, with its crews.

What is sealed is sealed anew here, for the incident that it goes to; nobody reads it by that.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.doors.body import Body, Id
from api.doors.call import Call
from api.doors.hanging import door
from api.doors.notes import FIELD, carried
from api.doors.sealed import TEXTS, opened, seal
from schemas.commands import RefileDemand
from schemas.views import DemandRow, IncidentRow

router = APIRouter(tags=["demands"])


class RefileDemandBody(Body):
    """The open incident that it belongs to."""

    incident: Id


@door(router, "/demands/{demand}/refile", RefileDemandBody, RefileDemand, edits=True)
async def refile(call: Call[RefileDemandBody]) -> Response:
    """Move a demand that was posted in the wrong incident to another open one of its area.

    Its lines, requests and crews go with it, nobody is asked again, and it has a new number. Its
    sealed texts and latest notes are sealed anew there; notes further back than twenty stay
    readable as long as the first incident's key is there.
    """
    context, row = call.context, call.subject(DemandRow)
    to = call.row(IncidentRow, call.body.incident)
    texts = await opened(context, row)
    given = {field: getattr(texts, field) for field in TEXTS}
    sealed = {
        field: seal(context, to.id, field, text)
        for field, text in given.items()
        if text is not None
    }
    notes, older = await carried(context, row, lambda text: seal(context, to.id, FIELD, text))
    command = RefileDemand(
        demand=row.id,
        revision=call.revision,
        incident=to.id,
        notes=notes,
        older=older,
        **sealed,
    )
    return call.answer(await call.about(row, command), row.id)
