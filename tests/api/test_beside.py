"""An exercise beside actual work: same server, other operation, and only who has enrolled."""

from __future__ import annotations

from typing import Any

from api.reach import place_of
from schemas.values import Mode, OfferId
from schemas.views import DemandRow, OfferRow
from tests.api.house import House, Person, demand_body
from tests.api.test_doors import done
from tests.api.test_history import written


async def opened(desk: Person, *, exercise: bool) -> str:
    body = {"hazard": "typhoon", "division": "330324001", "exercise": exercise}
    return str(done(await desk.post("/incidents", body), status=201)["id"])


async def posted(desk: Person, incident: str) -> DemandRow:
    made = done(await desk.post("/demands", demand_body(incident)), status=201)
    put = desk.house.context.feed.find("demand", str(made["id"]))
    assert put is not None
    assert isinstance(put.row, DemandRow)
    return put.row


def offers(house: House, demand: str) -> list[OfferRow]:
    rows = (put.row for put in house.context.feed.rows("offer"))
    return [row for row in rows if isinstance(row, OfferRow) and row.demand == demand]


async def enrolled(house: House) -> str:
    """An organization that takes part in exercises, beside one that does not."""
    await house.organization()
    organization, person = await house.organization()
    done(await person.post(f"/organizations/{organization}/enrollment", {"enrolled": True}))
    return organization


async def test_only_who_has_enrolled_is_asked_and_all_of_it_says_exercise(house: House) -> None:
    """Given two organizations of which one has enrolled, when a desk opens an exercise and posts,
    then that one is asked, and incident, demand and offer are marked; actual work asks both."""
    organization = await enrolled(house)
    desk = await house.desk()
    drilled = await posted(desk, await opened(desk, exercise=True))
    [offer] = offers(house, drilled.id)
    assert offer.organization == organization
    assert {drilled.mode, offer.mode} == {Mode.EXERCISE}
    actual = await posted(desk, await opened(desk, exercise=False))
    assert actual.mode is Mode.ACTUAL
    assert len(offers(house, actual.id)) == 2, "the exercise has taken nothing from actual work"


async def test_measures_of_actual_work_hold_no_exercise(house: House) -> None:
    """Given one demand of each, then the review counts one line, and a report knows both."""
    await enrolled(house)
    desk = await house.desk()
    drill, actual = await opened(desk, exercise=True), await opened(desk, exercise=False)
    line = (await posted(desk, drill)).lines[0].id
    await posted(desk, actual)
    await written(house)
    counted: Any = (await desk.get("/review/measures")).json
    assert [one["lines"] for one in counted["groups"] if one["by"] == "all"] == [1]
    for incident in (drill, actual):
        report = (await desk.get(f"/incidents/{incident}/situation")).json
        assert report["situation"]["incident"]["id"] == incident
    [offer] = offers(house, str(house.context.feed.known.demand_of(line)))
    why = await desk.get(f"/review/why?line={line}&organization={offer.organization}")
    assert why.json["asked"] is True


async def test_what_reached_people_goes_to_the_operation_of_its_offer(house: House) -> None:
    """Given an offer of each, then a report of the messenger belongs where its offer does."""
    await enrolled(house)
    desk = await house.desk()
    drilled = await posted(desk, await opened(desk, exercise=True))
    [offer] = offers(house, drilled.id)
    context = house.context
    assert place_of(context.feed, context.settings, offer.id) == ("exercise", Mode.EXERCISE)
    unknown = place_of(context.feed, context.settings, OfferId("nobody's"))
    assert unknown == (context.settings.operation, Mode.ACTUAL)
