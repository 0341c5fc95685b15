"""Topics on a real broker: made as planned, corrected, and never made less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from time import monotonic
from typing import Any

import pytest
from kafka.admin import ConfigResource

from deploy.servers import jars
from deploy.servers.broker import Broker
from schemas.values import AreaId
from streams.engines.cluster import topics
from streams.engines.cluster.clients import administration
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.obstacles import BrokerAway
from streams.engines.cluster.records import turn_out
from streams.engines.cluster.topics import Difference
from tests.engines.cluster.putting import put
from tests.servers import Servers


@pytest.fixture
def unmade(layout: Layout) -> Layout:
    """A cluster without its topics."""
    return replace(layout, prefix=f"{layout.prefix}un.")


@pytest.fixture
def admin(layout: Layout) -> Iterator[Any]:
    with administration(layout) as found:
        yield found


def named(found: list[Difference]) -> set[tuple[str, str, bool]]:
    return {(difference.topic, difference.name, difference.mends) for difference in found}


def alter(admin: Any, topic: str, **settings: str) -> None:
    changed = {name.replace("_", "."): value for name, value in settings.items()}
    assert admin.alter_configs([ConfigResource("TOPIC", topic, changed)])["topic"][topic] == "OK"


def test_a_plan_changes_nothing(unmade: Layout) -> None:
    planned = topics.plan(unmade)
    assert named(planned) == {(unmade.commands, "topic", True), (unmade.turns, "topic", True)}
    assert topics.plan(unmade) == planned
    assert topics.check(unmade) == planned


def test_applying_makes_everything_and_then_nothing(unmade: Layout) -> None:
    assert len(topics.apply(unmade)) == 2
    assert topics.apply(unmade) == []
    assert topics.check(unmade) == topics.check(unmade, deep=True) == []


def test_turns_are_kept_for_ever_and_commands_for_a_year(layout: Layout, admin: Any) -> None:
    def of(topic: str) -> dict[str, str]:
        told = admin.describe_configs([ConfigResource("TOPIC", topic)], config_filter="all")
        return {name: entry["value"] for name, entry in told["topic"][topic].items()}

    for topic in (layout.commands, layout.turns):
        found = of(topic)
        assert found["cleanup.policy"] == "delete"
        assert found["message.timestamp.type"] == "LogAppendTime"
        assert (found["retention.bytes"], found["flush.messages"]) == ("-1", "1")
        assert (found["max.message.bytes"], found["min.insync.replicas"]) == ("1048576", "1")
    assert of(layout.turns)["retention.ms"] == "-1"
    assert of(layout.commands)["retention.ms"] == "31536000000"


def test_three_copies_need_two_and_no_flush() -> None:
    three = topics.settings(Layout(brokers="", redis="", copies=3))["turns"]
    assert three["min.insync.replicas"] == "2"
    assert int(three["flush.messages"]) > 10**18


def test_wrong_settings_are_found_and_corrected(layout: Layout, admin: Any) -> None:
    alter(admin, layout.turns, retention_ms="60000", cleanup_policy="compact")
    alter(admin, layout.commands, message_timestamp_type="CreateTime", flush_messages="1000")
    wrong = {
        (layout.turns, "retention.ms", True),
        (layout.turns, "cleanup.policy", True),
        (layout.commands, "message.timestamp.type", True),
        (layout.commands, "flush.messages", True),
    }
    assert named(topics.plan(layout)) == named(topics.check(layout)) == wrong
    assert named(topics.apply(layout)) == wrong
    assert topics.check(layout) == []


def test_settings_of_others_are_left_alone(layout: Layout, admin: Any) -> None:
    alter(admin, layout.turns, segment_bytes="20000000", retention_ms="60000")
    topics.apply(layout)
    asked = [ConfigResource("TOPIC", layout.turns, ["segment.bytes"])]
    told = admin.describe_configs(asked, config_filter="all")["topic"][layout.turns]
    assert told["segment.bytes"]["value"] == "20000000"


def test_partitions_are_added_and_never_taken_away(layout: Layout) -> None:
    more, fewer = replace(layout, partitions=3), replace(layout, partitions=2)
    assert len(topics.apply(more)) == 2
    assert topics.check(more) == []
    left = {(fewer.commands, "partitions", False), (fewer.turns, "partitions", False)}
    assert named(topics.apply(fewer)) == left
    assert topics.check(more) == []


def test_a_lost_topic_is_made_again_beside_the_other(layout: Layout, admin: Any) -> None:
    admin.delete_topics([layout.commands])
    assert named(topics.check(layout)) == {(layout.commands, "topic", True)}
    topics.apply(layout)
    assert topics.check(layout) == []


def test_copies_of_what_is_there_are_not_changed(layout: Layout) -> None:
    found = named(topics.apply(replace(layout, copies=2)))
    assert (layout.turns, "copies", False) in found
    assert ("", "brokers", False) in found


def test_too_few_brokers_for_the_copies_make_nothing(unmade: Layout) -> None:
    wanting = replace(unmade, copies=3)
    assert named(topics.apply(wanting)) == {
        ("", "brokers", False),
        (unmade.commands, "topic", False),
        (unmade.turns, "topic", False),
    }
    assert len(topics.plan(unmade)) == 2


def test_an_area_on_a_wrong_partition_is_found(layout: Layout) -> None:
    wenzhou, nobody = AreaId("3303"), AreaId("3309")
    put(layout, layout.turns, 0, [turn_out(wenzhou, b"{}", 0)] * 600)
    assert topics.check(layout) == []
    put(layout, layout.turns, 0, [turn_out(nobody, b"{}", 0)])
    assert topics.check(layout) == []
    put(layout, layout.turns, 1, [turn_out(wenzhou, b"{}", 0)])
    assert named(topics.check(layout)) == {(layout.turns, "area 3303", False)}
    assert named(topics.check(layout, deep=True)) == {
        (layout.turns, "area 3303", False),
        (layout.turns, "area 3309", False),
    }


def test_a_broker_that_makes_topics_by_itself_is_told_of(
    broker_and_redis: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generous = tmp_path / "generous"
    copytree(jars.KAFKA, generous)
    settings = generous / "server.properties"
    text = settings.read_text("utf-8")
    assert "auto.create.topics.enable=false" in text
    settings.write_text(text.replace("topics.enable=false", "topics.enable=true"), "utf-8")
    ready = jars.ready()
    monkeypatch.setattr(jars, "KAFKA", generous)
    monkeypatch.setattr(jars, "ready", lambda: ready)
    with Broker(tmp_path / "kafka") as broker:
        layout = Layout(brokers=broker.address, redis="")
        assert ("", topics.AUTO_CREATION, False) in named(topics.plan(layout))
        topics.apply(layout)
        assert named(topics.check(layout)) == {("", topics.AUTO_CREATION, False)}
        with administration(layout) as admin:
            assert {"commands", "turns"} == set(admin.list_topics()) - {"__consumer_offsets"}


def test_a_broker_that_is_away_is_named_soon() -> None:
    nowhere = Layout(brokers="127.0.0.1:1", redis="")
    began = monotonic()
    for ask in (topics.plan, topics.apply, topics.check):
        with pytest.raises(BrokerAway, match=r"127\.0\.0\.1:1"):
            ask(nowhere)
    assert monotonic() - began < 3 * 5
