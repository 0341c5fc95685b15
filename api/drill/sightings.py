"""Sightings: what rows show only for a while, kept by whoever hears every change of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from schemas.views import AssignmentRow, OfferRow, Row

OVERDUE = "overdue"  # a crew was missed
UNDONE = "undone"  # a crew is farther back than it was said to be
STANDBY_TAKEN = "standby_taken"  # somebody who would still come was taken on

AT_WORK = ("committed", "en_route", "on_scene", "reported_done")


class Sightings:
    """By kind, the ids of the rows that showed it, since this was begun."""

    def __init__(self) -> None:
        self.of: defaultdict[str, set[str]] = defaultdict(set)

    def note(self, before: Row | None, row: Row) -> None:
        """A row has taken the place of the one before it."""
        for kind in _kinds(before, row):
            self.of[kind].add(row.id)


def _kinds(before: Row | None, row: Row) -> Iterator[str]:
    if isinstance(row, AssignmentRow) and row.overdue:
        yield OVERDUE
    match before, row:
        case AssignmentRow(), AssignmentRow() if _is_back(before, row):
            yield UNDONE
        case OfferRow(state="standby"), OfferRow(state="accepted", kept=True):
            yield STANDBY_TAKEN


def _is_back(before: AssignmentRow, row: AssignmentRow) -> bool:
    """What is sent back as not done is none of it: that crew was on the scene."""
    left = before.set_off_at is not None and row.set_off_at is None
    came = before.arrived_at is not None and row.arrived_at is None
    return left or came or (before.state == "given_up" and row.state in AT_WORK)
