"""The board in memory: who sees what, that changes add up to a page, and that nothing leaks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.live import ResumeLost
from api.live import feed as feeds
from schemas.values import AccountId, AreaId, Mode, OperationId, Role
from schemas.views import AccountRow, Audience, Change, ClockRow, OperationRow, Put, Removed
from streams.engines import Published
from tests.api.screens import (
    AREA,
    COUNTY,
    FAR,
    MINUTE,
    OTHER_COUNTY,
    PEOPLE,
    SISTER,
    TOWN,
    Board,
    Screen,
    account,
    events_of,
    grant,
    organization,
    shown,
    taken,
    thing,
)

# Who sees what


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ({"division": TOWN}, {"city", "county", "town", "steward"}),
        ({"division": SISTER}, {"city", "county", "sister", "steward"}),
        ({"division": FAR}, {"city"}),
        ({"division": COUNTY}, {"city", "county", "steward"}),
        ({"organizations": ("o1",)}, {"crew"}),
        ({"division": FAR, "organizations": ("o1", "o2")}, {"city", "crew", "far-crew"}),
        ({"county": COUNTY}, {"crew"}),
        ({"county": OTHER_COUNTY}, {"far-crew"}),
        ({"county": AREA}, {"crew", "far-crew"}),
        ({"division": TOWN, "sender": SISTER}, {"city", "county", "town", "sister", "steward"}),
        ({"division": FAR, "sender": TOWN}, {"city", "county", "town", "steward"}),
        ({"sender": TOWN}, {"city", "county", "town", "steward"}),
        ({"division": FAR, "home": TOWN}, {"city", "county", "town", "steward"}),
        ({"desks": COUNTY}, {"city", "county", "town"}),  # no reviewer, no steward
        ({"desks": OTHER_COUNTY}, {"city"}),
        ({"desks": AREA}, {"city", "county", "town"}),
        ({"desks": TOWN}, {"city", "county", "town"}),
        ({"desks": SISTER}, {"city", "county"}),
        ({"division": FAR, "desks": COUNTY}, {"city", "county", "town"}),
        ({"accounts": ("town",)}, {"town"}),
        ({"everyone": True}, set(PEOPLE)),
        ({}, set()),
        ({"division": "no-such-code"}, set()),
    ],
)
def test_a_row_is_seen_by_its_audience_only(audience: dict[str, Any], expected: set[str]) -> None:
    board = Board()
    screens = {id: board.screen(id) for id in PEOPLE}
    put = thing("x", 1, **audience)
    board.publish(put)
    key = ("operation", "x")
    assert {id for id in PEOPLE if board.reader(id).sees(put.audience)} == expected
    assert {id for id in PEOPLE if key in shown(board.feed, board.reader(id))} == expected
    assert {id for id, screen in screens.items() if key in screen.catch_up().rows} == expected


def test_accounts_are_seen_by_themselves_and_stewards_only() -> None:
    board = Board()
    everybody = Audience(everyone=True, division=TOWN)  # whatever its audience says
    late = AccountRow(id=AccountId("late"), grants=(grant(Role.DESK, TOWN),))
    screens = {id: board.screen(id) for id in PEOPLE}
    board.publish(Put(row=late, audience=everybody))
    seen = {id for id, screen in screens.items() if ("account", "late") in screen.catch_up().rows}
    assert seen == {"steward"}
    assert ("account", "crew") in shown(board.feed, board.reader("steward"))
    assert ("account", "far-crew") not in shown(board.feed, board.reader("steward"))
    assert ("account", "town") in shown(board.feed, board.reader("town"))
    assert ("account", "town") not in shown(board.feed, board.reader("city"))


def test_every_desk_of_a_county_sees_its_organizations() -> None:
    """Whom a township's desk may ask by hand is on its board, also when it comes from elsewhere."""
    board = Board()
    assert ("organization", "o1") in shown(board.feed, board.reader("town"))
    assert ("organization", "o2") not in shown(board.feed, board.reader("town"))
    neighbor = account("neighbor", grant(Role.DESK, SISTER))
    board.publish(neighbor)
    reader = board.feed.reader(AccountId("neighbor"), Role.DESK, 0)
    screen = Screen(board.feed, reader)
    assert ("organization", "o1") in screen.rows
    moved = organization("o1", FAR)
    board.publish(moved)
    assert ("organization", "o1") not in screen.catch_up().rows
    assert ("organization", "o1") in shown(board.feed, board.reader("city"))


def test_a_role_brings_its_own_scopes_only() -> None:
    board = Board()
    both = account("both", grant(Role.DESK, TOWN), grant(Role.REVIEWER, FAR))
    board.publish(both)
    desk = board.feed.reader(AccountId("both"), Role.DESK, 0)
    reviewer = board.feed.reader(AccountId("both"), Role.REVIEWER, 0)
    steward = board.feed.reader(AccountId("both"), Role.STEWARD, 0)
    assert (desk.divisions, reviewer.divisions, steward.divisions) == ((TOWN,), (FAR,), ())
    assert not steward.sees(Audience(everyone=True))
    assert not steward.sees(Audience(accounts=(AccountId("both"),)))
    assert desk.holds(TOWN)
    assert not desk.holds(COUNTY)


# Changes and pages

AUDIENCES = st.builds(
    Audience,
    division=st.sampled_from([None, TOWN, SISTER, FAR, COUNTY, AREA]),
    organizations=st.sampled_from([(), ("o1",), ("o1", "o2")]),
    sender=st.sampled_from([None, None, TOWN, FAR]),
    home=st.sampled_from([None, None, TOWN, SISTER]),
    desks=st.sampled_from([None, None, COUNTY, OTHER_COUNTY]),
    county=st.sampled_from([None, None, COUNTY, OTHER_COUNTY]),
    accounts=st.sampled_from([(), ("sister",)]),
    everyone=st.sampled_from([False, False, True]),
)
PUTS = st.builds(
    lambda id, number, audience: Put(
        row=OperationRow(
            id=OperationId(id), mode=Mode.TEST, lost=number, lost_last=0, lost_at=None
        ),
        audience=audience,
    ),
    st.sampled_from("abcd"),
    st.integers(0, 3),
    AUDIENCES,
)
REMOVALS = st.builds(lambda id: Removed(kind="operation", id=id), st.sampled_from("abcde"))
TURNS = st.lists(st.lists(PUTS | REMOVALS, max_size=4), max_size=8)


@given(TURNS, TURNS, TURNS)
def test_an_old_page_and_the_changes_make_a_new_page(
    before: list[list[Change]], heard: list[list[Change]], missed: list[list[Change]]
) -> None:
    board = Board()
    for turn in before:
        board.publish(*turn)
    screens = {id: board.screen(id) for id in PEOPLE}
    for turn in heard:
        board.publish(*turn)
    for screen in screens.values():
        board.feed.unsubscribe(screen.catch_up().stream)
    for turn in missed:
        board.publish(*turn)
    for id, screen in screens.items():
        after = int(screen.last.split(":")[1])
        screen.stream = board.feed.subscribe(board.reader(id), after)
        assert screen.catch_up().rows == shown(board.feed, board.reader(id)), id


def test_a_turn_is_one_event_with_all_that_a_reader_may_see() -> None:
    board = Board()
    screens = {id: board.screen(id) for id in PEOPLE}
    board.publish(
        thing("a", 1, division=TOWN),
        thing("b", 1, organizations=("o1",)),
        thing("c", 1, division=FAR),
    )
    raw = {id: taken(screen.stream) for id, screen in screens.items()}
    [event] = events_of(raw["city"])
    assert event["id"] == f"3303:{board.sequence}"
    assert event["event"] == "changes"
    assert event["data"]["at"] == board.sequence * MINUTE
    assert [change["put"]["id"] for change in event["data"]["changes"]] == ["a", "c"]
    [event] = events_of(raw["crew"])
    assert [change["put"]["id"] for change in event["data"]["changes"]] == ["b"]
    assert raw["town"] == raw["county"] == raw["steward"]
    assert raw["sister"] == b""


def test_a_row_that_leaves_a_scope_is_taken_away_from_those_who_saw_it() -> None:
    board = Board(thing("a", 1, division=TOWN))
    town, sister, county = (board.screen(id) for id in ("town", "sister", "county"))
    board.publish(thing("a", 2, division=SISTER))
    assert ("operation", "a") not in town.catch_up().rows
    assert sister.catch_up().rows["operation", "a"]["lost"] == 2
    [event] = events_of(taken(county.stream))
    assert [*event["data"]["changes"][0]] == ["put"]
    board.publish(Removed(kind="operation", id="a"))
    assert ("operation", "a") not in sister.catch_up().rows
    assert taken(town.stream) == b""
    assert board.feed.find("operation", "a") is None


def test_what_does_not_change_and_what_nobody_sees_costs_no_event() -> None:
    board = Board(thing("a", 1, division=TOWN))
    city = board.screen("city")
    clock = ClockRow(id=OperationId("x"), next_due=1, next_tick=1)
    board.publish(thing("a", 1, division=TOWN), Put(row=clock, audience=Audience()))
    assert taken(city.stream) == b""
    assert board.feed.event == f"3303:{board.sequence}"


# Resuming


def test_an_event_that_is_too_old_or_too_new_asks_for_a_new_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feeds, "RING_EVENTS", 3)
    board = Board()
    for number in range(5):
        board.publish(thing("a", number, everyone=True))
    reader = board.reader("town")
    stream = board.feed.subscribe(reader, board.sequence - 3)
    assert [event["id"] for event in events_of(taken(stream))] == ["3303:4", "3303:5", "3303:6"]
    for lost in (board.sequence - 4, 0, board.sequence + 1):
        with pytest.raises(ResumeLost):
            board.feed.subscribe(reader, lost)
    assert taken(board.feed.subscribe(reader, board.sequence)) == b""


def test_the_ring_is_bounded_by_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "RING_ROWS", 3)
    board = Board()
    for number in range(9):
        board.publish(thing("a", number, everyone=True))
    with pytest.raises(ResumeLost):
        board.feed.subscribe(board.reader("town"), 2)
    board.feed.subscribe(board.reader("town"), board.sequence - 1)


def test_missing_too_much_asks_for_a_new_page(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board()
    monkeypatch.setattr(feeds, "QUEUE_BYTES", 500)
    for number in range(20):
        board.publish(thing("a", number, everyone=True))
    with pytest.raises(ResumeLost):
        board.feed.subscribe(board.reader("town"), 1)
    assert not board.feed.subscribers


def test_an_account_whose_grants_change_starts_anew() -> None:
    board = Board()
    town, city = board.screen("town"), board.screen("city")
    before = board.sequence
    board.publish(account("town", grant(Role.DESK, TOWN), grant(Role.DESK, SISTER)))
    assert town.stream.ended
    assert not city.stream.ended
    with pytest.raises(ResumeLost):
        board.feed.subscribe(board.reader("town"), before)
    board.publish(thing("a", 1, division=SISTER))
    assert ("operation", "a") in board.screen("town").rows
    board.feed.subscribe(board.reader("town"), before + 1)


def test_grants_told_again_as_they_were_end_nothing() -> None:
    board = Board()
    town = board.screen("town")
    board.publish(account("town", grant(Role.DESK, TOWN)))
    assert not town.stream.ended


def test_rows_of_a_grant_that_ended_meanwhile_are_taken_away() -> None:
    board = Board(thing("a", 1, division=FAR), thing("b", 1, division=TOWN))
    until = 10 * MINUTE
    two = account("two", grant(Role.DESK, FAR, until=until), grant(Role.DESK, TOWN))
    board.publish(two)
    id, now = AccountId("two"), until
    early = board.feed.reader(id, Role.DESK, until - 1)
    assert early.until == until
    screen = Screen(board.feed, early)
    assert ("operation", "a") in screen.rows
    board.feed.unsubscribe(screen.stream)
    late = board.feed.reader(id, Role.DESK, now)
    assert late.until is None
    screen.stream = board.feed.subscribe(late, board.sequence)
    assert screen.catch_up().rows == shown(board.feed, late)
    assert ("operation", "b") in screen.rows


# Streams


async def test_a_stream_waits_and_wakes() -> None:
    board = Board()
    stream = board.feed.subscribe(board.reader("town"))
    waiting = asyncio.ensure_future(stream.take())
    await asyncio.sleep(0)
    assert not waiting.done()
    board.publish(thing("a", 1, division=TOWN))
    assert b'"put"' in await asyncio.wait_for(waiting, 1)
    waiting = asyncio.ensure_future(stream.take())
    await asyncio.sleep(0)
    stream.end()
    assert await asyncio.wait_for(waiting, 1) == b""


def test_a_stream_that_does_not_keep_up_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "QUEUE_BYTES", 1_000)
    board = Board()
    slow, quick = board.screen("town"), board.screen("county")
    for number in range(1, 30):
        board.publish(thing("a", number, division=TOWN))
        quick.catch_up()
    assert slow.stream.ended
    assert not quick.stream.ended
    assert quick.rows["operation", "a"]["lost"] == 29


def test_streams_that_left_cost_nothing() -> None:
    board = Board()
    for id in PEOPLE:
        board.feed.unsubscribe(board.screen(id).stream)
    assert not board.feed.subscribers
    assert not board.feed._followers


def test_another_area_is_left_alone() -> None:
    board = Board()
    city = board.screen("city")
    other = [Published(AreaId("3301"), 9, 9, (thing("z", 1, everyone=True),))]
    board.feed.apply(other)
    assert taken(city.stream) == b""
    assert board.feed.find("operation", "z") is None
    assert board.feed.sequence == board.sequence


def test_the_present_state_told_again_is_no_event() -> None:
    board = Board()
    city = board.screen("city")
    board.feed.apply([Published(AREA, board.sequence, 9, (thing("a", 1, division=TOWN),))])
    assert taken(city.stream) == b""
    assert board.feed.find("operation", "a") is not None


def test_equal_shares_are_the_same_bytes_in_memory() -> None:
    board = Board()
    screens = [board.screen("town") for _ in range(3)]
    board.publish(thing("a", 1, division=TOWN))
    first, *others = (screen.stream._pending[0] for screen in screens)
    assert all(other is first for other in others)
