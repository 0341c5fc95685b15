"""A small world for tests of the rules: one area, given time, commands by name, facts back."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

import geo
from geo.divisions import DivisionTree
from schemas import commands as c
from schemas.ids import command_id, tick_id
from schemas.refusals import Refusal
from schemas.turns import OWNER, REGISTRY, Envelope
from schemas.values import (
    AccountId,
    AreaId,
    Capability,
    Certificate,
    DivisionCode,
    IncidentId,
    LineRequest,
    Mode,
    OperationId,
    OrganizationId,
    Purpose,
    RegistrationClass,
    Role,
    TimeSource,
)
from streams.area import Area
from streams.clock import due
from streams.turning import Repeat, Taken, take

WENZHOU, YONGJIA = AreaId("3303"), DivisionCode("330324")
EXERCISE = OperationId("exercise-test")
STEWARD, DESK, COUNTY = AccountId("steward"), AccountId("desk"), AccountId("county")
START = 1_753_900_000_000
Facts = tuple[Any, ...]  # a test knows which fact it looks at


@cache
def divisions() -> DivisionTree:
    return DivisionTree.load(Path(geo.__file__).parent / "data" / "zhejiang-2023.json")


def townships(county: DivisionCode = YONGJIA) -> tuple[str, ...]:
    """A county's townships, in the order of their codes."""
    return tuple(sorted(divisions().children(county)))


def county_of(area: AreaId) -> DivisionCode:
    """Yongjia in Wenzhou; elsewhere the county with the most townships."""
    if area == WENZHOU:
        return YONGJIA
    counties = sorted(map(DivisionCode, divisions().children(area)))
    return max(counties, key=lambda county: len(townships(county)))


class World:
    """Holds the area, its log and all that was sent so far, and the present time.

    Every helper is one command.
    """

    def __init__(
        self, *, time_source: TimeSource = TimeSource.GIVEN, area: AreaId = WENZHOU
    ) -> None:
        self.area = Area(area, divisions())
        self.county = county_of(area)
        self.sent: list[Envelope] = []
        self.at = START
        self.log: list[bytes] = []
        self.turns: list[Taken] = []
        self._count = 0
        opening = c.OpenLog(
            purpose=Purpose.EXERCISE,
            time_source=time_source,
            area=self.area.id,
            divisions=divisions().sha256,
            steward=STEWARD,
        )
        self.send(OWNER, opening)
        self.grant(COUNTY, Role.DESK, division=self.county)
        self.grant(DESK, Role.DESK, division=self.township)

    @property
    def township(self) -> DivisionCode:
        return DivisionCode(townships(self.county)[0])

    def envelope(self, actor: str, command: c.Command, key: str | None = None) -> Envelope:
        self._count += 1
        registry = isinstance(command, c.RegistryCommand)
        operation = REGISTRY if registry else EXERCISE
        if isinstance(command, c.Tick):
            made = tick_id(self.area.id, operation, command.number)
        else:
            made = command_id(self.area.id, operation, AccountId(actor), key or f"k{self._count}")
        return Envelope(
            area=self.area.id,
            operation=operation,
            mode=None if registry else Mode.EXERCISE,
            actor=AccountId(actor),
            command_id=made,
            command=command,
            body=msgspec.json.encode(command).hex()[-32:],
            at=self.at,
        )

    def take(self, envelope: Envelope) -> Taken | Repeat:
        self.sent.append(envelope)
        taken = take(self.area, envelope, self.at)
        if isinstance(taken, Taken):
            self.turns.append(taken)
            self.log.append(taken.stored)
        return taken

    def send(self, actor: str, command: c.Command, key: str | None = None) -> Facts:
        """The facts of the command's turn; an AssertionError where it is refused."""
        taken = self.take(self.envelope(actor, command, key))
        assert isinstance(taken, Taken)
        assert taken.turn.refusal is None, taken.turn.refusal
        return taken.turn.facts

    def refused(self, actor: str, command: c.Command) -> Refusal:
        """Why the command is refused; an AssertionError where it is not, or leads to a fact."""
        taken = self.take(self.envelope(actor, command))
        assert isinstance(taken, Taken)
        assert taken.turn.refusal is not None, "was not refused"
        assert taken.turn.facts == ()
        return taken.turn.refusal

    def tick(self) -> Facts:
        """The tick that is due next, whether or not it has anything to do."""
        found = due(self.area)
        number = found[2] if found else self.area.operations[EXERCISE].count("tick") + 1
        return self.send(OWNER, c.Tick(number=number))

    def wait(self, *, minutes: int) -> list[Any]:
        """Let time pass, with every tick that is due on the way."""
        until = self.at + minutes * 60_000
        facts: list[Any] = []
        for _ in range(10_000):
            found = due(self.area)
            if found is None or found[0] > until:
                self.at = until
                return facts
            self.at = max(self.at, found[0])
            facts += self.tick()
        raise AssertionError("ticks without end")

    def grant(self, account: str, role: Role, **scope: Any) -> None:
        self.send(STEWARD, c.GrantRole(account=AccountId(account), role=role, **scope))

    def organization(
        self,
        name: str,
        *,
        skill: str = "PUMP_DRAIN",
        units: int = 1,
        township: int = 0,
        certificate: Certificate | None = None,
    ) -> OrganizationId:
        """Registers an organization with an account of the same name."""
        home = DivisionCode(townships(self.county)[township])
        facts = self.send(
            STEWARD,
            c.RegisterOrganization(
                name=name,
                registration_class=RegistrationClass.FILED,
                home=home,
                place=divisions().seat(home),
                capabilities=(Capability(skill=skill, units=units),),
                people=units * 6,
            ),
        )
        made: OrganizationId = only(facts).organization
        if certificate is not None:
            self.send(STEWARD, c.RecordCertificate(organization=made, certificate=certificate))
        self.grant(name, Role.ORGANIZATION, organization=made)
        return made

    def incident(self, hazard: str = "typhoon") -> IncidentId:
        facts = self.send(COUNTY, c.OpenIncident(hazard=hazard, division=self.county))
        opened: IncidentId = only(facts).incident
        return opened

    def demand_command(
        self,
        incident: IncidentId,
        *,
        priority: int = 1,
        township: int = 0,
        lines: int = 1,
        **request: Any,
    ) -> c.PublishDemand:
        """A demand of so many like lines; `request` holds what differs from one pump."""
        asked = {"skill": "PUMP_DRAIN", "minimum": 1, "target": 1, **request}
        return c.PublishDemand(
            incident=incident,
            kind="drainage",
            priority=priority,
            place=divisions().seat(townships(self.county)[township]),
            lines=(LineRequest(**asked),) * lines,
            risk_statement="水深约一米,注意用电安全",
            rally_point="镇政府门口",
        )

    def demand(self, incident: IncidentId, **wishes: Any) -> Facts:
        return self.send(DESK, self.demand_command(incident, **wishes))


def only(facts: Any, kind: type | None = None) -> Any:
    """The one fact (of a kind); an AssertionError where there is another number of them."""
    found = [fact for fact in facts if kind is None or isinstance(fact, kind)]
    assert len(found) == 1, [type(fact).__name__ for fact in facts]
    return found[0]


def kinds(facts: Any) -> list[str]:
    """The names of facts, in order."""
    return [type(fact).__name__ for fact in facts]
