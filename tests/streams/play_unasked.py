"""Whoever comes by itself in a play: crews that wait for a desk's word, and people of no
organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas import commands as c
from schemas.values import Reception
from streams.entities import Demand, DemandState, Offer, OfferState
from tests.streams.world import DESK, SEALED

if TYPE_CHECKING:
    from tests.streams.play import Attempt, Play


def unasked(play: Play) -> Attempt:
    """Somebody waits, or hears what becomes of that."""
    offers = play.operation.offers.rows.values()
    waiting: Offer | None = play.pick([row for row in offers if row.state is OfferState.STANDBY])
    if waiting is not None and play.chance(0.6):
        return _told(play, waiting)
    if play.chance(0.4):
        return helpers(play)
    if play.chance(0.3):
        return countering(play)
    lines = [row for row in play.operation.lines.rows.values() if row.open]
    line = play.pick([row for row in lines if row.covered >= row.target] or lines)
    if line is None:
        return DESK, None
    names = play.world.area.registry.organizations
    able = [key for key in play.names if names[key].units(line.skill)]
    team = play.pick(able or list(play.names))
    if play.chance(0.6):
        return offering(play)
    desk = play.desk_of(play.operation.demands[line.demand])
    word = Reception.PARKED
    return desk, c.ReceiveCrew(line=line.id, organization=team, word=word, quantity=1)


def countering(play: Play) -> Attempt:
    """A team could come later than it was asked to."""
    offers = play.operation.offers.rows.values()
    rows = [row for row in offers if row.state is OfferState.SENT] or list(offers)
    offer: Offer | None = play.pick(rows)
    if offer is None:
        return DESK, None
    quantity = play.random.randint(1, offer.quantity)
    command = c.CounterOffer(offer=offer.id, quantity=quantity, minutes=90)
    return play.names[offer.organization], command


def offering(play: Play) -> Attempt:
    """An organization offers itself, mostly for what it could do."""
    lines = list(play.operation.lines.rows.values())
    line = play.pick([row for row in lines if row.open] or lines)
    if line is None:
        return DESK, None
    names = play.world.area.registry.organizations
    able = [key for key in play.names if names[key].units(line.skill)]
    team = play.pick(able if able and play.chance(0.9) else list(play.names))
    command = c.OfferHelp(
        line=line.id,
        organization=team,
        quantity=play.random.choice((1, 1, 2, 3)),
        minutes=play.random.choice((None, 10, 90)),
        people=play.random.choice((None, 5)),
    )
    return play.names[team], command


def _told(play: Play, waiting: Offer) -> Attempt:
    """Thanked, or its line is short after all, so that it is asked."""
    desk = play.desk_of(play.operation.demands[waiting.demand])
    if waiting.unasked and play.chance(0.3):
        return desk, c.SetOwnCrew(line=waiting.line, units=0)
    return desk, c.EndStandby(offer=waiting.id, unsuited=play.chance(0.3))


def helpers(play: Play) -> Attempt:
    """People of no organization come by themselves, or are told something at last."""
    waiting = play.pick(list(play.operation.helpers.rows.values()))
    if waiting is not None and play.chance(0.9):
        desk = play.desk_of(play.operation.demands[waiting.demand])
        registered = play.chance(0.3)
        command = c.EndHelpers(demand=waiting.demand, helpers=waiting.id, registered=registered)
        return desk, command
    rows = list(play.operation.demands.rows.values())
    live = [row for row in rows if row.state is not DemandState.CLOSED]
    demand: Demand | None = play.pick(live if live and play.chance(0.9) else rows)
    if demand is None:
        return DESK, None
    word = play.random.choice([Reception.PARKED, *Reception])
    desk = play.desk_of(demand)
    return desk, c.ReceiveHelpers(demand=demand.id, people=4, word=word, contact=SEALED)
