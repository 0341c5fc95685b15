"""Signed heads: what somebody else has kept finds a log that was cut short or decided anew."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import closing
from pathlib import Path
from time import time_ns

import apsw
import msgspec
import pytest

from api.cli import command as cli
from api.keeping import HEADS, SignedHead, last_head, public_key, sign_today
from api.safe import MasterKey
from api.settings import Settings
from schemas.values import Role
from schemas.wire import digest
from tests.api.house import AREA, House, opened
from tests.api.keeping import Captured, a_folder, master, shouwang, state_of, turns_of, work

DAY = 86_400_000


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return a_folder(tmp_path, monkeypatch)


def given(capsys: Captured, data: Path, elsewhere: Path) -> Path:
    """A head that is signed now and lies elsewhere."""
    assert shouwang(capsys, "head", "--data", data, "--to", elsewhere)[0] == 0
    (file,) = elsewhere.iterdir()
    return file


def test_a_head_that_is_kept_elsewhere_still_fits_when_the_log_has_gone_on(
    data: Path, tmp_path: Path, capsys: Captured
) -> None:
    file = given(capsys, data, tmp_path / "county")
    asyncio.run(work(data))
    code, _, words = shouwang(capsys, "verify", data, "--head", file)
    assert code == 0
    assert "1 kept elsewhere, 1 signed in the folder" in words
    assert "all as they were" in words
    assert shouwang(capsys, "verify", data, "--head", file.parent)[0] == 0


def test_a_log_that_was_cut_short_is_found(data: Path, tmp_path: Path, capsys: Captured) -> None:
    file = given(capsys, data, tmp_path / "county")
    shutil.rmtree(data / HEADS)
    with closing(apsw.Connection(str(data / "log.db"))) as log:
        log.execute("DELETE FROM turns WHERE sequence > 5")
    assert shouwang(capsys, "verify", data)[0] == 0, "by itself it is sound"
    code, told, words = shouwang(capsys, "verify", data, "--head", file)
    assert code == 1
    assert told["bad"] == 6
    assert "which was kept" in words


def test_a_log_that_was_decided_anew_is_found(data: Path, tmp_path: Path, capsys: Captured) -> None:
    """Given another log of the same area put in its place, sound by itself, then it is found."""
    file = given(capsys, data, tmp_path / "county")
    other = tmp_path / "other"
    asyncio.run(work(other, demands=12))
    assert len(turns_of(other)) > len(turns_of(data))
    assert shouwang(capsys, "verify", other)[0] == 0
    code, _, words = shouwang(capsys, "verify", other, "--head", file)
    assert code == 1
    assert "is not the turn whose hash was kept" in words


def test_the_heads_in_the_folder_itself_are_held_against_it_too(
    data: Path, tmp_path: Path, capsys: Captured
) -> None:
    given(capsys, data, tmp_path / "county")
    with closing(apsw.Connection(str(data / "log.db"))) as log:
        log.execute("DELETE FROM turns WHERE sequence > 5")
    assert shouwang(capsys, "verify", data)[0] == 1


@pytest.mark.parametrize("field", ["sequence", "digest", "at", "area", "day", "key", "signature"])
def test_an_altered_file_is_refused_by_name(
    data: Path, tmp_path: Path, capsys: Captured, field: str
) -> None:
    file = given(capsys, data, tmp_path / "county")
    head = msgspec.json.decode(file.read_bytes(), type=SignedHead)
    value = getattr(head, field)
    changed = (
        value + 1 if isinstance(value, int) else value[:-1] + ("0" if value[-1] != "0" else "1")
    )
    file.write_bytes(msgspec.structs.replace(head, **{field: changed}).encoded())
    with pytest.raises(SystemExit):
        cli.main(["verify", str(data), "--head", str(file)])
    assert "no head as it was signed" in capsys.readouterr().err


def test_a_head_of_another_area_is_no_proof_of_this_log(
    data: Path, tmp_path: Path, capsys: Captured
) -> None:
    file = given(capsys, data, tmp_path / "county")
    head = msgspec.json.decode(file.read_bytes(), type=SignedHead)
    assert head.key == public_key(master(data))
    from api.keeping import signed_head
    from schemas.values import AreaId

    stored = turns_of(data)[-1]
    file.write_bytes(signed_head(master(data), AreaId("3301"), 9, stored, 1).encoded())
    code, told, _ = shouwang(capsys, "verify", data, "--head", file)
    assert code == cli.TROUBLE
    assert "of area 3301, not of this log" in told["error"]


def test_one_head_is_signed_a_day_where_another_body_keeps_it_too(
    data: Path, tmp_path: Path
) -> None:
    settings = Settings(data=data, heads=str(tmp_path / "county"))
    turns = turns_of(data)
    key, now = MasterKey.new(), 1_800_000_000_000

    def sign(count: int, at: int) -> bool:
        return sign_today(settings, key, lambda: (count, turns[count - 1]), at)

    assert sign(3, now)
    assert not sign(4, now + 60_000)
    assert sign(5, now + DAY)
    assert len(list((tmp_path / "county").iterdir())) == 2
    last = last_head(data, AREA)
    assert last is not None
    assert (last.sequence, last.digest) == (5, digest(turns[4]))
    assert not [path for path in (data / HEADS).iterdir() if path.stat().st_mode & 0o077]


async def test_desk_reviewer_and_steward_read_the_head_and_nobody_else(tmp_path: Path) -> None:
    async with opened(tmp_path / "data") as house:
        desk = await house.desk()
        _, team = await house.organization()
        for person in (
            desk,
            await house.steward(),
            await house.person(Role.REVIEWER, division=AREA),
        ):
            reply = await person.get("/head")
            assert reply.status == 200
            assert reply.json["head"] == at_end(house)
            assert reply.json["signed"] is None
        assert (await team.get("/head")).code == "role_missing"
        assert (await team.get("/head/signed")).code == "role_missing"
        assert (await desk.get("/head/signed")).code == "not_found"
        settings, now = house.context.settings, time_ns() // 1_000_000
        stored = next(iter(house.context.engine.read(AREA, house.sequence - 1)))
        sign_today(settings, MasterKey.new(), lambda: (house.sequence, stored), now)
        assert (await desk.get("/head")).json["signed"]["sequence"] == house.sequence
        file = await desk.get("/head/signed")
        assert file.headers["content-disposition"].endswith('.head.json"')
        assert msgspec.json.decode(file.content, type=SignedHead).digest == at_end(house)


def at_end(house: House) -> str:
    return digest(next(iter(house.context.engine.read(AREA, house.sequence - 1))))


def test_what_is_printed_can_be_typed_in_again(data: Path, capsys: Captured) -> None:
    _, head = state_of(capsys, data)
    assert shouwang(capsys, "verify", data, "--head", head)[0] == 0
