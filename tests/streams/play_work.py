"""What organizations and desks do with offers, crews and recovery tasks: a part of `play`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from schemas import commands as c
from schemas.turns import DELIVERY
from schemas.values import DeclineReason, Domain, Reception, ReportAnswer, SceneReport, Step
from streams.entities import (
    LATE,
    Assignment,
    AssignmentState,
    Demand,
    DemandState,
    Offer,
    OfferState,
    Task,
    TaskState,
)
from streams.wording import last
from tests.streams.play_demands import SEALED, amendment
from tests.streams.play_reach import PERSON
from tests.streams.world import COMMITTEE, DESK

if TYPE_CHECKING:
    from tests.streams.play import Attempt, Play

MINUTE, HOUR = 60_000, 3_600_000


def answer(play: Play) -> Attempt:
    """Mostly of what is asked; now and then late, twice, or long after it was over."""
    rows = list(play.operation.offers.rows.values())
    sent = [row for row in rows if row.state is OfferState.SENT]
    late = [row for row in rows if row.state in LATE]
    [some] = play.random.choices((sent, late, rows), (8, 3, 1))
    offer: Offer | None = play.pick(some or sent or late)
    if offer is None:
        return DESK, None
    desk = play.desk_of(play.operation.demands[offer.demand])
    command = _no(play, offer) if play.chance(0.35) else _yes(play, offer)
    if play.chance(0.12):
        return DELIVERY, replace(command, person=PERSON)
    return desk if play.chance(0.12) else _speaker(play, offer.organization), command


def _speaker(play: Play, organization: Any) -> str:
    """The organization itself; of a village's group as often its committee, or another one's."""
    village = play.world.area.registry.organizations[organization].village
    asked = 0.02 if village is None else 0.5
    return COMMITTEE if play.chance(asked) else play.names[organization]


def _yes(play: Play, offer: Offer) -> c.AcceptOffer:
    part = play.random.randint(1, offer.quantity)
    return c.AcceptOffer(
        offer=offer.id,
        quantity=offer.quantity + play.chance(0.03) if play.chance(0.7) else part,
        minutes=play.random.choice((None, 0, 5, 20, 60, 300)),
        people=play.random.choice((None, 3, 12)),
        revision=_read(play, play.operation.demands[offer.demand]),
    )


def _read(play: Play, demand: Demand) -> int | None:
    """Which of its words somebody has read: mostly the last, now and then nobody knows."""
    known = max(1, demand.revision - play.random.choice((0, 0, 1, 1, 2)))
    return None if play.chance(0.3) else known + play.chance(0.02)


def _no(play: Play, offer: Offer) -> c.DeclineOffer:
    later = play.world.at + play.random.choice((-HOUR, MINUTE, HOUR, 6 * HOUR, 72 * HOUR))
    return c.DeclineOffer(
        offer=offer.id,
        reason=play.random.choice(list(DeclineReason)),
        free_from=later if play.chance(0.25) else None,
    )


def by_hand(play: Play) -> Attempt:
    """A desk asks somebody itself, or takes on somebody who would still come."""
    offers = play.operation.offers.rows.values()
    waiting = play.pick([row for row in offers if row.state is OfferState.STANDBY])
    if waiting is not None and play.chance(0.7):
        desk = play.desk_of(play.operation.demands[waiting.demand])
        return desk, c.TakeStandby(offer=waiting.id)
    if play.chance(0.1) and offers:
        return DESK, c.TakeStandby(offer=play.pick(offers).id)
    lines = list(play.operation.lines.rows.values())
    line = play.pick([row for row in lines if row.open] or lines)
    if line is None:
        return DESK, None
    holders = [key for key in play.names if _has(play, key, line.skill)]
    organization = play.pick(holders or play.names)
    desk = play.desk_of(play.operation.demands[line.demand])
    if play.chance(0.3):
        return desk, _received(play, line.id, organization)
    return desk, c.AskByHand(line=line.id, organization=organization, reason=SEALED)


def _received(play: Play, line: Any, organization: Any) -> c.ReceiveCrew:
    """A crew that nobody asked stands there, or calls."""
    here = play.chance(0.6)
    return c.ReceiveCrew(
        line=line,
        organization=organization,
        word=play.random.choice([*Reception]),
        quantity=play.random.choice((1, 1, 2, 3)),
        here=here,
        minutes=None if here or play.chance(0.3) else play.random.randrange(90),
        people=play.random.choice((None, 3)),
    )


def _has(play: Play, organization: Any, skill: str) -> bool:
    known = play.world.area.registry.organizations[organization]
    return any(item.skill == skill for item in known.capabilities)


def step(play: Play) -> Attempt:
    """Crews go on, mostly in order; steps that were not meant are undone or corrected."""
    rows = list(play.operation.assignments.rows.values())
    live = [row for row in rows if row.live]
    found: Assignment | None = play.pick(live if live and play.chance(0.9) else rows)
    if found is None:
        return DESK, None
    if play.operation.scene_reports and play.chance(0.1):
        return answer_report(play)
    desk = play.desk_of(play.operation.demands[found.demand])
    actor = desk if play.chance(0.1) else _speaker(play, found.organization)
    just = found.before is not None and play.world.at - found.before.at <= MINUTE
    if found.before is not None and play.chance(0.3 if just else 0.02):
        return found.before.account, c.UndoStep(assignment=found.id)
    reported = found.state is AssignmentState.REPORTED_DONE
    if play.chance(0.6 if reported else 0.1):
        return desk, _of_the_desk(play, found)
    return actor, _of_the_crew(play, found)


def _report(play: Play, found: Assignment) -> c.ReportFromScene:
    what = play.random.choice(list(SceneReport))
    counted = what in (SceneReport.NEED_MORE, SceneReport.PEOPLE_HELPED)
    more = what is SceneReport.NEED_MORE and play.chance(0.5)
    return c.ReportFromScene(
        assignment=found.id,
        what=what,
        quantity=play.random.choice((1, 2, 3)) if counted else None,
        skill=play.random.choice(("PUMP_DRAIN", "CATERING", "WATER")) if more else None,
        text="" if counted or play.chance(0.05) else play.random.choice(("桥断", "水深两米")),
    )


def answer_report(play: Play) -> Attempt:
    """A desk answers what was reported from the scene, now and then not as it could be."""
    known = play.pick(play.operation.scene_reports.rows.values())
    if known is None:
        return DESK, None
    needs = known.what is SceneReport.NEED_MORE
    likely = (ReportAnswer.RAISED, ReportAnswer.NOTED) if needs else (ReportAnswer.AMENDED,)
    answer = play.random.choice(likely if play.chance(0.9) else tuple(ReportAnswer))
    command = c.AnswerReport(assignment=known.assignment, report=known.id, answer=answer)
    return play.desk_of(play.operation.demands[known.demand]), command


def _of_the_desk(play: Play, found: Assignment) -> c.Command:
    if play.chance(0.1 if found.state is AssignmentState.REPORTED_DONE else 0.6):
        teams = [team for team in play.names if _has(play, team, found.skill)]
        team = play.pick(teams or play.names)
        return c.RelieveCrew(assignment=found.id, organization=team, reason=SEALED)
    if play.chance(0.3):
        return c.CorrectStep(assignment=found.id, step=play.random.choice(list(Step)))
    return c.ConfirmAssignment(assignment=found.id, done=play.chance(0.7))


def _of_the_crew(play: Play, found: Assignment) -> c.Command:
    people = play.random.choice((None, 4))
    steps: list[tuple[int, c.Command]] = [
        (4, c.SetOff(assignment=found.id)),
        (4, c.Arrive(assignment=found.id, people=people)),
        (4, c.ReportDone(assignment=found.id)),
        (2, c.CannotComplete(assignment=found.id)),
        (5 if found.overdue else 1, c.GiveNewTime(assignment=found.id, minutes=10)),
        (1, c.UndoStep(assignment=found.id)),
        (2, c.KeepCrewOn(assignment=found.id)),
        (2, _report(play, found)),
        (
            5 if last(_worked_on(play, found)) > found.seen.revision else 1,
            c.SeeWords(assignment=found.id, revision=_read(play, _worked_on(play, found)) or 1),
        ),
        (5 if found.missed_at else 2, c.CheckIn(assignment=found.id, people=people)),
        (5 if found.withdrawing else 0, c.CheckIn(assignment=found.id, out=True)),
        (
            4 if found.inside else 1,
            c.CountHeads(assignment=found.id, inside=play.random.choice((0, 0, 2)), others=True),
        ),
        (3 if found.inside else 0, c.ReportDone(assignment=found.id, everybody_out=True)),
    ]
    [command] = play.random.choices([one for _, one in steps], [weight for weight, _ in steps])
    return command


def read_again(play: Play) -> None:
    """Crews at work read what is said anew, and say so; those that are there for long go on."""
    for crew in list(play.operation.assignments.rows.values()):
        demand = play.operation.demands[crew.demand]
        if crew.live and demand.state is DemandState.PUBLISHED:
            desk, name = play.desk_of(demand, sure=True), play.names[crew.organization]
            play.send(desk, amendment(play, demand, demand.revision))
            revision = play.operation.demands[demand.id].revision
            play.send(name, c.SeeWords(assignment=crew.id, revision=revision))
            play.send(name, c.KeepCrewOn(assignment=crew.id))


def _worked_on(play: Play, found: Assignment) -> Demand:
    return play.operation.demands[found.demand]


def recover(play: Play) -> Attempt:
    task: Task | None = play.pick(play.operation.tasks.rows.values())
    if task is None:
        return DESK, None
    desk, doer = _parties(play, task)
    if task.state is TaskState.CLAIMED and play.chance(0.3):
        backs: list[tuple[str, c.Command]] = [
            (doer, c.GiveBackTask(task=task.id)),
            (desk, c.TakeBackTask(task=task.id)),
        ]
        return play.random.choice(backs)
    if play.chance(0.25):
        others: list[tuple[str, c.Command]] = [
            (desk, c.DropTask(task=task.id)),
            (doer, c.GiveBackTask(task=task.id)),
            (desk, c.TakeBackTask(task=task.id)),
            (doer, c.VerifyTask(task=task.id)),
        ]
        return play.random.choice(others)
    return carried_on(play, task)


def carried_on(play: Play, task: Task) -> Attempt:
    """The next step of a recovery task."""
    desk, doer = _parties(play, task)
    key = task.organization or next(key for key, name in play.names.items() if name == doer)
    steps: dict[TaskState, tuple[str, c.Command]] = {
        TaskState.PROPOSED: (desk, c.OpenTask(task=task.id, domain=Domain.LIFE)),
        TaskState.OPEN: (doer, c.ClaimTask(task=task.id, organization=key)),
        TaskState.CLAIMED: (doer, c.ReportTask(task=task.id)),
        TaskState.REPORTED_DONE: (desk, c.VerifyTask(task=task.id, done=play.chance(0.6))),
    }
    return steps.get(task.state, (desk, c.VerifyTask(task=task.id)))


def _parties(play: Play, task: Task) -> tuple[str, str]:
    """The desk that answers for it, and whoever has claimed it or might."""
    doer = task.organization or play.random.choice(list(play.names))
    return play.desk_in(task.place.division), play.names[doer]
