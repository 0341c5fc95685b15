"""Words for every fact, and who may read which part of a turn."""

from __future__ import annotations

import re
from typing import Any, get_args

import msgspec
import pytest

from geo.divisions import DivisionTree
from schemas.commands import Command, PublishDemand, SetOff
from schemas.facts import Fact, Resumed
from schemas.refusals import Refusal
from schemas.turns import FORMAT, GENESIS, Turn
from schemas.values import (
    AccountId,
    AreaId,
    ClaimEnd,
    CloseReason,
    CommandId,
    DeclineReason,
    DivisionCode,
    Gate,
    IncidentId,
    Medium,
    Mode,
    OpeningReason,
    OperationId,
    OrganizationId,
    Purpose,
    Reach,
    RegistrationClass,
    Role,
    StandDownReason,
    Step,
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
from streams.review import TAP_TOLERANCE, Scope, entry
from streams.review_codes import (
    CLAIM_ENDS,
    CLASSES,
    GATES,
    MARKS,
    MEDIA,
    OPENINGS,
    PURPOSES,
    REACHES,
    REASONS,
    ROLES,
    STEPS,
)
from streams.review_names import words
from streams.review_words import FACTS
from tests.streams.world import START, divisions

HALF_WIDTH = re.compile(r"[\u4e00-\u9fff」][,;:!?(]|[,;:!?)][\u4e00-\u9fff「]")
AREA, TOWN, OTHER_TOWN = AreaId("3303"), "330324001", "330324002"
AREA_DIVISION = DivisionCode(AREA)


PATTERNS = {
    "^[0-9a-f]{64}$": GENESIS,
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "2026-12-31",
    "^[0-9A-Z]{18}$": "51330324MJ8000001X",
}


def members(union: Any) -> list[type]:
    return list(get_args(union))


@pytest.fixture(scope="module")
def tree() -> DivisionTree:
    return divisions()


# Words


def known(tree: DivisionTree) -> Ledger:
    """A ledger in which every id that `sample` uses stands for something."""
    ledger = Ledger(tree)
    ledger.area = AREA_DIVISION
    exercise, town = Mode.EXERCISE, DivisionCode(TOWN)
    ledger.organizations["organization"] = KnownOrganization("排涝队", town)
    ledger.organizations["merged"] = KnownOrganization("排涝二队", town)
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
            return [plain(name.removesuffix("s"), info.item_type)]
        case msgspec.inspect.BoolType():
            return True
        case msgspec.inspect.IntType():
            return info.le if info.le is not None and info.le < 60_001 else 60_001
    pattern = getattr(info, "pattern", None)
    if pattern in PATTERNS:
        return PATTERNS[pattern]
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
        assert not any(sign in text for sign in ("{", "}", "None", "True", "()", "（）"))
    assert any("\u4e00" <= char <= "\u9fff" for char in said.zh)
    assert not HALF_WIDTH.search(said.zh), "Chinese has full-width punctuation"
    assert said.en[0].isupper() or said.en.startswith("排涝")
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
        (STEPS, Step),
        (CLAIM_ENDS, ClaimEnd),
        (OPENINGS, OpeningReason),
        (REACHES, Reach),
        (REASONS, [*CloseReason, *DeclineReason, *StandDownReason]),
        (ROLES, Role),
    ]
    for table, codes in tables:
        assert {str(code) for code in codes} == {str(code) for code in table}
    assert set(FACTS) == set(members(Fact))
    named = [entry for table, _ in tables[:2] + tables[3:] for entry in table.values()]
    assert all(entry.zh and entry.en for entry in named)


# They concern the whole area, or a grant of which only its account is named.
ACCESS = ("MakeLink", "UseLink", "EndSessions", "ConfirmAccess", "EndGrant")
NOWHERE = (*ACCESS, "Tick", "Resume", "MoveLog", "ReceiveLog", "ChangeRules", "WithdrawIssuer")


@pytest.mark.parametrize("kind", members(Command), ids=lambda kind: kind.__name__)
def test_every_command_leads_somewhere(kind: type, tree: DivisionTree) -> None:
    about = known(tree).about(sample(kind))
    if kind.__name__ not in NOWHERE:
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
        "settled": True,
        "refusal": None,
        "subjects": (),
    }
    return Turn(**{**values, **more})


RESUMED = Resumed(lost=600_000, quiet_until=120_001, at=1)


def test_a_standstill_concerns_every_desk_and_nobody_else(tree: DivisionTree) -> None:
    resumed = turn_of((RESUMED,))
    assert entry(known(tree), resumed, Scope(divisions=(DivisionCode(OTHER_TOWN),)))
    assert entry(known(tree), resumed, Scope(organizations=(OrganizationId("x"),))) is None


def test_refusals_are_shown_to_those_in_scope(tree: DivisionTree) -> None:
    refused = turn_of((), refusal=Refusal.INCIDENT_NOT_OPEN)
    shown = entry(known(tree), refused, Scope(divisions=(DivisionCode(TOWN),)))
    assert shown is not None
    assert shown.refusal is not None
    assert shown.refusal.code == "incident_not_open"
    assert entry(known(tree), refused, Scope(divisions=(DivisionCode(OTHER_TOWN),))) is None


@pytest.mark.parametrize(
    ("tapped", "doubtful"),
    [
        (None, False),
        (1_000_000 - TAP_TOLERANCE, False),
        (1_000_000 + TAP_TOLERANCE, False),
        (1_000_000 - TAP_TOLERANCE - 1, True),
        (1_000_000 + TAP_TOLERANCE + 1, True),
    ],
)
def test_a_tap_counts_where_it_can_be_true(
    tree: DivisionTree, tapped: int | None, doubtful: bool
) -> None:
    """Given a phone without signal, then what it claims counts within ten minutes of rule time;
    what lies farther off is shown, marked, and does not count."""
    turn = turn_of((RESUMED,), tapped_at=tapped, command=sample(SetOff))
    shown = entry(known(tree), turn, Scope(divisions=(AREA_DIVISION,)))
    assert shown is not None
    assert (shown.tap_doubtful, shown.tapped_at) == (doubtful, tapped)
    credible = turn.at if tapped is None or doubtful else min(tapped, turn.at)
    assert shown.happened_at == credible


def test_nobody_is_in_time_by_a_claim(tree: DivisionTree) -> None:
    """Given a tap from before the crew was committed, then it counts from then on; and what a
    desk publishes happened when it was published, whatever its device says."""
    ledger, scope = known(tree), Scope(divisions=(AREA_DIVISION,))
    step = sample(SetOff)
    ledger.beginnings[step.assignment] = 900_000
    early = turn_of((RESUMED,), tapped_at=600_000, command=step)
    posted = turn_of((RESUMED,), tapped_at=900_000)
    shown = [entry(ledger, turn, scope) for turn in (early, posted)]
    assert [item.happened_at for item in shown if item is not None] == [900_000, 1_000_000]


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


# Sentences


def said(tree: DivisionTree, name: str, **differs: Any) -> tuple[str, str]:
    """What a fact says that differs from its sample."""
    ledger = known(tree)
    kind = next(kind for kind in members(Fact) if kind.__name__ == name)
    fact = msgspec.structs.replace(sample(kind), **differs)
    text = words(ledger, fact, ledger.about(fact), Mode.ACTUAL)
    return text.zh, text.en


def test_units_are_counted_in_their_own_words(tree: DivisionTree) -> None:
    zh, en = said(tree, "OfferAccepted", quantity=2, minutes=None, late=False, by_desk=False)
    assert "2 台" in zh
    assert "2 pumps" in en


def test_a_request_by_hand_says_that_a_desk_chose(tree: DivisionTree) -> None:
    zh, en = said(tree, "OfferSent", rank=0)
    assert "由值班室直接请求" in zh
    assert "by the desk itself" in en
    assert "number" not in en


def test_what_a_desk_heard_on_the_telephone_is_marked(tree: DivisionTree) -> None:
    zh, en = said(tree, "OfferAccepted", by_desk=True)
    assert "电话代录" in zh
    assert "值班台" not in zh
    assert "by phone" in en


def test_what_a_committee_records_bears_its_village(tree: DivisionTree) -> None:
    zh, en = said(tree, "OfferAccepted", by_desk=False, by_committee="岭下村")
    assert "岭下村村（居）委会代录" in zh
    assert "recorded by the village committee of 岭下村" in en


def test_silence_is_said_with_when_it_is_asked_again(tree: DivisionTree) -> None:
    zh, en = said(tree, "OfferExpired", at=START, again_at=START + 600_000)
    assert "07:36" in zh
    assert "asked again from 07:36" in en


def test_many_lines_looked_at_are_a_number(tree: DivisionTree) -> None:
    many = tuple(sample_id("line") for _ in range(50))
    zh, en = said(tree, "LinesLookedAt", lines=many)
    assert "50 项需求" in zh
    assert "50 lines" in en
