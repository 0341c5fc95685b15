"""Plans: who should be asked for which line, all short lines of an operation taken together.

A planner beside the log proposes; the rules check each pair at its turn and take what still holds.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from schemas.values import Count, Gate, Instant, LineId, OfferId, OrganizationId, Stored, Units

PAIRS_MOST = 200  # in one plan

PlanId = Annotated[str, Meta(min_length=1, max_length=64)]
Weighted = Annotated[int, Meta(ge=0, le=10**15)]  # milliseconds to be expected, by weight


class LeftWhy(StrEnum):
    """Why the rules leave a pair of a plan."""

    UNKNOWN = "unknown"  # such a line or organization is not there
    TWICE = "twice"  # the organization stands in the plan before
    NOT_ASKED_FOR = "not_asked_for"  # over, held back, on hold, or asked for by another demand
    LOOKED_AT = "looked_at"  # the line is about to ask by itself
    IN_HAND = "in_hand"  # enough are asked, or it is covered
    WAITED_FOR = "waited_for"  # somebody who waits at the demand is asked before others
    NOT_MOVED = "not_moved"  # the request that it would give up for it is not, or no longer, open
    GATE = "gate"  # it does not pass `gate` now
    SAVES_TOO_LITTLE = "saves_too_little"  # less than asking somebody anew is worth


class PlannedPair(Stored):
    """Ask an organization for a line, for so many units.

    `instead`: the request to it, not answered yet, that is taken back for this.
    """

    line: LineId
    organization: OrganizationId
    quantity: Units
    instead: OfferId | None = None


class Grounds(Stored):
    """What a planner says of its plan: how much it has looked at, and what it costs by its count.

    `before`: as things stand; `after`: with the whole plan; `bound`: no plan can cost less. Equal
    to `after` where the plan is the best there is. Nothing is decided by it.
    """

    lines: Count
    pairs: Annotated[int, Meta(ge=0, le=10**9)]
    before: Weighted
    after: Weighted
    bound: Weighted


class ProposePlan(Stored, tag="ProposePlan.1"):
    """A planner's proposal, made of the state as of the turn `based_on`."""

    plan: PlanId
    based_on: Annotated[int, Meta(ge=0, le=10**15)]
    pairs: Annotated[tuple[PlannedPair, ...], Meta(min_length=1, max_length=PAIRS_MOST)]
    grounds: Grounds


class LeftPair(Stored):
    """A pair of a plan that is not taken, and why."""

    line: LineId
    organization: OrganizationId
    why: LeftWhy
    gate: Gate | None


class ByPlan(Stored):
    """The plan that has chosen whoever is asked, by its number in the operation.

    `saved`: by that choice, and those that hang together with it, as the rules count it.
    """

    number: Count
    saved: Weighted


class PlanTaken(Stored, tag="PlanTaken.1"):
    """What the rules take of a plan follows in the same turn, `taken` requests; the rest is left.

    `saved`: by all that is taken, as the rules count it.
    """

    plan: PlanId
    number: Count
    based_on: int
    taken: Count
    left: tuple[LeftPair, ...]
    saved: Weighted
    grounds: Grounds
    at: Instant
