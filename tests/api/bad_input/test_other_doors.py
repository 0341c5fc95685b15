"""Bad bodies at the other doors, and what keys and roles have to do with it."""

from typing import Any

import pytest

from schemas.values import Role
from tests.api.bad_input.told import SECRET, told
from tests.api.house import AREA, OTHER_COUNTY_TOWN, TOWN, House, Person, demand_body

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("path", "sent", "code", "field"),
    [
        ("/incidents", {"hazard": SECRET, "division": TOWN}, "code_unknown", "hazard"),
        ("/incidents", {"hazard": "typhoon", "division": ""}, "blank", "division"),
        (
            "/incidents",
            {"hazard": "typhoon", "division": TOWN, "label": SECRET.upper()},
            "format_invalid",
            "label",
        ),
        ("/demands/x/close", {"reason": SECRET}, "code_unknown", "reason"),
        ("/offers/x/accept", {"quantity": 0}, "out_of_range", "quantity"),
        ("/offers/x/accept", {"quantity": 1, "minutes": 2_881}, "out_of_range", "minutes"),
        ("/offers/x/decline", {"reason": None}, "code_unknown", "reason"),
        ("/assignments/x/confirm", {"done": "yes"}, "type_wrong", "done"),
        ("/assignments/x/set-off", {"note": SECRET}, "unknown_field", None),
        ("/tasks/x/open", {"domain": SECRET}, "code_unknown", "domain"),
    ],
)
async def test_other_doors_of_a_desk(
    house: House, desk: Person, path: str, sent: Any, code: str, field: str | None
) -> None:
    before = house.sequence
    told(await desk.post(path, sent, revision=1), 422, code, field)
    assert house.sequence == before


@pytest.mark.parametrize(
    ("path", "sent", "code", "field"),
    [
        ("/accounts", {"name": " ", "role": "desk", "division": TOWN}, "blank", "name"),
        ("/accounts", {"name": "甲\n乙", "role": "desk"}, "text_invalid", "name"),
        ("/accounts", {"name": "甲", "role": "emperor"}, "code_unknown", "role"),
        (
            "/accounts",
            {"name": "甲", "role": "desk", "division": TOWN, "until": 1_790_000_000},
            "out_of_range",  # seconds
            "until",
        ),
        ("/accounts", {"name": "甲", "role": "desk"}, "grant_unfit", None),
        (
            "/organizations/x/certificates",
            {"skill": "WATER", "grade": 0, "valid_from": 1_790_000_000_000},
            "out_of_range",
            "grade",
        ),
        (
            "/organizations/x/capacity",
            {"capabilities": [{"skill": "DRONE", "units": 1}] * 41},
            "too_many",
            "capabilities",
        ),
    ],
)
async def test_doors_of_a_steward(
    house: House, path: str, sent: Any, code: str, field: str | None
) -> None:
    told(await (await house.steward()).post(path, sent), 422, code, field)


async def test_an_id_of_another_kind_is_not_found(
    house: House, desk: Person, incident: str
) -> None:
    before = house.sequence
    told(await desk.post(f"/demands/{incident}/reopen", {}, revision=1), 404, "not_found")
    told(await desk.post("/demands", demand_body(SECRET)), 404, "not_found")
    assert house.sequence == before


async def test_text_is_kept_as_text(desk: Person, incident: str) -> None:
    """Markup, templates and line ends are nobody's syntax; NFD becomes NFC, spaces go."""
    statement = "  <img onerror=x> {{7*7}} '; DROP TABLE turns--\r\ncafe\u0301 👨‍👩‍👧 𠮷  "
    reply = await desk.post("/demands", demand_body(incident, risk_statement=statement))
    assert reply.status == 201
    row = (await desk.get("/board")).json["rows"]
    demand = next(each for each in row if each["type"] == "demand")
    kept = "<img onerror=x> {{7*7}} '; DROP TABLE turns--\ncaf\u00e9 👨‍👩‍👧 𠮷"
    assert demand["risk_statement"] == kept


async def test_refusals_of_the_rules_bind_the_key(
    house: House, desk: Person, incident: str
) -> None:
    elsewhere = demand_body(incident, place={"division": OTHER_COUNTY_TOWN})
    first = await desk.post("/demands", elsewhere, key="elsewhere")
    told(first, 404, "not_found")
    after = house.sequence
    again = await desk.post("/demands", elsewhere, key="elsewhere")
    assert again.json["code"] == "not_found"
    assert again.json["trace"] == first.json["trace"]
    assert house.sequence == after
    other = await desk.post("/demands", demand_body(incident), key="elsewhere")
    told(other, 422, "key_reused")
    assert house.sequence == after


async def test_a_problem_at_the_door_does_not_bind_the_key(desk: Person, incident: str) -> None:
    told(
        await desk.post("/demands", demand_body(incident, priority=9), key="again"),
        422,
        "out_of_range",
        "priority",
    )
    assert (await desk.post("/demands", demand_body(incident), key="again")).status == 201


async def test_every_role_is_held_to_its_doors(house: House, desk: Person) -> None:
    steward = await house.steward()
    reviewer = await house.person(Role.REVIEWER, division=str(AREA))
    _, crew = await house.organization()
    before = house.sequence
    for person in (steward, reviewer, crew):
        told(await person.post("/demands", demand_body("x")), 403, "role_missing")
    for person in (desk, reviewer, crew):
        told(await person.post("/organizations", {}), 403, "role_missing")
        told(await person.post("/accounts", {}), 403, "role_missing")
    assert house.sequence == before
