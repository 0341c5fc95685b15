"""Everything of a cluster on this machine: start it, keep it running, stop it, see what runs.

python -m deploy.cluster start|stop|status --data FOLDER
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from api.drill.progress import Line
from api.language import say
from api.settings import WENZHOU
from deploy.servers.broker import Broker
from deploy.servers.processes import Process
from deploy.servers.programs import Kept, Part, Program, running
from deploy.servers.redis import Redis
from deploy.servers.server import NotStarted
from streams.engines.cluster.layout import Layout, LayoutUnfit, is_cluster
from streams.engines.folder import LOG

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
LOOK_S = 0.1  # between two looks at what runs
ORDERLY_S = 180.0  # for another supervisor to stop everything
TROUBLE = 2


class Trouble(Exception):
    """Something that whoever typed the command can put right, in the terminal's language."""


class Cluster:
    """The parts of one cluster in one data folder, whoever started them."""

    def __init__(self, folder: Path, doors: Sequence[str] = ()) -> None:
        """`doors` are the words behind `shouwang` that serve the folder; none to look only."""
        self.folder = folder.resolve()
        self.broker = Broker(self.folder / "kafka")
        self.redis = Redis(self.folder / "redis")
        self.decider = self._program("decider", ["decide"])
        self.projector = self._program("projector", ["project"])
        self.doors = self._program("api", doors, shown=True)
        self.supervisor = self._process("supervisor")

    @property
    def parts(self) -> tuple[Part, ...]:
        """In the order of starting; stopping goes backwards."""
        return (self.broker, self.redis, self.decider, self.projector, self.doors)

    def _program(self, name: str, words: Sequence[str], shown: bool = False) -> Program:
        command = [SHOUWANG, *words, "--data", str(self.folder)]
        return Program(self._process(name), command, shown=shown)

    def _process(self, name: str) -> Process:
        return Process(self.folder / "processes", name)

    def write_layout(self) -> None:
        """Write where the servers are now; what was said of areas and partitions stays."""
        known = Layout.read(self.folder) if is_cluster(self.folder) else None
        known = known or Layout(brokers="", redis="", areas={WENZHOU: 0})
        replace(known, brokers=self.broker.address, redis=self.redis.url).write(self.folder)


class Supervisor:
    """Starts the parts in order, keeps them running while the doors are open, and stops them."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._line = Line()
        self._began = monotonic()
        self._asked = False

    def run(self) -> int:
        """Everything from start to stop; gives how the doors ended. Raises Trouble, NotStarted."""
        if (pid := self._cluster.supervisor.pid) is not None:
            raise Trouble(
                say(
                    f"该目录的集群已在运行(进程 {pid});停止:make cluster-stop",
                    f"This folder's cluster runs already (process {pid}); make cluster-stop",
                )
            )
        self._listen()
        self._cluster.supervisor.claim()
        try:
            if any(part.process.running() for part in self._cluster.parts):
                self.tell(say("停止上次遗留的进程", "Stopping what an earlier start left behind"))
                self.clear()
            self._start()
            return self._watch()
        finally:
            self.clear()
            self._cluster.supervisor.release()

    def _listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup leaves it
            signal.signal(signal.SIGHUP, self._ask)

    def _ask(self, _number: int, _frame: object) -> None:
        # Noted only: between a start and its note in a file nothing may come in between.
        self._asked = True

    def tell(self, text: str) -> None:
        """A line with the seconds since the start; that nobody reads it any more stops nothing."""
        with suppress(OSError):
            self._line.say(f"{monotonic() - self._began:6.1f} s  {text}")

    def clear(self) -> None:
        """Stop, in reverse order, whatever of this cluster runs, whoever started it."""
        for part in reversed(self._cluster.parts):
            if (pid := part.process.pid) is not None:
                part.stop()
                name = part.process.name
                self.tell(say(f"已停止 {name}(进程 {pid})", f"{name} stopped ({pid})"))

    def _start(self) -> None:
        cluster = self._cluster
        servers = (cluster.broker, cluster.redis)
        for server in servers:
            if reason := server.missing():
                raise Trouble(reason)
        programs = (cluster.decider, cluster.projector, cluster.doors)
        steps: Sequence[Callable[[], None]] = (
            *(partial(self._begin, server) for server in servers),
            cluster.write_layout,
            self._topics,
            *(partial(self._begin, program) for program in programs),
        )
        for step in steps:
            if not self._asked:
                step()

    def _begin(self, part: Part) -> None:
        part.start()
        self.tell(running(part))

    def _topics(self) -> None:
        command = [SHOUWANG, "topics", "apply", "--data", str(self._cluster.folder)]
        if subprocess.run(command, check=False).returncode:
            raise Trouble(say("主题未能建立", "The topics could not be made"))

    def _watch(self) -> int:
        """Until the doors are closed, which may be trouble, or somebody asks to stop."""
        cluster = self._cluster
        inner = (cluster.broker, cluster.redis, cluster.decider, cluster.projector)
        kept = [Kept(part, self.tell) for part in inner]
        while cluster.doors.process.running() and not self._asked:
            for part in kept:
                part.look(monotonic())
            sleep(LOOK_S)
        if self._asked:
            self.tell(say("正在按顺序停止……", "Stopping in order ..."))
            return 0
        return cluster.doors.process.code() or 0


def start(typed: argparse.Namespace) -> int:
    """Start everything; ends with the exercise, with Ctrl-C, or by `stop` from elsewhere."""
    if (typed.data / LOG).exists():
        zh = f"{typed.data} 是单机数据目录;请换一个目录(DATA=…)"
        raise Trouble(say(zh, f"{typed.data} holds the log of one machine; take another DATA="))
    typed.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    doors = ["serve"] if typed.serve else ["run"]
    for name in ("for", "pace"):
        if (value := getattr(typed, name)) is not None and not typed.serve:
            doors += [f"--{name}", value]
    return Supervisor(Cluster(typed.data, doors)).run()


def stop(typed: argparse.Namespace) -> int:
    """Stop everything of this folder by process id, the supervisor's way if there is one."""
    cluster = Cluster(typed.data)
    if (pid := cluster.supervisor.pid) is not None:
        print(say(f"请进程 {pid} 停止全部", f"Asking process {pid} to stop everything"), flush=True)
        cluster.supervisor.stop(ORDERLY_S)
    elif not any(part.process.running() for part in cluster.parts):
        print(say("没有进程在运行", "Nothing runs"))
    Supervisor(cluster).clear()
    return 0


def status(typed: argparse.Namespace) -> int:
    """What runs, and what the topics and the board say; 1 if a part does not run."""
    cluster = Cluster(typed.data)
    for process in (*(part.process for part in cluster.parts), cluster.supervisor):
        print(f"{process.name:<12}{_state(process)}")
    whole = all(part.process.running() for part in cluster.parts)
    if cluster.broker.running() and is_cluster(cluster.folder):
        sys.stdout.flush()
        subprocess.run([SHOUWANG, "cluster", "--data", str(cluster.folder)], check=False)
    return int(not whole)


def _state(process: Process) -> str:
    pid = process.pid
    if pid is None:
        return say("未运行", "does not run")
    age = timedelta(seconds=int(process.age_s()))
    return say(f"进程 {pid},已运行 {age}", f"process {pid}, for {age}")


def parser() -> argparse.ArgumentParser:
    """The three commands."""
    found = argparse.ArgumentParser(prog="deploy.cluster", description=__doc__)
    commands = found.add_subparsers(required=True, metavar="COMMAND")
    for name, handle in (("start", start), ("stop", stop), ("status", status)):
        made = commands.add_parser(name, help=handle.__doc__, description=handle.__doc__)
        made.set_defaults(run=handle)
        made.add_argument("--data", type=Path, required=True, help="the cluster's folder")
        if handle is start:
            made.add_argument("--for", metavar="SECONDS", help="end after the first post")
            made.add_argument("--pace", metavar="FACTOR", help="rule seconds per second")
            made.add_argument("--serve", action="store_true", help="open doors, no exercise")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: what it gives, or 2 for trouble."""
    typed = parser().parse_args(arguments)
    try:
        return int(typed.run(typed))
    except (Trouble, NotStarted, LayoutUnfit) as trouble:
        print(trouble, file=sys.stderr)
        return TROUBLE


if __name__ == "__main__":
    sys.exit(main())
