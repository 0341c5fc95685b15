"""History: what was, kept by the second, page by page, within one's scope, and rebuilt at will."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import closing
from itertools import chain, count, pairwise
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import apsw
import pytest

from api.history import (
    HISTORY,
    KINDS,
    Apart,
    History,
    Mark,
    Place,
    Sight,
    Store,
    Wanted,
    page,
    rebuild,
)
from api.history.tables import TABLES, kept
from api.settings import Settings
from schemas.values import DivisionCode, Purpose, Role
from schemas.views import Change, Put
from streams.board import everything
from tests.api.house import (
    AREA,
    COUNTY,
    OTHER_COUNTY_TOWN,
    OTHER_TOWN,
    House,
    Person,
    demand_body,
    opened,
)
from tests.streams.play import Play
from tests.streams.world import WENZHOU, divisions

SOON_S = 5.0  # generous: a loaded machine is not what these tests are about
ALL = Sight(divisions=tuple(map(DivisionCode, divisions().below(WENZHOU))))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        yield house


async def written(house: House) -> None:
    """Wait until history has all of the log."""
    end = monotonic() + SOON_S
    while house.context.history.sequence < house.sequence:
        assert monotonic() < end, "history is not kept"
        await asyncio.sleep(0.02)


async def rows(person: Person, address: str) -> Any:
    reply = await person.get(address)
    assert reply.status == 200, reply.content
    return reply.json["rows"]


async def at_work(house: House) -> tuple[Person, Person, str]:
    """A desk, an organization that has said yes to its demand, and the demand."""
    desk, (_, organization) = await house.desk(), await house.organization()
    incident = await house.incident(desk)
    posted = await desk.post("/demands", demand_body(incident))
    offer = next(made["id"] for made in posted.json["made"] if made["fact"] == "OfferSent")
    yes = {"quantity": 2, "minutes": 20}
    assert (await organization.post(f"/offers/{offer}/accept", yes)).status == 200
    return desk, organization, posted.json["id"]


def incident_of(house: House) -> str:
    [put] = house.context.feed.rows("incident")
    return put.row.id


# What it holds


def all_rows(path: Path, kind: str) -> dict[str, Any]:
    """Every row of a kind, page by page."""
    found: dict[str, Any] = {}
    before: Place | None = None
    while True:
        part = page(path, WENZHOU, KINDS[kind], Wanted(), ALL, before=before, limit=7)
        found |= {row.id: row for row in part.rows}
        if part.before is None:
            return found
        time, _, id = part.before.partition(":")
        before = Place(int(time), id)


@pytest.mark.parametrize("seed", range(4))
def test_it_holds_each_row_as_the_board_last_had_it(tmp_path: Path, seed: int) -> None:
    """Given a random play, written in batches of any size, then rows are the board's to the bit,
    each once, newest first."""
    random, play = Random(seed), Play(seed)
    play.run(200)
    store, waiting = Store(tmp_path / HISTORY), list[tuple[int, Put]]()
    for taken in play.world.turns:
        waiting += [(taken.turn.sequence, put) for put in kept_of(taken.changes)]
        if random.random() < 0.2:
            store.write(WENZHOU, waiting, Mark("origin", taken.turn.sequence, taken.turn.at))
            waiting.clear()
    store.write(WENZHOU, waiting, Mark("origin", play.world.area.sequence, play.world.area.at))
    store.close()
    changes = chain.from_iterable(taken.changes for taken in play.world.turns)
    last = {put.row.id: put.row for put in kept_of(changes)}  # also of what is over for good
    assert (
        last.items()
        >= {put.row.id: put.row for put in kept_of(everything(play.world.area))}.items()
    )
    for name, table in KINDS.items():
        there = all_rows(tmp_path / HISTORY, name)
        assert there == {id: row for id, row in last.items() if isinstance(row, table.kind)}
        times = [getattr(row, table.time or "") for row in there.values()]
        assert all(one >= other for one, other in pairwise(times))


def kept_of(changes: Iterable[Change]) -> list[Put]:
    return [change for change in changes if isinstance(change, Put) and kept(change)]


async def test_it_is_kept_while_people_work_and_equals_one_built_from_the_log(
    house: House, tmp_path: Path
) -> None:
    desk, _, demand = await at_work(house)
    await house.wait(minutes=90)
    assert (
        await desk.post(f"/demands/{demand}/close", {"reason": "met"}, revision=1)
    ).status == 200
    await written(house)
    shutil.copy(tmp_path / HISTORY, tmp_path / "kept.db")
    shutil.copy(tmp_path / f"{HISTORY}-wal", tmp_path / "kept.db-wal")
    assert rebuild(tmp_path, [AREA], lambda _: None) == {AREA: house.sequence}
    assert dump(tmp_path / HISTORY) == dump(tmp_path / "kept.db")
    [row] = await rows(desk, "/history/demands")
    assert row["state"] == "closed"


def dump(path: Path) -> dict[str, list[Any]]:
    """All that a history says, but for when it was told of each row."""
    with closing(apsw.Connection(str(path))) as file:
        found = {"marks": file.execute("SELECT * FROM marks").fetchall()}
        for table in TABLES:
            names = ", ".join(column.name for column in table.columns if column.name != "as_of")
            asked = f"SELECT {names} FROM {table.name} ORDER BY id"
            found[table.name] = file.execute(asked).fetchall()
        return found


# What can happen to the file


def delete(path: Path) -> None:
    for name in (HISTORY, f"{HISTORY}-wal", f"{HISTORY}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def replace_by_a_directory(path: Path) -> None:
    delete(path)
    path.mkdir()


def replace_by_nonsense(path: Path) -> None:
    delete(path)
    path.write_bytes(b"no database at all" * 1_000)


def replace_by_another_program(path: Path) -> None:
    delete(path)
    with closing(apsw.Connection(str(path))) as file:
        file.execute("CREATE TABLE theirs (id INTEGER)")


@pytest.mark.parametrize(
    "spoil", [delete, replace_by_a_directory, replace_by_nonsense, replace_by_another_program]
)
async def test_a_file_that_is_lost_while_serving_is_written_anew(
    house: House, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """Whatever happens to it, commands are taken, and history is whole again by itself."""
    desk, _, demand = await at_work(house)
    await written(house)
    spoil(tmp_path / HISTORY)
    another = await desk.post("/demands", demand_body(incident_of(house)))
    assert another.status == 201
    if (tmp_path / HISTORY).is_dir():
        reply = await desk.get("/history/demands")
        assert (reply.status, reply.code) == (503, "unavailable")
        (tmp_path / HISTORY).rmdir()
    end = monotonic() + SOON_S
    while (found := await desk.get("/history/demands")).status == 503 or len(
        found.json["rows"]
    ) < 2:
        assert monotonic() < end
        await asyncio.sleep(0.05)
    assert {row["id"] for row in found.json["rows"]} == {demand, another.json["id"]}


async def test_what_was_missed_while_nobody_wrote_is_made_good_at_the_next_start(
    tmp_path: Path,
) -> None:
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        desk, _, _ = await at_work(house)
        await written(house)
        shutil.copy(tmp_path / HISTORY, tmp_path / "early.db")
        await desk.post("/demands", demand_body(incident_of(house)))
    (tmp_path / "early.db").replace(tmp_path / HISTORY)
    async with opened(tmp_path, settings) as house:
        house.keys = count(1_000)
        await written(house)
        desk = await house.desk()
        assert len(await rows(desk, "/history/demands")) == 2


async def test_the_history_of_another_log_is_none_of_this_one(tmp_path: Path) -> None:
    """Given the file of another folder in the place of one's own, then nothing of it is shown."""
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        settings = Settings(data=folder, area=AREA, purpose=Purpose.EXERCISE)
        async with opened(folder, settings) as house:
            await at_work(house)
    shutil.copy(other / HISTORY, one / HISTORY)
    with closing(Store(one / HISTORY)) as store:
        mark = store.mark(AREA)
        assert mark is not None
        store.write(AREA, [], mark._replace(origin="of another log"))
    settings = Settings(data=one, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(one, settings) as house:
        house.keys = count(1_000)
        desk = await house.desk()
        await written(house)
        assert [row["id"] for row in await rows(desk, "/history/demands")] == [
            put.row.id for put in house.context.feed.rows("demand")
        ]


# Who sees what


async def test_everybody_sees_what_is_in_their_scope_and_nothing_else(house: House) -> None:
    desk, organization, demand = await at_work(house)
    stranger, far = await house.desk(OTHER_TOWN), await house.desk(OTHER_COUNTY_TOWN)
    reviewer = await house.person(Role.REVIEWER, division=COUNTY)
    _, idle = await house.organization("CATERING")
    await written(house)
    for reader in (desk, reviewer):
        assert [row["id"] for row in await rows(reader, "/history/demands")] == [demand]
        assert len(await rows(reader, "/history/offers")) == 1
        assert len(await rows(reader, f"/history/assignments?demand={demand}")) == 1
    for reader in (stranger, far):
        for kind in ("demands", "offers", "assignments", "tasks"):
            assert await rows(reader, f"/history/{kind}") == []
    assert len(await rows(organization, "/history/assignments")) == 1
    assert await rows(idle, "/history/offers") == []
    refused = await organization.get("/history/demands")
    assert (refused.status, refused.code) == (403, "role_missing")
    refused = await (await house.steward()).get("/history/offers")
    assert (refused.status, refused.code) == (403, "role_missing")


async def test_pages_hold_each_row_once_and_filters_narrow_them(house: House) -> None:
    desk = await house.desk()
    incident = await house.incident(desk)
    made = []
    for _ in range(5):
        made.append((await desk.post("/demands", demand_body(incident))).json["id"])
        await house.wait(seconds=1)
    await written(house)
    read: list[str] = []
    before: str | None = ""
    while before is not None:
        reply = await desk.get(f"/history/demands?limit=2&before={before}")
        read += [row["id"] for row in reply.json["rows"]]
        before = reply.json["before"]
    assert read == made[::-1]
    assert await rows(desk, "/history/demands?incident=none") == []
    assert len(await rows(desk, f"/history/demands?incident={incident}&state=published")) == 5
    assert await rows(desk, "/history/demands?until=5") == []
    for address in ("/history/demands?before=x", "/history/demands?before=1", "/history/nothing"):
        assert (await desk.get(address)).status in (404, 422)
    assert (await desk.get("/history/demands?limit=0")).status == 422
    assert (await desk.get("/history/demands?limits=1")).status == 422


async def test_demands_of_an_organization_are_those_it_was_asked_for(house: House) -> None:
    desk, _, demand = await at_work(house)
    other = await house.desk(OTHER_TOWN)
    nobody = [{"skill": "CATERING", "minimum": 1, "target": 1}]
    incident = incident_of(house)
    assert (await desk.post("/demands", demand_body(incident, lines=nobody))).status == 201
    await written(house)
    [crew] = await rows(desk, "/history/assignments")
    asked = f"organization={crew['organization']}"
    assert [row["id"] for row in await rows(desk, f"/history/demands?{asked}")] == [demand]
    assert await rows(other, f"/history/demands?{asked}") == []
    assert await rows(desk, "/history/demands?organization=none") == []
    for what in (asked, f"demand={demand}"):
        refused = await desk.get(f"/history/incidents?{what}")
        assert (refused.status, refused.code) == (422, "format_invalid")


async def test_a_log_that_cannot_be_read_at_first_is_asked_again(tmp_path: Path) -> None:
    """Given a broker that is away when a server starts, then history is kept once it is back."""
    settings = Settings(data=tmp_path, area=AREA, purpose=Purpose.EXERCISE)
    async with opened(tmp_path, settings) as house:
        away = iter([ConnectionError()])

        def stored(_sequence: int) -> bytes:
            for problem in away:
                raise problem
            return b"the first turn"

        path, loop = tmp_path / "second.db", asyncio.get_running_loop()
        whole = house.context.feed.whole
        apart = Apart(tmp_path)
        history = History(path, AREA, loop, stored=stored, whole=whole, apart=apart)
        history.start()
        end = monotonic() + SOON_S
        while history.sequence < house.sequence:
            assert monotonic() < end
            await asyncio.sleep(0.05)
        history.close()
