"""What a desk lets everybody read in a play, and what it ends again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas import commands as c
from streams.entities import Demand
from tests.streams.world import DESK

if TYPE_CHECKING:
    from tests.streams.play import Attempt, Play

TEXTS = (None, "请带雨靴", "白天来")


def appeal(play: Play) -> Attempt:
    """Mostly of what is open; and now and then it is public no longer."""
    chance = play.public
    rows = list(play.operation.demands.rows.values())
    public = [row for row in rows if row.appeal is not None]
    found: list[Demand] = public if public and chance.random() < 0.4 else rows
    if not found:
        return DESK, None
    demand = chance.choice(found)
    desk = play.desk_in(demand.place.division)
    if demand.appeal is not None and chance.random() < 0.6:
        return desk, c.EndAppeal(demand=demand.id)
    revision = demand.revision - (chance.random() < 0.05 and demand.revision > 1)
    return desk, c.MakeAppeal(demand=demand.id, revision=revision, text=chance.choice(TEXTS))
