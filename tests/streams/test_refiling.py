"""B3: a demand posted in the wrong incident goes to the right one, with its crews."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.helpers import HelpersId
from schemas.instruction_values import InstructionKind
from schemas.refiling import CarriedNote, Refiled
from schemas.refusals import Refusal
from schemas.values import (
    AccountId,
    AssignmentId,
    CloseReason,
    DemandId,
    IncidentId,
    OpeningReason,
    Reception,
    Sealed,
)
from streams import refiling
from streams.area import Area
from streams.ledger import Ledger
from streams.parameters import DAY, MINUTE
from streams.review import Scope, entry
from streams.verify import verify
from tests.streams.world import COUNTY, DESK, WENZHOU, World, asked, divisions, kinds, only


class Posted:
    """A typhoon and a fire are open; what belongs to the fire was posted in the typhoon, one crew
    is at work for it, and another is asked."""

    def __init__(self, **wishes: Any) -> None:
        self.world = World()
        self.world.organization("one")
        self.world.organization("two")
        self.typhoon, self.fire = self.world.incident(), self.world.incident("forest_fire")
        self.world.demand(self.fire, priority=4)
        offers = asked(self._post(**wishes))
        self.demand: DemandId = offers[0].demand
        self.waiting = offers[1]
        self.crew: AssignmentId = self.world.at_work(offers[0])

    def _post(self, **wishes: Any) -> Any:
        command = self.world.demand_command(self.typhoon, **{"target": 2, **wishes})
        sealed = Sealed(key=self.typhoon, nonce="n", ciphertext="c")
        return self.world.send(DESK, replace(command, contact=sealed))

    def refiling(self, to: IncidentId | None = None, **differs: Any) -> c.RefileDemand:
        to = to or self.fire
        row = self.world.operation.demands[self.demand]
        sealed = Sealed(key=to, nonce="n", ciphertext="anew")
        said = {"revision": row.revision, "contact": sealed, **differs}
        return c.RefileDemand(demand=self.demand, incident=to, **said)


def test_its_lines_requests_and_crews_go_with_it_and_nobody_is_asked_again() -> None:
    scene = Posted()
    facts = scene.world.send(DESK, scene.refiling())
    assert kinds(facts) == ["DemandRefiled"]
    operation = scene.world.operation
    demand = operation.demands[scene.demand]
    assert (demand.incident, demand.number) == (scene.fire, 2)
    assert demand.refiled == Refiled(incident=scene.typhoon, number=1, at=scene.world.at)
    assert all(operation.lines[key].incident == scene.fire for key in demand.lines)
    assert operation.assignments[scene.crew].incident == scene.fire
    assert asked(scene.world.wait(minutes=1)) == []
    yes = scene.world.yes(scene.waiting)
    assert only(yes, f.AssignmentCommitted).demand == scene.demand


def test_the_incident_that_it_has_left_closes_without_it_and_its_key_goes() -> None:
    """Given a demand that has left it, when it closes and its key is destroyed, then the crew is
    still at work, and what was sealed anew is said to be in the turn of the move."""
    scene = Posted()
    scene.world.send(DESK, scene.refiling())
    turn = scene.world.operation.demands[scene.demand].sealed[0].sequence
    assert isinstance(scene.world.turns[-1].turn.command, c.RefileDemand)
    assert turn == scene.world.turns[-1].turn.sequence
    scene.world.close_incident(scene.typhoon)
    for _ in range(5 * DAY // (60 * MINUTE)):
        scene.world.wait(minutes=60)
    operation = scene.world.operation
    assert operation.incidents[scene.typhoon].left
    assert operation.assignments[scene.crew].live
    read = c.OpenSealedText(demand=scene.demand, reason=OpeningReason.ON_THE_WAY)
    assert scene.world.send(DESK, read)


def test_its_number_in_the_other_one_is_not_given_again() -> None:
    scene = Posted()
    scene.world.send(DESK, scene.refiling())
    posted = only(scene.world.demand(scene.typhoon), f.DemandPublished)
    assert posted.number == 2


def test_the_review_of_both_says_it() -> None:
    scene = Posted()
    scene.world.send(DESK, scene.refiling())
    for incident in (scene.typhoon, scene.fire):
        ledger = Ledger(divisions())
        scope = Scope(divisions=(scene.world.county,), incident=incident)
        shown = [entry(ledger, one.turn, scope) for one in scene.world.turns]
        facts = [fact for one in shown if one is not None for fact in one.facts]
        [moved] = [fact for fact in facts if fact.type == "DemandRefiled"]
        assert "1 号事件" in moved.words.zh
        assert "2 号事件" in moved.words.zh


def test_what_is_sealed_is_sealed_anew_all_of_it_and_for_the_right_incident() -> None:
    scene = Posted()
    world = scene.world
    old = Sealed(key=scene.typhoon, nonce="n", ciphertext="c")
    for differs in ({"contact": None}, {"contact": old}, {"lead": old}):
        assert world.refused(DESK, scene.refiling(**differs)) is Refusal.REVISION_STALE
    world.send(DESK, c.NoteDemand(demand=scene.demand, text=old))
    assert world.refused(DESK, scene.refiling()) is Refusal.REVISION_STALE, "a note came meanwhile"
    anew = Sealed(key=scene.fire, nonce="n", ciphertext="note")
    note = CarriedNote(number=1, account=AccountId(DESK), text=anew, at=world.at)
    world.send(DESK, scene.refiling(notes=(note,)))
    demand = world.operation.demands[scene.demand]
    assert (demand.notes, demand.noted_in) == (1, world.turns[-1].turn.sequence)


def test_it_goes_only_where_it_can_and_said_twice_nothing_is_new() -> None:
    scene = Posted()
    world = scene.world
    assert world.refused(DESK, scene.refiling(revision=9)) is Refusal.REVISION_STALE
    assert world.refused("one", scene.refiling()) is Refusal.NOT_FOUND
    assert world.send(DESK, scene.refiling(scene.typhoon)) == ()
    world.send(DESK, scene.refiling())
    assert world.send(DESK, scene.refiling()) == ()
    world.close_incident(scene.typhoon)
    assert world.refused(DESK, scene.refiling(scene.typhoon)) is Refusal.INCIDENT_NOT_OPEN


def test_what_holds_it_where_it_is_is_said() -> None:
    scene = Posted()
    world = scene.world
    out = c.InstructIncident(incident=scene.typhoon, what=InstructionKind.WITHDRAW, text="")
    told = only(world.send(COUNTY, out), f.IncidentInstructed)
    assert world.refused(DESK, scene.refiling()) is Refusal.REFILE_INSTRUCTED
    lift = c.LiftFromIncident(incident=scene.typhoon, instruction=told.instruction)
    world.send(COUNTY, lift)
    sealed = Sealed(key=scene.typhoon, nonce="n", ciphertext="c")
    helpers = c.ReceiveHelpers(demand=scene.demand, people=4, word=Reception.PARKED, contact=sealed)
    here: HelpersId = only(world.send(DESK, helpers), f.HelpersReceived).helpers
    assert world.refused(DESK, scene.refiling()) is Refusal.HELPERS_WAITING
    world.send(DESK, c.EndHelpers(demand=scene.demand, helpers=here))
    world.close(scene.demand)
    world.reopen(scene.demand)
    assert world.refused(DESK, scene.refiling()) is Refusal.REFILE_RECOVERS


def test_a_dropped_line_that_was_served_keeps_it_where_its_recovery_task_is() -> None:
    """Else that task would outlive its demand, and no board could show it."""
    scene = Posted(lines=2)
    world = scene.world
    first = world.operation.demands[scene.demand].lines[0]
    world.send(DESK, c.SetOwnCrew(line=first, units=1))
    only(world.send(DESK, c.DropLine(line=first)), f.TaskProposed)
    assert world.refused(DESK, scene.refiling()) is Refusal.REFILE_RECOVERS


@pytest.mark.breaks_rules
def test_a_log_of_which_no_board_can_be_made_is_not_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given rules that let it go all the same, when the incident that it went to has left the
    state, then verification says that no server would start from such a log."""
    monkeypatch.setattr(refiling, "_recovers", lambda _: False)
    world = World()
    typhoon, fire = world.incident(), world.incident("forest_fire")
    demand = only(world.demand(typhoon, lines=2), f.DemandPublished).demand
    row = world.operation.demands[demand]
    world.send(DESK, c.SetOwnCrew(line=row.lines[0], units=1))
    task = only(world.send(DESK, c.DropLine(line=row.lines[0])), f.TaskProposed)
    world.send(DESK, c.OpenTask(task=task.task, domain=task.domain))
    revision = world.operation.demands[demand].revision
    world.send(DESK, c.RefileDemand(demand=demand, revision=revision, incident=fire))
    world.close(demand, CloseReason.CANCELED)
    world.close_incident(fire)
    assert verify(Area(WENZHOU, divisions()), world.log).sound
    world.wait(minutes=6 * 60)
    world.demand(typhoon)
    assert demand not in world.operation.demands
    found = verify(Area(WENZHOU, divisions()), world.log)
    assert (found.chain, found.sound) == ("ok", False)
    assert found.replay == "decided again, and its rows cannot be shown"


def test_a_line_that_was_dropped_before_anything_was_done_holds_nothing() -> None:
    scene = Posted(lines=2, target=1)
    second = scene.world.operation.demands[scene.demand].lines[1]
    scene.world.send(DESK, c.DropLine(line=second))
    assert kinds(scene.world.send(DESK, scene.refiling())) == ["DemandRefiled"]


def test_what_phones_show_names_the_right_incident_also_where_the_number_stays_the_same() -> None:
    """Given an incident without a demand, when the first one of another is filed there, then it
    is No. 1 there, too, and the rows of those asked and at work say of which incident."""
    scene = Posted()
    to = scene.world.incident("epidemic")
    scene.world.send(DESK, scene.refiling(to))
    assert scene.world.operation.demands[scene.demand].number == 1
    changes: Any = scene.world.turns[-1].changes
    shown: dict[str, Any] = {put.row.id: put.row for put in changes}
    assert shown[scene.waiting.offer].incident == to
    assert shown[scene.crew].incident == to
