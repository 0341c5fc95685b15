"""What is over for good leaves the state; the log, history and reviews keep it."""

from itertools import pairwise

import pytest

from schemas import commands as c
from schemas.ids import digest_of
from schemas.refusals import Refusal
from schemas.values import CloseReason, DemandId, IncidentId
from schemas.views import IncidentRow, Put, Removed
from streams import board, leaving, turning
from streams.area import Area
from streams.incident import live_in
from streams.parameters import LEAVES_AFTER, LEAVING_AT_ONCE
from streams.turning import Taken, envelope_of, fold, take
from tests.streams.play import Play
from tests.streams.world import COUNTY, DESK, World, asked, divisions, only

DAYS = 24 * 60
# Of organizations, skills and the operation itself: none of it grows with the years.
STAYING = {"incidents", "asks", "load", "tallies", "counters", "able", "standstill"}


def ended(world: World, demands: int = 1) -> tuple[IncidentId, list[DemandId]]:
    """An incident with demands that were asked for, closed, whose key has just been destroyed."""
    incident = world.incident()
    posted = [world.demand(incident)[0].demand for _ in range(demands)]
    for demand in posted:
        world.close(demand, CloseReason.CANCELED)
    world.close_incident(incident)
    world.wait(minutes=4 * DAYS)
    assert not world.operation.incidents[incident].readable
    return incident, posted


def rows(world: World) -> dict[str, int]:
    """How many rows each table of the operation has."""
    return {table.name: len(table) for table in world.operation.tables()}


def nothing_to_recover(world: World) -> None:
    """The county drops whatever task is left."""
    for task in list(world.operation.tasks.rows.values()):
        if task.live:
            world.take(world.envelope(COUNTY, c.DropTask(task=task.id)))


def waited(world: World) -> None:
    """Until an incident whose key was destroyed just now may leave."""
    world.at += LEAVES_AFTER


def test_two_hours_after_its_key_is_destroyed_all_of_an_incident_leaves() -> None:
    world = World()
    world.organization("one")
    incident, [demand] = ended(world)
    assert world.refused(DESK, c.ReopenDemand(demand=demand, revision=2)) is (
        Refusal.INCIDENT_NOT_OPEN
    )
    waited(world)
    second = world.incident()
    assert world.refused(DESK, c.ReopenDemand(demand=demand, revision=2)) is Refusal.NOT_FOUND
    left = rows(world)
    assert {name for name, count in left.items() if count} <= STAYING
    assert world.operation.incidents[incident].left
    assert world.operation.incidents[second].number == 2


def test_its_rows_leave_the_board_and_the_incident_says_since_when() -> None:
    world = World()
    world.organization("one")
    incident, [demand] = ended(world)
    offers = set(world.operation.offers.rows)
    waited(world)
    world.incident()
    changes = world.turns[-1].changes
    gone = {(change.kind, change.id) for change in changes if isinstance(change, Removed)}
    assert gone == {("demand", demand)} | {("offer", offer) for offer in offers}
    [row] = [put.row for put in changes if isinstance(put, Put) and put.row.id == incident]
    assert isinstance(row, IncidentRow)
    assert row.left_in == world.area.sequence


def test_a_large_incident_leaves_in_parts_and_nobody_waits_for_it() -> None:
    """Given hundreds of demands that have ended, when somebody posts, then that turn asks as any
    other, and so many rows and no more leave with each turn."""
    world = World()
    world.organization("one")
    ended(world, demands=300)
    waited(world)
    incident = world.incident()
    before = sum(rows(world).values())
    facts = world.demand(incident)
    assert asked(facts)
    counts = [before, sum(rows(world).values())]
    while not all(row.left or row.readable for row in world.operation.incidents.rows.values()):
        world.tick()
        counts.append(sum(rows(world).values()))
    steps = [one - other for one, other in pairwise(counts)]
    assert len(counts) > 3
    assert max(steps) <= LEAVING_AT_ONCE
    assert set(world.operation.demands) == {facts[0].demand}


@pytest.mark.parametrize("at_once", range(1, 9))
def test_between_any_two_parts_a_server_can_start(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an incident that leaves in parts of any size, then after each of them every row that
    is still there can be made, and a page that has followed shows the same."""
    monkeypatch.setattr(leaving, "LEAVING_AT_ONCE", at_once)
    world = World()
    world.organization("one")
    incident = world.incident()
    facts = world.demand(incident, lines=3)
    world.send(DESK, c.ReportDone(assignment=world.at_work(asked(facts)[0])))
    world.close(facts[0].demand)
    world.demand(incident)
    world.close_incident(incident)
    nothing_to_recover(world)
    world.wait(minutes=4 * DAYS)
    waited(world)
    page = {put.row.id for put in board.everything(world.area) if isinstance(put, Put)}
    while not world.operation.incidents[incident].left:
        world.tick()
        for change in world.turns[-1].changes:
            page -= {change.id} if isinstance(change, Removed) else set()
        fresh = {put.row.id for put in board.everything(world.area) if isinstance(put, Put)}
        assert page == fresh


def test_who_has_served_is_free_and_its_load_is_as_before() -> None:
    world = World()
    team = world.organization("one")
    incident = world.incident()
    facts = world.demand(incident)
    crew = world.at_work(only(asked(facts)))
    world.send("one", c.ReportDone(assignment=crew))
    world.send(DESK, c.ConfirmAssignment(assignment=crew))
    world.close(facts[0].demand)
    world.close_incident(incident)
    nothing_to_recover(world)
    world.wait(minutes=4 * DAYS)
    waited(world)
    second = world.incident()
    assert not world.operation.assignments
    assert [offer.organization for offer in asked(world.demand(second))] == [team]


def test_a_thousand_years_of_incidents_leave_the_state_as_small_as_one() -> None:
    """Given one incident after the other, each with its demands, then what the state holds besides
    their names is what the last one needs."""
    world = World()
    world.organization("one")
    sizes = []
    for _ in range(30):
        ended(world, demands=3)
        waited(world)
        sizes.append(sum(rows(world).values()) - len(world.operation.incidents))
    assert max(sizes[1:]) <= sizes[0] + 1


@pytest.mark.parametrize("seed", range(8))
def test_who_keeps_everything_decides_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a random play over weeks, then a state that nothing ever leaves folds to the same rows
    of all that is there, and decides every command to the same bytes, but for what has left."""
    play = Play(seed)
    for _ in range(4):
        play.run(40)
        play.everybody_out()
        for incident in play.open_incidents():
            live = live_in(play.operation, incident.id)
            play.send(COUNTY, c.CloseIncident(incident=incident.id, live=digest_of(live)))
        play.wait(0)
        nothing_to_recover(play.world)
        play.wait(4 * DAYS * 60_000)
        if not play.open_incidents():
            play.world.incident()
    world = play.world
    assert any(row.left for row in world.operation.incidents.rows.values()), "nothing has left"
    keeping = Area(world.area.id, divisions())
    monkeypatch.setattr(turning, "leave", lambda _operation, _at: None)
    for taken in world.turns:
        if taken.turn.refusal is Refusal.NOT_FOUND:  # perhaps only because it has left
            fold(keeping, taken.stored)
            continue
        turn = taken.turn
        again = take(keeping, envelope_of(turn), turn.at, settled=turn.settled)
        assert isinstance(again, Taken)
        assert again.stored == taken.stored
    there = {put.row.id: put for put in board.everything(world.area) if isinstance(put, Put)}
    kept = {put.row.id: put for put in board.everything(keeping) if isinstance(put, Put)}
    differing = [id for id, put in there.items() if kept[id] != put]
    assert all(IncidentId(id) in world.operation.incidents for id in differing)  # say since when
