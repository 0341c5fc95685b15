"""Danger: a crew of which somebody has to hear before its work may be over."""

from __future__ import annotations

from streams.entities import Assignment, AssignmentState


def called_out(crew: Assignment) -> bool:
    """Whether it is told to stop or to leave, and nobody has said yet that all of it have.

    Whoever has reported done is out.
    """
    working = crew.live and crew.state is not AssignmentState.REPORTED_DONE
    return working and crew.withdrawing and crew.out_at is None


def endangered(crew: Assignment) -> bool:
    """Whether people of it are counted inside, or it is silent, or to come out and not out yet."""
    return bool(crew.inside) or crew.missed_at is not None or called_out(crew)
