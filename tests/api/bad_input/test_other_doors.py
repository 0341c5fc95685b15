"""Bad bodies at the other doors, and what keys and roles have to do with it."""

from typing import Any

import pytest

from schemas.values import Role
from tests.api.bad_input.told import SECRET, told
from tests.api.house import (
    AREA,
    OTHER_COUNTY_TOWN,
    TOWN,
    House,
    Person,
    certificate_body,
    demand_body,
    organization_body,
)

RECEIVED = {"organization": "x", "word": "taken_on", "quantity": 1}

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
        ("/offers/x/accept", {"quantity": 1, "people": 0}, "out_of_range", "people"),
        ("/offers/x/decline", {"reason": None}, "code_unknown", "reason"),
        (
            "/offers/x/decline",
            {"reason": "other", "free_from": 1_790_000_000},  # seconds
            "out_of_range",
            "free_from",
        ),
        ("/offers/x/persons", {"reason": SECRET}, "unknown_field", None),
        ("/offers/x/not-picked-up", {"person": ""}, "blank", "person"),
        ("/offers/x/not-picked-up", {"number": SECRET}, "unknown_field", None),
        ("/lines/x/ask", {"organization": "x"}, "field_missing", "reason"),
        ("/lines/x/ask", {"organization": "x", "reason": " "}, "blank", "reason"),
        ("/lines/x/ask", {"organization": "x", "reason": SECRET * 10}, "too_long", "reason"),
        ("/lines/x/ask", {"organization": "x", "reason": "a\u202eb"}, "text_invalid", "reason"),
        ("/lines/x/receive", {"organization": "x", "quantity": 1}, "field_missing", "word"),
        ("/lines/x/receive", RECEIVED | {"quantity": 0}, "out_of_range", "quantity"),
        ("/lines/x/receive", RECEIVED | {"word": "thanked"}, "code_unknown", "word"),
        ("/lines/x/receive", RECEIVED | {"here": "yes"}, "type_wrong", "here"),
        ("/lines/x/receive", RECEIVED | {"minutes": 99_999}, "out_of_range", "minutes"),
        ("/lines/x/own-crew", {"units": -1}, "out_of_range", "units"),
        ("/lines/x/own-crew", {"units": 501}, "out_of_range", "units"),
        ("/lines/x/own-crew", {"units": 1.5}, "type_wrong", "units"),
        ("/lines/x/drop", {"line": "x"}, "unknown_field", None),
        ("/standby/x/take", {"quantity": 1}, "unknown_field", None),
        ("/demands/x/sealed", {}, "field_missing", "reason"),
        ("/demands/x/sealed", {"reason": "accepted"}, "code_unknown", "reason"),
        ("/demands/x/sealed", {"reason": SECRET}, "code_unknown", "reason"),
        ("/demands/x/take-back", {"revision": 1}, "unknown_field", None),
        ("/demands/x/publish", {"revision": 1}, "unknown_field", None),
        ("/demands/drafts", {}, "field_missing", "risk_statement"),
        ("/demands/x/hold", {}, "field_missing", "question"),
        ("/demands/x/hold", {"question": " "}, "blank", "question"),
        ("/demands/x/hold", {"question": SECRET * 10}, "too_long", "question"),
        ("/demands/x/hold", {"question": "x", "until": 1}, "unknown_field", None),
        ("/demands/x/resume", {"answer": "a\u202eb"}, "text_invalid", "answer"),
        ("/incidents/x/close", {"live": SECRET}, "format_invalid", "live"),
        ("/incidents/x/close", {"stand_down": []}, "unknown_field", None),
        ("/assignments/x/arrive", {"people": 10_001}, "out_of_range", "people"),
        ("/assignments/x/new-time", {}, "field_missing", "minutes"),
        ("/assignments/x/new-time", {"minutes": 2_881}, "out_of_range", "minutes"),
        ("/assignments/x/check-in", {"people": 0}, "out_of_range", "people"),
        ("/assignments/x/heads", {}, "field_missing", "inside"),
        ("/assignments/x/heads", {"inside": -1}, "out_of_range", "inside"),
        ("/assignments/x/heads", {"inside": "2"}, "type_wrong", "inside"),
        ("/assignments/x/report-done", {"everybody_out": 1}, "type_wrong", "everybody_out"),
        ("/assignments/x/report", {}, "field_missing", "what"),
        ("/assignments/x/report", {"what": SECRET}, "code_unknown", "what"),
        ("/assignments/x/report", {"what": "road_cut", "text": "a\u202eb"}, "text_invalid", "text"),
        ("/assignments/x/report", {"what": "need_more", "skill": SECRET}, "skill_unknown", "skill"),
        (
            "/assignments/x/report",
            {"what": "people_helped", "quantity": 0},
            "out_of_range",
            "quantity",
        ),
        ("/assignments/x/reports/x/answer", {"answer": SECRET}, "code_unknown", "answer"),
        ("/assignments/x/instruct", {}, "field_missing", "what"),
        ("/assignments/x/instruct", {"what": SECRET}, "code_unknown", "what"),
        ("/assignments/x/instruct", {"what": "come_to", "to": " "}, "blank", "to"),
        ("/assignments/x/instruct", {"what": "stop", "text": "a\u202eb"}, "text_invalid", "text"),
        ("/assignments/x/instructions/x/lift", {"mistaken": "yes"}, "type_wrong", "mistaken"),
        ("/assignments/x/instructions/x/acknowledge", {"no": SECRET}, "unknown_field", None),
        ("/assignments/x/stand-down", {"everybody_out": 1}, "type_wrong", "everybody_out"),
        ("/incidents/x/instruct", {"what": "flee"}, "code_unknown", "what"),
        ("/incidents/x/close-zone", {}, "field_missing", "zone"),
        ("/incidents/x/close-zone", {"zone": {"radius": -1}}, "out_of_range", "zone.radius"),
        ("/incidents/x/close-zone", {"zone": {"radius": "far"}}, "type_wrong", "zone.radius"),
        ("/incidents/x/close-zone", {"zone": {"middle": SECRET}}, "unknown_field", "zone"),
        ("/assignments/x/correct", {"step": SECRET}, "code_unknown", "step"),
        ("/tasks/x/give-back", {"organization": "x"}, "unknown_field", None),
        ("/assignments/x/confirm", {"done": "yes"}, "type_wrong", "done"),
        ("/assignments/x/confirm", {"done": False, "reason": " "}, "blank", "reason"),
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
            certificate_body(grade=0),
            "out_of_range",
            "grade",
        ),
        (
            "/organizations/x/certificates",
            certificate_body(valid_through=1_790_000_000_000),
            "type_wrong",
            "valid_through",
        ),
        (
            "/organizations/x/certificates",
            certificate_body(valid_from="2026-1-1"),
            "format_invalid",
            "valid_from",
        ),
        (
            "/organizations/x/certificates",
            {name: text for name, text in certificate_body().items() if name != "issuer"},
            "field_missing",
            "issuer",
        ),
        (
            "/organizations/x/certificates",
            certificate_body(number="\u3000"),
            "blank",
            "number",
        ),
        ("/organizations/x/withdraw-certificate", {"issuer": "x"}, "field_missing", "number"),
        ("/issuers/withdraw", {"issuer": f"{SECRET}\n{SECRET}"}, "text_invalid", "issuer"),
        ("/issuers/withdraw", {}, "field_missing", "issuer"),
        ("/organizations/x/merge", {"merged": ""}, "blank", "merged"),
        ("/organizations/x/retire", {SECRET: 1}, "unknown_field", None),
        (
            "/organizations",
            organization_body() | {"credit_code": SECRET},
            "format_invalid",
            "credit_code",
        ),
        ("/organizations", organization_body() | {"insist": 1}, "type_wrong", "insist"),
        (
            "/organizations/x/correct",
            organization_body() | {"insist": True},
            "unknown_field",
            None,
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
    unfit = demand_body(incident, lines=[{"skill": "WATER", "minimum": 1, "target": 1}])
    first = await desk.post("/demands", unfit, key="unfit")
    told(first, 422, "skill_grade_unfit")
    after = house.sequence
    again = await desk.post("/demands", unfit, key="unfit")
    told(again, 422, "skill_grade_unfit")
    assert again.json["trace"] == first.json["trace"]
    assert house.sequence == after
    other = await desk.post("/demands", demand_body(incident), key="unfit")
    told(other, 422, "key_reused")
    assert house.sequence == after


async def test_what_lies_elsewhere_leaves_no_turn_and_binds_no_key(
    house: House, desk: Person, incident: str
) -> None:
    before = house.sequence
    elsewhere = demand_body(incident, place={"division": OTHER_COUNTY_TOWN})
    for _ in range(2):
        told(await desk.post("/demands", elsewhere, key="elsewhere"), 404, "not_found")
    assert house.sequence == before
    assert (await desk.post("/demands", demand_body(incident), key="elsewhere")).status == 201


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
