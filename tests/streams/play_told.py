"""What desks tell whoever is at work, and what crews say to it: a part of `play`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from schemas import commands as c
from schemas.instruction_values import NAMING, InstructionKind, Zone
from schemas.values import InstructionId, PlaceKind
from streams.entities import Assignment
from tests.streams.world import COUNTY, DESK, divisions

if TYPE_CHECKING:
    from tests.streams.play import Attempt, Play


def instruct(play: Play) -> Attempt:
    """Mostly to one crew, sometimes to everybody, now and then not as it could be."""
    what = play.random.choice(list(InstructionKind))
    named = (what in NAMING) != play.chance(0.03)
    said: dict[str, Any] = {"what": what, "to": "村委会" if named else "", "text": ""}
    if play.chance(0.3):
        said["text"] = play.random.choice(("大坝渗漏", "余震"))
    if play.chance(0.15):
        return COUNTY, c.CloseZone(incident=play.incident, zone=_zone(play), **said)
    if play.chance(0.2):
        return COUNTY, c.InstructIncident(incident=play.incident, **said)
    crew = _some(play)
    if crew is None:
        return DESK, None
    place = crew.id[0] < "k"  # of about every other: no draw, which would change all others
    return _desk(play, crew), c.InstructCrew(assignment=crew.id, hold=place, **said)


def heed(play: Play) -> Attempt:
    """Acknowledged, lifted, or the crew is stood down behind it."""
    rows = play.operation.told.rows.values()
    known = play.pick([row for row in rows if row.live and row.standing] or rows)
    if known is None:
        return instruct(play)
    crew = play.operation.assignments[known.assignment]
    orders = [*known.standing, *filter(None, (known.lifted,))]
    order = play.pick(orders)
    id = InstructionId("none") if order is None or play.chance(0.03) else order.id
    if play.chance(0.5):
        actor = _desk(play, crew) if play.chance(0.2) else play.names[crew.organization]
        unable = play.operation.sequence % 3 == 0  # no draw, which would change all others
        said = c.AcknowledgeInstruction(assignment=crew.id, instruction=id, unable=unable)
        return actor, said
    if play.chance(0.5):
        out = play.chance(0.7)
        return _desk(play, crew), c.StandDownCrew(assignment=crew.id, everybody_out=out)
    mistaken = play.chance(0.2)
    closed = play.pick(play.operation.instructions.rows.values())
    if closed is not None and play.chance(0.6):
        key = closed.incident
        return COUNTY, c.LiftFromIncident(incident=key, instruction=closed.id, mistaken=mistaken)
    if order is not None and order.everybody:
        lift = c.LiftFromIncident(incident=crew.incident, instruction=id, mistaken=mistaken)
        return COUNTY, lift
    lifted = c.LiftFromCrew(assignment=crew.id, instruction=id, mistaken=mistaken)
    return _desk(play, crew), lifted


def _zone(play: Play) -> Zone:
    """Around one of the townships that people post in; now and then a point only, or a bow tie."""
    seat = divisions().seat(play.townships[play.random.choice((0, 5))])
    if play.chance(0.5):
        around = replace(seat, kind=PlaceKind.POINT)
        return Zone(place=around, radius=play.random.choice((0, 200, 5_000, 5_000)))
    far = play.random.choice((20_000, 400_000))
    corners = [(-far, -far), (far, -far), (far, far), (-far, far)]
    if play.chance(0.1):
        corners[0], corners[1] = corners[1], corners[0]
    ring = [*corners, corners[0]]
    shape = tuple(value for x, y in ring for value in (seat.lon + x, seat.lat + y))
    return Zone(place=replace(seat, kind=PlaceKind.SHAPE, shape=shape))


def _some(play: Play) -> Assignment | None:
    rows = list(play.operation.assignments.rows.values())
    live = [row for row in rows if row.live]
    found: Assignment | None = play.pick(live if live and play.chance(0.9) else rows)
    return found


def _desk(play: Play, crew: Assignment) -> str:
    return play.desk_of(play.operation.demands[crew.demand])
