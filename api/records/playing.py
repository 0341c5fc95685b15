"""A plan played into a log on given time, through its engine, every moment at its own time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from api.conductor import Conductor
from api.records.demands import Played, Seal
from api.records.ledger import Ledger, Refusal
from api.records.life import Moment, Step
from api.records.plan import Plan
from api.records.profile import Profile
from api.safe import Vault
from schemas.commands import DemandCommand, IncidentCommand, OpenIncident
from schemas.facts import IncidentOpened
from schemas.ids import command_id
from schemas.turns import Envelope
from schemas.values import (
    AccountId,
    AreaId,
    CloseReason,
    DivisionCode,
    IncidentId,
    Instant,
    Mode,
    OperationId,
)
from streams.engines import Engine, KeyReused, Receipt
from streams.engines.pressure import Overloaded

IMPORT = AccountId("import")  # who sends what a file says; a desk of the whole area

AT_ONCE = 32  # records of one time whose commands are under way
BODY_HEX = 32
LULL = 86_400_000  # a day

Told = Callable[[int], None]
"""Told how many moments have been played."""


class Stage(NamedTuple):
    """Where a plan is played."""

    engine: Engine
    area: AreaId
    conductor: Conductor
    vault: Vault
    profile: Profile


class Refused(Exception):
    """The rules said no; `code`: theirs."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Player:
    """Plays moments, in order of time; those of one time side by side, each record's in a row."""

    def __init__(self, stage: Stage, plan: Plan) -> None:
        self._stage, self._plan = stage, plan
        self._incidents: dict[Mode, IncidentId] = {}
        self._played: dict[int, Played] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    @property
    def _ledger(self) -> Ledger:
        return self._plan.ledger

    async def play(self, told: Told) -> None:
        """Play it to its end. Raises what `Engine.submit` raises."""
        done = 0
        for at, group in groupby(self._plan.play(), lambda moment: moment.at):
            moments = list(group)
            await self._advance(at)
            await self._open({moment.reading.mode for moment in moments}, at)
            rows = [list(own) for _, own in groupby(moments, lambda moment: moment.row)]
            await asyncio.gather(*map(self._in_a_row, rows))
            done += len(moments)
            told(done)

    async def _advance(self, at: Instant) -> None:
        """Have the waits of the time between worked off, each when it ends.

        Where nothing was filed for more than a day, once a day: nobody answers in an import, and a
        history that goes on after months would be little but looks for somebody.
        """
        conductor = self._stage.conductor
        while at - conductor.now() > LULL:
            while not await conductor.advance(conductor.now() + LULL, late=True):
                pass
        while not await conductor.advance(at):
            pass

    async def _in_a_row(self, moments: Iterable[Moment]) -> None:
        async with self._room:
            for moment in moments:
                await (self._file(moment) if moment.filed else self._change(moment))

    async def _open(self, modes: set[Mode], at: Instant) -> None:
        """The incident of each mode, when the first of it is filed."""
        for mode in sorted(modes - set(self._incidents)):
            profile, division = self._stage.profile, DivisionCode(self._stage.area)
            command = OpenIncident(hazard=profile.hazard, division=division, label=profile.label)
            key = f"incident {profile.hazard} {profile.label}"
            turn = (await self.submit(command, mode, key, "", at)).turn
            opened = [fact.incident for fact in turn.facts if isinstance(fact, IncidentOpened)]
            self._incidents[mode] = opened[0] if opened else IncidentId(turn.subjects[0])

    async def _file(self, moment: Moment) -> None:
        reading, ledger = moment.reading, self._ledger
        work = self._work(moment, Played(reading))
        try:
            first = await work.send(work.demand.publish(work.incident, work.seal))
        except (Refused, KeyReused) as refused:
            code = refused.code if isinstance(refused, Refused) else "id_known"
            ledger.refused.append(Refusal(moment.row, code))
            return
        self._played[moment.row] = work.demand
        if first.repeated:
            ledger.duplicates += 1
        else:
            ledger.demand(reading)
            ledger.mark("late", first.turn.at > moment.at)
        try:
            await work.reach(reading.stage, filing=True)
        except Refused as refused:  # it stays a demand, as far as it has come
            ledger.mark(refused.code)

    async def _change(self, moment: Moment) -> None:
        """Each change counts once: as played, or refused with the reason."""
        demand = self._played.get(moment.row)
        if demand is None:
            self._ledger.not_played("row_refused", len(moment.steps) + len(moment.edits))
            return
        work = self._work(moment, demand)
        if moment.edits:
            await work.edit()
        for step in moment.steps:
            await work.step(step)
        await work.end_false()

    def _work(self, moment: Moment, demand: Played) -> _Work:
        content = self._plan.contents[moment.row]
        body = sha256(f"{content} {self._stage.profile.digest}".encode()).hexdigest()[:BODY_HEX]
        incident = self._incidents[demand.reading.mode]
        return _Work(self, self._ledger, moment, demand, body, incident)

    def sealed(self, incident: IncidentId) -> Seal:
        vault = self._stage.vault
        return lambda field, text: vault.seal(incident, field, text)

    async def submit(
        self, command: DemandCommand | IncidentCommand, mode: Mode, key: str, body: str, at: Instant
    ) -> Receipt:
        """Send one command under a key of its record's; sent again, it is answered as before."""
        stage, operation = self._stage, OperationId(mode.value)
        envelope = Envelope(
            area=stage.area,
            operation=operation,
            mode=mode,
            actor=IMPORT,
            command_id=command_id(stage.area, operation, IMPORT, key),
            command=command,
            body=body,
            at=max(at, stage.conductor.now()),
        )
        while True:
            try:
                return await stage.engine.submit(envelope)
            except Overloaded as full:  # a slow disk: nobody waits for an import
                await asyncio.sleep(full.retry_after)


class _Work:
    """One moment of one record under way: its commands, one after the other."""

    def __init__(
        self,
        player: Player,
        ledger: Ledger,
        moment: Moment,
        demand: Played,
        body: str,
        incident: IncidentId,
    ) -> None:
        self._player, self._ledger, self._moment = player, ledger, moment
        self.demand, self._body, self.incident = demand, body, incident
        self.seal = player.sealed(incident)
        self._sent = 0
        self._fresh = 0  # commands that were not sent by a run before

    async def send(self, command: DemandCommand) -> Receipt:
        """Raises Refused, KeyReused."""
        moment, mode = self._moment, self.demand.reading.mode
        filed = "filed" if moment.filed else str(moment.at)
        key = f"{moment.reading.id} {filed} {self._sent}"
        self._sent += 1
        receipt = await self._player.submit(command, mode, key, self._body, moment.at)
        self._fresh += not receipt.repeated
        if receipt.turn.refusal is not None:
            raise Refused(receipt.turn.refusal.value)
        self.demand.hear(receipt.turn.facts)
        return receipt

    async def edit(self) -> None:
        """What a record says otherwise: amended where that is asked for, else noted."""
        edits, sent = self._moment.edits, 0
        before = self._fresh
        try:
            for command in self.demand.amend(self._moment.reading, self.seal):
                await self.send(command)
                sent += 1
            if not sent:
                await self.send(self.demand.note(edits, self.seal))
        except Refused as refused:
            self._ledger.not_played(refused.code, len(edits))
        else:
            self._played(len(edits), before)

    async def step(self, step: Step) -> None:
        """A step of the status; one that changes nothing is noted."""
        mark, before = self.demand.mark(step.stage), self._fresh
        try:
            if not await self.reach(step.stage):
                await self.send(self.demand.note((step.words,), self.seal))
        except Refused as refused:
            self._ledger.not_played(refused.code)
        else:
            if self._played(1, before) and mark is not None:
                self._ledger.mark(mark)

    async def reach(self, stage: str, filing: bool = False) -> int:
        """Lead the demand to a stage; how many commands it took. Raises Refused."""
        sent = 0
        if filing and stage == "done":
            self._ledger.mark("done_at_filing")
        for command in self.demand.towards(stage):
            await self.send(command)
            sent += 1
        return sent

    async def end_false(self) -> None:
        """Found false while it is open: closed as unfounded, now that it is known."""
        demand = self.demand
        found = demand.reading.reason is CloseReason.UNFOUNDED
        if found and not demand.closed and any(self._moment.edits):
            with suppress(Refused):  # as where somebody is in danger there
                await self.send(demand.close(CloseReason.UNFOUNDED))
                self._ledger.mark("false_report")

    def _played(self, changes: int, before: int) -> bool:
        """Count changes; those of a run before are known. Whether they are new."""
        new = self._fresh > before
        if new:
            self._ledger.changes += changes
        else:
            self._ledger.not_played("known", changes)
        return new
