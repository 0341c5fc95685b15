"""Shifts at the doors: taken by name, handed over with a note, and nothing waits for it."""

from __future__ import annotations

from tests.api.house import COUNTY, TOWN, House, demand_body
from tests.api.test_doors import done, the_row

NOTE = "三号泵备件在路上，王女士 13800000000"


async def test_a_shift_is_handed_over_with_a_note_that_only_a_reading_shows(house: House) -> None:
    desk, after = await house.desk(), await house.desk()
    incident = await house.incident(desk)
    assert (await desk.get(f"/shifts/{TOWN}")).json["name"] is None
    done(await desk.post(f"/shifts/{TOWN}/take", {}), TOWN)
    left = {"note": {"incident": incident, "text": NOTE}}
    done(await desk.post(f"/shifts/{TOWN}/hand-over", left), TOWN)
    assert (await desk.post(f"/shifts/{TOWN}/hand-over", {})).code == "shift_handed_over"
    done(await after.post(f"/shifts/{TOWN}/take", {}), TOWN)
    row = await the_row(desk, "shift")
    assert (row["account"], row["handed_at"]) == (after.account, None)
    read = await after.post(f"/shifts/{TOWN}/note", {}, key="once")
    assert read.json["text"] == NOTE
    assert (await after.post(f"/shifts/{TOWN}/note", {}, key="once")).code == "key_used_up"
    assert all("13800000000" not in repr(turn) for turn in house.turns())
    facts = [type(fact).__name__ for turn in house.turns() for fact in turn.facts]
    assert [name for name in facts if name.startswith("Shift")] == [
        *("ShiftTaken", "ShiftHandedOver", "ShiftTaken", "ShiftNoteOpened"),
    ]


async def test_the_desk_above_sees_who_is_on_duty_and_takes_no_shift_there(house: House) -> None:
    desk, county = await house.desk(), await house.desk(COUNTY)
    await house.incident(desk)
    done(await desk.post(f"/shifts/{TOWN}/take", {}), TOWN)
    assert (await county.get(f"/shifts/{TOWN}")).json["since"] is not None
    assert (await county.post(f"/shifts/{TOWN}/take", {})).code == "role_missing"
    assert (await desk.get(f"/shifts/{COUNTY}")).code == "not_found"
    assert (await desk.get("/shifts/none")).code == "not_found"


async def test_nothing_waits_for_a_shift(house: House) -> None:
    """Handed over and taken by nobody, every door is open as before."""
    desk = await house.desk()
    incident = await house.incident(desk)
    done(await desk.post(f"/shifts/{TOWN}/hand-over", {}), TOWN)
    done(await desk.post("/demands", demand_body(incident)), status=201)


async def test_a_note_that_is_none_is_refused(house: House) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    for wrong in (
        {"note": {"incident": incident}},
        {"note": {"incident": incident, "text": ""}},
        {"note": {"incident": incident, "text": "水" * 2_001}},
        {"note": "text"},
        {"to": "somebody"},
    ):
        assert (await desk.post(f"/shifts/{TOWN}/hand-over", wrong)).status == 422
    unknown = {"note": {"incident": "none", "text": "x"}}
    assert (await desk.post(f"/shifts/{TOWN}/hand-over", unknown)).code == "not_found"
