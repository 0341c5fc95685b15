"""Rules of the scene and of what crews are told that are wrong, for the laws to notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from streams import (
    assignment,
    beside,
    checking,
    exposed,
    gates,
    instructed,
    instruction,
    orders,
    outcome,
    pausing,
    quiet,
    shutting,
    terms,
)
from streams.matching import bars
from streams.rows import demands

Patch = pytest.MonkeyPatch


def silence_is_borne(patch: Patch) -> None:
    patch.setattr(checking, "CHECK_IN_GRACE", 24 * 3_600_000)


def missed_at_once(patch: Patch) -> None:
    patch.setattr(checking, "CHECK_IN_GRACE", 60_000)


def left_inside(patch: Patch) -> None:
    patch.setattr(assignment, "out", lambda *_: [])


def closed_over_whoever_is_told_to_leave(patch: Patch) -> None:
    patch.setattr(checking, "endangered", lambda _: None)


def led_farther_in(patch: Patch) -> None:
    patch.setattr(assignment, "kept_away", lambda *_: False)


def zones_are_open(patch: Patch) -> None:
    patch.setattr(shutting, "shut_by", lambda _, demand: demand)


def unread_for_seconds(patch: Patch) -> None:
    patch.setattr(instruction, "ACKNOWLEDGED_WITHIN", 30_000)


def who_cannot_say_yes_is_awaited(patch: Patch) -> None:
    patch.setattr(outcome, "unproved", lambda _: None)


def what_is_recorded_changes_nothing(patch: Patch) -> None:
    patch.setattr(terms, "proved", lambda *_: None)


def who_cannot_is_taken_for_willing(patch: Patch) -> None:
    patch.setattr(instructed.Order, "unable", property(lambda _: False))


def nobody_asks_whether_they_are_out(patch: Patch) -> None:
    patch.setattr(orders, "owes_out", lambda *_: False)


def silent_crews_are_borne_while_others_are_asked(patch: Patch) -> None:
    for module in (bars, gates):
        patch.setattr(module, "unheard", lambda _: None)


def who_leaves_is_asked_back(patch: Patch) -> None:
    patch.setattr(orders, "leaving", lambda *_: False)


def a_word_of_one_crew_answers_for_another_line(patch: Patch) -> None:
    itself = quiet._itself
    patch.setattr(quiet, "_itself", lambda *of: itself(*of) or quiet._somebodys(*of))


def the_lost_cover_all_the_same(patch: Patch) -> None:
    patch.setattr(demands, "lost", lambda *_: 0)


def it_goes_on_over_crews_in_danger(patch: Patch) -> None:
    patch.setattr(exposed, "crews", lambda *_: [])


def others_are_sent_where_a_crew_left(patch: Patch) -> None:
    patch.setattr(pausing, "because_of", lambda *_: [])


UNABLE = (
    ("asked", who_cannot_say_yes_is_awaited),
    ("unable", what_is_recorded_changes_nothing),
    ("owed", who_cannot_is_taken_for_willing),
    ("fit", silent_crews_are_borne_while_others_are_asked),
)
"""Of those who cannot do something, and of whom nothing is heard: with the law that notices."""


def only_the_same_demand_is_the_same_place(patch: Patch) -> None:
    patch.setattr(beside, "_near", lambda *_: iter(()))


def who_may_stay_is_told_as_well(patch: Patch) -> None:
    def all_of_them(_area: Any, operation: Any, key: Any, _cause: Any) -> Any:
        rows = operation.beside_for.of(key)
        return [operation.assignments[one.assignment] for one in rows]

    patch.setattr(beside, "owed", all_of_them)


def never_safe_again(patch: Patch) -> None:
    patch.setattr(beside, "safe", lambda *_: None)


BESIDE: list[tuple[str, Callable[[Patch], None]]] = [
    ("beside", only_the_same_demand_is_the_same_place),
    ("place safe", never_safe_again),
    ("may stay", who_may_stay_is_told_as_well),
]
