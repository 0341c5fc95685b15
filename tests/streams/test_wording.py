"""Words that change: a yes counts for what was read, and a crew sees what has changed since."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.codes import PublicWord
from schemas.refusals import Refusal
from schemas.turns import DELIVERY
from schemas.values import CloseReason
from schemas.views import AssignmentRow, OfferRow
from streams import rows
from streams.entities import OfferState
from streams.parameters import MINUTE, SECOND
from tests.streams.world import DESK, World, asked, divisions, only, townships

DAM = "溃坝，激流，严禁小艇"
CHANGES: list[tuple[PublicWord, dict[str, Any]]] = [
    (PublicWord.RISK, {"risk_statement": DAM}),
    (PublicWord.RALLY_POINT, {"rally_point": "中学操场"}),
    (PublicWord.KIND, {"kind": "rescue_water"}),
]


def offered(**wishes: Any) -> tuple[World, f.OfferSent]:
    world = World()
    world.organization("near", units=2)
    return world, only(asked(world.demand(world.incident(), **wishes)))


def card(world: World, offer: f.OfferSent) -> OfferRow:
    row = rows.offer(world.area, world.operation, world.operation.offers[offer.offer]).row
    assert isinstance(row, OfferRow)
    return row


def crew(world: World, key: Any) -> AssignmentRow:
    row = rows.assignment(world.area, world.operation, world.operation.assignments[key]).row
    assert isinstance(row, AssignmentRow)
    return row


def moved(world: World) -> dict[str, Any]:
    """Another place in the same township."""
    place = divisions().seat(townships(world.county)[0])
    return {"place": replace(place, lon=place.lon + 100, x=place.x + 500)}


@pytest.mark.parametrize(("word", "change"), CHANGES)
def test_a_yes_to_words_that_have_changed_since_is_not_taken(
    word: PublicWord, change: dict[str, Any]
) -> None:
    world, offer = offered()
    read = card(world, offer).words_in
    world.amend(offer.demand, **change)
    [told] = world.yes(offer, revision=read)
    assert isinstance(told, f.YesOutdated)
    assert world.operation.offers[offer.offer].state is OfferState.SENT, "and is no silence"
    assert world.operation.assignments.rows == {}
    row = card(world, offer)
    assert (row.outdated, row.changed) == (True, (word,))
    assert only(world.yes(offer, revision=row.words_in), f.OfferAccepted).revision == 2


def test_a_yes_to_another_place_in_the_same_township_is_not_taken() -> None:
    world, offer = offered()
    world.amend(offer.demand, **moved(world))
    assert isinstance(only(world.yes(offer, revision=1)), f.YesOutdated)


@pytest.mark.parametrize("change", [{"targets": (2,)}, {"way_in": "走 S223"}, {"priority": 2}])
def test_what_does_not_matter_to_a_yes_does_not_refuse_it(change: dict[str, Any]) -> None:
    world, offer = offered()
    world.amend(offer.demand, **change)
    assert only(world.yes(offer, revision=1), f.OfferAccepted)


@pytest.mark.parametrize("actor", ["near", DESK, DELIVERY])
def test_whoever_brings_the_yes_it_answers_the_words_that_were_read(actor: str) -> None:
    """By the page, by the desk on the telephone, by a message."""
    world, offer = offered()
    world.amend(offer.demand, risk_statement=DAM)
    told = only(world.yes(offer, actor=actor, revision=1))
    assert isinstance(told, f.YesOutdated)
    assert (told.by_desk, told.by_message) == (actor == DESK, actor == DELIVERY)


def test_a_yes_of_which_nobody_knows_what_it_answers_is_taken() -> None:
    """A "1" from an old client; what the messenger has made it knows the revision of."""
    world, offer = offered()
    world.amend(offer.demand, risk_statement=DAM)
    assert only(world.yes(offer), f.OfferAccepted).revision == 2


def test_a_yes_to_words_that_nobody_has_said_is_refused() -> None:
    world, offer = offered()
    yes = c.AcceptOffer(offer=offer.offer, quantity=1, revision=2)
    assert world.refused("near", yes) is Refusal.WORDS_CHANGED


def test_there_is_time_to_read_and_to_say_it_again() -> None:
    """Given ten seconds left when a yes to earlier words arrives, then the time to answer begins
    anew; a second such yes does not make it longer."""
    world, offer = offered()
    world.amend(offer.demand, risk_statement=DAM)
    world.at = offer.answer_by - 10 * SECOND
    told = only(world.yes(offer, revision=1), f.YesOutdated)
    assert told.answer_by == world.at + 3 * MINUTE
    world.at = told.answer_by - SECOND
    again = only(world.yes(offer, revision=1), f.YesOutdated)
    assert again.answer_by == told.answer_by
    world.amend(offer.demand, rally_point="中学操场")
    assert only(world.yes(offer, revision=2), f.YesOutdated).answer_by == world.at + 3 * MINUTE


def test_where_there_is_time_enough_it_stays_as_it_was() -> None:
    world, offer = offered()
    world.amend(offer.demand, risk_statement=DAM)
    assert only(world.yes(offer, revision=1), f.YesOutdated).answer_by == offer.answer_by


def test_a_late_yes_answers_what_was_read_as_well() -> None:
    world, offer = offered()
    world.until(offer.answer_by + 1)
    world.amend(offer.demand, risk_statement=DAM)
    late = card(world, offer)
    assert isinstance(only(world.yes(offer, revision=1)), f.YesOutdated)
    assert card(world, offer).outdated
    assert only(world.yes(offer, revision=late.words_in), f.OfferAccepted)
    assert not card(world, offer).outdated


def test_a_crew_at_work_sees_what_has_changed_until_it_has_read_it() -> None:
    world, offer = offered()
    key = world.at_work(offer, revision=1)
    assert crew(world, key).changed == ()
    world.amend(offer.demand, risk_statement=DAM, way_in="走 S223")
    world.wait(minutes=1)
    row = crew(world, key)
    assert row.changed == (PublicWord.RISK, PublicWord.WAY_IN)
    [seen] = world.send("near", c.SeeWords(assignment=key, revision=row.words_in))
    assert isinstance(seen, f.WordsSeen)
    after = crew(world, key)
    assert (after.changed, after.seen_at) == ((), world.at)
    assert world.send("near", c.SeeWords(assignment=key, revision=row.words_in)) == ()
    world.amend(offer.demand, rally_point="中学操场")
    assert crew(world, key).changed == (PublicWord.RALLY_POINT,), "which is news again"


def test_what_changed_while_the_word_was_on_its_way_is_still_to_be_read() -> None:
    world, offer = offered()
    key = world.at_work(offer)
    world.amend(offer.demand, risk_statement=DAM)
    read = crew(world, key).words_in
    world.amend(offer.demand, rally_point="中学操场")
    world.send("near", c.SeeWords(assignment=key, revision=read))
    assert crew(world, key).changed == (PublicWord.RALLY_POINT,)


def test_the_desk_says_for_a_crew_what_it_has_told_it_by_telephone() -> None:
    world, offer = offered()
    key = world.at_work(offer)
    world.amend(offer.demand, risk_statement=DAM)
    assert only(world.send(DESK, c.SeeWords(assignment=key, revision=2))).by_desk


def test_nobody_has_read_what_nobody_has_said() -> None:
    world, offer = offered()
    key = world.at_work(offer)
    see = c.SeeWords(assignment=key, revision=2)
    assert world.refused("near", see) is Refusal.REVISION_STALE


def test_who_stood_by_is_shown_what_has_changed_since_its_yes() -> None:
    """Given a standby, when the words change and the desk takes it on, then its card says so."""
    world, offer = offered()
    world.until(offer.answer_by + 1)
    world.organization("second", units=2)
    world.yes(only(asked(world.until(world.at + 10 * MINUTE, f.OfferSent))))
    assert only(world.yes(offer, revision=1), f.StandbyOffered)
    assert world.operation.offers[offer.offer].at_once
    world.amend(offer.demand, risk_statement=DAM)
    assert not world.operation.offers[offer.offer].at_once  # it was said to other words
    facts = world.send(DESK, c.TakeStandby(offer=offer.offer))
    key = only(facts, f.AssignmentCommitted).assignment
    assert crew(world, key).changed == (PublicWord.RISK,)


def test_a_yes_to_other_words_waits_without_a_clock_where_units_are_missing_now() -> None:
    """Given a standby by its own yes, when more units are wanted and the risk is another, then it
    waits for its desk's word and nobody thanks it away meanwhile."""
    world, offer = offered()
    world.until(offer.answer_by + 1)
    world.organization("second", units=2)
    world.yes(only(asked(world.until(world.at + 10 * MINUTE, f.OfferSent))))
    world.yes(offer, revision=1)
    world.amend(offer.demand, risk_statement=DAM, targets=(4,))
    waits = world.operation.offers[offer.offer]
    assert (waits.at_once, waits.standby_until) == (False, None)


def test_what_was_changed_back_has_changed() -> None:
    """Whoever saw it in between has to know that it no longer holds."""
    world, offer = offered()
    before = world.operation.demands[offer.demand].risk_statement
    key = world.at_work(offer)
    world.amend(offer.demand, risk_statement=DAM)
    world.amend(offer.demand, risk_statement=before)
    assert crew(world, key).changed == (PublicWord.RISK,)


def test_a_round_that_begins_anew_has_changed_no_words() -> None:
    world, offer = offered()
    world.close(offer.demand, CloseReason.CANCELED)
    again = only(asked(world.reopen(offer.demand)))
    assert card(world, again).changed == ()
    assert only(world.yes(again, revision=1), f.OfferAccepted)
