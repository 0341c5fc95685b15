"""Waves: how many organizations are asked for a line at the same time."""

from __future__ import annotations

from streams.parameters import ACCEPTANCE_PRIOR, URGENCY
from streams.remembered import Tally


def size(tally: Tally | None, priority: int, most: int) -> int:
    """The fewest to ask so that somebody says yes with the probability the priority aims at.

    With p the pooled share of yes in the skill (smoothed by the prior), the least n with
    (1 - p)^n <= 1 - aim, in exact integers, and at most `most`. One organization's answers alone
    never change it.
    """
    yes, all_of = ACCEPTANCE_PRIOR
    answered = all_of + (tally.answered if tally else 0)
    refused = answered - yes - (tally.accepted if tally else 0)
    allowed = 1_000 - URGENCY[priority].aim
    for n in range(1, most):
        if refused**n * 1_000 <= allowed * answered**n:
            return n
    return most
