"""A world told by names: teams, what is asked of them, what they say, and what screens show.

Every turn's changes are laid over a page of rows, and that page must equal a fresh one; so a test
that looks at a row sees what a desk or a leader sees, at that step.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from msgspec.structs import replace

from schemas import commands as c
from schemas import facts as f
from schemas.line_views import LineView
from schemas.refusals import Refusal
from schemas.turns import Envelope
from schemas.values import (
    AgainOn,
    Capability,
    DeclineReason,
    DemandId,
    DivisionCode,
    IncidentId,
    LineId,
    OrganizationId,
    Sealed,
    TimeSource,
)
from schemas.views import (
    AssignmentRow,
    Audience,
    DemandRow,
    IncidentRow,
    OfferRow,
    OrganizationRow,
    Put,
    Removed,
    TaskRow,
)
from streams import board
from streams.days import start_of, time_of_day
from streams.matching.why import Words, why
from streams.parameters import HOUR, MINUTE
from streams.turning import Repeat, Taken
from tests.streams.world import DESK, STEWARD, Facts, World, divisions, only, townships

SEALED = Sealed(key="incident", nonce="nonce", ciphertext="ciphertext")


class Posted(NamedTuple):
    """A demand as published, with its lines in order."""

    demand: DemandId
    lines: tuple[LineId, ...]
    facts: Facts

    @property
    def line(self) -> LineId:
        """The only line; an AssertionError where there are several."""
        assert len(self.lines) == 1
        return self.lines[0]


class Scene(World):
    """One incident of the county, at 08:10 on 31 July 2025, and the board as screens have it."""

    played: ClassVar[list[Scene]] = []  # of the present test, which are folded anew at its end

    def __init__(self, *, live: bool = False) -> None:
        self.played.append(self)
        self.page: dict[tuple[str, str], Put] = {}
        self.teams: dict[str, OrganizationId] = {}
        super().__init__(time_source=TimeSource.LIVE if live else TimeSource.GIVEN)
        self.at = start_of("2025-07-31") + 8 * HOUR + 10 * MINUTE
        self.typhoon: IncidentId = self.incident()

    def take(self, envelope: Envelope) -> Taken | Repeat:
        taken = super().take(envelope)
        if isinstance(taken, Taken):
            self._lay(taken)
        return taken

    def _lay(self, taken: Taken) -> None:
        for change in taken.changes:
            if isinstance(change, Removed):
                self.page.pop((change.kind, change.id), None)
            else:
                self.page[_key(change)] = change
        fresh = {_key(change): change for change in board.everything(self.area) if _put(change)}
        assert self.page == fresh
        for put in taken.changes:
            if isinstance(put, Put) and isinstance(put.row, DemandRow):
                self._hold_to_its_word(put.row)

    def _hold_to_its_word(self, row: DemandRow) -> None:
        """What a demand's card says is what offers and crews say; who is short has a next step."""
        for line in row.lines:
            crews = [
                put.row
                for put in self.page.values()
                if isinstance(put.row, AssignmentRow)
                and (put.row.line, put.row.round) == (line.id, line.round)
            ]
            over = ("released", "given_up", "stood_down")
            working = sum(crew.quantity for crew in crews if crew.state not in over)
            delivered = sum(crew.quantity for crew in crews if crew.state == "released")
            assert (line.working, line.delivered) == (working, delivered)
            late = [crew for crew in crews if crew.replaced and crew.state not in over]
            assert line.replaced == sum(crew.quantity for crew in late)
            assert line.covered == working + delivered - line.replaced
            assert line.offers == len(self.asked(line.id))
            if line.open and line.covered < line.target:
                assert line.offers or line.retry_at or row.release_at > self.at

    # What people do

    def team(self, name: str, **wishes: Any) -> OrganizationId:
        self.teams[name] = self.organization(name, **wishes)
        return self.teams[name]

    def post(self, *, sealed: bool = False, **wishes: Any) -> Posted:
        """A demand of one pump on priority 1, unless wished otherwise."""
        incident = wishes.pop("incident", self.typhoon)
        command = self.demand_command(incident, **wishes)
        facts = self.send(DESK, replace(command, contact=SEALED) if sealed else command)
        published = only(facts, f.DemandPublished)
        lines = tuple(numbered.line for numbered in published.lines)
        return Posted(published.demand, lines, facts)

    def says_yes(
        self, name: str, quantity: int | None = None, *, by: str | None = None, **said: Any
    ) -> Facts:
        """Says yes to what the team was asked last, for all of it unless said otherwise."""
        offer = self.offer(name)
        units = offer.quantity if quantity is None else quantity
        return self.send(by or name, c.AcceptOffer(offer=offer.id, quantity=units, **said))

    def refused_yes(self, name: str, quantity: int = 1, *, by: str | None = None) -> Refusal:
        offer = self.offer(name)
        return self.refused(by or name, c.AcceptOffer(offer=offer.id, quantity=quantity))

    def says_no(
        self, name: str, reason: DeclineReason = DeclineReason.NO_CREW, **said: Any
    ) -> f.OfferDeclined:
        by = said.pop("by", name)
        no = c.DeclineOffer(offer=self.offer(name).id, reason=reason, **said)
        declined: f.OfferDeclined = only(self.send(by, no), f.OfferDeclined)
        return declined

    def by_hand(self, name: str, line: LineId, *, by: str = DESK) -> Facts:
        return self.send(by, self.asking(name, line))

    def asking(self, name: str, line: LineId) -> c.AskByHand:
        return c.AskByHand(line=line, organization=self.teams[name], reason=SEALED)

    def duty(self, name: str, on_duty: bool) -> None:
        self.send(name, c.SetDuty(organization=self.teams[name], on_duty=on_duty))

    def capacity(self, name: str, units: int, skill: str = "PUMP_DRAIN") -> None:
        able = (Capability(skill=skill, units=units),)
        self.send(STEWARD, c.SetCapacity(organization=self.teams[name], capabilities=able))

    def step(self, kind: type, name: str, *, by: str | None = None, **said: Any) -> Facts:
        """A step of the team's newest assignment: SetOff, Arrive, ReportDone …"""
        return self.send(by or name, kind(assignment=self.crew(name).id, **said))

    def done(self, name: str) -> Facts:
        """Reports done, and the desk confirms."""
        self.step(c.ReportDone, name)
        return self.step(c.ConfirmAssignment, name, by=DESK)

    def amend(self, demand: DemandId, *, by: str = DESK, **changes: Any) -> Facts:
        return self.send(by, self.amendment(demand, **changes))

    def amendment(self, demand: DemandId, **changes: Any) -> c.AmendDemand:
        row = self.demand_row(demand)
        kept: dict[str, Any] = {
            "revision": row.revision,
            "priority": row.priority,
            "targets": tuple(line.target for line in row.lines),
            "lines": (),
            "risk_statement": row.risk_statement,
            "rally_point": row.rally_point,
        }
        return c.AmendDemand(demand=demand, **{**kept, **changes})

    # What screens show

    def demand_row(self, demand: DemandId) -> DemandRow:
        row = self.page["demand", demand].row
        assert isinstance(row, DemandRow)
        return row

    def view(self, line: LineId) -> LineView:
        """The line as its demand's card shows it."""
        return self.view_of(self.operation.lines[line].demand, line)

    def view_of(self, demand: DemandId, line: LineId) -> LineView:
        return next(view for view in self.demand_row(demand).lines if view.id == line)

    def offers(self, name: str, line: LineId | None = None) -> list[OfferRow]:
        """What a team was asked, the oldest first."""
        found = [
            put.row
            for put in self.page.values()
            if isinstance(put.row, OfferRow)
            and put.row.organization == self.teams[name]
            and line in (None, put.row.line)
        ]
        return sorted(found, key=lambda row: list(self.operation.offers.rows).index(row.id))

    def offer(self, name: str, line: LineId | None = None) -> OfferRow:
        """What a team was asked last."""
        return self.offers(name, line)[-1]

    def asked(self, line: LineId) -> list[str]:
        """Whose answer is awaited for a line, by name."""
        return sorted(
            put.row.organization_name
            for put in self.page.values()
            if isinstance(put.row, OfferRow) and put.row.line == line and put.row.state == "sent"
        )

    def crews(self, name: str) -> list[AssignmentRow]:
        """A team's assignments, the oldest first."""
        return [
            put.row
            for put in self.page.values()
            if isinstance(put.row, AssignmentRow) and put.row.organization == self.teams[name]
        ]

    def crew(self, name: str) -> AssignmentRow:
        return self.crews(name)[-1]

    def tasks(self) -> list[TaskRow]:
        return [put.row for put in self.page.values() if isinstance(put.row, TaskRow)]

    def incident_row(self, incident: IncidentId | None = None) -> IncidentRow:
        row = self.page["incident", incident or self.typhoon].row
        assert isinstance(row, IncidentRow)
        return row

    def organization_row(self, name: str) -> OrganizationRow:
        row = self.page["organization", self.teams[name]].row
        assert isinstance(row, OrganizationRow)
        return row

    def audience(self, kind: str, id: str) -> Audience:
        return self.page[kind, id].audience

    def why(self, name: str, line: LineId) -> Words:
        """Why (not) this team for this line, as everybody who asks is told now."""
        answer = why(self.area, self.operation, line, self.teams[name], self.at)
        assert answer is not None
        zh, en = answer.words
        assert not set(",;()") & set(zh)
        assert max(en) < "\u2e80"
        return answer.words

    # When

    def clock(self) -> str:
        return time_of_day(self.at, self.at)

    def time(self, clock: str, day: str = "2025-07-31") -> int:
        """The instant of a time of day, "14:00"."""
        hours, minutes = clock.split(":")
        return start_of(day) + int(hours) * HOUR + int(minutes) * MINUTE

    def pass_to(self, clock: str, day: str = "2025-07-31") -> list[Any]:
        """Let time pass until a time of day, with every tick that is due on the way."""
        minutes, rest = divmod(self.time(clock, day) - self.at, MINUTE)
        assert rest == 0
        return self.wait(minutes=minutes)


def _key(change: Any) -> tuple[str, str]:
    row = change.row
    return (type(row).__struct_config__.tag, row.id)


def _put(change: Any) -> bool:
    return isinstance(change, Put)


def seat(township: int) -> Any:
    """The place of one of the county's townships."""
    return divisions().seat(townships()[township])


def code(township: int) -> DivisionCode:
    return DivisionCode(townships()[township])


def correct(scene: Scene, team: str, **changes: Any) -> Facts:
    """The steward corrects what was entered of a team."""
    return scene.send(STEWARD, scene.entry(scene.teams[team], **changes))


def gates(scene: Scene, line: LineId) -> list[str]:
    """At which gates somebody failed, as the card says."""
    return [count.gate.value for count in scene.view(line).gates]


__all__ = ["SEALED", "AgainOn", "Posted", "Scene", "code", "correct", "gates", "seat"]
