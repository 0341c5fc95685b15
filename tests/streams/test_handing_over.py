"""Handing over: a demand moves to the township that it belongs to, and can be had back until that
one acts. The county publishes for itself, and for a township that is cut off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, DeclineReason, DivisionCode, Role, StandDownReason, Step
from schemas.views import DemandRow
from streams import rows
from tests.streams.world import (
    COUNTY,
    DESK,
    SEALED,
    STEWARD,
    World,
    asked,
    divisions,
    kinds,
    only,
    townships,
)

SENDER, RECEIVER = (DivisionCode(townships()[number]) for number in (0, 5))
NEIGHBOR = "neighbor"  # the desk of the receiving township


class Moved:
    """A demand that the desk has moved to the next township, with a crew at work on it."""

    def __init__(self, **wishes: Any) -> None:
        self.world = World()
        self.world.grant(NEIGHBOR, Role.DESK, division=RECEIVER)
        for name in ("one", "two"):
            self.world.organization(name, units=3)
        facts = self.world.demand(self.world.incident(), **{"priority": 2, "target": 2, **wishes})
        self.demand = only(facts, f.DemandPublished).demand
        self.line = self.world.operation.demands[self.demand].lines[0]
        self.crew = self.world.at_work(asked(facts)[0], quantity=1)
        self.world.amend(self.demand, place=divisions().seat(RECEIVER))

    @property
    def revision(self) -> int:
        return self.world.operation.demands[self.demand].revision

    def take_back(self) -> c.TakeBackDemand:
        return c.TakeBackDemand(demand=self.demand, revision=self.revision)

    def row(self) -> DemandRow:
        known = self.world.operation
        row = rows.demand(known, known.demands[self.demand]).row
        assert isinstance(row, DemandRow)
        return row


# Moving


def test_the_receiver_is_answerable_at_once_and_the_sender_only_sees() -> None:
    """B2: given a demand moved to the next township, then that desk works on it, and this one can
    do nothing but have it back."""
    scene = Moved()
    row = scene.row()
    assert (row.division, row.sender, row.returnable) == (RECEIVER, SENDER, True)
    close = c.CloseDemand(demand=scene.demand, reason=CloseReason.MET, revision=scene.revision)
    assert scene.world.refused(DESK, close) is Refusal.ROLE_MISSING
    assert scene.world.refused(DESK, c.DropLine(line=scene.line)) is Refusal.ROLE_MISSING
    assert "DemandClosed" in kinds(scene.world.send(NEIGHBOR, close))


def test_a_demand_moves_only_inside_its_incident() -> None:
    world = World()
    county = DivisionCode("330303")  # another county
    facts = world.demand(world.incident())
    known = world.operation.demands[only(facts, f.DemandPublished).demand]
    away = c.AmendDemand(
        demand=known.id,
        revision=1,
        priority=1,
        targets=(1,),
        lines=(),
        risk_statement=known.risk_statement,
        rally_point=known.rally_point,
        place=divisions().seat(townships(county)[0]),
    )
    assert world.refused(DESK, away) is Refusal.PLACE_OUTSIDE_INCIDENT


def test_whoever_was_asked_is_asked_anew_for_the_other_place() -> None:
    """Given an open request, when the demand moves, then it is taken back and comes again with the
    new distance; a crew at work stays."""
    world = World()
    world.organization("near")
    offer = only(asked(world.demand(world.incident())))
    facts = world.amend(offer.demand, place=divisions().seat(townships()[5]))
    assert only(facts, f.OfferStoodDown).reason is StandDownReason.DEMAND_AMENDED
    again = only(asked(facts))
    assert (offer.meters, again.meters > 5_000, again.rank) == (0, True, 1)


def test_a_point_corrected_inside_the_township_moves_nothing() -> None:
    world = World()
    world.organization("near")
    offer = only(asked(world.demand(world.incident())))
    world.amend(offer.demand, place=divisions().seat(world.township))
    assert world.operation.demands[offer.demand].handed is None


# Having it back


def test_the_sender_has_it_back_until_the_receiver_acts() -> None:
    scene = Moved()
    taken = scene.world.send(DESK, scene.take_back())
    assert kinds(taken)[0] == "DemandTakenBack"
    row = scene.row()
    assert (row.division, row.sender, row.returnable) == (SENDER, None, False)
    assert scene.world.refused(NEIGHBOR, scene.take_back()) is Refusal.NOT_FOUND
    scene.world.amend(scene.demand, targets=(3,))


def test_on_its_way_back_everybody_is_asked_for_the_old_place_again() -> None:
    world = World()
    world.grant(NEIGHBOR, Role.DESK, division=RECEIVER)
    world.organization("near")
    offer = only(asked(world.demand(world.incident())))
    moved = world.amend(offer.demand, place=divisions().seat(RECEIVER))
    taken = world.send(DESK, c.TakeBackDemand(demand=offer.demand, revision=2))
    assert only(asked(moved)).meters > 0 == only(asked(taken)).meters


def test_only_the_sender_has_anything_to_take_back() -> None:
    scene = Moved()
    for actor in (NEIGHBOR, "one", "stranger"):
        assert scene.world.refused(actor, scene.take_back()) is not None
        assert scene.row().returnable
    stale = c.TakeBackDemand(demand=scene.demand, revision=1)
    assert scene.world.refused(DESK, stale) is Refusal.REVISION_STALE


def amended(scene: Moved) -> c.Command:
    known = scene.world.operation.demands[scene.demand]
    return c.AmendDemand(
        demand=known.id,
        revision=known.revision,
        priority=1,
        targets=(2,),
        lines=(),
        risk_statement="电线落水",
        rally_point=known.rally_point,
    )


def by_hand(scene: Moved) -> c.Command:
    chosen = scene.world.organization("chosen", units=5)
    scene.world.send(STEWARD, c.SetDuty(organization=chosen, on_duty=False))
    return c.AskByHand(line=scene.line, organization=chosen, reason=SEALED)


def phoned_yes(scene: Moved) -> c.Command:
    return c.AcceptOffer(offer=open_offer(scene), quantity=1)


def phoned_no(scene: Moved) -> c.Command:
    return c.DeclineOffer(offer=open_offer(scene), reason=DeclineReason.OTHER)


def open_offer(scene: Moved) -> Any:
    rows = scene.world.operation.offers.rows.values()
    return next(row.id for row in rows if row.state.value == "sent")


def phoned_step(scene: Moved) -> c.Command:
    return c.Arrive(assignment=scene.crew)


def sent_back(scene: Moved) -> c.Command:
    speaker = scene.world.name(scene.world.operation.assignments[scene.crew].organization)
    scene.world.send(speaker, c.ReportDone(assignment=scene.crew))
    return c.ConfirmAssignment(assignment=scene.crew, done=False)


def corrected(scene: Moved) -> c.Command:
    speaker = scene.world.name(scene.world.operation.assignments[scene.crew].organization)
    scene.world.send(speaker, c.SetOff(assignment=scene.crew))
    return c.CorrectStep(assignment=scene.crew, step=Step.COMMITTED)


@pytest.mark.parametrize(
    "act", [amended, by_hand, phoned_yes, phoned_no, phoned_step, sent_back, corrected]
)
def test_once_the_receiver_acts_the_sender_calls_its_desk(
    act: Callable[[Moved], c.Command],
) -> None:
    """Whatever it is that the receiving desk does for the demand, it has taken it up with that."""
    scene = Moved()
    command = act(scene)
    assert scene.row().returnable
    scene.world.send(NEIGHBOR, command)
    assert not scene.row().returnable
    assert scene.row().sender == SENDER
    assert scene.world.refused(DESK, scene.take_back()) is Refusal.DEMAND_TAKEN_UP


def test_what_organizations_do_is_no_act_of_the_receiver() -> None:
    scene = Moved()
    offers = scene.world.operation.offers.rows.values()
    offer = next(row for row in offers if row.state.value == "sent")
    speaker = scene.world.name(offer.organization)
    scene.world.send(speaker, c.AcceptOffer(offer=offer.id, quantity=1))
    assert scene.row().returnable


def test_dropping_a_line_and_closing_are_acts_as_well() -> None:
    scene = Moved(lines=2)
    scene.world.send(NEIGHBOR, c.DropLine(line=scene.line))
    assert scene.world.refused(DESK, scene.take_back()) is Refusal.DEMAND_TAKEN_UP
    other = Moved()
    close = c.CloseDemand(demand=other.demand, reason=CloseReason.MET, revision=other.revision)
    other.world.send(NEIGHBOR, close)
    assert other.world.refused(DESK, other.take_back()) is Refusal.DEMAND_CLOSED


def test_moved_on_by_the_receiver_it_is_the_receiver_s_to_take_back() -> None:
    scene = Moved()
    third = divisions().seat(townships()[2])
    known = scene.world.operation.demands[scene.demand]
    onward = c.AmendDemand(
        demand=known.id,
        revision=known.revision,
        priority=2,
        targets=(2,),
        lines=(),
        risk_statement=known.risk_statement,
        rally_point=known.rally_point,
        place=third,
    )
    scene.world.send(NEIGHBOR, onward)
    assert scene.world.refused(DESK, scene.take_back()) is Refusal.NOT_FOUND
    assert kinds(scene.world.send(NEIGHBOR, scene.take_back()))[0] == "DemandTakenBack"


# The county


def test_the_county_publishes_for_itself() -> None:
    """B7: "three boats, anywhere in this county"."""
    world = World()
    own = world.demand_command(world.incident())
    own = c.PublishDemand(
        **{
            **{name: getattr(own, name) for name in own.__struct_fields__},
            "place": divisions().seat(world.county),
        }
    )
    assert only(world.send(COUNTY, own), f.DemandPublished).substitute is None
    assert world.refused(DESK, own) is Refusal.NOT_FOUND


def test_the_county_publishes_for_a_township_that_is_cut_off_and_that_is_on_record() -> None:
    """B8: the township answers for it: once it is back, its desk works on it as on its own."""
    world = World()
    command = world.demand_command(world.incident())
    published = only(world.send(COUNTY, command), f.DemandPublished)
    assert published.substitute == world.county
    assert world.operation.demands[published.demand].substitute == world.county
    assert "DemandClosed" in kinds(world.close(published.demand))


def test_the_township_s_own_desk_is_nobody_s_substitute() -> None:
    world = World()
    world.grant("both", Role.DESK, division=world.county)
    world.grant("both", Role.DESK, division=world.township)
    incident = world.incident()
    for actor in (DESK, "both"):
        published = world.send(actor, world.demand_command(incident))
        assert only(published, f.DemandPublished).substitute is None
