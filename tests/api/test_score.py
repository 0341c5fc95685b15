"""The score of an exercise, held against what was done by hand, minute by minute."""

from __future__ import annotations

from typing import Any

from msgspec import json

from api.history import HISTORY, Entry, Exercise, Exercises, Score, Sight, Silent, Zone, score
from schemas.values import DivisionCode, IncidentId, Role
from schemas.views import AssignmentRow, DemandRow, OfferRow
from tests.api.house import AREA, COUNTY, TOWN, House, Person, demand_body, divisions
from tests.api.test_doors import done
from tests.api.test_history import written

MINUTE = 60_000
ALL = Sight(divisions=tuple(map(DivisionCode, divisions().below(AREA))))


class Night:
    """An exercise that is played by hand, and its file written as a script's would be."""

    def __init__(self, house: House, desk: Person, incident: str) -> None:
        self.house, self.desk, self.incident = house, desk, incident
        self.kept = Exercises(house.context.settings.data)
        self.exercise = Exercise("手演", "a" * 64, 1, simulated=False)
        self.exercise.incident, self.exercise.began_at = incident, self.now

    @classmethod
    async def of(cls, house: House, desk: Person) -> Night:
        body = {"hazard": "typhoon", "division": TOWN, "label": f"n{house.sequence}"}
        return cls(house, desk, done(await desk.post("/incidents", body), status=201)["id"])

    @property
    def now(self) -> int:
        return self.house.context.now()

    async def post(self, **differs: Any) -> str:
        reply = await self.desk.post("/demands", demand_body(self.incident, **differs))
        return str(done(reply, status=201)["id"])

    def injected(self, what: str, **more: Any) -> None:
        key = f"inject-{len(self.exercise.entries) + 1}"
        self.exercise.entries[key] = Entry(key, what, self.now, **more)

    def row(self, kind: str, id: str) -> Any:
        put = self.house.context.feed.find(kind, id)
        assert put is not None
        return put.row

    def offer(self, demand: str) -> OfferRow:
        rows = [put.row for put in self.house.context.feed.rows("offer")]
        [found] = [one for one in rows if isinstance(one, OfferRow) and one.demand == demand]
        return found

    def crew(self, demand: str) -> AssignmentRow:
        rows = [put.row for put in self.house.context.feed.rows("assignment")]
        [found] = [one for one in rows if isinstance(one, AssignmentRow) and one.demand == demand]
        return found

    async def score(self, sight: Sight = ALL) -> Score | None:
        self.kept.keep(self.exercise)
        await written(self.house)
        data = self.house.context.settings.data
        return score(data, data / HISTORY, AREA, IncidentId(self.incident), sight)


async def test_a_score_is_what_was_counted_by_hand(stage: House) -> None:
    """Given a yes after 3 minutes, two false reports voided after 4, a crew there 10 minutes after
    its yes, and a zone closed around it that it has read after 1, then these are the figures."""
    _, person = await stage.organization()
    night = await Night.of(stage, await stage.desk())
    pump = await night.post()
    await stage.wait(minutes=3)
    done(await person.post(f"/offers/{night.offer(pump).id}/accept", {"quantity": 2}))
    false = [await night.post(risk_statement="-- 7531 --", priority=4) for _ in range(2)]
    night.injected("false_flood", subjects=tuple(false))
    await stage.wait(minutes=4)
    await _voided(night)
    await stage.wait(minutes=6)
    done(await person.post(f"/assignments/{night.crew(pump).id}/arrive", {}))
    await _shut(night, pump)
    await stage.wait(minutes=1)
    await _read(night, person, pump)
    found = await night.score()
    assert found is not None
    measured = found.columns[0].measured
    assert measured is not None
    assert (measured.lines, measured.withdrawn, measured.unmet) == (3, 2, 0)
    assert (measured.yes_after.count, measured.yes_after.p50) == (1, 3 * MINUTE)
    assert (measured.arrived_after.count, measured.arrived_after.p50) == (1, 10 * MINUTE)
    flood, zone = found.noticed
    assert _figures(flood) == (2, 2, 4 * MINUTE)
    assert _figures(zone) == (1, 1, MINUTE)
    assert zone.led_in == 0


async def test_silence_is_over_when_its_desk_has_called(stage: House) -> None:
    """Given a team that stayed silent until its desk called it 2 minutes after its time, then so
    long it took; what real people were not named for, and what rows do not keep, has no figure."""
    silent, _ = await stage.organization("DRONE")
    night = await Night.of(stage, await stage.desk())
    whom = {"lasts": 20 * MINUTE, "who": (silent,)}
    for what in ("silence", "silent_on_scene", "volunteer", "counter"):
        night.injected(what, **whom)
    night.injected("decline", lasts=20 * MINUTE)
    night.injected("hand_up", refused="role_missing")
    lines = [{"skill": "DRONE", "minimum": 1, "target": 1}]
    await _called(night, await night.post(kind="reconnaissance", lines=lines))
    night.exercise.silent["c"] = Silent("c", silent, night.now, night.now + 9)
    found = await night.score()
    assert found is not None
    told = {one.what: one for one in found.noticed}
    assert _figures(told["silence"]) == (1, 1, 2 * MINUTE)
    assert _figures(told["silent_on_scene"]) == (1, 1, 9)
    assert {one.what: one.why for one in found.noticed if one.why} == {
        "counter": "not_kept",
        "decline": "not_named",
        "hand_up": "not_taken",
        "volunteer": "nobody_concerned",
    }


def _figures(one: Any) -> tuple[int, int, int | None]:
    return one.about, one.noticed, one.after.p50


async def _voided(night: Night) -> None:
    wanted = {
        "what": "void",
        "incident": night.incident,
        "division": TOWN,
        "reason": "unfounded",
        "words": "7531",
    }
    look = (await night.desk.post("/batches/look", wanted)).json
    done(await night.desk.post("/batches", {**wanted, "digest": look["digest"]}))


async def _shut(night: Night, demand: str) -> None:
    row: DemandRow = night.row("demand", demand)
    zone = {"zone": {"around": demand, "radius": 500}}
    done(await night.desk.post(f"/incidents/{night.incident}/close-zone", zone))
    night.injected("road_cut", zone=Zone(row.lon, row.lat, 500))


async def _read(night: Night, person: Person, demand: str) -> None:
    crew = night.crew(demand)
    [told] = crew.instructions
    path = f"/assignments/{crew.id}/instructions/{told.id}/acknowledge"
    done(await person.post(path, {}))


async def _called(night: Night, demand: str) -> None:
    """The desk telephones two minutes after the time to answer was over, and hears a yes."""
    offer = night.offer(demand)
    left = offer.answer_by + 2 * MINUTE - night.now
    await night.house.wait(seconds=left // 1000)
    body = {"quantity": 1, "minutes": 20}
    done(await night.desk.post(f"/offers/{offer.id}/accept", body))


async def test_beside_it_stand_the_exercise_before_and_the_last_real_event(house: House) -> None:
    """Given an actual incident and two exercises beside it, then the second one's score has all
    three; who sees nothing of its division is told of none, and an actual one has no score."""
    desk = await house.desk()
    ids: list[str] = []
    for exercise in (False, True, True):
        body = {"hazard": "typhoon", "division": TOWN, "exercise": exercise}
        more = {"label": f"n{len(ids)}"}
        made = done(await desk.post("/incidents", body | more), status=201)["id"]
        done(await desk.post("/demands", demand_body(made)), status=201)
        ids.append(str(made))
    await written(house)
    data = house.context.settings.data

    def of(incident: str, sight: Sight = ALL) -> Score | None:
        return score(data, data / HISTORY, AREA, IncidentId(incident), sight)

    found = of(ids[2])
    assert found is not None
    columns = [(one.kind, one.incident.id) for one in found.columns]
    assert columns == [("this", ids[2]), ("exercise", ids[1]), ("actual", ids[0])]
    assert all(one.measured and one.measured.lines == 1 for one in found.columns)
    assert found.noticed == [], "nothing was injected: its measures stand alone"
    assert of(ids[2], Sight(divisions=(DivisionCode("330381001"),))) is None
    assert of(ids[0]) is None


async def test_a_file_that_cannot_be_read_costs_the_injects_alone(stage: House) -> None:
    night = await Night.of(stage, await stage.desk())
    await night.post()
    night.injected("outage", lasts=MINUTE)
    assert (await night.score()) is not None
    [path] = (stage.context.settings.data / "exercises").iterdir()
    path.write_text("{}")
    await written(stage)
    data = stage.context.settings.data
    found = score(data, data / HISTORY, AREA, IncidentId(night.incident), ALL)
    assert found is not None
    assert found.noticed == []


async def test_whoever_reviews_its_division_reads_it_and_nobody_else(stage: House) -> None:
    """Given an exercise, then a reviewer and its desk read the same score as the command counts;
    an organization may not, and to a desk of elsewhere there is none."""
    night = await Night.of(stage, await stage.desk())
    await night.post()
    night.injected("outage", lasts=MINUTE)
    found = await night.score()
    path = f"/incidents/{night.incident}/score"
    reviewer = await stage.person(Role.REVIEWER, division=COUNTY)
    for reader in (reviewer, night.desk):
        reply = await reader.get(path)
        assert reply.status == 200, reply.content
        assert json.decode(reply.content, type=Score) == found
    _, person = await stage.organization()
    assert (await person.get(path)).code == "role_missing"
    elsewhere = await stage.desk("330381001")
    assert (await elsewhere.get(path)).code == "not_found"
    assert (await reviewer.get("/incidents/none/score")).code == "not_found"
