"""What a planner proposes, rightly and wrongly: a part of `play`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.planner.proposing import proposal
from schemas import commands as c
from schemas.plans import Grounds
from schemas.turns import PLANNER
from schemas.values import LineId, OrganizationId
from streams.entities import Line, Offer, OfferState
from streams.line import missing
from streams.matching.planned import asks, bar_of, gives_up, moved_for

if TYPE_CHECKING:
    from tests.streams.play import Attempt, Play

NOTHING = Grounds(lines=0, pairs=0, before=0, after=0, bound=0)


def plan(play: Play) -> Attempt:
    """The best there is, or of whom some line lacks; now and then out of thin air, of an old state
    or a later."""
    best = proposal(play.world.area, play.operation)
    if best is not None and play.planner.random() < 0.7:
        return PLANNER, best
    rows = play.operation.lines.rows.values()
    short = [row for row in rows if missing(row) and asks(play.operation, row, play.world.at)]
    pairs = [pair for line in short for pair in _for(play, line)]
    play.planner.shuffle(pairs)
    if not pairs or play.planner.random() < 0.2:
        pairs.append(_wrong(play))
    based_on = play.world.area.sequence
    if play.planner.random() < 0.1:
        based_on += play.planner.choice((-40, 1))
    command = c.ProposePlan(
        plan="p", based_on=max(0, based_on), pairs=tuple(pairs[:8]), grounds=NOTHING
    )
    others = next(iter(play.names.values()))
    return others if play.planner.random() < 0.05 else PLANNER, command


def _for(play: Play, line: Line) -> list[Any]:
    """Whoever is asked elsewhere for the same, and somebody who may be free."""
    offers = play.operation.offers.rows.values()
    like = [row for row in offers if row.skill == line.skill and row.line != line.id]
    open_now = [row for row in like if row.state is OfferState.SENT]
    able = [row for row in open_now if _able(play, line, row)] or open_now
    chosen = play.planner.sample(able, min(len(able), 3))
    pairs = [_moved(line, offer, play.planner.randint(1, 3)) for offer in chosen]
    if play.planner.random() < 0.3:
        name = play.planner.choice(list(play.names))
        pairs.append(c.PlannedPair(line=line.id, organization=name, quantity=1))
    return pairs


def _able(play: Play, line: Line, offer: Offer) -> bool:
    known = play.world.area.registry.organizations[offer.organization]
    at, held = play.world.at, moved_for(play.operation, line, offer)
    return gives_up(offer, line) and bar_of(play.operation, line, known, held, at) is None


def _moved(line: Line, offer: Offer, quantity: int) -> c.PlannedPair:
    return c.PlannedPair(
        line=line.id, organization=offer.organization, quantity=quantity, instead=offer.id
    )


def _wrong(play: Play) -> c.PlannedPair:
    """Anybody for anything, be it nothing, in place of any request."""
    lines = [*play.operation.lines.rows, LineId("nothing")]
    names = [*play.names, OrganizationId("nobody")]
    offers = [None, *play.operation.offers.rows]
    return c.PlannedPair(
        line=play.planner.choice(lines),
        organization=play.planner.choice(names),
        quantity=play.planner.randint(1, 3),
        instead=play.planner.choice(offers),
    )
