"""Programs in the background, known by id and start, so that no stranger is ever signaled."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import monotonic, sleep, time

LOOK_S = 0.05  # between two looks at whether it has ended
STOP_S = 30.0  # for an orderly end; then it is killed

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Identity:
    """A running process: systems give a number again, but not at the same start."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Identity | None:
        """Who has this number; None if nobody, or only the remains of one that has ended."""
        started = started_by_proc(pid) if (PROC / "self/stat").exists() else started_by_ps(pid)
        return cls(pid, started) if started else None

    def alive(self) -> bool:
        return Identity.of(self.pid) == self


def started_by_proc(pid: int) -> str | None:
    """The start as Linux knows it: the boot, and clock ticks since then."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # A program's name, in parentheses, may itself hold blanks and parentheses.
    state, *fields = text.rpartition(")")[2].split()
    threads, started = int(fields[16]), fields[18]
    # A dead first thread whose others are still ending may hold its ports and locks.
    return None if state in "ZX" and threads <= 1 else f"{_boot()} {started}"


@cache
def _boot() -> str:
    return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def started_by_ps(pid: int) -> str | None:
    """The start as macOS tells it, to the second."""
    command = ["ps", "-o", "stat=", "-o", "lstart=", "-p", str(pid)]
    told = subprocess.run(
        command, env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, check=False
    )
    state, _, started = told.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()


class Process:
    """One program of ours: NAME.pid says who it is, NAME.log what it wrote, both in its folder.

    Whoever opens the same folder later, in another process, can see and stop it too.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.folder = folder
        self.log = folder / f"{name}.log"
        self._pid_file = folder / f"{name}.pid"
        self._child: subprocess.Popen[bytes] | None = None

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        shown: bool = False,
    ) -> None:
        """Start it in its folder and in a session of its own, beyond the terminal's Ctrl-C.

        What it writes goes to its log, or where ours goes if it is `shown`.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=None if shown else log,
                stderr=None if shown else log,
                start_new_session=True,
            )
        self._note(self._child.pid)

    def claim(self) -> None:
        """Let it be the very process that asks."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._note(os.getpid())

    def release(self) -> None:
        """Forget who it was."""
        self._pid_file.unlink(missing_ok=True)

    def _note(self, pid: int) -> None:
        if found := Identity.of(pid):
            written = self._pid_file.with_suffix(".pid.new")
            written.write_text(f"{found.pid} {found.started}\n", encoding="utf-8")
            written.replace(self._pid_file)

    def identity(self) -> Identity | None:
        """Who it is while it runs."""
        if self._child is not None:
            self._child.poll()
        with suppress(FileNotFoundError, ValueError):
            pid, started = self._pid_file.read_text(encoding="utf-8").strip().split(" ", 1)
            written = Identity(int(pid), started)
            return written if written.alive() else None
        return None

    @property
    def pid(self) -> int | None:
        """Its number while it runs."""
        found = self.identity()
        return found.pid if found else None

    def running(self) -> bool:
        return self.identity() is not None

    def age_s(self) -> float:
        """Seconds since it was started."""
        return time() - self._pid_file.stat().st_mtime

    def code(self) -> int | None:
        """How it ended, if it was started here and has; minus the signal that ended it."""
        return self._child.poll() if self._child is not None else None

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if (pid := self.pid) is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def stop(self, patience_s: float = STOP_S) -> None:
        """Ask it to end and wait; after `patience_s` seconds it is killed. Repeatable."""
        self.signal(signal.SIGTERM)
        if not self._gone(patience_s):
            self.kill()
        self.release()

    def kill(self) -> None:
        """End it at once, without a chance to put anything right. Repeatable."""
        self.signal(signal.SIGKILL)
        self._gone(STOP_S)
        self.release()

    def _gone(self, patience_s: float) -> bool:
        until = monotonic() + patience_s
        while self.running():
            if monotonic() > until:
                return False
            sleep(LOOK_S)
        if self._child is not None:
            self._child.wait()  # so that nothing remains of it in the system's list either
        return True

    def tail(self, lines: int = 15) -> str:
        """The end of what it wrote."""
        if not self.log.exists():
            return ""
        written = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(written[-lines:])
