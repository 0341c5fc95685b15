"""Closing an incident in sight of who is at work, however many; and taking it up again."""

from __future__ import annotations

from typing import Any

from schemas.ids import digest_of
from schemas.values import Role
from tests.api.house import (
    COUNTY,
    OTHER_COUNTY_TOWN,
    House,
    Person,
    Reply,
    demand_body,
)
from tests.api.test_doors import done, rows, the_row

MANY = 1_001
ONE = [{"skill": "PUMP_DRAIN", "minimum": 1, "target": 1}]


async def begun(house: House, units: int = 2) -> tuple[Person, Person, str, str]:
    """A desk, a crew with so many units, an incident, and a first assignment in it."""
    capabilities = [{"skill": "PUMP_DRAIN", "units": units}]
    _, crew = await house.organization(capabilities=capabilities)
    desk = await house.desk()
    incident = await house.incident(desk)
    return desk, crew, incident, await crew_at_work(desk, crew, incident)


async def crew_at_work(desk: Person, crew: Person, incident: str) -> str:
    made = done(await desk.post("/demands", demand_body(incident, lines=ONE)), status=201)["made"]
    offer = next(each["id"] for each in made if each["fact"] == "OfferSent")
    yes = done(await crew.post(f"/offers/{offer}/accept", {"quantity": 1}))
    return str(yes["made"][0]["id"])


async def close(desk: Person, incident: str, **body: Any) -> Reply:
    return await desk.post(f"/incidents/{incident}/close", body)


async def live(person: Person, incident: str) -> Any:
    reply = await person.get(f"/incidents/{incident}/live")
    assert reply.status == 200, reply.content
    return reply.json


def refused(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.code) == (status, code), reply.content


async def test_the_refusal_tells_who_is_at_work_and_how_to_go_on(stage: House) -> None:
    desk, crew, incident, first = await begun(stage)
    second = await crew_at_work(desk, crew, incident)
    reply = await close(desk, incident)
    refused(reply, 409, "incident_has_assignments")
    assert reply.json["subjects"] == sorted([first, second])
    digest = digest_of([first, second])
    assert reply.json["live"] == {"count": 2, "digest": digest}
    assert (await the_row(desk, "incident"))["state"] == "open"
    done(await close(desk, incident, live=digest), incident)
    assert (await the_row(desk, "incident"))["state"] == "closed"
    ended = [(row["state"], row["stand_down_reason"]) for row in await rows(crew, "assignment")]
    assert ended == [("stood_down", "incident_closed")] * 2


async def test_who_came_meanwhile_is_not_ended_unseen(stage: House) -> None:
    """The desk has looked at one crew; another says yes before it presses."""
    desk, crew, incident, first = await begun(stage)
    seen = (await close(desk, incident)).json["live"]["digest"]
    second = await crew_at_work(desk, crew, incident)
    reply = await close(desk, incident, live=seen)
    refused(reply, 409, "incident_has_assignments")
    assert reply.json["subjects"] == sorted([first, second])
    assert reply.json["live"]["count"] == 2
    done(await close(desk, incident, live=reply.json["live"]["digest"]))


async def test_the_list_is_for_those_who_may_close_it_and_who_review_it(stage: House) -> None:
    desk, crew, incident, first = await begun(stage)
    digest = digest_of([first])
    reviewer = await stage.person(Role.REVIEWER, division=COUNTY)
    for person in (desk, await stage.desk(COUNTY), reviewer):
        assert await live(person, incident) == {
            "count": 1,
            "digest": digest,
            "assignments": [first],
        }
    path = f"/incidents/{incident}/live"
    for person in (crew, await stage.steward()):
        refused(await person.get(path), 403, "role_missing")
    refused(await (await stage.desk(OTHER_COUNTY_TOWN)).get(path), 404, "not_found")
    refused(await desk.get("/incidents/none/live"), 404, "not_found")
    demand = (await the_row(desk, "demand"))["id"]
    refused(await desk.get(f"/incidents/{demand}/live"), 404, "not_found")


async def test_a_countys_incident_is_the_countys_to_close(stage: House) -> None:
    county, desk = await stage.desk(COUNTY), await stage.desk()
    incident = await stage.incident(county, COUNTY)
    before = stage.sequence
    refused(await close(desk, incident), 404, "not_found")
    refused(await desk.get(f"/incidents/{incident}/live"), 404, "not_found")
    assert stage.sequence == before
    assert (await live(county, incident))["assignments"] == []
    done(await close(county, incident))


async def test_any_number_of_crews_is_named_by_a_digest(stage: House) -> None:
    """More than a body or a refusal could list; each is told, and the incident is closed."""
    desk, crew, incident, _ = await begun(stage, units=MANY)
    for _ in range(0, MANY - 1, 20):
        await _twenty_more(desk, crew, incident)
    listed = await live(desk, incident)
    assert listed["count"] == len(listed["assignments"]) >= 1_000
    reply = await close(desk, incident)
    refused(reply, 409, "incident_has_assignments")
    assert len(reply.json["subjects"]) == 200
    assert reply.json["live"] == {"count": listed["count"], "digest": listed["digest"]}
    done(await close(desk, incident, live=listed["digest"]), incident)
    await stage.wait(minutes=1)  # what does not fit into one turn is done by the next ticks
    assert (await the_row(desk, "incident"))["state"] == "closed"
    assert {row["state"] for row in await rows(desk, "assignment")} == {"stood_down"}
    assert (await live(desk, incident))["count"] == 0


async def _twenty_more(desk: Person, crew: Person, incident: str) -> None:
    made = done(await desk.post("/demands", demand_body(incident, lines=ONE * 20)), status=201)
    for each in made["made"]:
        if each["fact"] == "OfferSent":
            done(await crew.post(f"/offers/{each['id']}/accept", {"quantity": 1}))


async def test_a_closed_incident_is_taken_up_again(stage: House) -> None:
    """Until its key is destroyed; its demands are reopened one by one, and ask again from zero."""
    desk, crew, incident, _ = await begun(stage)
    demand = (await the_row(desk, "demand"))["id"]
    refused(await desk.post(f"/incidents/{incident}/reopen", {}), 409, "incident_open")
    done(await close(desk, incident, live=(await live(desk, incident))["digest"]))
    for task in await rows(desk, "task"):
        done(await desk.post(f"/tasks/{task['id']}/drop", {}))
    await stage.wait(minutes=1)
    due = (await the_row(desk, "incident"))["destroy_at"]
    assert due is not None
    done(await desk.post(f"/incidents/{incident}/reopen", {}), incident)
    seen = await the_row(desk, "incident")
    assert (seen["state"], seen["destroy_at"], seen["closed_at"]) == ("open", None, None)
    done(await desk.post(f"/demands/{demand}/reopen", {}, revision=2), demand)
    seen = await the_row(desk, "demand")
    assert (seen["round"], seen["lines"][0]["covered"]) == (2, 0)
    assert [row["state"] for row in await rows(crew, "offer")].count("sent") == 1


async def test_not_beside_another_of_the_same_event(stage: House) -> None:
    desk = await stage.desk()
    first = await stage.incident(desk)
    done(await close(desk, first))
    second = await stage.incident(desk)
    reply = await desk.post(f"/incidents/{first}/reopen", {})
    refused(reply, 409, "incident_exists")
    assert reply.json["subjects"] == [second]


async def test_what_was_reported_done_counts_as_done(stage: House) -> None:
    """A9: the desk closes without pressing confirm first."""
    desk, crew, incident, assignment = await begun(stage)
    done(await crew.post(f"/assignments/{assignment}/report-done", {}))
    done(await close(desk, incident, live=(await live(desk, incident))["digest"]))
    assert (await the_row(desk, "assignment"))["state"] == "released"
