"""Every door against everybody: who is refused there, with which code, and without a turn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from api.doors.hanging import hung
from schemas.ids import digest_of
from schemas.values import Role
from tests.api.house import (
    COUNTY,
    OTHER_TOWN,
    TOWN,
    House,
    Person,
    certificate_body,
    demand_body,
    need_body,
    opened,
    organization_body,
)
from tests.api.test_doors import done, the_row

in_one_loop = pytest.mark.asyncio(loop_scope="module")

#   desk of the township, of the county, of the township next door; the organization it is about,
#   another one; reviewer of the township; steward of the area, of the township next door
EVERYBODY = ("desk", "county", "neighbor", "crew", "other", "reviewer", "steward", "far")
CODES = {"R": (403, "role_missing"), "-": (404, "not_found")}

DESKS, STEWARDS, CREWS = "..-RRRRR", "RRRRRR.-", "..-.-RRR"
OWN, AREA_ONLY = "RRR.-R.-", "RRRRRR.-"

AMENDED = {
    "priority": 1,
    "targets": [2],
    "lines": [],
    "risk_statement": "水",
    "rally_point": "门",
}
LEFT = {"incident": "{incident}", "text": "三号泵备件在路上"}
LOOKING = {
    "what": "void",
    "incident": "{incident}",
    "division": TOWN,
    "reason": "unfounded",
    "listed": ["{demand}"],
}
MOVED = {key: value for key, value in organization_body().items() if key != "capabilities"}

# Each door with a body that is good, and who may knock: see EVERYBODY and CODES.
DOORS: list[tuple[str, dict[str, Any], str]] = [
    ("/incidents", {"hazard": "landslide_debris", "division": TOWN}, DESKS),
    ("/incidents/{incident}/join", {"division": TOWN}, DESKS),
    ("/incidents/{incident}/close", {}, "-.-RRRRR"),  # it is the county's
    ("/incidents/{incident}/reopen", {}, "-.-RRRRR"),
    ("/demands", demand_body("{incident}"), DESKS),
    ("/demands/drafts", demand_body("{incident}"), DESKS),
    ("/demands/{demand}/publish", {}, DESKS),
    ("/needs", need_body("{incident}"), "RRRRRRRR"),  # the committee's alone
    ("/demands/{demand}/amend", AMENDED, DESKS),
    ("/demands/{demand}/close", {"reason": "met"}, DESKS),
    ("/demands/{demand}/reopen", {}, DESKS),
    ("/demands/{demand}/still-needed", {}, DESKS),
    ("/demands/{demand}/hold", {"question": "桥？"}, DESKS),
    ("/demands/{demand}/resume", {}, DESKS),
    ("/demands/{demand}/hand-up", {"reason": "other", "text": "水"}, DESKS),
    ("/demands/{demand}/take-on", {}, "R.-RRRRR"),  # the county's
    ("/demands/{demand}/give-back", {"text": "水"}, DESKS),
    ("/demands/{demand}/refile", {"incident": "{incident}"}, DESKS),
    ("/demands/{sent}/take-back", {}, DESKS),  # moved next door; for its receiver there is nothing
    ("/demands/{demand}/sealed", {"reason": "checking"}, CREWS),
    ("/demands/{demand}/notes", {"text": "家属来电"}, DESKS),
    ("/demands/{demand}/notes/read", {"reason": "checking"}, DESKS),
    ("/demands/{demand}/appeal", {"text": "请带雨靴"}, DESKS),
    ("/demands/{demand}/appeal/preview", {"text": "请带雨靴"}, DESKS),
    ("/demands/{demand}/appeal/end", {}, DESKS),
    ("/demands/{demand}/helpers", {"people": 4, "contact": "王", "word": "parked"}, DESKS),
    ("/demands/{demand}/helpers/{demand}/end", {}, DESKS),
    ("/demands/{demand}/helpers/{demand}/read", {"reason": "checking"}, DESKS),
    ("/lines/{line}/ask", {"organization": "{organization}", "reason": "近"}, DESKS),
    (
        "/lines/{line}/receive",
        {"organization": "{organization}", "word": "sent_home", "quantity": 1},
        DESKS,
    ),
    ("/lines/{line}/help", {"organization": "{organization}", "quantity": 1}, "RRR.-RRR"),
    ("/lines/{line}/own-crew", {"units": 0}, DESKS),
    ("/lines/{line}/drop", {}, DESKS),
    ("/offers/{offer}/accept", {"quantity": 1}, CREWS),
    ("/offers/{offer}/decline", {"reason": "other"}, CREWS),
    ("/offers/{offer}/counter", {"quantity": 1, "minutes": 90}, CREWS),
    ("/offers/{offer}/persons", {}, DESKS),
    ("/offers/{offer}/not-picked-up", {}, DESKS),
    ("/assignments/{assignment}/told", {}, DESKS),
    ("/standby/{offer}/take", {}, DESKS),
    ("/standby/{offer}/end", {}, DESKS),
    ("/assignments/{assignment}/set-off", {}, CREWS),
    ("/assignments/{assignment}/arrive", {}, CREWS),
    ("/assignments/{assignment}/report-done", {}, CREWS),
    ("/assignments/{assignment}/cannot-complete", {}, CREWS),
    ("/assignments/{assignment}/relieve", {"organization": "{organization}", "reason": "x"}, DESKS),
    ("/assignments/{assignment}/keep-on", {}, CREWS),
    ("/assignments/{assignment}/new-time", {"minutes": 9}, CREWS),
    ("/assignments/{assignment}/check-in", {}, CREWS),
    ("/assignments/{assignment}/heads", {"inside": 0}, CREWS),
    ("/assignments/{assignment}/seen", {"revision": 1}, CREWS),
    ("/assignments/{assignment}/report", {"what": "road_cut", "text": "桥断"}, CREWS),
    ("/assignments/{assignment}/reports/{assignment}/answer", {"answer": "noted"}, DESKS),
    ("/assignments/{assignment}/instruct", {"what": "stop"}, DESKS),
    ("/assignments/{assignment}/instructions/{assignment}/acknowledge", {}, CREWS),
    ("/assignments/{assignment}/instructions/{assignment}/lift", {}, DESKS),
    ("/assignments/{assignment}/instructions/{assignment}/tell-others", {}, DESKS),
    ("/assignments/{assignment}/let-stay", {"reason": "在外侧"}, DESKS),
    ("/assignments/{assignment}/stand-down", {}, DESKS),
    ("/incidents/{incident}/instruct", {"what": "stop"}, DESKS),
    (
        "/incidents/{incident}/close-zone",
        {"zone": {"around": "{demand}", "radius": 100}},
        DESKS,
    ),
    ("/incidents/{incident}/instructions/{assignment}/lift", {}, DESKS),
    ("/assignments/{assignment}/undo", {}, CREWS),
    ("/assignments/{assignment}/correct", {"step": "committed"}, DESKS),
    ("/assignments/{assignment}/confirm", {"done": True}, DESKS),
    ("/shifts/{division}/take", {}, ".R-RRRRR"),  # the desk's own people
    ("/shifts/{division}/hand-over", {"note": LEFT}, ".R-RRRRR"),
    ("/shifts/{division}/note", {}, DESKS),
    ("/tasks/{task}/open", {"domain": "life"}, DESKS),
    ("/tasks/{task}/claim", {"organization": "{organization}"}, CREWS),
    ("/tasks/{task}/report-done", {}, CREWS),
    ("/tasks/{task}/verify", {"done": True}, DESKS),
    ("/tasks/{task}/give-back", {}, CREWS),
    ("/tasks/{task}/take-back", {}, DESKS),
    ("/tasks/{task}/drop", {}, DESKS),
    ("/organizations", organization_body(), STEWARDS),
    ("/organizations/{organization}/correct", MOVED, STEWARDS),
    ("/organizations/{organization}/retire", {}, STEWARDS),
    ("/organizations/{organization}/reinstate", {}, STEWARDS),
    ("/organizations/{organization}/merge", {"merged": "{another}"}, STEWARDS),
    ("/organizations/{organization}/separate", {}, STEWARDS),
    ("/organizations/{organization}/certificates", certificate_body(), STEWARDS),
    (
        "/organizations/{organization}/withdraw-certificate",
        {"issuer": "x", "number": "1"},
        STEWARDS,
    ),
    ("/organizations/{organization}/capacity", {"capabilities": []}, OWN),
    ("/organizations/{organization}/duty", {"on_duty": True}, OWN),
    ("/organizations/{organization}/hours", {"hours": [], "leaves": []}, OWN),
    ("/organizations/{organization}/safeguards", {"adults_only": True}, "...RRR.-"),
    ("/organizations/{organization}/enrollment", {"enrolled": True}, OWN),
    ("/issuers/withdraw", {"issuer": "x"}, AREA_ONLY),
    ("/accounts", {"name": "甲", "role": "desk", "division": TOWN}, STEWARDS),
    ("/accounts/{account}/confirm", {"role": "desk"}, "..---..-"),
    ("/accounts/{account}/link", {"reason": "new_device"}, STEWARDS),
    ("/accounts/{account}/sessions/end", {"role": "desk"}, STEWARDS),
    ("/accounts/{account}/end", {"role": "desk"}, STEWARDS),
    (
        "/demands/close",
        {"division": TOWN, "demands": ["{demand}"], "reason": "unfounded"},
        DESKS,
    ),
    ("/demands/reopen", {"division": TOWN, "demands": ["{demand}"]}, DESKS),
    ("/batches/look", LOOKING, DESKS),
    ("/batches", {**LOOKING, "digest": "0" * 64}, DESKS),
    ("/batches/{batch}/undo", {}, DESKS),
    ("/demands/{demand}/group", {"division": TOWN, "demands": ["{demand}"]}, DESKS),
    ("/demands/ungroup", {"division": TOWN, "demands": ["{demand}"]}, DESKS),
]
OF_A_COMMITTEE = ("/needs",)  # test_committee
NOT_OF_A_SUBJECT = {"/sessions", "/sessions/end", "/conductor/advance", "/conductor/reach"}
KEPT_BESIDE = {  # no turns: test_persons, test_address_doors, test_messenger, test_access
    *("/sessions/{}/name", "/sessions/{}/end"),
    *("/password", "/password/begin", "/password/codes", "/password/end"),  # test_passwords
    *("/persons", "/persons/{}/correct", "/persons/{}/remove"),
    "/divisions/{}/public-number",  # test_appeals
    *("/addresses", "/addresses/withdraw", "/offers/seen", "/replies/{}/read"),
    *(
        f"/addresses/{{}}/{verb}"
        for verb in ("verify", "confirm", "vouch", "consent", "withdraw", "remove")
    ),
}


@dataclass
class Scene:
    """One of everything, everybody, and what they may do."""

    house: House
    people: dict[str, Person]
    ids: dict[str, str]

    def filled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        return value.format_map(self.ids) if isinstance(value, str) else value

    async def knock(self, who: str, path: str, body: dict[str, Any]) -> tuple[int, str]:
        reply = await self.people[who].post(self.filled(path), self.filled(body), revision=1)
        return reply.status, reply.json.get("code", "")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> Any:
    async with opened(tmp_path_factory.mktemp("scene") / "data") as house:
        yield await set_up(house)


async def set_up(house: House) -> Scene:
    ids: dict[str, str] = {"division": TOWN}
    ids["organization"], crew = await house.organization()
    ids["another"], other = await house.organization("CATERING")
    people = {
        "desk": await house.desk(),
        "county": await house.desk(COUNTY),
        "neighbor": await house.desk(OTHER_TOWN),
        "crew": crew,
        "other": other,
        "reviewer": await house.person(Role.REVIEWER, division=TOWN),
        "steward": await house.steward(),
        "far": await house.person(Role.STEWARD, division=OTHER_TOWN),
    }
    desk, county = people["desk"], people["county"]
    ids["account"] = desk.account
    ids["incident"] = await house.incident(county, COUNTY)
    restored = done(await desk.post("/demands", demand_body(ids["incident"])), status=201)["id"]
    await _served(desk, crew)
    done(await desk.post(f"/demands/{restored}/close", {"reason": "met"}, revision=1))
    ids["task"] = (await the_row(desk, "task"))["id"]
    ids["batch"] = await _voided(desk, ids["incident"])
    made = done(await desk.post("/demands", demand_body(ids["incident"])), status=201)
    ids["demand"] = made["id"]
    offer = next(each["id"] for each in made["made"] if each["fact"] == "OfferSent")
    ids["offer"] = offer
    yes = done(await crew.post(f"/offers/{offer}/accept", {"quantity": 1}))
    ids["assignment"] = yes["made"][0]["id"]
    put = house.context.feed.find("demand", made["id"])
    ids["line"] = put.row.lines[0].id  # type: ignore[union-attr]  # it is a demand
    sent = done(await desk.post("/demands", demand_body(ids["incident"])), status=201)["id"]
    await _moved(desk, sent)
    ids["sent"] = sent
    return Scene(house, people, ids)


async def _served(desk: Person, crew: Person) -> None:
    offer = (await the_row(crew, "offer"))["id"]
    yes = done(await crew.post(f"/offers/{offer}/accept", {"quantity": 2}))
    assignment = yes["made"][0]["id"]
    done(await crew.post(f"/assignments/{assignment}/report-done", {}))
    done(await desk.post(f"/assignments/{assignment}/confirm", {"done": True}))


async def _voided(desk: Person, incident: str) -> str:
    demand = done(await desk.post("/demands", demand_body(incident)), status=201)["id"]
    body = {**LOOKING, "incident": incident, "listed": [demand], "digest": digest_of([demand])}
    return str(done(await desk.post("/batches", body))["id"])


async def _moved(desk: Person, demand: str) -> None:
    body = AMENDED | {"place": {"division": OTHER_TOWN}}
    done(await desk.post(f"/demands/{demand}/amend", body, revision=1))


def test_every_door_is_here() -> None:
    known = {re.sub(r"\{\w+\}", "{}", path) for path, _, _ in DOORS}
    assert known == set(hung) - NOT_OF_A_SUBJECT - KEPT_BESIDE


@in_one_loop
async def test_whoever_has_no_right_on_a_thing_writes_no_turn(scene: Scene) -> None:
    before = scene.house.sequence
    for path, body, marks in DOORS:
        for who, mark in zip(EVERYBODY, marks, strict=True):
            if mark in CODES:
                assert await scene.knock(who, path, body) == CODES[mark], (path, who)
    assert scene.house.sequence == before
    assert len(scene.house.turns()) == before


@in_one_loop
async def test_the_same_for_what_is_not_there(scene: Scene) -> None:
    """What is outside the scope, and what does not exist, are told apart by nobody."""
    before, there = scene.house.sequence, scene.ids
    scene.ids = dict.fromkeys(there, "nothing")
    for path, body, marks in DOORS:
        for who, mark in zip(EVERYBODY, marks, strict=True):
            if "{" in path and mark != "R":
                assert await scene.knock(who, path, body) == CODES["-"], (path, who)
    scene.ids = there
    assert scene.house.sequence == before


@in_one_loop
async def test_whose_grant_has_ended_writes_no_turn(scene: Scene) -> None:
    steward, until = scene.people["steward"], scene.house.context.now() + 60_000
    brief = await scene.house.person(Role.DESK, division=TOWN, until=until)
    scene.people["brief"] = brief
    assert (await brief.get("/board")).status == 200
    done(await steward.post(f"/accounts/{brief.account}/end", {"role": "desk"}))
    before = scene.house.sequence
    for path, body, _ in DOORS:
        status, _ = await scene.knock("brief", path, body)
        assert status in (401, 403), path
    assert scene.house.sequence == before


@in_one_loop
async def test_a_village_s_committee_is_let_in_at_its_own_door_alone(scene: Scene) -> None:
    scene.people["village"] = await scene.house.person(
        Role.COMMITTEE, division=TOWN, village="岭下村"
    )
    before = scene.house.sequence
    for path, body, who in DOORS:
        if path not in OF_A_COMMITTEE:
            guided = who is CREWS and path.startswith(("/offers/", "/assignments/"))
            own = path.endswith("account}/confirm")  # anybody confirms a link of their own
            # A group that it does not guide, an account that is another's: there is none.
            wanted = CODES["-" if guided or own else "R"]
            assert await scene.knock("village", path, body) == wanted, path
    assert scene.house.sequence == before


@in_one_loop
async def test_whoever_may_is_let_in(scene: Scene) -> None:
    """Last, for it changes what there is: the rules may still have something against it."""
    for path, body, marks in DOORS:
        who = max(range(len(marks)), key=lambda place: (marks[place] == ".", place))
        assert marks[who] == "." or path in OF_A_COMMITTEE
        if path in OF_A_COMMITTEE:
            continue
        assert await scene.knock(EVERYBODY[who], path, body) not in CODES.values(), path
