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
    yes, answered = share(tally)
    refused = answered - yes
    allowed = 1_000 - URGENCY[priority].aim
    for n in range(1, most):
        if refused**n * 1_000 <= allowed * answered**n:
            return n
    return most


def share(tally: Tally | None) -> tuple[int, int]:
    """How many said yes, of so many who have answered; with the prior."""
    yes, answered = ACCEPTANCE_PRIOR
    return (yes, answered) if tally is None else (yes + tally.accepted, answered + tally.answered)
