"""B3 at the doors: filed in another incident, and readable when the first one's key is gone."""

from __future__ import annotations

from typing import Any

from api.doors.sealed import turn_at
from schemas import wire
from schemas.values import IncidentId
from streams.engines.command_file import LINE_BYTES_MOST
from tests.api.house import TOWN, House, Person, demand_body
from tests.api.test_doors import done, the_row

CONTACT, NOTE = "李四 13800002222", "家属七点再来电话"
READING = {"reason": "checking"}


async def two_open(house: House) -> tuple[Person, str, str]:
    desk = await house.desk()
    typhoon = await house.incident(desk)
    fire = await desk.post("/incidents", {"hazard": "forest_fire", "division": TOWN})
    return desk, typhoon, str(done(fire, status=201)["id"])


async def notes(desk: Person, demand: str) -> list[Any]:
    reply = (await desk.post(f"/demands/{demand}/notes/read", READING)).json
    return [(one["number"], one["text"]) for one in reply["notes"]]


async def test_its_texts_and_notes_are_read_there_when_the_first_key_is_gone(house: House) -> None:
    _, crew = await house.organization()
    desk, typhoon, fire = await two_open(house)
    body = demand_body(typhoon, contact=CONTACT, lead="王五")
    demand = done(await desk.post("/demands", body), status=201)["id"]
    offer = (await the_row(crew, "offer"))["id"]
    assert (await crew.post(f"/offers/{offer}/accept", {"quantity": 1})).json["sealed"]
    done(await desk.post(f"/demands/{demand}/notes", {"text": NOTE}))
    path = f"/demands/{demand}/refile"
    done(await desk.post(path, {"incident": fire}, revision=1, key="move"), demand)
    again = await desk.post(path, {"incident": fire}, revision=1, key="move")
    assert (again.status, again.json["repeated"]) == (200, True)

    row = await the_row(desk, "demand")
    before = row["refiled"]
    assert (row["incident"], before["incident"], before["number"]) == (fire, typhoon, 1)
    its = await the_row(crew, "assignment")
    assert (its["demand_number"], its["refiled"]) == (1, None), "called alike, nothing is new"
    house.context.vault.destroy(IncidentId(typhoon))
    for person in (desk, crew):
        texts = (await person.post(f"/demands/{demand}/sealed", READING)).json
        assert (texts["contact"], texts["lead"]) == (CONTACT, "王五")
    assert await notes(desk, demand) == [(1, NOTE)]
    done(await desk.post(f"/demands/{demand}/notes", {"text": "已接上"}))
    assert await notes(desk, demand) == [(2, "已接上"), (1, NOTE)]


async def test_more_notes_than_are_carried_over_are_read_behind_them_while_they_can_be(
    house: House,
) -> None:
    desk, typhoon, fire = await two_open(house)
    demand = done(await desk.post("/demands", demand_body(typhoon)), status=201)["id"]
    for number in range(1, 23):
        done(await desk.post(f"/demands/{demand}/notes", {"text": f"第 {number} 条"}))
    path = f"/demands/{demand}/refile"
    done(await desk.post(path, {"incident": fire}, revision=1), demand)
    first = (await desk.post(f"/demands/{demand}/notes/read", READING)).json
    assert [one["number"] for one in first["notes"]] == list(range(22, 2, -1))
    older = {**READING, "older": first["older"]}
    behind = (await desk.post(f"/demands/{demand}/notes/read", older)).json
    assert [one["number"] for one in behind["notes"]] == [2, 1]
    house.context.vault.destroy(IncidentId(typhoon))
    gone = await desk.post(f"/demands/{demand}/notes/read", older)
    assert gone.code == "key_destroyed"
    assert len(await notes(desk, demand)) == 20


async def test_notes_as_long_as_they_may_be_go_along_as_far_as_one_command_holds_them(
    house: House,
) -> None:
    """And those that stay are read behind them; the command fits the file of commands."""
    desk, typhoon, fire = await two_open(house)
    demand = done(await desk.post("/demands", demand_body(typhoon)), status=201)["id"]
    letters = "".join(chr(0x4E00 + 7_919 * n % 20_000) for n in range(2_000))  # none like another
    for _ in range(7):
        done(await desk.post(f"/demands/{demand}/notes", {"text": letters}))
    path = f"/demands/{demand}/refile"
    done(await desk.post(path, {"incident": fire}, revision=1), demand)
    refiled = await turn_at(house.context, (await the_row(desk, "demand"))["noted_in"])
    assert len(wire.encode(refiled.command)) < LINE_BYTES_MOST - 20_000
    read, older = [], None
    for _ in range(2):
        body = READING if older is None else {**READING, "older": older}
        answer = (await desk.post(f"/demands/{demand}/notes/read", body)).json
        read += [one["number"] for one in answer["notes"]]
        older = answer["older"]
    assert (read, older) == ([7, 6, 5, 4, 3, 2, 1], None)


async def test_an_incident_that_is_not_there_is_none_to_go_to(house: House) -> None:
    desk, typhoon, _ = await two_open(house)
    demand = done(await desk.post("/demands", demand_body(typhoon)), status=201)["id"]
    refused = await desk.post(f"/demands/{demand}/refile", {"incident": "none"}, revision=1)
    assert (refused.status, refused.code) == (404, "not_found")
