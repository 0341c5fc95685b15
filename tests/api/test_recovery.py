"""Recovery tasks through the doors: given back, taken back, run out, and seen by who may claim."""

from __future__ import annotations

from tests.api.house import House, Person, Reply, demand_body
from tests.api.test_doors import done, rows, the_row

DAYS = 24 * 60


async def opened_task(stage: House) -> tuple[Person, str, Person, str]:
    """A desk, an organization with its leader, and a task that is open to claims."""
    organization, crew = await stage.organization("CATERING")
    desk = await stage.desk()
    incident = await stage.incident(desk)
    demand = done(await desk.post("/demands", demand_body(incident)), status=201)["id"]
    done(await desk.post(f"/demands/{demand}/close", {"reason": "met"}, revision=1))
    task = await the_row(desk, "task")
    assert (task["kind"], task["skill"], task["units"]) == ("drainage", "PUMP_DRAIN", 2)
    done(await desk.post(f"/tasks/{task['id']}/open", {"domain": "life"}), task["id"])
    return desk, organization, crew, task["id"]


async def claim(person: Person, task: str, organization: str) -> Reply:
    return await person.post(f"/tasks/{task}/claim", {"organization": organization})


def refused(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.code) == (status, code), reply.content


async def test_what_is_given_back_is_open_to_others(stage: House) -> None:
    """D1: claimed and abandoned is not closed to others for ever."""
    desk, organization, crew, task = await opened_task(stage)
    _, other = await stage.organization("CATERING")
    done(await claim(crew, task, organization), task)
    assert await rows(other, "task") == []
    refused(await other.post(f"/tasks/{task}/give-back", {}), 404, "not_found")
    first = done(await crew.post(f"/tasks/{task}/give-back", {}, key="back"), task)
    again = done(await crew.post(f"/tasks/{task}/give-back", {}, key="back"), task)
    assert again == first | {"repeated": True}, "the answer may have been lost on the way"
    assert (await the_row(other, "task"))["state"] == "open"
    refused(await desk.post(f"/tasks/{task}/give-back", {}), 409, "task_not_claimed")


async def test_the_desk_takes_back_what_is_not_done(stage: House) -> None:
    desk, organization, crew, task = await opened_task(stage)
    refused(await desk.post(f"/tasks/{task}/take-back", {}), 409, "task_not_claimed")
    done(await claim(crew, task, organization))
    before = stage.sequence
    refused(await crew.post(f"/tasks/{task}/take-back", {}), 403, "role_missing")
    assert stage.sequence == before
    refused(await desk.post(f"/tasks/{task}/drop", {}), 409, "task_claimed")
    done(await desk.post(f"/tasks/{task}/take-back", {}), task)
    row = await the_row(crew, "task")
    assert (row["state"], row["organization"]) == ("open", None)


async def test_the_desk_records_it_by_phone(stage: House) -> None:
    desk, organization, crew, task = await opened_task(stage)
    done(await claim(desk, task, organization))
    done(await desk.post(f"/tasks/{task}/give-back", {}), task)
    assert (await the_row(crew, "task"))["state"] == "open"


async def test_a_claim_runs_out_and_a_proposal_lapses(stage: House) -> None:
    desk, organization, crew, task = await opened_task(stage)
    done(await claim(crew, task, organization))
    assert (await the_row(crew, "task"))["until"] == stage.context.now() + 7 * DAYS * 60_000
    await stage.wait(minutes=7 * DAYS + 1)
    assert (await the_row(desk, "task"))["state"] == "open"
    done(await claim(crew, task, organization))
    done(await crew.post(f"/tasks/{task}/report-done", {}))
    done(await desk.post(f"/tasks/{task}/verify", {"done": False}))
    assert (await the_row(desk, "task"))["state"] == "claimed"
