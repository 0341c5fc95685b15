"""An upgrade to rules that decide otherwise, on both engines; before it, nothing is otherwise."""

from __future__ import annotations

import asyncio

import pytest

from api.cli import command as cli
from api.cli import rules
from schemas.registry_facts import RulesChanged
from schemas.values import IncidentId, Purpose, TimeSource
from schemas.wire import decode_turn
from streams.versions import VERSIONS
from tests.engines.given import (
    DESK,
    WENZHOU,
    ClusterBench,
    EmbeddedBench,
    Scene,
    kinds,
    opened,
    stored,
    verdict,
)
from tests.engines.living import until
from tests.streams.versions import FEWER, second_version

NEWER = "tests.engines.cluster.newer"


async def asked(scene: Scene, incident: IncidentId) -> int:
    """How many a demand asks at once."""
    return kinds(await scene.send(DESK, scene.demand(incident))).count("OfferSent")


async def begun(scene: Scene) -> IncidentId:
    await scene.staffed()
    for number in range(12):
        await scene.organization(f"team-{number}", units=9)
    return await scene.incident()


def rules_of(records: list[bytes]) -> list[int]:
    return sorted({decode_turn(record).rules for record in records})


@pytest.mark.parametrize("source", list(TimeSource))
async def test_a_data_folder_goes_on_by_the_new_rules_from_its_next_start(
    folder: EmbeddedBench, source: TimeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = source is TimeSource.LIVE
    purpose = Purpose.OPERATIONS if live else Purpose.EXERCISE
    folder.make(WENZHOU, purpose, source)
    async with opened(folder) as engine:
        scene = Scene(engine, purpose=purpose)
        incident = await begun(scene)
        assert await asked(scene, incident) > FEWER
        before = stored(engine)
    second_version(monkeypatch)
    async with opened(folder) as engine:
        scene.engine = engine
        assert await asked(scene, incident) == FEWER
        records = stored(engine)
    assert records[: len(before)] == before
    (fact,) = decode_turn(records[len(before)]).facts
    assert isinstance(fact, RulesChanged)
    assert rules_of(records) == [1, 2]
    assert verdict(records).sound
    async with opened(folder) as engine:
        assert stored(engine) == records, "it is said once"
    monkeypatch.delitem(VERSIONS, 2)
    with pytest.raises(Exception, match="rules 2, which are newer than this program"):
        folder.open()


async def test_a_folder_skips_a_version_without_a_program_that_has_both(
    folder: EmbeddedBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given rules that are gone with the release between, then turns fold and it goes on."""
    folder.make()
    async with opened(folder) as engine:
        scene = Scene(engine)
        incident = await begun(scene)
    second_version(monkeypatch)
    monkeypatch.delitem(VERSIONS, 1)
    async with opened(folder) as engine:
        scene.engine = engine
        assert await asked(scene, incident) == FEWER


async def test_workers_of_a_cluster_are_replaced_one_after_the_other(
    cluster: ClusterBench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Until a person says so, all of them decide by the old rules; whoever lacks the new ones
    then ends, and says why."""
    cluster.make()
    change = ["rules", "--data", str(cluster.path), "--change", "--json"]
    async with opened(cluster) as engine:
        scene = Scene(engine)
        incident = await begun(scene)
        assert await asked(scene, incident) > FEWER
        second_version(monkeypatch)  # in this process, which is the API's and the shell's
        monkeypatch.setattr(rules, "PATIENCE_S", 2.0)
        assert await asyncio.to_thread(cli.main, change) == 2
        assert "replace every shouwang decide" in capsys.readouterr().out
        monkeypatch.setattr(rules, "PATIENCE_S", 20.0)
        for name in ("decide", "project"):
            cluster.workers[name].kill()
            cluster.begin(name, f"{NEWER} {name}")
            assert await asked(scene, incident) > FEWER
        assert await asyncio.to_thread(cli.main, change) == 0
        assert '"areas": {"3303": 2}' in capsys.readouterr().out
        assert await asked(scene, incident) == FEWER

        cluster.workers["decide"].kill()
        cluster.begin("decide")  # a machine that was forgotten
        await until(lambda: cluster.workers["decide"].code() is not None)
        assert "rules 2, which are newer" in cluster.workers["decide"].log.read_text("utf-8")
        cluster.begin("decide", f"{NEWER} decide")
        assert await asked(scene, incident) == FEWER
        records = stored(engine)
    assert rules_of(records) == [1, 2]
    assert verdict(records).sound
