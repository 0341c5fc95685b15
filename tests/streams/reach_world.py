"""Worlds with a messenger, which tells whom its channels have reached, and whom they could not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from schemas import commands as c
from schemas import facts as f
from schemas.turns import DELIVERY
from schemas.values import (
    OrganizationId,
    PersonId,
    Reach,
)
from streams.area import Area
from streams.checkpoint import state_hash
from streams.entities import Offer
from streams.parameters import HOUR
from streams.remembered import Tally
from streams.turning import fold
from streams.verify import verify
from tests.streams.world import (
    EXERCISE,
    WENZHOU,
    World,
    asked,
    divisions,
    only,
)

PRIORITIES = (1, 2, 3, 4)
PERSON = PersonId("person")
NEAREST = (0, 15, 6, 8, 9, 5)  # townships, the nearest first


class Told(World):
    """A world with a messenger."""

    played: ClassVar[list[Told]] = []

    def __init__(self, **wishes: Any) -> None:
        self.played.append(self)
        super().__init__(**wishes)

    def reached(self, *offers: f.OfferSent, by: Reach = Reach.SMS) -> Any:
        told = tuple(c.Reached(offer=offer.offer, by=by) for offer in offers)
        return self.send(DELIVERY, c.RecordReach(reached=told))

    def unreachable(self, *offers: f.OfferSent) -> Any:
        return self.send(DELIVERY, lost(*offers))

    def restored(self, *organizations: OrganizationId) -> list[Any]:
        """What follows at once from their being in reach again."""
        facts = self.send(DELIVERY, c.RestoreReach(organizations=organizations))
        return [*facts, *self.wait(minutes=0)]

    def row(self, offer: f.OfferSent) -> Offer:
        return self.operation.offers[offer.offer]

    def pool(self) -> Tally:
        return self.operation.tallies.get("PUMP_DRAIN") or Tally()

    def silences(self, offer: f.OfferSent) -> int:
        return self.operation.asked.rows[offer.line, offer.organization].silences


@contextmanager
def replayed() -> Iterator[None]:
    """Behind it, its worlds are folded and decided anew, and are the same to the byte."""
    Told.played.clear()
    yield
    for world in Told.played:
        folded = Area(WENZHOU, divisions())
        for stored in world.log:
            fold(folded, stored)
        assert state_hash(folded) == state_hash(world.area)
        assert verify(Area(WENZHOU, divisions()), world.log).sound


def lost(*offers: f.OfferSent) -> c.RecordReach:
    return c.RecordReach(unreachable=tuple(offer.offer for offer in offers))


def world_of(*names: str, units: int = 1, **wishes: Any) -> Told:
    """Teams, each farther away than the one before it."""
    world = Told(**wishes)
    for name, township in zip(names, NEAREST, strict=False):
        world.organization(name, township=township, units=units)
    return world


def one(priority: int = 1, **wishes: Any) -> tuple[Told, f.OfferSent]:
    """The only team in reach has just been asked for one pump."""
    world = world_of("near", **wishes)
    return world, ask(world, priority)[0]


def ask(world: World, priority: int = 1, **wishes: Any) -> list[f.OfferSent]:
    """Whoever is asked for a new demand as soon as it goes out."""
    known = world.area.operations.get(EXERCISE)
    incident = only(known.incidents.rows) if known else world.incident()
    facts = list(world.demand(incident, priority=priority, **wishes))
    return asked(facts) or asked(world.until(world.at + HOUR, f.OfferSent))
