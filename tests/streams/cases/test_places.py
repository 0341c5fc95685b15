"""Cases B2, B7, B8: a demand in the wrong township, of the county itself, or of one cut off."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import AccountId, CloseReason, IncidentId, LineRequest, Role, Step
from streams.parameters import MINUTE, SECOND
from tests.streams.cases.scene import Posted, Scene, code, gates, seat
from tests.streams.world import COUNTY, DESK, YONGJIA, divisions, kinds, only

OTHER = AccountId("other desk")  # of the township that the demand is moved to


# B2: wrong township


def moved(priority: int = 2) -> tuple[Scene, Posted]:
    """The desk of the first township moves its demand to the second, where pumps are at home."""
    scene = Scene()
    scene.grant(OTHER, Role.DESK, division=code(5))
    scene.team("pumps", township=5, units=2)
    posted = scene.post(priority=priority)
    if priority > 2:
        scene.wait(minutes=1)
    scene.amend(posted.demand, place=seat(5))
    return scene, posted


def take_back(scene: Scene, posted: Posted) -> c.TakeBackDemand:
    revision = scene.demand_row(posted.demand).revision
    return c.TakeBackDemand(demand=posted.demand, revision=revision)


def test_b2_wrong_township_only_one_that_the_incident_covers() -> None:
    scene = Scene()
    narrow: IncidentId = only(
        scene.send(DESK, c.OpenIncident(hazard="forest_fire", division=code(0)))
    ).incident
    posted = scene.post(incident=narrow)
    outside = scene.amendment(posted.demand, place=seat(5))
    assert scene.refused(DESK, outside) is Refusal.PLACE_OUTSIDE_INCIDENT
    scene.grant(OTHER, Role.DESK, division=code(5))
    scene.send(OTHER, c.JoinIncident(incident=narrow, division=code(5)))
    scene.send(DESK, outside)
    abroad = scene.amendment(posted.demand, place=divisions().seat("330182001"))
    assert scene.refused(OTHER, abroad) is Refusal.PLACE_OUTSIDE_INCIDENT


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_b2_the_receiver_answers_and_hears_of_it_the_sender_keeps_sight(priority: int) -> None:
    scene, posted = moved(priority)
    row = scene.demand_row(posted.demand)
    assert (row.division, row.sender, row.returnable) == (code(5), code(0), True)
    audience = scene.audience("demand", posted.demand)
    assert (audience.division, audience.sender) == (code(5), code(0))
    close = c.CloseDemand(demand=posted.demand, reason=CloseReason.MET, revision=row.revision)
    assert scene.refused(DESK, close) is Refusal.ROLE_MISSING
    assert scene.asked(posted.line) == ["pumps"]
    assert scene.audience("offer", scene.offer("pumps").id).sender == code(0)
    scene.send(OTHER, close)


def test_b2_whoever_is_asked_sees_where_it_is_now_and_how_far() -> None:
    scene, posted = moved()
    offer = scene.offer("pumps")
    assert (offer.division, offer.meters) == (code(5), 0)
    assert [row.stand_down_reason for row in scene.offers("pumps")] == ["demand_amended", None]
    assert scene.demand_row(posted.demand).lines[0].offers == 1


def test_b2_the_sender_takes_it_back() -> None:
    scene, posted = moved()
    assert kinds(scene.send(DESK, take_back(scene, posted)))[0] == "DemandTakenBack"
    row = scene.demand_row(posted.demand)
    assert (row.division, row.sender, row.returnable) == (code(0), None, False)
    assert scene.refused(OTHER, scene.amendment(posted.demand)) is Refusal.NOT_FOUND
    assert scene.send(DESK, take_back(scene, posted)) == ()
    assert scene.asked(posted.line) == ["pumps"]
    scene.says_yes("pumps")
    scene.close(posted.demand)


def accept(scene: Scene) -> None:
    scene.says_yes("pumps", 1)


def amend(scene: Scene, posted: Posted) -> None:
    scene.amend(posted.demand, by=OTHER, targets=(2,))


def ask(scene: Scene, posted: Posted) -> None:
    scene.says_no("pumps")
    scene.by_hand("pumps", posted.line, by=OTHER)


def hear(scene: Scene, posted: Posted) -> None:
    scene.says_yes("pumps", 1, by=OTHER)


def standby(scene: Scene, posted: Posted) -> None:
    scene.wait(minutes=6)
    scene.team("near", township=5)
    scene.wait(minutes=0)
    scene.says_yes("near")
    scene.says_yes("pumps", 1)
    scene.send(OTHER, c.TakeStandby(offer=scene.offer("pumps").id))


def confirm(scene: Scene, posted: Posted) -> None:
    accept(scene)
    scene.step(c.ReportDone, "pumps")
    scene.step(c.ConfirmAssignment, "pumps", by=OTHER)


def correct(scene: Scene, posted: Posted) -> None:
    accept(scene)
    scene.step(c.Arrive, "pumps")
    scene.step(c.CorrectStep, "pumps", by=OTHER, step=Step.EN_ROUTE)


@pytest.mark.parametrize("act", [amend, ask, hear, standby, confirm, correct])
def test_b2_until_the_receiver_acts(act: Any) -> None:
    scene, posted = moved()
    act(scene, posted)
    assert not scene.demand_row(posted.demand).returnable
    assert scene.refused(DESK, take_back(scene, posted)) is Refusal.DEMAND_TAKEN_UP
    assert scene.audience("demand", posted.demand).sender == code(0)


def test_b2_what_organizations_do_is_no_act_of_the_receiver() -> None:
    scene, posted = moved()
    accept(scene)
    scene.step(c.SetOff, "pumps")
    scene.send(DESK, take_back(scene, posted))
    assert (scene.crew("pumps").state, scene.crew("pumps").division) == ("en_route", code(0))
    assert scene.view(posted.line).covered == 1


def test_b2_sent_on_it_is_the_second_sender_who_may_have_it_back() -> None:
    scene, posted = moved()
    scene.amend(posted.demand, by=OTHER, place=seat(6))
    row = scene.demand_row(posted.demand)
    assert (row.division, row.sender) == (code(6), code(5))
    assert scene.refused(DESK, take_back(scene, posted)) is Refusal.NOT_FOUND
    scene.send(OTHER, take_back(scene, posted))
    assert scene.demand_row(posted.demand).division == code(5)


def test_b2_a_late_yes_after_it_was_moved_has_the_way_to_where_it_is_now() -> None:
    scene = Scene()
    scene.team("pumps")
    posted = scene.post(priority=2)
    scene.wait(minutes=6)
    scene.amend(posted.demand, place=seat(5))
    scene.says_yes("pumps")
    assert scene.crew("pumps").promised_at > scene.at + (15 + 16_000 // 416) * MINUTE


def test_b2_moved_before_its_release_it_keeps_its_time() -> None:
    scene = Scene()
    scene.team("pumps", township=5)
    posted = scene.post(priority=3)
    scene.at += 20 * SECOND
    scene.amend(posted.demand, place=seat(5))
    assert scene.asked(posted.line) == []
    scene.wait(minutes=1)
    assert scene.asked(posted.line) == ["pumps"]


@pytest.mark.parametrize("urgent", [1, 2])
def test_b2_raised_to_urgent_before_its_release_it_goes_out_at_once(urgent: int) -> None:
    scene = Scene()
    scene.team("pumps")
    posted = scene.post(priority=4)
    scene.at += 10 * SECOND
    scene.amend(posted.demand, priority=urgent)
    assert scene.asked(posted.line) == ["pumps"]
    assert scene.demand_row(posted.demand).release_at == scene.at


def test_b2_moved_back_and_forth_nobody_is_burnt() -> None:
    scene, posted = moved()
    scene.amend(posted.demand, by=OTHER, place=seat(0))
    scene.amend(posted.demand, place=seat(5))
    assert scene.asked(posted.line) == ["pumps"]
    scene.says_no("pumps")
    scene.amend(posted.demand, by=OTHER, place=seat(0))
    assert scene.asked(posted.line) == []
    assert "once its units" in scene.why("pumps", posted.line).en


# B7: known only by its county


def county_demand(scene: Scene, **wishes: Any) -> Posted:
    """Three boats, anywhere in the county."""
    wished = {"skill": "BOAT_OPERATE", "minimum": 3, "target": 3, **wishes}
    command = c.PublishDemand(
        incident=scene.typhoon,
        kind="rescue_water",
        priority=1,
        place=divisions().seat(YONGJIA),
        lines=(LineRequest(**wished),),
        risk_statement="全县水位上涨",
        rally_point="县应急管理局",
    )
    facts = scene.send(COUNTY, command)
    published = only(facts, f.DemandPublished)
    return Posted(published.demand, tuple(line.line for line in published.lines), facts)


def test_b7_known_only_by_its_county_the_county_asks_for_itself() -> None:
    scene = Scene()
    scene.team("boats", skill="BOAT_OPERATE", units=3, township=0)
    posted = county_demand(scene)
    row = scene.demand_row(posted.demand)
    assert (row.division, row.substitute) == (YONGJIA, None)
    assert scene.asked(posted.line) == ["boats"]
    assert scene.refused(DESK, scene.amendment(posted.demand)) is Refusal.NOT_FOUND
    scene.amend(posted.demand, by=COUNTY, targets=(4,))


def test_b7_narrowed_to_a_township_that_one_answers() -> None:
    scene = Scene()
    posted = county_demand(scene)
    scene.amend(posted.demand, by=COUNTY, place=seat(0))
    row = scene.demand_row(posted.demand)
    assert (row.division, row.sender) == (code(0), YONGJIA)
    scene.amend(posted.demand, targets=(3,))


def test_b7_a_township_does_not_ask_for_the_county() -> None:
    scene = Scene()
    command = scene.demand_command(scene.typhoon)
    for place in (divisions().seat(YONGJIA), seat(5)):
        theirs = c.PublishDemand(
            **{name: getattr(command, name) for name in command.__struct_fields__}
            | {"place": place}
        )
        assert scene.refused(DESK, theirs) is Refusal.NOT_FOUND


# B8: the township is cut off


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_b8_the_county_posts_for_a_township_that_is_cut_off(priority: int) -> None:
    scene = Scene()
    scene.team("pumps")
    facts = scene.send(COUNTY, scene.demand_command(scene.typhoon, priority=priority))
    published = only(facts, f.DemandPublished)
    assert published.substitute == YONGJIA
    row = scene.demand_row(published.demand)
    assert (row.substitute, row.division) == (YONGJIA, code(0))
    scene.wait(minutes=1)
    assert scene.asked(row.lines[0].id) == ["pumps"]
    scene.amend(published.demand, targets=(2,))
    assert scene.demand_row(published.demand).substitute == YONGJIA
    scene.close(published.demand)
    scene.reopen(published.demand)


def test_b8_its_own_desk_is_no_substitute() -> None:
    scene = Scene()
    assert scene.demand_row(scene.post().demand).substitute is None
    scene.grant("both", Role.DESK, division=code(0))
    scene.grant("both", Role.DESK, division=YONGJIA)
    facts = scene.send("both", scene.demand_command(scene.typhoon))
    assert only(facts, f.DemandPublished).substitute is None


# F9: the sentence of a fresh demand


@pytest.mark.parametrize("teams", [1, 2, 3, 5])
@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_f9_a_fresh_demand_never_says_that_nobody_can_be_asked(teams: int, priority: int) -> None:
    """A page says "nobody can be asked" where `unmet` and `missing`; else who is being asked."""
    scene = Scene()
    for number in range(teams):
        scene.team(f"t{number}", township=number)
    line = scene.post(priority=priority).line
    for minutes in (0, 1):
        scene.wait(minutes=minutes)
        view = scene.view(line)
        released = priority < 3 or minutes
        assert not (view.unmet and view.missing)
        assert (view.offers > 0, bool(view.asked)) == (bool(released),) * 2
        assert view.offers == len(scene.asked(line))


def test_f9_partly_asked_says_how_many_are_short_of_somebody() -> None:
    scene = Scene()
    scene.team("one", units=2)
    scene.team("two")
    view = scene.view(scene.post(target=5).line)
    assert (view.offers, view.asked, view.missing, view.unmet) == (2, 3, 2, True)


def test_f9_with_everybody_busy_it_says_so_with_the_gate_and_the_next_try() -> None:
    scene = Scene()
    scene.team("one")
    scene.post()
    scene.says_yes("one")
    line = scene.post().line
    view = scene.view(line)
    assert (view.unmet, view.missing, view.offers, gates(scene, line)) == (True, 1, 0, ["capacity"])
    assert view.retry_at == scene.at + 2 * MINUTE


def test_f9_declined_by_all_the_next_try_is_when_the_first_pause_ends() -> None:
    scene = Scene()
    scene.team("one")
    line = scene.post().line
    scene.says_no("one", free_from=scene.at + 11 * MINUTE)
    ends = scene.at + 11 * MINUTE
    while not scene.asked(line):
        retry_at = scene.view(line).retry_at
        assert retry_at is not None
        assert scene.at < retry_at <= ends
        scene.at = retry_at
        scene.wait(minutes=0)
    assert scene.at == ends
