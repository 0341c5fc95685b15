"""Persons: who can be called, in which order, kept by whom, and never in the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api.people import People, Persons
from schemas.values import AccountId, DivisionCode, OrganizationId, Role
from tests.api.bad_input.told import SECRET, told
from tests.api.house import (
    AREA,
    COUNTY,
    OTHER_COUNTY_TOWN,
    OTHER_TOWN,
    TOWN,
    House,
    Person,
    opened,
)

TEAM = OrganizationId("team")
NUMBER = "139 0577 0001"
BODY = {"name": "王五", "telephone": NUMBER}
CORRECTION = {"name": "赵六", "telephone": "0577-67220000", "order": 2}


async def added(person: Person, key: str | None = None, **more: Any) -> str:
    reply = await person.post("/persons", BODY | more, key=key)
    assert reply.status == 201, reply.content
    assert list(reply.json) == ["id"]
    return str(reply.json["id"])


async def listed(person: Person, **whose: str) -> list[Any]:
    query = "&".join(f"{name}={value}" for name, value in whose.items())
    reply = await person.get(f"/persons?{query}")
    assert reply.status == 200, reply.content
    return list(reply.json)


# The store


@pytest.fixture
def persons(tmp_path: Path) -> Iterator[Persons]:
    with closing(Persons(tmp_path / "people.db")) as store:
        yield store


def test_who_is_called_first_comes_first(persons: Persons) -> None:
    """By the order of calling, then by who was added first, also after a correction."""
    late = persons.add("甲", NUMBER, organization=TEAM, order=2)
    first, second = (persons.add(name, NUMBER, organization=TEAM) for name in "乙丙")
    assert [each.id for each in persons.of_organization(TEAM)] == [first, second, late]
    persons.correct(second, name="丙", telephone="119", order=3)
    found = persons.of_organization(TEAM)
    assert [each.id for each in found] == [first, late, second]
    assert (found[-1].name, found[-1].telephone, found[-1].order) == ("丙", "119", 3)


def test_each_has_its_own_persons(persons: Persons) -> None:
    town, county = DivisionCode(TOWN), DivisionCode(COUNTY)
    there = persons.add("甲", NUMBER, division=town)
    persons.add("乙", NUMBER, organization=TEAM)
    assert [each.id for each in persons.of_division(town)] == [there]
    assert persons.of_division(county) == []
    assert persons.of_organization(OrganizationId(TOWN)) == []


def test_ids_say_nothing(persons: Persons) -> None:
    ids = [persons.add("甲", NUMBER, organization=TEAM) for _ in range(3)]
    assert len(dict.fromkeys(ids)) == 3
    assert all(len(id) == 26 for id in ids)


def test_a_repeat_adds_nobody_and_brings_nobody_back(persons: Persons) -> None:
    for name in "甲乙":
        assert persons.add(name, NUMBER, organization=TEAM, id="given") == "given"
    assert [each.name for each in persons.of_organization(TEAM)] == ["甲"]
    persons.remove("given")
    persons.add("甲", NUMBER, organization=TEAM, id="given")
    assert persons.of_organization(TEAM) == []
    with pytest.raises(LookupError):
        persons.correct("given", name="甲", telephone=NUMBER, order=1)


def test_one_of_organization_and_division(persons: Persons) -> None:
    with pytest.raises(ValueError, match="organization or for a division"):
        persons.add("甲", NUMBER)
    with pytest.raises(ValueError, match="organization or for a division"):
        persons.add("甲", NUMBER, organization=TEAM, division=DivisionCode(TOWN))


def test_an_account_may_stand_behind_a_person(persons: Persons, tmp_path: Path) -> None:
    with closing(People(tmp_path / "people.db")) as people:
        account = people.make_account("甲", AREA)
    persons.add("甲", NUMBER, organization=TEAM, account=account)
    assert persons.of_organization(TEAM)[0].account == account
    with pytest.raises(LookupError):
        persons.add("甲", NUMBER, organization=TEAM, account=AccountId("nobody"))


def test_nothing_is_left_of_who_was_removed(tmp_path: Path) -> None:
    with closing(Persons(tmp_path / "people.db")) as persons:
        id = persons.add("张三丰", NUMBER, organization=TEAM)
        for _ in range(2):
            persons.remove(id)
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert NUMBER.encode() not in kept
    assert "张三丰".encode() not in kept


# The doors


async def test_a_steward_keeps_the_persons_within_scope(house: House) -> None:
    team, _ = await house.organization()
    steward = await house.steward()
    second = await added(steward, organization=team, order=2)
    first = await added(steward, organization=team)
    for_town = await added(steward, division=TOWN)
    before = house.sequence
    shown = BODY | {"organization": team, "division": None, "account": None}
    assert await listed(steward, organization=team) == [
        {"id": first, **shown, "order": 1},
        {"id": second, **shown, "order": 2},
    ]
    assert [each["id"] for each in await listed(steward, division=TOWN)] == [for_town]
    reply = await steward.post(f"/persons/{first}/correct", CORRECTION | {"order": 3})
    assert (reply.status, reply.json) == (200, {"id": first})
    assert [each["id"] for each in await listed(steward, organization=team)] == [second, first]
    for _ in range(2):
        assert (await steward.post(f"/persons/{first}/remove", {})).json == {"id": first}
    assert [each["id"] for each in await listed(steward, organization=team)] == [second]
    told(await steward.post(f"/persons/{first}/correct", CORRECTION), 404, "not_found")
    assert house.sequence == before, "nothing of it is in the log"


async def test_an_organization_keeps_its_own_persons(house: House) -> None:
    own, crew = await house.organization()
    other, _ = await house.organization()
    steward = await house.steward()
    theirs, of_town = await added(steward, organization=other), await added(steward, division=TOWN)
    id = await added(crew, organization=own)
    assert (await crew.post(f"/persons/{id}/correct", CORRECTION)).status == 200
    assert (await listed(crew, organization=own))[0]["telephone"] == "0577-67220000"
    for beyond in ({"organization": other}, {"division": TOWN}):
        told(await crew.post("/persons", BODY | beyond), 404, "not_found")
        (name, value), *_ = beyond.items()
        told(await crew.get(f"/persons?{name}={value}"), 404, "not_found")
    for another in (theirs, of_town):
        told(await crew.post(f"/persons/{another}/correct", CORRECTION), 404, "not_found")
        told(await crew.post(f"/persons/{another}/remove", {}), 404, "not_found")
    assert (await crew.post(f"/persons/{id}/remove", {})).status == 200
    assert await listed(crew, organization=own) == []


async def test_what_lies_outside_a_stewards_scope_does_not_exist(house: House) -> None:
    team, _ = await house.organization()
    of_town = await added(await house.steward(), division=TOWN)
    elsewhere = await house.person(Role.STEWARD, division=OTHER_TOWN)
    for beyond in (
        {"organization": team},
        {"organization": "unknown"},
        {"division": TOWN},
        {"division": OTHER_COUNTY_TOWN},
        {"division": "unknown"},
    ):
        told(await elsewhere.post("/persons", BODY | beyond), 404, "not_found")
        (name, value), *_ = beyond.items()
        told(await elsewhere.get(f"/persons?{name}={value}"), 404, "not_found")
    for id in (of_town, "unknown"):
        told(await elsewhere.post(f"/persons/{id}/correct", CORRECTION), 404, "not_found")
        told(await elsewhere.post(f"/persons/{id}/remove", {}), 404, "not_found")
    assert await listed(elsewhere, division=OTHER_TOWN) == []


async def test_others_have_no_door_to_persons(house: House) -> None:
    """A desk is shown a telephone only with work that is under way, at another door."""
    id = await added(await house.steward(), division=TOWN)
    for person in (await house.desk(), await house.person(Role.REVIEWER, division=TOWN)):
        told(await person.get(f"/persons?division={TOWN}"), 403, "role_missing")
        told(await person.post("/persons", BODY | {"division": TOWN}), 403, "role_missing")
        told(await person.post(f"/persons/{id}/remove", {}), 403, "role_missing")


async def test_a_request_sent_again_adds_nobody(house: House) -> None:
    steward = await house.steward()
    ids = [await added(steward, "same", division=TOWN) for _ in range(2)]
    assert ids[0] == ids[1]
    assert len(await listed(steward, division=TOWN)) == 1
    elsewhere = await steward.post("/persons", BODY | {"division": OTHER_TOWN}, key="same")
    told(elsewhere, 422, "key_reused")
    assert await listed(steward, division=OTHER_TOWN) == []
    other = await house.person(Role.STEWARD, division=TOWN)
    assert await added(other, "same", division=TOWN) != ids[0]


@pytest.mark.parametrize(
    "typed", ["110", "+86 (577) 6722-0000", "９１１", " （０５７７）67220000 "]
)
async def test_telephones(house: House, typed: str) -> None:
    steward = await house.steward()
    await added(steward, division=TOWN, telephone=typed)
    (kept,) = await listed(steward, division=TOWN)
    assert kept["telephone"].isascii()
    assert kept["telephone"] == kept["telephone"].strip()


@pytest.mark.parametrize(
    ("sent", "code", "field"),
    [
        ({"telephone": SECRET}, "format_invalid", "telephone"),
        ({"telephone": "12"}, "format_invalid", "telephone"),
        ({"telephone": "+ - ( ) -"}, "format_invalid", "telephone"),
        ({"telephone": "110\n120"}, "format_invalid", "telephone"),
        ({"telephone": "1" * 33}, "too_long", "telephone"),
        ({"telephone": ""}, "blank", "telephone"),
        ({"telephone": 110}, "type_wrong", "telephone"),
        ({"name": f"{SECRET}\n"}, None, None),  # outer spaces go
        ({"name": f"{SECRET}\n{SECRET}"}, "text_invalid", "name"),
        ({"order": 0}, "out_of_range", "order"),
        ({"order": 100}, "out_of_range", "order"),
        ({SECRET: 1}, "unknown_field", None),
        ({"organization": SECRET}, "organization_or_division", None),
        ({"division": None}, "organization_or_division", None),
    ],
)
async def test_bad_bodies(house: House, sent: Any, code: str | None, field: str | None) -> None:
    steward = await house.steward()
    reply = await steward.post("/persons", BODY | {"division": TOWN} | sent)
    if code is None:
        assert reply.status == 201
    else:
        told(reply, 422, code, field)
        assert await listed(steward, division=TOWN) == []


async def test_whom_a_question_is_about(house: House) -> None:
    steward = await house.steward()
    told(await steward.get("/persons"), 422, "organization_or_division")
    both = f"/persons?organization={SECRET}&division={TOWN}"
    told(await steward.get(both), 422, "organization_or_division")
    told(await steward.get(f"/persons?division={SECRET}"), 422, "too_long", "query.division")


async def test_persons_are_there_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        id = await added(await house.steward(), division=TOWN)
    async with opened(tmp_path) as house:
        assert [each["id"] for each in await listed(await house.steward(), division=TOWN)] == [id]
