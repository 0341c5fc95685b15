"""A second person at the doors: who is told, who confirms, and each way around it."""

import json
import subprocess
from typing import Any

import pytest

from api.people import holders, link_for, sign_out
from api.safe import read_record
from schemas.registry_facts import AccessConfirmed, LinkUsed
from schemas.values import Role
from tests.api.browsing import ROOT, shouwang
from tests.api.house import AREA, TOWN, House, Person, organization_body
from tests.api.test_access import by_link, kinds

DAY_MS = 24 * 3_600_000
DESK = {"name": "乙", "role": "desk", "division": TOWN}
NEW = {"reason": "new_device"}


async def second(house: House) -> Person:
    """Another steward of the whole area, made while there was none."""
    return await house.person(Role.STEWARD, division=str(AREA))


async def waits(person: Person) -> list[Any]:
    return [
        (each["account"], each["link"], each["yours"])
        for each in (await person.get("/confirmations")).json["waiting"]
    ]


async def test_a_desk_that_one_steward_makes_works_at_once_and_a_second_one_confirms_it(
    house: House,
) -> None:
    steward, other = await house.steward(), await second(house)
    bare = await steward.post("/accounts", DESK)
    assert (bare.status, bare.code) == (422, "grant_reason_missing")
    made = await steward.post("/accounts", DESK | {"reason": "standing_in"})
    desk = await by_link(house, made.json["link"])
    until = (await desk.get("/me")).json["scopes"][0]["until"]
    assert abs(until - house.context.now() - DAY_MS) < 60_000
    assert await waits(desk) == [(desk.account, None, False)]
    assert await waits(steward) == [(desk.account, None, False)]
    assert await waits(other) == [(desk.account, None, True)]
    assert "second_person" in await kinds(other)
    path, body = f"/accounts/{desk.account}/confirm", {"role": "desk"}
    for who in (steward, desk):
        assert (await who.post(path, body)).code == "second_person"
    assert (await other.post(path, body)).status == 200
    [fact] = house.turns()[-1].facts
    assert isinstance(fact, AccessConfirmed)
    assert (await desk.get("/me")).json["scopes"][0]["until"] is None
    assert await waits(other) == []
    assert (await other.post(path, body)).code == "nothing_waits"


async def test_what_nobody_confirms_ends_by_itself(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await second(house)
    desk = await house.desk()
    assert (await desk.get("/me")).status == 200
    now = house.context.now()
    monkeypatch.setattr("api.context.time_ns", lambda: (now + DAY_MS) * 1_000_000)
    assert (await desk.get("/me")).code == "role_missing"


async def test_nobody_reaches_the_rules_with_a_grant_to_their_own_account(house: House) -> None:
    """The door makes a new account each time; there is none that names one."""
    steward = await house.steward()
    own = DESK | {"account": steward.account, "reason": "changed"}
    assert (await steward.post("/accounts", own)).code == "unknown_field"


async def test_a_link_for_who_is_signed_in_ends_unless_its_owner_stands_by_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, crew = await house.organization()
    steward = await house.steward()
    made = await steward.post(f"/accounts/{crew.account}/link", NEW)
    phone = await by_link(house, made.json["link"], "Android")
    [link] = [each for each in (await crew.get("/sessions")).json["links"] if each["confirm_by"]]
    devices = (await crew.get("/sessions")).json["devices"]
    assert [device["expires"] for device in devices if device["device"] == "Android"] == [
        link["confirm_by"]
    ]
    path = f"/accounts/{crew.account}/confirm"
    body = {"role": "organization", "link": link["id"]}
    assert (await phone.post(path, body)).code == "link_waits"
    assert (await steward.post(path, body)).code == "second_person"
    begun = await phone.post("/password/begin", {})
    told = {"name": "crew", "password": "tide water 123", "code": "000000"}
    assert begun.status == 200
    assert (await phone.post("/password", told)).code == "link_waits"
    assert (await crew.post(path, body)).status == 200
    devices = (await crew.get("/sessions")).json["devices"]
    lasting = [each["expires"] - each["began"] for each in devices]
    assert lasting == [90 * DAY_MS, 90 * DAY_MS]


async def test_a_second_steward_stands_by_a_link_and_else_it_is_over(house: House) -> None:
    steward, other, desk = await house.steward(), await second(house), await house.desk()
    other_desk = await house.desk("330324002")
    links = []
    for person in (desk, other_desk):
        made = await steward.post(f"/accounts/{person.account}/link", NEW)
        links.append(made.json["link"])
    found = {account: link for account, link, yours in await waits(other) if yours and link}
    body = {"role": "desk", "link": found[desk.account]}
    assert (await other.post(f"/accounts/{desk.account}/confirm", body)).status == 200
    clock = house.context.people.now() + DAY_MS
    house.context.people._clock = lambda: clock - 60_000
    house.context.people._link_ms = 72 * 3_600_000
    signed = await by_link(house, links[1])
    house.context.people._clock = lambda: clock + 60_000
    assert (await signed.get("/me")).code == "session_ended"


async def test_who_sits_in_anothers_place_works_and_lets_nobody_in_nor_out(house: House) -> None:
    """Given two stewards, and a link that one has made for the other and uses; when the one goes on
    as the other; then desks' work goes on, but no role, link, agreement or sign-out is had."""
    steward, other = await house.steward(), await second(house)
    desk, made = await house.desk(), await steward.post(f"/accounts/{other.account}/link", NEW)
    impostor = await by_link(house, made.json["link"])
    there = next(each["id"] for each in (await other.get("/sessions")).json["devices"][1:])
    before = house.sequence
    waits = f"/accounts/{desk.account}"
    for path, body in (
        ("/accounts", DESK | {"reason": "standing_in"}),
        (f"{waits}/link", NEW),
        (f"{waits}/confirm", {"role": "desk"}),
        (f"{waits}/end", {"role": "desk"}),
        (f"{waits}/sessions/end", {"role": "desk"}),
        (f"/sessions/{there}/end", {}),
    ):
        refused = await impostor.post(path, body)
        assert (refused.status, refused.code) == (403, "link_waits"), path
    assert house.sequence == before
    named = await impostor.post("/organizations", organization_body())
    assert named.status == 201
    assert (await other.get("/me")).status == 200
    here = next(e["id"] for e in (await impostor.get("/sessions")).json["devices"] if e["here"])
    assert (await impostor.post(f"/sessions/{here}/end", {})).status == 200, "he may leave"


async def test_a_link_stands_by_no_other_link(house: House) -> None:
    """Given two links for one owner, each used before the next is made; when the first one's
    session agrees to the second; then it is refused, and no password can be set."""
    _, crew = await house.organization()
    steward, phones = await house.steward(), []
    await second(house)
    for _ in range(2):
        made = await steward.post(f"/accounts/{crew.account}/link", NEW)
        phones.append(await by_link(house, made.json["link"]))
    links = [each for each in (await crew.get("/sessions")).json["links"] if each["confirm_by"]]
    body = {"role": "organization", "link": links[0]["id"]}
    path = f"/accounts/{crew.account}/confirm"
    for phone in phones:
        assert (await phone.post(path, body)).code == "link_waits"
    assert (await crew.post(path, body)).status == 200


async def test_signed_out_first_a_link_waits_all_the_same(house: House) -> None:
    """Given a county's desk that is signed in; when a steward ends its sessions, and then makes a
    link for it; then that ends after a day, and sets no password."""
    steward, county = await house.steward(), await house.desk("330324")
    await second(house)
    ended = f"/accounts/{county.account}/sessions/end"
    assert (await steward.post(ended, {"role": "desk"})).status == 200
    made = await steward.post(f"/accounts/{county.account}/link", {})
    impostor = await by_link(house, made.json["link"])
    [device] = (await impostor.get("/sessions")).json["devices"]
    assert (await impostor.get("/sessions")).json["links"][0]["confirm_by"] is not None
    assert device["expires"] - device["began"] <= DAY_MS
    told = {"name": "county", "password": "tide water 123", "code": "000000"}
    assert (await impostor.post("/password", told)).code == "link_waits"


async def test_a_link_made_at_the_machine_is_told_is_in_the_log_and_is_no_second_person(
    house: House,
) -> None:
    """Whoever has the machine has the folder; what is done with it is seen."""
    steward, other = await house.steward(), await second(house)
    desk = await house.desk()
    [holder] = [each for each in holders(house.context.settings) if each.account == other.account]
    made = link_for(house.context.settings, holder)
    assert made.until is not None
    impostor = await by_link(house, made.address)
    [fact] = house.turns()[-1].facts
    assert isinstance(fact, LinkUsed)
    path, body = f"/accounts/{desk.account}/confirm", {"role": "desk"}
    assert (await impostor.post(path, body)).code == "link_waits"
    sign_out(house.context.settings, holder)
    made = link_for(house.context.settings, holder)
    assert made.until is None, "nobody is signed in: it is how a lone steward comes in again"
    impostor = await by_link(house, made.address)
    assert (await impostor.post(path, body)).code == "second_person"
    told = (await steward.get("/alarms")).json["alarms"]
    assert any("服务器" in each["zh"] for each in told if each["kind"] == "link_made")
    assert (await other.get("/sessions")).json["links"][0]["by"] is None


def test_the_command_line_says_so_and_is_on_record(tmp_path: Any) -> None:
    folder = tmp_path / "data"

    def typed(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = shouwang(*arguments, "--data", str(folder))
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    account = json.loads(typed("init").stdout.splitlines()[-1])["account"]
    typed("link")
    rows = [(row["what"], row["address"], row["about"]) for row in read_record(folder)]
    assert rows == [("link_made", "machine", account)]
