"""Copies of a data folder, and folders brought back out of them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import apsw
import pytest

from api.cli import command as cli
from api.keeping import Making, Stand, noted, open_copy
from api.safe import MasterKey, Vault
from tests.api.house import AREA, demand_body, opened
from tests.api.keeping import Captured, a_folder, master, shouwang, state_of, turns_of, work

DAY = 86_400_000


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return a_folder(tmp_path, monkeypatch)


# What comes back


def test_a_restored_folder_has_the_same_state_and_serves(
    data: Path, tmp_path: Path, capsys: Captured
) -> None:
    copy, back = tmp_path / "copy", tmp_path / "back"
    assert shouwang(capsys, "backup", "--data", data, "--to", copy)[0] == 0
    code, told, words = shouwang(capsys, "restore", copy, "--data", back, "--verify")
    assert code == 0
    assert "replay  equal" in words
    assert "Nothing that was on record by" in words
    assert (told["areas"][0]["state"], told["areas"][0]["head"]) == state_of(capsys, data)
    assert state_of(capsys, back) == state_of(capsys, data)
    assert turns_of(back) == turns_of(data)

    async def go_on() -> None:
        async with opened(back) as house:
            house.keys = count(9_000_000)
            desk = await house.desk()
            incident = next(iter(house.context.feed.rows("incident"))).row.id
            posted = await desk.post("/demands", demand_body(incident))
            assert posted.status == 201

    asyncio.run(go_on())
    assert shouwang(capsys, "verify", back)[0] == 0


def test_people_and_keys_come_back_as_they_were(
    data: Path, tmp_path: Path, capsys: Captured
) -> None:
    copy, back = tmp_path / "copy", tmp_path / "back"
    shouwang(capsys, "backup", "--data", data, "--to", copy)
    shouwang(capsys, "restore", copy, "--data", back)
    for name in ("people.db", "keys.db", "channels.db", "notices.db"):
        assert content(data / name) == content(back / name), name
        assert (back / name).stat().st_mode & 0o777 == 0o600


def content(path: Path) -> dict[str, list[Any]]:
    tables = "SELECT name FROM sqlite_schema WHERE type = 'table'"
    with closing(apsw.Connection(str(path))) as store:
        names = [name for (name,) in store.execute(tables).fetchall() if isinstance(name, str)]
        return {name: store.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def test_nothing_can_be_read_in_a_copy(data: Path, tmp_path: Path, capsys: Captured) -> None:
    copy = tmp_path / "copy"
    shouwang(capsys, "backup", "--data", data, "--to", copy)
    everything = b"".join(path.read_bytes() for path in copy.rglob("*") if path.is_file())
    for word in ("DemandPublished", "管理员", "turns", AREA + '"', "people"):
        assert word.encode() not in everything, word
    modes = {path.stat().st_mode & 0o077 for path in (copy / "turns").iterdir()}
    assert modes == {0}


def test_what_is_new_is_added_and_what_is_unchanged_is_not_written_again(
    data: Path, tmp_path: Path, capsys: Captured
) -> None:
    copy, back = tmp_path / "copy", tmp_path / "back"
    assert shouwang(capsys, "backup", "--data", data, "--to", copy)[1]["new"]
    assert not shouwang(capsys, "backup", "--data", data, "--to", copy)[1]["new"]
    before = {path.name for path in (copy / "pieces").iterdir()}
    asyncio.run(work(data))
    assert shouwang(capsys, "backup", "--data", data, "--to", copy)[1]["new"]
    assert before & {path.name for path in (copy / "pieces").iterdir()}
    shouwang(capsys, "restore", copy, "--data", back)
    assert turns_of(back) == turns_of(data)
    told = noted(data)
    assert told is not None
    assert told.turns == len(turns_of(data))


async def test_a_copy_is_made_while_the_server_works(tmp_path: Path) -> None:
    """Given posts between two passes, then each pass has all that was acknowledged before it."""
    data = tmp_path / "data"
    key = MasterKey.new()
    async with opened(data) as house:
        desk = await house.desk()
        incident = await house.incident(desk)
        with (
            open_copy(tmp_path / "copy", None, key, write=True) as copy,
            closing(Making(data, copy)) as making,
        ):
            for _ in range(3):
                await desk.post("/demands", demand_body(incident))
                last = house.context.feed.sequence
                stand = making.step(lambda _area, _turns: None)
                assert stand is not None
                assert stand.logs[0].turns >= last


# The plug


def test_a_plug_pulled_at_any_byte_leaves_the_last_good_stand(
    data: Path, tmp_path: Path, capsys: Captured
) -> None:
    """Given any part of a second backup on the disk, then the first is whole, and can go on."""
    copy, whole = tmp_path / "copy", len(turns_of(data))
    shouwang(capsys, "backup", "--data", data, "--to", copy)
    (file,) = (copy / "turns").iterdir()
    first = file.stat().st_size
    asyncio.run(work(data, demands=1))
    shouwang(capsys, "backup", "--data", data, "--to", copy)
    later = file.read_bytes()
    (copy / "stands" / "000000000002.stand").unlink()  # it comes last, so it was not there yet
    random = Random(3)
    for at in [first, *(random.randrange(first, len(later)) for _ in range(6)), len(later)]:
        file.write_bytes(later[:at])
        (copy / "stands" / "000000000002.part").write_bytes(b"half")
        back = tmp_path / f"back{at}"
        code, told, _ = shouwang(
            capsys, "restore", copy, "--data", back, "--key-file", data.with_name("data.key")
        )
        assert code == 0
        assert told["stand"] == 1
        assert turns_of(back) == turns_of(data)[: len(turns_of(back))]
        assert len(turns_of(back)) >= whole
    assert shouwang(capsys, "backup", "--data", data, "--to", copy)[1]["stand"] == 2
    shouwang(capsys, "restore", copy, "--data", tmp_path / "back")
    assert turns_of(tmp_path / "back") == turns_of(data)


# Refusals, each with what to do


def cut(copy: Path) -> None:
    (file,) = (copy / "turns").iterdir()
    os.truncate(file, file.stat().st_size - 7)


def flipped(name: str) -> Callable[[Path], None]:
    def flip(copy: Path) -> None:
        path = (
            next(iter(sorted((copy / name).iterdir()))) if (copy / name).is_dir() else copy / name
        )
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    return flip


def without(name: str) -> Callable[[Path], None]:
    def remove(copy: Path) -> None:
        for path in list((copy / name).iterdir()):
            path.unlink()

    return remove


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (cut, "is cut short: of"),
        (without("turns"), "is cut short: of"),
        (flipped("turns"), "is damaged: of"),
        (flipped("stands"), "Stand 1 of the copy"),
        (flipped("pieces"), "is missing or damaged"),
        (without("pieces"), "is missing or damaged"),
        (flipped("keys"), "keys.db is missing or damaged; where keys are kept apart"),
        (without("keys"), "say so with --keys"),
        (without("stands"), "no whole backup"),
        (flipped("copy.json"), "take it from another copy"),
    ],
)
def test_a_copy_that_is_cut_or_altered_is_refused_by_name(
    data: Path, tmp_path: Path, capsys: Captured, harm: Callable[[Path], None], named: str
) -> None:
    copy, back = tmp_path / "copy", tmp_path / "back"
    shouwang(capsys, "backup", "--data", data, "--to", copy)
    harm(copy)
    code, told, _ = shouwang(capsys, "restore", copy, "--data", back)
    assert code == cli.TROUBLE
    assert named in told["error"]
    assert not (back / "log.db").exists()
    assert shouwang(capsys, "serve", "--data", back)[0] == cli.TROUBLE


def test_every_byte_of_a_copy_counts(data: Path, tmp_path: Path, capsys: Captured) -> None:
    """Given one bit flipped anywhere, then a restore is refused, or is as if nothing were."""
    copy, random = tmp_path / "copy", Random(5)
    shouwang(capsys, "backup", "--data", data, "--to", copy)
    files = sorted(p for p in copy.rglob("*") if p.is_file() and p.name not in ("lock", "seen"))
    for number in range(20):
        path = files[number % len(files)]
        sound = path.read_bytes()
        content = bytearray(sound)
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
        path.write_bytes(content)
        back = tmp_path / f"back{number}"
        key = data.with_name("data.key")
        code, told, _ = shouwang(capsys, "restore", copy, "--data", back, "--key-file", key)
        assert code == cli.TROUBLE, f"{path} taken as sound"
        assert str(copy) in told["error"]
        path.write_bytes(sound)


def test_another_key_is_told_from_damage(data: Path, tmp_path: Path, capsys: Captured) -> None:
    copy, other = tmp_path / "copy", tmp_path / "other.key"
    shouwang(capsys, "backup", "--data", data, "--to", copy)
    other.write_text(MasterKey.new().text)
    typed = ("restore", copy, "--data", tmp_path / "back", "--key-file", other)
    code, told, _ = shouwang(capsys, *typed)
    assert code == cli.TROUBLE
    assert "another master key" in told["error"]
    other.write_text("SW1-AAAA")
    assert "compare it group by group" in shouwang(capsys, *typed)[1]["error"]
    other.unlink()
    assert "--key-file" in shouwang(capsys, *typed)[1]["error"]


def test_a_restore_writes_over_nothing(data: Path, tmp_path: Path, capsys: Captured) -> None:
    copy = tmp_path / "copy"
    shouwang(capsys, "backup", "--data", data, "--to", copy)
    code, told, _ = shouwang(capsys, "restore", copy, "--data", data)
    assert code == cli.TROUBLE
    assert "is not empty" in told["error"]


def test_a_restore_that_was_interrupted_can_be_run_again(
    data: Path, tmp_path: Path, capsys: Captured
) -> None:
    copy, back = tmp_path / "copy", tmp_path / "back"
    shouwang(capsys, "backup", "--data", data, "--to", copy)
    (back / "restoring").mkdir(parents=True)
    (back / "restoring" / "log.db").write_bytes(b"half")
    assert shouwang(capsys, "restore", copy, "--data", back)[0] == 0
    assert turns_of(back) == turns_of(data)


def test_a_log_that_was_cut_or_is_another_goes_into_no_old_copy(
    data: Path, tmp_path: Path, capsys: Captured
) -> None:
    copy = tmp_path / "copy"
    shouwang(capsys, "backup", "--data", data, "--to", copy)
    kept = (copy / "stands" / "000000000001.stand").read_bytes()
    with closing(apsw.Connection(str(data / "log.db"))) as log:
        log.execute("DELETE FROM turns WHERE sequence = (SELECT max(sequence) FROM turns)")
    code, told, _ = shouwang(capsys, "backup", "--data", data, "--to", copy)
    assert code == cli.TROUBLE
    assert "The copy was left as it is" in told["error"]
    assert (copy / "stands" / "000000000001.stand").read_bytes() == kept


def test_a_copy_lies_outside_the_folder_and_has_one_writer(
    data: Path, tmp_path: Path, capsys: Captured
) -> None:
    inside = shouwang(capsys, "backup", "--data", data, "--to", data / "copy")
    assert inside[0] == cli.TROUBLE
    with open_copy(tmp_path / "copy", None, master(data), write=True):
        held = shouwang(capsys, "backup", "--data", data, "--to", tmp_path / "copy")
    assert "Another process is at the copy" in held[1]["error"]


# What was lost


def test_a_head_that_was_kept_tells_how_many_turns_are_lost(
    data: Path, tmp_path: Path, capsys: Captured
) -> None:
    copy = tmp_path / "copy"
    shouwang(capsys, "backup", "--data", data, "--to", copy)
    before = len(turns_of(data))
    asyncio.run(work(data))
    _, head = state_of(capsys, data)
    typed = ("restore", copy, "--data", tmp_path / "back", "--verify", "--head", head)
    code, told, words = shouwang(capsys, *typed)
    assert code == 0
    assert told["areas"][0]["lost"] == len(turns_of(data)) - before
    assert f"lost    {told['areas'][0]['lost']} turns" in words
    false = ("restore", copy, "--data", tmp_path / "other", "--head", f"2:{'0' * 64}")
    key = ("--key-file", data.with_name("data.key"))
    assert "decided anew" in shouwang(capsys, *false, *key)[1]["error"]


# Keys, apart and for seven days


def test_keys_can_lie_apart_and_are_then_asked_for(
    data: Path, tmp_path: Path, capsys: Captured
) -> None:
    copy, keys, back = tmp_path / "copy", tmp_path / "keys", tmp_path / "back"
    shouwang(capsys, "backup", "--data", data, "--to", copy, "--keys", keys)
    assert not (copy / "keys").exists()
    assert "say so with --keys" in shouwang(capsys, "restore", copy, "--data", back)[1]["error"]
    assert shouwang(capsys, "restore", copy, "--data", back, "--keys", keys)[0] == 0


def test_seven_days_after_its_destruction_a_key_is_in_no_copy(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an old stand with a key that is destroyed then, both are gone after seven days."""
    now = [1_800_000_000_000]
    monkeypatch.setattr("api.keeping.making.wall_ms", lambda: now[0])
    with closing(apsw.Connection(str(data / "keys.db"))) as store:
        (incident,) = next(store.execute("SELECT incident FROM keys WHERE incident <> ''"))

    def copied() -> list[Stand]:
        with open_copy(tmp_path / "copy", None, master(data), write=True) as copy:
            with closing(Making(data, copy)) as making:
                making.step(lambda _area, _turns: None)
            return [copy.stands.read(number) for number in copy.stands.numbers()]

    copied()
    now[0] += DAY
    with closing(Vault(data / "keys.db")) as vault:
        vault.destroy(incident)
    assert len(copied()) == 2
    now[0] += 6 * DAY
    assert len({stand.keys for stand in copied()}) == 1, "the older one is seven days old"
    assert len(list((tmp_path / "copy" / "keys").iterdir())) == 1


def test_stands_thin_out(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a change a minute for nine days, few stands are kept, none older than seven days."""
    now = [1_800_000_000_000]
    monkeypatch.setattr("api.keeping.making.wall_ms", lambda: now[0])
    with open_copy(tmp_path / "copy", None, master(data), write=True) as copy:
        with closing(Making(data, copy)) as making:
            for step in range(9 * 24):
                (data / "note.txt").write_text(str(step))
                making.step(lambda _area, _turns: None)
                now[0] += 3_600_000
        stands = [copy.stands.read(number) for number in copy.stands.numbers()]
        held = {name for stand in stands for name in stand.pieces()}
        assert held == {path.name for path in (copy.path / "pieces").iterdir()}
    assert len(stands) <= 2 + 24 + 7 + 1
    assert all(now[0] - stand.at <= 7 * DAY + 3_600_000 for stand in stands)
