"""What both servers have in common: a folder, ports that are kept, a start that waits."""

from __future__ import annotations

import json
import random
import socket
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import ClassVar, Self

from api.language import say
from deploy.servers.processes import Process

HOST = "127.0.0.1"
# Below what Linux and macOS lend to outgoing connections: a client that keeps calling a server that
# is down could be lent that server's own port, reach itself, and keep the server from coming back.
CANDIDATES = range(20_000, 32_000)
START_S = 120.0  # two seconds on a machine that has nothing else to do
ASK_S = 0.1  # between two questions whether it is there


class NotStarted(Exception):
    """A server that did not start; says why, in the terminal's language."""


class Server(ABC):
    """A server on loopback with a folder of its own; `with` starts and stops it."""

    NAME: ClassVar[str]
    PORTS: ClassVar[tuple[str, ...]]

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.process = Process(self.folder, self.NAME)

    @abstractmethod
    def missing(self) -> str | None:
        """What this machine lacks to run it, in one line; None if nothing."""

    @abstractmethod
    def _launch(self) -> None:
        """Prepare the folder and start the process; the ports are chosen."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it does its work yet; OSError counts as no."""

    @property
    def ports(self) -> dict[str, int]:
        """The ports by name, as chosen by the last start; empty before the first."""
        try:
            found: dict[str, int] = json.loads(self._ports_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return found

    @property
    def _ports_file(self) -> Path:
        return self.folder / "ports.json"

    def start(self) -> None:
        """Start it unless it runs, and wait until it answers.

        The ports are those of the last start, unless somebody else has taken one meanwhile.
        Raises NotStarted with what is missing, or with the end of its log.
        """
        if not self.process.running():
            if reason := self.missing():
                raise NotStarted(reason)
            self.folder.mkdir(parents=True, exist_ok=True)
            self._keep(ports_like(self.ports, self.PORTS))
        try:
            if not self.process.running():
                self._launch()
            self._wait()
        except BaseException:  # Ctrl-C too: nothing half started stays behind
            self.process.kill()
            raise

    def stop(self) -> None:
        """End it in order and wait. Repeatable."""
        self.process.stop()

    def kill(self) -> None:
        """End it with SIGKILL. Repeatable."""
        self.process.kill()

    def running(self) -> bool:
        return self.process.running()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _keep(self, ports: dict[str, int]) -> None:
        self._ports_file.write_text(json.dumps(ports) + "\n", encoding="utf-8")

    def _wait(self) -> None:
        until = monotonic() + START_S
        while not self._there():
            if not self.process.running():
                raise NotStarted(
                    say(f"{self.NAME} 启动后退出:", f"{self.NAME} ended at its start:")
                    + f"\n{self.process.tail()}"
                )
            if monotonic() > until:
                raise NotStarted(
                    say(f"{self.NAME} 没有应答:", f"{self.NAME} does not answer:")
                    + f"\n{self.process.tail()}"
                )
            sleep(ASK_S)

    def _there(self) -> bool:
        try:
            return self._answers() and self.process.running()
        except OSError:
            return False


def ports_like(known: dict[str, int], names: Sequence[str]) -> dict[str, int]:
    """A port for each name: the known one where it is free, another where not."""
    found: dict[str, int] = {}
    for name in names:
        port = known.get(name)
        while port is None or port in found.values() or not is_free(port):
            port = random.choice(CANDIDATES)
        found[name] = port
    return found


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as tried:
        # As servers do: what remains of closed connections is no obstacle.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError:
            return False
        return True


def ask(port: int, question: bytes, at_least: int) -> bytes:
    """The first bytes of the answer to one question; fewer if it hangs up. Raises OSError."""
    answer = b""
    with socket.create_connection((HOST, port), timeout=1.0) as line:
        line.sendall(question)
        while len(answer) < at_least and (more := line.recv(4096)):
            answer += more
    return answer
