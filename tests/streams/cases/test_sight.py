"""Cases E3 and E4: sealed texts by present right and on record; who sees whom where."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.values import AccountId, CloseReason, DeclineReason, OpeningReason, Role
from streams.turning import Repeat
from tests.streams.cases.scene import Posted, Scene, code
from tests.streams.world import COUNTY, DESK, STEWARD, kinds, only

# E3: the key of an old request


def working() -> tuple[Scene, Posted]:
    """Near works for a demand with a sealed contact; far was asked, too."""
    scene = Scene()
    scene.team("near")
    scene.team("far", township=3)
    posted = scene.post(sealed=True)
    scene.says_yes("near")
    return scene, posted


def reading(posted: Posted, reason: OpeningReason = OpeningReason.ON_THE_WAY) -> c.OpenSealedText:
    return c.OpenSealedText(demand=posted.demand, reason=reason)


@pytest.mark.parametrize("reason", list(OpeningReason))
@pytest.mark.parametrize("by", ["near", DESK, COUNTY])
def test_e3_every_reading_is_on_record_with_its_reason(reason: OpeningReason, by: str) -> None:
    scene, posted = working()
    for _ in range(3):
        opened = only(scene.send(by, reading(posted, reason)), f.SealedTextOpened)
        assert (opened.account, opened.reason) == (by, reason)


def finish(scene: Scene) -> None:
    scene.done("near")


def give_up(scene: Scene) -> None:
    scene.step(c.CannotComplete, "near")


def close(scene: Scene) -> None:
    scene.close(scene.crew("near").demand, CloseReason.CANCELED)


def take_rights(scene: Scene) -> None:
    scene.send(STEWARD, c.EndGrant(account=AccountId("near"), role=Role.ORGANIZATION))


@pytest.mark.parametrize("end", [finish, give_up, close, take_rights])
def test_e3_the_key_of_an_old_request_opens_nothing_once_work_is_over(end: Any) -> None:
    scene, posted = working()
    envelope = scene.envelope("near", reading(posted), key="old")
    scene.take(envelope)
    end(scene)
    assert scene.refused("near", reading(posted)) is Refusal.NOT_FOUND
    repeat = scene.take(envelope)  # no new fact: the door shows nothing for it
    assert isinstance(repeat, Repeat)


def test_e3_who_was_only_asked_reads_nothing() -> None:
    scene, posted = working()
    assert scene.refused("far", reading(posted)) is Refusal.NOT_FOUND
    scene.grant("reviewer", Role.REVIEWER, division=code(0))
    assert scene.refused("reviewer", reading(posted)) is Refusal.ROLE_MISSING


def test_e3_the_answer_to_a_yes_carries_it_once() -> None:
    scene = Scene()
    scene.team("near", units=2)
    posted = scene.post(sealed=True, target=2)
    said = scene.says_yes("near", 1)
    opened = only(said, f.SealedTextOpened)
    assert (opened.reason, opened.account) == (OpeningReason.ACCEPTED, "near")
    scene.capacity("near", 3)
    scene.wait(minutes=0)
    assert "SealedTextOpened" not in kinds(scene.says_yes("near", by=DESK))
    assert scene.view(posted.line).covered == 2


@pytest.mark.parametrize("late", [False, True])
def test_e3_a_demand_without_sealed_text_opens_none(late: bool) -> None:
    scene = Scene()
    scene.team("near")
    scene.post()
    scene.wait(minutes=3 if late else 0)
    assert kinds(scene.says_yes("near")) == ["OfferAccepted", "AssignmentCommitted"]


def test_e3_after_the_key_is_destroyed_nobody_reads() -> None:
    scene, posted = working()
    scene.close(posted.demand, CloseReason.CANCELED)
    scene.close_incident(scene.typhoon)
    assert kinds(scene.send(DESK, reading(posted))) == ["SealedTextOpened"]
    scene.wait(minutes=60)
    assert scene.refused(DESK, reading(posted)) is Refusal.KEY_DESTROYED


def test_e3_telephones_are_shown_on_record_while_there_is_somebody_to_call() -> None:
    scene, posted = working()
    show = c.ShowPersons(offer=scene.offer("far").id)
    shown = only(scene.send(DESK, show), f.PersonsShown)
    assert (shown.organization, shown.account) == (scene.teams["far"], DESK)
    assert scene.refused("near", show) is Refusal.NOT_FOUND
    at_work = c.ShowPersons(offer=scene.offer("near").id)
    assert scene.refused("near", at_work) is Refusal.ROLE_MISSING
    scene.close(posted.demand)
    assert scene.refused(DESK, show) is Refusal.DEMAND_CLOSED


# E4: away from home. What a township's desk sees of its team's work elsewhere is to come.


def test_e4_a_team_sent_elsewhere_is_seen_by_who_asked_not_with_its_contact() -> None:
    scene = Scene()
    scene.grant("home desk", Role.DESK, division=code(3))
    scene.team("away", township=3)
    posted = scene.post(sealed=True)
    scene.says_yes("away")
    assert scene.audience("assignment", scene.crew("away").id).division == code(0)
    assert scene.refused("home desk", reading(posted)) is Refusal.NOT_FOUND
    busy = scene.why("away", scene.post(priority=4).line)
    assert "committed" in busy.en


# By hand: past order, distance, pause, duty and cap; never past what a yes could not pass


def off_duty(scene: Scene) -> None:
    scene.duty("near", False)


def declined_twice(scene: Scene) -> None:
    for _ in range(2):
        scene.says_no("near")
        scene.wait(minutes=30)


def silent(scene: Scene) -> None:
    scene.wait(minutes=4)


def unsafe(scene: Scene) -> None:
    scene.says_no("near", DeclineReason.UNSAFE)


@pytest.mark.parametrize("before", [off_duty, declined_twice, silent, unsafe])
@pytest.mark.parametrize("by", [DESK, COUNTY])
def test_by_hand_somebody_is_asked_past_the_pause(before: Any, by: str) -> None:
    scene = Scene()
    scene.team("near")
    line = scene.post(priority=1).line
    if before is off_duty:
        silent(scene)
    before(scene)
    assert scene.asked(line) == []
    sent = only(scene.by_hand("near", line, by=by), f.OfferSent)
    assert (sent.rank, sent.reason is None) == (0, False)
    assert (scene.offer("near").by_hand, scene.asked(line)) == (True, ["near"])
    assert scene.refused(by, scene.asking("near", line)) is Refusal.ALREADY_ASKED
    assert "by the desk itself" in scene.why("near", line).en
    scene.says_yes("near")
    assert scene.view(line).covered == 1


def test_by_hand_silence_is_followed_like_any_other() -> None:
    scene = Scene()
    scene.team("near")
    line = scene.post(priority=2).line
    scene.says_no("near")
    scene.by_hand("near", line)
    scene.wait(minutes=6)
    row = scene.offer("near")
    assert (row.state, row.again_at) == ("no_answer", row.answer_by + 10 * 60_000)
    scene.wait(minutes=10)
    assert scene.asked(line) == ["near"]


def test_by_hand_it_is_no_ask_of_the_daily_cap_and_goes_past_it() -> None:
    scene = Scene()
    scene.team("near", units=9)
    for _ in range(4):
        scene.post(priority=3)
        scene.wait(minutes=1)
    line = scene.post(priority=3).line
    scene.wait(minutes=1)
    assert (scene.asked(line), scene.view(line).gates[0].gate) == ([], "daily_cap")
    scene.by_hand("near", line)
    assert scene.asked(line) == ["near"]
    urgent = scene.post(priority=2).line
    assert scene.asked(urgent) == ["near"]


def test_by_hand_beyond_the_target_and_nobody_is_sent_home() -> None:
    scene = Scene()
    scene.team("near")
    line = scene.post().line
    scene.says_yes("near")
    for name in ("more", "and more"):
        scene.team(name)
        scene.by_hand(name, line)
    scene.says_yes("more")
    assert scene.asked(line) == ["and more"]
    scene.says_yes("and more")
    assert scene.view(line).covered == 3


def test_by_hand_is_refused_where_a_yes_would_be() -> None:
    scene = Scene()
    scene.team("cooks", skill="CATERING")
    scene.team("busy")
    scene.team("retired")
    first = scene.post(target=2)
    scene.says_yes("busy", 1)
    scene.send(STEWARD, c.RetireOrganization(organization=scene.teams["retired"]))
    line = scene.post().line
    refusals = {
        "cooks": Refusal.SKILL_MISSING,
        "busy": Refusal.CAPACITY_TAKEN,
        "retired": Refusal.ORGANIZATION_RETIRED,
    }
    for name, refusal in refusals.items():
        assert scene.refused(DESK, scene.asking(name, line)) is refusal
    scene.close(first.demand)
    assert scene.refused(DESK, scene.asking("busy", first.line)) is Refusal.DEMAND_CLOSED
