"""Proposing: the best plan for all short lines, as a command; nothing where none is worth it.

Lines whose units may come from several are solved exactly. What goes as a whole is given to whom
it costs least under the prices of the solution that could divide it, which is the plan's bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

import msgspec

from api.planner.instance import WIDER, Instance, Short
from api.planner.solving import NOWHERE, Solution, solve
from schemas.plans import PAIRS_MOST, Grounds, PlannedPair, ProposePlan
from schemas.values import LineId, OrganizationId
from streams.area import Area, Operation
from streams.matching.cost import SCALE, Band, cost
from streams.matching.planned import asked_on
from streams.parameters import CAPPED

ROUNDS_MOST = 8  # of looking at more organizations


class Best(NamedTuple):
    """Who serves which line, by sources, with so many units; its cost, and what none can beat."""

    given: list[tuple[Short, int, int]]
    cost: int
    bound: int


def proposal(area: Area, operation: Operation) -> ProposePlan | None:
    """What the operation's lines should ask, of the state as it is; None where that is as good."""
    instance = Instance(area, operation, area.at)
    if len(instance.lines) < 2:
        return None
    best = solved(instance)
    before = sum(_cost(operation, short) for short in instance.lines)
    pairs = tuple(_pairs(instance, best))[:PAIRS_MOST]
    if not pairs or best.cost >= before:
        return None
    grounds = Grounds(
        lines=len(instance.lines),
        pairs=sum(len(short.choices) for short in instance.lines),
        before=before // SCALE,
        after=best.cost // SCALE,
        bound=min(best.bound, best.cost) // SCALE,
    )
    named = sha256(msgspec.json.encode((area.id, operation.id, area.sequence, pairs))).hexdigest()
    return ProposePlan(plan=named[:32], based_on=area.sequence, pairs=pairs, grounds=grounds)


def solved(instance: Instance) -> Best:
    """The best plan. Who was not looked at is, until it could make nothing better."""
    for _ in range(ROUNDS_MOST):
        bands = [(short, band) for short in instance.lines for band in short.bands]
        relaxed = _solve(instance, bands, [source.units for source in instance.sources])
        wider = [
            short
            for (short, band), worth in zip(bands, relaxed.worth, strict=True)
            if not short.whole and worth > short.beyond(band)
        ]
        for short in wider:
            short.widen(WIDER * len(short.choices))
        if not wider:
            break
    return _whole(instance, bands, relaxed)


def _solve(instance: Instance, bands: list[tuple[Short, Band]], units: list[int]) -> Solution:
    return solve(units, [short.need(band, instance.sources) for short, band in bands])


def _whole(instance: Instance, bands: list[tuple[Short, Band]], relaxed: Solution) -> Best:
    """With what goes as a whole given out first, each with all that it takes from others."""
    units = [source.units for source in instance.sources]
    given: list[tuple[Short, int, int]] = []
    rest, total = [], 0
    for short, band in bands:
        if not short.line.whole:
            rest.append((short, band))
            continue
        need = short.need(band, instance.sources)
        able = [
            (price + relaxed.rent[source], source, price)
            for source, price in need.costs
            if units[source] >= band.units and (short, source, band.units) not in given
        ]
        nobody = (need.unserved, NOWHERE, need.unserved)
        _, source, price = min([*able, nobody])
        total += price * band.units
        if source != NOWHERE:
            units[source] -= band.units
            given.append((short, source, band.units))
    found = relaxed if len(rest) == len(bands) else _solve(instance, rest, units)
    for (short, _), flow in zip(rest, found.flows, strict=True):
        given += [(short, source, count) for source, count in flow.items()]
    return Best(given, total + found.cost, relaxed.bound)


def _cost(operation: Operation, short: Short) -> int:
    """As things stand."""
    asked = [(offer.meters, offer.quantity) for offer in asked_on(operation, short.line)]
    return cost(short.bands, asked)


def _pairs(instance: Instance, best: Best) -> Iterator[PlannedPair]:
    """Who is asked that is not yet, the most urgent lines first.

    For one line each organization once, and for what a daily cap counts once altogether: the next
    plan has the rest.
    """
    units: dict[tuple[LineId, int], int] = {}
    lines = {short.line.id: short.line for short, _, _ in best.given}
    for short, number, count in best.given:
        key = (short.line.id, number)
        units[key] = units.get(key, 0) + count
    seen: dict[OrganizationId, list[LineId]] = {}
    for (id, number), count in units.items():
        line, (organization, _, offer) = lines[id], instance.sources[number]
        before = seen.setdefault(organization.id, [])
        again = bool(before) and (line.priority >= CAPPED or id in before)
        if again or (offer is not None and offer.line == id):
            continue
        before.append(id)
        instead = None if offer is None else offer.id
        yield PlannedPair(line=id, organization=organization.id, quantity=count, instead=instead)
