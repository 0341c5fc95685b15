"""The way of a demand through the doors, what each door answers, and to whom."""

from pathlib import Path
from typing import Any
from unittest.mock import ANY

from api.settings import Settings
from schemas.values import (
    AgainOn,
    ClaimEnd,
    Gate,
    OpeningReason,
    Purpose,
    Role,
    StandDownReason,
    Step,
)
from tests.api.house import (
    AREA,
    BEGIN,
    COUNTY,
    OTHER_TOWN,
    TOWN,
    House,
    Person,
    Reply,
    certificate_body,
    demand_body,
    opened,
    organization_body,
)


def done(reply: Reply, id: str | None = None, status: int = 200) -> Any:
    assert reply.status == status, reply.content
    answer = reply.json
    assert list(answer)[:5] == ["id", "sequence", "at", "repeated", "made"]
    assert answer["sequence"] > 0
    assert id is None or answer["id"] == id
    return answer


async def rows(person: Person, kind: str) -> list[Any]:
    page = await person.get("/board")
    assert page.status == 200
    return [row for row in page.json["rows"] if row["type"] == kind]


async def the_row(person: Person, kind: str) -> Any:
    found = await rows(person, kind)
    assert len(found) == 1
    return found[0]


async def published(house: House, desk: Person, **changed: Any) -> tuple[str, Any]:
    incident = await house.incident(desk)
    answer = done(await desk.post("/demands", demand_body(incident, **changed)), status=201)
    return incident, answer


async def test_from_demand_to_verified_recovery(house: House) -> None:
    organization, crew = await house.organization()
    desk = await house.desk()
    incident, answer = await published(house, desk)
    demand = answer["id"]
    assert [made["fact"] for made in answer["made"]] == ["DemandPublished", "OfferSent"]

    offer = (await the_row(crew, "offer"))["id"]
    assert offer == answer["made"][1]["id"]
    yes = done(await crew.post(f"/offers/{offer}/accept", {"quantity": 2, "minutes": 30}), offer)
    assignment = next(m["id"] for m in yes["made"] if m["fact"] == "AssignmentCommitted")
    for step in ("set-off", "arrive", "report-done"):
        done(await crew.post(f"/assignments/{assignment}/{step}", {}), assignment)
    done(await desk.post(f"/assignments/{assignment}/confirm", {"done": True}), assignment)
    assert (await the_row(desk, "assignment"))["state"] == "released"

    closed = await desk.post(f"/demands/{demand}/close", {"reason": "met"}, revision=1)
    proposed = done(closed, demand)["made"]
    assert [made["fact"] for made in proposed] == ["TaskProposed"]
    task = proposed[0]["id"]
    done(await desk.post(f"/tasks/{task}/open", {"domain": "production"}), task)
    done(await crew.post(f"/tasks/{task}/claim", {"organization": organization}), task)
    done(await crew.post(f"/tasks/{task}/report-done", {}), task)
    done(await desk.post(f"/tasks/{task}/verify", {"done": True}), task)
    assert (await the_row(desk, "task"))["state"] == "verified"
    done(await desk.post(f"/incidents/{incident}/close", {}), incident)
    assert (await the_row(desk, "incident"))["state"] == "closed"


async def test_the_other_ways(house: House) -> None:
    """Declining, giving up, sending back, dropping, reopening, amending, joining."""
    _, crew = await house.organization()
    _, second = await house.organization()
    desk, county = await house.desk(), await house.desk(COUNTY)
    incident = await house.incident(county, COUNTY)
    done(await desk.post(f"/incidents/{incident}/join", {"division": TOWN}), incident)
    demand = done(await desk.post("/demands", demand_body(incident)), status=201)["id"]

    asked = [(person, await rows(person, "offer")) for person in (crew, second)]
    person, offer = next((person, found[0]) for person, found in asked if found)
    done(await person.post(f"/offers/{offer['id']}/decline", {"reason": "no_crew"}), offer["id"])
    other = second if person is crew else crew
    offer = (await the_row(other, "offer"))["id"]
    by_phone = await desk.post(f"/offers/{offer}/accept", {"quantity": 1})
    assignment = done(by_phone)["made"][0]["id"]
    assert (await the_row(desk, "assignment"))["by_desk"]
    done(await other.post(f"/assignments/{assignment}/report-done", {}))
    done(await desk.post(f"/assignments/{assignment}/confirm", {"done": False}))
    assert (await the_row(desk, "assignment"))["state"] == "on_scene"
    done(await other.post(f"/assignments/{assignment}/cannot-complete", {}))

    amended = demand_body(incident, priority=2, targets=[3], lines=[])
    for name in ("incident", "kind"):
        del amended[name]
    done(await desk.post(f"/demands/{demand}/amend", amended, revision=1), demand)
    stale = await desk.post(f"/demands/{demand}/amend", amended, revision=1)
    assert (stale.status, stale.code) == (412, "revision_stale")
    done(await desk.post(f"/demands/{demand}/close", {"reason": "met"}, revision=2), demand)
    task = (await the_row(desk, "task"))["id"]
    done(await desk.post(f"/tasks/{task}/drop", {}), task)
    done(await desk.post(f"/demands/{demand}/reopen", {}, revision=3), demand)
    assert (await the_row(desk, "demand"))["state"] == "published"


async def test_the_registry(house: House) -> None:
    steward = await house.steward()
    registered = organization_body() | {"registration_class": "registered"}
    made = done(await steward.post("/organizations", registered), status=201)
    path = f"/organizations/{made['id']}"
    certificate = certificate_body()
    done(await steward.post(f"{path}/certificates", certificate), made["id"])
    done(await steward.post(f"{path}/capacity", {"capabilities": []}), made["id"])
    crew = await house.person(Role.ORGANIZATION, organization=made["id"])
    done(await crew.post(f"{path}/duty", {"on_duty": False}), made["id"])
    row = await the_row(crew, "organization")
    assert (row["on_duty"], row["capabilities"]) == (False, [])
    assert row["certificates"] == [{"certificate": ANY, "withdrawn": False}]
    assert row["certificates"][0]["certificate"] == certificate | {"valid_from": None}
    refused = await crew.post(f"{path}/certificates", certificate)
    assert (refused.status, refused.code) == (403, "role_missing")


async def test_the_same_key_is_carried_out_once(house: House) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    body = demand_body(incident)
    first = done(await desk.post("/demands", body, key="once"), status=201)
    reordered = dict(reversed(body.items()))
    again = done(await desk.post("/demands", reordered, key="once"), status=201)
    assert again == first | {"repeated": True}
    other = await desk.post("/demands", body | {"priority": 2}, key="once")
    assert (other.status, other.code) == (422, "key_reused")
    neighbor = await house.desk()
    assert not done(await neighbor.post("/demands", body, key="once"), status=201)["repeated"]


async def test_what_is_outside_the_scope_does_not_exist(house: House) -> None:
    """404 without a turn, for a desk next door and for another organization."""
    _, crew = await house.organization()
    desk, neighbor = await house.desk(), await house.desk(OTHER_TOWN)
    _, answer = await published(house, desk)
    offer = (await the_row(crew, "offer"))["id"]
    stranger_team = organization_body("DRONE")
    made = await (await house.steward()).post("/organizations", stranger_team)
    stranger = await house.person(Role.ORGANIZATION, organization=made.json["id"])
    before = house.sequence
    for reply in (
        await neighbor.post(f"/demands/{answer['id']}/close", {"reason": "met"}, revision=1),
        await neighbor.post(f"/demands/{answer['id']}/sealed", {"reason": "checking"}),
        await neighbor.post(f"/offers/{offer}/accept", {"quantity": 1}),
        await stranger.post(f"/offers/{offer}/accept", {"quantity": 1}),
        await stranger.post(f"/organizations/{made.json['id'][:-1]}x/duty", {"on_duty": True}),
    ):
        assert (reply.status, reply.code) == (404, "not_found")
    assert house.sequence == before
    assert not await rows(neighbor, "demand")


async def test_made_names_nothing_that_is_not_yours(house: House) -> None:
    """An organization's no lets the rules ask others; it does not learn whom."""
    crews = [(await house.organization())[1] for _ in range(8)]
    desk = await house.desk()
    await published(house, desk, priority=2)
    asked = [(crew, found[0]) for crew in crews if (found := await rows(crew, "offer"))]
    assert 0 < len(asked) < len(crews)
    crew, offer = asked[0]
    no = done(await crew.post(f"/offers/{offer['id']}/decline", {"reason": "other"}))
    turn = house.turns()[no["sequence"] - 1]
    assert "OfferSent" in [type(fact).__name__ for fact in turn.facts]
    assert no["made"] == []
    assert len(await rows(desk, "offer")) > len(asked)


async def test_what_a_device_tells_is_kept_beside(house: House) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    headers = {
        "content-type": "application/json",
        "idempotency-key": "tapped",
        "shouwang-tapped-at": "1790000000000",
    }
    reply = await desk.send(
        f"/incidents/{incident}/join", b'{"division":"330324001"}', headers.items()
    )
    done(reply)
    assert house.turns()[-1].tapped_at == 1_790_000_000_000


CODE_LISTS = (
    *("skills", "hazards", "kinds", "domains", "priorities", "close_reasons", "decline_reasons"),
    *("stand_down_reasons", "opening_reasons", "gates", "again_on", "steps", "claim_ends"),
    *("registration_classes", "refusals", "problems"),
)


async def test_me_codes_and_divisions(house: House) -> None:
    desk = await house.desk()
    me = (await desk.get("/me")).json
    assert me["role"] == "desk"
    scope = {"division": TOWN, "organization": None, "village": None, "until": None}
    assert me["scopes"] == [scope]
    assert (me["mode"], me["operation"], me["pace"]) == ("actual", "actual", 1.0)
    codes = (await desk.get("/codes")).json
    for name in CODE_LISTS:
        assert codes[name], name
        assert all(words["zh"] and words["en"] for words in codes[name].values()), name
    for name, enum in (
        ("stand_down_reasons", StandDownReason),
        ("opening_reasons", OpeningReason),
        ("gates", Gate),
        ("again_on", AgainOn),
        ("steps", Step),
        ("claim_ends", ClaimEnd),
    ):
        assert list(codes[name]) == [each.value for each in enum], name
    assert codes["skills"]["PUMP_DRAIN"]["unit_zh"] == "台"
    assert codes["skills"]["WATER"]["standard"] == "YJ/T 1.4-2022"
    assert codes["kinds"]["rescue_water"]["beside"] == "BOAT_OPERATE"
    under = (await desk.get(f"/divisions?under={COUNTY}")).json
    assert under[0]["code"] == COUNTY
    assert all(row["parent"] for row in under)
    assert TOWN in [row["code"] for row in under]
    found = (await desk.get("/divisions?search=330324001")).json
    assert found[0]["code"] == TOWN
    assert (await desk.get("/divisions?under=nowhere")).json == []


async def test_in_an_exercise_the_conductor_gives_the_time(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        conductor = house.context.conductor
        assert conductor is not None
        steward = await house.steward()
        player = {"name": "演员", "role": "desk", "division": TOWN, "player": True}
        made = await steward.post("/accounts", player)
        desk = await house.by_link(made.json["link"], Role.DESK)
        conductor._acted_ns = None
        await conductor.advance(BEGIN + 5_000)
        incident = await house.incident(desk)
        assert conductor.person_acted_at is None  # only a player has acted
        turn = house.turns()[-1]
        assert (turn.at, turn.mode, turn.operation) == (BEGIN + 5_000, "exercise", "exercise")
        person = await house.desk()
        done(await person.post("/demands", demand_body(incident)), status=201)
        assert conductor.person_acted_at is not None
