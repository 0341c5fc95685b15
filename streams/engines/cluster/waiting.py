"""Commands on their way, and what was heard of late that may be the answer to one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Any, Final, NamedTuple

import msgspec

from schemas.turns import DeadLetter, DeadReason, Envelope
from schemas.values import AccountId, AreaId, CommandId, Instant
from streams.engines import Receipt
from streams.engines.cluster.board import Arrival

PATIENCE_S: Final = 10.0  # for a turn; then the caller is told to send the same key again
LETTERS_KEPT: Final = 1_000  # an acknowledgment may come after the dead letter, not long after

Name = tuple[AccountId, CommandId]
"""Whose command under which id: the ids of ticks are the same whoever sends them."""


Carry = Callable[["Flight"], Coroutine[Any, Any, Receipt]]
"""Carries a flight to its answer."""


class Head(msgspec.Struct, frozen=True):
    """What has to be read of every turn that arrives."""

    at: Instant
    actor: AccountId
    command_id: CommandId


class Landed(NamedTuple):
    """The turn that answers a command, and the offset of the command that it was written for."""

    stored: bytes
    command: int | None


class Flight:
    """One command between its caller and its turn."""

    def __init__(self, envelope: Envelope, partition: int, carry: Carry) -> None:
        self.envelope = envelope
        self.partition = partition
        self.ack: int | None = None  # where our own record stands among the commands
        self.landed: Landed | None = None
        self.letter: DeadReason | None = None  # our own record was set aside
        self.overtaken = False  # a later command of its area has its turn already
        self._news = asyncio.Event()
        self._until = asyncio.get_running_loop().time() + PATIENCE_S
        self.carrying = asyncio.create_task(carry(self))
        self.carrying.add_done_callback(_look_away)

    def stir(self) -> None:
        """There is something new to look at."""
        self._news.set()

    async def stirred(self, seconds: float) -> None:
        """Wait for something new, for so long at most. TimeoutError where it is too late."""
        if asyncio.get_running_loop().time() > self._until:
            raise TimeoutError
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        self._news.clear()


def _look_away(carrying: asyncio.Task[Receipt]) -> None:
    """Whoever asked may have gone away meanwhile; a failure then is nobody's."""
    if not carrying.cancelled():
        carrying.exception()


class Flights:
    """Every command that is on its way. What is heard is noted whole before anybody is woken."""

    def __init__(self) -> None:
        self._flights: dict[Name, Flight] = {}
        self._decided: dict[AreaId, int] = {}  # offset of the last command that has its turn
        self._letters: dict[tuple[int, int], DeadReason] = {}  # by partition and offset

    def __iter__(self) -> Iterator[Flight]:
        return iter(self._flights.values())

    def find(self, envelope: Envelope) -> Flight | None:
        """The flight under the same key, if there is one."""
        return self._flights.get((envelope.actor, envelope.command_id))

    def take_off(self, flight: Flight) -> None:
        self._flights[flight.envelope.actor, flight.envelope.command_id] = flight

    def land(self, flight: Flight) -> None:
        """It has been answered, one way or the other."""
        del self._flights[flight.envelope.actor, flight.envelope.command_id]

    # What is heard

    def hear_turn(self, area: AreaId, head: Head, arrival: Arrival) -> None:
        flight = self._flights.get((head.actor, head.command_id))
        if flight is not None and flight.landed is None:
            flight.landed = Landed(arrival.stored, arrival.command)
        if arrival.command is not None:
            self._decided[area] = arrival.command

    def hear_letter(self, letter: DeadLetter) -> None:
        self._letters[letter.partition, letter.offset] = letter.reason
        if len(self._letters) > LETTERS_KEPT:
            del self._letters[next(iter(self._letters))]

    def acknowledged(self, flight: Flight, offset: int) -> None:
        """A flight's own record is durable at an offset."""
        flight.ack = offset
        self._look(flight)

    def wake(self) -> None:
        """Let every flight look up that was concerned by what has been heard."""
        for flight in self._flights.values():
            if flight.landed is not None:
                flight.stir()
            else:
                self._look(flight)

    def _look(self, flight: Flight) -> None:
        """What was heard concerns those whose own place among the commands is known."""
        if flight.ack is None:
            return
        letter = self._letters.get((flight.partition, flight.ack))
        overtaken = self._decided.get(flight.envelope.area, -1) > flight.ack
        if (letter, overtaken) != (flight.letter, flight.overtaken):
            flight.letter, flight.overtaken = letter, overtaken
            flight.stir()
