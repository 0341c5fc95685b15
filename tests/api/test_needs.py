"""What an organization could help with, at the doors: what is listed, to whom, and what is not."""

from __future__ import annotations

from typing import Any

from schemas.values import Role
from tests.api.house import COUNTY, House, Person, demand_body
from tests.api.test_doors import done
from tests.api.test_said import amend

SECRET = "李四 13800002222"


async def off_duty(house: House, skill: str = "PUMP_DRAIN") -> tuple[str, Person]:
    """A team that nobody asks by themselves."""
    team, crew = await house.organization(skill)
    done(await crew.post(f"/organizations/{team}/duty", {"on_duty": False}))
    return team, crew


async def needs(crew: Person, team: str) -> list[dict[str, Any]]:
    reply = await crew.get(f"/organizations/{team}/needs")
    assert reply.status == 200, reply.content
    found: list[dict[str, Any]] = reply.json["needs"]
    return found


async def posted(house: House, desk: Person, **differs: Any) -> str:
    incident = differs.pop("incident", None) or await house.incident(desk)
    reply = await desk.post("/demands", demand_body(incident, **differs))
    return str(done(reply, status=201)["id"])


async def test_it_lists_what_is_lacking_and_nothing_of_whom_it_is_for(stage: House) -> None:
    team, crew = await off_duty(stage)
    desk = await stage.desk()
    demand = await posted(
        stage, desk, contact=SECRET, address="解放路 1 号", risk_statement="墙要塌"
    )
    reply = await crew.get(f"/organizations/{team}/needs")
    [need] = reply.json["needs"]
    assert (need["demand"], need["skill"], need["missing"]) == (demand, "PUMP_DRAIN", 2)
    assert need["risk_statement"] == "墙要塌", "whoever says yes has read what to beware of"
    for text in (SECRET, "解放路", '"lon"', '"lat"'):
        assert text not in reply.content.decode()
    assert reply.headers["cache-control"] == "no-store"


async def test_its_offer_is_a_yes_that_opens_what_is_sealed_and_then_it_is_listed_no_more(
    stage: House,
) -> None:
    team, crew = await off_duty(stage)
    desk = await stage.desk()
    await posted(stage, desk, contact=SECRET)
    [need] = await needs(crew, team)
    body = {"organization": team, "quantity": 1, "minutes": 15}
    answer = done(await crew.post(f"/lines/{need['line']}/help", body), status=201)
    assert answer["sealed"]["contact"] == SECRET
    assert [made["fact"] for made in answer["made"]] == ["CrewReceived", "AssignmentCommitted"]
    assert await needs(crew, team) == []
    again = await crew.post(f"/lines/{need['line']}/help", body)
    assert (again.status, again.code) == (409, "already_answered")


async def test_a_yes_to_words_that_have_changed_since_they_were_listed_is_none(
    stage: House,
) -> None:
    team, crew = await off_duty(stage)
    desk = await stage.desk()
    demand = await posted(stage, desk)
    [need] = await needs(crew, team)
    await amend(desk, demand, risk_statement="电线断了")
    yes = {"organization": team, "quantity": 1, "revision": need["revision"]}
    refused = await crew.post(f"/lines/{need['line']}/help", yes)
    assert (refused.status, refused.code) == (409, "words_changed")


async def test_only_what_it_is_fit_for_and_was_not_asked_for_is_listed(stage: House) -> None:
    team, crew = await off_duty(stage)
    asked, other = await stage.organization("PUMP_DRAIN")
    desk = await stage.desk()
    incident = await stage.incident(desk)
    await posted(stage, desk, incident=incident)
    line = {"skill": "PUMP_DRAIN", "minimum": 1, "target": 1, "hazardous": True}
    await posted(stage, desk, incident=incident, lines=[line])
    await posted(stage, desk, incident=incident, lines=[line | {"skill": "CATERING"}])
    whole = {"skill": "PUMP_DRAIN", "minimum": 3, "target": 3, "whole": True}
    await posted(stage, desk, incident=incident, lines=[whole])
    assert len(await needs(crew, team)) == 1, "nor hazardous, another skill, or more than it has"
    assert await needs(other, asked) == [], "it was asked"


async def test_it_is_for_the_organization_alone(stage: House) -> None:
    team, crew = await off_duty(stage)
    _, other = await stage.organization("PUMP_DRAIN")
    desk = await stage.desk()
    await posted(stage, desk)
    assert (await other.get(f"/organizations/{team}/needs")).code == "not_found"
    assert (await crew.get("/organizations/nothing/needs")).code == "not_found"
    for person in (desk, await stage.person(Role.REVIEWER, division=COUNTY)):
        assert (await person.get(f"/organizations/{team}/needs")).code == "role_missing"
    [need] = await needs(crew, team)
    body = {"organization": team, "quantity": 1}
    assert (await other.post(f"/lines/{need['line']}/help", body)).status == 404
    wrong = await crew.post(f"/lines/{need['line']}/help", body | {"quantity": 0})
    assert (wrong.status, wrong.code) == (422, "out_of_range")
    assert (await crew.post("/lines/nothing/help", body)).code == "not_found"


async def test_at_most_twenty_the_most_urgent_first(stage: House) -> None:
    team, crew = await off_duty(stage)
    desk = await stage.desk()
    incident = await stage.incident(desk)
    line = {"skill": "PUMP_DRAIN", "minimum": 1, "target": 1}
    for priority in (2, 1):
        await posted(stage, desk, incident=incident, priority=priority, lines=[line] * 15)
    found = await needs(crew, team)
    assert [need["priority"] for need in found] == [1] * 15 + [2] * 5


async def test_what_is_covered_closed_or_on_hold_is_not_listed(stage: House) -> None:
    team, crew = await off_duty(stage)
    desk = await stage.desk()
    demand = await posted(stage, desk)
    [need] = await needs(crew, team)
    done(await desk.post(f"/demands/{demand}/hold", {"question": "桥？"}))
    assert await needs(crew, team) == []
    done(await desk.post(f"/demands/{demand}/resume", {}))
    assert len(await needs(crew, team)) == 1
    done(await desk.post(f"/lines/{need['line']}/own-crew", {"units": 2}))
    assert await needs(crew, team) == []
    done(await desk.post(f"/lines/{need['line']}/own-crew", {"units": 1}))
    assert [one["missing"] for one in await needs(crew, team)] == [1]


async def test_it_is_shown_wherever_its_offer_to_help_would_be_taken(stage: House) -> None:
    """Given a team whose crew could not go on, when units are missing still, then it reads of them
    again; not while its crew is on the way."""
    team, crew = await off_duty(stage)
    desk = await stage.desk()
    await posted(stage, desk)
    [need] = await needs(crew, team)
    body = {"organization": team, "quantity": 1}
    made = done(await crew.post(f"/lines/{need['line']}/help", body), status=201)["made"]
    assert await needs(crew, team) == [], "its crew is on the way"
    assignment = next(one["id"] for one in made if one["fact"] == "AssignmentCommitted")
    done(await crew.post(f"/assignments/{assignment}/cannot-complete", {}))
    [again] = await needs(crew, team)
    done(await crew.post(f"/lines/{again['line']}/help", body), status=201)
