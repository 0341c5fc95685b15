"""By telephone is what somebody telephoned: a desk's own acts are nobody's word to it."""

from __future__ import annotations

from schemas import commands as c
from schemas import facts as f
from schemas.facts import Fact
from schemas.instruction_values import InstructionKind
from schemas.values import Reception, StandDownReason
from schemas.views import AssignmentRow, OfferRow
from streams import rows
from streams.ledger import Ledger
from streams.review_names import words
from tests.streams.world import DESK, STEWARD, World, asked, divisions, only

PHONE = "值班室电话代录"


def record(world: World) -> dict[str, list[str]]:
    """What a review says, by the kind of fact."""
    ledger = Ledger(divisions())
    said: dict[str, list[str]] = {}
    for taken in world.turns:
        ledger.learn(taken.turn)
        for fact in taken.turn.facts:
            said.setdefault(type(fact).__name__, []).append(_zh(ledger, fact))
    return said


def _zh(ledger: Ledger, fact: Fact) -> str:
    return words(ledger, fact, ledger.about(fact), None).zh


def shown(world: World) -> tuple[OfferRow, AssignmentRow]:
    [crew] = world.operation.assignments.rows.values()
    offer = rows.offer(world.area, world.operation, world.operation.offers[crew.offer]).row
    assignment = rows.assignment(world.area, world.operation, crew).row
    assert isinstance(offer, OfferRow)
    assert isinstance(assignment, AssignmentRow)
    return offer, assignment


def countered(actor: str) -> World:
    """A team could come later; its desk takes that on."""
    world = World()
    world.organization("near")
    [offer] = asked(world.demand(world.incident()))
    world.send(actor, c.CounterOffer(offer=offer.offer, quantity=1, minutes=90))
    world.send(DESK, c.TakeStandby(offer=offer.offer))
    return world


def test_taking_on_a_counter_offer_is_the_desks_act() -> None:
    world = countered("near")
    offer, crew = shown(world)
    assert (offer.by_desk, offer.kept, crew.by_desk, crew.kept) == (False, True, False, True)
    [yes] = record(world)["OfferAccepted"]
    assert PHONE not in yes
    assert "值班室确定" in yes


def test_what_was_countered_on_the_telephone_stays_so() -> None:
    world = countered(DESK)
    offer, crew = shown(world)
    assert (offer.by_desk, crew.by_desk) == (True, True)
    [said] = record(world)["StandbyOffered"]
    assert PHONE in said


def test_a_crew_taken_on_where_it_stands_was_on_no_telephone() -> None:
    world = World()
    team = world.organization("a")
    world.send(STEWARD, c.SetDuty(organization=team, on_duty=False))
    line = only(world.demand(world.incident()), f.DemandPublished).lines[0].line
    came = c.ReceiveCrew(line=line, organization=team, word=Reception.TAKEN_ON, quantity=1)
    world.send(DESK, came)
    assert not shown(world)[1].by_desk
    said = record(world)
    for kind in ("OfferAccepted", "AssignmentSetOff", "AssignmentArrived"):
        [sentence] = said[kind]
        assert PHONE not in sentence, kind
    world.wait(minutes=6)
    [crew] = world.operation.assignments.rows
    world.send(DESK, c.CheckIn(assignment=crew))
    assert shown(world)[1].by_desk, "what it says later by telephone is"


def test_a_stand_down_by_the_desk_is_no_word_of_the_crew() -> None:
    world = World()
    world.organization("near")
    [offer] = asked(world.demand(world.incident()))
    crew = world.at_work(offer)
    world.send("near", c.Arrive(assignment=crew))
    world.send("near", c.CountHeads(assignment=crew, inside=2))
    order = c.InstructCrew(assignment=crew, what=InstructionKind.WITHDRAW)
    world.send(DESK, order)
    world.send(DESK, c.StandDownCrew(assignment=crew, everybody_out=True))
    assert shown(world)[1].stand_down_reason is StandDownReason.WITHDRAWN
    *_, out = record(world)["HeadsCounted"]
    assert PHONE not in out
