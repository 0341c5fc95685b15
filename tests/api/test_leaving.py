"""What has ended leaves the screens: late enough, never before, and alike for everybody."""

from __future__ import annotations

from typing import Any

import pytest

from api.live import Feed, Reader
from api.live.leaving import CREW_SHOWN, SHOWN
from api.live.readers import reader_of
from api.settings import Settings
from schemas.values import AccountId, Purpose, Role
from schemas.views import AssignmentRow, DemandRow, IncidentRow, OfferRow, Put, TaskRow
from streams.board import everything
from streams.engines import Published
from streams.parameters import HOUR
from tests.api.house import AREA, COUNTY, House, demand_body, opened
from tests.api.screens import Screen, grant, shown, tree
from tests.streams.play import Play

DESK = (grant(Role.DESK, AREA),)


def reader() -> Reader:
    """A desk of the whole area."""
    return reader_of(DESK, account=AccountId("who"), role=Role.DESK, now=0, tree=tree(), homes={})


@pytest.mark.parametrize("seed", range(6))
def test_a_screen_has_what_is_open_and_what_has_lately_ended(seed: int) -> None:
    """Given any play over days, then at any moment a screen that has followed shows what a new
    server would show: all that is open, and nothing that ended long ago."""
    play = Play(seed)
    feed, told = Feed(tree(), AREA), 0
    screen: Screen | None = None
    for _ in range(12):
        play.run(30)
        play.world.wait(minutes=play.random.choice((1, 40, 180, 900)))
        for taken in play.world.turns[told:]:
            turn = taken.turn
            feed.apply([Published(AREA, turn.sequence, turn.at, taken.changes)])
            screen = screen or Screen(feed, reader())
            if turn.sequence % 20 == 0:
                screen.catch_up()
        told = len(play.world.turns)
        assert screen is not None
        anew = Feed(tree(), AREA)
        area = play.world.area
        anew.apply([Published(AREA, area.sequence, area.at, everything(area))])
        assert screen.catch_up().rows == shown(anew, reader()) == shown(feed, reader())
        check(feed, {id for _, id in screen.rows})


def check(feed: Feed, on_screen: set[str]) -> None:
    at = feed.at
    for put in feed.whole().changes:
        assert isinstance(put, Put)
        row = put.row
        is_shown = row.id in on_screen
        match row:
            case DemandRow() | IncidentRow(readable=True) | TaskRow() | AssignmentRow():
                if row_end(row) is None:
                    assert is_shown, f"open, and on no screen: {row}"
                elif at - (row_end(row) or 0) < SHOWN:
                    assert is_shown, f"just ended, and on no screen: {row}"
            case OfferRow():
                assert is_shown or not (row.answerable or row.state in ("sent", "standby"))
            case _:
                pass
        if isinstance(row, DemandRow) and row.closed_at is not None:
            assert is_shown == (at - row.closed_at < SHOWN)


def row_end(row: Any) -> int | None:
    end: int | None = row.closed_at if hasattr(row, "closed_at") else row.ended_at
    return end


async def test_a_demand_that_has_left_is_reopened_with_all_that_belongs_to_it(
    tmp_path: Any,
) -> None:
    """Given a demand that was closed half a day ago, then it is on no desk's page, and still its
    desk's to reopen; with that it is back on the page."""
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        desk, (_, organization) = await house.desk(), await house.organization()
        incident = await house.incident(desk)
        posted = await desk.post("/demands", demand_body(incident))
        demand = posted.json["id"]
        offer = next(made["id"] for made in posted.json["made"] if made["fact"] == "OfferSent")
        await organization.post(f"/offers/{offer}/accept", {"quantity": 2, "minutes": 20})
        closed = await desk.post(f"/demands/{demand}/close", {"reason": "canceled"}, revision=1)
        assert closed.status == 200
        assert await kinds(desk) >= {"demand", "offer", "assignment"}
        assert "assignment" in await kinds(organization)
        await later(house, desk, 2 * HOUR)
        assert not await kinds(desk) & {"demand", "offer"}
        assert "assignment" in await kinds(organization), "it may be on the road, without signal"
        await later(house, desk, CREW_SHOWN)
        assert not await kinds(desk) & {"demand", "offer", "assignment"}
        assert "assignment" not in await kinds(organization)
        refused = await organization.post(f"/offers/{offer}/accept", {"quantity": 1, "minutes": 5})
        assert refused.code == "already_answered", "whoever comes late is told what is so"
        back = await desk.post(f"/demands/{demand}/reopen", {}, revision=2)
        assert back.status == 200
        assert await kinds(desk) >= {"demand", "offer", "assignment"}


async def later(house: House, desk: Any, milliseconds: int) -> None:
    """Time passes, and something happens in the log."""
    await house.wait(seconds=milliseconds // 1_000)
    await house.person(Role.REVIEWER, division=COUNTY)


async def kinds(person: Any) -> set[str]:
    return {row["type"] for row in (await person.get("/board")).json["rows"]}
