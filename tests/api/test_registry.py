"""The registry through the doors: one entry an organization, correct, with good certificates."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.facts import OfferSent
from schemas.values import Role
from tests.api.house import (
    OTHER_TOWN,
    TOWN,
    House,
    Person,
    Reply,
    certificate_body,
    demand_body,
    organization_body,
)
from tests.api.test_doors import done, rows

CODE = "51330324MJ1234567X"
WATER = [{"skill": "WATER", "minimum": 1, "target": 1, "grade": 2}]


def refused(reply: Reply, status: int, code: str, *subjects: str) -> None:
    assert (reply.status, reply.code) == (status, code), reply.content
    assert not subjects or reply.json["subjects"] == [*subjects]


async def registered(steward: Person, **changed: Any) -> str:
    made = await steward.post("/organizations", organization_body() | changed)
    return str(done(made, status=201)["id"])


async def entry(person: Person, id: str) -> Any:
    return next(row for row in await rows(person, "organization") if row["id"] == id)


def correction(**changed: Any) -> dict[str, Any]:
    body = {name: each for name, each in organization_body().items() if name != "capabilities"}
    return body | changed


# One entry each


async def test_registered_a_second_time_is_refused_with_the_first_one(house: House) -> None:
    """C4: the same name at the same home, or the same credit code, unless insisted."""
    steward = await house.steward()
    first = await registered(steward, name="守望队", credit_code=CODE)
    same = organization_body() | {"name": "守望队"}
    refused(await steward.post("/organizations", same), 409, "organization_exists", first)
    coded = organization_body() | {"credit_code": CODE, "home": OTHER_TOWN}
    refused(await steward.post("/organizations", coded), 409, "organization_exists", first)
    other = await registered(steward, name="守望队", insist=True)
    assert other != first
    await registered(steward, name="守望队", home=OTHER_TOWN)
    assert (await entry(steward, first))["credit_code"] == CODE


async def test_a_mistake_is_corrected_on_record(house: House) -> None:
    """C5: name, class, home, place and people; what it can deploy stays."""
    steward = await house.steward()
    team = await registered(steward, name="守忘队", people=12)
    before = await entry(steward, team)
    body = correction(name="守望队", people=9, home=OTHER_TOWN, credit_code=CODE)
    body |= {"place": {"division": OTHER_TOWN}, "registration_class": "registered"}
    done(await steward.post(f"/organizations/{team}/correct", body), team)
    after = await entry(steward, team)
    assert (after["name"], after["people"], after["home"]) == ("守望队", 9, OTHER_TOWN)
    assert (after["registration_class"], after["credit_code"]) == ("registered", CODE)
    assert after["capabilities"] == before["capabilities"]
    assert (after["lon"], after["lat"]) != (before["lon"], before["lat"])


async def test_a_steward_keeps_what_lies_within_the_scope(house: House) -> None:
    """And moves nothing out of it, nor takes in what is another steward's."""
    steward, local = await house.steward(), await house.person(Role.STEWARD, division=TOWN)
    own = await registered(local)
    theirs = await registered(steward, home=OTHER_TOWN, place={"division": OTHER_TOWN})
    before = house.sequence
    there = {"home": OTHER_TOWN, "place": {"division": OTHER_TOWN}}
    refused(await local.post("/organizations", organization_body() | there), 404, "not_found")
    for path, body in (
        (f"/organizations/{theirs}/correct", correction()),
        (f"/organizations/{theirs}/retire", {}),
        (f"/organizations/{own}/merge", {"merged": theirs}),
        (f"/organizations/{own}/merge", {"merged": "nobody"}),
        ("/issuers/withdraw", {"issuer": "x"}),
    ):
        refused(await local.post(path, body), 404, "not_found")
    assert house.sequence == before
    moving = await local.post(f"/organizations/{own}/correct", correction(**there))
    refused(moving, 404, "not_found")
    assert (await entry(local, own))["home"] == TOWN


async def test_a_retired_team_is_asked_no_more_and_stays_in_the_record(stage: House) -> None:
    team, crew = await stage.organization()
    desk, steward = await stage.desk(), await stage.steward()
    incident = await stage.incident(desk)
    for _ in range(2):
        done(await steward.post(f"/organizations/{team}/retire", {}), team)
    done(await desk.post("/demands", demand_body(incident)), status=201)
    assert await rows(crew, "offer") == []
    assert (await entry(desk, team))["retired"]
    done(await steward.post(f"/organizations/{team}/reinstate", {}), team)
    await stage.wait(minutes=1)
    assert [row["state"] for row in await rows(crew, "offer")] == ["sent"]


async def test_two_entries_become_one_and_two_again(stage: House) -> None:
    """C4: merged with history; whoever answered for the one answers for the other too."""
    stays, _ = await stage.organization()
    merged, leader = await stage.organization()
    steward, desk = await stage.steward(), await stage.desk()
    done(await steward.post(f"/organizations/{stays}/merge", {"merged": merged}), stays)
    gone = await entry(steward, merged)
    assert (gone["retired"], gone["merged_into"]) == (True, stays)
    refused(
        await steward.post(f"/organizations/{merged}/reinstate", {}),
        409,
        "organization_merged",
        stays,
    )
    leader = await stage.signed_in(leader.account, Role.ORGANIZATION)
    assert (await entry(leader, stays))["id"] == stays
    done(await steward.post(f"/organizations/{merged}/separate", {}), merged)
    assert not (await entry(steward, merged))["retired"]
    refused(
        await steward.post(f"/organizations/{merged}/separate", {}), 409, "organization_not_merged"
    )

    done(await steward.post(f"/organizations/{stays}/merge", {"merged": merged}))
    done(await desk.post("/demands", demand_body(await stage.incident(desk))), status=201)
    await stage.wait(minutes=1)
    asked = [f.organization for t in stage.turns() for f in t.facts if isinstance(f, OfferSent)]
    assert asked == [stays], "asked once, not twice"
    leader = await stage.signed_in(leader.account, Role.ORGANIZATION)
    offer = (await rows(leader, "offer"))[0]["id"]
    done(await leader.post(f"/offers/{offer}/accept", {"quantity": 1}))
    refused(
        await steward.post(f"/organizations/{merged}/separate", {}),
        409,
        "organization_asked_since",
    )


async def test_who_is_at_work_is_merged_afterwards(stage: House) -> None:
    stays = await registered(await stage.steward(), capabilities=[])
    busy, _ = await stage.organization()
    desk, steward = await stage.desk(), await stage.steward()
    done(await desk.post("/demands", demand_body(await stage.incident(desk))), status=201)
    reply = await steward.post(f"/organizations/{stays}/merge", {"merged": busy})
    refused(reply, 409, "organization_busy", busy)
    refused(await steward.post(f"/organizations/{busy}/merge", {"merged": busy}), 404, "not_found")


# Certificates


async def certified(steward: Person, team: str, **changed: Any) -> Reply:
    return await steward.post(f"/organizations/{team}/certificates", certificate_body(**changed))


async def water_team(house: House) -> tuple[str, Person, Person]:
    """A registered team, its steward, and a desk with an open incident."""
    team, _ = await house.organization("WATER", registration_class="registered")
    return team, await house.steward(), await house.desk()


async def test_the_latest_word_on_a_number_counts(house: House) -> None:
    """C2: recorded, lowered, withdrawn; the best of what was ever said is of no account."""
    team, steward, _ = await water_team(house)
    for grade in (1, 3):
        done(await certified(steward, team, grade=grade), team)
    [held] = (await entry(steward, team))["certificates"]
    assert (held["certificate"]["grade"], held["withdrawn"]) == (3, False)
    done(await certified(steward, team, number="ZJ-2", valid_from="2026-01-01"))
    named = {"issuer": "浙江省应急管理厅", "number": "ZJ-1"}
    for _ in range(2):
        done(await steward.post(f"/organizations/{team}/withdraw-certificate", named), team)
    held = (await entry(steward, team))["certificates"]
    assert [each["withdrawn"] for each in held] == [True, False]
    unknown = named | {"number": "ZJ-9"}
    reply = await steward.post(f"/organizations/{team}/withdraw-certificate", unknown)
    refused(reply, 404, "certificate_unknown")


async def test_an_issuer_that_is_none(stage: House) -> None:
    """C2: all its certificates go; who works on one is marked, and goes on."""
    team, steward, desk = await water_team(stage)
    done(await certified(steward, team, issuer="某某协会"))
    incident = await stage.incident(desk)
    body = demand_body(incident, kind="rescue_water", lines=WATER)
    done(await desk.post("/demands", body), status=201)
    offer = (await rows(desk, "offer"))[0]["id"]
    done(await desk.post(f"/offers/{offer}/accept", {"quantity": 1}))
    assert done(await steward.post("/issuers/withdraw", {"issuer": "某某协会"}))["id"] is None
    [assignment] = await rows(desk, "assignment")
    assert (assignment["unfit"], assignment["state"]) == ("certificate_withdrawn", "committed")
    again = await steward.post("/issuers/withdraw", {"issuer": "某某协会"})
    refused(again, 404, "certificate_unknown")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"standard": "应急救援员 三级"}, 422, "standard_unfit"),  # C6: a person's, not a team's
        ({"standard": "YJ/T 1.2-2022"}, 422, "standard_unfit"),  # of another skill
        ({"valid_through": "2026-02-30"}, 422, "validity_unfit"),
        ({"valid_from": "2099-12-31", "valid_through": "2099-12-30"}, 422, "validity_unfit"),
        ({"skill": "PUMP_DRAIN"}, 422, "skill_grade_unfit"),
    ],
)
async def test_what_is_no_teams_grade(
    house: House, changed: dict[str, Any], status: int, code: str
) -> None:
    team, steward, _ = await water_team(house)
    body = certificate_body() | changed
    refused(await steward.post(f"/organizations/{team}/certificates", body), status, code)
    assert (await entry(steward, team))["certificates"] == []


async def test_a_grade_is_of_who_is_registered_with_civil_affairs(house: House) -> None:
    """C3: a village-guided group holds none; its boats are asked for as boats."""
    steward = await house.steward()
    for kind in ("filed", "village_guided"):
        team = await registered(steward, registration_class=kind)
        refused(await certified(steward, team), 409, "class_unfit", team)


async def test_valid_to_the_last_day_and_no_longer(stage: House) -> None:
    """C1: what was good through yesterday is a gate, told as such."""
    team, steward, desk = await water_team(stage)
    await certified(steward, team, valid_through="2026-09-21")  # the exercise begins that day
    incident = await stage.incident(desk)
    body = demand_body(incident, kind="rescue_water", lines=WATER)
    done(await desk.post("/demands", body), status=201)
    assert [row["state"] for row in await rows(desk, "offer")] == ["sent"]
    offer = (await rows(desk, "offer"))[0]["id"]
    done(await desk.post(f"/offers/{offer}/decline", {"reason": "no_crew"}))
    await stage.wait(minutes=24 * 60)
    [line] = (await rows(desk, "demand"))[0]["lines"]
    assert line["gates"] == [{"gate": "certificate_expired", "count": 1}]
