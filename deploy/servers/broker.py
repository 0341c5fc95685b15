"""One Kafka broker, its own controller, from jars that were checked."""

from __future__ import annotations

import os
import struct
import subprocess
from pathlib import Path
from string import Template

from deploy.servers import jars
from deploy.servers.server import HOST, NotStarted, Server, ask

CLUSTER_ID = "c2hvdXdhbmctc2hvdXdhbg"  # any 16 bytes in base64; they may be the same everywhere
HEAP = "384m"
# Metadata, version 4, no topics: the answer lists the brokers that take part.
_WHO_IS_THERE = struct.pack(">hhihi?", 3, 4, 1, -1, 0, False)
_ANSWER = struct.Struct(">iiii")  # length, correlation, throttle, number of brokers

missing = jars.missing


class Broker(Server):
    """One broker. A heap is given as Java takes it, such as 384m."""

    NAME = "kafka"
    PORTS = ("broker", "controller")

    def __init__(self, folder: Path, heap: str = HEAP) -> None:
        super().__init__(folder)
        self._heap = heap

    @property
    def address(self) -> str:
        """`HOST:PORT` for clients. KeyError before the first start."""
        return f"{HOST}:{self.ports['broker']}"

    def missing(self) -> str | None:
        return missing()

    def _launch(self) -> None:
        template = Template((jars.KAFKA / "server.properties").read_text(encoding="utf-8"))
        written = template.substitute(self.ports)
        (self.folder / "server.properties").write_text(written, encoding="utf-8")
        try:
            environment = self._environment(jars.ready())
        except jars.WrongJars as wrong:
            raise NotStarted(str(wrong)) from wrong
        # Kafka writes this file last of all that belongs to a format.
        if not (self.folder / "data" / "meta.properties").exists():
            self._format(environment)
        self.process.start(self._java("kafka.Kafka", "server.properties"), environment)

    def _environment(self, libs: Path) -> dict[str, str]:
        # Java reads the names of files by the locale; under C no Chinese folder would be found.
        return {"CLASSPATH": f"{libs}/*", "LC_ALL": "C.UTF-8"}

    def _java(self, *arguments: str) -> list[str]:
        program = jars.java()
        assert program
        logging = (jars.KAFKA / "log4j2.properties").as_uri()
        memory = [f"-Xmx{self._heap}", "-XX:MaxDirectMemorySize=128m", "-XX:+UseSerialGC"]
        return [program, *memory, f"-Dlog4j2.configurationFile={logging}", *arguments]

    def _format(self, environment: dict[str, str]) -> None:
        words = ["format", "--ignore-formatted", "--cluster-id", CLUSTER_ID]
        ran = subprocess.run(
            self._java("kafka.tools.StorageTool", *words, "--config", "server.properties"),
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise NotStarted(ran.stdout + ran.stderr)

    def _answers(self) -> bool:
        # An open port is not enough: after a crash the broker waits until it is let in again.
        question = struct.pack(">i", len(_WHO_IS_THERE)) + _WHO_IS_THERE
        answer = ask(self.ports["broker"], question, _ANSWER.size)
        if len(answer) < _ANSWER.size:
            return False
        return bool(_ANSWER.unpack_from(answer)[3])
