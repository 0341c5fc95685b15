"""What desks do with incidents and demands, rightly and wrongly: a part of `play`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from schemas import commands as c
from schemas.ids import digest_of
from schemas.refiling import CarriedNote
from schemas.values import (
    AccountId,
    CloseReason,
    DemandId,
    DivisionCode,
    IncidentId,
    LineRequest,
    OpeningReason,
    Place,
    Sealed,
    SealedText,
)
from streams.entities import Demand, DemandState
from streams.incident import live_in
from streams.parameters import DAY, HOUR, MINUTE
from tests.streams.world import COMMITTEE, COUNTY, DESK, as_draft, divisions

if TYPE_CHECKING:
    from tests.streams.play import Attempt, Play

SEALED = Sealed(key="incident", nonce="n", ciphertext="c")
RALLY_POINTS = ("镇政府门口", "村委会")


def publish(play: Play) -> Attempt:
    """Mostly a township for itself; now and then its county for it, or somewhere else."""
    random = play.random
    if not play.open_incidents() and play.chance(0.7):
        return incident(play)
    township = random.choices((0, 5, 3, 14), (6, 3, 1, 1))[0]
    desk = play.desk_in(play.townships[township]) if play.chance(0.95) else DESK
    skill = random.choices(("PUMP_DRAIN", "CATERING", "WATER"), (6 if play.routine else 1, 1, 1))[0]
    command = play.world.demand_command(
        play.incident,
        priority=random.choices((1, 2, 3, 4), (1, 1, 3, 9) if play.routine else (3, 2, 2, 2))[0],
        township=township,
        lines=random.choices((1, 2, 3), (6, 3, 1))[0],
        **_wishes(play, skill),
    )
    sealed = {"contact": SEALED, "lead": SEALED} if play.chance(0.5) else {}
    return desk, replace(command, needed_by=needed_by(play), **sealed)


def draft(play: Play) -> Attempt:
    """A desk keeps back what it would publish; or publishes, wrongly or rightly, what is there."""
    rows = [row for row in play.operation.demands.rows.values() if not row.number]
    demand: Demand | None = play.pick(rows)
    if demand is None or play.chance(0.4):
        desk, posting = publish(play)
        if not isinstance(posting, c.PublishDemand):
            return desk, posting
        if play.chance(0.4):
            priority = posting.priority
            return COMMITTEE, play.world.need_command(posting.incident, priority=priority)
        return desk, as_draft(posting)
    desk = play.desk_of(demand) if play.chance(0.8) else COUNTY
    some = demand if play.chance(0.9) else play.pick(play.operation.demands.rows.values())
    return desk, c.PublishDraft(demand=some.id, revision=some.revision)


def needed_by(play: Play) -> int | None:
    """Mostly as soon as possible; or within hours, or tomorrow; now and then what cannot be."""
    ahead = (None, MINUTE, 2 * HOUR, 11 * HOUR, 2 * DAY, -HOUR, 40 * DAY)
    chosen = play.random.choices(ahead, (60, 2, 8, 8, 2, 1, 1))[0]
    return None if chosen is None else play.world.at + chosen


def _wishes(play: Play, skill: str) -> dict[str, Any]:
    target = 1 if play.routine and play.chance(0.5) else play.random.randint(1, 4)
    whole = play.chance(0.2)
    least = target if whole else play.random.randint(1, target)
    return {
        "hazardous": play.chance(0.4),
        "skill": skill,
        "grade": play.random.randint(1, 3) if skill == "WATER" else None,
        "minimum": least + play.chance(0.03),
        "target": target,
        "whole": whole,
    }


def edit(play: Play) -> Attempt:
    """Whatever can be done to a demand that is there."""
    rows = list(play.operation.demands.rows.values())
    moved = [row for row in rows if row.handed is not None and not row.handed.acted]
    held = [row for row in rows if row.held_at is not None]
    some = held if play.chance(0.3) and held else rows
    demand: Demand | None = play.pick(moved if play.chance(0.8) and moved else some)
    if demand is None:
        return DESK, None
    desk = play.desk_of(demand)
    if demand.handed is not None and play.chance(0.7):
        sender, revision = play.desk_in(demand.handed.place.division), demand.revision
        if play.chance(0.1):
            return sender, c.NoteDemand(demand=demand.id, text=SEALED)
        return sender, c.TakeBackDemand(demand=demand.id, revision=revision)
    if play.chance(0.15):
        return desk, _several(play, demand)
    if play.chance(0.25):
        return desk, _grouping(play, demand)
    revision = demand.revision - (play.chance(0.05) and demand.revision > 1)
    line = play.random.choice(demand.lines)
    if demand.state is DemandState.CLOSED:
        choices: list[tuple[int, c.Command]] = [
            (6, c.ReopenDemand(demand=demand.id, revision=revision)),
            (1, _closing(play, demand, revision)),
            (1, amendment(play, demand, revision)),
            (1, c.DropLine(line=line)),
            (1, c.NoteDemand(demand=demand.id, text=SEALED)),
        ]
    else:
        choices = [
            (10, amendment(play, demand, revision)),
            (5, _closing(play, demand, revision)),
            (4 if len(demand.lines) > 1 else 1, c.DropLine(line=line)),
            (8 if demand.asked_at and not demand.nobody_at else 3, c.KeepDemand(demand=demand.id)),
            (4, c.HoldDemand(demand=demand.id, question="桥能不能过车？")),
            (
                12 if demand.held_at else 1,
                c.ResumeDemand(demand=demand.id, safe=bool(demand.number % 2)),
            ),
            (1, c.NoteDemand(demand=demand.id, text=SEALED)),
            (10, refiling(play, demand)),
            (3, c.SetOwnCrew(line=line, units=play.random.choice((0, 0, 1, 2, 500)))),
            (1, c.ReopenDemand(demand=demand.id, revision=revision)),
        ]
    return desk, _one(play, choices)


def _several(play: Play, demand: Demand) -> c.Command:
    """Those of one township, some of them closed already, at once."""
    division = demand.place.division
    rows = play.operation.demands.rows.values()
    incidents = {demand.incident} if play.chance(0.8) else {row.incident for row in rows}
    here = (row for row in rows if row.place.division == division)
    beside = [row.id for row in here if row.incident in incidents]
    named = (demand.id, *play.random.sample(beside, min(len(beside), 4)))
    if play.chance(0.8 if demand.state is DemandState.CLOSED else 0.2):
        return c.ReopenDemands(division=division, demands=named)
    reason = play.random.choice((CloseReason.UNFOUNDED, CloseReason.DUPLICATE, CloseReason.MET))
    return c.CloseDemands(division=division, demands=named, reason=reason)


def _grouping(play: Play, demand: Demand) -> c.Command:
    """The same need, or not after all; now and then what is refused."""
    division = demand.place.division
    rows = play.operation.demands.rows.values()
    led = [row.id for row in rows if row.leader is not None and row.place.division == division]
    if led and play.chance(0.75):
        named = play.random.sample(led, min(len(led), 2))
        members = named if play.chance(0.8) else [demand.id, *named]
        return c.UngroupDemands(division=division, demands=tuple(members))
    beside = [row.id for row in rows if row.place.division == division and row.id != demand.id]
    fit = [id for id in beside if _may_join(play, demand, id)]
    several = fit if play.chance(0.9) else beside
    members = play.random.sample(several, min(len(several), play.random.randint(1, 3)))
    return c.GroupDemands(
        division=division, leader=demand.id, demands=tuple(members) or (demand.id,)
    )


def refiling(play: Play, demand: Demand) -> c.RefileDemand:
    """To another incident, or to the one that it is in."""
    others = [row.id for row in play.open_incidents() if row.id != demand.incident]
    to = others[0] if others else demand.incident
    sealed = replace(SEALED, key=to)
    texts = {one.text.value: sealed for one in demand.sealed}
    note = CarriedNote(number=max(demand.notes, 1), account=AccountId("a"), text=sealed, at=0)
    return c.RefileDemand(
        demand=demand.id,
        revision=demand.revision,
        incident=to,
        notes=(note,) if demand.notes else (),
        older=0,
        **texts,
    )


def _may_join(play: Play, leader: Demand, id: DemandId) -> bool:
    row = play.operation.demands[id]
    closed = row.state is DemandState.CLOSED
    return not closed and not row.members and row.leader is None and row.incident == leader.incident


def _one(play: Play, choices: list[tuple[int, c.Command]]) -> c.Command:
    [command] = play.random.choices([one for _, one in choices], [weight for weight, _ in choices])
    return command


def _closing(play: Play, demand: Demand, revision: int) -> c.CloseDemand:
    reason = play.random.choice(list(CloseReason))
    return c.CloseDemand(demand=demand.id, reason=reason, revision=revision)


def amendment(play: Play, demand: Demand, revision: int) -> c.AmendDemand:
    """One or several changes; now and then to another township."""
    lines = [play.operation.lines[key] for key in demand.lines]
    targets = tuple(
        play.random.randint(1 if line.whole else line.minimum, 5)
        if play.chance(0.4)
        else line.target
        for line in lines
    )
    more = play.chance(0.4 if demand.held_at else 0.15)
    added = (LineRequest(skill="PUMP_DRAIN", minimum=1, target=2),) if more else ()
    return c.AmendDemand(
        demand=demand.id,
        revision=revision,
        priority=play.random.randint(1, 4) if play.chance(0.5) else demand.priority,
        place=_moved(play),
        targets=targets[: len(targets) - play.chance(0.02)] or targets,
        lines=added,
        risk_statement="溃坝，激流" if play.chance(0.1) else demand.risk_statement,
        rally_point=play.random.choice(RALLY_POINTS),
        needed_by=needed_by(play) if play.chance(0.2) else demand.needed_by,
        way_in=play.random.choice((None, "老桥已断，走 S223"))
        if play.chance(0.2)
        else demand.way_in,
        kind="evacuation" if play.chance(0.05) else None,
        contact=SEALED if play.chance(0.1) else None,
        removed=(SealedText.LEAD,) if play.chance(0.05) else (),
    )


def _moved(play: Play) -> Place | None:
    if play.chance(0.5):
        return None
    return divisions().seat(play.townships[play.random.choice((0, 5, 5, 3))])


def read(play: Play) -> Attempt:
    """Somebody wants to see what is sealed, or whom to call."""
    offer = play.pick(play.operation.offers.rows.values())
    if offer is None:
        return DESK, None
    desk = play.desk_of(play.operation.demands[offer.demand])
    if play.chance(0.5):
        return desk, c.ShowPersons(offer=offer.id)
    actor = desk if play.chance(0.5) else play.names[offer.organization]
    reason = play.random.choice(list(OpeningReason))
    return actor, c.OpenSealedText(demand=offer.demand, reason=reason)


def incident(play: Play) -> Attempt:
    """Incidents: opened, joined, closed with and without looking, opened again."""
    key = play.pick(play.operation.incidents.rows.values()).id
    here = DivisionCode(play.townships[0])
    if not play.open_incidents() or play.chance(0.2):
        hazard = play.random.choice(("typhoon", "forest_fire", "epidemic"))
        return COUNTY, c.OpenIncident(hazard=hazard, division=play.world.county)
    choices: list[tuple[str, c.Command]] = [
        (DESK, c.JoinIncident(incident=key, division=here)),
        (COUNTY, _closing_incident(play, key)),
        (COUNTY, c.ReopenIncident(incident=key)),
    ]
    return play.random.choices(choices, (4, 1, 3))[0]


def _closing_incident(play: Play, key: IncidentId) -> c.CloseIncident:
    live = live_in(play.operation, key)
    looked = play.chance(0.7)
    return c.CloseIncident(incident=key, live=digest_of(live if looked else live[1:]))
