"""Helpers: people who came to a demand by themselves and belong to no registered organization.

A desk parks them or sends them home; as a crew it takes on nobody who is not registered. Who they
are, and how they are called, is sealed; reading it is a fact, like reading the sealed texts.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from api.doors.body import Body
from api.doors.call import Call, answered
from api.doors.hanging import door
from api.doors.offers import People
from api.doors.sealed import Reason, seal, turn_at, unkept, unsealed
from api.doors.texts import Contact
from api.problems import Problem
from schemas.commands import EndHelpers, OpenSealedText, ReceiveHelpers
from schemas.facts import HelpersReceived
from schemas.helpers import HelpersId
from schemas.refusals import Refusal
from schemas.values import OpeningReason, Reception, Role
from schemas.views import DemandRow

router = APIRouter(tags=["demands"])

FIELD = "helpers"  # what its ciphertext is bound to


class ReceiveHelpersBody(Body):
    """Who came (name and telephone, sealed here), how many, and what the desk says to them."""

    personal: ClassVar[set[str]] = {"contact"}

    people: People
    contact: Contact
    word: Reception


class EndHelpersBody(Body):
    """They were sent home, or a steward has registered them by now."""

    registered: bool = False


class ReadHelpersBody(Body):
    """Why somebody reads who they are."""

    reason: Reason


class HelpersAnswer(msgspec.Struct):
    """Who they are, and how they are called."""

    contact: str


@door(router, "/demands/{demand}/helpers", ReceiveHelpersBody, ReceiveHelpers)
async def receive(call: Call[ReceiveHelpersBody]) -> Response:
    """Record people who came by themselves: they wait for two hours, or are sent home.

    `taken_on` is refused: nobody has checked what they can do, nor who is liable for them.
    """
    row, body = call.subject(DemandRow), call.body
    contact = seal(call.context, row.incident, FIELD, body.contact)
    command = ReceiveHelpers(demand=row.id, people=body.people, word=body.word, contact=contact)
    receipt = await call.send(command, row.operation, row.mode, incident=row.incident)
    return call.answer(receipt, row.id)


@door(router, "/demands/{demand}/helpers/{helpers}/end", EndHelpersBody, EndHelpers)
async def end(call: Call[EndHelpersBody]) -> Response:
    """They wait no longer: sent home with thanks, or registered as an organization by now."""
    row = call.subject(DemandRow)
    helpers, registered = HelpersId(call.ids["helpers"]), call.body.registered
    command = EndHelpers(demand=row.id, helpers=helpers, registered=registered)
    return call.answer(await call.about(row, command), row.id)


@door(
    router,
    "/demands/{demand}/helpers/{helpers}/read",
    ReadHelpersBody,
    (Role.DESK,),
    answer=HelpersAnswer,
)
async def read(call: Call[ReadHelpersBody]) -> Response:
    """Read who they are, while they wait; that you did, and why, is a fact in the log."""
    row = call.subject(DemandRow)
    known = [one for one in row.helpers if one.id == call.ids["helpers"]]
    if not known:
        raise Problem(Refusal.HELPERS_GONE, subjects=(row.id,))
    command = OpenSealedText(demand=row.id, reason=OpeningReason(call.body.reason))
    await call.about(row, command, once=True)
    for fact in (await turn_at(call.context, known[0].said_in)).facts:
        if isinstance(fact, HelpersReceived):
            contact = unsealed(call.context, FIELD, fact.contact) or ""
            return unkept(answered(HelpersAnswer(contact)))
    raise Problem("defect")
