"""A shift is taken by name and handed over; nobody who never takes one misses anything."""

from __future__ import annotations

from schemas import commands as c
from schemas import facts as f
from schemas.refusals import Refusal
from schemas.shifts import ShiftRow
from schemas.values import DivisionCode, IncidentId, Role
from streams import rows
from streams.parameters import MINUTE, SECOND
from tests.streams.world import COUNTY, DESK, SEALED, World, only

NEXT = "the next one"


class Scene:
    """Two people of one desk, and an incident."""

    def __init__(self) -> None:
        self.world = World()
        self.here = self.world.township
        self.world.grant(NEXT, Role.DESK, division=self.here)
        self.incident = self.world.incident()

    def take(self, actor: str = DESK) -> list[f.Fact]:
        return list(self.world.send(actor, c.TakeShift(division=self.here)))

    def hand_over(self, actor: str = DESK, *, note: bool = False) -> list[f.Fact]:
        incident = self.incident if note else None
        text = SEALED if note else None
        command = c.HandOverShift(division=self.here, incident=incident, note=text)
        return list(self.world.send(actor, command))

    def row(self) -> ShiftRow:
        operation = self.world.operation
        row = rows.shift(operation, operation.shifts[self.here]).row
        assert isinstance(row, ShiftRow)
        return row

    def untaken(self) -> f.ShiftUntaken:
        found = only(self.world.until(self.world.at + 15 * MINUTE, f.ShiftUntaken))
        assert isinstance(found, f.ShiftUntaken)
        return found


def test_somebody_takes_the_shift_by_name_and_taken_twice_nothing_is_new() -> None:
    scene = Scene()
    taken = only(scene.take(), f.ShiftTaken)
    assert (taken.account, taken.before, taken.handed) == (DESK, None, False)
    assert scene.take() == []
    assert scene.row().account == DESK


def test_handed_over_whoever_had_it_has_it_until_another_one_takes_it() -> None:
    scene = Scene()
    scene.take()
    handed = only(scene.hand_over(), f.ShiftHandedOver)
    assert handed.until == handed.at + 15 * MINUTE
    assert (scene.row().account, scene.row().handed_at) == (DESK, handed.at)
    taken = only(scene.take(NEXT), f.ShiftTaken)
    assert (taken.account, taken.before, taken.handed) == (NEXT, DESK, True)
    assert (scene.row().account, scene.row().handed_at) == (NEXT, None)
    assert scene.world.wait(minutes=120) == [], "and nobody waits for anything any more"


def test_nobody_has_to_take_a_shift_before_it_is_handed_over() -> None:
    """Whoever hands it over has had it: also where somebody else was said to have it."""
    scene = Scene()
    assert [type(one) for one in scene.hand_over()] == [f.ShiftTaken, f.ShiftHandedOver]
    scene.take(NEXT)
    taken, _ = scene.hand_over()
    assert isinstance(taken, f.ShiftTaken)
    assert (taken.account, taken.before, taken.handed) == (DESK, NEXT, False)


def test_a_shift_that_was_not_handed_over_is_taken_all_the_same() -> None:
    scene = Scene()
    scene.take()
    taken = only(scene.take(NEXT), f.ShiftTaken)
    assert (taken.before, taken.handed) == (DESK, False)


def test_what_is_handed_over_is_not_handed_over_again_but_taken_again() -> None:
    scene = Scene()
    scene.hand_over()
    again = c.HandOverShift(division=scene.here)
    assert scene.world.refused(DESK, again) is Refusal.SHIFT_HANDED_OVER
    taken = only(scene.take(), f.ShiftTaken)
    assert (taken.account, taken.before, taken.handed) == (DESK, DESK, True)


def test_nobody_takes_it_then_its_desk_is_told_and_then_the_one_above() -> None:
    scene = Scene()
    scene.take()
    handed = only(scene.hand_over(), f.ShiftHandedOver)
    untaken = scene.untaken()
    assert untaken.at == handed.until
    assert (scene.row().untaken_at, scene.row().climbs_at) == (untaken.at, untaken.climbs_at)
    climbed = only(scene.world.until(untaken.climbs_at, f.ShiftClimbed), f.ShiftClimbed)
    assert climbed.at == untaken.at + 30 * MINUTE
    assert scene.row().climbed_at == climbed.at
    scene.take(NEXT)
    assert (scene.row().untaken_at, scene.row().climbed_at) == (None, None)


def test_as_long_as_somebody_of_the_desk_acts_nobody_above_is_told() -> None:
    scene = Scene()
    scene.hand_over()
    scene.untaken()
    scene.world.until(scene.world.at + 29 * MINUTE)
    scene.world.demand(scene.incident)
    before = scene.world.at
    scene.world.until(before + 30 * MINUTE - SECOND)
    assert scene.row().climbed_at is None
    scene.world.until(before + 30 * MINUTE)
    assert scene.row().climbed_at == before + 30 * MINUTE
    scene.world.demand(scene.incident)
    assert scene.row().climbed_at is None, "somebody is there after all"


def test_what_the_desk_above_does_does_not_count_as_the_desk_s_own() -> None:
    scene = Scene()
    scene.hand_over()
    untaken = scene.untaken()
    scene.world.send(COUNTY, scene.world.demand_command(scene.incident))
    assert only(scene.world.until(untaken.climbs_at, f.ShiftClimbed), f.ShiftClimbed)


def test_the_note_is_read_by_whoever_takes_over_and_each_reading_is_on_record() -> None:
    scene = Scene()
    handed = only(scene.hand_over(note=True), f.ShiftHandedOver)
    assert handed.note == SEALED
    handed_in = scene.world.area.sequence
    scene.take(NEXT)
    assert scene.row().noted_in == handed_in
    read = only(scene.world.send(NEXT, c.OpenShiftNote(division=scene.here)), f.ShiftNoteOpened)
    assert (read.account, read.division) == (NEXT, scene.here)
    scene.hand_over(NEXT)
    assert not scene.row().noted_in, "of the last handover"
    none = c.OpenShiftNote(division=scene.here)
    assert scene.world.refused(DESK, none) is Refusal.NOT_FOUND


def test_the_note_goes_with_the_key_of_its_incident() -> None:
    scene = Scene()
    scene.hand_over(note=True)
    scene.take(NEXT)
    scene.world.close_incident(scene.incident)
    scene.world.wait(minutes=60 * 4)
    read = c.OpenShiftNote(division=scene.here)
    assert scene.world.refused(NEXT, read) is Refusal.KEY_DESTROYED
    unknown = c.HandOverShift(division=scene.here, incident=IncidentId("none"), note=SEALED)
    assert scene.world.refused(NEXT, unknown) is Refusal.NOT_FOUND
    late = c.HandOverShift(division=scene.here, incident=scene.incident, note=SEALED)
    assert scene.world.refused(NEXT, late) in (Refusal.KEY_DESTROYED, Refusal.NOT_FOUND)


def test_another_desk_has_a_shift_of_its_own() -> None:
    scene = Scene()
    take = c.TakeShift(division=scene.here)
    assert scene.world.refused(COUNTY, take) is Refusal.ROLE_MISSING
    hand_over = c.HandOverShift(division=scene.here)
    assert scene.world.refused(COUNTY, hand_over) is Refusal.ROLE_MISSING
    own = c.TakeShift(division=DivisionCode(scene.world.county))
    assert only(scene.world.send(COUNTY, own), f.ShiftTaken).account == COUNTY


def test_before_anything_has_ever_begun_there_is_no_shift() -> None:
    world = World()
    assert world.refused(DESK, c.TakeShift(division=world.township)) is Refusal.NOT_FOUND
