"""The supervisor: what ends is started again, what was started is stopped, whoever started it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from api.settings import WENZHOU
from deploy.cluster import Cluster
from deploy.servers.processes import Process
from deploy.servers.programs import STEADY_S, Kept, Program
from schemas.values import AreaId
from streams.engines.cluster.layout import Layout
from tests.servers import skip_without_servers

ROOT = Path(__file__).parent.parent.parent
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
FAILING = [sys.executable, "-c", "import sys; sys.exit(70)"]
PATIENCE_S = 60.0


def wait_for(what: Callable[[], object], words: str) -> None:
    until = monotonic() + PATIENCE_S
    while not what():
        assert monotonic() < until, words
        sleep(0.02)


def ended(process: Process) -> Callable[[], bool]:
    return lambda: not process.running()


def another(process: Process, than: int | None) -> Callable[[], bool]:
    return lambda: process.pid not in (None, than)


# --- starting again -------------------------------------------------------------------------


def test_a_program_that_was_killed_runs_again_at_once(tmp_path: Path) -> None:
    told: list[str] = []
    program = Program(Process(tmp_path, "decider"), SLEEPER)
    program.start()
    first = program.process.pid
    kept = Kept(program, told.append)
    kept.look(100.0)
    assert program.process.pid == first
    assert first
    os.kill(first, signal.SIGKILL)
    wait_for(ended(program.process), "it survived")
    kept.look(100.1)
    assert program.process.pid not in (None, first)
    assert "-9" in told[0]
    program.stop()


def test_a_program_that_ends_over_and_over_waits_longer_each_time(tmp_path: Path) -> None:
    told: list[str] = []
    process = Process(tmp_path, "decider")
    kept = Kept(Program(process, FAILING), told.append)
    now, pauses = 100.0, []
    for _ in range(8):
        wait_for(ended(process), "it does not fail")
        kept.look(now)
        pauses.append(pause_of(told))
        now += pauses[-1]
        kept.look(now)
    assert pauses == [0, 1, 2, 4, 8, 16, 30, 30]
    wait_for(ended(process), "it does not fail")
    kept.look(now + STEADY_S)
    assert pause_of(told) == 0
    process.stop()


def pause_of(told: list[str]) -> float:
    """The last pause that was told of."""
    found = [re.search(r"(\d+) (?:s|秒)", line) for line in told]
    return [float(match[1]) for match in found if match][-1]


# --- the whole ------------------------------------------------------------------------------


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A folder for a cluster; whatever a test leaves in it is stopped."""
    skip_without_servers()
    found = Cluster(tmp_path / "集群 cluster")
    yield found
    assert typed("stop", found).returncode == 0


def command(name: str, cluster: Cluster, *flags: str) -> list[str]:
    words = [name, "--data", str(cluster.folder), *flags]
    return [sys.executable, "-m", "deploy.cluster", *words]


def typed(name: str, cluster: Cluster, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(name, cluster, *flags),
        cwd=ROOT,
        env={**os.environ, "SHOUWANG_PORT": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * PATIENCE_S,
    )


def started(cluster: Cluster) -> subprocess.Popen[bytes]:
    """A supervisor with everything running, an exercise too."""
    supervisor = subprocess.Popen(
        command("start", cluster),
        cwd=ROOT,
        env={**os.environ, "SHOUWANG_PORT": "0"},
        stdout=subprocess.DEVNULL,
    )
    wait_for(lambda: all_run(cluster) or supervisor.poll() is not None, "not everything runs")
    assert supervisor.poll() is None
    return supervisor


def all_run(cluster: Cluster) -> bool:
    return all(part.process.running() for part in cluster.parts)


def none_runs(cluster: Cluster) -> bool:
    parts = (*(part.process for part in cluster.parts), cluster.supervisor)
    return not any(process.running() for process in parts)


def test_an_exercise_ends_by_itself_and_goes_on_at_the_next_start(cluster: Cluster) -> None:
    areas = {WENZHOU: 2, AreaId("3301"): 1}
    cluster.folder.mkdir()
    Layout(brokers="gone:1", redis="redis://gone:2/0", areas=areas).write(cluster.folder)
    played = typed("start", cluster, "--for", "2")
    assert played.returncode == 0, played.stdout + played.stderr
    assert none_runs(cluster)
    assert typed("status", cluster).returncode == 1
    layout = Layout.read(cluster.folder)
    assert layout.areas == areas, "what was said of areas outlives a start"
    assert (layout.brokers, layout.redis) == (cluster.broker.address, cluster.redis.url)
    again = typed("start", cluster, "--for", "1")
    assert again.returncode == 0, again.stdout + again.stderr
    assert Layout.read(cluster.folder) == layout


def test_what_is_killed_comes_back_until_somebody_asks_to_stop(cluster: Cluster) -> None:
    with started(cluster) as supervisor:
        assert typed("start", cluster).returncode == 2, "one folder, one supervisor"
        killed = {part.process: part.process.pid for part in cluster.parts[1:4]}
        for pid in killed.values():
            assert pid
            os.kill(pid, signal.SIGKILL)
        for process, pid in killed.items():
            wait_for(another(process, pid), f"{process.name} does not come back")
        assert typed("status", cluster).returncode == 0
        supervisor.send_signal(signal.SIGINT)
    assert supervisor.returncode == 0
    assert none_runs(cluster)


def test_stop_finds_everything_after_the_supervisor_was_killed(cluster: Cluster) -> None:
    with started(cluster) as supervisor:
        supervisor.kill()
    assert all_run(cluster)
    stopped = typed("stop", cluster)
    assert stopped.returncode == 0
    assert none_runs(cluster)
    lines = stopped.stdout.splitlines()
    assert len(lines) == len(cluster.parts)
    for part, line in zip(reversed(cluster.parts), lines, strict=True):
        assert part.process.name in line


def test_the_folder_of_one_machine_is_refused(cluster: Cluster) -> None:
    cluster.folder.mkdir()
    (cluster.folder / "log.db").touch()
    refused = typed("start", cluster)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
