"""Pausing: the word by which an open demand is on hold, whoever has reason to say it."""

from __future__ import annotations

from schemas.facts import DemandHeld
from streams import answering
from streams.area import Area
from streams.cause import Cause
from streams.entities import Demand
from streams.parameters import URGENCY
from streams.policy import substitute_for


def held(area: Area, demand: Demand, question: str, cause: Cause) -> DemandHeld:
    """An open demand on hold, from now."""
    desk = answering.desk(area.operations[cause.operation], demand)
    return DemandHeld(
        demand=demand.id,
        question=question,
        asked_by=substitute_for(area, cause.actor, desk, cause.at),
        ask_at=cause.at + URGENCY[demand.priority].hold,
        at=cause.at,
    )
