"""What townships hand up, and what becomes of it there, rightly and wrongly: a part of `play`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas import commands as c
from schemas.hand_ups import HandUpReason
from streams import amending
from streams.entities import Demand, DemandState
from tests.streams.play_demands import refiling
from tests.streams.world import COUNTY, divisions

if TYPE_CHECKING:
    from tests.streams.play import Attempt, Play

CITY = "city"
SOME = 3
TEXT = "镇上已无可用力量"


def handing(play: Play) -> Attempt:
    """Mostly a township hands up what is open; the county takes on or gives back what waits."""
    known = play.operation.hand_ups.rows
    rows = [row for row in play.operation.demands.rows.values() if row.id not in known]
    climbed = [row for row in rows if row.climbed_at is not None]
    fresh = [row for row in rows if row.state is not DemandState.CLOSED] or rows
    some = [play.operation.demands[key] for key in known]
    demand: Demand | None = play.pick(some if some and play.chance(0.6) else climbed or fresh)
    if demand is None:
        return COUNTY, None
    above = CITY if play.chance(0.1) else COUNTY
    known_here = known.get(demand.id)
    if known_here is None and demand.climbed_at is None:
        return play.desk_of(demand), _up(play, demand)
    choices: list[tuple[int, tuple[str, c.Command]]] = [
        (8, (above, c.TakeOnDemand(demand=demand.id))),
        (3, (above, c.GiveBackDemand(demand=demand.id, text="请先自行处置"))),
        (1, (play.desk_of(demand), c.GiveBackDemand(demand=demand.id, text=TEXT))),
        (3, (play.desk_of(demand), _up(play, demand))),
    ]
    [(actor, command)] = play.random.choices(
        [one for _, one in choices], [weight for weight, _ in choices]
    )
    return actor, command


def rarely(play: Play) -> None:
    """What chance hardly ever does: handed up and given back, filed under another incident, moved
    to another township and taken back."""
    if len(play.open_incidents()) == 1:
        other = c.OpenIncident(hazard="landslide_debris", division=play.world.county)
        play.send(COUNTY, other)
    rows = list(play.operation.demands.rows.values())
    for demand in [row for row in rows if row.state is DemandState.PUBLISHED][:SOME]:
        desk = play.desk_of(demand, sure=True)
        play.send(desk, _up(play, demand))
        play.send(COUNTY, c.GiveBackDemand(demand=demand.id, text="请先自行处置"))
        play.send(desk, refiling(play, play.operation.demands[demand.id]))
        _there_and_back(play, play.operation.demands[demand.id])


def _there_and_back(play: Play, demand: Demand) -> None:
    here = demand.place.division
    there = next(code for code in play.townships if code != here)
    edit = amending.unchanged(play.operation, demand)
    play.send(play.desk_of(demand, sure=True), replace(edit, place=divisions().seat(there)))
    revision = play.operation.demands[demand.id].revision
    play.send(play.desk_in(here), c.TakeBackDemand(demand=demand.id, revision=revision))


def _up(play: Play, demand: Demand) -> c.HandUpDemand:
    reason = play.random.choice(tuple(HandUpReason))
    return c.HandUpDemand(demand=demand.id, reason=reason, text=TEXT)
