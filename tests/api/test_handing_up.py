"""A demand handed up, at the doors: the county's from then on, and whom its crew calls."""

from __future__ import annotations

from typing import Any

from schemas.values import DivisionCode
from tests.api.house import COUNTY, TOWN, House, Person, demand_body
from tests.api.test_doors import done, the_row

UP = {"reason": "no_force", "text": "两台泵已全部出动，仍在涨水"}


async def at_work(house: House) -> tuple[Person, Person, Person, str]:
    """Both desks, a crew that has said yes, and the demand."""
    _, crew = await house.organization()
    desk, county = await house.desk(), await house.desk(COUNTY)
    posted = await desk.post("/demands", demand_body(await house.incident(desk)))
    offer = (await the_row(crew, "offer"))["id"]
    assert (await crew.post(f"/offers/{offer}/accept", {"quantity": 1})).status == 200
    return desk, county, crew, str(posted.json["id"])


async def test_the_crew_calls_whoever_answers_for_it(house: House) -> None:
    desk, county, crew, demand = await at_work(house)
    for division, number in ((TOWN, "0577-67221111"), (COUNTY, "0577-67222222")):
        house.context.persons.add("值班", number, division=DivisionCode(division))
    shown: list[Any] = []

    async def call() -> None:
        told = (await crew.get(f"/demands/{demand}/desk")).json
        row = await the_row(crew, "assignment")
        shown.append((told["division"], told["telephones"][0][-4:], row["taken_on"]))

    await call()
    done(await desk.post(f"/demands/{demand}/hand-up", UP), demand)
    await call()
    done(await county.post(f"/demands/{demand}/take-on", {}), demand)
    await call()
    done(await county.post(f"/demands/{demand}/give-back", {"text": "邻镇可以支援"}), demand)
    await call()
    town, above = (TOWN, "1111", None), (COUNTY, "2222", COUNTY)
    assert shown == [town, town, above, town]


async def test_a_crew_has_a_number_to_call_whoever_answers_for_it(house: House) -> None:
    """Given a county without a number, when it takes a demand on, then its crew calls the township,
    as before, and is told who answers for it now."""
    desk, county, crew, demand = await at_work(house)
    house.context.persons.add("值班", "0577-67221111", division=DivisionCode(TOWN))
    done(await desk.post(f"/demands/{demand}/hand-up", UP), demand)
    done(await county.post(f"/demands/{demand}/take-on", {}), demand)
    told = (await crew.get(f"/demands/{demand}/desk")).json
    assert (told["division"], told["answers"]) == (TOWN, COUNTY)
    assert told["telephones"] == ["0577-67221111"]


async def test_the_township_s_door_is_shut_once_the_county_has_it_and_leaves_no_turn(
    house: House,
) -> None:
    desk, county, _, demand = await at_work(house)
    assert (await county.post(f"/demands/{demand}/take-on", {})).code == "hand_up_none"
    done(await desk.post(f"/demands/{demand}/hand-up", UP, key="up"), demand)
    again = await desk.post(f"/demands/{demand}/hand-up", UP, key="up")
    assert again.json["repeated"]
    assert (await desk.post(f"/demands/{demand}/take-on", {})).status == 403
    done(await county.post(f"/demands/{demand}/take-on", {}), demand)
    before = house.sequence
    for path, body in (("hold", {"question": "桥？"}), ("give-back", {"text": "还是我们来"})):
        assert (await desk.post(f"/demands/{demand}/{path}", body)).status == 403
    assert house.sequence == before
    done(await desk.post(f"/demands/{demand}/notes", {"text": "村里来电"}), demand)
    assert (await the_row(desk, "demand"))["hand_up"]["state"] == "taken_on"


async def test_the_township_reads_its_own_sealed_texts_also_when_the_county_has_it(
    house: House,
) -> None:
    desk, county = await house.desk(), await house.desk(COUNTY)
    body = demand_body(await house.incident(desk), contact="王女士")
    demand = (await desk.post("/demands", body)).json["id"]
    done(await desk.post(f"/demands/{demand}/hand-up", UP), demand)
    done(await county.post(f"/demands/{demand}/take-on", {}), demand)
    done(await desk.post(f"/demands/{demand}/notes", {"text": "村里来电"}), demand)
    why = {"reason": "checking"}
    for reader in (desk, county):
        assert (await reader.post(f"/demands/{demand}/sealed", why)).json["contact"] == "王女士"
        [note] = (await reader.post(f"/demands/{demand}/notes/read", why)).json["notes"]
        assert note["text"] == "村里来电"


async def test_numbers_of_persons_are_no_reason(house: House) -> None:
    """What is said of it is public; too long, empty or of another kind it is refused."""
    desk, _, _, demand = await at_work(house)
    for wrong in (
        {"reason": "no_force"},
        {"reason": "because", "text": "x"},
        {"reason": "no_force", "text": ""},
        {"reason": "no_force", "text": "水" * 201},
        {"reason": "no_force", "text": "x", "more": 1},
    ):
        assert (await desk.post(f"/demands/{demand}/hand-up", wrong)).status == 422
