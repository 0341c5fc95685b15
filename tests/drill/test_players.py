"""Players: what a row makes them intend, the same at every start, and under which keys."""

from collections import Counter
from typing import Any, cast

import pytest
from msgspec.structs import replace

from api.drill.client import Answer, Refused, Session
from api.drill.clock import MINUTE, SECOND, Clock
from api.drill.habits import Chance, Habits
from api.drill.players import DeskPlayer, OrganizationPlayer, Stage
from api.drill.streams import Watch
from schemas.values import (
    AssignmentId,
    DemandId,
    DivisionCode,
    IncidentId,
    LineId,
    Mode,
    OfferId,
    OperationId,
    OrganizationId,
)
from schemas.views import AssignmentRow, DemandRow, LineView, OfferRow

AT = 1_751_700_000_000
OPERATION, TOWN, TEAM = OperationId("exercise"), DivisionCode("330324102"), OrganizationId("team")


class Recorder:
    """Stands where a session does: takes down what is posted, answers as it is told."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, Any], str]] = []
        self.revisions: list[int | None] = []
        self.used: set[str] = set()
        self.refusal: str | None = None

    async def post(
        self, path: str, body: dict[str, Any], key: str, revision: int | None = None
    ) -> Answer:
        self.posts.append((path, body, key))
        self.revisions.append(revision)
        if self.refusal and path.endswith("/accept"):
            raise Refused(409, self.refusal, ())
        return Answer(repeated=key in self.used)


def stage(habits: Habits | None = None) -> Stage:
    session = cast("Session", Recorder())
    clock = Clock(session, OPERATION, None, 0)
    clock.now = AT
    return Stage(clock, Watch(session), Chance(7), habits or Habits())


def team(recorder: Recorder, on: Stage) -> OrganizationPlayer:
    return OrganizationPlayer(on, cast("Session", recorder), TEAM)


COMMON: dict[str, Any] = {
    "operation": OPERATION,
    "mode": Mode.EXERCISE,
    "line": LineId("line"),
    "demand": DemandId("demand"),
    "demand_number": 1,
    "organization": TEAM,
    "organization_name": "演练队",
    "kind": "drainage",
    "skill": "PUMP_DRAIN",
    "priority": 2,
    "division": TOWN,
    "lon": 0,
    "lat": 0,
    "risk_statement": "",
    "rally_point": "",
    "stand_down_reason": None,
    "by_desk": False,
    "ended_at": None,
}
OFFER = OfferRow(
    id=OfferId("offer"),
    grade=None,
    hazardous=False,
    quantity=2,
    meters=9_000,
    rank=1,
    considered=3,
    gates=(),
    state="sent",
    decline_reason=None,
    sent_at=AT,
    answer_by=AT + 5 * MINUTE,
    **COMMON,
)
WORK = AssignmentRow(
    id=AssignmentId("work"),
    offer=OFFER.id,
    quantity=2,
    minutes=20,
    state="committed",
    committed_at=AT,
    set_off_at=None,
    arrived_at=None,
    reported_at=None,
    **COMMON,
)
LINE = LineView(
    id=LineId("line"),
    number=1,
    skill="PUMP_DRAIN",
    grade=None,
    minimum=1,
    target=2,
    hazardous=False,
    covered=2,
    asked=0,
    cover="satisfied",
    unmet=False,
    retry_at=None,
    considered=0,
    gates=(),
)
DEMAND = DemandRow(
    id=DemandId("demand"),
    operation=OPERATION,
    mode=Mode.EXERCISE,
    number=1,
    sequence=9,
    incident=IncidentId("incident"),
    kind="drainage",
    priority=2,
    division=TOWN,
    lon=0,
    lat=0,
    approximate=False,
    state="published",
    revision=3,
    reason=None,
    risk_statement="",
    rally_point="",
    sealed=(),
    lines=(LINE,),
    release_at=AT,
    published_at=AT,
    closed_at=None,
)


async def carried_out(player: OrganizationPlayer | DeskPlayer, row: Any) -> int:
    """What the player intends about a row is done; gives when it would have been."""
    intention = player.intend(row)
    assert intention is not None
    await intention.act()
    return intention.at


async def test_answers_come_in_the_shares_of_the_habits_and_in_time() -> None:
    recorder = Recorder()
    player, seen = team(recorder, stage()), Counter[str]()
    for number in range(2_000):
        offer = replace(OFFER, id=OfferId(f"offer{number}"))
        intention = player.intend(offer)
        if intention is None:
            seen["silent"] += 1
            continue
        assert offer.sent_at < intention.at < offer.answer_by
        await intention.act()
        seen[recorder.posts[-1][0].rpartition("/")[2]] += 1
    assert seen["accept"] == pytest.approx(1_200, abs=90)
    assert seen["decline"] == pytest.approx(400, abs=70)
    assert seen["silent"] == pytest.approx(400, abs=70)


def test_a_new_process_intends_the_same() -> None:
    offers = [replace(OFFER, id=OfferId(f"offer{number}")) for number in range(50)]
    one, other = team(Recorder(), stage()), team(Recorder(), stage())
    times = [
        (a and a.at, b and b.at) for o in offers for a, b in [(one.intend(o), other.intend(o))]
    ]
    assert all(a == b for a, b in times)


async def test_whose_units_are_taken_says_no_instead() -> None:
    recorder = Recorder()
    recorder.refusal = "capacity_taken"
    await carried_out(team(recorder, stage(Habits(accepts=1.0))), OFFER)
    assert [path for path, _, _ in recorder.posts] == [
        "/offers/offer/accept",
        "/offers/offer/decline",
    ]


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
    steady = Habits(forgets_set_off=0, forgets_arrival=0, gives_up=0)
    at = await carried_out(team(recorder, stage(steady)), row)
    assert recorder.posts == [(f"/assignments/work/{step}", {}, f"{step}-work")]
    assert AT + MINUTE < at < AT + 90 * MINUTE


async def test_a_crew_may_forget_to_say_that_it_left() -> None:
    recorder = Recorder()
    await carried_out(team(recorder, stage(Habits(forgets_set_off=1.0))), WORK)
    assert recorder.posts[-1][0].endswith("/arrive")


async def test_what_was_sent_back_is_reported_under_another_key() -> None:
    recorder = Recorder()
    recorder.used.add("report-done-work")
    row = replace(WORK, state="on_scene", arrived_at=AT)
    await carried_out(team(recorder, stage(Habits(gives_up=0))), row)
    assert [key for _, _, key in recorder.posts] == ["report-done-work", "report-done-work-again"]


async def test_a_desk_sends_back_once_and_then_confirms() -> None:
    recorder, row = Recorder(), replace(WORK, state="reported_done", reported_at=AT)
    desk = DeskPlayer(stage(Habits(sends_back=1.0)), cast("Session", recorder))
    await carried_out(desk, row)
    assert [body for _, body, _ in recorder.posts] == [{"done": False}]
    recorder.used.add("back-work")
    await carried_out(desk, row)
    assert recorder.posts[-1][1] == {"done": True}


async def test_a_desk_closes_what_is_met_when_the_last_crew_is_gone() -> None:
    recorder = Recorder()
    desk = DeskPlayer(stage(), cast("Session", recorder))
    desk.hear(replace(WORK, state="on_scene"))
    assert desk.intend(DEMAND) is None
    desk.hear(replace(WORK, state="released", ended_at=AT))
    await carried_out(desk, DEMAND)
    assert recorder.posts == [("/demands/demand/close", {"reason": "met"}, "close-demand-3")]
    assert recorder.revisions == [3]


@pytest.mark.parametrize(("covered", "reason"), [(1, "partly_met_accepted"), (0, "expired_unmet")])
async def test_a_desk_s_patience_ends_however_often_the_row_changes(
    covered: int, reason: str
) -> None:
    recorder, on = Recorder(), stage(Habits(patience=(300, 300)))
    desk = DeskPlayer(on, cast("Session", recorder))
    short = replace(DEMAND, lines=(replace(LINE, covered=covered),))
    on.clock.now = AT + 299 * MINUTE
    assert await carried_out(desk, short) == AT + 300 * MINUTE
    assert recorder.posts[-1][1] == {"reason": reason}


async def test_a_row_that_changes_takes_the_intention_back() -> None:
    recorder, on = Recorder(), stage(Habits(accepts=1.0))
    player = team(recorder, on)
    player.hear(OFFER)
    assert not on.clock.idle
    player.hear(replace(OFFER, state="stood_down", ended_at=AT + SECOND))
    assert on.clock.idle


def test_draws_depend_on_the_seed_and_the_subject_alone() -> None:
    wanted = ((7, "a"), (7, "a"), (7, "b"), (8, "a"))
    first, again, other, another = (Chance(seed).of(name).random() for seed, name in wanted)
    assert first == again
    assert len({first, other, another}) == 3
