"""What the model of asking and the rules both say, in the same words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streams import line as lines
from streams.entities import OfferState
from streams.matching import bars
from tests.streams.asking_acts import Acts
from tests.streams.world import World

Compared = tuple[tuple[str, Callable[[Acts], Any], Callable[[World], Any]], ...]


def requests_of_model(model: Acts) -> dict[Any, Any]:
    return {
        (one.need.key, one.team.key): (one.quantity, one.priority, one.until, one.by_hand)
        for one in model.open_requests()
    }


def requests_of_rules(world: World) -> dict[Any, Any]:
    return {
        (row.line, row.organization): (row.quantity, row.priority, row.answer_by, row.by_hand)
        for row in world.operation.offers.rows.values()
        if row.state is OfferState.SENT
    }


def standby_of_model(model: Acts) -> dict[Any, Any]:
    standby = [one for one in model.requests if one.state == "standby"]
    return {(one.need.key, one.team.key): (one.answered, one.until) for one in standby}


def standby_of_rules(world: World) -> dict[Any, Any]:
    rows = world.operation.offers.rows.values()
    standby = [row for row in rows if row.state is OfferState.STANDBY]
    return {(row.line, row.organization): (row.answered, row.standby_until) for row in standby}


def cover_of_model(model: Acts) -> dict[Any, Any]:
    covers = {need: model.cover(need) for need in model.needs.values()}
    return {
        need.key: (need.open, need.round, *vars(cover).values(), model.short(need))
        for need, cover in covers.items()
    }


def cover_of_rules(world: World) -> dict[Any, Any]:
    return {
        row.id: (
            *(row.open, row.round, row.working, row.delivered, row.doubtful, row.replacing),
            lines.missing(row),
        )
        for row in world.operation.lines.rows.values()
    }


def crews_of_model(model: Acts) -> dict[Any, Any]:
    return {
        crew.request.name: (crew.quantity, crew.promised, crew.late_at, crew.overdue, crew.doubted)
        for crew in model.crews
    }


def crews_of_rules(world: World) -> dict[Any, Any]:
    return {
        row.offer: (row.quantity, row.promised_at, row.late_at, row.overdue, row.doubted)
        for row in world.operation.assignments.rows.values()
        if row.live
    }


def outcomes_of_model(model: Acts) -> dict[Any, Any]:
    pairs = [(key, pair) for key, pair in model.pairs.items() if pair.request.state != "sent"]
    return {
        key: (
            pair.request.state,
            pair.request.reason,
            pair.again,
            pair.on,
            pair.noes,
            pair.silences,
            pair.unreached,
        )
        for key, pair in pairs
        if model.needs[key[0]].round == key[2]
    }


def outcomes_of_rules(world: World) -> dict[Any, Any]:
    found = {}
    for (line, team), row in world.operation.asked.rows.items():
        request = world.operation.offers[row.offer]
        if request.state is OfferState.SENT or row.round != world.operation.lines[line].round:
            continue
        said = (request.state, request.stand_down_reason, row.again_at, row.again_on)
        found[line, team, row.round] = (*said, row.declines, row.silences, row.unreached)
    return found


def looks_of_model(model: Acts) -> dict[Any, Any]:
    return {need.key: (need.look, need.hungry) for need in model.needs.values()}


def looks_of_rules(world: World) -> dict[Any, Any]:
    return {row.id: (row.wake_at, row.unmet) for row in world.operation.lines.rows.values()}


def gates_of_model(model: Acts) -> dict[Any, Any]:
    return {
        (need.key, team.key): model.gate(need, team)
        for need in model.needs.values()
        for team in model.teams.values()
        if need.open
    }


def gates_of_rules(world: World) -> dict[Any, Any]:
    found = {}
    for line in world.operation.lines.rows.values():
        for team in world.area.registry.organizations.rows.values() if line.open else ():
            away = bars.distance(world.operation, line, team)
            bar = bars.barred(world.operation, line, team, away, world.at)
            found[line.id, team.id] = (None, None) if bar is None else (bar.gate.value, bar.until)
    return found


def answers_of_model(model: Acts) -> dict[Any, Any]:
    return {"pooled": (model.answers, model.yes)}


def answers_of_rules(world: World) -> dict[Any, Any]:
    tally = world.operation.tallies.get("PUMP_DRAIN")
    return {"pooled": (tally.answered, tally.accepted) if tally else (0, 0)}


GATES: Compared = (("gates", gates_of_model, gates_of_rules),)
COMPARED: Compared = (
    ("who is asked", requests_of_model, requests_of_rules),
    ("who stands by", standby_of_model, standby_of_rules),
    ("cover", cover_of_model, cover_of_rules),
    ("crews", crews_of_model, crews_of_rules),
    ("outcomes", outcomes_of_model, outcomes_of_rules),
    ("when a line looks", looks_of_model, looks_of_rules),
    ("answers", answers_of_model, answers_of_rules),
)
