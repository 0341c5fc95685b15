"""Seeded random play of every command, legal and not: what the laws are tested on."""

from __future__ import annotations

from random import Random
from typing import Any

from schemas import commands as c
from schemas.values import (
    AreaId,
    Capability,
    Certificate,
    CloseReason,
    DeclineReason,
    Domain,
    OrganizationId,
)
from streams.area import Operation
from streams.entities import DemandState, OfferState, TaskState
from tests.streams.world import COUNTY, DESK, EXERCISE, STEWARD, WENZHOU, World

SKILLS = ("PUMP_DRAIN", "CATERING", "WATER")


class Play:
    """Sends commands as people would, and as they should not, each chosen by the seed."""

    def __init__(self, seed: int, organizations: int = 12, area: AreaId = WENZHOU) -> None:
        self.random = Random(seed)
        self.world = World(area=area)
        self.names: dict[OrganizationId, str] = {}
        for number in range(organizations):
            self._register(number)
        self.incident = self.world.incident()

    def _register(self, number: int) -> None:
        skill = self.random.choice(SKILLS)
        certificate = None
        if skill == "WATER" and self.random.random() < 0.8:
            until = self.world.at + self.random.choice((-1, 1, 60)) * 3_600_000
            certificate = Certificate(
                skill="WATER", grade=self.random.randint(1, 3), valid_from=0, valid_until=until
            )
        made = self.world.organization(
            f"organization {number}",
            skill=skill,
            units=self.random.randint(1, 4),
            township=self.random.randrange(20),
            certificate=certificate,
        )
        self.names[made] = f"organization {number}"

    @property
    def operation(self) -> Operation:
        return self.world.area.operations[EXERCISE]

    def run(self, steps: int) -> World:
        for _ in range(steps):
            if self.random.random() < 0.25:
                self.world.wait(minutes=self.random.choice((0, 1, 3, 20, 90)))
            actor, command = self._choose()
            self._try(actor, command)
        return self.world

    def finish(self) -> World:
        """Close the incident, and carry every recovery task to its end."""
        live = tuple(place[-1] for place in self.operation.assignments_in.within(self.incident))
        self._try(COUNTY, c.CloseIncident(incident=self.incident, stand_down=live))
        while any(task.live for task in self.operation.tasks.rows.values()):
            self.world.wait(minutes=1)
            self._try(*self._recover())
        return self.world

    def _try(self, actor: str, command: c.Command | None) -> None:
        if command is not None:
            self.world.take(self.world.envelope(actor, command))

    def _choose(self) -> tuple[str, c.Command | None]:
        choices = [
            (8, self._publish),
            (20, self._answer),
            (20, self._step),
            (4, self._edit),
            (8, self._recover),
            (3, self._registry),
            (1, self._incident),
        ]
        weights = [weight for weight, _ in choices]
        chosen = self.random.choices([choice for _, choice in choices], weights)[0]
        actor, command = chosen()
        if self.random.random() < 0.05:  # somebody else tries it
            actor = self.random.choice((*self.names.values(), DESK, COUNTY, STEWARD, "stranger"))
        return actor, command

    def _pick(self, table: Any) -> Any:
        rows = list(table.rows.values())
        return self.random.choice(rows) if rows else None

    def _publish(self) -> tuple[str, c.Command | None]:
        skill = self.random.choice(SKILLS)
        target = self.random.randint(1, 5)
        command = self.world.demand_command(
            self.incident,
            skill=skill,
            grade=self.random.randint(1, 3) if skill == "WATER" else None,
            minimum=self.random.randint(1, target + (self.random.random() < 0.1)),
            target=target,
            priority=self.random.randint(1, 4),
            township=0 if self.random.random() < 0.9 else 3,
            lines=self.random.randint(1, 3),
        )
        return DESK, command

    def _answer(self) -> tuple[str, c.Command | None]:
        open_offers = [
            row for row in self.operation.offers.rows.values() if row.state is OfferState.SENT
        ]
        offer = self.random.choice(open_offers or [self._pick(self.operation.offers)])
        if offer is None:
            return DESK, None
        actor = DESK if self.random.random() < 0.1 else self.names[offer.organization]
        if self.random.random() < 0.35:
            return actor, c.DeclineOffer(offer=offer.id, reason=DeclineReason.NO_CREW)
        quantity = self.random.randint(1, offer.quantity)
        return actor, c.AcceptOffer(offer=offer.id, quantity=quantity)

    def _step(self) -> tuple[str, c.Command | None]:
        found = self._pick(self.operation.assignments)
        if found is None:
            return DESK, None
        name = self.names[found.organization]
        steps: list[tuple[str, c.Command]] = [
            (name, c.SetOff(assignment=found.id)),
            (name, c.Arrive(assignment=found.id)),
            (name, c.ReportDone(assignment=found.id)),
            (name, c.CannotComplete(assignment=found.id)),
            (DESK, c.ConfirmAssignment(assignment=found.id, done=self.random.random() < 0.8)),
        ]
        return self.random.choices(steps, (3, 3, 5, 1, 5))[0]

    def _edit(self) -> tuple[str, c.Command | None]:
        demand = self._pick(self.operation.demands)
        if demand is None:
            return DESK, None
        revision = demand.revision - (self.random.random() < 0.1 and demand.revision > 1)
        choice = self.random.randrange(3)
        if demand.state is DemandState.CLOSED or choice == 0:
            return DESK, c.ReopenDemand(demand=demand.id, revision=revision)
        if choice == 1:
            return DESK, self._amendment(demand, revision)
        if self.random.random() < 0.3:
            return DESK, c.OpenSealedText(demand=demand.id)
        reason = self.random.choice(list(CloseReason))
        return DESK, c.CloseDemand(demand=demand.id, reason=reason, revision=revision)

    def _amendment(self, demand: Any, revision: int) -> c.AmendDemand:
        return c.AmendDemand(
            demand=demand.id,
            revision=revision,
            priority=self.random.randint(1, 4),
            place=demand.place,
            targets=tuple(self.random.randint(1, 6) for _ in demand.lines),
            lines=(),
            risk_statement=demand.risk_statement,
            rally_point=self.random.choice(("镇政府门口", "村委会")),
        )

    def _recover(self) -> tuple[str, c.Command | None]:
        task = self._pick(self.operation.tasks)
        if task is None:
            return DESK, None
        doer = task.organization or self.random.choice(list(self.names))
        steps: dict[TaskState, tuple[str, c.Command]] = {
            TaskState.PROPOSED: (DESK, c.OpenTask(task=task.id, domain=Domain.LIFE)),
            TaskState.OPEN: (self.names[doer], c.ClaimTask(task=task.id, organization=doer)),
            TaskState.CLAIMED: (self.names[doer], c.ReportTask(task=task.id)),
            TaskState.REPORTED_DONE: (
                DESK,
                c.VerifyTask(task=task.id, done=self.random.random() < 0.6),
            ),
        }
        if self.random.random() < 0.1:
            return DESK, c.DropTask(task=task.id)
        return steps.get(task.state, (DESK, c.VerifyTask(task=task.id)))

    def _registry(self) -> tuple[str, c.Command | None]:
        organization = self.random.choice(list(self.names))
        if self.random.random() < 0.5:
            on_duty = self.random.random() < 0.7
            return STEWARD, c.SetDuty(organization=organization, on_duty=on_duty)
        capability = Capability(skill=self.random.choice(SKILLS), units=self.random.randint(0, 4))
        return STEWARD, c.SetCapacity(organization=organization, capabilities=(capability,))

    def _incident(self) -> tuple[str, c.Command | None]:
        if self.random.random() < 0.5:
            return COUNTY, c.OpenIncident(hazard="typhoon", division=self.world.township)
        if self.random.random() < 0.8:
            township = self.world.township
            return DESK, c.JoinIncident(incident=self.incident, division=township)
        live = tuple(place[-1] for place in self.operation.assignments_in.within(self.incident))
        return COUNTY, c.CloseIncident(incident=self.incident, stand_down=live)
