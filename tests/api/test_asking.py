"""Asking and answering through the doors: by hand, late, on standby, with people, until a time."""

from __future__ import annotations

import json
from typing import Any

from api.doors.lines import AskByHandBody
from schemas.facts import OfferSent
from tests.api.house import (
    BEGIN,
    OTHER_COUNTY_TOWN,
    OTHER_TOWN,
    House,
    Person,
    Reply,
    certificate_body,
    demand_body,
)
from tests.api.test_doors import done, rows, the_row

ONE = [{"skill": "PUMP_DRAIN", "minimum": 1, "target": 1}]
WATER = [{"skill": "WATER", "minimum": 1, "target": 1, "grade": 3}]
REASON = "就在隔壁村，刚打过电话"
HOUR = 3_600_000


async def posted(desk: Person, incident: str, **changed: Any) -> tuple[str, str]:
    """A demand of one line, and that line."""
    body = demand_body(incident, **{"lines": ONE} | changed)
    demand = done(await desk.post("/demands", body), status=201)["id"]
    row = next(row for row in await rows(desk, "demand") if row["id"] == demand)
    return demand, row["lines"][0]["id"]


async def ask(desk: Person, line: str, organization: str, **more: Any) -> Reply:
    body = {"organization": organization, "reason": REASON}
    return await desk.post(f"/lines/{line}/ask", body, **more)


def refused(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.code) == (status, code), reply.content


def sent(house: House) -> list[OfferSent]:
    return [f for turn in house.turns() for f in turn.facts if isinstance(f, OfferSent)]


# By hand


async def test_a_desk_asks_somebody_whom_nobody_would_have_asked(stage: House) -> None:
    """Off duty, so no search finds them; the desk knows that they are there."""
    organization, crew = await stage.organization()
    done(await crew.post(f"/organizations/{organization}/duty", {"on_duty": False}))
    desk = await stage.desk()
    demand, line = await posted(desk, await stage.incident(desk))
    assert await rows(crew, "offer") == []
    answer = done(await ask(desk, line, organization), status=201)
    offer = await the_row(crew, "offer")
    assert answer["id"] == offer["id"]
    assert answer["made"] == [{"fact": "OfferSent", "id": offer["id"]}]
    assert (offer["demand"], offer["by_hand"], offer["rank"]) == (demand, True, 0)
    done(await crew.post(f"/offers/{offer['id']}/accept", {"quantity": 1}))
    assert (await the_row(desk, "demand"))["lines"][0]["cover"] == "satisfied"


async def test_the_reason_is_sealed(stage: House) -> None:
    organization, _ = await stage.organization("CATERING")
    pump, crew = await stage.organization()
    done(await crew.post(f"/organizations/{pump}/duty", {"on_duty": False}))
    desk = await stage.desk()
    incident = await stage.incident(desk)
    _, line = await posted(desk, incident)
    done(await ask(desk, line, pump, key="by-hand"), status=201)
    [fact] = sent(stage)
    assert fact.reason is not None
    assert (fact.reason.key, stage.context.vault.open(fact.reason, "reason")) == (incident, REASON)
    folder = stage.context.settings.data
    kept = b"".join(path.read_bytes() for path in folder.glob("*.db*"))
    assert REASON.encode() not in kept
    assert json.dumps(REASON)[1:-1].encode() not in kept
    assert AskByHandBody.personal == {"reason"}
    assert done(await ask(desk, line, pump, key="by-hand"), status=201)["repeated"]
    other = {"organization": pump, "reason": "另一个理由"}
    refused(await desk.post(f"/lines/{line}/ask", other, key="by-hand"), 422, "key_reused")
    elsewhere = {"organization": organization, "reason": REASON}
    refused(await desk.post(f"/lines/{line}/ask", elsewhere, key="by-hand"), 422, "key_reused")


async def test_what_no_desk_can_ask_past(stage: House) -> None:
    """Never past a certificate on a graded line, the skill itself, or units given away."""
    general, _ = await stage.organization("CATERING")
    body = {"registration_class": "registered"}
    uncertified, _ = await stage.organization("WATER", **body)
    desk = await stage.desk()
    incident = await stage.incident(desk)
    _, water = await posted(desk, incident, kind="rescue_water", lines=WATER)
    refused(await ask(desk, water, general), 409, "skill_missing")
    refused(await ask(desk, water, uncertified), 409, "certificate_missing")
    steward = await stage.steward()
    path = f"/organizations/{uncertified}/certificates"
    done(await steward.post(path, certificate_body()))
    done(await ask(desk, water, uncertified), status=201)
    refused(await ask(desk, water, uncertified), 409, "already_asked")


async def test_nobody_beyond_the_county_is_in_sight(stage: House) -> None:
    far, _ = await stage.organization(home=OTHER_COUNTY_TOWN, place={"division": OTHER_COUNTY_TOWN})
    near, _ = await stage.organization(home=OTHER_TOWN, place={"division": OTHER_TOWN})
    desk = await stage.desk()
    _, line = await posted(desk, await stage.incident(desk))
    shown = [row["id"] for row in await rows(desk, "organization")]
    assert near in shown, "a desk sees whom it may ask"
    assert far not in shown
    neighbor, before = await stage.desk(OTHER_TOWN), stage.sequence
    for unknown in (far, "nobody"):
        refused(await ask(desk, line, unknown), 404, "not_found")
    refused(await ask(desk, "no-line", near), 404, "not_found")
    refused(await ask(neighbor, line, near), 404, "not_found")
    assert stage.sequence == before


async def test_what_is_over_asks_nobody(stage: House) -> None:
    organization, _ = await stage.organization("CATERING")
    desk = await stage.desk()
    demand, line = await posted(desk, await stage.incident(desk), lines=ONE * 2)
    done(await desk.post(f"/lines/{line}/drop", {}), line)
    refused(await ask(desk, line, organization), 409, "line_dropped")
    done(await desk.post(f"/demands/{demand}/close", {"reason": "met"}, revision=1))
    refused(await ask(desk, line, organization), 409, "demand_closed")


# Dropping


async def test_one_line_is_dropped_and_the_other_goes_on(stage: House) -> None:
    _, crew = await stage.organization()
    desk = await stage.desk()
    lines = [ONE[0], {"skill": "CATERING", "minimum": 1, "target": 1}]
    demand, line = await posted(desk, await stage.incident(desk), lines=lines)
    assert (await the_row(crew, "offer"))["state"] == "sent"
    done(await desk.post(f"/lines/{line}/drop", {}), line)
    offer = await the_row(crew, "offer")
    assert (offer["state"], offer["stand_down_reason"]) == ("stood_down", "line_dropped")
    first, second = (await the_row(desk, "demand"))["lines"]
    assert (first["open"], first["dropped"], second["open"]) == (False, True, True)
    refused(await desk.post(f"/lines/{line}/drop", {}), 409, "line_dropped")
    refused(await desk.post(f"/lines/{second['id']}/drop", {}), 409, "last_line")
    assert (await the_row(desk, "demand"))["id"] == demand


# Answering late


async def test_a_late_yes_counts(stage: House) -> None:
    """A4: the time to answer is over, the line is still short; it counts, and so by phone."""
    for by_phone in (False, True):
        _, crew = await stage.organization()
        desk = await stage.desk()
        incident = await stage.incident(desk)
        await posted(desk, incident)
        offer = (await the_row(crew, "offer"))["id"]
        await stage.wait(minutes=4)
        row = await the_row(crew, "offer")
        assert (row["state"], row["answerable"]) == ("no_answer", True)
        person = desk if by_phone else crew
        yes = done(await person.post(f"/offers/{offer}/accept", {"quantity": 1, "minutes": 20}))
        assert [made["fact"] for made in yes["made"]] == ["AssignmentCommitted"]
        row = await the_row(crew, "offer")
        assert (row["late"], row["by_desk"]) == (True, by_phone)
        await closed(desk, incident)
        await retired(stage, row["organization"])


async def closed(desk: Person, incident: str) -> None:
    live = (await desk.get(f"/incidents/{incident}/live")).json["digest"]
    done(await desk.post(f"/incidents/{incident}/close", {"live": live}))


async def retired(house: House, organization: str) -> None:
    done(await (await house.steward()).post(f"/organizations/{organization}/retire", {}))


async def standing_by(stage: House) -> tuple[Person, Person, str]:
    """The desk, and a crew that said yes to what another one had taken by then; its offer."""
    crews = [(await stage.organization())[1] for _ in range(2)]
    desk = await stage.desk()
    await posted(desk, await stage.incident(desk))
    late, quick = (crews[0], crews[1]) if await rows(crews[0], "offer") else (crews[1], crews[0])
    offer = (await the_row(late, "offer"))["id"]
    await stage.wait(minutes=4)  # silence: the other one is asked in its place
    taken = (await the_row(quick, "offer"))["id"]
    yes = done(await quick.post(f"/offers/{taken}/accept", {"quantity": 1}))
    done(await quick.post(f"/assignments/{yes['made'][0]['id']}/arrive", {}))
    answer = done(await late.post(f"/offers/{offer}/accept", {"quantity": 1, "people": 3}))
    assert answer["made"] == []
    assert answer["sealed"] is None, "a standby opens nothing"
    return desk, late, offer


async def test_a_late_yes_to_what_is_covered_is_a_standby(stage: House) -> None:
    desk, late, offer = await standing_by(stage)
    row = await the_row(late, "offer")
    assert (row["state"], row["people"], row["answered"]) == ("standby", 3, 1)
    assert row["standby_until"] == stage.context.now() + 2 * HOUR
    answer = done(await desk.post(f"/standby/{offer}/take", {}), offer)
    assert [made["fact"] for made in answer["made"]] == ["AssignmentCommitted"]
    assert (await the_row(late, "assignment"))["people"] == 3
    refused(await desk.post(f"/standby/{offer}/take", {}), 409, "already_answered")


async def test_a_standby_is_good_for_two_hours(stage: House) -> None:
    desk, late, offer = await standing_by(stage)
    await stage.wait(minutes=121)
    refused(await desk.post(f"/standby/{offer}/take", {}), 409, "standby_over")
    assert (await the_row(late, "offer"))["stand_down_reason"] == "standby_over"


async def test_a_yes_is_checked_again(stage: House) -> None:
    """A5: the certificate is withdrawn while the offer is open: no, with that reason."""
    team, crew = await stage.organization("WATER", registration_class="registered")
    steward, desk = await stage.steward(), await stage.desk()
    certificate = certificate_body()
    done(await steward.post(f"/organizations/{team}/certificates", certificate))
    await posted(desk, await stage.incident(desk), kind="rescue_water", lines=WATER)
    offer = (await the_row(crew, "offer"))["id"]
    named = {name: certificate[name] for name in ("issuer", "number")}
    done(await steward.post(f"/organizations/{team}/withdraw-certificate", named))
    reply = await crew.post(f"/offers/{offer}/accept", {"quantity": 1})
    refused(reply, 409, "certificate_withdrawn")


# No, but


async def test_not_now_but_from_a_time_on(stage: House) -> None:
    """A3: asked again at the time that was said, and the desk reads what was said."""
    _, crew = await stage.organization()
    desk = await stage.desk()
    await posted(desk, await stage.incident(desk))
    offer, at = (await the_row(crew, "offer"))["id"], BEGIN + 2 * HOUR
    no = {"reason": "no_crew", "free_from": at}
    done(await crew.post(f"/offers/{offer}/decline", no), offer)
    row = next(row for row in await rows(desk, "offer") if row["id"] == offer)
    assert (row["free_from"], row["again_at"], row["decline_reason"]) == (at, at, "no_crew")
    await stage.wait(minutes=119)
    assert [row["state"] for row in await rows(crew, "offer")] == ["declined"]
    await stage.wait(minutes=10)
    assert [row["id"] for row in await rows(crew, "offer") if row["state"] == "sent"]


async def test_a_time_beyond_two_days_is_no_answer(stage: House) -> None:
    _, crew = await stage.organization()
    desk = await stage.desk()
    await posted(desk, await stage.incident(desk))
    offer = (await the_row(crew, "offer"))["id"]
    no = {"reason": "no_crew", "free_from": BEGIN + 49 * HOUR}
    refused(await crew.post(f"/offers/{offer}/decline", no), 422, "free_from_unfit")
    assert (await the_row(crew, "offer"))["state"] == "sent"
