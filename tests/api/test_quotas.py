"""What one account may ask for in a while, and that nothing urgent is ever in its way."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from api.problems import Problem
from api.safe import Quotas, Work
from api.safe.quotas import MEASURES, REVIEWS_MAX, REVIEWS_QUEUED, STREAMS_MAX
from api.settings import Settings
from schemas.values import Purpose
from tests.api.house import House, Person, demand_body, opened


def waits(quotas: Quotas, account: str, work: Work, now: float) -> int:
    """Seconds that it is told to wait; 0: counted."""
    try:
        quotas.take(account, work, now)
    except Problem as problem:
        told = problem.code, problem.status
        return int(problem.headers["Retry-After"]) if told == ("quota_used_up", 429) else -1
    return 0


def until_refused(quotas: Quotas, work: Work, now: float) -> int:
    taken = 0
    while not waits(quotas, "a", work, now):
        taken += 1
    return taken


@pytest.mark.parametrize("work", list(Work))
def test_a_minutes_measure_may_be_taken_at_once_and_comes_back_with_time(work: Work) -> None:
    quotas, measure = Quotas(), MEASURES[work]
    assert until_refused(quotas, work, 100.0) == measure.at_once
    told = waits(quotas, "a", work, 100.0)
    assert told >= 1
    assert waits(quotas, "a", work, 100.0 + told) == 0, "who waits as told is served"
    assert until_refused(quotas, work, 10_000.0) == measure.at_once


@pytest.mark.parametrize("work", list(Work))
def test_who_keeps_its_pace_never_waits(work: Work) -> None:
    quotas, step = Quotas(), 1 / MEASURES[work].a_second
    assert not any(waits(quotas, "a", work, 50 + number * step) for number in range(5_000))


def test_answers_and_postings_are_held_up_by_nothing_else() -> None:
    """Not by what the same account does otherwise, and not by anybody else."""
    quotas = Quotas()
    for work in (Work.DESK, Work.OTHER, Work.BOARD, Work.STEWARD):
        until_refused(quotas, work, 0.0)
    assert waits(quotas, "a", Work.POSTING, 0.0) == 0
    assert waits(quotas, "a", Work.ANSWER, 0.0) == 0
    assert waits(quotas, "b", Work.DESK, 0.0) == 0
    assert MEASURES[Work.ANSWER].a_second >= 10


def test_what_is_kept_is_bounded() -> None:
    quotas = Quotas()
    for number in range(120_000):
        quotas.take(f"account {number}", Work.OTHER, float(number))
    assert len(quotas._full_at) <= 50_000


async def use_up(house: House, person: Person, work: Work) -> None:
    quotas, taken = house.context.quotas, 0
    with suppress(Problem):
        while taken < 10_000:
            quotas.take(person.account, work)
            taken += 1


async def test_a_desk_that_has_done_too_much_still_posts(house: House) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    await use_up(house, desk, Work.DESK)
    before = house.sequence
    refused = await desk.post(f"/incidents/{incident}/join", {"division": "330324002"}, key="k")
    assert (refused.status, refused.code) == (429, "quota_used_up")
    assert int(refused.headers["retry-after"]) >= 1
    assert house.sequence == before
    posted = await desk.post("/demands", demand_body(incident))
    assert posted.status == 201


async def test_what_waited_is_carried_out_under_the_same_key(house: House) -> None:
    desk = await house.desk()
    await use_up(house, desk, Work.DESK)
    body = {"hazard": "typhoon", "division": "330324001"}
    assert (await desk.post("/incidents", body, key="again")).status == 429
    house.context.quotas = Quotas()  # time goes on
    assert (await desk.post("/incidents", body, key="again")).status == 201


async def test_boards_are_read_at_a_bounded_pace(house: House) -> None:
    desk = await house.desk()
    await use_up(house, desk, Work.BOARD)
    assert (await desk.get("/board")).code == "quota_used_up"
    assert (await desk.get("/me")).status == 200


async def test_an_account_has_eight_streams(house: House) -> None:
    desk, other = await house.desk(), await house.desk("330324002")
    feed = house.context.feed
    reader = feed.reader(desk.account, desk.role, house.context.now())
    held = [feed.subscribe(reader) for _ in range(STREAMS_MAX)]
    refused = await desk.get("/live")
    assert (refused.status, refused.code) == (429, "streams_too_many")
    assert (await other.get("/live?after=nothing")).code == "resume_lost", "others are let in"
    feed.unsubscribe(held[0])
    assert (await desk.get("/live?after=nothing")).code == "resume_lost"


async def test_streams_leave_connections_to_others(house: House) -> None:
    desk = await house.desk()
    house.context.streams_most = 0
    refused = await desk.get("/live")
    assert (refused.status, refused.code) == (503, "unavailable")
    assert "retry-after" in refused.headers


async def test_reviews_of_one_account_wait_for_each_other() -> None:
    quotas, at_work, most = Quotas(), 0, 0

    async def review() -> None:
        nonlocal at_work, most
        async with quotas.reviewing("a"):
            at_work += 1
            most = max(most, at_work)
            await asyncio.sleep(0.01)
            at_work -= 1

    asked = [asyncio.ensure_future(review()) for _ in range(REVIEWS_QUEUED + 3)]
    found = await asyncio.gather(*asked, return_exceptions=True)
    refused = [each for each in found if isinstance(each, Problem)]
    assert (most, len(refused)) == (REVIEWS_MAX, 3)
    async with quotas.reviewing("a"):
        pass
    assert not quotas._reviewing


async def test_nobody_is_counted_in_an_exercise(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        desk = await house.desk()
        await use_up(house, desk, Work.DESK)
        assert await house.incident(desk)
