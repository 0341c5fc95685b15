"""Whom to call: shown to a desk with what is under way, each time by a fact, and never kept."""

from __future__ import annotations

from typing import Any

from schemas.facts import PersonsShown
from schemas.values import Role
from tests.api.house import COUNTY, OTHER_TOWN, TOWN, House, Person, Reply, demand_body
from tests.api.test_doors import done, rows, the_row

FIRST = {"name": "王五", "telephone": "139 0577 0001", "order": 1}
SECOND = {"name": "赵六", "telephone": "0577-67220000", "order": 2}


async def asked(house: House, **changed: Any) -> tuple[Person, Person, str, str]:
    """A desk, a crew that it asks, their organization with two persons, and the offer."""
    organization, crew = await house.organization()
    steward, desk = await house.steward(), await house.desk()
    for person in (SECOND, FIRST):
        made = await steward.post("/persons", person | {"organization": organization})
        assert made.status == 201
    body = demand_body(await house.incident(desk), **changed)
    done(await desk.post("/demands", body), status=201)
    return desk, crew, organization, (await the_row(crew, "offer"))["id"]


def listed(reply: Reply) -> list[dict[str, Any]]:
    """Who is to be called, as they were added; nobody was tried yet."""
    persons = reply.json["persons"]
    assert all(one.pop("id") and one.pop("tried_at") is None for one in persons)
    return list(persons)


def refused(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.code) == (status, code), reply.content
    assert b"0577" not in reply.content


def shown(house: House) -> list[PersonsShown]:
    return [f for turn in house.turns() for f in turn.facts if isinstance(f, PersonsShown)]


async def test_a_desk_is_shown_whom_to_call_and_that_is_a_fact(house: House) -> None:
    desk, _, organization, offer = await asked(house)
    reply = await desk.post(f"/offers/{offer}/persons", {})
    assert reply.status == 200
    assert listed(reply) == [FIRST, SECOND]
    assert reply.headers["cache-control"] == "no-store"
    [fact] = shown(house)
    assert (fact.organization, fact.account) == (organization, desk.account)


async def test_no_number_is_in_the_log(house: House) -> None:
    desk, _, _, offer = await asked(house)
    await desk.post(f"/offers/{offer}/persons", {})
    stored = b"".join(house.context.engine.read(house.context.settings.area))
    for text in (*FIRST.values(), *SECOND.values()):
        assert len(str(text)) < 2 or str(text).encode() not in stored


async def test_a_key_that_was_used_shows_nobody(house: House) -> None:
    desk, _, _, offer = await asked(house)
    assert (await desk.post(f"/offers/{offer}/persons", {}, key="look")).status == 200
    before = house.sequence
    refused(await desk.post(f"/offers/{offer}/persons", {}, key="look"), 409, "key_used_up")
    assert house.sequence == before
    assert (await desk.post(f"/offers/{offer}/persons", {}, key="look-2")).status == 200
    assert len(shown(house)) == 2


async def test_others_are_shown_nobody(house: House) -> None:
    _, crew, _, offer = await asked(house)
    neighbor, county = await house.desk(OTHER_TOWN), await house.desk(COUNTY)
    reviewer = await house.person(Role.REVIEWER, division=TOWN)
    before, path = house.sequence, f"/offers/{offer}/persons"
    for person in (crew, reviewer, await house.steward()):
        refused(await person.post(path, {}), 403, "role_missing")
    refused(await neighbor.post(path, {}), 404, "not_found")
    refused(await county.post("/offers/none/persons", {}), 404, "not_found")
    assert house.sequence == before
    assert shown(house) == []
    assert (await county.post(path, {})).status == 200


async def test_who_has_nobody_to_call(house: House) -> None:
    _, crew = await house.organization()
    desk = await house.desk()
    done(await desk.post("/demands", demand_body(await house.incident(desk))), status=201)
    offer = (await the_row(crew, "offer"))["id"]
    assert (await desk.post(f"/offers/{offer}/persons", {})).json == {"persons": []}
    assert len(shown(house)) == 1


async def test_when_it_is_over_nobody_is_called_any_more(house: House) -> None:
    """A closed demand, unless somebody is still at work on it."""
    desk, _, _, offer = await asked(house)
    demand = (await the_row(desk, "demand"))["id"]
    done(await desk.post(f"/demands/{demand}/close", {"reason": "canceled"}, revision=1))
    refused(await desk.post(f"/offers/{offer}/persons", {}), 409, "demand_closed")


async def test_persons_of_an_entry_that_was_merged_are_called_too(house: House) -> None:
    stays, crew = await house.organization()
    merged, _ = await house.organization("CATERING")
    steward, desk = await house.steward(), await house.desk()
    await steward.post("/persons", SECOND | {"organization": stays})
    await steward.post("/persons", FIRST | {"organization": merged})
    done(await steward.post(f"/organizations/{stays}/merge", {"merged": merged}))
    done(await desk.post("/demands", demand_body(await house.incident(desk))), status=201)
    crew = await house.signed_in(crew.account, Role.ORGANIZATION)
    offer = (await the_row(crew, "offer"))["id"]
    assert listed(await desk.post(f"/offers/{offer}/persons", {})) == [FIRST, SECOND]


async def test_the_county_posts_for_its_township(house: House) -> None:
    """B7, B8: the county's desk publishes for itself and as substitute, and may call."""
    _, crew = await house.organization()
    county, desk = await house.desk(COUNTY), await house.desk()
    incident = await house.incident(county, COUNTY)
    done(await county.post("/demands", demand_body(incident)), status=201)
    row = await the_row(desk, "demand")
    assert row["substitute"] == COUNTY
    offer = (await the_row(crew, "offer"))["id"]
    assert (await desk.post(f"/offers/{offer}/persons", {})).status == 200
    body = demand_body(incident, place={"division": COUNTY})
    made = done(await county.post("/demands", body), status=201)
    own = next(row for row in await rows(county, "demand") if row["id"] == made["id"])
    assert own["substitute"] is None, "a county's demand for itself is its own"
