"""Programs that run beside the servers, and how what ends by itself is started again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from api.language import say
from deploy.servers.processes import Process
from deploy.servers.server import NotStarted

STEADY_S = 30.0  # whoever has run so long starts again at once
PAUSE_MAX_S = 30.0

Tell = Callable[[str], None]


class Part(Protocol):
    """One of the processes that a cluster is made of: a server or a program."""

    @property
    def process(self) -> Process:
        """What it is to the system."""

    def start(self) -> None:
        """Start it; one that runs already stays. Raises NotStarted."""

    def stop(self) -> None:
        """Stop it and wait. Repeatable."""


class Program:
    """A command in the background, or one that writes where we do if it is `shown`."""

    def __init__(self, process: Process, command: Sequence[str], *, shown: bool = False) -> None:
        self.process = process
        self._command = command
        self._shown = shown

    def start(self) -> None:
        if not self.process.running():
            self.process.start(self._command, shown=self._shown)

    def stop(self) -> None:
        self.process.stop()


class Kept:
    """A part that is started again when it has ended by itself: at once, then less and less soon.

    Times are seconds of one clock that never goes back.
    """

    def __init__(self, part: Part, tell: Tell) -> None:
        self._part = part
        self._tell = tell
        self._pause_s = 0.0
        self._due: float | None = None
        self._since = float("-inf")

    def look(self, now: float) -> None:
        """See whether it runs, and do what is due."""
        if self._due is None and not self._part.process.running():
            self._plan(now)
        if self._due is not None and now >= self._due:
            self._start(now)

    def _plan(self, now: float) -> None:
        if now - self._since >= STEADY_S:
            self._pause_s = 0.0
        self._due = now + self._pause_s
        process, pause = self._part.process, f"{self._pause_s:g}"
        self._tell(
            say(
                f"{process.name} 退出({process.code()}),{pause} 秒后重新启动,见 {process.log}",
                f"{process.name} ended ({process.code()}); it starts again in {pause} s; "
                f"see {process.log}",
            )
        )
        self._pause_s = min(PAUSE_MAX_S, 2 * self._pause_s or 1.0)

    def _start(self, now: float) -> None:
        self._due, self._since = None, now
        try:
            self._part.start()
            self._tell(running(self._part))
        except NotStarted as reason:
            self._tell(str(reason))


def running(part: Part) -> str:
    """That it runs, in words."""
    name, pid = part.process.name, part.process.pid
    return say(f"已启动 {name}(进程 {pid})", f"{name} runs ({pid})")
