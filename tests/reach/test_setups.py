"""Set-ups: channels with their keys, sealed, and how the worker hears of what is changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from api.people import CHANNELS, ROBOTS
from api.reach import KINDS, SETUPS, Setups
from api.safe import Vault

KEYS = {"access_key": "AK-1", "secret_key": "SECRET-KEY-1", "sign": "双溪街道"}
OTHER = KEYS | {"secret_key": "SECRET-KEY-2"}


class Clock:
    """A time that is the test's to give."""

    def __init__(self) -> None:
        self.now = 1_790_000_000_000

    def __call__(self) -> int:
        self.now += 1
        return self.now


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with closing(Vault(tmp_path / "keys.db")) as vault:
        yield vault


@pytest.fixture
def setups(tmp_path: Path, vault: Vault) -> Iterator[Setups]:
    with closing(Setups(tmp_path / SETUPS, vault, Clock())) as setups:
        yield setups


def test_a_channel_is_there_with_its_settings_by_name(setups: Setups) -> None:
    setups.add("sms", "aliyun_sms", KEYS, ("127.0.0.1:8123",))
    setups.add("modem", "modem", {})
    assert [each.name for each in setups.list()] == ["modem", "sms"]
    found = setups.find("sms")
    assert found is not None
    assert (found.kind, found.settings, found.allowed) == ("aliyun_sms", KEYS, ("127.0.0.1:8123",))
    assert found.working
    assert (found.paused_at, found.broken_at, found.last_ok_at, found.tested_at) == (None,) * 4
    assert setups.allowed() == {"127.0.0.1:8123"}
    assert setups.find("other") is None


@pytest.mark.parametrize("name", ["", "a b", "x" * 41, "a/b", "sms"])
def test_a_name_is_short_and_its_own(setups: Setups, name: str) -> None:
    setups.add("sms", "aliyun_sms", KEYS)
    with pytest.raises(ValueError, match=r"name|already"):
        setups.add(name, "tencent_sms", OTHER)
    assert [each.settings for each in setups.list()] == [KEYS]


def test_the_file_is_private_and_no_key_is_readable_in_it(setups: Setups, tmp_path: Path) -> None:
    setups.add("sms", "aliyun_sms", KEYS)
    setups.replace("sms", OTHER)
    assert (tmp_path / SETUPS).stat().st_mode & 0o777 == 0o600
    kept = b"".join(path.read_bytes() for path in tmp_path.glob(f"{SETUPS}*"))
    assert b"aliyun_sms" in kept
    for text in ("SECRET-KEY", "AK-1", "双溪"):
        assert text.encode() not in kept


def test_with_another_folders_key_it_is_broken_and_nothing_fails(
    setups: Setups, tmp_path: Path
) -> None:
    setups.add("sms", "aliyun_sms", KEYS)
    with (
        closing(Vault(tmp_path / "other.db")) as other,
        closing(Setups(tmp_path / SETUPS, other)) as copied,
    ):
        (found,) = copied.list()
    assert (found.settings, found.working, found.readable) == ({}, False, False)


def test_a_channel_that_breaks_is_used_again_when_somebody_saw_to_it(setups: Setups) -> None:
    """Money, keys or a template: it stays broken until resumed, replaced, or proven to work."""
    setups.add("sms", "aliyun_sms", KEYS)
    for mend in (
        lambda: setups.resume("sms"),
        lambda: setups.replace("sms", OTHER),
        lambda: setups.ok("sms"),
    ):
        setups.broken("sms", "balance", 5)
        setups.broken("sms", "sign")
        (found,) = setups.list()
        assert (found.broken_at, found.broken_why, found.working) == (5, "sign", False)
        mend()
        (found,) = setups.list()
        assert (found.broken_at, found.broken_why, found.working) == (None, None, True)


def test_what_is_paused_stays_so_until_it_is_resumed(setups: Setups) -> None:
    setups.add("sms", "aliyun_sms", KEYS)
    setups.pause("sms")
    (first,) = setups.list()
    setups.pause("sms")
    setups.ok("sms")
    (found,) = setups.list()
    assert found.paused_at == first.paused_at is not None
    assert not found.working
    setups.resume("sms")
    assert setups.list()[0].working


def test_what_is_removed_stays_removed(setups: Setups, tmp_path: Path) -> None:
    setups.add("sms", "aliyun_sms", KEYS)
    for _ in range(2):
        setups.remove("sms")
    setups.broken("sms", "sign")
    setups.ok("sms")
    assert setups.list() == []
    for act in (setups.pause, setups.resume):
        with pytest.raises(LookupError):
            act("sms")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob(f"{SETUPS}*"))
    assert b"aliyun_sms" not in kept


def test_a_worker_hears_of_changes_and_not_of_its_own_successes(
    setups: Setups, vault: Vault, tmp_path: Path
) -> None:
    with closing(Setups(tmp_path / SETUPS, vault)) as worker:
        seen = [worker.changed()]
        setups.add("sms", "aliyun_sms", KEYS)
        seen.append(worker.changed())
        setups.ok("sms")
        setups.tested("sms")
        assert worker.changed() == seen[-1]
        for act in (
            lambda: setups.pause("sms"),
            lambda: setups.resume("sms"),
            lambda: setups.replace("sms", OTHER),
            lambda: setups.broken("sms", "sign"),
            lambda: setups.ok("sms"),
            lambda: setups.remove("sms"),
        ):
            act()
            seen.append(worker.changed())
        assert sorted(dict.fromkeys(seen)) == seen


def test_addresses_and_channels_speak_of_the_same_kinds() -> None:
    """Every kind of address has a channel that serves it, on the same rung."""
    rungs = {kind.rung.value for kind in KINDS.values()}
    for channel, rung in CHANNELS.items():
        if channel in ("sms", "voice"):
            assert rung in rungs
        else:
            assert KINDS[channel].rung.value == rung
            assert KINDS[channel].robot is (channel in ROBOTS)
