"""What a demand says, through the doors: amended texts, whom a crew calls, what desks note."""

import json
from pathlib import Path
from typing import Any

from schemas.facts import SealedTextOpened
from schemas.values import DivisionCode, Role
from tests.api.house import AREA, COUNTY, OTHER_TOWN, TOWN, House, Person, demand_body, opened
from tests.api.test_committee import committee
from tests.api.test_doors import done, the_row

CONTACT, OTHER_CONTACT = "王小明 13800138000", "王小红 13700137000"
ADDRESS, LEAD = "学前路 9 号", "李队 13900139000"
READING = {"reason": "checking"}
NUMBERS = ("0577-67222110", "13600136000")


def amended(**changed: Any) -> dict[str, Any]:
    same = {"priority": 1, "targets": [2], "lines": [], "risk_statement": "水", "rally_point": "门"}
    return same | changed


async def posted(house: House, desk: Person, **changed: Any) -> str:
    body = demand_body(await house.incident(desk), contact=CONTACT, address=ADDRESS, **changed)
    return str(done(await desk.post("/demands", body), status=201)["id"])


async def at_work(house: House, **changed: Any) -> tuple[str, Person, Person, dict[str, Any]]:
    """A crew that has said yes, with what its answer carried."""
    _, crew = await house.organization()
    desk = await house.desk()
    demand = await posted(house, desk, **changed)
    offer = (await the_row(crew, "offer"))["id"]
    yes = done(await crew.post(f"/offers/{offer}/accept", {"quantity": 2}))
    return demand, desk, crew, yes["sealed"]


async def amend(desk: Person, demand: str, revision: int = 1, **changed: Any) -> dict[str, Any]:
    path = f"/demands/{demand}/amend"
    answer: dict[str, Any] = done(await desk.post(path, amended(**changed), revision=revision))
    return answer


# Where to report


async def test_a_yes_brings_the_way_in_and_who_leads_there(house: House) -> None:
    _, _, crew, opened_texts = await at_work(house, way_in="老桥已断，走 S223", lead=LEAD)
    assert opened_texts["lead"] == LEAD
    row = await the_row(crew, "assignment")
    assert row["way_in"] == "老桥已断，走 S223"
    assert row["sealed_in"] == opened_texts["sealed_in"]


async def test_whoever_works_there_has_the_number_of_its_desk(house: House) -> None:
    """The township's own numbers, in the order of calling, and nobody's name."""
    demand, desk, crew, _ = await at_work(house)
    for order, number in enumerate(NUMBERS, 1):
        house.context.persons.add("值班员", number, division=DivisionCode(TOWN), order=order)
    for who in (crew, desk):
        reply = await who.get(f"/demands/{demand}/desk")
        assert reply.json == {"division": TOWN, "answers": TOWN, "telephones": list(NUMBERS)}
        assert reply.headers["cache-control"] == "no-store"


async def test_where_the_township_has_none_the_county_answers(house: House) -> None:
    demand, _, crew, _ = await at_work(house)
    nobody: dict[str, Any] = {"division": None, "answers": TOWN, "telephones": []}
    assert (await crew.get(f"/demands/{demand}/desk")).json == nobody
    house.context.persons.add("县值班员", NUMBERS[0], division=DivisionCode(COUNTY))
    reply = await crew.get(f"/demands/{demand}/desk")
    assert reply.json == {"division": COUNTY, "answers": TOWN, "telephones": [NUMBERS[0]]}


async def test_on_an_idle_day_each_knows_the_number_of_its_own_desk(house: House) -> None:
    house.context.persons.add("值班员", NUMBERS[0], division=DivisionCode(TOWN))
    _, leader = await house.organization()
    for who in (leader, await committee(house), await house.desk()):
        reply = await who.get("/me/desk")
        assert reply.json == {"division": TOWN, "answers": TOWN, "telephones": [NUMBERS[0]]}
    assert (await (await house.desk(OTHER_TOWN)).get("/me/desk")).json["telephones"] == []


async def test_the_number_is_for_nobody_who_is_not_concerned(house: House) -> None:
    demand, _, crew, _ = await at_work(house)
    house.context.persons.add("值班员", NUMBERS[0], division=DivisionCode(TOWN))
    _, other = await house.organization()
    for stranger in (other, await house.desk(OTHER_TOWN)):
        assert (await stranger.get(f"/demands/{demand}/desk")).code == "not_found"
    assignment = (await the_row(crew, "assignment"))["id"]
    done(await crew.post(f"/assignments/{assignment}/cannot-complete", {}))
    assert (await crew.get(f"/demands/{demand}/desk")).code == "not_found"
    assert (await crew.get("/demands/nothing/desk")).code == "not_found"


# Amending what is sealed


async def test_a_contact_said_anew_is_read_anew_and_the_rest_as_it_was(house: House) -> None:
    """Given a crew on its way, when the desk puts the contact right, then the crew's row says
    that there is news, and reading brings the new contact with the old address."""
    demand, desk, crew, first = await at_work(house)
    assert (first["contact"], first["address"]) == (CONTACT, ADDRESS)
    await amend(desk, demand, contact=OTHER_CONTACT, lead=LEAD)
    row = await the_row(crew, "assignment")
    assert row["sealed_in"] > first["sealed_in"]
    assert row["sealed_at"] >= row["committed_at"]
    again = (await crew.post(f"/demands/{demand}/sealed", {"reason": "on_the_way"})).json
    assert (again["contact"], again["address"]) == (OTHER_CONTACT, ADDRESS)
    assert (again["lead"], again["sealed_in"]) == (LEAD, row["sealed_in"])


async def test_a_text_is_removed_by_name(house: House) -> None:
    demand, desk, _, _ = await at_work(house)
    await amend(desk, demand, removed=["address"])
    read = (await desk.post(f"/demands/{demand}/sealed", READING)).json
    assert (read["contact"], read["address"]) == (CONTACT, None)
    path = f"/demands/{demand}/amend"
    both = amended(contact=CONTACT, removed=["contact"])
    refused = await desk.post(path, both, revision=2)
    assert (refused.status, refused.code) == (422, "text_given_and_removed")
    unknown = await desk.post(path, amended(removed=["lines"]), revision=2)
    assert unknown.status == 422


async def test_an_amendment_sent_twice_is_one_and_with_another_text_it_is_another(
    house: House,
) -> None:
    demand, desk, _, _ = await at_work(house)
    path, body = f"/demands/{demand}/amend", amended(contact=OTHER_CONTACT)
    done(await desk.post(path, body, key="once", revision=1))
    assert done(await desk.post(path, body, key="once", revision=1))["repeated"]
    other = await desk.post(path, amended(contact=CONTACT), key="once", revision=1)
    assert other.code == "key_reused"


async def test_amended_texts_and_notes_open_after_a_restart(tmp_path: Path) -> None:
    """What has been said in several turns is found in the log again."""
    folder = tmp_path / "data"
    async with opened(folder) as house:
        demand, desk, _, _ = await at_work(house)
        await amend(desk, demand, contact=OTHER_CONTACT)
        done(await desk.post(f"/demands/{demand}/notes", {"text": "家属在路口"}))
    async with opened(folder) as house:
        desk = Person(house, desk.role, desk.cookie, desk.account)
        read = (await desk.post(f"/demands/{demand}/sealed", READING, key="later")).json
        assert (read["contact"], read["address"]) == (OTHER_CONTACT, ADDRESS)
        notes = (await desk.post(f"/demands/{demand}/notes/read", READING, key="notes")).json
        assert [note["text"] for note in notes["notes"]] == ["家属在路口"]


# Notes


async def test_notes_are_read_newest_first_with_who_and_when_page_by_page(house: House) -> None:
    desk, county = await house.desk(), await house.desk(COUNTY)
    demand = await posted(house, desk)
    path = f"/demands/{demand}/notes"
    for number in range(1, 24):
        done(await (county if number == 23 else desk).post(path, {"text": f"第 {number} 条"}))
    row = await the_row(desk, "demand")
    assert row["notes"] == 23
    first = (await desk.post(f"{path}/read", READING)).json
    assert [note["number"] for note in first["notes"]] == list(range(23, 3, -1))
    newest = first["notes"][0]
    assert (newest["text"], newest["name"], newest["at"]) == ("第 23 条", "甲", row["noted_at"])
    rest = (await desk.post(f"{path}/read", {**READING, "older": first["older"]})).json
    assert [note["text"] for note in rest["notes"]] == ["第 3 条", "第 2 条", "第 1 条"]
    assert rest["older"] is None


async def test_each_reading_of_notes_is_on_record_and_none_is_answered_twice(house: House) -> None:
    desk = await house.desk()
    demand = await posted(house, desk)
    path = f"/demands/{demand}/notes"
    done(await desk.post(path, {"text": "家属来电"}))
    reply = await desk.post(f"{path}/read", {"reason": "handing_over"}, key="read")
    assert reply.headers["cache-control"] == "no-store"
    [fact] = house.turns()[-1].facts
    assert isinstance(fact, SealedTextOpened)
    assert (fact.account, fact.reason) == (desk.account, "handing_over")
    again = await desk.post(f"{path}/read", {"reason": "handing_over"}, key="read")
    assert again.code == "key_used_up"


async def test_notes_are_the_desks_and_not_for_crews(house: House) -> None:
    demand, desk, crew, _ = await at_work(house)
    done(await desk.post(f"/demands/{demand}/notes", {"text": "内部"}))
    reply = await crew.post(f"/demands/{demand}/notes/read", READING)
    assert (reply.status, reply.code) == (403, "role_missing")
    assert "内部" not in json.dumps((await crew.get("/board")).json, ensure_ascii=False)
    assert "内部".encode() not in b"".join(_stored(house))
    reviewer = await house.person(Role.REVIEWER, division=TOWN)
    assert (await reviewer.post(f"/demands/{demand}/notes/read", READING)).code == "role_missing"


def _stored(house: House) -> list[bytes]:
    return list(house.context.engine.read(AREA))


async def test_no_turn_but_a_demands_own_note_is_opened(house: House) -> None:
    """A cursor that somebody made up opens nothing: no other demand's note, and no other turn."""
    desk = await house.desk()
    demand = await posted(house, desk)
    body = demand_body((await the_row(desk, "incident"))["id"])
    other = done(await desk.post("/demands", body), status=201)["id"]
    done(await desk.post(f"/demands/{other}/notes", {"text": "别处"}))
    for turn in (1, house.sequence, 10**9):
        reply = await desk.post(f"/demands/{demand}/notes/read", {**READING, "older": turn})
        assert (reply.status, reply.code) == (404, "not_found")
