"""The whole way of one demand, as facts."""

from __future__ import annotations

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import CloseReason, DeclineReason, Domain
from tests.streams.world import COUNTY, DESK, World, kinds, only


def test_one_declines_and_is_replaced_another_carries_it_through_recovery() -> None:
    world = World()
    for name, township in (("near", 0), ("far", 9), ("farther", 5), ("farthest", 14)):
        world.organization(name, township=township)
    incident = world.incident()

    # Given a demand at priority 4, two are asked at first: the nearest two.
    published = world.demand(incident, priority=4)
    assert kinds(published) == ["DemandPublished"]
    demand = only(published, f.DemandPublished).demand
    near, far = world.wait(minutes=2)
    names = {key: item.name for key, item in world.area.registry.organizations.rows.items()}
    assert [names[near.organization], names[far.organization]] == ["near", "far"]

    # When one declines, then the next nearest is asked in the same turn.
    answer = world.send("near", c.DeclineOffer(offer=near.offer, reason=DeclineReason.NO_CREW))
    assert kinds(answer)[:2] == ["OfferDeclined", "OfferSent"]
    assert names[answer[1].organization] == "farther"

    # When that one accepts, then it is committed and the line is covered.
    accepted = world.send("far", c.AcceptOffer(offer=far.offer, quantity=1, minutes=30))
    assert kinds(accepted) == ["OfferAccepted", "AssignmentCommitted", "OfferStoodDown"]
    assignment = only(accepted, f.AssignmentCommitted).assignment

    # Its report from the end implies the steps that nobody reported.
    done = world.send("far", c.ReportDone(assignment=assignment))
    assert kinds(done) == ["AssignmentSetOff", "AssignmentArrived", "AssignmentReportedDone"]
    assert [fact.implied for fact in done[:2]] == [True, True]

    confirmed = world.send(DESK, c.ConfirmAssignment(assignment=assignment))
    assert kinds(confirmed) == ["AssignmentConfirmed", "AssignmentReleased"]

    # Closing proposes a recovery task; the incident's closing opens it.
    close = c.CloseDemand(demand=demand, reason=CloseReason.MET, revision=1)
    task = only(world.send(DESK, close), f.TaskProposed)
    assert task.domain is Domain.PRODUCTION
    closing = world.send(COUNTY, c.CloseIncident(incident=incident))
    assert kinds(closing) == ["IncidentClosing", "TaskOpened", "IncidentClosed"]

    # Another party than the doer verifies it; then nothing personal is kept.
    doer = far.organization
    world.send("far", c.ClaimTask(task=task.task, organization=doer))
    world.send("far", c.ReportTask(task=task.task))
    assert world.refused("far", c.VerifyTask(task=task.task)) is Refusal.ROLE_MISSING
    verified = world.send(DESK, c.VerifyTask(task=task.task))
    assert kinds(verified) == ["TaskVerified", "KeyDestroyed"]


def test_a_desk_that_reported_by_phone_cannot_verify_but_the_county_can() -> None:
    world = World()
    doer = world.organization("near")
    incident = world.incident()
    demand = only(world.demand(incident), f.DemandPublished).demand
    close = c.CloseDemand(demand=demand, reason=CloseReason.DONE_BY_OTHERS, revision=1)
    task = only(world.send(DESK, close), f.TaskProposed).task
    world.send(DESK, c.OpenTask(task=task, domain=Domain.LIFE))
    claimed = only(world.send(DESK, c.ClaimTask(task=task, organization=doer)))
    assert claimed.by_desk
    world.send(DESK, c.ReportTask(task=task))
    assert world.refused(DESK, c.VerifyTask(task=task)) is Refusal.VERIFIER_IS_DOER
    assert kinds(world.send(COUNTY, c.VerifyTask(task=task))) == ["TaskVerified"]


def test_silence_is_a_fact_and_the_next_is_asked() -> None:
    world = World()
    for name, township in (("near", 0), ("far", 5), ("farther", 9), ("farthest", 3)):
        world.organization(name, township=township)
    world.demand(world.incident(), priority=4)
    first, second = world.wait(minutes=2)
    later = world.wait(minutes=61)
    assert [fact.offer for fact in later if isinstance(fact, f.OfferExpired)] == sorted(
        (first.offer, second.offer)
    )
    assert kinds(later).count("OfferSent") == 2
    late = c.AcceptOffer(offer=first.offer, quantity=1)
    names = {key: item.name for key, item in world.area.registry.organizations.rows.items()}
    assert world.refused(names[first.organization], late) is Refusal.OFFER_EXPIRED


def test_a_late_answer_is_late_even_before_its_tick() -> None:
    world = World()
    world.organization("near")
    sent = only(world.demand(world.incident()), f.OfferSent)
    world.at = sent.answer_by
    assert world.refused("far", c.AcceptOffer(offer=sent.offer, quantity=1)) is Refusal.NOT_FOUND
    world.at = sent.answer_by + 1
    late = c.AcceptOffer(offer=sent.offer, quantity=1)
    assert world.refused("near", late) is Refusal.OFFER_EXPIRED


def test_when_the_line_is_covered_the_others_asked_are_stood_down() -> None:
    world = World()
    for name in ("one", "two", "three", "four", "five", "six"):
        world.organization(name)
    facts = world.demand(world.incident(), priority=1)
    offers = [fact for fact in facts if isinstance(fact, f.OfferSent)]
    assert len(offers) == 5  # with one yes in two, five make .95
    names = {key: item.name for key, item in world.area.registry.organizations.rows.items()}
    first, second = offers[0], offers[1]
    accept = c.AcceptOffer(offer=first.offer, quantity=1)
    accepted = world.send(names[first.organization], accept)
    assert kinds(accepted) == ["OfferAccepted", "AssignmentCommitted"] + ["OfferStoodDown"] * 4
    late = c.AcceptOffer(offer=second.offer, quantity=1)
    assert world.refused(names[second.organization], late) is Refusal.OFFER_STOOD_DOWN
    assert world.refused(names[first.organization], accept) is Refusal.ALREADY_ANSWERED


def test_posted_by_mistake_stands_everybody_down_and_proposes_nothing() -> None:
    world = World()
    world.organization("near")
    facts = world.demand(world.incident())
    undo = c.CloseDemand(
        demand=only(facts, f.DemandPublished).demand,
        reason=CloseReason.POSTED_BY_MISTAKE,
        revision=1,
    )
    assert kinds(world.send(DESK, undo)) == ["DemandClosed", "OfferStoodDown"]


def test_nobody_to_ask_is_said_and_somebody_who_comes_is_asked_at_the_next_tick() -> None:
    world = World()
    unmet = only(world.demand(world.incident()), f.LineUnmet)
    assert (unmet.missing, unmet.considered, unmet.gates) == (1, 0, ())
    world.organization("late comer")
    assert only(world.tick(), f.OfferSent).line == unmet.line


def test_a_reopened_demand_asks_again() -> None:
    world = World()
    world.organization("near")
    facts = world.demand(world.incident())
    demand = only(facts, f.DemandPublished).demand
    world.send(DESK, c.CloseDemand(demand=demand, reason=CloseReason.MET, revision=1))
    stale = c.ReopenDemand(demand=demand, revision=1)
    assert world.refused(DESK, stale) is Refusal.REVISION_STALE
    again = world.send(DESK, c.ReopenDemand(demand=demand, revision=2))
    assert kinds(again) == ["DemandReopened", "OfferSent", "LineUnmet"]


def test_a_raised_target_asks_more_and_a_lowered_one_stands_down() -> None:
    world = World()
    world.organization("near", units=3)
    incident = world.incident()
    command = world.demand_command(incident, target=1)
    facts = world.send(DESK, command)
    demand = only(facts, f.DemandPublished).demand
    offer = only(facts, f.OfferSent).offer
    world.send("near", c.AcceptOffer(offer=offer, quantity=1))

    def amended(revision: int, target: int) -> c.AmendDemand:
        return c.AmendDemand(
            demand=demand,
            revision=revision,
            priority=1,
            place=command.place,
            targets=(target,),
            lines=(),
            risk_statement=command.risk_statement,
            rally_point=command.rally_point,
        )

    world.organization("second", units=2)
    more = world.send(DESK, amended(1, 3))
    assert "OfferSent" in kinds(more)
    fewer = world.send(DESK, amended(2, 1))
    assert kinds(fewer) == ["DemandAmended", "OfferStoodDown"]


def test_incident_with_live_assignments_closes_only_when_each_is_named() -> None:
    world = World()
    world.organization("near")
    incident = world.incident()
    offer = only(world.demand(incident), f.OfferSent).offer
    accepted = world.send("near", c.AcceptOffer(offer=offer, quantity=1))
    assignment = only(accepted, f.AssignmentCommitted).assignment
    refused = world.refused(COUNTY, c.CloseIncident(incident=incident))
    assert refused is Refusal.INCIDENT_HAS_ASSIGNMENTS
    assert world.turns[-1].turn.subjects == (assignment,)
    closing = world.send(COUNTY, c.CloseIncident(incident=incident, stand_down=(assignment,)))
    assert "AssignmentStoodDown" in kinds(closing)
    assert kinds(closing)[-1] == "IncidentClosed"
