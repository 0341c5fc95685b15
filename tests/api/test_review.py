"""Reviews: nothing sealed, nobody else's, parts that add up, in a process of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from api.review import reading as reviewing
from api.settings import DIVISIONS
from geo.divisions import DivisionTree
from schemas.values import DivisionCode, Role
from schemas.views import DemandRow
from schemas.wire import decode_turn
from streams.ledger import Ledger
from streams.review import Scope, entry
from tests.api.house import (
    AREA,
    COUNTY,
    JSON_HEADERS,
    OTHER_TOWN,
    TOWN,
    House,
    Person,
    demand_body,
    opened,
)
from tests.api.test_doors import done, rows, the_row

ROOT = Path(__file__).parents[2]
SECRET = "13800138000"
AREA_DIVISION = DivisionCode(AREA)


@pytest.fixture(scope="module")
def tree() -> DivisionTree:
    return DivisionTree.load(DIVISIONS)


# Through the doors


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[tuple[House, dict[str, Any]]]:
    """A house in which one organization has accepted and the other has been asked for less."""
    async with opened(tmp_path / "data") as house:
        organization, crew = await house.organization()
        other, other_crew = await house.organization(skill="CATERING")
        desk = await house.desk()
        incident = await house.incident(desk)
        body = demand_body(incident, contact=SECRET, note="独居老人")
        demand = (await desk.post("/demands", body)).json
        offer = next(made["id"] for made in demand["made"] if made["fact"] == "OfferSent")
        assert (await crew.post(f"/offers/{offer}/accept", {"quantity": 1})).status == 200
        away = await house.desk(OTHER_TOWN)
        elsewhere = await house.person(Role.REVIEWER, division=OTHER_TOWN)
        try:
            yield (
                house,
                {
                    "incident": incident,
                    "demand": demand["id"],
                    "organization": organization,
                    "other": other,
                    "crew": crew,
                    "other_crew": other_crew,
                    "desk": desk,
                    "away": away,
                    "elsewhere": elsewhere,
                },
            )
        finally:
            house.context.reviews.close()


async def whole(person: Person, query: str = "", limit: int = 1_000) -> list[dict[str, Any]]:
    """The timeline, part by part."""
    entries: list[dict[str, Any]] = []
    after: int | None = 0
    while after is not None:
        reply = await person.get(f"/review/timeline?after={after}&limit={limit}{query}")
        assert reply.status == 200, reply.content
        assert SECRET.encode() not in reply.content
        assert b"ciphertext" not in reply.content
        entries += reply.json["entries"]
        assert after != reply.json["next"]
        after = reply.json["next"]
    return entries


def kinds(entries: list[dict[str, Any]]) -> list[str]:
    return [fact["type"] for entry in entries for fact in entry["facts"]]


async def test_the_timeline_through_the_doors(told: tuple[House, dict[str, Any]]) -> None:
    _house, things = told
    desk, crew, away = things["desk"], things["crew"], things["away"]
    everything = await whole(desk)
    assert await whole(desk, limit=1) == everything
    incident = await whole(desk, f"&incident={things['incident']}")
    assert kinds(incident)[:3] == ["IncidentOpened", "DemandPublished", "OfferSent"]
    assert "OrganizationRegistered" in kinds(everything)
    assert "OrganizationRegistered" not in kinds(incident)
    accepted = [entry["command"] for entry in incident].index("AcceptOffer")
    assert kinds(incident[accepted:])[:2] == ["OfferAccepted", "AssignmentCommitted"]

    about = await whole(desk, f"&demand={things['demand']}")
    assert {fact["demand"] for entry in about for fact in entry["facts"]} == {things["demand"]}
    assert len(about) < len(incident)
    asked = await whole(desk, f"&organization={things['organization']}")
    assert {fact["organization"] for entry in asked for fact in entry["facts"]} == {
        things["organization"]
    }
    assert {entry["actor_name"] for entry in asked} >= {"甲"}
    assert {entry["actor_name"] for entry in await whole(crew)} == {None}

    own = await whole(crew)
    named = {fact["organization"] for entry in own for fact in entry["facts"]}
    assert named == {things["organization"]}
    assert {"OfferSent", "OfferAccepted"} <= set(kinds(own))
    assert "DemandPublished" not in kinds(own)
    assert "OfferSent" not in kinds(await whole(things["other_crew"]))

    assert kinds(await whole(away, f"&incident={things['incident']}")) == []
    assert "DemandPublished" not in kinds(await whole(things["elsewhere"]))
    assert (await away.get("/review/timeline?incident=no-such")).json == {
        "entries": [],
        "next": None,
    }
    assert (await away.get("/review/timeline?limit=0")).status == 422


async def test_why_through_the_doors(told: tuple[House, dict[str, Any]]) -> None:
    house, things = told
    desk, crew, other_crew = things["desk"], things["crew"], things["other_crew"]
    put = house.context.feed.find("demand", things["demand"])
    assert put is not None
    assert isinstance(put.row, DemandRow)
    line = put.row.lines[0].id
    asked = f"/review/why?line={line}&organization="
    yes = (await desk.get(asked + things["organization"])).json
    assert yes["asked"]
    assert yes["gate"] == "asked_before", "it gave one unit of two; the rest is paused"
    assert yes["until"] > house.context.feed.at
    assert f"共比较 {yes['considered']} 家" in yes["words"]["zh"], (
        "of that offer, not of a later look"
    )
    no = (await desk.get(asked + things["other"])).json
    assert (no["asked"], no["gate"], no["until"]) == (False, "skill", None)
    assert no["words"]["en"]
    assert no["considered"] >= 1

    assert (await crew.get(asked + things["organization"])).json == yes
    assert (await other_crew.get(asked + things["other"])).json == no
    assert (await crew.get(asked + things["other"])).status == 404
    assert (await things["away"].get(asked + things["organization"])).status == 404
    assert (await desk.get(asked + "nobody")).status == 404
    assert (await desk.get(f"/review/why?line=x&organization={things['other']}")).status == 404


async def test_why_says_what_came_of_it_and_when_it_may_be_asked_again(stage: House) -> None:
    """Of whoever was asked as it stands now; of whoever was not as of when somebody was sought."""
    team, crew = await stage.organization()
    desk = await stage.desk()
    incident = await stage.incident(desk)
    done(await desk.post("/demands", demand_body(incident)), status=201)
    line = (await the_row(desk, "demand"))["lines"][0]["id"]
    at = stage.context.now()
    late, _ = await stage.organization()
    asked = f"/review/why?line={line}&organization="
    try:
        open_still = (await crew.get(asked + team)).json
        assert (open_still["asked"], open_still["gate"]) == (True, "asked")
        assert (await desk.get(asked + late)).status == 404, "it was not there at that time"
        await stage.wait(minutes=4)
        silent = (await desk.get(asked + team)).json
        assert (silent["gate"], silent["until"]) == ("asked_before", at + 8 * 60_000)
        assert "no answer by" in silent["words"]["en"]
        assert "May be asked again from" in silent["words"]["en"]
        assert silent["sequence"] == stage.sequence
        nearer = (await desk.get(asked + late)).json
        assert nearer["asked"], "asked in its place"
    finally:
        stage.context.reviews.close()


async def test_what_a_desk_did_by_hand_is_no_comparison(stage: House) -> None:
    """Whom a desk asked itself changes nothing in why the others were not asked."""
    team, crew = await stage.organization()
    other, _ = await stage.organization("CATERING")
    done(await crew.post(f"/organizations/{team}/duty", {"on_duty": False}))
    desk = await stage.desk()
    incident = await stage.incident(desk)
    done(await desk.post("/demands", demand_body(incident)), status=201)
    line = (await the_row(desk, "demand"))["lines"][0]["id"]
    asked = f"/review/why?line={line}&organization="
    try:
        before = (await desk.get(asked + other)).json
        assert before["gate"] == "skill"
        body = {"organization": team, "reason": "近"}
        done(await desk.post(f"/lines/{line}/ask", body), status=201)
        assert (await desk.get(asked + other)).json == before
        assert (await desk.get(asked + team)).json["asked"]
    finally:
        stage.context.reviews.close()


async def test_what_a_tap_claims_counts_where_it_is_credible(stage: House) -> None:
    """Given a phone without signal, then its own time counts, but not before it was asked; what
    a desk's device claims counts for nothing."""
    desk, (_, team) = await stage.desk(), await stage.organization()
    incident = await stage.incident(desk)
    done(await desk.post("/demands", demand_body(incident)), status=201)
    offer = (await rows(team, "offer"))[0]
    now = stage.context.now()
    await stage.wait(minutes=1)
    for person, path, body, tapped in (
        (team, f"/offers/{offer['id']}/decline", {"reason": "no_crew"}, now - 60_000),
        (desk, f"/incidents/{incident}/join", {"division": TOWN}, now - 60_000),
    ):
        headers = {**JSON_HEADERS, "idempotency-key": stage.new_key()}
        headers["shouwang-tapped-at"] = str(tapped)
        done(await person.send(path, json.dumps(body).encode(), headers.items()))
    reviewer = await stage.person(Role.REVIEWER, division=COUNTY)
    try:
        told = {e["command"]: e["happened_at"] for e in await whole(reviewer)}
    finally:
        stage.context.reviews.close()
    assert told["DeclineOffer"] == now
    assert told["JoinIncident"] == stage.context.now()


async def test_a_killed_process_is_replaced(told: tuple[House, dict[str, Any]]) -> None:
    house, things = told
    assert (await things["desk"].get("/review/timeline")).status == 200
    process = house.context.reviews._process
    assert process is not None
    os.kill(process, signal.SIGKILL)
    assert (await things["desk"].get("/review/timeline")).code == "unavailable"
    assert (await things["desk"].get("/review/timeline")).status == 200


KILLED_WITH_ITS_PROCESS = """
import asyncio, os, signal
from api.review import Reviews

async def main():
    reviews = Reviews()
    print(await reviews.ask(os.getpid), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_the_process_ends_with_a_server_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED_WITH_ITS_PROCESS, encoding="utf-8")
    command = [sys.executable, str(script)]
    path = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = subprocess.run(command, env=path, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    reviewer = Path(f"/proc/{int(killed.stdout)}/stat")
    for _ in range(200):
        if not reviewer.exists() or reviewer.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        sleep(0.02)
    raise AssertionError("the process outlives its server")


# In the process of reviews


async def test_the_state_is_folded_further_and_also_back(
    told: tuple[House, dict[str, Any]],
) -> None:
    house, _ = told
    query = reviewing.Query(house.context.settings.data, AREA)
    log = reviewing.Log(query)
    later = log.folded(house.sequence)
    assert later.sequence == house.sequence
    assert log.folded(house.sequence) is later
    earlier = log.folded(3)
    assert earlier.sequence == 3
    assert earlier is not later
    assert log.folded(5) is earlier
    assert earlier.sequence == 5


async def test_a_part_looks_at_a_bounded_number_of_turns(
    told: tuple[House, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    house, _ = told
    monkeypatch.setattr(reviewing, "TURNS_MAX", 2)
    query = reviewing.Query(house.context.settings.data, AREA)
    part = json.loads(reviewing.timeline(query, Scope(), 0, 100))
    assert part == {"entries": [], "next": 2}


async def test_a_ledger_learned_once_describes_any_part(
    told: tuple[House, dict[str, Any]], tree: DivisionTree
) -> None:
    house, _ = told
    turns = [decode_turn(stored) for stored in house.context.engine.read(AREA)]
    ledger, scope = Ledger(tree), Scope(divisions=(AREA_DIVISION,))
    first = [entry(ledger, turn, scope) for turn in turns]
    assert [entry(ledger, turn, scope) for turn in turns] == first
    assert ledger.sequence == len(turns)


async def test_what_followed_from_something_else_is_not_told_as_if_it_were_about_it(
    house: House,
) -> None:
    """Given two demands for one team, when the first is closed, then the timeline of the second
    has the team asked, and says that the closing was about something else."""
    desk = await house.desk()
    await house.organization()
    incident = await house.incident(desk)
    first, second = [
        (await desk.post("/demands", demand_body(incident))).json["id"] for _ in range(2)
    ]
    closed = await desk.post(f"/demands/{first}/close", {"reason": "canceled"}, revision=1)
    assert closed.status == 200
    told = {}
    for demand in (first, second):
        reply = await desk.get(f"/review/timeline?demand={demand}")
        told[demand] = [
            (one["command"], one["elsewhere"], [fact["type"] for fact in one["facts"]])
            for one in reply.json["entries"]
        ]
    assert ("CloseDemand", False, ["DemandClosed", "OfferStoodDown"]) in told[first]
    assert told[second][-1][:2] == ("CloseDemand", True)
    assert "OfferSent" in told[second][-1][2]
    assert [elsewhere for _, elsewhere, _ in told[second]] == [False, True]
