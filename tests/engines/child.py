"""An engine in a process of its own: envelopes in, a line each, answers out, a line each.

python -m tests.engines.child FOLDER
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import msgspec

from schemas.wire import decode_envelope, encode
from streams.engines import Engine, KeyReused, Unavailable
from streams.engines.cluster.engine import Cluster
from streams.engines.cluster.layout import is_cluster
from streams.engines.embedded import Embedded

LINE_BYTES_MOST = 1 << 20


class Answer(msgspec.Struct, frozen=True):
    """What became of a command: the turn that answers it, or why there is none."""

    command_id: str
    repeated: bool = False
    turn: str = ""
    failure: str = ""


def say(answer: Answer) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()


async def answer(engine: Engine, line: bytes) -> None:
    envelope = decode_envelope(line)
    try:
        receipt = await engine.submit(envelope)
    except (Unavailable, KeyReused) as failure:
        say(Answer(envelope.command_id, failure=type(failure).__name__))
    else:
        turn = encode(receipt.turn).decode()
        say(Answer(envelope.command_id, repeated=receipt.repeated, turn=turn))


async def main(folder: Path) -> None:
    engine = await Cluster.open(folder) if is_cluster(folder) else Embedded.open(folder)
    reader = asyncio.StreamReader(limit=LINE_BYTES_MOST)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    say(Answer("ready"))
    async with asyncio.TaskGroup() as answering:
        while line := await reader.readline():
            answering.create_task(answer(engine, line))
    await engine.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
