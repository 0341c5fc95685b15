"""The two topics of a cluster: how they have to be, how they are, and making them so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from kafka.admin import ConfigResource

from schemas.values import AreaId
from streams.engines.cluster.clients import administration
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import RECORD_BYTES_MOST
from streams.engines.cluster.replay import Replay

YEAR_MS: Final = 365 * 24 * 3_600 * 1_000
FOR_EVER: Final = "-1"
NEVER: Final = str(2**63 - 1)  # so many messages until a flush: the broker leaves it to the system
LOOKED_AT: Final = 500  # records of a partition that a quick check looks at: logs open early
AUTO_CREATION: Final = "auto.create.topics.enable"


class Aspect(StrEnum):
    """What of a topic, or around it, can differ from the plan; other ones are a setting's name."""

    TOPIC = "topic"  # missing as a whole
    PARTITIONS = "partitions"
    COPIES = "copies"
    BROKERS = "brokers"  # fewer of them than copies
    AREA = "area"  # on another partition than the table says


class SettingRefused(Exception):
    """The broker does not take a setting; the text is the broker's."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it should be. `mends`: `apply` can and does put it right."""

    topic: str  # or "" for what belongs to the brokers
    name: str  # an Aspect, or a setting as Kafka calls it
    found: str
    wanted: str
    mends: bool = True


@dataclass(frozen=True, slots=True)
class _Topic:
    """A topic as it is; without partitions where there is none."""

    partitions: int
    copies: int
    settings: Mapping[str, str]


def plan(layout: Layout) -> list[Difference]:
    """What `apply` would put right, and what it would find and leave. Raises BrokerAway."""
    with administration(layout) as admin:
        return _differences(admin, layout)


def apply(layout: Layout) -> list[Difference]:
    """Make what is missing and correct settings; gives what was found, as `plan` does.

    Never deletes, never takes a partition away, never touches a record. What it cannot mend it
    leaves, and where the brokers are too few for the copies it makes nothing. Raises BrokerAway.
    """
    with administration(layout) as admin:
        found = _differences(admin, layout)
        for name in (layout.commands, layout.turns):
            _mend(admin, layout, name, [d for d in found if d.topic == name and d.mends])
        return found


def check(layout: Layout, deep: bool = False) -> list[Difference]:
    """What differs from the plan, and which areas' turns are not where the table has them.

    A quick check looks at the first turns of each partition, a deep one at all of them.
    Raises BrokerAway.
    """
    found = plan(layout)
    if any(d.name in (Aspect.TOPIC, Aspect.PARTITIONS) for d in found):
        return found
    return found + list(_strays(layout, None if deep else LOOKED_AT))


def settings(layout: Layout) -> dict[str, dict[str, str]]:
    """Every setting that we rely on, by topic."""
    both = {
        "cleanup.policy": "delete",
        # Rule time of a live log is when the broker appended its command.
        "message.timestamp.type": "LogAppendTime",
        "max.message.bytes": str(RECORD_BYTES_MOST),
        "retention.bytes": FOR_EVER,
        # One copy counts only on the disk; where there are more, they are in several memories.
        "flush.messages": "1" if layout.copies == 1 else NEVER,
        "min.insync.replicas": "2" if layout.copies >= 3 else "1",
    }
    return {
        layout.commands: both | {"retention.ms": str(YEAR_MS)},
        layout.turns: both | {"retention.ms": FOR_EVER},
    }


def _differences(admin: Any, layout: Layout) -> list[Difference]:
    told = admin.describe_cluster()["brokers"]
    brokers = [str(broker["broker_id"]) for broker in told if not broker["is_fenced"]]
    found = list(_of_brokers(admin, brokers))
    enough = len(brokers) >= layout.copies
    if not enough:
        wanted = f"{layout.copies} or more"
        found.append(Difference("", Aspect.BROKERS, str(len(brokers)), wanted, mends=False))
    present = _present(admin, layout)
    for name, wanted_settings in settings(layout).items():
        wanted_topic = _Topic(layout.partitions, layout.copies, wanted_settings)
        found += _of_topic(name, present.get(name), wanted_topic, enough)
    return found


def _of_brokers(admin: Any, brokers: list[str]) -> Iterator[Difference]:
    """A broker that makes topics by itself makes them wrongly, out of a name misspelled."""
    asked = [ConfigResource("BROKER", broker, [AUTO_CREATION]) for broker in brokers]
    told = admin.describe_configs(asked, config_filter="all")["broker"]
    if any(of_one[AUTO_CREATION]["value"] != "false" for of_one in told.values()):
        yield Difference("", AUTO_CREATION, "true", "false", mends=False)


def _of_topic(
    name: str, present: _Topic | None, wanted: _Topic, enough_brokers: bool
) -> Iterator[Difference]:
    if present is None:
        yield Difference(name, Aspect.TOPIC, "", str(wanted.partitions), enough_brokers)
        return
    if present.partitions != wanted.partitions:
        # The table names every area's partition, so further ones move nobody.
        grows = present.partitions < wanted.partitions
        is_, to_be = str(present.partitions), str(wanted.partitions)
        yield Difference(name, Aspect.PARTITIONS, is_, to_be, grows)
    if present.copies != wanted.copies:
        is_, to_be = str(present.copies), str(wanted.copies)
        yield Difference(name, Aspect.COPIES, is_, to_be, mends=False)
    for setting, value in wanted.settings.items():
        if present.settings[setting] != value:
            yield Difference(name, setting, present.settings[setting], value)


def _present(admin: Any, layout: Layout) -> dict[str, _Topic]:
    names = [layout.commands, layout.turns]
    told = [topic for topic in admin.describe_topics(names) if topic["partitions"]]
    if not told:
        return {}
    wanted = settings(layout)
    asked = [ConfigResource("TOPIC", topic["name"], list(wanted[topic["name"]])) for topic in told]
    values = admin.describe_configs(asked, config_filter="all")["topic"]
    return {
        topic["name"]: _Topic(
            partitions=len(topic["partitions"]),
            copies=min(len(partition["replica_nodes"]) for partition in topic["partitions"]),
            settings={key: told["value"] for key, told in values[topic["name"]].items()},
        )
        for topic in told
    }


def _mend(admin: Any, layout: Layout, name: str, found: list[Difference]) -> None:
    aspects = {difference.name for difference in found}
    if Aspect.TOPIC in aspects:
        admin.create_topics(
            {
                name: {
                    "num_partitions": layout.partitions,
                    "replication_factor": layout.copies,
                    "configs": settings(layout)[name],
                }
            }
        )
        admin.wait_for_topics([name])
        return
    if Aspect.PARTITIONS in aspects:
        admin.create_partitions({name: layout.partitions})
        admin.wait_for_topics([name])
    changed = {d.name: d.wanted for d in found if d.name not in set(Aspect)}
    if changed:
        told = admin.alter_configs([ConfigResource("TOPIC", name, changed)])["topic"][name]
        if told != "OK":
            raise SettingRefused(f"{name}: {told}")


def _strays(layout: Layout, most: int | None) -> Iterator[Difference]:
    """Areas whose turns are on a partition that the table does not have them on."""
    replay = Replay(layout)
    try:
        for partition in range(layout.partitions):
            seen = {record.area for record in islice(replay.records(partition), most)}
            for area in sorted(seen - {""} - layout.areas_on(partition)):
                told = layout.areas.get(AreaId(area), "not in the table")
                yield Difference(
                    layout.turns, f"{Aspect.AREA} {area}", str(partition), str(told), mends=False
                )
    finally:
        replay.close()
