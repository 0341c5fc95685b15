"""A stage without a server: sessions that take down what is posted, and rows to react to."""

from typing import Any, TypeVar, cast

from api.client import Answer, Refused, Session
from api.drill.clock import MINUTE, Clock
from api.drill.desks import DeskPlayer
from api.drill.habits import Chance, Habits
from api.drill.players import Player, Stage
from api.drill.streams import Watch
from api.drill.team import OrganizationPlayer
from schemas.line_views import LineView
from schemas.values import (
    AssignmentId,
    Capability,
    DemandId,
    DivisionCode,
    Domain,
    IncidentId,
    LineId,
    Mode,
    OfferId,
    OperationId,
    OrganizationId,
    RegistrationClass,
    Stored,
    TaskId,
)
from schemas.views import (
    AssignmentRow,
    DemandRow,
    IncidentRow,
    OfferRow,
    OrganizationRow,
    TaskRow,
)
from streams.parameters import CLAIM, UNDO

AT = 1_751_700_000_000
OPERATION, TEAM = OperationId("exercise"), OrganizationId("team")
TOWN, NEIGHBOR = DivisionCode("330324102"), DivisionCode("330324109")


class Recorder:
    """Stands where a session does: takes down what is posted, answers as it is told."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, Any], str]] = []
        self.revisions: list[int | None] = []
        self.used: set[str] = set()
        self.refusals: dict[str, str] = {}  # by the end of a path
        self.pages: dict[str, Any] = {}

    async def post(
        self, path: str, body: dict[str, Any], key: str, revision: int | None = None
    ) -> Answer:
        self.posts.append((path, body, key))
        self.revisions.append(revision)
        code = self.refusals.get(path.rpartition("/")[2])
        if code is not None:
            raise Refused(409, code, ())
        return Answer(repeated=key in self.used)

    async def send(self, path: str, body: dict[str, Any], key: str) -> bytes:
        await self.post(path, body, key)
        return b"{}"

    async def get(self, path: str) -> Any:
        return self.pages[path]

    @property
    def paths(self) -> list[str]:
        return [path for path, _, _ in self.posts]

    @property
    def verbs(self) -> list[str]:
        return [path.rpartition("/")[2] for path in self.paths]


def stage(**habits: Any) -> Stage:
    session = cast("Session", Recorder())
    clock = Clock(session, OPERATION, None, 0)
    clock.now = AT
    return Stage(clock, Watch(session), Chance(7), Habits(**habits))


def team(recorder: Recorder, on: Stage) -> OrganizationPlayer:
    return OrganizationPlayer(on, cast("Session", recorder), TEAM)


def desk(recorder: Recorder, on: Stage, division: str = TOWN) -> DeskPlayer:
    return DeskPlayer(on, cast("Session", recorder), division)


def see(player: Player, *rows: Any) -> None:
    """Put rows on the player's board, without letting it react."""
    player.board.rows.update({row.id: row for row in rows})


async def carried_out(player: Player, row: Any) -> list[int]:
    """All that the player intends about a row is done in order; gives when it would have been."""
    intentions = sorted(player.intend(row), key=lambda intention: intention.at)
    for at, act in intentions:
        player.stage.clock.now = max(player.now, at)
        await act()
    return [at for at, _ in intentions]


R = TypeVar("R", bound=Stored)


def row(type_: type[R], /, **said: Any) -> R:
    """A row, or a part of one, of which only what matters here is said; the rest is None."""
    return type_(**{**dict.fromkeys(type_.__struct_fields__), **said})


_WHERE: dict[str, Any] = {
    "operation": OPERATION,
    "mode": Mode.EXERCISE,
    "demand": DemandId("demand"),
    "demand_number": 1,
    "organization": TEAM,
    "organization_name": "演练队",
    "line": LineId("line"),
    "kind": "drainage",
    "skill": "PUMP_DRAIN",
    "priority": 2,
    "division": TOWN,
    "by_desk": False,
}
OFFER = row(
    OfferRow,
    id=OfferId("offer"),
    quantity=2,
    meters=9_000,
    by_hand=False,
    state="sent",
    answerable=True,
    late=False,
    sent_at=AT,
    answer_by=AT + 5 * MINUTE,
    **_WHERE,
)
WORK = row(
    AssignmentRow,
    id=AssignmentId("work"),
    offer=OFFER.id,
    quantity=2,
    minutes=20,
    round=1,
    state="committed",
    promised_at=AT + 20 * MINUTE,
    overdue=False,
    new_times=0,
    committed_at=AT,
    **_WHERE,
)
SLIPPED_AT = AT + 2 * MINUTE
SLIPPED: dict[str, Any] = {
    "state": "on_scene",
    "set_off_at": SLIPPED_AT,
    "arrived_at": SLIPPED_AT,
    "undo_until": SLIPPED_AT + UNDO,
}
LINE = row(
    LineView,
    id=LineId("line"),
    number=1,
    skill="PUMP_DRAIN",
    minimum=1,
    target=2,
    open=True,
    round=1,
    covered=2,
    working=2,
    delivered=0,
    doubtful=0,
    missing=0,
)
INCIDENT = row(
    IncidentRow,
    id=IncidentId("incident"),
    number=1,
    hazard="typhoon",
    division=DivisionCode("330324"),
    state="open",
    readable=True,
    opened_at=AT,
)
DEMAND = row(
    DemandRow,
    id=DemandId("demand"),
    incident=INCIDENT.id,
    kind="drainage",
    priority=2,
    division=TOWN,
    lon=0,
    lat=0,
    state="published",
    revision=3,
    round=1,
    returnable=False,
    risk_statement="",
    rally_point="泵站门口",
    sealed=(),
    lines=(LINE,),
    release_at=AT,
    published_at=AT,
)
TASK = row(
    TaskRow,
    id=TaskId("task"),
    incident=INCIDENT.id,
    domain=Domain.PRODUCTION,
    state="claimed",
    until=AT + CLAIM,
    proposed_at=AT,
    **{name: said for name, said in _WHERE.items() if name in TaskRow.__struct_fields__},
)
ORGANIZATION = row(
    OrganizationRow,
    id=TEAM,
    name="演练队",
    registration_class=RegistrationClass.FILED,
    home=TOWN,
    lon=0,
    lat=0,
    capabilities=(Capability(skill="PUMP_DRAIN", units=2),),
    certificates=(),
    crews_most=None,
    on_duty=True,
    hours=(),
    leaves=(),
    adults_only=None,
    insured_through=None,
    enrolled=False,
    retired=False,
)
