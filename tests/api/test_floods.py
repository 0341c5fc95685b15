"""Floods and crowds on real sockets: closed while they cost nothing, and others notice nothing."""

import json
import os
import resource
import socket
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.api.browsing import ROOT, shouwang

CPU_S = 0.1
MEMORY_BYTES = 3 * 2**20
SERVED_S = 0.05
CROWD = 1_100
FILES = 1_024
PATIENCE_S = 20.0  # until the test gives up on a server that takes everything

PIECE = 64 * 1024
SIMPLE = b"GET /api/v1/health HTTP/1.1\r\nhost: 127.0.0.1\r\n"


@dataclass(frozen=True)
class Target:
    """A server of its own process, to be attacked."""

    port: int
    pid: int

    def connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak(self) -> int:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024

    def calm_down(self) -> None:
        """Forget the highest memory, so that what comes counts from here."""
        sleep(0.2)
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def answers(self) -> float:
        """Seconds until somebody who has just come is answered."""
        began = monotonic()
        with self.connected() as one:
            one.sendall(SIMPLE + b"connection: close\r\n\r\n")
            assert one.recv(PIECE).startswith(b"HTTP/1.1 ")
        return monotonic() - began


@contextmanager
def attacked(folder: Path) -> Iterator[Target]:
    """A new folder, served by a process that may open as few files as a system gives at least."""
    init = shouwang("init", "--data", str(folder))
    subprocess.run(init, cwd=ROOT, capture_output=True, check=True)
    process = subprocess.Popen(
        shouwang("serve", "--data", str(folder), "--port", "0"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES)),
    )
    with process:
        assert process.stdout
        told = next(line for line in process.stdout if line.startswith("{"))
        try:
            port = int(json.loads(told)["address"].rpartition(":")[2])
            target = Target(port, process.pid)
            for _ in range(3):
                target.answers()
            yield target
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with attacked(tmp_path_factory.mktemp("attacked") / "data") as found:
        yield found


Flood = Callable[[], Iterable[bytes]]


def request_line() -> Iterator[bytes]:
    yield b"GET /"
    yield from repeat(b"a" * PIECE, 90 * 16)


def one_header() -> Iterator[bytes]:
    yield SIMPLE + b"x: "
    yield from repeat(b"a" * PIECE, 150 * 16)


def small_headers() -> Iterator[bytes]:
    yield SIMPLE
    yield from repeat(b"a: b\r\n" * (PIECE // 6), 60 * 16)


def trailers_after_the_answer() -> Iterator[bytes]:
    yield b"POST /nowhere HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n"
    yield from repeat(b"a: b\r\n" * (PIECE // 6), 60 * 16)


def pipelined() -> Iterator[bytes]:
    yield from repeat((SIMPLE + b"\r\n") * 1_000, 2_000)


def endless_body_to_nobody() -> Iterator[bytes]:
    yield b"POST /nowhere HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\n\r\n"
    yield from repeat(b"%x\r\n" % PIECE + b"a" * PIECE + b"\r\n", 60 * 16)


def empty_lines() -> Iterator[bytes]:
    yield from repeat(b"\r\n" * (PIECE // 2), 60 * 16)


FLOODS = (
    request_line,
    one_header,
    small_headers,
    trailers_after_the_answer,
    pipelined,
    endless_body_to_nobody,
    empty_lines,
)


@pytest.mark.parametrize("flood", FLOODS, ids=lambda flood: flood.__name__)
def test_a_flood_is_closed_while_it_costs_nothing(target: Target, flood: Flood) -> None:
    target.calm_down()
    cpu, memory = target.cpu_s(), target.peak()
    with target.connected() as one:
        assert not all_taken(one, flood()), "it went on to the end"
    sleep(0.2)
    cost, grown = target.cpu_s() - cpu, target.peak() - memory
    assert cost <= CPU_S
    assert grown < MEMORY_BYTES
    assert target.answers() < SERVED_S


def all_taken(one: socket.socket, flood: Iterable[bytes]) -> bool:
    """Send as fast as it is taken, and never read; False once the connection has ended."""
    one.settimeout(PATIENCE_S)
    try:
        for piece in flood:
            one.sendall(piece)
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def open_crowd(target: Target, stack: ExitStack, said: bytes) -> list[socket.socket]:
    crowd: list[socket.socket] = []
    for _ in range(CROWD):
        one = stack.enter_context(target.connected())
        with suppress(OSError):  # some are dropped for those who come after them
            one.sendall(said)
        crowd.append(one)
    return crowd


def drip(crowd: list[socket.socket], byte: bytes) -> None:
    for one in crowd:
        with suppress(OSError):
            one.send(byte)


@pytest.mark.parametrize(
    "said", [b"", b"GET /", SIMPLE + b"\r\n"], ids=["idle", "dripping", "kept"]
)
def test_a_crowd_of_one_address_shuts_nobody_out(target: Target, said: bytes) -> None:
    """More connections than there are files, which say nothing, drip, or are kept after an answer:
    whoever comes, one after another, is answered at once."""
    with ExitStack() as stack:
        crowd = open_crowd(target, stack, said)
        waited = []
        for _ in range(10):
            drip(crowd, b"a" if said == b"GET /" else b"")
            sleep(0.1)
            waited.append(target.answers())
    assert sorted(waited)[-2] < SERVED_S, waited
