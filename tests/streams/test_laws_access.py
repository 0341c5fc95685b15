"""Nobody is a second person to themselves, on random play; and the law notices a wrong rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.values import AccountId
from streams import access, second_person
from streams.area import Area
from streams.grants import LetIn
from tests.streams.laws_access import Access

Patch = pytest.MonkeyPatch
SEEDS, STEPS = range(12), 150


@pytest.mark.parametrize("seed", SEEDS)
def test_only_somebody_who_is_neither_nor_stands_behind_the_first_one_is_a_second_person(
    seed: int,
) -> None:
    played = Access(seed).run(STEPS)
    assert played.complaints == []
    assert played.agreed > 20
    assert played.refused > 50


def _everybody_is_only_themselves(patch: Patch) -> None:
    def own(_area: Area, account: AccountId, _at: int) -> tuple[AccountId, ...]:
        return (account,)

    for module in (second_person, access):
        patch.setattr(module, "hands", own)


def _only_the_last_link_counts(patch: Patch) -> None:
    def last(area: Area, account: AccountId, entry: LetIn) -> None:
        area.registry.let_in.put(account, (entry,))

    for module in (second_person, access):
        patch.setattr(module, "let_in", last)


def _a_first_link_does_not_count(patch: Patch) -> None:
    remember = second_person.let_in

    def but_first(area: Area, account: AccountId, entry: LetIn) -> None:
        if entry.link is not None:
            remember(area, account, entry)

    for module in (second_person, access):
        patch.setattr(module, "let_in", but_first)


def _who_had_let_that_one_in_does_not_count(patch: Patch) -> None:
    remember = second_person.let_in

    def shallow(area: Area, account: AccountId, entry: LetIn) -> None:
        remember(area, account, replace(entry, behind=entry.behind[:1]))

    for module in (second_person, access):
        patch.setattr(module, "let_in", shallow)


def _it_counts_for_ever(patch: Patch) -> None:
    patch.setattr(second_person, "LET_IN_LATELY", 10**13)


def _its_owner_counts_as_nobody(patch: Patch) -> None:
    patch.setattr(second_person, "OWNER", AccountId("nobody"))


WRONG: tuple[Callable[[Patch], Any], ...] = (
    _everybody_is_only_themselves,
    _only_the_last_link_counts,
    _a_first_link_does_not_count,
    _who_had_let_that_one_in_does_not_count,
    _it_counts_for_ever,
    _its_owner_counts_as_nobody,
)


@pytest.mark.parametrize("wrong", WRONG)
def test_the_law_notices(wrong: Callable[[Patch], Any], monkeypatch: Patch) -> None:
    wrong(monkeypatch)
    assert any(Access(seed).run(STEPS).complaints for seed in SEEDS)
