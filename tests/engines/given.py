"""A scene for tests of engines: one area of an engine, its people, and the present time."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import geo
from deploy.servers.processes import Process
from geo.divisions import DivisionTree
from schemas import commands as c
from schemas import facts as f
from schemas.facts import Fact
from schemas.ids import command_id, tick_id
from schemas.registry_facts import OrganizationRegistered
from schemas.turns import OWNER, REGISTRY, Envelope, Turn
from schemas.values import (
    AccountId,
    AreaId,
    Capability,
    CloseReason,
    DeclineReason,
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
    TimeSource,
)
from schemas.views import Change, IncidentRow, Put
from schemas.wire import decode_turn, digest, encode
from streams.area import Area
from streams.checkpoint import state_hash
from streams.engines import Engine, Published, Receipt
from streams.engines.clock import Clock
from streams.engines.cluster import topics
from streams.engines.cluster.engine import Cluster
from streams.engines.cluster.layout import Layout
from streams.engines.embedded import Embedded
from streams.engines.logs import create
from streams.turning import fold
from streams.verify import Verdict, verify
from tests.servers import Servers

WENZHOU, HANGZHOU = AreaId("3303"), AreaId("3301")
EXERCISE = OperationId("exercise-test")
STEWARD, COUNTY, DESK = AccountId("steward"), AccountId("county"), AccountId("desk")
START = 1_753_900_000_000
MINUTE = 60_000
ROOT = Path(__file__).parent.parent.parent
WORKERS = ("decide", "project")
DIVISIONS = Path(geo.__file__).parent / "data" / "zhejiang-2023.json"

Kind = TypeVar("Kind")


@cache
def divisions() -> DivisionTree:
    return DivisionTree.load(DIVISIONS)


# Engines


class Bench(Protocol):
    """Where an engine is made, opened, and opened again: what differs between the engines."""

    def make(
        self,
        area: AreaId = WENZHOU,
        purpose: Purpose = Purpose.EXERCISE,
        time_source: TimeSource = TimeSource.GIVEN,
    ) -> Turn:
        """Make the log of an area; gives its first turn."""

    async def start(self) -> Engine:
        """An engine over every log that was made here; on the running event loop."""


class EmbeddedBench:
    """A data folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(
        self,
        area: AreaId = WENZHOU,
        purpose: Purpose = Purpose.EXERCISE,
        time_source: TimeSource = TimeSource.GIVEN,
    ) -> Turn:
        at = START if time_source is TimeSource.GIVEN else None
        return create(self.path, area, DIVISIONS, purpose, time_source, STEWARD, at)

    async def start(self) -> Embedded:
        return self.open()

    def open(self, clock: Clock | None = None) -> Embedded:
        return Embedded.open(self.path, clock=clock)


class ClusterBench:
    """A cluster of its own on shared servers, and a decider and a projector that run."""

    def __init__(self, path: Path, servers: Servers) -> None:
        self.path = path
        self.layout = Layout(
            brokers=servers.brokers,
            redis=servers.redis_url,
            areas={WENZHOU: 0, HANGZHOU: 0},
            prefix=f"test-{os.urandom(4).hex()}.",
            partitions=1,
        )
        self.workers = {name: Process(path / "processes", name) for name in WORKERS}

    def __enter__(self) -> ClusterBench:
        self.again(self.path)
        topics.apply(self.layout)
        for name in WORKERS:
            self.begin(name)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.workers.values():
            process.kill()

    def begin(self, name: str, module: str = "") -> None:
        """Start a worker in a process of its own, of this program or of another module's words."""
        program = module.split() or ["api.cli", name]
        command = [sys.executable, "-m", *program, "--data", str(self.path), "--worker", ""]
        self.workers[name].start(command, {"PYTHONPATH": str(ROOT)})

    def make(
        self,
        area: AreaId = WENZHOU,
        purpose: Purpose = Purpose.EXERCISE,
        time_source: TimeSource = TimeSource.GIVEN,
    ) -> Turn:
        at = START if time_source is TimeSource.GIVEN else None
        with ThreadPoolExecutor(1) as thread:  # which has no event loop of a test's
            asked = (self.path, area, DIVISIONS, purpose, time_source, STEWARD, at)
            return thread.submit(create, *asked).result()

    def again(self, folder: Path) -> Path:
        """A further data folder of the same cluster."""
        folder.mkdir()
        self.layout.write(folder)
        return folder

    async def start(self) -> Cluster:
        return await Cluster.open(self.path)


@asynccontextmanager
async def opened(bench: Bench) -> AsyncIterator[Engine]:
    """An engine for as long as it is needed."""
    engine = await bench.start()
    try:
        yield engine
    finally:
        await engine.close()


# Scenes


class Scene:
    """One area and operation of an engine. Every helper is one command."""

    def __init__(
        self,
        engine: Engine,
        area: AreaId = WENZHOU,
        operation: OperationId = EXERCISE,
        purpose: Purpose = Purpose.EXERCISE,
    ) -> None:
        self.engine = engine
        self.purpose = purpose
        self.area = area
        self.operation = operation
        self.mode = Mode.EXERCISE
        self.at: Instant = START
        self.names: dict[OrganizationId, AccountId] = {}
        counties = map(DivisionCode, divisions().children(area))
        self.county = next(code for code in counties if len(divisions().children(code)) > 9)
        self.townships = [DivisionCode(code) for code in divisions().children(self.county)]

    def envelope(self, actor: str, command: c.Command, key: str | None = None) -> Envelope:
        """A command on its way in; without a key it gets one that no other has."""
        registry = isinstance(command, c.RegistryCommand)
        operation = REGISTRY if registry else self.operation
        if isinstance(command, c.Tick):
            made = tick_id(self.area, operation, command.number)
        else:
            made = command_id(self.area, operation, AccountId(actor), key or os.urandom(8).hex())
        return Envelope(
            area=self.area,
            operation=operation,
            mode=None if registry else self.mode,
            actor=AccountId(actor),
            command_id=made,
            command=command,
            body=digest(encode(command)),
            at=self.at,
        )

    async def sent(self, actor: str, command: c.Command, key: str | None = None) -> Receipt:
        """The answer to a command, whatever it is."""
        return await self.engine.submit(self.envelope(actor, command, key))

    async def send(self, actor: str, command: c.Command) -> tuple[Fact, ...]:
        """The facts of the command's turn; an AssertionError where it is refused."""
        turn = (await self.sent(actor, command)).turn
        assert turn.refusal is None, turn.refusal
        return turn.facts

    async def tick(self) -> tuple[Fact, ...]:
        """The facts of the tick that is due."""
        due = self.engine.next_due(self.area)
        assert due is not None, "nothing is due"
        return await self.send(OWNER, c.Tick(number=due[2]))

    async def wait(self, minutes: int) -> list[Fact]:
        """Let time pass, with every tick that falls due on the way."""
        until = self.at + minutes * MINUTE
        facts: list[Fact] = []
        while (due := self.engine.next_due(self.area)) is not None and due[0] <= until:
            self.at = max(self.at, due[0])
            facts += await self.tick()
        self.at = until
        return facts

    async def staffed(self) -> None:
        """A county and one of its townships have a desk; the township's first: nobody has to
        confirm that one."""
        for account, division in ((DESK, self.townships[0]), (COUNTY, self.county)):
            grant = c.GrantRole(account=account, role=Role.DESK, division=division)
            await self.send(STEWARD, grant)

    def registration(self, name: str, units: int = 1, township: int = 0) -> c.RegisterOrganization:
        home = self.townships[township]
        return c.RegisterOrganization(
            name=name,
            registration_class=RegistrationClass.FILED,
            home=home,
            place=divisions().seat(home),
            capabilities=(Capability(skill="PUMP_DRAIN", units=units),),
            people=units,
        )

    async def organization(self, name: str, units: int = 1, township: int = 0) -> OrganizationId:
        """An organization that pumps and drains, with an account of the same name."""
        facts = await self.send(STEWARD, self.registration(name, units, township))
        made = only(facts, OrganizationRegistered).organization
        self.names[made] = account = AccountId(name)
        grant = c.GrantRole(account=account, role=Role.ORGANIZATION, organization=made)
        await self.send(STEWARD, grant)
        if self.purpose is Purpose.OPERATIONS:  # where nobody plays along who has not enrolled
            await self.send(STEWARD, c.SetEnrollment(organization=made, enrolled=True))
        return made

    async def incident(self, hazard: str = "typhoon") -> IncidentId:
        opening = c.OpenIncident(hazard=hazard, division=self.county)
        return only(await self.send(COUNTY, opening), f.IncidentOpened).incident

    async def accept(self, offer: f.OfferSent) -> tuple[Fact, ...]:
        command = c.AcceptOffer(offer=offer.offer, quantity=offer.quantity, minutes=20)
        return await self.send(self.names[offer.organization], command)

    def demand(
        self, incident: IncidentId, lines: int = 1, priority: int = 1, risk: str = "水深约一米"
    ) -> c.PublishDemand:
        line = LineRequest(skill="PUMP_DRAIN", minimum=1, target=1)
        return c.PublishDemand(
            incident=incident,
            kind="drainage",
            priority=priority,
            place=divisions().seat(self.townships[0]),
            lines=(line,) * lines,
            risk_statement=risk,
            rally_point="镇政府门口",
        )

    async def busy_hour(self) -> None:
        """Offers are accepted, declined, left unanswered, stood down; work is done and taken on."""
        for number in range(12):
            await self.organization(f"team-{number}", units=2, township=number % 4)
        incident = await self.incident()
        facts = await self.send(DESK, self.demand(incident, lines=3))
        demand = only(facts, f.DemandPublished).demand
        first, second, *_ = sent = [fact for fact in facts if isinstance(fact, f.OfferSent)]
        accepted = only(await self.accept(first), f.AssignmentCommitted).assignment
        decline = c.DeclineOffer(offer=second.offer, reason=DeclineReason.NO_CREW)
        await self.sent(self.names[second.organization], decline)
        await self.send(self.names[first.organization], c.ReportDone(assignment=accepted))
        await self.send(STEWARD, c.SetDuty(organization=sent[-1].organization, on_duty=False))
        assert "OfferExpired" in kinds(await self.wait(minutes=5))
        await self.send(DESK, c.ConfirmAssignment(assignment=accepted))
        close = c.CloseDemand(demand=demand, reason=CloseReason.MET, revision=1)
        assert "TaskProposed" in kinds(await self.send(DESK, close))
        refused = await self.sent(DESK, close)
        assert refused.turn.refusal is not None
        await self.wait(minutes=55)

    async def surge(self, demands: int) -> IncidentId:
        """An incident in which each demand has twenty lines, and each line five live offers."""
        await self.staffed()
        for number in range(demands * 100 // 500 + 5):
            await self.organization(f"team-{number}", units=500, township=number % 3)
        incident = await self.incident()
        for _ in range(demands):
            facts = await self.send(DESK, self.demand(incident, lines=20))
            assert kinds(facts).count("OfferSent") == 100
        return incident


# What is in the log


def stored(engine: Engine, area: AreaId = WENZHOU) -> list[bytes]:
    return list(engine.read(area))


def turns(engine: Engine, area: AreaId = WENZHOU) -> list[Turn]:
    return [decode_turn(record) for record in stored(engine, area)]


def commands_in(engine: Engine) -> list[str]:
    """The ids of the commands that have a turn."""
    return [turn.command_id for turn in turns(engine)]


def state_of(records: list[bytes], area: AreaId = WENZHOU) -> str:
    """The state hash that a log folds to."""
    state = Area(area, divisions())
    for record in records:
        fold(state, record)
    return state_hash(state)


def verdict(records: list[bytes], area: AreaId = WENZHOU) -> Verdict:
    """The log decided again, from nothing."""
    return verify(Area(area, divisions()), records)


# What is on the board


Board = dict[tuple[str, str], Put]


def board(published: list[Published]) -> Board:
    """The rows that a board holds which starts empty and is given these changes."""
    rows: Board = {}
    for one in published:
        apply(rows, one.changes)
    return rows


def apply(rows: Board, changes: tuple[Change, ...]) -> None:
    for change in changes:
        if isinstance(change, Put):
            rows[str(change.row.__struct_config__.tag), change.row.id] = change
        else:
            rows.pop((change.kind, change.id), None)


def closes(published: list[Published]) -> bool:
    """Whether an incident is closed by these changes."""
    return any(
        isinstance(put.row, IncidentRow) and put.row.state == "closed"
        for put in board(published).values()
    )


# Facts


def only(facts: Any, kind: type[Kind]) -> Kind:
    """The one fact of a kind; an AssertionError where there is another number of them."""
    found = [fact for fact in facts if isinstance(fact, kind)]
    assert len(found) == 1, kinds(facts)
    return found[0]


def kinds(facts: Any) -> list[str]:
    """The names of facts, in order."""
    return [type(fact).__name__ for fact in facts]
