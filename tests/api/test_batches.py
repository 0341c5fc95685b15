"""Batches at the doors: looked at, begun as they were shown, gone on with, and undone."""

from __future__ import annotations

from typing import Any

from schemas.views import DemandRow, IncidentRow, OfferRow
from tests.api.house import COUNTY, OTHER_TOWN, TOWN, House, Person, demand_body
from tests.api.test_doors import done

FALSE = "-- 7531 --"


class Flood:
    """A desk, an incident, false demands and a real one."""

    def __init__(self, house: House, desk: Person, incident: str) -> None:
        self.house, self.desk, self.incident = house, desk, incident
        self.false: list[str] = []

    @classmethod
    async def of(cls, house: House, count: int = 3) -> Flood:
        await house.organization()
        desk = await house.desk()
        flood = cls(house, desk, await house.incident(desk))
        for _ in range(count):
            flood.false.append(await flood.post(risk_statement=FALSE))
        return flood

    async def post(self, **differs: Any) -> str:
        reply = await self.desk.post("/demands", demand_body(self.incident, **differs))
        return str(done(reply, status=201)["id"])

    def wanted(self, **differs: Any) -> dict[str, Any]:
        asked = {
            "what": "void",
            "incident": self.incident,
            "division": TOWN,
            "reason": "unfounded",
            "words": "7531",
        }
        return {name: value for name, value in {**asked, **differs}.items() if value is not None}

    async def look(self, **differs: Any) -> Any:
        reply = await self.desk.post("/batches/look", self.wanted(**differs))
        assert reply.status == 200, reply.content
        return reply.json

    async def void(self, **differs: Any) -> Any:
        digest = (await self.look(**differs))["digest"]
        return done(await self.desk.post("/batches", self.wanted(**differs, digest=digest)))

    def states(self) -> list[str]:
        return [str(self.row(id).state) for id in self.false]

    def row(self, demand: str) -> DemandRow:
        put = self.house.context.feed.find("demand", demand)
        assert put is not None
        assert isinstance(put.row, DemandRow)
        return put.row

    def batch(self) -> Any:
        put = self.house.context.feed.find("incident", self.incident)
        assert put is not None
        assert isinstance(put.row, IncidentRow)
        [view] = put.row.batches
        return view


async def test_what_is_found_is_shown_before_anything_is_done(stage: House) -> None:
    flood = await Flood.of(stage)
    await flood.post()
    found = await flood.look()
    assert (found["count"], found["excluded"]) == (3, [])
    assert {one["id"] for one in found["samples"]} == set(flood.false)
    assert found["samples"][0]["words"] == FALSE
    assert flood.states() == ["published"] * 3


async def test_each_filter_narrows(stage: House) -> None:
    flood = await Flood.of(stage, 2)
    later = await flood.post(risk_statement=FALSE, kind="power")
    row = flood.row(later)
    cases: tuple[tuple[dict[str, Any], int | None], ...] = (
        ({"kind": "power"}, 1),
        ({"division": COUNTY}, None),
        ({"sender": row.posted_by}, 3),
        ({"sender": "nobody"}, 0),
        ({"village": "上坑村"}, 0),
        ({"listed": [later, flood.false[0]]}, 2),
        ({"since": row.published_at + 1}, 0),
        ({"until": row.published_at + 1}, 3),
        ({"words": "never said"}, 0),
        ({"words": None}, 3),
    )
    for differs, count in cases:
        reply = await flood.desk.post("/batches/look", flood.wanted(**differs))
        found = reply.json.get("count")
        assert found == count, differs


async def test_exactly_what_was_shown_is_voided_and_undone(stage: House) -> None:
    flood = await Flood.of(stage)
    answer = await flood.void()
    assert answer["count"] == 3
    assert flood.states() == ["closed"] * 3
    assert flood.batch().done == 3
    done(await flood.desk.post(f"/batches/{answer['id']}/undo", {}))
    assert flood.states() == ["published"] * 3
    again = await flood.desk.post(f"/batches/{answer['id']}/undo", {})
    assert again.code == "batch_over"


async def test_what_has_changed_since_is_looked_at_again(stage: House) -> None:
    flood = await Flood.of(stage)
    digest = (await flood.look())["digest"]
    flood.false.append(await flood.post(risk_statement=FALSE))
    reply = await flood.desk.post("/batches", flood.wanted(digest=digest))
    assert (reply.status, reply.code) == (409, "selection_changed")
    assert flood.states() == ["published"] * 4
    nothing = await flood.desk.post("/batches", flood.wanted(words="none", digest=digest))
    assert nothing.code == "selection_empty"


async def test_a_lost_answer_is_given_again_and_nothing_is_done_twice(stage: House) -> None:
    flood = await Flood.of(stage)
    body = flood.wanted(digest=(await flood.look())["digest"])
    first = done(await flood.desk.post("/batches", body, key="again"))
    sequence = stage.context.feed.sequence
    second = done(await flood.desk.post("/batches", body, key="again"))
    assert (second["id"], second["count"], second["repeated"]) == (first["id"], 3, True)
    assert stage.context.feed.sequence == sequence


async def test_another_batch_under_a_used_key_is_refused_and_not_called_done(stage: House) -> None:
    flood = await Flood.of(stage)
    one = flood.wanted(listed=flood.false[:1])
    digest = (await flood.look(listed=flood.false[:1]))["digest"]
    done(await flood.desk.post("/batches", one | {"digest": digest}, key="used"))
    for differs in ({"digest": "0" * 64}, {"digest": digest, "reason": "duplicate"}):
        other = flood.wanted(listed=flood.false[1:]) | differs
        reply = await flood.desk.post("/batches", other, key="used")
        assert (reply.status, reply.code) == (422, "key_reused")
    assert flood.states() == ["closed", "published", "published"]


async def test_what_is_on_hold_is_left_on_hold(stage: House) -> None:
    flood = await Flood.of(stage)
    county = await stage.desk("330324")
    asked = {"question": "老人是否已转移?"}
    done(await county.post(f"/demands/{flood.false[0]}/hold", asked))
    found = await flood.look()
    assert [(part["why"], part["count"]) for part in found["excluded"]] == [("dealt_with", 1)]
    answer = await flood.void()
    done(await flood.desk.post(f"/batches/{answer['id']}/undo", {}))
    assert flood.states() == ["on_hold", "published", "published"]


async def test_what_somebody_is_on_the_way_to_stays_unless_it_is_said(stage: House) -> None:
    flood = await Flood.of(stage)
    feed = stage.context.feed
    offers = [put.row for put in feed.rows("offer") if isinstance(put.row, OfferRow)]
    done(await flood.desk.post(f"/offers/{offers[0].id}/accept", {"quantity": 1}))
    found = await flood.look()
    assert found["count"] == 2
    assert [(part["why"], part["count"]) for part in found["excluded"]] == [("on_the_way", 1)]
    assert (await flood.look(on_the_way=True))["count"] == 3
    [crew] = [put.row for put in feed.rows("assignment")]
    done(await flood.desk.post(f"/assignments/{crew.id}/arrive", {}))
    found = await flood.look(on_the_way=True)
    assert [(part["why"], part["count"]) for part in found["excluded"]] == [("on_scene", 1)]


async def test_a_note_says_that_somebody_takes_it_for_real(stage: House) -> None:
    flood = await Flood.of(stage)
    done(await flood.desk.post(f"/demands/{flood.false[0]}/notes", {"text": "家属来电"}))
    found = await flood.look()
    assert [(part["why"], part["count"]) for part in found["excluded"]] == [("dealt_with", 1)]


async def test_only_reasons_by_which_nothing_was_done(stage: House) -> None:
    flood = await Flood.of(stage, 1)
    for differs in ({"reason": "met"}, {"reason": None}, {"what": "open_tasks"}):
        reply = await flood.desk.post("/batches/look", flood.wanted(**differs))
        assert (reply.status, reply.code) == (422, "code_unknown")


async def test_a_neighbor_sees_and_voids_nothing(stage: House) -> None:
    flood = await Flood.of(stage)
    neighbor = await stage.desk(OTHER_TOWN)
    reply = await neighbor.post("/batches/look", flood.wanted())
    assert reply.status == 404
    answer = await flood.void()
    undone = await neighbor.post(f"/batches/{answer['id']}/undo", {})
    assert undone.status == 404
    assert flood.states() == ["closed"] * 3
