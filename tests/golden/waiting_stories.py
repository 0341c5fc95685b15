"""Stories of demands that wait for their desk."""

from __future__ import annotations

from schemas import commands as c
from schemas import facts as f
from schemas.hand_ups import HandUpReason
from schemas.values import CloseReason, IncidentId, Reception, Role
from tests.streams.world import (
    COMMITTEE,
    COUNTY,
    DESK,
    SEALED,
    STEWARD,
    VILLAGE,
    World,
    asked,
    only,
)


def drafted(world: World, incident: IncidentId) -> None:
    """A draft climbs and the county publishes it; another one is discarded, and taken up again."""
    first = only(world.send(DESK, world.draft_command(incident, skill="CATERING"))).demand
    other = only(world.send(DESK, world.draft_command(incident, skill="CATERING"))).demand
    world.close(other, CloseReason.DUPLICATE)
    world.wait(minutes=4)
    world.send(COUNTY, c.PublishDraft(demand=first, revision=1))
    world.grant(COMMITTEE, Role.COMMITTEE, division=world.township, village=VILLAGE)
    world.send(COMMITTEE, world.need_command(incident, skill="CATERING"))
    world.reopen(other)
    world.close(other, CloseReason.DONE_BY_OTHERS)
    world.close(first, CloseReason.CANCELED)


def on_hold(world: World, incident: IncidentId) -> None:
    """The county asks, nobody answers, and it climbs; then the township does, and it goes on."""
    demand = only(world.demand(incident, skill="CATERING"), f.DemandPublished).demand
    world.send(COUNTY, c.HoldDemand(demand=demand, question="桥能不能过车？"))
    world.wait(minutes=40)
    world.send(DESK, c.ResumeDemand(demand=demand, answer="可以，限重五吨"))


def handed_up(world: World, incident: IncidentId) -> None:
    """The township cannot serve it; nobody above says anything, then the county takes it on."""
    demand = only(world.demand(incident, skill="CATERING"), f.DemandPublished).demand
    up = c.HandUpDemand(demand=demand, reason=HandUpReason.NO_FORCE, text="镇上已无可用力量")
    world.send(DESK, up)
    world.wait(minutes=4)
    world.send(COUNTY, c.TakeOnDemand(demand=demand))
    world.send(COUNTY, c.GiveBackDemand(demand=demand, text="邻镇可以支援，请直接联系"))


def offering(world: World, incident: IncidentId) -> None:
    """One that was not asked offers itself for what is short, and is taken at its word."""
    team = world.organization("by itself", skill="CHAINSAW_CLEAR", units=2)
    world.send(STEWARD, c.SetDuty(organization=team, on_duty=False))
    demand = only(world.demand(incident, skill="CHAINSAW_CLEAR"), f.DemandPublished)
    command = c.OfferHelp(line=demand.lines[0].line, organization=team, quantity=2, minutes=20)
    world.send("by itself", command)


def countering(world: World, incident: IncidentId) -> None:
    """One could come in an hour and a half, and the desk would have that."""
    world.organization("later", skill="DRONE", units=2)
    offer = asked(world.demand(incident, skill="DRONE", priority=2))[0]
    name = world.name(offer.organization)
    world.send(name, c.CounterOffer(offer=offer.offer, quantity=1, minutes=90))
    world.send(DESK, c.TakeStandby(offer=offer.offer))


def helpers(world: World, incident: IncidentId) -> None:
    """People of no organization come: some go home at once, some later, some are let go."""
    demand = only(world.demand(incident, skill="CATERING"), f.DemandPublished).demand
    waiting = []
    for word in (Reception.SENT_HOME, Reception.PARKED, Reception.PARKED):
        came = c.ReceiveHelpers(demand=demand, people=4, word=word, contact=SEALED)
        waiting += [only(world.send(DESK, came), f.HelpersReceived).helpers]
    world.send(DESK, c.EndHelpers(demand=demand, helpers=waiting[1], registered=True))
    for words in ("请带雨靴", None):
        world.send(DESK, c.MakeAppeal(demand=demand, revision=1, text=words))
    world.send(DESK, c.EndAppeal(demand=demand))
    world.wait(minutes=121)


def shift(world: World, incident: IncidentId) -> None:
    """Handed over with a note, and nobody takes it; then another one does, and reads it."""
    here = world.township
    world.grant("the next one", Role.DESK, division=here)
    world.send(DESK, c.TakeShift(division=here))
    world.send(DESK, c.HandOverShift(division=here, incident=incident, note=SEALED))
    world.refused(DESK, c.HandOverShift(division=here))
    world.wait(minutes=60)
    world.send("the next one", c.TakeShift(division=here))
    world.send("the next one", c.OpenShiftNote(division=here))
