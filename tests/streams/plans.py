"""Plans for tests: pairs as they are named, and a plan of them."""

from __future__ import annotations

from schemas import commands as c
from schemas import facts as f
from schemas.plans import Grounds
from schemas.values import LineId, OfferId, OrganizationId

NOTHING = Grounds(lines=0, pairs=0, before=0, after=0, bound=0)


def pair(
    line: LineId, organization: OrganizationId, instead: OfferId | None = None, quantity: int = 1
) -> c.PlannedPair:
    return c.PlannedPair(line=line, organization=organization, quantity=quantity, instead=instead)


def move(offer: f.OfferSent, line: LineId) -> c.PlannedPair:
    """Whoever was asked by an offer is asked for another line instead."""
    return pair(line, offer.organization, offer.offer, offer.quantity)


def plan_of(*pairs: c.PlannedPair, based_on: int = 0) -> c.ProposePlan:
    return c.ProposePlan(plan="plan", based_on=based_on, pairs=pairs, grounds=NOTHING)


def plan(line: LineId, organization: OrganizationId) -> c.ProposePlan:
    """A plan of one pair."""
    return plan_of(pair(line, organization))
