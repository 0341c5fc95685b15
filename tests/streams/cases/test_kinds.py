"""More of the kinds that the cases stand for: other orders of events, other people, other times."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.turns import OWNER
from schemas.values import CloseReason, DeclineReason, LineId, LineRequest, Role, StandDownReason
from streams.clock import TICK
from streams.parameters import DAY, HOUR, MINUTE
from tests.streams.cases.scene import Scene, code, gates, seat
from tests.streams.world import COUNTY, DESK, STEWARD, certificate, kinds, only

PUMP = LineRequest(skill="PUMP_DRAIN", minimum=1, target=1)


# The daily cap counts demands of priority 3 and 4, and opens by itself


@pytest.mark.parametrize("priority", [3, 4])
def test_the_daily_cap_opens_a_day_after_the_first_request(priority: int) -> None:
    scene = Scene()
    scene.team("near", units=20)
    lines = [scene.post(priority=priority).line for _ in range(4)]
    scene.wait(minutes=1)
    first = scene.at
    assert all(scene.asked(line) == ["near"] for line in lines)
    scene.wait(minutes=30)
    fifth = scene.post(priority=priority).line
    scene.wait(minutes=1)
    assert (scene.asked(fifth), gates(scene, fifth)) == ([], ["daily_cap"])
    assert "Open again from 08-01 08:11" in scene.why("near", fifth).en
    scene.at = first + DAY - 1
    scene.wait(minutes=0)
    assert scene.asked(fifth) == []
    scene.at = first + DAY
    scene.wait(minutes=0)
    assert scene.asked(fifth) == ["near"]


def test_the_daily_cap_knows_no_repeats_of_one_demand() -> None:
    scene = Scene()
    scene.team("near", units=20)
    line = scene.post(priority=3).line
    scene.wait(minutes=12 * 60)
    assert len(scene.offers("near", line)) >= 4
    other = scene.post(priority=3).line
    scene.wait(minutes=1)
    assert scene.asked(other) == ["near"]


# Several lines, one short of somebody, one merely asking too few


def test_a_team_that_comes_free_goes_where_nobody_is_asked() -> None:
    scene = Scene()
    scene.team("first")
    asks_too_few, asks_nobody = scene.post(lines=2).lines
    assert (scene.asked(asks_too_few), scene.asked(asks_nobody)) == (["first"], [])
    scene.team("second")
    scene.wait(minutes=0)
    assert (scene.asked(asks_too_few), scene.asked(asks_nobody)) == (["first"], ["second"])
    scene.team("third")
    scene.wait(minutes=0)
    assert scene.asked(asks_too_few) + scene.asked(asks_nobody) == ["first", "third", "second"]


def test_a_line_added_later_is_asked_for_like_the_first() -> None:
    scene = Scene()
    scene.team("near", units=3)
    posted = scene.post(priority=2)
    scene.says_yes("near")
    scene.amend(posted.demand, lines=(PUMP, PUMP))
    _, second, third = scene.demand_row(posted.demand).lines
    assert (scene.asked(second.id), scene.asked(third.id)) == (["near"], ["near"])


def test_one_line_dropped_lets_go_of_its_own_crew_only() -> None:
    scene = Scene()
    scene.team("a", units=2)
    posted = scene.post(lines=2)
    first, second = posted.lines
    for line in posted.lines:
        scene.send("a", c.AcceptOffer(offer=scene.offer("a", line).id, quantity=1))
    scene.send(DESK, c.DropLine(line=first))
    assert [crew.stand_down_reason for crew in scene.crews("a")] == ["line_dropped", None]
    assert (scene.view(first).covered, scene.view(second).covered) == (0, 1)
    assert scene.refused(DESK, c.DropLine(line=first)) is Refusal.LINE_DROPPED
    assert scene.why("a", first).en.endswith("stood down at 08:10: the line was dropped.")


def test_a_lowered_target_thanks_whoever_is_still_asked() -> None:
    scene = Scene()
    for name in ("a", "b"):
        scene.team(name)
    posted = scene.post(target=2)
    scene.says_yes("a")
    scene.amend(posted.demand, targets=(1,))
    assert scene.offer("b").stand_down_reason == StandDownReason.COVERED
    scene.amend(posted.demand, targets=(2,))
    assert scene.asked(posted.line) == ["b"]


def test_a_less_urgent_demand_lets_the_urgent_one_go_first() -> None:
    scene = Scene()
    scene.team("pump")
    first = scene.post(priority=1)
    second = scene.post(priority=1)
    scene.says_yes("pump")
    scene.amend(second.demand, priority=4)
    third = scene.post(priority=2)
    scene.done("pump")
    scene.wait(minutes=0)
    assert (scene.asked(second.line), scene.asked(third.line)) == ([], ["pump"])
    assert scene.view(first.line).delivered == 1


# Two people at once


def test_two_desks_take_the_same_standby() -> None:
    scene = Scene()
    scene.team("near")
    posted = scene.post(priority=2)
    scene.wait(minutes=6)
    scene.team("far")
    scene.wait(minutes=0)
    scene.says_yes("far")
    scene.says_yes("near")
    take = c.TakeStandby(offer=scene.offer("near").id)
    scene.send(DESK, take)
    assert scene.refused(COUNTY, take) is Refusal.ALREADY_ANSWERED
    assert scene.view(posted.line).covered == 2
    assert scene.refused("near", take) is Refusal.ROLE_MISSING


def test_the_leader_and_the_desk_say_yes_at_the_same_time() -> None:
    scene = Scene()
    scene.team("near", units=2)
    posted = scene.post(target=2)
    scene.says_yes("near", 2, by=DESK)
    assert scene.refused_yes("near", 1) is Refusal.ALREADY_ANSWERED
    assert (scene.view(posted.line).covered, scene.crew("near").by_desk) == (2, True)


def test_the_desk_hears_no_while_the_leader_taps_yes() -> None:
    scene = Scene()
    scene.team("near")
    posted = scene.post()
    scene.says_no("near", by=DESK)
    scene.says_yes("near")
    assert (scene.view(posted.line).covered, scene.offer("near").late) == (1, True)
    no = c.DeclineOffer(offer=scene.offer("near").id, reason=DeclineReason.NO_CREW)
    assert scene.refused(DESK, no) is Refusal.ALREADY_ANSWERED


@pytest.mark.parametrize("command", [c.AcceptOffer, c.DeclineOffer])
def test_another_township_s_desk_or_team_answers_for_nobody(command: Any) -> None:
    scene = Scene()
    scene.team("near")
    scene.team("other", skill="CATERING")
    scene.grant("stranger", Role.DESK, division=code(6))
    scene.post()
    offer = scene.offer("near").id
    said = {"quantity": 1} if command is c.AcceptOffer else {"reason": DeclineReason.OTHER}
    for actor in ("stranger", "other", "nobody"):
        assert scene.refused(actor, command(offer=offer, **said)) is Refusal.NOT_FOUND


# Standing by, then everything changes


def standing_by() -> tuple[Scene, LineId]:
    scene = Scene()
    scene.team("near")
    posted = scene.post(priority=2)
    scene.wait(minutes=6)
    scene.team("far")
    scene.wait(minutes=0)
    scene.says_yes("far")
    scene.says_yes("near")
    return scene, posted.line


def test_the_yes_of_a_standby_counts_when_more_is_wanted() -> None:
    scene, line = standing_by()
    demand = scene.offer("near").demand
    scene.amend(demand, targets=(2,))
    assert scene.asked(line) == []
    assert scene.offer("near").kept
    assert scene.demand_row(demand).lines[0].cover == "satisfied"


def test_a_standby_holds_nothing_and_may_be_asked_elsewhere() -> None:
    scene, _ = standing_by()
    other = scene.post(priority=4).line
    scene.wait(minutes=1)
    assert scene.asked(other) == ["near"]


def test_saying_again_that_it_would_come_begins_the_two_hours_anew() -> None:
    scene, _ = standing_by()
    scene.wait(minutes=100)
    scene.says_yes("near")
    assert scene.offer("near").standby_until == scene.at + 2 * HOUR


# A time lost in the middle of everything


def test_after_an_outage_pauses_and_standbys_end_when_they_were_said_to() -> None:
    scene = Scene(live=True)
    scene.team("near")
    line = scene.post(priority=1).line
    scene.says_no("near", free_from=scene.time("08:40"))
    since = scene.at
    scene.at = scene.time("08:50")
    number = scene.operation.count(TICK) + 1
    facts = scene.send(OWNER, c.Resume(number=number, since=since))
    assert kinds(facts)[0] == "Resumed"
    assert scene.asked(line) == ["near"]


def test_after_an_outage_the_overdue_are_asked_before_somebody_more_is_called() -> None:
    scene = Scene(live=True)
    scene.team("near")
    line = scene.post(priority=1).line
    scene.says_yes("near", minutes=10)
    scene.team("far")
    since = scene.at + 5 * MINUTE
    scene.at += 3 * HOUR
    scene.send(OWNER, c.Resume(number=scene.operation.count(TICK) + 1, since=since))
    scene.wait(minutes=2)
    assert (scene.crew("near").overdue, scene.asked(line)) == (True, [])
    scene.wait(minutes=5)
    assert scene.asked(line) == ["far"]


# The registry changes while a demand waits


def test_every_way_of_becoming_able_is_heard_at_once() -> None:
    scene = Scene()
    line = scene.post(skill="WATER", grade=2).line
    assert gates(scene, line) == []
    scene.team("boat", skill="WATER", certificate=certificate(grade=3))
    scene.duty("boat", False)
    scene.wait(minutes=1)
    held = c.RecordCertificate(
        organization=scene.teams["boat"], certificate=certificate(grade=1, number="2")
    )
    scene.send(STEWARD, held)
    scene.wait(minutes=0)
    assert scene.asked(line) == []
    scene.duty("boat", True)
    scene.wait(minutes=0)
    assert scene.asked(line) == ["boat"]


def test_a_retired_organization_claims_nothing() -> None:
    scene = Scene()
    scene.team("near")
    posted = scene.post()
    scene.close(posted.demand)
    task = scene.tasks()[0]
    scene.send(DESK, c.OpenTask(task=task.id, domain=task.domain))
    scene.send(STEWARD, c.RetireOrganization(organization=scene.teams["near"]))
    claim = c.ClaimTask(task=task.id, organization=scene.teams["near"])
    assert scene.refused("near", claim) is Refusal.ORGANIZATION_RETIRED


def test_moved_home_it_is_asked_from_there() -> None:
    scene = Scene()
    scene.team("pumps", township=0)
    line = scene.post(priority=2).line
    scene.says_no("pumps")
    scene.send(STEWARD, scene.entry(scene.teams["pumps"], home=code(5), place=seat(5)))
    scene.by_hand("pumps", line)
    assert scene.offer("pumps").meters > 15_000


# Round after round


def test_closed_by_mistake_the_crew_at_work_is_asked_first_again() -> None:
    scene = Scene()
    scene.team("near")
    posted = scene.post()
    scene.says_yes("near")
    scene.step(c.Arrive, "near")
    scene.close(posted.demand, CloseReason.POSTED_BY_MISTAKE)
    assert scene.crew("near").stand_down_reason == "posted_by_mistake"
    scene.reopen(posted.demand)
    assert scene.asked(posted.line) == ["near"]
    scene.says_yes("near")
    scene.step(c.Arrive, "near")
    assert [crew.round for crew in scene.crews("near")] == [1, 2]
    assert scene.view(posted.line).covered == 1


def test_the_nearest_is_never_called_the_fourth() -> None:
    """Given four who said no until a quarter to four, then each is asked again by its distance."""
    scene = Scene()
    names = ("nearest", "second", "third", "fourth")
    for name, township in zip(names, (0, 15, 6, 8), strict=True):
        scene.team(name, township=township)
    line = scene.post(priority=4).line
    scene.wait(minutes=1)
    while asked := scene.asked(line):
        scene.says_no(asked[0], free_from=scene.time("08:45"))
    scene.pass_to("08:45")
    assert scene.asked(line) == sorted(names)  # so few said yes that all are asked at once
    assert [scene.offer(name).rank for name in names] == [1, 2, 3, 4]
    assert scene.offer("nearest").wave > 1
    assert "number 1 by distance" in scene.why("nearest", line).en


def test_an_incident_closed_twice_destroys_its_key_once() -> None:
    scene = Scene()
    scene.close_incident(scene.typhoon)
    scene.wait(minutes=30)
    scene.send(COUNTY, c.ReopenIncident(incident=scene.typhoon))
    scene.wait(minutes=120)
    scene.close_incident(scene.typhoon)
    facts = scene.wait(minutes=24 * 60)
    destroyed = only(facts, f.KeyDestroyed)
    assert destroyed.at == scene.incident_row().destroy_at
