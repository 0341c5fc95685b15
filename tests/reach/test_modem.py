"""The modem: handed when every part is, sent once, and what people answer by it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from api.reach.channels import (
    Broken,
    Channel,
    Dead,
    Handed,
    Message,
    Receipt,
    Reply,
    Retry,
    Unknown,
    make,
)
from api.reach.channels.modem import split
from api.reach.outbound import Guarded
from tests.reach.smsd import Daemon

OUT = Guarded()
SHORT = Message(id="m1", to="13800000001", text="守望通知:编号AB12CD34待您答复")
LONG = msgspec.structs.replace(SHORT, id="m2", text="守" * 150)


@pytest.fixture
def daemon(tmp_path: Path) -> Daemon:
    return Daemon(tmp_path / "smsd.db")


@pytest.fixture
def modem(tmp_path: Path, daemon: Daemon) -> Channel:
    return make("modem", {"database": str(tmp_path / "smsd.db")})


async def test_a_message_waits_until_the_modem_has_sent_it(modem: Channel, daemon: Daemon) -> None:
    assert modem.judge(await modem.send(OUT, SHORT), SHORT) == Unknown("pending")
    assert await modem.found(OUT, SHORT) == Unknown("pending")
    daemon.run()
    assert await modem.found(OUT, SHORT) == Handed("1")
    assert daemon.sent() == [(SHORT.to, "", SHORT.text)]


async def test_it_is_handed_when_all_parts_are(modem: Channel, daemon: Daemon) -> None:
    await modem.send(OUT, LONG)
    daemon.run("SendingOK", "SendingError", "SendingOK")
    assert await modem.found(OUT, LONG) == Retry("modem")
    again = msgspec.structs.replace(LONG, tries=2)
    await modem.send(OUT, again)
    daemon.run("SendingOKNoReport")
    assert isinstance(await modem.found(OUT, again), Handed)


async def test_a_part_of_a_message_is_not_handed(modem: Channel, daemon: Daemon) -> None:
    await modem.send(OUT, LONG)
    daemon.run()
    daemon.store.execute("DELETE FROM sentitems WHERE SequencePosition = 3")
    assert await modem.found(OUT, LONG) == Unknown("pending")


async def test_parts_carry_what_a_handset_joins_them_by(modem: Channel, daemon: Daemon) -> None:
    await modem.send(OUT, LONG)
    daemon.run()
    heads = [head for _, head, _ in daemon.sent()]
    assert [head[8:] for head in heads] == ["0301", "0302", "0303"]
    assert len({head[:8] for head in heads}) == 1
    assert "".join(text for _, _, text in daemon.sent()) == LONG.text


async def test_the_same_try_put_twice_is_sent_once(modem: Channel, daemon: Daemon) -> None:
    await modem.send(OUT, SHORT)
    await modem.send(OUT, SHORT)
    daemon.run()
    await modem.send(OUT, SHORT)
    daemon.run()
    assert len(daemon.sent()) == 1


async def test_what_the_tables_do_not_know_may_be_sent_again(modem: Channel) -> None:
    assert await modem.found(OUT, SHORT) == Retry("lost")


async def test_a_report_is_told_when_it_changes(modem: Channel, daemon: Daemon) -> None:
    await modem.send(OUT, SHORT)
    daemon.run()
    assert await modem.poll(OUT) == []
    daemon.reports("DeliveryOK")
    assert await modem.poll(OUT) == [Receipt("delivered", "1", "m1")]
    assert await modem.poll(OUT) == []


async def test_a_report_of_failure_is_dead(modem: Channel, daemon: Daemon) -> None:
    await modem.send(OUT, SHORT)
    daemon.run()
    daemon.reports("DeliveryFailed")
    assert await modem.poll(OUT) == [Receipt("failed", "1", "m1", "carrier")]
    assert await modem.found(OUT, SHORT) == Dead("carrier")


async def test_replies_are_told_until_they_are_marked(modem: Channel, daemon: Daemon) -> None:
    daemon.hears("+8613800000001", "1")
    (reply,) = await modem.poll(OUT)
    assert isinstance(reply, Reply)
    assert (reply.sender, reply.text) == ("13800000001", "1")
    assert await modem.poll(OUT) == []


async def test_a_restart_tells_a_reply_again_under_the_same_id(
    modem: Channel, daemon: Daemon
) -> None:
    daemon.hears("+8613800000001", "1")
    other = make("modem", modem.settings)
    assert await modem.poll(OUT) == await other.poll(OUT)


async def test_without_the_daemons_file_the_channel_is_broken(tmp_path: Path) -> None:
    channel = make("modem", {"database": str(tmp_path / "missing.db")})
    assert channel.judge(await channel.send(OUT, SHORT), SHORT) == Broken("modem")
    assert not (tmp_path / "missing.db").exists()


def test_no_character_is_torn_apart() -> None:
    assert split("守" * 70) == ["守" * 70]
    parts = split("守" * 66 + "🚒" * 40)
    assert "".join(parts) == "守" * 66 + "🚒" * 40
    assert all(len(part.encode("utf-16-be")) <= 134 for part in parts)
