"""Instructions: given to a crew or to everybody in an incident, acknowledged, lifted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.doors.assignments import LeavingBody
from api.doors.body import Body, Empty
from api.doors.call import Answer, Call, answered, wider
from api.doors.hanging import door
from api.doors.numbers import masked
from api.doors.places import PlaceBody, placed
from api.doors.texts import Name, PublicReason, Statement
from api.problems import Problem
from geo.distance import ecef_centimeters
from schemas.commands import (
    AcknowledgeInstruction,
    CloseZone,
    InstructCrew,
    InstructIncident,
    LetStay,
    LiftFromCrew,
    LiftFromIncident,
    StandDownCrew,
    TellBeside,
)
from schemas.facts import BesideAsked
from schemas.instruction_values import LEAVING, InstructionKind, Zone
from schemas.values import Datum, InstructionId, Place, PlaceKind
from schemas.views import AssignmentRow, DemandRow, IncidentRow
from streams.engines import Receipt

router = APIRouter(tags=["instructions"])

WORDS = ("to", "text")


class WordsBody(Body):
    """`to`: to whom a crew hands over, or where it comes to; and whatever else is to be said.

    The words are no secret: names are not for them, and numbers of seven and more digits are
    masked, which the answer says.
    """

    to: Name | None = None
    text: Statement | None = None

    def stored(self) -> dict[str, str]:
        """The words as they are stored."""
        return {field: masked(getattr(self, field) or "") for field in WORDS}

    def masked(self) -> tuple[str, ...]:
        """In which of them numbers are masked."""
        stored = self.stored()
        return tuple(field for field in WORDS if (getattr(self, field) or "") != stored[field])


class InstructAnswer(Answer):
    """`masked`: the words, by field, in which numbers were masked. `still_there`: crews at work
    where this one was told to leave, as far as the caller sees them; each has to be told, too.
    """

    masked: tuple[str, ...]
    still_there: tuple[str, ...]


class InstructBody(WordsBody):
    """What is to be done."""

    what: InstructionKind


class InstructCrewBody(InstructBody):
    """`hold`: told to stop or to leave because of the place, its demand is put on hold, so that
    nobody else is sent there; false where others may go. Unsaid, it is put on hold.
    """

    hold: bool | None = None


class ZoneBody(Body):
    """A ring (`place.ring`); or a circle of `radius` meters around a point (`place.lon`, `lat`) or
    around where a demand lies (`around`: its id)."""

    place: PlaceBody | None = None
    around: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    radius: Annotated[int, Field(ge=0, le=100_000)] = 0


class CloseZoneBody(WordsBody):
    """What whoever is inside is told: `zone_closed`, where nothing else is said."""

    zone: ZoneBody
    what: InstructionKind = InstructionKind.ZONE_CLOSED


class AcknowledgeBody(Body):
    """`unable`: the crew cannot do as it is told, and asks its desk to call."""

    unable: bool = False


class LetStayBody(Body):
    """Why it may stay, which its row says: no secret, and long numbers are masked."""

    reason: PublicReason


class LiftBody(Body):
    """Whether it should never have been given, which crews read as well."""

    mistaken: bool = False


@door(
    router,
    "/assignments/{assignment}/instruct",
    InstructCrewBody,
    InstructCrew,
    answer=InstructAnswer,
)
async def instruct_crew(call: Call[InstructCrewBody]) -> Response:
    """Tell a crew what to do. It acknowledges, within two minutes; nobody is asked to agree."""
    row, body = call.subject(AssignmentRow), call.body
    hold = body.what in LEAVING and body.hold is not False
    command = InstructCrew(assignment=row.id, what=body.what, hold=hold, **body.stored())
    return _told(call, await call.about(row, command), row.id)


@door(
    router,
    "/assignments/{assignment}/instructions/{instruction}/acknowledge",
    AcknowledgeBody,
    AcknowledgeInstruction,
)
async def acknowledge(call: Call[AcknowledgeBody]) -> Response:
    """The crew has read it, or said so to its desk on the telephone; or it cannot, and is called.

    Of a crew that cannot, a desk says with the same that it has spoken with it.
    """
    row = call.subject(AssignmentRow)
    command = AcknowledgeInstruction(
        assignment=row.id, instruction=_instruction(call), unable=call.body.unable
    )
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/instructions/{instruction}/tell-others", Empty, TellBeside)
async def tell_others(call: Call[Empty]) -> Response:
    """Tell whoever else is at work there what this crew was told because of the place."""
    row = call.subject(AssignmentRow)
    command = TellBeside(assignment=row.id, instruction=_instruction(call))
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/let-stay", LetStayBody, LetStay)
async def let_stay(call: Call[LetStayBody]) -> Response:
    """Say why a crew may stay where another one was told to leave."""
    row = call.subject(AssignmentRow)
    command = LetStay(assignment=row.id, reason=call.body.reason)
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/instructions/{instruction}/lift", LiftBody, LiftFromCrew)
async def lift_from_crew(call: Call[LiftBody]) -> Response:
    """It holds no longer for this crew."""
    row = call.subject(AssignmentRow)
    command = LiftFromCrew(
        assignment=row.id, instruction=_instruction(call), mistaken=call.body.mistaken
    )
    return call.answer(await call.about(row, command), row.id)


@door(router, "/assignments/{assignment}/stand-down", LeavingBody, StandDownCrew)
async def stand_down(call: Call[LeavingBody]) -> Response:
    """End the work of a crew that was told to stop, to withdraw or to hand over."""
    row = call.subject(AssignmentRow)
    command = StandDownCrew(assignment=row.id, everybody_out=call.body.everybody_out)
    return call.answer(await call.about(row, command), row.id)


@door(
    router,
    "/incidents/{incident}/instruct",
    InstructBody,
    InstructIncident,
    answer=InstructAnswer,
)
async def instruct_incident(call: Call[InstructBody]) -> Response:
    """Tell everybody at work in an incident, and whoever comes to be, until it is lifted."""
    row, body = call.subject(IncidentRow), call.body
    command = InstructIncident(incident=row.id, what=body.what, **body.stored())
    return _told(call, await call.about(row, command), row.id)


@door(
    router,
    "/incidents/{incident}/close-zone",
    CloseZoneBody,
    CloseZone,
    answer=InstructAnswer,
)
async def close_zone(call: Call[CloseZoneBody]) -> Response:
    """Nobody goes into a zone until that is lifted; whoever is at work there is told so."""
    row, body = call.subject(IncidentRow), call.body
    command = CloseZone(
        incident=row.id,
        zone=Zone(place=_where(call), radius=body.zone.radius),
        what=body.what,
        **body.stored(),
    )
    return _told(call, await call.about(row, command), row.id)


def _told(
    call: Call[InstructCrewBody] | Call[InstructBody] | Call[CloseZoneBody],
    receipt: Receipt,
    id: str,
) -> Response:
    answer, still = call.answer_of(receipt, id), _still_there(call, receipt)
    return answered(
        wider(InstructAnswer, answer, masked=call.body.masked(), still_there=tuple(still))
    )


def _still_there(
    call: Call[InstructCrewBody] | Call[InstructBody] | Call[CloseZoneBody], receipt: Receipt
) -> Iterator[str]:
    for fact in receipt.turn.facts:
        if isinstance(fact, BesideAsked) and call.sees("assignment", fact.assignment):
            yield fact.assignment


def _where(call: Call[CloseZoneBody]) -> Place:
    """The ring, or the middle of the circle. Raises Problem where it is neither, or both."""
    zone = call.body.zone
    if zone.place is not None and zone.around is not None:
        raise Problem("place_twofold", "zone.place")
    if zone.place is not None:
        return placed(call.context, zone.place, "zone.place")
    if zone.around is None:
        raise Problem("field_missing", "zone.place")
    demand = call.row(DemandRow, zone.around)
    x, y, z = ecef_centimeters(demand.lon, demand.lat)
    return Place(
        kind=PlaceKind.POINT,
        division=demand.division,
        crs=Datum.CGCS2000,
        lon=demand.lon,
        lat=demand.lat,
        x=x,
        y=y,
        z=z,
        approximate=demand.approximate,
    )


@door(router, "/incidents/{incident}/instructions/{instruction}/lift", LiftBody, LiftFromIncident)
async def lift_from_incident(call: Call[LiftBody]) -> Response:
    """It holds no longer for anybody in the incident."""
    row = call.subject(IncidentRow)
    command = LiftFromIncident(
        incident=row.id, instruction=_instruction(call), mistaken=call.body.mistaken
    )
    return call.answer(await call.about(row, command), row.id)


def _instruction(call: Call[AcknowledgeBody] | Call[Empty] | Call[LiftBody]) -> InstructionId:
    return InstructionId(call.ids["instruction"])
