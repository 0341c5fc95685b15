"""Rules of handing up that are wrong, for the laws to notice."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from schemas import facts as f
from schemas.values import StandDownReason
from streams import (
    answering,
    batch,
    handing_up,
    line,
    quiet,
    refiling,
    relief,
    rules,
    shifts,
    waited,
)
from streams.area import Operation
from streams.cause import Cause
from streams.remembered import Batch, Relief

Patch = pytest.MonkeyPatch


def gone_at_once(patch: Patch) -> None:
    """Whoever is relieved goes as soon as somebody has said yes."""
    patch.setattr(relief, "_free", lambda _, known: known.successor is not None)
    patch.setattr(relief, "UNDO", 0)


def who_relieves_fills_a_gap(patch: Patch) -> None:
    """Whoever is to take a crew's place counts beside it."""
    patch.setattr(relief, "_asks_nothing", lambda *_: None)


def no_relief_is_the_townships_alone(patch: Patch) -> None:
    """What its desk does not answer the county never hears of."""
    until = waited.relief

    def own(row: Relief) -> waited.Until:
        return until(replace(row, climbs_at=None))

    patch.setattr(waited, "relief", own)


def a_no_is_heard_an_hour_later(patch: Patch) -> None:
    """Whoever was asked has said no, and the desk learns it when the hour is over."""
    patch.setattr(relief, "WILL_NOT", ())


def whoever_handed_over_is_gone(patch: Patch) -> None:
    """A shift that was handed over is as if it had been taken."""
    evolve = shifts.evolve

    def taken(operation: Operation, fact: f.ShiftFact) -> None:
        evolve(operation, fact)
        if isinstance(fact, f.ShiftHandedOver):
            known = operation.shifts[fact.division]
            gone = replace(known, handed_at=None, wakes_at=None)
            operation.shifts.put(known.division, gone)

    patch.setitem(rules.EVOLVE, f.ShiftHandedOver, taken)


def nobody_sees_that_the_desk_acts(patch: Patch) -> None:
    patch.setattr(shifts, "acted", lambda *_: None)


def all_are_counted(patch: Patch) -> None:
    """A batch says that it has done what was listed, whatever it has spared."""
    ended = batch._ended

    def counted(operation: Operation, row: Batch, cause: Cause) -> f.BatchEnded:
        return replace(ended(operation, row, cause), count=row.count)

    patch.setattr(batch, "_ended", counted)


def the_township_goes_on(patch: Patch) -> None:
    patch.setattr(answering, "taken_on", lambda *_: None)


def given_back_to_nobody(patch: Patch) -> None:
    def back(operation: Operation, fact: f.DemandGivenBack) -> None:
        operation.hand_ups.remove(fact.demand)

    patch.setattr(handing_up, "_given_back", back)


def crews_go_with_it(patch: Patch) -> None:
    """Whoever is asked is thanked when the county takes it on."""
    taken_on = handing_up._taken_on

    def thanked(operation: Operation, fact: f.DemandTakenOn) -> None:
        taken_on(operation, fact)
        for key in operation.demands[fact.demand].lines:
            line.mark_offers(operation, operation.lines[key], StandDownReason.DEMAND_AMENDED)

    patch.setattr(handing_up, "_taken_on", thanked)


def anybody_answers(patch: Patch) -> None:
    """Whatever anybody does about a demand answers what its desk is asked."""
    patch.setattr(quiet, "may_answer", lambda *_: True)


def recovery_stays_behind(patch: Patch) -> None:
    patch.setattr(refiling, "_recovers", lambda _: False)
