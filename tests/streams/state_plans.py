"""The table of states: what a planner proposes about whoever is asked."""

from __future__ import annotations

from schemas import commands as c
from schemas.turns import PLANNER
from tests.streams.plans import plan
from tests.streams.state_commands import Row

OFFER = (
    Row(
        c.ProposePlan,
        "by the planner",
        lambda s: (PLANNER, plan(s.world.operation.offers[s.offer].line, s.organization)),
    ),
)
