"""What a demand says: where to report, whom to ask for there, all of it amended while it is open,
and the running note of its desks."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, DeclineReason, SealedText
from schemas.views import AssignmentRow, DemandRow, OfferRow
from streams import rows
from tests.streams.world import (
    COUNTY,
    DESK,
    SEALED,
    World,
    asked,
    divisions,
    kinds,
    only,
    townships,
)


def posted(**texts: Any) -> tuple[World, f.OfferSent]:
    world = World()
    world.organization("near")
    command = replace(world.demand_command(world.incident()), **texts)
    return world, only(asked(world.send(DESK, command)))


def demand_row(world: World, offer: f.OfferSent) -> DemandRow:
    row = rows.demand(world.operation, world.operation.demands[offer.demand]).row
    assert isinstance(row, DemandRow)
    return row


def crew_row(world: World) -> AssignmentRow:
    [crew] = world.operation.assignments.rows.values()
    row = rows.assignment(world.area, world.operation, crew).row
    assert isinstance(row, AssignmentRow)
    return row


def offer_row(world: World, offer: f.OfferSent) -> OfferRow:
    known = world.operation.offers[offer.offer]
    row = rows.offer(world.area, world.operation, known).row
    assert isinstance(row, OfferRow)
    return row


# Where to report


def test_the_way_in_stands_on_the_request_and_on_the_work() -> None:
    world, offer = posted(way_in="老桥已断，走 S223 东门")
    assert offer_row(world, offer).way_in == "老桥已断，走 S223 东门"
    world.yes(offer)
    assert crew_row(world).way_in == "老桥已断，走 S223 东门"


def test_a_demand_with_nothing_sealed_but_its_lead_opens_with_the_yes() -> None:
    world, offer = posted(lead=SEALED)
    assert only(world.yes(offer), f.SealedTextOpened).demand == offer.demand


def test_another_way_in_is_a_reason_to_ask_again_who_could_not_come() -> None:
    """Given a no for a blocked road, when the desk says another way in, then it is asked again."""
    world, offer = posted()
    world.no(offer, reason=DeclineReason.ROAD_BLOCKED)
    facts = [*world.amend(offer.demand, way_in="走 S223"), *world.wait(minutes=1)]
    assert [again.organization for again in asked(facts)] == [offer.organization]


# Amended while it is open


def test_sealed_texts_are_said_anew_each_by_itself_and_the_others_stay() -> None:
    world, offer = posted(contact=SEALED, address=SEALED)
    first = {one.text: one.sequence for one in demand_row(world, offer).sealed}
    world.amend(offer.demand, address=SEALED, lead=SEALED)
    after = {one.text: one.sequence for one in demand_row(world, offer).sealed}
    assert list(after) == [SealedText.CONTACT, SealedText.ADDRESS, SealedText.LEAD]
    assert after[SealedText.CONTACT] == first[SealedText.CONTACT]
    assert after[SealedText.ADDRESS] == after[SealedText.LEAD] > first[SealedText.ADDRESS]


def test_a_sealed_text_is_taken_out_by_name_and_never_by_silence() -> None:
    world, offer = posted(contact=SEALED, note=SEALED)
    world.amend(offer.demand, rally_point="村委会")
    assert len(demand_row(world, offer).sealed) == 2
    world.amend(offer.demand, removed=(SealedText.NOTE,))
    assert [one.text for one in demand_row(world, offer).sealed] == [SealedText.CONTACT]
    before = demand_row(world, offer)
    world.amend(offer.demand, removed=(SealedText.NOTE,))
    assert demand_row(world, offer).sealed_in == before.sealed_in, "it was gone already"


def test_a_text_is_not_removed_and_given_at_once() -> None:
    world, offer = posted(contact=SEALED)
    known = world.operation.demands[offer.demand]
    both = c.AmendDemand(
        demand=known.id, revision=1, priority=1, targets=(1,), lines=(), risk_statement="深水",
        rally_point="村委会", contact=SEALED, removed=(SealedText.CONTACT,),
    )  # fmt: skip
    assert world.refused(DESK, both) is Refusal.TEXT_GIVEN_AND_REMOVED


@pytest.mark.parametrize("change", [{"contact": SEALED}, {"removed": (SealedText.ADDRESS,)}])
def test_whoever_is_at_work_learns_of_another_contact_or_address(change: dict[str, Any]) -> None:
    """Given a crew on its way, when contact or address change, then its row says so, and since
    when; what else is amended is no such news."""
    world, offer = posted(contact=SEALED, address=SEALED)
    world.yes(offer)
    before = crew_row(world)
    world.wait(minutes=3)
    world.amend(offer.demand, rally_point="村委会")
    assert crew_row(world).sealed_in == before.sealed_in
    world.wait(minutes=3)
    world.amend(offer.demand, **change)
    after = crew_row(world)
    assert after.sealed_in > before.sealed_in
    assert after.sealed_at == world.at


def test_another_kind_keeps_lines_requests_and_work() -> None:
    world, offer = posted()
    world.yes(offer)
    facts = world.amend(offer.demand, kind="evacuation")
    assert kinds(facts) == ["DemandAmended"]
    assert demand_row(world, offer).kind == crew_row(world).kind == "evacuation"
    world.amend(offer.demand, rally_point="村委会")
    assert demand_row(world, offer).kind == "evacuation", "not said, it stays"


def test_a_kind_that_is_in_no_list_is_refused() -> None:
    world, offer = posted()
    known = world.operation.demands[offer.demand]
    amended = c.AmendDemand(
        demand=known.id, revision=1, priority=1, targets=(1,), lines=(), risk_statement="深水",
        rally_point="村委会", kind="picnic",
    )  # fmt: skip
    assert world.refused(DESK, amended) is Refusal.CODE_UNKNOWN


# The running note


def note(offer: f.OfferSent) -> c.NoteDemand:
    return c.NoteDemand(demand=offer.demand, text=SEALED)


def test_notes_are_counted_and_each_names_the_turn_of_the_one_before() -> None:
    world, offer = posted()
    first = only(world.send(DESK, note(offer)), f.DemandNoted)
    turn = demand_row(world, offer).noted_in
    world.wait(minutes=5)
    second = only(world.send(COUNTY, note(offer)), f.DemandNoted)
    assert (first.number, first.before, second.number, second.before) == (1, 0, 2, turn)
    assert second.account == COUNTY
    row = demand_row(world, offer)
    assert (row.notes, row.noted_at) == (2, world.at)


def test_notes_are_made_in_any_state_until_the_key_is_destroyed() -> None:
    world, offer = posted()
    world.close(offer.demand, CloseReason.CANCELED)
    assert only(world.send(DESK, note(offer)), f.DemandNoted)
    world.close_incident(world.operation.demands[offer.demand].incident)
    assert only(world.send(DESK, note(offer)), f.DemandNoted)
    world.wait(minutes=4 * 24 * 60)
    assert world.refused(DESK, note(offer)) is Refusal.KEY_DESTROYED


def test_the_desk_that_moved_a_demand_may_still_add_what_it_hears() -> None:
    world, offer = posted()
    world.amend(offer.demand, place=divisions().seat(townships()[1]))
    assert only(world.send(DESK, note(offer)), f.DemandNoted)
    assert demand_row(world, offer).returnable, "a note takes nothing up"


def test_a_note_is_an_act_about_the_demand() -> None:
    """Given half a day without any, its desk is asked whether it is needed; a note answers that."""
    world, offer = posted()
    world.yes(offer)
    world.wait(minutes=13 * 60)
    assert demand_row(world, offer).asked_at is not None
    world.send(DESK, note(offer))
    assert demand_row(world, offer).asked_at is None
