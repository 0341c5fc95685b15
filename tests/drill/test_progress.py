"""What a summary counts: rows as they are, and what was seen of them while it lasted."""

import pytest
from msgspec.structs import replace

from api.drill.progress import Count, Summary
from api.drill.sightings import OVERDUE, STANDBY_TAKEN, UNDONE, Sightings
from schemas.values import AssignmentId, DemandId, OfferId
from schemas.views import Row
from tests.drill.acting import AT, DEMAND, LINE, OFFER, SLIPPED, WORK


def counted(*rows: Row, sightings: Sightings | None = None) -> Count:
    return Count.of([DEMAND, *rows], DEMAND.incident, (sightings or Sightings()).of)


def test_who_is_asked_again_for_a_line_is_counted_beyond_the_first_time() -> None:
    silent = replace(OFFER, state="no_answer", ended_at=AT)
    again = replace(OFFER, id=OfferId("again"), by_hand=True)
    late = replace(again, id=OfferId("late"), state="accepted", late=True)
    summary = Summary.of(counted(silent, again, late))
    assert (summary.asked_again, summary.by_hand, summary.late_yes) == (2, 2, 1)


def test_second_rounds_are_counted() -> None:
    anew = replace(DEMAND, id=DemandId("anew"), round=2, lines=(replace(LINE, round=2),))
    assert Summary.of(counted(anew)).reopened == 1


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (WORK, replace(WORK, overdue=True), OVERDUE),
        (replace(WORK, **SLIPPED), WORK, UNDONE),
        (replace(WORK, state="given_up", ended_at=AT), replace(WORK, state="on_scene"), UNDONE),
        (
            replace(OFFER, state="standby"),
            replace(OFFER, state="accepted", kept=True),
            STANDBY_TAKEN,
        ),
    ],
)
def test_what_shows_only_for_a_while_is_kept(before: Row, after: Row, kind: str) -> None:
    sightings = Sightings()
    sightings.note(None, before)
    sightings.note(before, after)
    sightings.note(after, before)
    assert sightings.of[kind] == {after.id}
    assert counted(after, sightings=sightings).turns[kind] == 1


def test_work_that_is_sent_back_is_no_step_undone() -> None:
    sightings = Sightings()
    here = replace(WORK, state="on_scene", set_off_at=AT, arrived_at=AT + 1)
    sightings.note(replace(here, state="reported_done", reported_at=AT + 2), here)
    assert not sightings.of[UNDONE]


def test_what_was_seen_of_another_incident_is_not_counted() -> None:
    sightings = Sightings()
    missed = replace(WORK, id=AssignmentId("elsewhere"), demand=DemandId("other"), overdue=True)
    sightings.note(None, missed)
    assert counted(missed, sightings=sightings).turns[OVERDUE] == 0
