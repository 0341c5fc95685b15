"""Case F2, everywhere else: whatever is pressed twice under two keys has happened once."""

from __future__ import annotations

from typing import Any

from schemas import commands as c
from schemas.ids import digest_of
from schemas.values import CloseReason
from streams.incident import live_in
from streams.turning import Taken
from tests.streams.cases.scene import Posted, Scene, code, seat
from tests.streams.world import COUNTY, DESK, STEWARD, certificate


class Impatient(Scene):
    """From when it is `hurried` on, everything is pressed twice, a third of a second apart."""

    hurried = False

    def send(self, actor: str, command: c.Command, key: str | None = None) -> Any:
        facts = super().send(actor, command, key)
        if self.hurried:
            before = dict(self.page)
            self.at += 300
            again = self.take(self.envelope(actor, command))
            assert isinstance(again, Taken)
            assert (again.turn.facts, self.page) == ((), before)
        return facts


def night(**wishes: Any) -> tuple[Impatient, Posted]:
    scene = Impatient()
    scene.team("near", units=2)
    scene.team("far")
    return scene, scene.post(**wishes)


def test_f2_double_tap_on_a_demand_from_its_answer_to_its_end() -> None:
    scene, posted = night(priority=2, target=2, lines=2)
    scene.team("resting")
    scene.duty("resting", False)
    scene.hurried = True
    first, second = posted.lines
    scene.send("near", c.AcceptOffer(offer=scene.offer("near", first).id, quantity=1))
    scene.send("near", c.AcceptOffer(offer=scene.offer("near", second).id, quantity=1))
    for step in (c.SetOff, c.Arrive, c.ReportDone):
        scene.step(step, "near")
    scene.step(c.ConfirmAssignment, "near", by=DESK)
    assert (scene.view(first).working, scene.view(second).delivered) == (1, 1)
    scene.by_hand("resting", second)
    scene.send(DESK, c.DropLine(line=first))
    scene.amend(posted.demand, priority=1)
    scene.close(posted.demand, CloseReason.PARTLY_MET_ACCEPTED)
    scene.reopen(posted.demand)
    assert scene.demand_row(posted.demand).round == 2


def test_f2_double_tap_on_a_standby_and_on_taking_it() -> None:
    scene, posted = night(priority=2)
    scene.wait(minutes=6)
    scene.team("next")
    scene.wait(minutes=0)
    scene.says_yes("next")
    scene.says_yes("near", 1)
    scene.hurried = True
    scene.send(DESK, c.TakeStandby(offer=scene.offer("near").id))
    assert scene.view(posted.line).covered == 2


def test_f2_double_tap_on_a_task_from_its_proposal_to_its_end() -> None:
    scene, posted = night()
    scene.close(posted.demand)
    scene.hurried = True
    task = scene.tasks()[0]
    claim = c.ClaimTask(task=task.id, organization=scene.teams["near"])
    scene.send(DESK, c.OpenTask(task=task.id, domain=task.domain))
    scene.send("near", claim)
    scene.send("near", c.GiveBackTask(task=task.id))
    scene.send("near", claim)
    scene.send(DESK, c.TakeBackTask(task=task.id))
    scene.send("near", claim)
    scene.send("near", c.ReportTask(task=task.id))
    scene.send(DESK, c.VerifyTask(task=task.id, done=False))
    scene.send("near", c.ReportTask(task=task.id))
    scene.send(DESK, c.VerifyTask(task=task.id))
    assert scene.tasks()[0].state == "verified"


def test_f2_double_tap_on_an_incident_s_end_and_its_taking_up() -> None:
    scene, _ = night()
    scene.says_yes("near", 1)
    scene.hurried = True
    live = digest_of(live_in(scene.operation, scene.typhoon))
    scene.send(COUNTY, c.CloseIncident(incident=scene.typhoon, live=live))
    scene.send(COUNTY, c.ReopenIncident(incident=scene.typhoon))
    scene.send(COUNTY, c.JoinIncident(incident=scene.typhoon, division=code(3)))
    assert scene.incident_row().state == "open"


def test_f2_double_tap_on_moving_a_demand_and_taking_it_back() -> None:
    scene, posted = night()
    scene.hurried = True
    scene.amend(posted.demand, place=seat(5))
    scene.send(DESK, c.TakeBackDemand(demand=posted.demand, revision=2))
    assert scene.demand_row(posted.demand).division == code(0)


def test_f2_double_tap_in_the_registry() -> None:
    scene = Impatient()
    for name in ("one", "two"):
        scene.team(name, skill="WATER", certificate=certificate(number=name))
    scene.hurried = True
    one, two = scene.teams["one"], scene.teams["two"]
    issuer = certificate().issuer
    for command in (
        c.RetireOrganization(organization=one),
        c.ReinstateOrganization(organization=one),
        c.MergeOrganizations(organization=one, merged=two),
        c.SeparateOrganizations(merged=two),
        c.WithdrawCertificate(organization=one, issuer=issuer, number="one"),
        c.WithdrawIssuer(issuer=issuer),
    ):
        scene.send(STEWARD, command)
    assert not scene.organization_row("two").retired
