"""Rules of handing up that are wrong, for the laws to notice."""

from __future__ import annotations

import pytest

from schemas import facts as f
from schemas.values import StandDownReason
from streams import answering, handing_up, line, relief
from streams.area import Operation

Patch = pytest.MonkeyPatch


def gone_at_once(patch: Patch) -> None:
    """Whoever is relieved goes as soon as somebody has said yes."""
    patch.setattr(relief, "_free", lambda _, known: known.successor is not None)
    patch.setattr(relief, "UNDO", 0)


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
