"""The commands on a cluster, with a real broker and Redis, and their words when one is away."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from api import review
from api.cli import command as cli
from schemas.turns import Envelope
from schemas.values import AreaId, DivisionCode
from streams.engines.cluster.layout import Layout
from streams.engines.cluster.records import Outgoing, command_key
from streams.engines.folder import LOG, Divisions
from streams.engines.log_file import LogFile, Row
from streams.review import Scope
from tests.engines.cluster.boards import letters, played
from tests.engines.cluster.conftest import housed, made
from tests.engines.cluster.putting import as_letters, as_turns, interleaved, put
from tests.engines.given import DIVISIONS
from tests.servers import Servers
from tests.streams.play import Play

ROOT = Path(__file__).parents[2]
HANGZHOU, WENZHOU, NINGBO = map(AreaId, ("3301", "3303", "3302"))
NOWHERE = Layout(
    brokers="127.0.0.1:1", redis="redis://somebody:secret@127.0.0.1:2/0", areas={WENZHOU: 0}
)
EXTRA = ("aiokafka", "crc32c", "faust", "kafka", "mode", "redis")
SOON_S = 6.0  # three seconds of waiting, and whatever else this machine is at
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in [name for name in os.environ if name.startswith("SHOUWANG_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def layout(broker_and_redis: Servers) -> Layout:
    return made(broker_and_redis, {HANGZHOU: 0, WENZHOU: 0, NINGBO: 1}, partitions=2)


@pytest.fixture
def home(layout: Layout, tmp_path: Path) -> str:
    return str(housed(layout, tmp_path / "home"))


@pytest.fixture
def away(tmp_path: Path) -> str:
    return str(housed(NOWHERE, tmp_path / "away"))


def told(capsys: Captured) -> dict[str, Any]:
    """The last line of what was printed, as JSON."""
    last: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return last


def run(capsys: Captured, *words: str) -> tuple[int, dict[str, Any]]:
    code = cli.main([*words, "--json"])
    return code, told(capsys)


# Topics


def test_topics_are_planned_made_and_checked(
    layout: Layout, tmp_path: Path, capsys: Captured
) -> None:
    data = str(housed(replace(layout, prefix=f"{layout.prefix}new."), tmp_path / "new"))
    for action, code, count in (("check", 1, 2), ("plan", 0, 2), ("check", 1, 2)):
        ended, answer = run(capsys, "topics", action, "--data", data)
        assert (ended, len(answer["differences"])) == (code, count)
    assert cli.main(["topics", "apply", "--data", data]) == 0
    printed = capsys.readouterr().out
    assert "commands: missing, should have 2 partitions (put right)" in printed
    assert "flush.messages=1" in printed, "one copy is flushed, and that is said"
    for action in ("plan", "apply", "check"):
        ended, answer = run(capsys, "topics", action, "--data", data)
        assert (ended, answer["differences"]) == (0, [])


def test_what_cannot_be_applied_is_named(layout: Layout, tmp_path: Path, capsys: Captured) -> None:
    narrow = replace(layout, partitions=1, areas={WENZHOU: 0})
    data = str(housed(narrow, tmp_path / "narrow"))
    for action in ("plan", "apply", "check"):
        assert cli.main(["topics", action, "--data", data]) == 1
        assert "partitions is 2, should be 1 (apply leaves it)" in capsys.readouterr().out


# When something is away


@pytest.mark.parametrize(
    "words",
    [
        ["topics", "plan"],
        ["topics", "apply"],
        ["topics", "check"],
        ["cluster"],
        ["verify"],
        ["board", "rebuild"],
        ["link"],
        ["serve", "--port", "0"],
    ],
)
def test_a_broker_that_is_away_is_said_soon(
    away: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    for language, heard in (("C.UTF-8", "No Kafka broker answers"), ("zh_CN.UTF-8", "没有应答")):
        monkeypatch.setenv("LC_ALL", language)
        began = monotonic()
        assert cli.main([*words, "--data", away, "--json"]) == cli.TROUBLE
        assert monotonic() - began < SOON_S
        printed = capsys.readouterr()
        assert heard in printed.err
        assert "127.0.0.1:1" in printed.err
        assert "Traceback" not in printed.err
        assert "127.0.0.1:1" in json.loads(printed.out.splitlines()[-1])["error"]


def test_a_redis_that_is_away_is_said_without_its_password(
    layout: Layout, tmp_path: Path, capsys: Captured
) -> None:
    data = str(housed(replace(layout, redis=NOWHERE.redis), tmp_path / "half"))
    put(layout, layout.turns, 0, as_turns(WENZHOU, played(WENZHOU, 1, 5)))
    assert cli.main(["board", "rebuild", "--data", data]) == cli.TROUBLE
    printed = capsys.readouterr()
    assert "No Redis answers at redis://127.0.0.1:2/0" in printed.err
    assert cli.main(["cluster", "--data", data]) == 0
    printed = capsys.readouterr()
    assert "its board: Redis does not answer" in printed.out
    assert "secret" not in printed.out + printed.err


def test_missing_topics_are_said(layout: Layout, tmp_path: Path, capsys: Captured) -> None:
    data = str(housed(replace(layout, prefix="not-made."), tmp_path / "unmade"))
    for words in (["cluster"], ["verify"]):
        assert cli.main([*words, "--data", data]) == cli.TROUBLE
        assert "shouwang topics apply" in capsys.readouterr().err


def test_a_folder_without_a_layout_is_said(tmp_path: Path, capsys: Captured) -> None:
    for words in (["topics", "plan"], ["cluster"], ["board", "rebuild"], ["decide"], ["project"]):
        assert cli.main([*words, "--data", str(tmp_path)]) == cli.TROUBLE
        assert "cluster.toml is missing" in capsys.readouterr().err


# As little as possible


def python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_worker_does_without_the_doors(tmp_path: Path) -> None:
    program = (
        "import sys; from api.cli import main; code = main([sys.argv[1], '--data', sys.argv[2]]);"
        " heavy = {'fastapi', 'uvicorn', 'geopandas', 'pydantic'} & set(sys.modules);"
        " print(code, sorted(heavy), 'faust' in sys.modules)"
    )
    for role in ("decide", "project"):
        ran = python(program, role, str(tmp_path))
        assert ran.stdout.strip() == "2 [] True", ran.stderr


def test_the_base_installation_needs_nothing_of_a_cluster(tmp_path: Path, away: str) -> None:
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({EXTRA}));"
        " from api.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    data = str(tmp_path / "data")
    for words in (["init"], ["verify"], ["link"]):
        ran = python(program, *words, "--data", data)
        assert ran.returncode == 0, ran.stderr
    for words in (["topics", "plan"], ["verify"], ["decide"], ["project"], ["cluster"], ["link"]):
        ran = python(program, *words, "--data", away)
        assert ran.returncode == cli.TROUBLE, ran.stderr
        assert "pip install 'shouwang[cluster]'" in ran.stderr
        assert "Traceback" not in ran.stderr


# Verification


def written(layout: Layout, home: str, capsys: Captured) -> list[bytes]:
    """Two areas and some dead letters on one partition, all of it sound."""
    log = played(WENZHOU, 1, 80)
    other = as_turns(HANGZHOU, played(HANGZHOU, 2, 40))
    put(layout, layout.turns, 0, interleaved(as_turns(WENZHOU, log), other, dead_letters(3)))
    code, answer = run(capsys, "verify", home)
    assert (code, answer["sound"]) == (0, True)
    return log


def dead_letters(count: int) -> list[Outgoing]:
    return as_letters(letters(0, count))


def test_a_cluster_is_verified_as_a_folder_is(
    layout: Layout, home: str, tmp_path: Path, capsys: Captured
) -> None:
    log = written(layout, home, capsys)
    folder = embedded(tmp_path / "embedded", log)
    _, alone = run(capsys, "verify", str(folder))
    _, found = run(capsys, "verify", home)
    assert [area["area"] for area in found["areas"]] == [HANGZHOU, WENZHOU]
    assert found["areas"][1] == {key: alone[key] for key in found["areas"][1]}
    assert [(one["partition"], one["letters"]) for one in found["dead_letters"]] == [(0, 3), (1, 0)]
    code, only = run(capsys, "verify", home, "--area", WENZHOU)
    assert (code, only) == (0, alone)
    assert cli.main(["verify", home]) == 0
    assert "partition 0: 3 dead letters" in capsys.readouterr().out
    assert cli.main(["verify", home, "--area", NINGBO]) == cli.TROUBLE
    assert "there is 3301, 3303" in capsys.readouterr().err


def embedded(folder: Path, log: list[bytes]) -> Path:
    """The same log as a file."""
    folder.mkdir()
    Divisions(folder).keep(DIVISIONS)
    file = LogFile(folder / LOG, create=True)
    file.append([Row(WENZHOU, number, stored) for number, stored in enumerate(log, 1)])
    file.close()
    return folder


def test_what_was_delivered_twice_is_verified_once(
    layout: Layout, home: str, capsys: Captured
) -> None:
    log = written(layout, home, capsys)
    put(layout, layout.turns, 0, [*as_turns(WENZHOU, log[-9:]), *dead_letters(3)])
    code, found = run(capsys, "verify", home, "--area", WENZHOU)
    assert (code, found["turns"]) == (0, len(log))
    assert run(capsys, "verify", home)[0] == 0


def forged(stored: bytes) -> bytes:
    """Other bytes with the same meaning, which no worker writes."""
    return stored.replace(b'"format":1', b'"format":1 ', 1)


def test_a_forged_turn_is_found(layout: Layout, home: str, capsys: Captured) -> None:
    log = played(WENZHOU, 1, 20)
    log[6] = forged(log[6])
    put(layout, layout.turns, 0, as_turns(WENZHOU, log))
    code, found = run(capsys, "verify", home)
    assert (code, found["sound"], found["bad"]) == (1, False, 7)
    assert found["replay"].startswith("decided again")


def test_a_lost_turn_is_found(layout: Layout, home: str, capsys: Captured) -> None:
    log = played(WENZHOU, 1, 20)
    put(layout, layout.turns, 0, as_turns(WENZHOU, log[:4] + log[5:]))
    code, found = run(capsys, "verify", home)
    assert (code, found["bad"]) == (1, 5)
    assert found["chain"] == "sequence 6 where 5 belongs"


def test_a_broken_chain_of_dead_letters_is_found(
    layout: Layout, home: str, capsys: Captured
) -> None:
    written(layout, home, capsys)
    put(layout, layout.turns, 0, dead_letters(9)[4:])
    code, found = run(capsys, "verify", home)
    assert (code, found["sound"]) == (1, False)
    assert [one["bad"] for one in found["dead_letters"]] == [4, None]
    assert all(area["bad"] is None for area in found["areas"])
    assert cli.main(["verify", home]) == 1
    assert "sequence 5 where 4 belongs" in capsys.readouterr().out


def test_a_cluster_without_a_log_is_said(home: str, capsys: Captured) -> None:
    assert cli.main(["verify", home]) == cli.TROUBLE
    assert "no area has been opened" in capsys.readouterr().err


# Reviews


def test_reviews_read_a_cluster_as_they_read_a_file(
    layout: Layout, home: str, tmp_path: Path
) -> None:
    log = Play(5, area=WENZHOU).run(150).log
    folder = embedded(tmp_path / "embedded", log)
    put(layout, layout.turns, 0, as_turns(WENZHOU, log))
    scope = Scope(divisions=(DivisionCode(WENZHOU),))
    pages = {
        data: [
            review.timeline(review.Query(Path(data), WENZHOU), scope, after, 50)
            for after in (0, 40, 10_000)
        ]
        for data in (home, str(folder))
    }
    assert pages[home] == pages[str(folder)]
    assert len(pages[home][0]) > 5_000


# How it stands


def test_a_cluster_that_nobody_works_on(layout: Layout, home: str, capsys: Captured) -> None:
    log = written(layout, home, capsys)
    put(layout, layout.commands, 0, [Outgoing(None, b"", [])] * 2_000)
    put(layout, layout.turns, 0, [Outgoing(None, b"what", [])])
    code, found = run(capsys, "cluster", "--data", home)
    first, second = found["partitions"]
    assert code == 0
    assert (first["commands"], second["commands"], second["turns"]) == (2_000, 0, 0)
    highest = max(len(log), first["areas"][HANGZHOU]["turns"])
    assert first["waiting"] == 2_000 - highest
    assert first["dead_letters"] == {"empty": 3}
    assert first["foreign"] == 1
    area = first["areas"][WENZHOU]
    assert (area["turns"], area["board"]) == (len(log), 0)
    assert [group["members"] for group in found["groups"]] == [[], []]
    assert cli.main(["cluster", "--data", home]) == 0
    printed = capsys.readouterr().out
    assert "decider: no process!" in printed
    assert "3 dead letters (empty 3)" in printed
    assert f"area 3303: {len(log)} turns, board 0, {len(log)} behind" in printed
    assert "area 3302: not opened yet" in printed


@contextmanager
def working(home: str, role: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as a process of its own."""
    command = [sys.executable, "-m", "api.cli", role, "--data", home, "--worker", f"test-{role}"]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def commands(envelopes: list[Envelope]) -> list[Outgoing]:
    return [Outgoing(*command_key(envelope), []) for envelope in envelopes]


def settled(capsys: Captured, home: str, turns: int) -> dict[str, Any]:
    """How the cluster stands once everything is decided and on the board."""
    until = monotonic() + 60
    while monotonic() < until:
        _, found = run(capsys, "cluster", "--data", home)
        first = found["partitions"][0]
        area = first["areas"][WENZHOU]
        if (first["waiting"], area["turns"], area["board"]) == (0, turns, turns):
            return found
        sleep(0.3)
    raise AssertionError(f"the cluster does not settle: {found}")


def test_a_cluster_at_work(layout: Layout, home: str, capsys: Captured) -> None:
    world = Play(3, area=WENZHOU).run(60)
    repeated = [*world.sent, *world.sent[-5:]]
    put(layout, layout.commands, 0, [*commands(repeated), Outgoing(None, b"", [])])
    with working(home, "decide") as decider, working(home, "project") as projector:
        found = settled(capsys, home, len(world.log))
        assert found["partitions"][0]["commands"] == len(repeated) + 1
        assert found["partitions"][0]["dead_letters"] == {"empty": 1}
        for group, name in zip(found["groups"], ("decide", "project"), strict=True):
            [member] = group["members"]
            assert (member["name"], member["partitions"]) == (f"test-{name}", [0, 1])
        code, answer = run(capsys, "board", "rebuild", "--data", home)
        assert (code, answer["boards"][WENZHOU]) == (0, len(world.log))
        settled(capsys, home, len(world.log))
        for process in (decider, projector):
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=5) == 0
    code, verdict = run(capsys, "verify", home)
    assert (code, verdict["turns"]) == (0, len(world.log))
