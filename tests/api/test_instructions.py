"""Instructions, through the doors: given, read or not, lifted, carried out."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.facts import (
    AcknowledgmentEscalated,
    AcknowledgmentMissed,
    CrewInstructed,
    InstructionAcknowledged,
    InstructionLifted,
)
from tests.api.house import OTHER_TOWN, TOWN, House, Person, demand_body
from tests.api.test_doors import done, rows, the_row
from tests.api.test_steps import at_work, facts, refused, row, step


async def order(person: Any) -> Any:
    [told] = (await row(person))["instructions"]
    return told


async def test_a_crew_reads_what_it_is_told_and_cannot_decline(stage: House) -> None:
    desk, crew, assignment = await at_work(stage)
    refused(await step(crew, assignment, "instruct", what="stop"), 403, "role_missing")
    refused(await step(desk, assignment, "instruct", what="come_to"), 422, "instruction_unfit")
    told = {"what": "withdraw", "text": "大坝渗漏"}
    done(await step(desk, assignment, "instruct", **told), assignment)
    seen = await order(crew)
    assert (seen["what"], seen["text"], seen["acknowledged_at"]) == ("withdraw", "大坝渗漏", None)
    path = f"instructions/{seen['id']}/acknowledge"
    done(await step(crew, assignment, path), assignment)
    assert (await order(desk))["acknowledged_at"] is not None
    assert (await row(desk))["withdrawing"]
    [line] = (await the_row(desk, "demand"))["lines"]
    assert (line["working"], line["covered"]) == (0, 0)
    refused(await step(crew, assignment, f"instructions/{seen['id']}/lift"), 403, "role_missing")
    done(await step(desk, assignment, f"instructions/{seen['id']}/lift", mistaken=True))
    seen = await order(crew)
    assert (seen["lifted_at"] is not None, seen["mistaken"]) == (True, True)
    [fact] = facts(stage, InstructionLifted)
    assert fact.mistaken


async def test_others_are_sent_there_only_once_its_desk_says_that_it_is_safe(stage: House) -> None:
    """The refusal names the crew; the risks say from then on why it was told to leave."""
    desk, _, assignment = await at_work(stage)
    done(await step(desk, assignment, "instruct", what="stop", text="高压线落水"))
    demand = (await the_row(desk, "demand"))["id"]
    answer = await desk.post(f"/demands/{demand}/resume", {"answer": "好"})
    refused(answer, 409, "place_uncleared")
    assert answer.json["subjects"] == [assignment]
    done(await desk.post(f"/demands/{demand}/resume", {"safe": True}))
    shown = await the_row(desk, "demand")
    assert (shown["state"], shown["risk_statement"][:5]) == ("published", "高压线落水")


async def test_who_does_not_read_it_is_called_and_the_desk_says_that_it_was_heard(
    stage: House,
) -> None:
    desk, crew, assignment = await at_work(stage)
    done(await step(desk, assignment, "instruct", what="hand_over", to="县消防"))
    await stage.wait(minutes=2)
    assert (
        (await order(desk))["missed_at"] is not None,
        len(facts(stage, AcknowledgmentMissed)),
    ) == (True, 1)
    await stage.wait(minutes=2)
    assert (await order(crew))["escalated"]
    assert len(facts(stage, AcknowledgmentEscalated)) == 1
    path = f"instructions/{(await order(desk))['id']}/acknowledge"
    done(await step(desk, assignment, path), assignment)
    [fact] = facts(stage, InstructionAcknowledged)
    assert fact.by_desk
    done(await step(desk, assignment, "stand-down"), assignment)
    seen = await row(crew)
    assert (seen["state"], seen["stand_down_reason"]) == ("stood_down", "withdrawn")


@pytest.mark.parametrize(("said", "state"), [({}, "on_hold"), ({"hold": False}, "published")])
async def test_nobody_else_is_sent_to_a_place_that_a_crew_is_told_to_leave_unless_it_is_said(
    stage: House, said: dict[str, Any], state: str
) -> None:
    desk, _, assignment = await at_work(stage)
    done(await step(desk, assignment, "instruct", what="withdraw", **said))
    demand = await the_row(desk, "demand")
    assert demand["state"] == state
    assert bool(demand["question"]) is (state == "on_hold")


async def test_a_crew_that_is_told_to_leave_is_shown_no_need_of_that_place(stage: House) -> None:
    desk, crew, assignment = await at_work(stage)
    [organization] = (await crew.get("/me")).json["scopes"]
    path = f"/organizations/{organization['organization']}/needs"
    done(await step(desk, assignment, "instruct", what="withdraw", hold=False))
    assert (await crew.get(path)).json["needs"] == []


async def test_everybody_in_an_incident_is_told_by_the_desk_that_opened_it(stage: House) -> None:
    desk, crew, _ = await at_work(stage)
    incident = (await the_row(desk, "incident"))["id"]
    base = f"/incidents/{incident}"
    done(await desk.post(f"{base}/instruct", {"what": "come_to", "to": "镇政府"}), incident)
    [told] = (await the_row(desk, "incident"))["instructions"]
    seen = await order(crew)
    assert (seen["id"], seen["everybody"], seen["to"]) == (told["id"], True, "镇政府")
    other = await stage.desk(OTHER_TOWN)
    refused(await other.post(f"{base}/instruct", {"what": "stop"}), 404, "not_found")
    done(await desk.post(f"{base}/instructions/{told['id']}/lift", {}), incident)
    assert (await the_row(desk, "incident"))["instructions"] == []
    again = await desk.post(f"{base}/instructions/{told['id']}/lift", {})
    refused(again, 409, "instruction_over")


async def test_nobody_at_work_is_nobody_to_be_told(stage: House) -> None:
    desk = await stage.desk()
    incident = await stage.incident(desk)
    reply = await desk.post(f"/incidents/{incident}/instruct", {"what": "stop"})
    refused(reply, 409, "instruction_to_nobody")


async def test_a_closed_zone_asks_nobody_until_its_desk_opens_it(stage: House) -> None:
    desk, crew, _ = await at_work(stage)
    demand, incident = (
        (await the_row(desk, "demand"))["id"],
        (await the_row(desk, "incident"))["id"],
    )
    path = f"/incidents/{incident}/close-zone"
    refused(await desk.post(path, {"zone": {"around": demand}}), 422, "zone_unfit")
    refused(await desk.post(path, {"zone": {"radius": 100}}), 422, "field_missing")
    unknown = {"around": "nobody-has-this", "radius": 100}
    refused(await desk.post(path, {"zone": unknown}), 404, "not_found")
    around = {"around": demand, "radius": 300}
    done(await desk.post(path, {"zone": around, "text": "余震"}), incident)
    [told] = (await the_row(desk, "incident"))["instructions"]
    assert (told["what"], told["zone"]["radius"]) == ("zone_closed", 300)
    assert (await order(crew))["id"] == told["id"]
    [shut] = (await the_row(desk, "demand"))["shut"]
    assert (shut["id"], shut["by"], shut["text"]) == (told["id"], TOWN, "余震")
    done(await desk.post(f"/incidents/{incident}/instructions/{told['id']}/lift", {}), incident)
    assert (await the_row(desk, "demand"))["shut"] == []


async def test_a_zone_of_corners_that_crosses_itself_is_refused(stage: House) -> None:
    desk = await stage.desk()
    incident = await stage.incident(desk)
    path = f"/incidents/{incident}/close-zone"
    corners = [[120.70, 28.15], [120.71, 28.16], [120.71, 28.15], [120.70, 28.16]]
    bow = {"crs": "WGS-84", "ring": corners, "division": TOWN}
    refused(await desk.post(path, {"zone": {"place": bow}}), 422, "shape_invalid")
    square = [corners[0], corners[2], corners[1], corners[3]]
    done(await desk.post(path, {"zone": {"place": bow | {"ring": square}}}), incident)


async def test_whoever_gives_an_instruction_reads_that_a_number_in_it_was_masked(
    stage: House,
) -> None:
    desk, crew, assignment = await at_work(stage)
    told = {"what": "hand_over", "to": "县消防 13857712345", "text": "见 S223"}
    reply = await step(desk, assignment, "instruct", **told)
    assert (reply.status, reply.json["masked"]) == (200, ["to"])
    assert (await order(crew))["to"] == "县消防 138********"
    incident = (await the_row(desk, "incident"))["id"]
    base = f"/incidents/{incident}"
    reply = await desk.post(f"{base}/instruct", {"what": "stop", "text": "请致电 13857712345"})
    assert reply.json["masked"] == ["text"]
    demand = (await the_row(desk, "demand"))["id"]
    zone = {"zone": {"around": demand, "radius": 50}, "text": "余震"}
    assert (await desk.post(f"{base}/close-zone", zone)).json["masked"] == []


async def two_at_work(stage: House) -> tuple[Person, str, str]:
    """A desk, and two crews at one demand."""
    crews = [(await stage.organization(name=name))[1] for name in ("one", "two")]
    desk = await stage.desk()
    lines = [{"skill": "PUMP_DRAIN", "minimum": 1, "target": 2}]
    body = demand_body(await stage.incident(desk), lines=lines)
    done(await desk.post("/demands", body), status=201)
    made = []
    for crew in crews:
        offer = (await the_row(crew, "offer"))["id"]
        answer = done(await crew.post(f"/offers/{offer}/accept", {"quantity": 1}))
        made.append(answer["made"][0]["id"])
    return desk, made[0], made[1]


async def beside(desk: Person, crew: str) -> Any:
    [row] = [row for row in await rows(desk, "assignment") if row["id"] == crew]
    return row["beside"]


async def test_who_else_is_there_is_named_in_the_answer_and_one_press_tells_them_all(
    stage: House,
) -> None:
    desk, first, other = await two_at_work(stage)
    answer = done(await step(desk, first, "instruct", what="withdraw", text="管涌"), first)
    assert answer["still_there"] == [other]
    order = (await beside(desk, other))["instruction"]
    done(await step(desk, first, f"instructions/{order}/tell-others"), first)
    assert await beside(desk, other) is None
    [_, told] = facts(stage, CrewInstructed)
    assert (told.assignment, told.text, told.beside) == (other, "管涌", order)


async def test_who_may_stay_stays_for_a_reason_without_numbers_in_it(stage: House) -> None:
    desk, first, other = await two_at_work(stage)
    done(await step(desk, first, "instruct", what="withdraw"))
    refused(await step(desk, other, "let-stay", reason=" "), 422, "blank")
    done(await step(desk, other, "let-stay", reason="在堤外侧，13857712345"), other)
    assert (await beside(desk, other))["stays"] == "在堤外侧，138********"
