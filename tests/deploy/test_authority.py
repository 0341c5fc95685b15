"""Who may do what, cell by cell: as the table by hand has it, near and far, and on the page."""

from typing import get_args

import pytest

from deploy.authority import Cell, cells, relations
from deploy.authority_page import MARKS, RELATIONS, authority_page
from schemas import commands as c
from schemas.refusals import Refusal
from schemas.values import Role
from streams.policy import ROLES
from streams.review_codes import ROLES as ROLE_WORDS
from tests.streams.test_policy import OUTCOMES, TABLE

REGISTRY = set(get_args(c.RegistryCommand))
# Asked by the division that they name, whatever is there.
MADE_ANEW = {
    *(c.OpenIncident, c.JoinIncident, c.PublishDemand, c.DraftDemand, c.ReportNeed),
    *(c.TakeShift, c.HandOverShift, c.OpenShiftNote, c.UndoBatch),
}
FOR_ITSELF = {c.OfferHelp, c.ClaimTask}  # any organization of the county
COLUMNS = {Role.STEWARD: 0, Role.DESK: 2, Role.ORGANIZATION: 4, Role.REVIEWER: 6}
# The table by hand has the county's incidents, tasks that nobody has claimed, and a crew at work.
OF_INCIDENTS = {
    *(c.CloseIncident, c.ReopenIncident, c.InstructIncident, c.CloseZone, c.LiftFromIncident),
}
OTHER_THING = {c.OpenTask, c.DropTask, c.OpenSealedText}
FOUND = {(cell.operation, cell.role, cell.relation): cell.refusal for cell in cells()}
MISSING, NOT_FOUND = Refusal.ROLE_MISSING, Refusal.NOT_FOUND


def by_hand(operation: type, role: Role) -> Refusal | None:
    """What the table of `tests/streams/test_policy.py` says of somebody near."""
    line = TABLE[operation.__name__]
    if operation in OF_INCIDENTS and role in (Role.DESK, Role.REVIEWER):
        return OUTCOMES[line[1]] if role is Role.DESK else MISSING
    return OUTCOMES[line[COLUMNS[role]]]


def test_there_are_more_than_two_thousand_cells() -> None:
    assert len(FOUND) >= 2_000
    assert {operation for operation, _, _ in FOUND} == set(ROLES)
    assert len(FOUND) == len(ROLES) * sum(len(relations(role)) for role in Role)


@pytest.mark.parametrize("role", [Role.STEWARD, Role.DESK, Role.REVIEWER], ids=str)
def test_whoever_holds_a_division_may_what_the_table_says_there_and_from_above(role: Role) -> None:
    for operation in ROLES:
        near = [FOUND[operation, role, each] for each in ("own", "above", "area")]
        if operation is c.WithdrawIssuer:
            allowed = None if role is Role.STEWARD else MISSING
            assert near == [NOT_FOUND, NOT_FOUND, allowed]
        elif operation is c.TakeOnDemand:
            allowed = None if role is Role.DESK else MISSING
            assert near == [MISSING, allowed, allowed]
        else:
            assert near == [by_hand(operation, role)] * 3, operation


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_what_lies_elsewhere_or_was_over_does_not_exist(role: Role) -> None:
    for operation in ROLES:
        for relation in relations(role):
            if relation.name in ("own", "above", "area", "at_work", "other_mode"):
                continue
            near = role is Role.ORGANIZATION and relation.name.startswith("same")
            county = role is Role.DESK and relation.name in ("sibling", "below")
            may = (near and operation in FOR_ITSELF) or (county and operation is c.RecordSafeguards)
            found = FOUND[operation, role, relation.name]
            assert found is (None if may else NOT_FOUND), (operation, relation.name)


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_of_another_mode_is_only_what_has_none(role: Role) -> None:
    for operation in ROLES:
        has_none = operation in REGISTRY | MADE_ANEW
        expected = FOUND[operation, role, "own"] if has_none else NOT_FOUND
        assert FOUND[operation, role, "other_mode"] is expected, operation


def test_an_organization_may_what_the_table_says_of_its_own() -> None:
    for operation in set(ROLES) - OTHER_THING:
        assert FOUND[operation, Role.ORGANIZATION, "own"] is by_hand(
            operation, Role.ORGANIZATION
        ), operation
        at_work = FOUND[operation, Role.ORGANIZATION, "at_work"]
        reads = operation is c.OpenSealedText or operation in FOR_ITSELF
        assert at_work is (None if reads else NOT_FOUND), operation


def test_a_committee_speaks_for_its_village_and_what_that_guides_alone() -> None:
    for operation in ROLES:
        found = FOUND[operation, Role.COMMITTEE, "own"]
        if Role.COMMITTEE in ROLES[operation] and operation is not c.ConfirmAccess:
            assert found is None, operation
        else:
            assert found in (MISSING, NOT_FOUND), operation


def test_the_page_has_every_cell() -> None:
    """Read back from the page as a lawyer would: by role, line and column."""
    words = {f"## {each.zh} {each.en}": role for role, each in ROLE_WORDS.items()}
    names = {f"{each.zh} {each.en}": name for name, each in RELATIONS.items()}
    marks = {mark: refusal for refusal, mark in MARKS.items()}
    role, heads, read = None, [""], 0
    for line in authority_page().splitlines():
        if line.startswith("## "):
            role, heads = words.get(line), []
        elif line.startswith("| ") and role is not None and "---" not in line:
            first, *rest = (part.strip() for part in line.strip("|").split("|"))
            if not heads:
                heads = [names[each] for each in rest]
                continue
            counted = first.count("；") + 1
            for name, mark in zip(heads, rest, strict=True):
                alike = [cell for cell in _cells(role, name) if cell.refusal is marks[mark]]
                assert len(alike) >= counted
            read += counted * len(heads)
    assert read == len(FOUND)


def _cells(role: Role, relation: str) -> list[Cell]:
    return [
        Cell(*key, refusal)
        for key, refusal in FOUND.items()
        if key[1] is role and key[2] == relation
    ]
