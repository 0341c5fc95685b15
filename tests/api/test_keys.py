"""Keys: wrapped by a master key that lies elsewhere, and destroyed until no byte is left."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from subprocess import DEVNULL, Popen
from time import monotonic, sleep

import apsw
import pytest

from api.cli import command as cli
from api.safe import KeyGone, MasterKey, MasterKeyUnfit, Vault
from schemas.values import IncidentId
from tests.api.house import opened
from tests.api.keeping import Captured, a_folder, shouwang

ROOT = Path(__file__).parents[2]
INCIDENT, OTHER = IncidentId("one"), IncidentId("other")
NOTE = "老人行动不便"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.db"


@pytest.fixture
def master() -> MasterKey:
    return MasterKey.new()


def wrapped(path: Path, incident: str = INCIDENT) -> bytes:
    """A key as it stands on the disk."""
    with closing(apsw.Connection(str(path))) as store:
        (row,) = store.execute("SELECT key FROM keys WHERE incident = ?", (incident,)).fetchall()
    assert isinstance(row[0], bytes)
    return row[0]


def on_disk(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))


# Wrapped


def test_a_folder_that_is_copied_opens_nothing(path: Path, master: MasterKey) -> None:
    with closing(Vault(path, master)) as vault:
        sealed = vault.seal(INCIDENT, "note", NOTE)
        secret = vault._seals[INCIDENT].cipher
        folder = vault.seal_for_folder("x", NOTE)
    assert secret
    with pytest.raises(MasterKeyUnfit, match="not the one that the folder was made with"):
        Vault(path, MasterKey.new())
    with closing(Vault(path, master)) as vault:
        assert vault.open(sealed, "note") == NOTE
        assert vault.open_for_folder("x", folder) == NOTE


def test_no_key_stands_on_the_disk_as_it_is_used(path: Path, master: MasterKey) -> None:
    made: list[bytes] = []
    with pytest.MonkeyPatch.context() as patch:
        from api.safe import vault as room

        original = room._Seal

        def noted(key: bytes) -> room._Seal:
            made.append(key)
            return original(key)

        patch.setattr(room, "_Seal", noted)
        with closing(Vault(path, master)) as vault:
            vault.seal(INCIDENT, "note", NOTE)
            assert len(made) == 2
            assert not [key for key in made if key in on_disk(path)]


def test_serve_refuses_by_name_without_the_key_or_with_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    data = a_folder(tmp_path, monkeypatch)
    key = tmp_path / "data.key"
    kept = key.read_text()
    key.unlink()
    code, told, _ = shouwang(capsys, "serve", "--data", data)
    assert code == cli.TROUBLE
    assert "--key-file" in told["error"]
    assert not key.exists(), "another one would only hide what is wrong"
    key.write_text(MasterKey.new().text)
    assert "does not open" in shouwang(capsys, "serve", "--data", data)[1]["error"]
    key.write_text(kept)
    assert shouwang(capsys, "doctor", "--data", data)[1]["checks"]


def test_a_stolen_folder_and_copy_give_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    data = a_folder(tmp_path, monkeypatch)
    shouwang(capsys, "backup", "--data", data, "--to", tmp_path / "copy")
    thief = tmp_path / "thief"
    shutil.copytree(data, thief / "data")
    shutil.copytree(tmp_path / "copy", thief / "copy")
    assert shouwang(capsys, "serve", "--data", thief / "data")[0] == cli.TROUBLE
    with pytest.raises(MasterKeyUnfit):
        Vault(thief / "data" / "keys.db")
    assert shouwang(capsys, "restore", thief / "copy", "--data", thief / "x")[0] == cli.TROUBLE


# Destroyed


@pytest.fixture
def reader(path: Path) -> Iterator[apsw.Connection]:
    """Somebody else's connection, as a backup's or a curious administrator's."""
    with closing(apsw.Connection(str(path))) as store:
        yield store


def test_a_reader_that_holds_on_keeps_a_destruction_pending_and_no_longer(
    path: Path, master: MasterKey
) -> None:
    with closing(Vault(path, master)) as vault:
        sealed = vault.seal(INCIDENT, "note", NOTE)
        vault.seal(OTHER, "note", NOTE)
        key = wrapped(path)
        reader = apsw.Connection(str(path))
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM keys").fetchall()
        begun = monotonic()
        vault.destroy(INCIDENT)
        assert monotonic() - begun < 0.5, "nobody else waits for a reader"
        with pytest.raises(KeyGone):
            vault.open(sealed, "note")
        assert list(vault.pending) == [INCIDENT]
        assert key in on_disk(path)
        reader.execute("COMMIT")

        async def a_while() -> None:
            seeing = asyncio.ensure_future(vault.see_to_destruction())
            while vault.pending:  # noqa: ASYNC110  # nothing tells of it
                await asyncio.sleep(0.05)
            seeing.cancel()

        asyncio.run(asyncio.wait_for(a_while(), 10))
        assert key not in on_disk(path)
        assert wrapped(path, OTHER) in on_disk(path)
        reader.close()


def test_a_writer_that_holds_the_file_is_not_waited_for(path: Path, master: MasterKey) -> None:
    with closing(Vault(path, master)) as vault:
        vault.seal(INCIDENT, "note", NOTE)
        key = wrapped(path)
        writer = apsw.Connection(str(path))
        writer.execute("BEGIN IMMEDIATE")
        begun = monotonic()
        vault.destroy(INCIDENT)
        assert monotonic() - begun < 0.5
        assert list(vault.pending) == [INCIDENT]
        writer.execute("ROLLBACK")
        writer.close()
        vault._settle(_finished(path, vault))
        assert list(vault.pending) == []
        assert key not in on_disk(path)


def _finished(path: Path, vault: Vault) -> list[str]:
    from api.safe.destroying import finish

    return finish(path, vault.pending)


def test_a_destruction_that_a_crash_came_before_is_made_good_after_the_start(
    path: Path, master: MasterKey
) -> None:
    """Given a key whose row is empty and whose bytes are left beside, then a start finishes it."""
    vault = Vault(path, master)
    vault.seal(INCIDENT, "note", NOTE)
    key = wrapped(path)
    reader = apsw.Connection(str(path))
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM keys").fetchall()
    vault.destroy(INCIDENT)
    killed = path.with_name("killed") / path.name
    killed.parent.mkdir()
    for one in path.parent.glob("keys.db*"):  # what a machine that stops here leaves behind
        if not one.name.endswith("-shm"):
            shutil.copy(one, killed.parent / one.name)
    reader.close()
    vault.close()
    assert key in on_disk(killed)
    with closing(Vault(killed, master)) as again:
        assert list(again.pending) == [INCIDENT]
        again._settle(_finished(killed, again))
        assert list(again.pending) == []
        assert key not in on_disk(killed)


KILLED = """
import sys
from pathlib import Path
from api.safe import MasterKey, Vault
vault = Vault(Path(sys.argv[1]), MasterKey.read(sys.argv[2]))
print("open", flush=True)
for number in range(200):
    vault.destroy(str(number))
"""


def test_a_server_killed_at_any_moment_leaves_no_destroyed_key_after_its_next_start(
    path: Path, master: MasterKey, prove: bool
) -> None:
    """Given destructions and a kill anywhere among them, then what is asked for again is gone."""
    random = Random(4)
    for trial in range(40 if prove else 8):
        here = path.with_name(f"t{trial}") / path.name
        here.parent.mkdir()
        with closing(Vault(here, master)) as vault:
            for number in range(200):
                vault.seal(IncidentId(str(number)), "note", NOTE)
        keys = {str(number): wrapped(here, str(number)) for number in range(200)}
        command = [sys.executable, "-c", KILLED, str(here), master.text]
        process = Popen(command, stdout=DEVNULL, stderr=DEVNULL, cwd=ROOT)
        sleep(random.uniform(0.3, 1.6))
        process.kill()
        process.wait()
        with closing(Vault(here, master)) as vault:
            begun = [number for number in keys if number in vault._gone]
            vault.destroy(IncidentId("199"))  # the log says so; the start asks for it again
            vault._settle(_finished(here, vault))
            assert list(vault.pending) == []
            left = on_disk(here)
            assert not [number for number in [*begun, "199"] if keys[number] in left]


async def test_desk_and_steward_see_that_a_destruction_is_pending(tmp_path: Path) -> None:
    async with opened(tmp_path / "data") as house:
        desk = await house.desk()
        vault = house.context.vault
        vault.seal(INCIDENT, "note", NOTE)
        with closing(apsw.Connection(str(tmp_path / "data" / "keys.db"))) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM keys").fetchall()
            vault.destroy(INCIDENT)
            for person in (desk, await house.steward()):
                kinds = [alarm["kind"] for alarm in (await person.get("/alarms")).json["alarms"]]
                assert "key_pending" in kinds
            reader.execute("COMMIT")
        for _ in range(60):
            if not vault.pending:
                break
            await asyncio.sleep(0.1)
        assert (await desk.get("/alarms")).json["alarms"] == []
