"""The bare parts: a plain aiokafka loop that runs the decider's own Handler, without Faust.

`python -m tests.bench.cluster_bare FOLDER`
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.engines.clock import Clock
from streams.engines.cluster.decider import Decider
from streams.engines.cluster.ending import or_end
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import command_record
from streams.engines.cluster.worker import TAKEN_MOST
from streams.engines.defects import Defects
from streams.engines.folder import DEFECTS, Divisions

POLL_MS = 500


async def run(folder: Path) -> None:
    """Every partition, assigned once and for all; what has been handled is committed."""
    layout = Layout.read(folder)
    decider = Decider(layout, Divisions(folder).tree, Clock(), Defects(folder / DEFECTS))
    await decider.start()
    consumer = AIOKafkaConsumer(
        bootstrap_servers=layout.brokers,
        group_id=f"{layout.prefix}bare",
        auto_offset_reset="earliest",
        auto_commit_interval_ms=1_000,
    )
    await consumer.start()
    partitions = range(layout.partitions)
    consumer.assign([TopicPartition(layout.commands, partition) for partition in partitions])
    await decider.assigned(set(partitions))
    while True:
        found = await consumer.getmany(timeout_ms=POLL_MS, max_records=TAKEN_MOST)
        await decider.handle([command_record(one) for part in found.values() for one in part])


if __name__ == "__main__":
    asyncio.run(or_end(run(Path(sys.argv[1]))))
