"""The doors to addresses: who keeps them, what they answer, and what they never show."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.values import OrganizationId, Role
from tests.api.bad_input.told import SECRET, told
from tests.api.house import OTHER_TOWN, TOWN, House, Person

NUMBER = "139 0577 0001"
PERSON = {"name": "王五", "telephone": NUMBER}
HOOK = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef"
NOBODY = "/addresses/unknown"


async def person(keeper: Person, **more: Any) -> str:
    reply = await keeper.post("/persons", PERSON | more)
    assert reply.status == 201, reply.content
    return str(reply.json["id"])


async def added(keeper: Person, channel: str, key: str | None = None, **more: Any) -> str:
    reply = await keeper.post("/addresses", {"channel": channel} | more, key=key)
    assert reply.status == 201, reply.content
    return str(reply.json["id"])


async def listed(keeper: Person, **whose: str) -> list[Any]:
    (name, value), *_ = whose.items()
    reply = await keeper.get(f"/addresses?{name}={value}")
    assert reply.status == 200, reply.content
    assert reply.headers["cache-control"] == "no-store"
    return list(reply.json)


async def post(keeper: Person, id: str, verb: str, body: Any) -> Any:
    reply = await keeper.post(f"/addresses/{id}/{verb}", body)
    assert reply.status in (200, 202), reply.content
    return reply.json


async def test_an_organization_adds_verifies_and_agrees(house: House) -> None:
    """Given a person of a team, when its number is added, then a code and a yes make it usable."""
    team, crew = await house.organization()
    before = house.sequence
    id = await added(crew, "sms", person=await person(crew, organization=team))
    (row,) = await listed(crew, organization=team)
    assert (row["id"], row["to"], row["rung"]) == (id, "+8613905770001", "sms")
    assert row["may"] == ["ask", "drill", "quiet"]
    assert (row["verified_at"], row["consents"], row["verification"]) == (None, [], None)

    reply = await crew.post(f"/addresses/{id}/verify", {})
    assert (reply.status, reply.json["verification"]["state"]) == (202, "queued")
    (waiting,) = house.context.addresses.to_verify()
    assert (await listed(crew, organization=team))[0]["verification"]["state"] == "sending"
    house.context.addresses.verification_sent(waiting.id, "failed", "limit")
    told_of = (await listed(crew, organization=team))[0]["verification"]
    assert (told_of["state"], told_of["why"]) == ("failed", "limit")
    house.context.addresses.verification_sent(waiting.id, "sent")

    wrong = f"{(int(waiting.code) + 1) % 1_000_000:06}"
    told(await crew.post(f"/addresses/{id}/confirm", {"code": wrong}), 409, "code_wrong", "code")
    for _ in range(2):
        assert await post(crew, id, "confirm", {"code": waiting.code}) == {"id": id}
    assert house.context.addresses.of_organization(OrganizationId(team)) == []
    await post(crew, id, "consent", {"kinds": ["ask", "quiet"], "text": 1})
    (row,) = await listed(crew, organization=team)
    assert (row["verified_how"], row["verification"]) == ("code", None)
    agreed = [(one["kind"], one["text"], one["given_by"]) for one in row["consents"]]
    assert agreed == [("ask", 1, crew.account), ("quiet", 1, crew.account)]
    (usable,) = house.context.addresses.of_organization(OrganizationId(team))
    assert usable.addresses[0].id == id
    assert await post(crew, id, "withdraw", {"kinds": ["ask", "quiet"]}) == {"withdrawn": 2}
    assert house.context.addresses.of_organization(OrganizationId(team)) == []
    for _ in range(2):
        assert await post(crew, id, "remove", {}) == {"id": id}
    assert await listed(crew, organization=team) == []
    assert house.sequence == before, "nothing of it is in the log"


async def test_a_hook_and_a_secret_are_never_shown(house: House) -> None:
    team, crew = await house.organization()
    await added(crew, "dingtalk_robot", organization=team, to=HOOK, secret=SECRET)
    reply = await crew.get(f"/addresses?organization={team}")
    assert SECRET.encode() not in reply.content
    assert b"access_token" not in reply.content
    (row,) = reply.json
    assert (row["to"], row["has_secret"]) == ("oapi.dingtalk.com…cdef", True)


async def test_a_steward_may_vouch_and_nobody_else(house: House) -> None:
    team, crew = await house.organization()
    id = await added(crew, "voice", person=await person(crew, organization=team))
    told(await crew.post(f"/addresses/{id}/vouch", {"reason": "我"}), 403, "role_missing")
    steward = await house.steward()
    await post(steward, id, "vouch", {"reason": "电话核对"})
    (row,) = await listed(steward, organization=team)
    assert row["verified_how"] == "call"
    assert row["may"] == ["ask", "drill", "night"]
    told(await steward.post(f"/addresses/{id}/vouch", {"reason": " "}), 422, "blank", "reason")
    house.context.addresses.withdraw_number(NUMBER)
    told(await steward.post(f"/addresses/{id}/vouch", {"reason": "x"}), 409, "address_stopped")


async def test_a_desk_keeps_its_own_divisions_numbers_and_no_teams(house: House) -> None:
    team, crew = await house.organization()
    of_team = await added(crew, "sms", person=await person(crew, organization=team))
    desk, steward = await house.desk(), await house.steward()
    duty = await person(steward, division=TOWN)
    id = await added(desk, "sms", person=duty)
    await added(desk, "bark", person=duty, to="k3yk3yk3yk3y")
    shown = [(row["channel"], row["to"]) for row in await listed(desk, division=TOWN)]
    assert shown == [("sms", "+8613905770001"), ("bark", "…yk3y")]
    told(await desk.post(f"/addresses/{id}/consent", {"kinds": ["ask"], "text": 1}),
         409, "address_not_verified")  # fmt: skip
    await post(steward, id, "vouch", {"reason": "x"})
    await post(desk, id, "consent", {"kinds": ["ask"], "text": 1})
    told(await desk.get(f"/addresses?organization={team}"), 404, "not_found")
    told(await desk.post("/addresses", {"channel": "webhook", "to": HOOK, "organization": team}),
         404, "not_found")  # fmt: skip
    for verb, body in (("verify", {}), ("remove", {}), ("withdraw", {"kinds": ["ask"]})):
        told(await desk.post(f"/addresses/{of_team}/{verb}", body), 404, "not_found")
    neighbor = await house.desk(OTHER_TOWN)
    told(await neighbor.post(f"/addresses/{id}/remove", {}), 404, "not_found")
    told(await neighbor.get(f"/addresses?division={TOWN}"), 404, "not_found")


async def test_a_desk_ends_what_a_caller_agreed_to(house: House) -> None:
    """Given a number that two have, when a desk withdraws it, then only within its scope."""
    team, crew = await house.organization()
    far, other = await house.organization(home=OTHER_TOWN)
    for whose, keeper in ((team, crew), (far, other)):
        id = await added(keeper, "sms", person=await person(keeper, organization=whose))
        house.context.addresses.vouch(id, "called", by="a")
        await post(keeper, id, "consent", {"kinds": ["ask", "drill"], "text": 1})
    desk, body = await house.desk(), {"telephone": "+86 139-0577-0001"}
    for ended in (2, 0):
        reply = await desk.post("/addresses/withdraw", body)
        assert (reply.status, reply.json) == (200, {"withdrawn": ended})
    assert (await listed(crew, organization=team))[0]["consents"] == []
    assert len((await listed(other, organization=far))[0]["consents"]) == 2
    told(await crew.post("/addresses/withdraw", body), 403, "role_missing")


async def test_what_is_not_yours_does_not_exist(house: House) -> None:
    team, crew = await house.organization()
    _, other = await house.organization()
    id = await added(crew, "sms", person=await person(crew, organization=team))
    theirs = (await listed(crew, organization=team))[0]["person"]
    elsewhere = await house.person(Role.STEWARD, division=OTHER_TOWN)
    for stranger in (other, elsewhere):
        told(await stranger.get(f"/addresses?organization={team}"), 404, "not_found")
        told(await stranger.post("/addresses", {"channel": "voice", "person": theirs}),
             404, "not_found")  # fmt: skip
        for verb, body in (
            ("verify", {}),
            ("confirm", {"code": "123456"}),
            ("consent", {"kinds": ["ask"], "text": 1}),
            ("withdraw", {"kinds": ["ask"]}),
            ("remove", {}),
        ):
            told(await stranger.post(f"/addresses/{id}/{verb}", body), 404, "not_found")
            told(await stranger.post(f"{NOBODY}/{verb}", body), 404, "not_found")
    reviewer = await house.person(Role.REVIEWER, division=TOWN)
    told(await reviewer.get(f"/addresses?division={TOWN}"), 403, "role_missing")


async def test_requests_sent_again_add_and_send_once(house: House) -> None:
    team, crew = await house.organization()
    who = await person(crew, organization=team)
    ids = [await added(crew, "sms", "same", person=who) for _ in range(2)]
    assert ids[0] == ids[1]
    told(await crew.post("/addresses", {"channel": "sms", "person": who}), 409, "address_exists")
    for _ in range(2):
        assert (await crew.post(f"/addresses/{ids[0]}/verify", {}, key="send")).status == 202
    assert len(house.context.addresses.to_verify()) == 1
    reply = await crew.post(f"/addresses/{ids[0]}/verify", {})
    told(reply, 429, "verification_too_soon")
    assert int(reply.headers["retry-after"]) >= 1


async def test_another_telephone_has_to_be_verified_again(house: House) -> None:
    team, crew = await house.organization()
    who = await person(crew, organization=team)
    id = await added(crew, "sms", person=who)
    await post(await house.steward(), id, "vouch", {"reason": "x"})
    changed = {"name": "王五", "telephone": "13905770009", "order": 1}
    assert (await crew.post(f"/persons/{who}/correct", changed)).status == 200
    (row,) = await listed(crew, organization=team)
    assert (row["to"], row["verified_at"]) == ("+8613905770009", None)
    assert (await crew.post(f"/persons/{who}/remove", {})).status == 200
    assert await listed(crew, organization=team) == []


@pytest.mark.parametrize(
    ("sent", "code", "field"),
    [
        ({"channel": SECRET}, "code_unknown", "channel"),
        ({"channel": "dingtalk_robot"}, "code_unknown", "channel"),
        ({"channel": "wecom", "to": f"{SECRET}|b"}, "format_invalid", "to"),
        ({"channel": "wecom", "to": ""}, "blank", "to"),
        ({"channel": "sms", "to": "0577-67220000"}, "number_not_mobile", "to"),
        ({"division": TOWN}, "organization_or_division", None),
        ({SECRET: 1}, "unknown_field", None),
        ({"secret": 1}, "type_wrong", "secret"),
    ],
)
async def test_bad_bodies(house: House, sent: Any, code: str, field: str | None) -> None:
    team, crew = await house.organization()
    who = await person(crew, organization=team)
    told(await crew.post("/addresses", {"channel": "sms", "person": who} | sent), 422, code, field)
    assert await listed(crew, organization=team) == []


@pytest.mark.parametrize(
    ("verb", "body", "status", "code", "field"),
    [
        ("confirm", {"code": "12345"}, 422, "format_invalid", "code"),
        ("confirm", {"code": "１２３４５６"}, 422, "format_invalid", "code"),
        ("confirm", {"code": "123456"}, 409, "code_over", "code"),
        ("consent", {"kinds": [], "text": 1}, 422, "too_few", "kinds"),
        ("consent", {"kinds": ["ask"]}, 422, "field_missing", "text"),
        ("consent", {"kinds": ["ask"], "text": 2}, 409, "consent_text_other", None),
        ("consent", {"kinds": ["night"], "text": 1}, 422, "code_unknown", "kinds"),
        ("consent", {"kinds": [SECRET], "text": 1}, 422, "code_unknown", "kinds.0"),
        ("withdraw", {"kinds": ["ask"] * 5}, 422, "too_many", "kinds"),
    ],
)
async def test_bad_words_about_an_address(
    house: House, verb: str, body: Any, status: int, code: str, field: str | None
) -> None:
    team, crew = await house.organization()
    id = await added(crew, "sms", person=await person(crew, organization=team))
    told(await crew.post(f"/addresses/{id}/{verb}", body), status, code, field)
