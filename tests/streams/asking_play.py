"""Seeded plays of everybody who asks and answers, with the model of it beside the rules."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from geo.distance import meters, squared
from schemas import commands as c
from schemas import facts as f
from schemas.turns import DELIVERY, OWNER
from schemas.values import Capability, CloseReason, DeclineReason, LineId, Reach
from streams import nobody
from streams.clock import due
from streams.turning import Taken
from tests.streams.asking_acts import Acts
from tests.streams.asking_compare import COMPARED, GATES, Compared
from tests.streams.asking_model import HOUR, MINUTE, Crew, Need, Request, Team
from tests.streams.world import DESK, SEALED, STEWARD, World, divisions, townships

SECOND = 1_000
OPEN_MOST = 7  # demands at a time: enough to want the same teams
TEAMS = ((15, 1), (6, 2), (8, 1), (9, 3), (5, 2), (13, 4), (14, 2))  # township, units; one afar
WAITS = (0, SECOND, 20 * SECOND, MINUTE, 3 * MINUTE, 8 * MINUTE, 20 * MINUTE, HOUR, 3 * HOUR)
WAITS_ARE = (12, 20, 20, 14, 12, 10, 6, 2, 0.5)  # of a storm
WAITS_OF_DAYS = (12, 10, 10, 10, 10, 10, 10, 8, 8)
URGENT, ROUTINE = (1, 1, 2, 3, 3, 4), (2, 3, 3, 3, 4, 4)
REASONS = tuple(DeclineReason)
CLOSED = (CloseReason.MET, CloseReason.CANCELED, CloseReason.EXPIRED_UNMET)


class Differs(AssertionError):
    """The rules and the model do not say the same."""


class Play:
    """Sends every act to the rules and to the model, and compares them behind it."""

    def __init__(self, seed: int) -> None:
        self.seed, self.step, self.last = seed, 0, "the beginning"
        self.random = Random(seed)
        self.routine = seed % 4 == 0  # days full of small things, which reach the daily cap
        self.world, self.model = World(), Acts()
        self.model.desk_again = self._desk_again
        for township, units in TEAMS:
            self._team(township, units)
        self.incident = self.world.incident()
        self.offers: dict[str, Request] = {}

    def _desk_again(self, line: str) -> int | None:
        """When its desk is asked again what to do: no matter of asking teams (`laws_nobody`)."""
        operation = self.world.operation
        return nobody.next_look(operation, operation.lines[LineId(line)], self.world.at)

    def _team(self, township: int, units: int) -> None:
        key = self.world.organization(f"team {township}", units=units, township=township)
        seats = [divisions().seat(townships()[number]) for number in (0, township)]
        self.model.teams[key] = Team(key, meters(squared(*seats)), units)

    def run(self, steps: int) -> Play:
        acts, weights = list(ACTS), list(ACTS.values())
        for self.step in range(steps):
            [pause] = self.random.choices(WAITS, WAITS_OF_DAYS if self.routine else WAITS_ARE)
            self.wait(pause)
            [act] = self.random.choices(acts, weights)
            act(self)
        return self

    # Time

    def wait(self, milliseconds: int) -> None:
        end = self.world.at + milliseconds
        while (at := self._next()) is not None and at <= end:
            self.world.at = max(self.world.at, at)
            self._tick()
        self.world.at = end
        self.model.now = end
        self._compare(GATES)

    def _next(self) -> int | None:
        found = due(self.world.area)
        times = [at for at in (found and found[0], self.model.due()) if at is not None]
        return min(times, default=None)

    def _tick(self) -> None:
        """Both do what they think is due; the world's recovery tasks are none of the model's."""
        self.last = "a tick"
        found = due(self.world.area)
        self._begin()
        if found is not None and found[0] <= self.world.at:
            self.world.send(OWNER, c.Tick(number=found[2]))
        self.model.pass_time()
        self.model.match()
        self._compare()

    def _begin(self) -> None:
        self.model.now, self.model.turn = self.world.at, self.model.turn + 1

    # Acts

    def both(self, actor: str, command: c.Command, expected: Callable[[], bool]) -> tuple[Any, ...]:
        self.last = f"{actor}: {command}"
        self._begin()
        taken = self.world.take(self.world.envelope(actor, command))
        assert isinstance(taken, Taken)
        said, refusal = expected(), taken.turn.refusal
        self._same("taken", said, refusal is None, refusal)
        self.model.match()
        self.wait(0)
        self._compare()
        return taken.turn.facts

    def publish(self) -> None:
        if sum(need.open for need in self.model.needs.values()) >= OPEN_MOST:
            return
        priority = self.random.choice(ROUTINE if self.routine else URGENT)
        target = self.random.choice((1, 2, 3, 5))
        command = self.world.demand_command(self.incident, priority=priority, target=target)
        self.last = f"publish: {priority}, {target} units"
        self._begin()
        [published, *_] = self.world.send(DESK, command)
        assert isinstance(published, f.DemandPublished)
        key = published.lines[0].line
        self.model.publish(key, published.demand, priority, target)
        self.model.match()
        self._compare()

    def accept(self) -> None:
        request = self._request()
        if request is None:
            return
        quantity = self.random.choice((request.quantity, self.random.randint(1, request.quantity)))
        minutes = self.random.choice((None, 5, 40))
        command = c.AcceptOffer(offer=request.name, quantity=quantity, minutes=minutes)
        expected = self.model.accept
        self.both(self._answers(request), command, lambda: expected(request, quantity, minutes))

    def decline(self) -> None:
        request = self._request()
        if request is None:
            return
        reason, free_from = self.random.choice(REASONS), None
        if self.random.random() < 0.3:
            later = self.random.choice((MINUTE, 40 * MINUTE, 5 * HOUR, 49 * HOUR))
            free_from = self.world.at + later
        command = c.DeclineOffer(offer=request.name, reason=reason, free_from=free_from)
        expected = self.model.decline
        self.both(self._answers(request), command, lambda: expected(request, reason, free_from))

    def reach(self) -> None:
        """The messenger has handed some over, and some it cannot; a few it names twice."""
        some = [*self.model.open_requests(), *self.model.requests[-4:]]
        known = self.random.sample(some, min(len(some), 4))
        words = [(one, self.random.choice(tuple(Reach))) for one in known[::2]]
        lost = known[1 + self.random.randrange(2) :]
        told = tuple(c.Reached(offer=one.name, by=by) for one, by in words)
        command = c.RecordReach(reached=told, unreachable=tuple(one.name for one in lost))
        reached = [(one, by is not Reach.PAGE) for one, by in words]
        self.both(DELIVERY, command, lambda: self.model.record_reach(reached, lost))

    def restore(self) -> None:
        away = [pair.request.team for pair in self.model.pairs.values() if pair.unreached]
        team = self.pick(away) or self.pick(self.model.teams.values())
        command = c.RestoreReach(organizations=(team.key,))
        self.both(DELIVERY, command, lambda: self.model.restore(team))

    def by_hand(self) -> None:
        need, team = self._need(), self.pick(self.model.teams.values())
        if need is not None:
            command = c.AskByHand(line=need.key, organization=team.key, reason=SEALED)
            self.both(DESK, command, lambda: self.model.by_hand(need, team))

    def take_standby(self) -> None:
        request = self.pick(one for one in self.model.requests if one.state == "standby")
        if request is not None:
            command = c.TakeStandby(offer=request.name)
            self.both(DESK, command, lambda: self.model.take_standby(request))

    def arrive(self) -> None:
        crew = self._crew()
        if crew is not None and not crew.arrived:
            self._crew_does(crew, c.Arrive, self.model.arrive)

    def report(self) -> None:
        crew = self._crew()
        if crew is not None:
            self._crew_does(crew, c.ReportDone, self.model.report)

    def give_up(self) -> None:
        crew = self._crew()
        if crew is not None:
            self._crew_does(crew, c.CannotComplete, self.model.give_up)

    def _crew_does(self, crew: Crew, kind: Any, expected: Callable[[Crew], bool]) -> None:
        command = kind(assignment=self._assignment(crew))
        self.both(self._account(crew.request), command, lambda: expected(crew))

    def confirm(self) -> None:
        crew = self.pick(one for one in self.model.crews if one.reported) or self._crew()
        if crew is not None:
            done = self.random.random() < 0.8
            command = c.ConfirmAssignment(assignment=self._assignment(crew), done=done)
            self.both(DESK, command, lambda: self.model.confirm(crew, done=done))

    def close(self) -> None:
        need = self._need()
        if need is not None:
            self._hear(need)
            reason, revision = self.random.choice(CLOSED), self._revision(need)
            command = c.CloseDemand(demand=need.demand, reason=reason, revision=revision)
            self.both(DESK, command, lambda: self.model.close(need, reason))

    def _hear(self, need: Any) -> None:
        """Whoever is silent on the scene is called first: nothing is closed over them."""
        for crew in list(self.world.operation.danger_for.of(need.demand)):
            self.world.send(DESK, c.CheckIn(assignment=crew.id))

    def reopen(self) -> None:
        need = self.pick(one for one in self.model.needs.values() if not one.open)
        if need is not None:
            command = c.ReopenDemand(demand=need.demand, revision=self._revision(need))
            self.both(DESK, command, lambda: self.model.reopen(need))

    def amend(self) -> None:
        need = self._need()
        if need is None or not need.open:
            return
        priority = self.random.choice((1 + self.routine, 2, 3, 4, need.priority))
        target = self.random.choice((need.target, need.target, 1, 2, 4))
        scene = self.random.random() < 0.3
        known = self.world.operation.demands[need.demand]
        command = c.AmendDemand(
            demand=need.demand,
            revision=known.revision,
            priority=priority,
            targets=(target,),
            lines=(),
            risk_statement=f"{known.risk_statement[:20]} {self.step}"
            if scene
            else known.risk_statement,
            rally_point=known.rally_point,
        )
        self.both(DESK, command, lambda: self.model.amend(need, priority, target, scene=scene))

    def duty(self) -> None:
        team = self.pick(self.model.teams.values())
        on_duty = self.random.random() < 0.7
        command = c.SetDuty(organization=team.key, on_duty=on_duty)
        self.both(STEWARD, command, lambda: self.model.state_duty(team, on_duty))

    def units(self) -> None:
        team, units = self.pick(self.model.teams.values()), self.random.randint(0, 4)
        capabilities = (Capability(skill="PUMP_DRAIN", units=units),)
        command = c.SetCapacity(organization=team.key, capabilities=capabilities)
        self.both(STEWARD, command, lambda: self.model.state_units(team, units))

    # Whom and what

    def pick(self, rows: Any) -> Any:
        found = list(rows)
        return self.random.choice(found) if found else None

    def _request(self) -> Request | None:
        """Mostly one that waits; else any of the last ones, whatever has become of it."""
        waiting = self.model.open_requests()
        if waiting and self.random.random() < 0.7:
            found: Request = self.pick(waiting)
            return found
        late: Request | None = self.pick(self.model.requests[-30:])
        return late

    def _need(self) -> Need | None:
        needs = list(self.model.needs.values())
        live = [need for need in needs if need.open]
        found: Need | None = self.pick(live if live and self.random.random() < 0.9 else needs)
        return found

    def _crew(self) -> Crew | None:
        found: Crew | None = self.pick(self.model.crews)
        return found

    def _answers(self, request: Request) -> str:
        """The team itself; now and then by a message, which is as good."""
        return DELIVERY if self.random.random() < 0.2 else self._account(request)

    def _account(self, request: Request) -> str:
        return self.world.area.registry.organizations[request.team.key].name

    def _assignment(self, crew: Crew) -> Any:
        rows = self.world.operation.assignments.rows.values()
        [found] = [row.id for row in rows if row.offer == crew.request.name]
        return found

    def _revision(self, need: Need) -> int:
        return self.world.operation.demands[need.demand].revision

    # Comparing

    def _same(self, what: str, model: Any, rules: Any, more: Any = "") -> None:
        if model != rules:
            raise Differs(
                f"seed {self.seed}, step {self.step}, after {self.last}: {what}\n"
                f"model {model}\nrules {rules} {more}"
            )

    def _compare(self, compared: Compared | None = None) -> None:
        self._name()
        for what, ours, theirs in COMPARED if compared is None else compared:
            mine, given = ours(self.model), theirs(self.world)
            keys = [key for key in {**mine, **given} if mine.get(key) != given.get(key)]
            self._same(what, {key: mine.get(key) for key in keys}, {k: given.get(k) for k in keys})

    def _name(self) -> None:
        """The model learns what the world calls the requests that both have made."""
        rows = list(self.world.operation.offers.rows.values())
        fresh = [request for request in self.model.requests if not request.name]
        unnamed = {(one.need.key, one.team.key): one for one in fresh}
        for row in rows[len(self.model.requests) - len(fresh) :]:
            request = unnamed.get((row.line, row.organization))
            if request is not None:
                request.name = row.id


ACTS: dict[Callable[[Play], None], int] = {
    Play.publish: 14,
    Play.accept: 22,
    Play.decline: 16,
    Play.reach: 12,
    Play.restore: 4,
    Play.by_hand: 6,
    Play.take_standby: 3,
    Play.arrive: 3,
    Play.report: 8,
    Play.confirm: 8,
    Play.give_up: 5,
    Play.close: 3,
    Play.reopen: 3,
    Play.amend: 6,
    Play.duty: 5,
    Play.units: 4,
}
