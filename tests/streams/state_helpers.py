"""People who came by themselves, for the table of states and commands."""

from __future__ import annotations

from msgspec.structs import replace

from schemas import commands as c
from schemas.helpers import HelpersId
from schemas.values import OrganizationId, Reception
from tests.streams.state_commands import Row
from tests.streams.state_worlds import NEAR, RESTING, Scene, published
from tests.streams.world import DESK, SEALED


def received(scene: Scene, word: Reception) -> c.ReceiveHelpers:
    return c.ReceiveHelpers(demand=scene.demand, people=4, word=word, contact=SEALED)


def waited_for() -> Scene:
    """Some of them wait there."""
    scene = published()
    scene.world.send(DESK, received(scene, Reception.PARKED))
    return scene


def appealing() -> Scene:
    """Everybody may read what it lacks."""
    scene = published()
    scene.world.send(DESK, made(scene))
    return scene


def ended(scene: Scene) -> c.EndHelpers:
    """Those who wait, if any do."""
    waiting = scene.world.operation.helpers_for.of(scene.demand)
    known = waiting[0].id if waiting else HelpersId("none")
    return c.EndHelpers(demand=scene.demand, helpers=known)


def offering(scene: Scene, organization: OrganizationId) -> c.OfferHelp:
    return c.OfferHelp(line=scene.line, organization=organization, quantity=1)


def refile(scene: Scene) -> c.RefileDemand:
    """To an incident that is opened now, with what is sealed."""
    known = scene.world.operation.demands[scene.demand]
    to = scene.world.incident("forest_fire")
    texts = {one.text.value: replace(SEALED, key=to) for one in known.sealed}
    moving = c.RefileDemand(demand=known.id, revision=known.revision, incident=to)
    return replace(moving, **texts)


FILED = (Row(c.RefileDemand, "to another incident", lambda s: (s.desk, refile(s))),)

VOLUNTEERS = (
    Row(c.OfferHelp, "the first team", lambda s: (NEAR, offering(s, s.organization))),
    Row(c.OfferHelp, "somebody off duty", lambda s: (RESTING, offering(s, s.resting))),
)

COUNTERS = (
    Row(
        c.CounterOffer,
        "in 90 minutes",
        lambda s: (NEAR, c.CounterOffer(offer=s.offer, quantity=1, minutes=90)),
    ),
)


def made(scene: Scene) -> c.MakeAppeal:
    return c.MakeAppeal(demand=scene.demand, revision=scene.revision, text="请带雨靴")


APPEALS = (
    Row(c.MakeAppeal, "with a few words", lambda s: (s.desk, made(s))),
    Row(c.EndAppeal, "", lambda s: (s.desk, c.EndAppeal(demand=s.demand))),
)

HELPERS = (
    Row(c.ReceiveHelpers, "parked", lambda s: (s.desk, received(s, Reception.PARKED))),
    Row(c.ReceiveHelpers, "sent home", lambda s: (s.desk, received(s, Reception.SENT_HOME))),
    Row(c.ReceiveHelpers, "taken on", lambda s: (s.desk, received(s, Reception.TAKEN_ON))),
    Row(c.EndHelpers, "sent home", lambda s: (s.desk, ended(s))),
)
