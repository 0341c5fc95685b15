"""A crew on its way, through the doors: how many come, a new time, steps undone and corrected."""

from __future__ import annotations

from typing import Any

from schemas.facts import AssignmentArrived, CrewOverdue, StepCorrected, StepUndone
from tests.api.house import House, Person, Reply, demand_body
from tests.api.test_doors import done, rows, the_row

MINUTE = 60_000


async def at_work(stage: House, **yes: Any) -> tuple[Person, Person, str]:
    """A desk, a crew that said yes, and its assignment."""
    _, crew = await stage.organization()
    desk = await stage.desk()
    incident = await stage.incident(desk)
    lines = [{"skill": "PUMP_DRAIN", "minimum": 1, "target": 1}]
    done(await desk.post("/demands", demand_body(incident, lines=lines)), status=201)
    offer = (await the_row(crew, "offer"))["id"]
    answer = done(await crew.post(f"/offers/{offer}/accept", {"quantity": 1} | yes))
    return desk, crew, answer["made"][0]["id"]


async def step(person: Person, assignment: str, name: str, **body: Any) -> Reply:
    return await person.post(f"/assignments/{assignment}/{name}", body)


async def row(person: Person) -> Any:
    return await the_row(person, "assignment")


def refused(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.code) == (status, code), reply.content


def facts(house: House, kind: type) -> list[Any]:
    return [fact for turn in house.turns() for fact in turn.facts if isinstance(fact, kind)]


async def test_a_yes_says_how_many_come_and_arriving_corrects_it(stage: House) -> None:
    desk, crew, assignment = await at_work(stage, people=6, minutes=20)
    assert (await row(desk))["people"] == 6
    done(await step(crew, assignment, "arrive", people=5), assignment)
    assert (await row(desk))["people"] == 5
    [fact] = facts(stage, AssignmentArrived)
    assert (fact.people, fact.implied) == (5, False)


async def test_arriving_without_a_number_leaves_it(stage: House) -> None:
    desk, crew, assignment = await at_work(stage, people=6)
    done(await step(crew, assignment, "arrive"))
    assert (await row(desk))["people"] == 6


async def test_a_crew_that_is_late_gives_a_new_time(stage: House) -> None:
    """A13: promised in 20 minutes; red 10 minutes after; one tap, and it is waited for again."""
    desk, crew, assignment = await at_work(stage, minutes=20)
    await stage.wait(minutes=31)
    assert (await row(desk))["overdue"]
    assert facts(stage, CrewOverdue)
    done(await step(crew, assignment, "new-time", minutes=15), assignment)
    seen = await row(desk)
    assert (seen["overdue"], seen["new_times"]) == (False, 1)
    assert seen["promised_at"] == stage.context.now() + 15 * MINUTE
    done(await step(desk, assignment, "new-time", minutes=5))  # as heard on the telephone
    assert (await row(desk))["promised_at"] == stage.context.now() + 5 * MINUTE
    done(await step(crew, assignment, "arrive"))
    refused(await step(crew, assignment, "new-time", minutes=5), 409, "crew_arrived")


async def test_a_tap_that_was_not_meant_is_undone(stage: House) -> None:
    """A14: within half a minute, by whoever took the step; both stay on record."""
    desk, crew, assignment = await at_work(stage)
    done(await step(crew, assignment, "arrive"))
    assert (await row(crew))["undo_until"] == stage.context.now() + MINUTE // 2
    refused(await step(desk, assignment, "undo"), 409, "step_of_others")
    done(await step(crew, assignment, "undo"), assignment)
    seen = await row(desk)
    assert (seen["state"], seen["set_off_at"], seen["arrived_at"]) == ("committed", None, None)
    assert facts(stage, AssignmentArrived)
    assert [fact.step for fact in facts(stage, StepUndone)] == ["committed"]
    refused(await step(crew, assignment, "undo"), 409, "nothing_to_undo")


async def test_a_crew_that_gave_up_by_mistake_is_back(stage: House) -> None:
    desk, crew, assignment = await at_work(stage)
    done(await step(crew, assignment, "cannot-complete"))
    assert (await row(desk))["state"] == "given_up"
    done(await step(crew, assignment, "undo"))
    assert (await row(desk))["state"] == "committed"


async def test_after_half_a_minute_it_is_for_the_desk_to_correct(stage: House) -> None:
    desk, crew, assignment = await at_work(stage)
    done(await step(crew, assignment, "arrive"))
    await stage.wait(seconds=31)
    refused(await step(crew, assignment, "undo"), 409, "undo_too_late")
    refused(await step(crew, assignment, "correct", step="en_route"), 403, "role_missing")
    refused(await step(desk, assignment, "correct", step="reported_done"), 409, "step_not_taken")
    done(await step(desk, assignment, "correct", step="en_route"), assignment)
    seen = await row(desk)
    assert (seen["state"], seen["arrived_at"]) == ("en_route", None)
    [fact] = facts(stage, StepCorrected)
    assert (fact.account, fact.step) == (desk.account, "en_route")


async def test_what_is_over_takes_no_step(stage: House) -> None:
    desk, crew, assignment = await at_work(stage)
    done(await step(crew, assignment, "report-done"))
    done(await step(desk, assignment, "confirm", done=True))
    for name, body in (("new-time", {"minutes": 5}), ("arrive", {}), ("set-off", {})):
        refused(await step(crew, assignment, name, **body), 409, "assignment_ended")
    refused(await step(desk, assignment, "correct", step="committed"), 409, "assignment_ended")
    assert [each["state"] for each in await rows(desk, "assignment")] == ["released"]


async def test_a_step_sent_again_is_one_step(stage: House) -> None:
    desk, crew, assignment = await at_work(stage)
    path = f"/assignments/{assignment}/new-time"
    first = done(await crew.post(path, {"minutes": 40}, key="once"))
    await stage.wait(minutes=4)
    again = done(await crew.post(path, {"minutes": 40}, key="once"))
    assert again == first | {"repeated": True}
    assert (await row(desk))["new_times"] == 1
