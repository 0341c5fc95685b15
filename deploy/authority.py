"""Who may do what, asked of the policy itself: every operation, for every role, near and far.

One thing of each kind lies in one township; somebody who holds one grant asks about it. What the
rules' `permit` answers is a cell. docs/authority.md is these cells, and a test holds each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

import geo
from geo.divisions import DivisionTree
from schemas import commands as c
from schemas.refusals import Refusal
from schemas.values import (
    AccountId,
    AreaId,
    AssignmentId,
    DemandId,
    DivisionCode,
    IncidentId,
    Instant,
    LineId,
    OfferId,
    OrganizationId,
    Role,
    Stored,
    TaskId,
)
from schemas.villages import Village
from streams.policy import ROLES, permit
from streams.subjects import Asked, Held, Lies

AREA, COUNTY, OTHER_COUNTY = AreaId("3303"), DivisionCode("330324"), DivisionCode("330381")
ACTOR, AT = AccountId("actor"), 1_800_000_000_000
OWN, NEIGHBOR, NEAR, FAR, WORKER = map(
    OrganizationId, ("organization", "neighbor", "near", "far", "worker")
)
VILLAGE = "village"
FOR_ITSELF = (c.OfferHelp, c.ClaimTask)  # an organization asks for its own, wherever it is


class Grant(Stored):
    """What the actor holds."""

    role: Role
    division: DivisionCode | None = None
    organization: OrganizationId | None = None
    until: Instant | None = None
    village: str | None = None


class Relation(NamedTuple):
    """How what somebody holds lies to the thing; `place`: where the thing lies, `there`: at all."""

    name: str
    grant: Grant
    place: DivisionCode
    there: bool = True


class Cell(NamedTuple):
    """One answer: None where it may be done."""

    operation: type
    role: Role
    relation: str
    refusal: Refusal | None


@cache
def tree() -> DivisionTree:
    """The divisions that the program comes with."""
    return DivisionTree.load(Path(geo.__file__).parent / "data" / "zhejiang-2023.json")


def _townships(county: DivisionCode) -> list[DivisionCode]:
    return [DivisionCode(code) for code in sorted(tree().children(county))]


class Scene:
    """What is known: one of everything, at one place, and whoever asks."""

    def __init__(self, relation: Relation) -> None:
        self._relation = relation
        there, self._place = relation.there, relation.place
        self._lies = Lies(self._place) if there else None
        self._homes = {
            OWN: self._place,
            NEIGHBOR: self._place,
            WORKER: self._place,
            NEAR: _townships(COUNTY)[1],
            FAR: _townships(OTHER_COUNTY)[0],
        }

    @property
    def area(self) -> AreaId:
        return AREA

    @property
    def divisions(self) -> DivisionTree:
        return tree()

    def grants(self, account: AccountId) -> Iterable[Held]:
        if account == ACTOR:
            return (self._relation.grant,)
        return (Grant(role=Role.DESK, division=self._place),)

    def home(self, organization: OrganizationId) -> DivisionCode | None:
        return self._homes.get(organization)

    def guided(self, organization: OrganizationId) -> Village | None:
        return Village(division=self._place, name=VILLAGE) if organization == OWN else None

    def incident(self, id: IncidentId) -> DivisionCode | None:  # noqa: ARG002  # there is only one
        return self._place if self._lies else None

    def demand(self, id: DemandId) -> Lies | None:  # noqa: ARG002  # there is only one
        return self._lies

    def line(self, id: LineId) -> DemandId | None:  # noqa: ARG002  # there is only one
        return DemandId("demand") if self._lies else None

    def offer(self, id: OfferId) -> Asked | None:  # noqa: ARG002  # there is only one
        return Asked(DemandId("demand"), OWN) if self._lies else None

    def assignment(self, id: AssignmentId) -> Asked | None:  # noqa: ARG002  # there is only one
        return Asked(DemandId("demand"), OWN) if self._lies else None

    def task(self, id: TaskId) -> Lies | None:  # noqa: ARG002  # there is only one
        return self._lies and self._lies._replace(organization=OWN)

    def works_on(
        self,
        organization: OrganizationId,
        demand: DemandId,  # noqa: ARG002  # there is only one
    ) -> bool:
        return organization == WORKER


def relations(role: Role) -> tuple[Relation, ...]:
    """Near and far, for a role."""
    town, sibling = _townships(COUNTY)[:2]
    if role is Role.ORGANIZATION:
        held = {"own": OWN, "at_work": WORKER, "same_township": NEIGHBOR}
        held |= {"same_county": NEAR, "other_county": FAR}
        grants = {name: Grant(role=role, organization=each) for name, each in held.items()}
    else:
        scopes = {"own": town, "above": COUNTY, "area": DivisionCode(AREA)}
        scopes |= {"sibling": sibling, "other_county": OTHER_COUNTY}
        village = VILLAGE if role is Role.COMMITTEE else None
        grants = {
            name: Grant(role=role, division=code, village=village) for name, code in scopes.items()
        }
        if role is Role.COMMITTEE:
            other = Grant(role=role, division=town, village="another village")
            grants = {"own": grants["own"], "same_township": other, "sibling": grants["sibling"]}
    found = [Relation(name, grant, town) for name, grant in grants.items()]
    own = grants["own"]
    if role not in (Role.ORGANIZATION, Role.COMMITTEE):
        found.append(Relation("below", own, COUNTY))
    found.append(Relation("ended", msgspec.structs.replace(own, until=AT), town))
    found.append(Relation("other_mode", own, town, there=False))
    return tuple(found)


def cells() -> Iterator[Cell]:
    """Every answer, in the order of the operations."""
    for operation in ROLES:
        for role in Role:
            for relation in relations(role):
                command = sample(operation, relation.place)
                own = relation.grant.organization
                if operation in FOR_ITSELF and own is not None:
                    command = msgspec.structs.replace(command, organization=own)
                refusal = permit(Scene(relation), ACTOR, command, AT)
                yield Cell(operation, role, relation.name, refusal)


def sample(operation: Any, place: DivisionCode) -> c.Command:
    """A command about the one thing of its kind, or for where that lies."""
    command: Any = _sample(operation, place)
    named: dict[str, Any] = {"role": Role.DESK} if "role" in operation.__struct_fields__ else {}
    if operation is c.GrantRole:
        named["division"] = place
    if operation is c.SeparateOrganizations:
        named["merged"] = OWN
    found: c.Command = msgspec.structs.replace(command, **named)
    return found


def _sample(kind: type, place: DivisionCode) -> Any:
    values = {
        field.encode_name: _plain(field.name, msgspec.inspect.type_info(field.type), place)
        for field in msgspec.structs.fields(kind)
        if field.required
    }
    return msgspec.convert(values, kind)


def _plain(name: str, info: Any, place: DivisionCode) -> Any:
    match info:
        case msgspec.inspect.UnionType():
            real = (t for t in info.types if not isinstance(t, msgspec.inspect.NoneType))
            return _plain(name, next(real), place)
        case msgspec.inspect.EnumType():
            return next(iter(info.cls)).value
        case msgspec.inspect.StructType():
            return msgspec.to_builtins(_sample(info.cls, place))
        case msgspec.inspect.VarTupleType():
            return [_plain(name.removesuffix("s"), info.item_type, place)]
        case msgspec.inspect.BoolType():
            return True
        case msgspec.inspect.IntType():
            return max(1, info.ge or 1) if info.le is None else min(info.le, 1)
    if name in ("division", "home"):
        return place
    return _PATTERNS.get(getattr(info, "pattern", None) or "", name)


_PATTERNS = {"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "2026-12-31", "^[0-9a-f]{64}$": "0" * 64}
