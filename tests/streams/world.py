"""A small world for tests of the rules: one area, given time, commands by name, facts back."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

import geo
from geo.divisions import DivisionTree
from schemas import commands as c
from schemas import facts as f
from schemas.codes import SKILLS
from schemas.ids import command_id, digest_of, tick_id
from schemas.refusals import Refusal
from schemas.turns import OWNER, REGISTRY, Envelope
from schemas.values import (
    AccountId,
    AreaId,
    AssignmentId,
    Capability,
    Certificate,
    CloseReason,
    DeclineReason,
    DemandId,
    DivisionCode,
    IncidentId,
    Instant,
    LineRequest,
    Mode,
    OperationId,
    OrganizationId,
    Purpose,
    RegistrationClass,
    Role,
    Sealed,
    TimeSource,
)
from streams.area import Area, Operation
from streams.clock import due
from streams.incident import live_in
from streams.turning import Repeat, Taken, take
from streams.versions import present

WENZHOU, YONGJIA = AreaId("3303"), DivisionCode("330324")
EXERCISE = OperationId("exercise-test")
COMMITTEE, VILLAGE = AccountId("committee"), "岭下村"  # in the first township
STEWARD, DESK, COUNTY = AccountId("steward"), AccountId("desk"), AccountId("county")
START = 1_753_918_000_000  # 2025-07-31, 07:26:40 in China, where it is the 30th in UTC still
SEALED = Sealed(key="incident-1", nonce="00" * 12, ciphertext="c2VhbGVk")
MADE: list[World] = []  # by the test that runs
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
        self,
        *,
        time_source: TimeSource = TimeSource.GIVEN,
        area: AreaId = WENZHOU,
        mode: Mode = Mode.EXERCISE,
    ) -> None:
        self.area = Area(area, divisions())
        self.county = county_of(area)
        self.mode = mode
        self.sent: list[Envelope] = []
        self.at = START
        self.log: list[bytes] = []
        self.turns: list[Taken] = []
        self._count = 0
        MADE.append(self)
        opening = c.OpenLog(
            purpose=Purpose.OPERATIONS if mode is Mode.ACTUAL else Purpose.EXERCISE,
            time_source=time_source,
            area=self.area.id,
            divisions=divisions().sha256,
            steward=STEWARD,
            rules=present().number,
        )
        self.send(OWNER, opening)
        # The township's first: once there is a desk above, it would have to confirm that one.
        self.grant(DESK, Role.DESK, division=self.township)
        self.grant(COUNTY, Role.DESK, division=self.county)

    @property
    def township(self) -> DivisionCode:
        return DivisionCode(townships(self.county)[0])

    def envelope(self, actor: str, command: c.Command, key: str | None = None) -> Envelope:
        self._count += 1
        registry = isinstance(command, c.RegistryCommand)
        operation = REGISTRY if registry else EXERCISE
        if isinstance(command, c.Tick | c.Resume):
            made = tick_id(self.area.id, operation, command.number)
        else:
            made = command_id(self.area.id, operation, AccountId(actor), key or f"k{self._count}")
        return Envelope(
            area=self.area.id,
            operation=operation,
            mode=None if registry else self.mode,
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
        return self.until(self.at + minutes * 60_000)

    def until(self, end: Instant, kind: type | None = None) -> list[Any]:
        """Let time pass to its end, or to the first tick with a fact of a kind."""
        facts: list[Any] = []
        for _ in range(10_000):
            found = due(self.area)
            if found is None or found[0] > end:
                self.at = end
                return facts
            self.at = max(self.at, found[0])
            facts += self.tick()
            if kind is not None and any(isinstance(fact, kind) for fact in facts):
                return facts
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
        registration_class: RegistrationClass | None = None,
        village: str | None = None,
    ) -> OrganizationId:
        """Registers an organization with an account of the same name.

        It is registered with civil affairs, unless a class is named; or a village, which guides it.
        """
        usual = RegistrationClass.VILLAGE_GUIDED if village else RegistrationClass.REGISTERED
        home = DivisionCode(townships(self.county)[township])
        facts = self.send(
            STEWARD,
            c.RegisterOrganization(
                name=name,
                registration_class=registration_class or usual,
                home=home,
                place=divisions().seat(home),
                capabilities=(Capability(skill=skill, units=units),),
                people=units * 6,
                village=village,
            ),
        )
        made: OrganizationId = only(facts).organization
        if certificate is not None:
            held = c.RecordCertificate(organization=made, certificate=certificate, insist=True)
            self.send(STEWARD, held)
        self.grant(name, Role.ORGANIZATION, organization=made)
        return made

    def safeguard(self, organization: OrganizationId) -> None:
        """What hazardous work asks for is on record of it."""
        insured = c.RecordSafeguards(
            organization=organization, adults_only=True, insured_through="2026-12-31"
        )
        self.send(STEWARD, insured)

    def close_incident(self, incident: IncidentId) -> Facts:
        """Closes it, with the digest of whatever is live."""
        live = live_in(self.operation, incident)
        command = c.CloseIncident(incident=incident, live=digest_of(live) if live else None)
        return self.send(COUNTY, command)

    @property
    def operation(self) -> Operation:
        return self.area.operations[EXERCISE]

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
        needed_by: Instant | None = None,
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
            needed_by=needed_by,
        )

    def draft_command(self, incident: IncidentId, **wishes: Any) -> c.DraftDemand:
        """The same as a draft, with a contact."""
        return replace(as_draft(self.demand_command(incident, **wishes)), contact=SEALED)

    def need_command(
        self, incident: IncidentId, village: str = VILLAGE, **wishes: Any
    ) -> c.ReportNeed:
        """The same as a village's committee tells of it."""
        draft = self.draft_command(incident, **wishes)
        said = {name: getattr(draft, name) for name in draft.__struct_fields__}
        return c.ReportNeed(**said, village=village, people=12)

    def demand(self, incident: IncidentId, **wishes: Any) -> Facts:
        return self.send(DESK, self.demand_command(incident, **wishes))

    def name(self, organization: OrganizationId) -> str:
        """An organization's name, which its account bears as well."""
        return self.area.registry.organizations[organization].name

    def entry(self, organization: OrganizationId, **differs: Any) -> c.CorrectOrganization:
        """A correction of what is named, everything else as it was entered."""
        known = self.area.registry.organizations[organization]
        names = ("name", "registration_class", "home", "place", "people", "credit_code", "village")
        same = {name: getattr(known, name) for name in names}
        return c.CorrectOrganization(organization=organization, **{**same, **differs})

    def yes(self, offer: f.OfferSent, *, actor: str | None = None, **said: Any) -> Facts:
        """The organization, or whoever is named, says yes: in full, unless it is said otherwise."""
        command = c.AcceptOffer(offer=offer.offer, **{"quantity": offer.quantity, **said})
        return self.send(actor or self.name(offer.organization), command)

    def no(self, offer: f.OfferSent, *, actor: str | None = None, **said: Any) -> Facts:
        """The organization, or whoever is named, says no: without a crew, unless said otherwise."""
        command = c.DeclineOffer(offer=offer.offer, **{"reason": DeclineReason.NO_CREW, **said})
        return self.send(actor or self.name(offer.organization), command)

    def at_work(self, offer: f.OfferSent, **said: Any) -> AssignmentId:
        """The assignment that a yes commits to."""
        committed: f.AssignmentCommitted = only(self.yes(offer, **said), f.AssignmentCommitted)
        return committed.assignment

    def amend(self, demand: DemandId, *, by: str = DESK, **differs: Any) -> Facts:
        """The desk amends a demand in what is named, and leaves everything else as it is."""
        known = self.operation.demands[demand]
        same = {
            "revision": known.revision,
            "priority": known.priority,
            "targets": tuple(self.operation.lines[key].target for key in known.lines),
            "lines": (),
            "risk_statement": known.risk_statement,
            "rally_point": known.rally_point,
            "way_in": known.way_in,
            "needed_by": known.needed_by,
        }
        return self.send(by, c.AmendDemand(demand=demand, **{**same, **differs}))

    def close(self, demand: DemandId, reason: CloseReason = CloseReason.MET) -> Facts:
        revision = self.operation.demands[demand].revision
        return self.send(DESK, c.CloseDemand(demand=demand, reason=reason, revision=revision))

    def reopen(self, demand: DemandId) -> Facts:
        revision = self.operation.demands[demand].revision
        return self.send(DESK, c.ReopenDemand(demand=demand, revision=revision))


def as_draft(posting: c.PublishDemand) -> c.DraftDemand:
    """What is asked for, kept back."""
    names = (name for name in posting.__struct_fields__ if name != "same_as")
    return c.DraftDemand(**{name: getattr(posting, name) for name in names})


def certificate(
    skill: str = "WATER",
    grade: int = 2,
    *,
    number: str = "1",
    issuer: str = "浙江省应急管理厅",
    through: str = "2026-12-31",
    since: str | None = None,
) -> Certificate:
    """A certificate by the skill's own standard."""
    return Certificate(
        skill=skill,
        grade=grade,
        standard=SKILLS[skill].standard or "",
        issuer=issuer,
        number=number,
        valid_through=through,
        valid_from=since,
    )


def only(facts: Any, kind: type | None = None) -> Any:
    """The one fact (of a kind); an AssertionError where there is another number of them."""
    found = [fact for fact in facts if kind is None or isinstance(fact, kind)]
    assert len(found) == 1, [type(fact).__name__ for fact in facts]
    return found[0]


def asked(facts: Any) -> list[f.OfferSent]:
    """Those of some facts by which somebody is asked, in order."""
    return [fact for fact in facts if isinstance(fact, f.OfferSent)]


def kinds(facts: Any) -> list[str]:
    """The names of facts, in order."""
    return [type(fact).__name__ for fact in facts]
