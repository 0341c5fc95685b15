"""Words for every fact, and who may read which part of a turn."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from geo.divisions import DivisionTree
from schemas.commands import Command, PublishDemand
from schemas.facts import DeadlinesShifted, Fact
from schemas.refusals import Refusal
from schemas.turns import FORMAT, GENESIS, Turn
from schemas.values import (
    AccountId,
    AreaId,
    CloseReason,
    CommandId,
    DeclineReason,
    DivisionCode,
    Gate,
    IncidentId,
    Medium,
    Mode,
    OperationId,
    OrganizationId,
    Purpose,
    RegistrationClass,
    Role,
    StandDownReason,
)
from streams.ledger import (
    About,
    KnownDemand,
    KnownIncident,
    KnownLine,
    KnownOrganization,
    KnownTask,
    Ledger,
)
from streams.review import Scope, entry, words
from streams.review_words import CLASSES, FACTS, GATES, MARKS, MEDIA, PURPOSES, REASONS, ROLES
from tests.streams.world import divisions

AREA, TOWN, OTHER_TOWN = AreaId("3303"), "330324001", "330324002"
AREA_DIVISION = DivisionCode(AREA)


def members(union: Any) -> list[type]:
    return list(get_args(union))


@pytest.fixture(scope="module")
def tree() -> DivisionTree:
    return divisions()


# Words


def known(tree: DivisionTree) -> Ledger:
    """A ledger in which every id that `sample` uses stands for something."""
    ledger = Ledger(tree)
    exercise, town = Mode.EXERCISE, DivisionCode(TOWN)
    ledger.organizations["organization"] = KnownOrganization("排涝队", town)
    ledger.incidents["incident"] = KnownIncident(1, "typhoon", town, exercise)
    ledger.demands["demand"] = KnownDemand(IncidentId("incident"), 2, "drainage", town, exercise)
    ledger.lines["line"] = KnownLine(sample_id("demand"), 1, "PUMP_DRAIN")
    ledger.offers["offer"] = (sample_id("line"), OrganizationId("organization"))
    ledger.assignments[sample_id("assignment")] = sample_id("offer")
    ledger.tasks["task"] = KnownTask(
        sample_id("demand"), 3, exercise, OrganizationId("organization")
    )
    return ledger


def sample_id(name: str) -> Any:
    """Ids in samples are spelled like the field that holds them."""
    return name


def sample(kind: type) -> Any:
    """Any value of a stored type: the last member of enumerations, 60,001 for numbers."""
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        values[field.encode_name] = plain(field.name, msgspec.inspect.type_info(field.type))
    return msgspec.convert(values, kind)


def plain(name: str, info: Any) -> Any:
    match info:
        case msgspec.inspect.UnionType():
            return plain(name, next(t for t in info.types if not is_none(t)))
        case msgspec.inspect.EnumType():
            return list(info.cls)[-1].value
        case msgspec.inspect.StructType():
            return msgspec.to_builtins(sample(info.cls))
        case msgspec.inspect.VarTupleType():
            return [plain(name, info.item_type)]
        case msgspec.inspect.BoolType():
            return True
        case msgspec.inspect.IntType():
            return info.le if info.le is not None and info.le < 60_001 else 60_001
    if getattr(info, "pattern", None) == "^[0-9a-f]{64}$":
        return GENESIS
    codes = {"division": TOWN, "home": TOWN, "area": AREA, "skill": "PUMP_DRAIN"}
    return codes.get(name) or {"kind": "drainage", "hazard": "typhoon"}.get(name, name)


def is_none(info: Any) -> bool:
    return isinstance(info, msgspec.inspect.NoneType)


@pytest.mark.parametrize("kind", members(Fact), ids=lambda kind: kind.__name__)
def test_every_fact_has_words_in_both_languages(kind: type, tree: DivisionTree) -> None:
    ledger = known(tree)
    fact = sample(kind)
    said = words(ledger, fact, ledger.about(fact), Mode.EXERCISE)
    for text in (said.zh, said.en):
        assert text.strip()
        assert text[-1] in ".。"
        assert not any(sign in text for sign in ("{", "}", "None", "True", "()"))
    assert any("\u4e00" <= char <= "\u9fff" for char in said.zh)
    assert said.en[0].isupper() or said.en.startswith("排涝队")
    if "{organization}" in FACTS[kind].zh:
        assert "排涝队" in said.zh
        assert "排涝队" in said.en


def test_every_code_has_words_in_both_languages() -> None:
    tables: list[tuple[Any, Any]] = [
        (CLASSES, RegistrationClass),
        (GATES, Gate),
        (MARKS, Mode),
        (MEDIA, Medium),
        (PURPOSES, Purpose),
        (REASONS, [*CloseReason, *DeclineReason, *StandDownReason]),
        (ROLES, Role),
    ]
    for table, codes in tables:
        assert {str(code) for code in codes} == {str(code) for code in table}
    assert set(FACTS) == set(members(Fact))
    named = [entry for table, _ in tables[:2] + tables[3:] for entry in table.values()]
    assert all(entry.zh and entry.en for entry in named)


@pytest.mark.parametrize("kind", members(Command), ids=lambda kind: kind.__name__)
def test_every_command_leads_somewhere(kind: type, tree: DivisionTree) -> None:
    about = known(tree).about(sample(kind))
    if kind.__name__ not in ("Tick", "EndGrant", "MoveLog", "ReceiveLog"):
        assert about.division in (TOWN, AREA)


def test_spoken_numbers_of_an_exercise_are_marked(tree: DivisionTree) -> None:
    ledger = known(tree)
    closed = sample(next(kind for kind in members(Fact) if kind.__name__ == "DemandClosed"))
    said = words(ledger, closed, ledger.about(closed), Mode.EXERCISE)
    assert "演2 号需求" in said.zh
    assert "demand X2" in said.en.lower().replace("x2", "X2")


# Scope and single turns


def turn_of(facts: tuple[Fact, ...], **more: Any) -> Turn:
    values: dict[str, Any] = {
        "format": FORMAT,
        "area": AREA,
        "sequence": 9,
        "at": 1_000_000,
        "previous": GENESIS,
        "rules": 1,
        "operation": OperationId("exercise"),
        "mode": Mode.EXERCISE,
        "actor": AccountId("somebody"),
        "command_id": CommandId("c"),
        "body": "",
        "personal": "",
        "tapped_at": None,
        "command": sample(PublishDemand),
        "facts": facts,
        "refusal": None,
        "subjects": (),
    }
    return Turn(**{**values, **more})


def test_a_standstill_concerns_every_desk_and_nobody_else(tree: DivisionTree) -> None:
    shifted = turn_of((DeadlinesShifted(by=600_000, at=1),))
    assert entry(known(tree), shifted, Scope(divisions=(DivisionCode(OTHER_TOWN),)))
    assert entry(known(tree), shifted, Scope(organizations=(OrganizationId("x"),))) is None


def test_refusals_are_shown_to_those_in_scope(tree: DivisionTree) -> None:
    refused = turn_of((), refusal=Refusal.INCIDENT_NOT_OPEN)
    shown = entry(known(tree), refused, Scope(divisions=(DivisionCode(TOWN),)))
    assert shown is not None
    assert shown.refusal is not None
    assert shown.refusal.code == "incident_not_open"
    assert entry(known(tree), refused, Scope(divisions=(DivisionCode(OTHER_TOWN),))) is None


@pytest.mark.parametrize(
    ("tapped", "doubtful"), [(None, False), (1_000_000 - 600_000, False), (1_600_001, True)]
)
def test_a_tap_far_from_rule_time_is_marked(
    tree: DivisionTree, tapped: int | None, doubtful: bool
) -> None:
    turn = turn_of((DeadlinesShifted(by=1, at=1),), tapped_at=tapped)
    shown = entry(known(tree), turn, Scope(divisions=(AREA_DIVISION,)))
    assert shown is not None
    assert shown.tap_doubtful is doubtful


def test_who_joined_an_incident_sees_the_incident_but_not_other_townships(
    tree: DivisionTree,
) -> None:
    ledger = known(tree)
    joined = Scope(divisions=(DivisionCode(OTHER_TOWN),))
    incident = About(incident=IncidentId("incident"), division=DivisionCode(TOWN))
    demand = incident._replace(demand=sample_id("demand"))
    assert not joined.shows(ledger, incident)
    known_incident = ledger.incidents["incident"]
    ledger.incidents["incident"] = known_incident._replace(joined=(DivisionCode(OTHER_TOWN),))
    assert joined.shows(ledger, incident)
    assert not joined.shows(ledger, demand)
