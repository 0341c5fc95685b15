"""A client of an engine in another process, with its own journal of what it was told."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import msgspec

from schemas.turns import Envelope
from schemas.values import CommandId
from schemas.wire import decode_turn, encode
from streams.engines import Receipt
from tests.engines.child import LINE_BYTES_MOST, Answer

ROOT = Path(__file__).parent.parent.parent


class Gone(Exception):
    """The process has ended before it answered."""


class Journal:
    """What was asked and what was answered, kept outside of the process that may be killed."""

    def __init__(self) -> None:
        self.told: dict[CommandId, bytes] = {}  # the turn as it was acknowledged
        self.open: dict[CommandId, Envelope] = {}  # asked and not answered yet

    def note(self, answer: Answer) -> None:
        key = CommandId(answer.command_id)
        if answer.turn:
            before = self.told.setdefault(key, answer.turn.encode())
            assert before == answer.turn.encode(), "a second answer differs from the first"
            self.open.pop(key, None)


class Remote:
    """One life of the process. `submit` is the engine's; the rest is about life and death."""

    def __init__(self, process: asyncio.subprocess.Process, journal: Journal) -> None:
        self.process = process
        self.journal = journal
        self.answered_at: list[float] = []  # when each turn came back, monotonic seconds
        self.failures: list[str] = []
        self._waiters: dict[str, asyncio.Future[Answer]] = {}
        self._ready = asyncio.Event()
        self._goal: tuple[int, asyncio.Event] = (0, asyncio.Event())
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(
        cls, folder: Path, journal: Journal, preexec: Callable[[], None] | None = None
    ) -> Remote:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.engines.child", str(folder)),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=None if preexec is None else asyncio.subprocess.DEVNULL,
            limit=LINE_BYTES_MOST,
            preexec_fn=preexec,
        )
        remote = cls(process, journal)
        async with asyncio.timeout(60):
            await remote._ready.wait()
        assert not remote._reading.done(), "the process did not come up"
        return remote

    async def submit(self, envelope: Envelope) -> Receipt:
        """The answer, or Gone."""
        assert self.process.stdin is not None
        waiter = asyncio.get_running_loop().create_future()
        self._waiters[envelope.command_id] = waiter
        self.journal.open[envelope.command_id] = envelope
        if self._reading.done():
            raise Gone
        self.process.stdin.write(encode(envelope) + b"\n")
        answer: Answer = await waiter
        if answer.failure:
            raise Gone(answer.failure)
        return Receipt(decode_turn(answer.turn.encode()), answer.repeated)

    async def answers(self, number: int) -> None:
        """Wait until so many more turns have come back; what has failed is no answer."""
        self._goal = len(self.answered_at) + number, asyncio.Event()
        async with asyncio.timeout(60):
            await self._goal[1].wait()

    async def kill(self) -> None:
        """No signal handler, no goodbye; what it had said until then still counts."""
        self.process.kill()
        await self.ended()

    async def ended(self) -> int:
        """Read its last words, and give its exit code."""
        await self._reading
        return await self.process.wait()

    async def leave(self) -> int:
        """Ask for nothing more; it answers what it was asked, and closes."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return await self.ended()

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while (line := await self.process.stdout.readline()).endswith(b"\n"):
            answer = msgspec.json.decode(line, type=Answer)
            self.journal.note(answer)
            if answer.command_id == "ready":
                self._ready.set()
            elif answer.failure:
                self.failures.append(answer.failure)
            else:
                self.answered_at.append(monotonic())
                if len(self.answered_at) >= self._goal[0]:
                    self._goal[1].set()
            waiter = self._waiters.pop(answer.command_id, None)
            if waiter is not None and not waiter.done():
                waiter.set_result(answer)
        self._ready.set()
        for waiter in self._waiters.values():
            if not waiter.done():
                waiter.set_exception(Gone())
