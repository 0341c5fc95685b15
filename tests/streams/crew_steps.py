"""How the laws' own crews move on: what a fact makes of one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schemas import facts as f

if TYPE_CHECKING:
    from tests.streams.crews import Crew

OVER = ("released", "given_up", "stood_down")
STATES: dict[Any, str] = {
    f.AssignmentSetOff: "en_route",
    f.AssignmentReportedDone: "reported_done",
    f.AssignmentSentBack: "on_scene",
    f.AssignmentReleased: "released",
    f.AssignmentGivenUp: "given_up",
    f.AssignmentStoodDown: "stood_down",
}


def after(crew: Crew, fact: Any) -> Crew:
    if type(fact) in STATES:
        since = fact.at if isinstance(fact, f.AssignmentSetOff) else crew.set_off_at
        state = STATES[type(fact)]
        told: dict[Any, int | None] = {
            f.AssignmentReportedDone: fact.at,
            f.AssignmentSentBack: None,
        }
        reported_at = told.get(type(fact), crew.reported_at)
        ended_at = fact.at if state in OVER else None
        moved = replace(crew, state=state, set_off_at=since)
        return replace(moved, reported_at=reported_at, ended_at=ended_at)
    match fact:
        case f.AssignmentArrived():
            here = replace(crew, state="on_scene", arrived=True, late_at=None)
            here.arrived_at = fact.at
            return replace(here, overdue=False, doubted=False)
        case f.CrewCheckedIn() if fact.out:
            return replace(crew, out=crew.out | crew.leaving)
        case f.CrewOverdue():
            return replace(crew, overdue=True, late_at=fact.replace_at)
        case f.CrewDoubted():
            return replace(crew, doubted=True, late_at=None if crew.overdue else crew.late_at)
        case f.NewTimeGiven():
            new = replace(crew, promised_at=fact.promised_at, late_at=fact.overdue_at)
            way = crew.promised_at - crew.starts_at
            starts = min(crew.starts_at, max(fact.at, fact.promised_at - way))
            return replace(new, overdue=False, own_time=True, starts_at=starts)
        case f.StepUndone():
            assert crew.before is not None
            return _undone(crew, crew.before)
        case f.StepCorrected():
            return _corrected(crew, fact)
        case _:
            return crew


def in_danger(crew: Crew, fact: Any) -> Crew:
    """How many are, and that nothing is heard of them."""
    match fact:
        case f.HeadsCounted():
            return replace(crew, inside=fact.inside)
        case f.CheckInMissed():
            return replace(crew, missed=True)
        case _:
            return crew


def _corrected(crew: Crew, fact: f.StepCorrected) -> Crew:
    step = fact.step.value
    since = None if step == "committed" else crew.set_off_at
    back = replace(crew, state=step, arrived=step == "on_scene", set_off_at=since)
    back.reported_at, back.arrived_at = None, crew.arrived_at if back.arrived else None
    if fact.promised_at is None:
        return back
    return replace(back, promised_at=fact.promised_at, late_at=fact.overdue_at)


def _undone(crew: Crew, before: Crew) -> Crew:
    """As before the step; what was said meanwhile about its time stays said."""
    back = replace(
        crew,
        state=before.state,
        arrived=before.arrived,
        set_off_at=before.set_off_at,
        arrived_at=before.arrived_at,
        reported_at=before.reported_at,
        ended_at=None,
        before=None,
    )
    if crew.arrived and not before.arrived:
        late = replace(back, late_at=before.late_at, overdue=before.overdue)
        return replace(late, doubted=before.doubted)
    return back
