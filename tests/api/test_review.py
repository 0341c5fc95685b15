"""Reviews: words for everything, nothing sealed, nobody else's, and parts that add up."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from api import reviewing
from api.review import reviews_of
from api.settings import DIVISIONS
from geo.divisions import DivisionTree
from schemas.commands import Command, PublishDemand
from schemas.facts import DeadlinesShifted, Fact
from schemas.refusals import Refusal
from schemas.turns import FORMAT, GENESIS, Turn
from schemas.values import (
    AccountId,
    CloseReason,
    CommandId,
    DeclineReason,
    DivisionCode,
    Gate,
    IncidentId,
    Mode,
    OperationId,
    OrganizationId,
    Purpose,
    RegistrationClass,
    Role,
    StandDownReason,
)
from schemas.views import DemandRow
from schemas.wire import decode_turn
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
from streams.review_words import CLASSES, FACTS, GATES, MARKS, PURPOSES, REASONS, ROLES
from tests.api.house import AREA, OTHER_TOWN, TOWN, House, Person, demand_body, opened

SECRET = "13800138000"


def members(union: Any) -> list[type]:
    return list(get_args(union))


@pytest.fixture(scope="module")
def tree() -> DivisionTree:
    return DivisionTree.load(DIVISIONS)


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
    if kind.__name__ not in ("Tick", "EndGrant"):
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


AREA_DIVISION = DivisionCode(AREA)


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


# Through the doors


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[tuple[House, dict[str, Any]]]:
    """A house in which one organization has accepted and the other has been asked for less."""
    async with opened(tmp_path / "data") as house:
        organization, crew = await house.organization()
        other, other_crew = await house.organization(skill="CATERING")
        desk = await house.desk()
        incident = await house.incident(desk)
        body = demand_body(incident, contact=SECRET, note="独居老人")
        demand = (await desk.post("/demands", body)).json
        offer = next(made["id"] for made in demand["made"] if made["fact"] == "OfferSent")
        assert (await crew.post(f"/offers/{offer}/accept", {"quantity": 1})).status == 200
        away = await house.desk(OTHER_TOWN)
        elsewhere = await house.person(Role.REVIEWER, division=OTHER_TOWN)
        try:
            yield (
                house,
                {
                    "incident": incident,
                    "demand": demand["id"],
                    "organization": organization,
                    "other": other,
                    "crew": crew,
                    "other_crew": other_crew,
                    "desk": desk,
                    "away": away,
                    "elsewhere": elsewhere,
                },
            )
        finally:
            reviews_of(house.app).close()


async def whole(person: Person, query: str = "", limit: int = 1_000) -> list[dict[str, Any]]:
    """The timeline, part by part."""
    entries: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        reply = await person.get(f"/review/timeline?after={after}&limit={limit}{query}")
        assert reply.status == 200, reply.content
        assert SECRET.encode() not in reply.content
        assert b"ciphertext" not in reply.content
        entries += reply.json["entries"]
        assert after != reply.json["next"]
        after = reply.json["next"]
    return entries


def kinds(entries: list[dict[str, Any]]) -> list[str]:
    return [fact["type"] for entry in entries for fact in entry["facts"]]


async def test_the_timeline_through_the_doors(told: tuple[House, dict[str, Any]]) -> None:
    _house, things = told
    desk, crew, away = things["desk"], things["crew"], things["away"]
    everything = await whole(desk)
    assert await whole(desk, limit=1) == everything
    incident = await whole(desk, f"&incident={things['incident']}")
    assert kinds(incident)[:3] == ["IncidentOpened", "DemandPublished", "OfferSent"]
    assert "OrganizationRegistered" in kinds(everything)
    assert "OrganizationRegistered" not in kinds(incident)
    accepted = [entry["command"] for entry in incident].index("AcceptOffer")
    assert kinds(incident[accepted:])[:2] == ["OfferAccepted", "AssignmentCommitted"]

    own = await whole(crew)
    named = {fact["organization"] for entry in own for fact in entry["facts"]}
    assert named == {things["organization"]}
    assert {"OfferSent", "OfferAccepted"} <= set(kinds(own))
    assert "DemandPublished" not in kinds(own)
    assert "OfferSent" not in kinds(await whole(things["other_crew"]))

    assert kinds(await whole(away, f"&incident={things['incident']}")) == []
    assert "DemandPublished" not in kinds(await whole(things["elsewhere"]))
    assert (await away.get("/review/timeline?incident=no-such")).json == {
        "entries": [],
        "next": None,
    }
    assert (await away.get("/review/timeline?limit=0")).status == 422


async def test_why_through_the_doors(told: tuple[House, dict[str, Any]]) -> None:
    house, things = told
    desk, crew, other_crew = things["desk"], things["crew"], things["other_crew"]
    put = house.context.feed.find("demand", things["demand"])
    assert put is not None
    assert isinstance(put.row, DemandRow)
    line = put.row.lines[0].id
    asked = f"/review/why?line={line}&organization="
    yes = (await desk.get(asked + things["organization"])).json
    assert yes["asked"]
    assert yes["gate"] is None
    assert yes["words"]["zh"]
    no = (await desk.get(asked + things["other"])).json
    assert (no["asked"], no["gate"]) == (False, "skill")
    assert no["words"]["en"]
    assert no["considered"] >= 1

    assert (await crew.get(asked + things["organization"])).json == yes
    assert (await other_crew.get(asked + things["other"])).json == no
    assert (await crew.get(asked + things["other"])).status == 404
    assert (await things["away"].get(asked + things["organization"])).status == 404
    assert (await desk.get(asked + "nobody")).status == 404
    assert (await desk.get(f"/review/why?line=x&organization={things['other']}")).status == 404


async def test_a_killed_process_is_replaced(told: tuple[House, dict[str, Any]]) -> None:
    house, things = told
    assert (await things["desk"].get("/review/timeline")).status == 200
    process = reviews_of(house.app)._process
    assert process is not None
    os.kill(process, signal.SIGKILL)
    assert (await things["desk"].get("/review/timeline")).code == "unavailable"
    assert (await things["desk"].get("/review/timeline")).status == 200


# In the process of reviews


async def test_the_state_is_folded_further_and_also_back(
    told: tuple[House, dict[str, Any]],
) -> None:
    house, _ = told
    query = reviewing.Query(house.context.settings.data, AREA)
    log = reviewing.Log(query)
    later = log.folded(house.sequence)
    assert later.sequence == house.sequence
    assert log.folded(house.sequence) is later
    earlier = log.folded(3)
    assert earlier.sequence == 3
    assert earlier is not later
    assert log.folded(5) is earlier
    assert earlier.sequence == 5


async def test_a_part_looks_at_a_bounded_number_of_turns(
    told: tuple[House, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, _ = told
    monkeypatch.setattr(reviewing, "TURNS_MAX", 2)
    query = reviewing.Query(house.context.settings.data, AREA)
    part = json.loads(reviewing.timeline(query, Scope(), 0, 100))
    assert part == {"entries": [], "next": 2}


async def test_a_ledger_learned_once_describes_any_part(
    told: tuple[House, dict[str, Any]], tree: DivisionTree
) -> None:
    house, _ = told
    turns = [decode_turn(stored) for stored in house.context.engine.read(AREA)]
    ledger, scope = Ledger(tree), Scope(divisions=(AREA_DIVISION,))
    first = [entry(ledger, turn, scope) for turn in turns]
    assert [entry(ledger, turn, scope) for turn in turns] == first
    assert ledger.sequence == len(turns)
