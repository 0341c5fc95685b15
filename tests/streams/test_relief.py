"""A crew is relieved without a gap: it goes when the new one is there, and not before."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.relief import Relieved
from schemas.values import AssignmentId, StandDownReason
from schemas.views import AssignmentRow, OfferRow
from streams import rows
from streams.entities import OfferState
from streams.parameters import HOUR, MINUTE, SECOND
from tests.streams.world import DESK, SEALED, World, asked, only


class Scene:
    """One pump is asked for and at work; another team is there that was not asked."""

    def __init__(self) -> None:
        self.world = World()
        self.one = self.world.organization("one")
        offer = asked(self.world.demand(self.world.incident()))[0]
        self.line, self.crew = offer.line, self.world.at_work(offer)
        self.two = self.world.organization("two")
        self.world.send("one", c.Arrive(assignment=self.crew))

    def relieve(self) -> f.OfferSent:
        command = c.RelieveCrew(assignment=self.crew, organization=self.two, reason=SEALED)
        return asked(self.world.send(DESK, command))[0]

    def covered(self) -> int:
        return self.world.operation.lines[self.line].covered

    def row(self, crew: AssignmentId | None = None) -> AssignmentRow:
        known = self.world.operation
        row = rows.assignment(self.world.area, known, known.assignments[crew or self.crew]).row
        assert isinstance(row, AssignmentRow)
        return row

    def here(self) -> bool:
        """Whether its page says that the new one has come."""
        shown = self.row().relief
        assert shown is not None
        return shown.here

    def there(self) -> bool:
        return self.world.operation.assignments[self.crew].live

    def ends(self, seconds: int = 60) -> list[Any]:
        facts = self.world.until(self.world.at + seconds * SECOND)
        return [one for one in facts if isinstance(one, f.AssignmentStoodDown)]


def test_the_old_crew_goes_half_a_minute_after_the_new_one_has_arrived() -> None:
    scene = Scene()
    offer = scene.relieve()
    assert offer.quantity == 1
    new = scene.world.at_work(offer)
    assert scene.row().relief is not None
    taken = scene.row(new).relieves
    assert taken is not None
    assert (taken.crew, taken.organization_name) == (scene.crew, "one")
    assert not scene.ends(1_200)
    scene.world.send("two", c.Arrive(assignment=new))
    assert not scene.ends(29), "so that a slip can be undone"
    assert scene.covered() == 1, "who relieves fills no gap"
    gone = only(scene.ends(2))
    assert (gone.assignment, gone.reason) == (scene.crew, StandDownReason.RELIEVED)
    assert scene.covered() == 1
    assert scene.row(new).relieves is None


def test_refused_or_silent_the_old_one_stays_and_somebody_else_may_be_asked() -> None:
    scene = Scene()
    third = scene.world.organization("three")
    offer = scene.relieve()
    again = c.RelieveCrew(assignment=scene.crew, organization=third, reason=SEALED)
    assert scene.world.refused(DESK, again) is Refusal.RELIEF_ASKED
    scene.world.no(offer)
    said = scene.world.until(scene.world.at + SECOND)
    assert only(said, f.ReliefDue).assignment == scene.crew, "it is asked at once"
    assert scene.there()
    scene.world.send(DESK, again)
    facts = scene.world.wait(minutes=61)
    assert only(facts, f.ReliefDue).assignment == scene.crew, "an hour, and nobody has said yes"
    assert scene.there()
    assert scene.row().relief is not None


def test_it_goes_only_when_nobody_of_it_is_inside() -> None:
    scene = Scene()
    new = scene.world.at_work(scene.relieve())
    scene.world.send("one", c.CountHeads(assignment=scene.crew, inside=2))
    assert not scene.here()
    scene.world.send("two", c.Arrive(assignment=new))
    assert scene.here(), "and it is told so, rather than to stay until the other one is there"
    assert not scene.ends(300)
    scene.world.send("one", c.CountHeads(assignment=scene.crew, inside=0))
    assert only(scene.ends(31)).assignment == scene.crew


def test_a_new_one_that_gives_up_leaves_the_old_one_there_and_the_desk_is_asked_at_once() -> None:
    scene = Scene()
    new = scene.world.at_work(scene.relieve())
    scene.world.send("two", c.CannotComplete(assignment=new))
    facts = scene.world.until(scene.world.at + SECOND)
    assert only(facts, f.ReliefDue).assignment == scene.crew
    assert scene.there()
    assert scene.covered() == 1


def test_an_arrival_that_was_not_meant_releases_nobody() -> None:
    scene = Scene()
    new = scene.world.at_work(scene.relieve())
    scene.world.send("two", c.Arrive(assignment=new))
    scene.world.send("two", c.UndoStep(assignment=new))
    assert not scene.ends(120)
    assert scene.there()


def test_after_eight_hours_its_desk_is_asked_and_again_after_four_if_it_goes_on() -> None:
    scene = Scene()
    arrived = scene.world.operation.assignments[scene.crew].arrived_at
    assert arrived is not None
    assert scene.world.send("one", c.KeepCrewOn(assignment=scene.crew)) == ()
    due = only(scene.world.until(arrived + 8 * HOUR, f.ReliefDue), f.ReliefDue)
    assert due.at == arrived + 8 * HOUR
    view = scene.row().relief
    assert view is not None
    assert view.due_at == due.at
    kept = only(scene.world.send("one", c.KeepCrewOn(assignment=scene.crew)))
    assert kept.until == due.at + 4 * HOUR
    assert scene.row().relief is None
    again = only(scene.world.until(kept.until, f.ReliefDue), f.ReliefDue)
    assert again.at == kept.until


def test_units_that_were_there_for_long_rest_after_they_were_relieved() -> None:
    scene = Scene()
    scene.world.until(scene.world.at + 13 * HOUR)
    scene.world.send("one", c.CheckIn(assignment=scene.crew))
    new = scene.world.at_work(scene.relieve())
    scene.world.send("two", c.Arrive(assignment=new))
    assert only(scene.ends(31)).assignment == scene.crew
    load = scene.world.operation.load[scene.one, "PUMP_DRAIN"]
    assert [rest.units for rest in load.resting] == [1]


def test_who_relieves_whom_is_checked() -> None:
    scene = Scene()
    itself = c.RelieveCrew(assignment=scene.crew, organization=scene.one, reason=SEALED)
    assert scene.world.refused(DESK, itself) is Refusal.RELIEF_OF_ITSELF
    off = scene.world.organization("off", skill="CATERING")
    unable = c.RelieveCrew(assignment=scene.crew, organization=off, reason=SEALED)
    assert scene.world.refused(DESK, unable) is Refusal.SKILL_MISSING
    scene.world.send("one", c.ReportDone(assignment=scene.crew))
    done = c.RelieveCrew(assignment=scene.crew, organization=scene.two, reason=SEALED)
    assert scene.world.refused(DESK, done) is Refusal.ALREADY_REPORTED


def test_what_its_desk_does_not_answer_is_asked_of_the_county_in_the_time_of_its_priority() -> None:
    scene = Scene()
    scene.world.no(scene.relieve())
    due = only(scene.world.until(scene.world.at + SECOND), f.ReliefDue)
    assert due.climbs_at == due.at + 3 * MINUTE, "as P1 does"
    climbed = only(scene.world.until(due.climbs_at, f.ReliefClimbed), f.ReliefClimbed)
    assert climbed.at == due.climbs_at
    view = scene.row().relief
    assert view is not None
    assert (view.due_at, view.climbed_at) == (due.at, climbed.at)
    scene.world.send("one", c.KeepCrewOn(assignment=scene.crew))
    kept = scene.row().relief
    assert kept is not None, "whom it has asked is known still"
    assert (kept.due_at, kept.climbed_at) == (None, None)


def test_nobody_above_is_asked_about_a_crew_that_says_it_has_done() -> None:
    scene = Scene()
    scene.world.no(scene.relieve())
    scene.world.until(scene.world.at + SECOND)
    scene.world.send("one", c.ReportDone(assignment=scene.crew))
    assert not [one for one in scene.world.wait(minutes=90) if isinstance(one, f.ReliefFact)]
    again = c.ConfirmAssignment(assignment=scene.crew, done=False, reason="水还没有抽完")
    scene.world.send(DESK, again)
    facts = scene.world.until(scene.world.at + HOUR)
    assert only(facts, f.ReliefDue).assignment == scene.crew, "it goes on, and nobody relieves it"


def test_whoever_is_asked_reads_whom_it_relieves_and_since_when_they_are_there() -> None:
    scene = Scene()
    offer = scene.relieve()
    known = scene.world.operation
    row = rows.offer(scene.world.area, known, known.offers[offer.offer]).row
    assert isinstance(row, OfferRow)
    arrived = known.assignments[scene.crew].arrived_at
    assert row.relieves == Relieved(crew=scene.crew, organization_name="one", since=arrived)


def test_a_line_below_its_target_asks_on_whoever_is_on_the_way_to_relieve_its_crew() -> None:
    """Asked for it or on the way, who takes a place fills no gap; once there, it has that place."""
    world = World()
    world.organization("one")
    offer = asked(world.demand(world.incident(), minimum=2, target=2))[0]
    crew = world.at_work(offer)
    world.send("one", c.Arrive(assignment=crew))
    two = world.organization("two", township=9)
    command = c.RelieveCrew(assignment=crew, organization=two, reason=SEALED)
    relief = asked(world.send(DESK, command))[0]
    line = world.operation.lines[offer.line]
    assert (line.covered, line.asked, line.live_offers) == (1, 0, 0)
    third = world.organization("three")
    assert third in {one.organization for one in asked(world.wait(minutes=1))}
    new = world.at_work(relief)
    assert world.operation.lines[offer.line].covered == 1
    world.send("two", c.Arrive(assignment=new))
    world.wait(minutes=1)
    assert not world.operation.assignments[crew].live
    line = world.operation.lines[offer.line]
    assert (line.covered, line.working) == (1, 1)


def test_a_crew_that_goes_before_its_relief_has_come_leaves_that_one_as_any_other() -> None:
    scene = Scene()
    new = scene.world.at_work(scene.relieve())
    scene.world.send("one", c.CannotComplete(assignment=scene.crew))
    assert scene.covered() == 1
    assert scene.world.operation.assignments[new].relieves is None
    assert not asked(scene.world.wait(minutes=5)), "nobody more is looked for"


def test_while_it_is_only_asked_it_becomes_a_request_for_the_line() -> None:
    scene = Scene()
    offer = scene.relieve()
    scene.world.send("one", c.CannotComplete(assignment=scene.crew))
    line = scene.world.operation.lines[scene.line]
    assert (line.covered, line.asked, line.live_offers) == (0, 1, 1)
    scene.world.yes(offer)
    line = scene.world.operation.lines[scene.line]
    assert (line.covered, line.asked, line.live_offers) == (1, 0, 0)


def test_a_late_yes_to_a_relief_still_relieves() -> None:
    scene = Scene()
    offer = scene.relieve()
    scene.world.wait(minutes=10)
    assert scene.world.operation.offers[offer.offer].state is OfferState.NO_ANSWER
    new = scene.world.at_work(offer)
    scene.world.send("two", c.Arrive(assignment=new))
    assert only(scene.ends(31)).assignment == scene.crew


def test_that_the_line_is_covered_meanwhile_sends_no_relief_away() -> None:
    world = World()
    world.organization("one")
    offer = asked(world.demand(world.incident(), minimum=2, target=2))[0]
    crew = world.at_work(offer)
    world.send("one", c.Arrive(assignment=crew))
    two, three = world.organization("two", township=9), world.organization("three")
    command = c.RelieveCrew(assignment=crew, organization=two, reason=SEALED)
    relief = asked(world.send(DESK, command))[0]
    world.wait(minutes=1)
    [other] = [one for one in world.operation.offers_to.of(three) if one.state is OfferState.SENT]
    world.send("three", c.AcceptOffer(offer=other.id, quantity=1))
    world.wait(minutes=1)
    assert world.operation.lines[offer.line].covered == 2
    assert world.operation.offers[relief.offer].state is OfferState.SENT


def test_only_who_has_as_many_units_as_the_crew_is_asked_to_relieve_it_and_no_part_is_taken() -> (
    None
):
    world = World()
    world.organization("one", units=2)
    offer = asked(world.demand(world.incident(), minimum=2, target=2))[0]
    crew = world.at_work(offer)
    world.send("one", c.Arrive(assignment=crew))
    small, like = world.organization("small", units=1), world.organization("like", units=2)
    command = c.RelieveCrew(assignment=crew, organization=small, reason=SEALED)
    assert world.refused(DESK, command) is Refusal.RELIEF_SMALLER
    relief = asked(world.send(DESK, replace(command, organization=like)))[0]
    part = c.AcceptOffer(offer=relief.offer, quantity=1)
    assert world.refused("like", part) is Refusal.WHOLE_PART
    row = rows.offer(world.area, world.operation, world.operation.offers[relief.offer]).row
    assert isinstance(row, OfferRow)
    assert row.whole


def test_a_crew_that_was_relieved_is_not_asked_for_the_same_at_once() -> None:
    scene = Scene()
    new = scene.world.at_work(scene.relieve())
    scene.world.send("two", c.Arrive(assignment=new))
    assert only(scene.ends(31)).assignment == scene.crew
    scene.world.send("two", c.CannotComplete(assignment=new))
    again = asked(scene.world.wait(minutes=60))
    assert scene.one not in {one.organization for one in again}
