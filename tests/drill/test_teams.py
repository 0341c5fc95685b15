"""Teams: what a row makes them intend, the same at every start, and under which keys."""

from collections import Counter
from typing import cast

import pytest
from msgspec.structs import replace

from api.client import Session
from api.drill.clock import MINUTE, SECOND
from api.drill.habits import Chance
from api.drill.team import OrganizationPlayer
from schemas.values import AssignmentId, OfferId, OrganizationId, Reach
from schemas.views import AssignmentRow
from streams.parameters import UNDO, URGENCY
from tests.drill.acting import (
    AT,
    OFFER,
    SLIPPED,
    SLIPPED_AT,
    TASK,
    WORK,
    Recorder,
    carried_out,
    see,
    stage,
    team,
)

STEADY = {"forgets_set_off": 0, "forgets_arrival": 0, "gives_up": 0, "slips": 0, "overdue": 0}
GRACE = URGENCY[2].grace


async def test_answers_come_in_the_shares_of_the_habits_and_in_time() -> None:
    recorder, seen = Recorder(), Counter[str]()
    for number in range(2_000):
        offer = replace(OFFER, id=OfferId(f"offer{number}"))
        for at in await carried_out(team(recorder, stage()), offer):
            assert offer.sent_at < at < offer.answer_by
            seen[recorder.verbs[-1]] += 1
    assert seen["accept"] == pytest.approx(1_200, abs=90)
    assert seen["decline"] == pytest.approx(400, abs=70)


def test_a_new_process_intends_the_same() -> None:
    offers = [replace(OFFER, id=OfferId(f"offer{number}")) for number in range(50)]
    one, other = team(Recorder(), stage()), team(Recorder(), stage())
    times = [[[i.at for i in player.intend(o)] for o in offers] for player in (one, other)]
    assert times[0] == times[1]
    assert any(times[0])


async def test_a_yes_says_units_minutes_and_people() -> None:
    recorder = Recorder()
    await carried_out(team(recorder, stage(accepts=1.0, sends_fewer=0)), OFFER)
    [(path, body, key)] = recorder.posts
    assert (path, key) == ("/offers/offer/accept", "accept-offer")
    assert body["quantity"] == 2
    assert 24 <= body["minutes"] <= 35
    assert 4 <= body["people"] <= 10


async def test_whose_units_are_taken_says_no_instead() -> None:
    recorder = Recorder()
    recorder.refusals = {"accept": "capacity_taken"}
    await carried_out(team(recorder, stage(accepts=1.0)), OFFER)
    assert recorder.verbs == ["accept", "decline"]


async def test_who_was_silent_may_say_yes_when_asked_again() -> None:
    recorder, on = Recorder(), stage(accepts=0, declines=0, accepts_again=1.0)
    player = team(recorder, on)
    assert not list(player.intend(OFFER))
    again = replace(OFFER, id=OfferId("again"), sent_at=AT + 15 * MINUTE)
    see(player, replace(OFFER, state="no_answer"), again)
    await carried_out(player, again)
    assert recorder.paths == ["/offers/again/accept"]


async def test_whom_a_desk_asks_itself_rather_comes() -> None:
    recorder, on = Recorder(), stage(accepts=0, declines=0, accepts_again=1.0)
    await carried_out(team(recorder, on), replace(OFFER, by_hand=True, rank=0))
    assert recorder.verbs == ["accept"]


@pytest.mark.parametrize("state", ["no_answer", "declined"])
async def test_a_yes_may_come_late_and_once(state: str) -> None:
    recorder, on = Recorder(), stage(late_yes=1.0, changes_mind=1.0)
    late = replace(OFFER, state=state, ended_at=AT + 5 * MINUTE)
    player = team(recorder, on)
    [at] = await carried_out(player, late)
    assert AT + 6 * MINUTE <= at <= AT + 25 * MINUTE
    assert [key for _, _, key in recorder.posts] == ["late-offer"]
    assert not list(player.intend(late)), "its time is past: it has been said"
    assert not list(player.intend(replace(late, answerable=False)))


async def test_a_late_yes_without_units_is_no_second_no() -> None:
    recorder = Recorder()
    recorder.refusals = {"accept": "capacity_taken"}
    late = replace(OFFER, state="no_answer", ended_at=AT + 5 * MINUTE)
    await carried_out(team(recorder, stage(late_yes=1.0)), late)
    assert recorder.verbs == ["accept"]


async def test_who_lacks_a_crew_for_now_says_from_when_it_has_one() -> None:
    on, said = stage(accepts=0, declines=1.0, free_later=1.0), []
    for number in range(40):
        recorder = Recorder()
        await carried_out(team(recorder, on), replace(OFFER, id=OfferId(f"offer{number}")))
        said += [body for _, body, _ in recorder.posts]
    lacking = [body for body in said if body["reason"] in ("no_crew", "equipment")]
    assert lacking
    assert all(body["free_from"] > OFFER.answer_by for body in lacking)
    assert all("free_from" not in body for body in said if body not in lacking)


@pytest.mark.parametrize(
    ("row", "step"),
    [
        (WORK, "set-off"),
        (replace(WORK, state="en_route", set_off_at=AT + MINUTE), "arrive"),
        (replace(WORK, state="on_scene", arrived_at=AT + MINUTE), "report-done"),
    ],
)
async def test_a_crew_takes_its_steps(row: AssignmentRow, step: str) -> None:
    recorder = Recorder()
    [at] = await carried_out(team(recorder, stage(**STEADY, counts_people=0)), row)
    assert recorder.posts == [(f"/assignments/work/{step}", {}, f"{step}-work")]
    assert AT + MINUTE < at < AT + 90 * MINUTE


async def test_a_crew_may_forget_to_say_that_it_left_and_count_on_arriving() -> None:
    recorder, habits = Recorder(), {**STEADY, "forgets_set_off": 1.0, "counts_people": 1.0}
    await carried_out(team(recorder, stage(**habits)), WORK)
    assert recorder.verbs == ["arrive"]
    assert recorder.posts[-1][1]["people"] >= 4


async def test_a_crew_that_is_held_up_says_so_before() -> None:
    recorder, habits = Recorder(), {**STEADY, "overdue": 1.0, "tells": 1.0}
    row = replace(WORK, state="en_route", set_off_at=AT + MINUTE)
    told, arrived = await carried_out(team(recorder, stage(**habits)), row)
    assert recorder.verbs == ["new-time", "arrive"]
    assert told < row.promised_at + GRACE < arrived
    assert told + recorder.posts[0][1]["minutes"] * MINUTE >= arrived


async def test_a_crew_that_is_missed_says_when_it_comes_once() -> None:
    recorder, habits = Recorder(), {**STEADY, "overdue": 1.0, "tells": 0, "held_up": (20, 25)}
    on = stage(**habits)
    row = replace(WORK, state="en_route", set_off_at=AT + MINUTE)
    assert len(list(team(recorder, on).intend(row))) == 1, "it only arrives, late"
    missed = replace(row, overdue=True)
    said, arrived = await carried_out(team(recorder, on), missed)
    assert recorder.verbs == ["new-time", "arrive"]
    assert row.promised_at + GRACE < said < arrived
    assert len(list(team(recorder, on).intend(replace(missed, new_times=1)))) == 1


async def test_a_wrong_tap_is_undone_in_time_and_the_crew_leaves_later() -> None:
    recorder, on = Recorder(), stage(**{**STEADY, "slips": 1.0, "notices": 1.0})
    player = team(recorder, on)
    [slip] = await carried_out(player, WORK)
    [undo] = await carried_out(player, replace(WORK, **SLIPPED))
    assert slip < AT + 3 * MINUTE
    assert SLIPPED_AT < undo < SLIPPED_AT + UNDO - 20 * SECOND
    [left] = await carried_out(player, WORK)
    assert left > slip
    assert [key for _, _, key in recorder.posts] == ["slip-work", "undo-work", "set-off-work"]


def test_a_wrong_tap_that_is_not_noticed_waits_for_the_desk() -> None:
    on = stage(**{**STEADY, "slips": 1.0, "notices": 0})
    assert not list(team(Recorder(), on).intend(replace(WORK, **SLIPPED)))


async def test_what_was_sent_back_is_reported_under_another_key() -> None:
    recorder = Recorder()
    recorder.used.add("report-done-work")
    row = replace(WORK, state="on_scene", set_off_at=AT - MINUTE, arrived_at=AT)
    await carried_out(team(recorder, stage(**STEADY)), row)
    assert [key for _, _, key in recorder.posts] == ["report-done-work", "report-done-work-again"]


@pytest.mark.parametrize(
    ("gives_back", "forgets", "verbs"),
    [(0, 0, ["report-done"]), (1.0, 0, ["give-back"]), (0, 1.0, [])],
)
async def test_a_task_is_done_given_back_or_forgotten(
    gives_back: float, forgets: float, verbs: list[str]
) -> None:
    recorder = Recorder()
    on = stage(gives_back=gives_back, forgets_task=forgets)
    await carried_out(team(recorder, on), TASK)
    assert recorder.verbs == verbs
    foreign = replace(TASK, organization=OrganizationId("other"))
    assert not list(team(recorder, on).intend(foreign))


async def test_a_row_that_changes_takes_the_intention_back() -> None:
    on = stage(accepts=1.0)
    player = team(Recorder(), on)
    player.hear(OFFER)
    assert not on.clock.idle
    player.hear(replace(OFFER, state="stood_down", ended_at=AT + SECOND))
    assert on.clock.idle


async def test_what_was_refused_is_not_sent_again() -> None:
    recorder, on = Recorder(), stage(**STEADY)
    recorder.refusals = {"set-off": "assignment_ended"}
    player = team(recorder, on)
    await carried_out(player, WORK)
    await carried_out(player, WORK)
    assert recorder.verbs == ["set-off"]
    assert on.refused == {"assignment_ended": 1}


def test_draws_depend_on_the_seed_and_the_subject_alone() -> None:
    wanted = ((7, "a"), (7, "a"), (7, "b"), (8, "a"))
    first, again, other, another = (Chance(seed).of(name).random() for seed, name in wanted)
    assert first == again
    assert len({first, other, another}) == 3


def test_few_crews_slip_and_few_are_held_up() -> None:
    player = team(Recorder(), stage())
    crews = [replace(WORK, id=AssignmentId(f"work{number}")) for number in range(1_000)]
    assert 10 < sum(player.slips(crew) for crew in crews) < 100


async def test_nobody_answers_before_it_has_heard_and_its_way_is_always_the_same() -> None:
    conductor, ways = Recorder(), Counter[object]()
    for number in range(400):
        on = stage(accepts=1.0)
        on.messenger = cast("Session", conductor)
        organization = OrganizationId(f"team{number}")
        player = OrganizationPlayer(on, cast("Session", Recorder()), organization)
        for offer in (OFFER, replace(OFFER, id=OfferId("next"))):
            [at] = await carried_out(player, offer)
            assert offer.sent_at < at < offer.answer_by
        [(_, first, key), (_, second, _)] = conductor.posts[-2:]
        assert (first["by"], key) == (second["by"], "reach-offer")
        ways[first["by"]] += 1
    assert ways[None] == pytest.approx(20, abs=15)
    assert ways["page"] == pytest.approx(160, abs=40)


async def test_who_was_reached_answers_in_the_time_that_is_left() -> None:
    recorder, on = Recorder(), stage(accepts=1.0)
    on.messenger = cast("Session", Recorder())
    heard = replace(OFFER, reached_at=AT + MINUTE, reached_by=Reach.SMS)
    [at] = await carried_out(team(recorder, on), heard)
    assert heard.reached_at is not None
    assert heard.reached_at < at < heard.answer_by
    assert recorder.verbs == ["accept"]
