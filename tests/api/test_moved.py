"""B2: a demand that was moved to another township, through the doors and on everybody's screen."""

from __future__ import annotations

from typing import Any

from tests.api.house import COUNTY, OTHER_TOWN, TOWN, House, Person, Reply, demand_body
from tests.api.test_doors import done, rows, the_row

AMENDED: dict[str, Any] = {
    "priority": 1,
    "targets": [2],
    "lines": [],
    "risk_statement": "水位上涨",
    "rally_point": "镇政府门口",
}
MOVE = AMENDED | {"place": {"division": OTHER_TOWN}}


async def moved(house: House) -> tuple[Person, Person, str]:
    """Sender, receiver, and the demand that was moved, in an incident of the county."""
    county, sender, receiver = await house.desk(COUNTY), await house.desk(), None
    receiver = await house.desk(OTHER_TOWN)
    incident = await house.incident(county, COUNTY)
    demand = done(await sender.post("/demands", demand_body(incident)), status=201)["id"]
    assert await rows(receiver, "demand") == []
    done(await sender.post(f"/demands/{demand}/amend", MOVE, revision=1), demand)
    return sender, receiver, demand


def refused(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.code) == (status, code), reply.content


async def test_the_receiver_answers_for_it_and_the_sender_keeps_sight(house: House) -> None:
    sender, receiver, demand = await moved(house)
    for person in (sender, receiver):
        row = await the_row(person, "demand")
        assert (row["division"], row["sender"], row["returnable"]) == (OTHER_TOWN, TOWN, True)
    before = house.sequence
    for path, body in (
        (f"/demands/{demand}/close", {"reason": "met"}),
        (f"/demands/{demand}/amend", AMENDED),
        (f"/demands/{demand}/sealed", {"reason": "checking"}),
    ):
        reply = await sender.post(path, body, revision=2)
        assert reply.status in (403, 404), path
    refused(await receiver.post(f"/demands/{demand}/take-back", {}, revision=2), 404, "not_found")
    assert house.sequence == before


async def test_the_sender_takes_it_back_until_the_receiver_acts(house: House) -> None:
    sender, receiver, demand = await moved(house)
    path = f"/demands/{demand}/take-back"
    refused(await sender.post(path, {}, revision=1), 412, "revision_stale")
    missing = await sender.post(path, {})
    assert missing.code == "precondition_missing"
    first = done(await sender.post(path, {}, revision=2, key="back"), demand)
    row = await the_row(sender, "demand")
    assert (row["division"], row["sender"], row["returnable"]) == (TOWN, None, False)
    assert await rows(receiver, "demand") == []
    again = done(await sender.post(path, {}, revision=2, key="back"), demand)
    assert again == first | {"repeated": True}, "though there is nothing to take back any more"
    done(await sender.post(path, {}, revision=3), demand)  # a second tap: nothing new
    assert house.turns()[-1].facts == ()


async def test_once_it_is_taken_up_it_stays(house: House) -> None:
    sender, receiver, demand = await moved(house)
    done(await receiver.post(f"/demands/{demand}/amend", AMENDED, revision=2), demand)
    assert not (await the_row(sender, "demand"))["returnable"]
    reply = await sender.post(f"/demands/{demand}/take-back", {}, revision=3)
    refused(reply, 409, "demand_taken_up")


async def test_only_within_the_incident(house: House) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    demand = done(await desk.post("/demands", demand_body(incident)), status=201)["id"]
    reply = await desk.post(f"/demands/{demand}/amend", MOVE, revision=1)
    refused(reply, 409, "place_outside_incident")
