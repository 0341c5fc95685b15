"""What the messenger tells of its channels, rightly and wrongly: a part of `play`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas import commands as c
from schemas.turns import DELIVERY
from schemas.values import PersonId, Reach
from streams.entities import Offer, OfferState

if TYPE_CHECKING:
    from tests.streams.play import Attempt, Play

PERSON = PersonId("person")


def reach(play: Play) -> Attempt:
    """Mostly of what is asked; now and then twice, of what is over, or of nothing."""
    rows = list(play.operation.offers.rows.values())
    away = [row for row in rows if row.state is OfferState.UNREACHABLE]
    if play.chance(0.3 if away else 0.05):
        return DELIVERY, _restored(play, away)
    sent = [row for row in rows if row.state is OfferState.SENT and row.reached_at is None]
    told = _some(play, sent) + (_some(play, rows) if play.chance(0.1) else [])
    lost = [row.id for row in told if play.chance(0.35)]
    reached = [row for row in told if row.id not in lost or play.chance(0.05)]
    words = tuple(c.Reached(offer=row.id, by=play.pick(Reach)) for row in reached)
    return DELIVERY, c.RecordReach(reached=words, unreachable=tuple(lost))


def _some(play: Play, rows: list[Offer]) -> list[Offer]:
    return play.random.sample(rows, min(len(rows), play.random.randint(1, 6)))


def _restored(play: Play, away: list[Offer]) -> c.RestoreReach:
    named = [row.organization for row in _some(play, away)]
    return c.RestoreReach(organizations=(*named, play.pick(play.names)))
