"""Idempotency keys: one turn for each, for thirty days, whatever it answered."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas.ids import command_id
from schemas.refusals import Refusal
from schemas.turns import Envelope
from schemas.values import AccountId, AreaId, OperationId, Role
from streams.area import Area
from streams.checkpoint import state_hash
from streams.parameters import DAY, KEY_LIFE, MINUTE
from streams.rules import DECIDE
from streams.turning import KeyReused, Repeat, RuleFailed, Taken
from streams.verify import verify
from tests.streams.world import DESK, EXERCISE, START, WENZHOU, World, divisions


def answered(taken: Taken | Repeat) -> int:
    """The sequence of the earlier turn that answers; an AssertionError for a new turn."""
    assert isinstance(taken, Repeat)
    return taken.sequence


def refusal(taken: Taken | Repeat) -> Refusal | None:
    assert isinstance(taken, Taken)
    return taken.turn.refusal


def published() -> tuple[World, Envelope]:
    """A world in which a demand was published under a key."""
    world = World()
    envelope = world.envelope(DESK, world.demand_command(world.incident()), key="once")
    world.take(envelope)
    return world, envelope


def test_a_repeated_key_is_answered_from_the_first_turn() -> None:
    world, envelope = published()
    first, before = world.area.sequence, state_hash(world.area)
    world.at += 60 * MINUTE
    assert answered(world.take(envelope)) == first
    assert state_hash(world.area) == before


def test_a_key_lives_thirty_days_and_then_it_has_expired() -> None:
    world, envelope = published()
    first = world.area.sequence
    world.at = START + KEY_LIFE
    world.grant("anybody", Role.REVIEWER, division=world.township)  # turns are what lets keys go
    assert answered(world.take(envelope)) == first
    world.at += 1
    world.grant("somebody", Role.REVIEWER, division=world.township)
    late = world.take(envelope)
    assert refusal(late) is Refusal.KEY_EXPIRED
    assert len(world.area.operations[EXERCISE].demands) == 1
    assert verify(Area(WENZHOU, divisions()), world.log).sound


def test_thirty_days_are_thirty_days() -> None:
    assert KEY_LIFE == 30 * DAY == 2_592_000_000


@pytest.mark.parametrize("what", ["organization", "incident"])
def test_an_expired_key_makes_nothing_twice(what: str) -> None:
    world = World()
    world.organization("first")
    world.incident()
    kind = {"organization": c.RegisterOrganization, "incident": c.OpenIncident}[what]
    first = next(taken.turn for taken in world.turns if isinstance(taken.turn.command, kind))
    world.at += KEY_LIFE + 1
    world.grant("somebody", Role.REVIEWER, division=world.township)
    again = replace(world.envelope(first.actor, first.command), command_id=first.command_id)
    assert refusal(world.take(again)) is Refusal.KEY_EXPIRED


def test_keys_do_not_pile_up() -> None:
    world = World()
    for _ in range(5):
        world.at += KEY_LIFE + 1
        world.grant("somebody", Role.REVIEWER, division=world.township)
    assert len(world.area.keys) == 1


@pytest.mark.parametrize("field", ["body", "personal"])
def test_a_key_with_another_body_is_refused_without_a_turn(field: str) -> None:
    world, envelope = published()
    signed = replace(envelope, command_id=command_id(WENZHOU, EXERCISE, DESK, "twice"))
    signed = replace(signed, personal="digest")
    world.take(signed)
    before = world.area.sequence, state_hash(world.area)
    with pytest.raises(KeyReused):
        world.take(replace(signed, **{field: "other"}))
    assert (world.area.sequence, state_hash(world.area)) == before


def test_personal_digests_are_not_compared_once_their_key_is_gone() -> None:
    world, envelope = published()
    assert answered(world.take(replace(envelope, personal="cannot be made"))) > 0
    signed = replace(envelope, command_id=command_id(WENZHOU, EXERCISE, DESK, "twice"))
    world.take(replace(signed, personal="digest"))
    assert answered(world.take(replace(signed, personal=""))) == world.area.sequence


def test_a_refusal_binds_its_key_too() -> None:
    world = World()
    envelope = world.envelope("stranger", c.OpenIncident(hazard="flood?", division=world.township))
    assert refusal(world.take(envelope)) is Refusal.NOT_FOUND
    refused_at = world.area.sequence
    world.grant("stranger", Role.DESK, division=world.township)
    assert answered(world.take(envelope)) == refused_at


def test_a_defect_binds_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    envelope = world.envelope(DESK, world.demand_command(world.incident()), key="once")
    with monkeypatch.context() as broken:
        broken.setitem(DECIDE, c.PublishDemand, _fails)
        with pytest.raises(RuleFailed):
            world.take(envelope)
    assert refusal(world.take(envelope)) is None


def _fails(*_: Any) -> None:
    raise ZeroDivisionError


def test_the_same_key_of_somebody_else_is_another_key() -> None:
    ids = {
        command_id(area, operation, AccountId(actor), key)
        for area in (WENZHOU, AreaId("3301"))
        for operation in (EXERCISE, OperationId("other"))
        for actor in ("a", "b")
        for key in ("k", "l")
    }
    assert len(ids) == 16


def test_a_turn_beyond_the_bounds_is_a_defect_and_leaves_no_trace() -> None:
    """A check, not an assertion: `python -O` decides the same."""
    world = World()
    incident = world.incident()
    before = state_hash(world.area)
    with patch("streams.turning.FACTS_MOST", 0), pytest.raises(RuleFailed):
        world.take(world.envelope(DESK, world.demand_command(incident)))
    assert state_hash(world.area) == before
