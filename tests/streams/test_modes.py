"""Modes: exercises and actual work never mix, from the log's first record on."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from schemas import commands as c
from schemas import wire
from schemas.ids import command_id
from schemas.refusals import Refusal
from schemas.turns import OWNER, REGISTRY, Envelope
from schemas.values import (
    AccountId,
    AreaId,
    DivisionCode,
    Mode,
    OperationId,
    Purpose,
    Role,
    TimeSource,
)
from streams.area import Area
from streams.turning import Repeat, Taken, fold, take
from streams.verify import verify
from streams.versions import present
from tests.streams.world import COUNTY, DESK, START, STEWARD, WENZHOU, World, divisions


def refusal(taken: Taken | Repeat) -> Refusal | None:
    assert isinstance(taken, Taken)
    return taken.turn.refusal


def opened(purpose: Purpose) -> Area:
    """The area of a log just opened for a purpose, with a desk of Yongjia."""
    area = Area(WENZHOU, divisions())
    opening = c.OpenLog(
        purpose=purpose,
        time_source=TimeSource.GIVEN,
        area=WENZHOU,
        divisions=divisions().sha256,
        steward=STEWARD,
        rules=present().number,
    )
    sent(area, OWNER, opening, REGISTRY, None)
    grant = c.GrantRole(account=COUNTY, role=Role.DESK, division=DivisionCode("330324"))
    sent(area, STEWARD, grant, REGISTRY, None)
    return area


def sent(
    area: Area, actor: str, command: c.Command, operation: str, mode: Mode | None
) -> Refusal | None:
    """The refusal of a command sent to an operation in a mode."""
    envelope = Envelope(
        area=WENZHOU,
        operation=OperationId(operation),
        mode=mode,
        actor=AccountId(actor),
        command_id=command_id(
            WENZHOU, OperationId(operation), AccountId(actor), str(area.sequence)
        ),
        command=command,
    )
    return refusal(take(area, envelope, START))


INCIDENT = c.OpenIncident(hazard="typhoon", division=DivisionCode("330324"))


@pytest.mark.parametrize(
    ("purpose", "modes"),
    [
        (Purpose.OPERATIONS, {Mode.ACTUAL, Mode.EXERCISE, Mode.TEST}),
        (Purpose.EXERCISE, {Mode.EXERCISE, Mode.TEST}),
        (Purpose.HISTORY, {Mode.ACTUAL, Mode.EXERCISE, Mode.TEST}),
        (Purpose.COMPARISON, {Mode.ACTUAL, Mode.EXERCISE, Mode.TEST}),
    ],
)
def test_a_log_takes_only_the_modes_of_its_purpose(purpose: Purpose, modes: set[Mode]) -> None:
    for mode in Mode:
        area = opened(purpose)
        found = sent(area, COUNTY, INCIDENT, f"operation {mode}", mode)
        assert found is (None if mode in modes else Refusal.MODE_MISMATCH)
        assert bool(area.operations.rows) is (mode in modes)


def test_an_operation_keeps_its_mode() -> None:
    area = opened(Purpose.OPERATIONS)
    assert sent(area, COUNTY, INCIDENT, "one", Mode.ACTUAL) is None
    for other in (Mode.EXERCISE, Mode.TEST):
        again = replace(INCIDENT, hazard="earthquake")
        assert sent(area, COUNTY, again, "one", other) is Refusal.MODE_MISMATCH


@pytest.mark.parametrize(
    ("operation", "mode"), [("one", Mode.ACTUAL), ("one", None), (REGISTRY, Mode.ACTUAL)]
)
def test_the_registry_has_neither_operation_nor_mode(operation: str, mode: Mode | None) -> None:
    area = opened(Purpose.OPERATIONS)
    grant = c.GrantRole(account=DESK, role=Role.DESK, division=DivisionCode("330324"))
    assert sent(area, STEWARD, grant, operation, mode) is Refusal.MODE_MISMATCH


@pytest.mark.parametrize(
    ("operation", "mode"), [(REGISTRY, Mode.ACTUAL), (REGISTRY, None), ("one", None)]
)
def test_an_incident_has_both(operation: str, mode: Mode | None) -> None:
    area = opened(Purpose.OPERATIONS)
    assert sent(area, COUNTY, INCIDENT, operation, mode) is Refusal.MODE_MISMATCH


def test_a_log_is_opened_first_and_once() -> None:
    area = Area(WENZHOU, divisions())
    assert sent(area, COUNTY, INCIDENT, "one", Mode.ACTUAL) is Refusal.LOG_NOT_OPEN
    again = c.OpenLog(
        purpose=Purpose.OPERATIONS,
        time_source=TimeSource.LIVE,
        area=WENZHOU,
        divisions=divisions().sha256,
        steward=AccountId("somebody else"),
        rules=present().number,
    )
    opened_already = opened(Purpose.EXERCISE)
    assert sent(opened_already, OWNER, again, REGISTRY, None) is Refusal.LOG_ALREADY_OPEN
    assert opened_already.purpose is Purpose.EXERCISE
    assert opened_already.registry.grants.get(AccountId("somebody else")) is None


def test_a_log_is_opened_for_its_own_area() -> None:
    area = Area(WENZHOU, divisions())
    elsewhere = c.OpenLog(
        purpose=Purpose.EXERCISE,
        time_source=TimeSource.GIVEN,
        area=AreaId("3301"),
        divisions=divisions().sha256,
        steward=STEWARD,
        rules=present().number,
    )
    assert sent(area, OWNER, elsewhere, REGISTRY, None) is Refusal.DIVISION_UNKNOWN
    assert area.purpose is None


def test_a_log_of_other_rules_is_neither_gone_on_with_nor_judged() -> None:
    """Given a turn that newer rules decided, then this program folds and verifies none of it."""
    world = World()
    later = replace(wire.decode_turn(world.log[0]), rules=2)
    with pytest.raises(wire.NotReadable) as refused:
        fold(Area(WENZHOU, divisions()), wire.encode(later))
    assert refused.value.newer
    verdict = verify(Area(WENZHOU, divisions()), [wire.encode(later)])
    assert (verdict.bad, verdict.chain) == (1, "ok")
    assert "rules 2" in verdict.replay
