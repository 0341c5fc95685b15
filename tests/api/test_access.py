"""Who let whom in: a steward can become nobody unseen, and people see where they are signed in."""

from typing import Any

import pytest

from schemas.registry_facts import LinkMade, LinkUsed, SessionsEnded
from schemas.turns import OWNER
from schemas.values import AccountId, Role
from tests.api.house import TOWN, House, Person, Reply, ask

DAY_MS = 24 * 3_600_000


async def sign_in(house: House, link: str, agent: str = "") -> Reply:
    """Use a link as it was handed over, from a kind of device."""
    role = link.partition("role=")[2].partition("&")[0]
    body = f'{{"link": "{link}", "role": "{role}"}}'.encode()
    headers = [("content-type", "application/json"), ("idempotency-key", house.new_key())]
    headers.append(("user-agent", agent))
    return await ask(house.app, "POST", "/api/v1/sessions", headers, [body])


async def by_link(house: House, link: str, agent: str = "") -> Person:
    reply = await sign_in(house, link, agent)
    assert reply.status == 200, reply.content
    cookie = reply.headers["set-cookie"].partition(";")[0]
    return Person(house, Role(reply.json["role"]), cookie, AccountId(reply.json["account"]))


async def test_a_steward_who_signs_in_as_somebody_is_named_in_the_log_and_shown_to_them(
    house: House,
) -> None:
    desk, steward = await house.desk(), await house.steward()
    made = await steward.post(f"/accounts/{desk.account}/link", {"reason": "new_device"})
    assert made.status == 200, made.content
    impostor = await by_link(house, made.json["link"], "Mozilla/5.0 (iPhone; x)")
    incident = await house.incident(impostor)
    assert incident
    told, used = house.turns()[-3:-1]
    [fact], [use] = told.facts, used.facts
    assert isinstance(fact, LinkMade)
    assert (told.actor, fact.account, fact.role) == (steward.account, desk.account, Role.DESK)
    assert isinstance(use, LinkUsed)
    assert (used.actor, use.account, use.link) == (OWNER, desk.account, fact.link)
    shown = (await desk.get("/sessions")).json
    assert [device["device"] for device in shown["devices"]] == ["iPhone", "?"]
    assert [device["here"] for device in shown["devices"]] == [False, True]
    link = shown["links"][0]
    assert (link["by"], link["role"]) == ("管理员", "desk")
    assert link["used_at"] >= link["made_at"]


async def test_every_steward_and_the_countys_desk_are_told_for_a_day(house: House) -> None:
    desk, county = await house.desk(), await house.desk("330324")
    steward, other = await house.steward(), await house.person(Role.STEWARD, division="330324")
    assert await kinds(other) == []
    body = {"reason": "handed_over"}
    made = await steward.post(f"/accounts/{desk.account}/link", body)
    for hearer in (steward, other, county):
        told = await link_told(hearer)
        assert "管理员" in told["zh"]
        assert "used" not in told["en"]
    assert await kinds(desk) == [], "its owner is told on the page"
    await by_link(house, made.json["link"])
    assert "used" in (await link_told(other))["en"]


async def link_told(person: Person) -> Any:
    """What somebody is told of the one link."""
    alarms = (await person.get("/alarms")).json["alarms"]
    [told] = [alarm for alarm in alarms if alarm["kind"] == "link_made"]
    return told


async def kinds(person: Person) -> list[str]:
    return [alarm["kind"] for alarm in (await person.get("/alarms")).json["alarms"]]


async def test_a_link_for_who_is_signed_in_takes_a_reason(house: House) -> None:
    desk, steward = await house.desk(), await house.steward()
    before = house.sequence
    refused = await steward.post(f"/accounts/{desk.account}/link", {})
    assert (refused.status, refused.code, refused.json["field"]) == (
        422,
        "link_reason_missing",
        "reason",
    )
    assert house.sequence == before
    assert (await desk.post("/sessions/end", {})).status == 200
    assert (await steward.post(f"/accounts/{desk.account}/link", {})).status == 200


async def test_a_lost_phone_means_no_new_account(house: House) -> None:
    """The link signs the lost phone out, and the same account goes on on another."""
    _, crew = await house.organization()
    steward = await house.steward()
    body = {"reason": "device_lost", "end_sessions": True}
    made = await steward.post(f"/accounts/{crew.account}/link", body)
    assert (await crew.get("/me")).code == "session_ended"
    again = await by_link(house, made.json["link"], "Android")
    assert again.account == crew.account
    assert [device["device"] for device in (await again.get("/sessions")).json["devices"]] == [
        "Android"
    ]


async def test_sent_again_the_link_is_one_turn(house: House) -> None:
    desk, steward = await house.desk(), await house.steward()
    path, body = f"/accounts/{desk.account}/link", {"reason": "session_over"}
    first = await steward.post(path, body, key="same")
    sequence = house.sequence
    again = await steward.post(path, body, key="same")
    assert house.sequence == sequence
    assert (await sign_in(house, first.json["link"])).code == "link_unknown"
    assert (await sign_in(house, again.json["link"])).status == 200


async def test_a_first_link_is_the_grants_own(house: House) -> None:
    """Who made the account is in the log by the grant; nothing more is written."""
    steward = await house.steward()
    made = await steward.post("/accounts", {"name": "乙", "role": "desk", "division": TOWN})
    sequence = house.sequence
    desk = await by_link(house, made.json["link"])
    assert house.sequence == sequence
    [link] = (await desk.get("/sessions")).json["links"]
    assert link["by"] == "管理员"


async def test_a_steward_signs_somebody_out_on_record(house: House) -> None:
    desk, steward = await house.desk(), await house.steward()
    path = f"/accounts/{desk.account}/sessions/end"
    assert (await steward.post(path, {"role": "desk"})).status == 200
    assert (await desk.get("/me")).code == "session_ended"
    turn = house.turns()[-1]
    [fact] = turn.facts
    assert isinstance(fact, SessionsEnded)
    assert (turn.actor, fact.account) == (steward.account, desk.account)


@pytest.mark.parametrize("path", ["link", "sessions/end"])
async def test_whom_a_steward_does_not_hold_he_lets_in_nowhere(house: House, path: str) -> None:
    county = await house.person(Role.STEWARD, division="330381")
    desk = await house.desk()
    body = {"reason": "handed_over"} if path == "link" else {"role": "desk"}
    before = house.sequence
    assert (await county.post(f"/accounts/{desk.account}/{path}", body)).code == "not_found"
    assert house.sequence == before


async def test_people_name_and_end_their_own_devices_and_nobody_elses(house: House) -> None:
    desk, other = await house.desk(), await house.desk("330324002")
    second = await house.signed_in(desk.account, Role.DESK)
    devices = (await desk.get("/sessions")).json["devices"]
    away = next(device["id"] for device in devices if not device["here"])
    assert (await other.post(f"/sessions/{away}/end", {})).code == "not_found"
    assert (await other.post(f"/sessions/{away}/name", {"name": "x"})).code == "not_found"
    assert (await desk.post(f"/sessions/{away}/name", {"name": "会议室"})).status == 200
    named = (await desk.get("/sessions")).json["devices"]
    assert {device["device"] for device in named} == {"会议室", "?"}
    assert (await desk.post(f"/sessions/{away}/end", {})).status == 200
    assert (await second.get("/me")).code == "session_ended"
    assert (await desk.get("/me")).status == 200


async def test_a_leaders_phone_stays_signed_in_for_ninety_days_and_a_desk_for_its_watch(
    house: House,
) -> None:
    _, crew = await house.organization()
    desk, now = await house.desk(), house.context.people.now()
    for person, hours in ((crew, 90 * 24), (desk, 12)):
        [device] = (await person.get("/sessions")).json["devices"]
        assert abs(device["expires"] - now - hours * 3_600_000) < 60_000


async def test_the_cookie_lasts_as_long_as_the_session(house: House) -> None:
    organization, _ = await house.organization()
    steward = await house.steward()
    scope = {"role": "organization", "organization": organization}
    made = await steward.post("/accounts", {"name": "丙", **scope})
    reply = await sign_in(house, made.json["link"])
    age = int(reply.headers["set-cookie"].lower().partition("max-age=")[2].partition(";")[0])
    assert abs(age - 90 * 86_400) < 60
