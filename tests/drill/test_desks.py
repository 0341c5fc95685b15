"""Desks: what they do about demands, lines, answers, crews and tasks of their own township."""

from typing import Any, cast

import pytest
from msgspec.structs import replace

from api.client import Session
from api.drill.asking import nearest
from api.drill.clock import MINUTE
from api.drill.exercise import CountyDesk
from schemas.values import (
    Certificate,
    CloseReason,
    LineId,
    OpeningReason,
    OrganizationId,
    RegistrationClass,
)
from schemas.views import CertificateView, OrganizationRow
from tests.drill.acting import (
    AT,
    DEMAND,
    INCIDENT,
    LINE,
    NEIGHBOR,
    OFFER,
    ORGANIZATION,
    SLIPPED,
    TASK,
    WORK,
    Recorder,
    carried_out,
    desk,
    see,
    stage,
)

SHORT = replace(LINE, covered=0, working=0)
QUIET = {"drops_line": 0, "asks_by_hand": 0, "reads_sealed": 0, "calls": 0}


async def test_it_sends_back_once_and_then_confirms() -> None:
    recorder, row = Recorder(), replace(WORK, state="reported_done", reported_at=AT)
    player = desk(recorder, stage(sends_back=1.0))
    await carried_out(player, row)
    assert [body for _, body, _ in recorder.posts] == [{"done": False}]
    recorder.used.add("back-work")
    await carried_out(player, row)
    assert recorder.posts[-1][1] == {"done": True}


async def test_it_closes_what_is_met_when_the_last_crew_is_gone() -> None:
    recorder = Recorder()
    player = desk(recorder, stage(**QUIET))
    player.hear(replace(WORK, state="on_scene"))
    assert not list(player.intend(DEMAND))
    player.hear(replace(WORK, state="released", ended_at=AT))
    await carried_out(player, DEMAND)
    assert recorder.posts == [("/demands/demand/close", {"reason": "met"}, "close-demand-3")]
    assert recorder.revisions == [3]


@pytest.mark.parametrize(("covered", "reason"), [(1, "partly_met_accepted"), (0, "expired_unmet")])
async def test_patience_ends_however_often_the_row_changes(covered: int, reason: str) -> None:
    recorder, on = Recorder(), stage(**QUIET, patience=(300, 300))
    short = replace(DEMAND, lines=(replace(LINE, covered=covered),))
    on.clock.now = AT + 299 * MINUTE
    assert await carried_out(desk(recorder, on), short) == [AT + 300 * MINUTE]
    assert recorder.posts[-1][1] == {"reason": reason}


async def test_a_dropped_line_keeps_nothing_open() -> None:
    recorder = Recorder()
    dropped = replace(SHORT, id=LineId("dropped"), open=False, dropped=True)
    await carried_out(desk(recorder, stage(**QUIET)), replace(DEMAND, lines=(dropped, LINE)))
    assert recorder.posts[-1][1] == {"reason": "met"}


async def test_what_was_met_is_reopened_once_while_the_incident_is_open() -> None:
    recorder, on = Recorder(), stage(reopens=1.0)
    met = replace(DEMAND, state="closed", reason=CloseReason.MET, closed_at=AT)
    player = desk(recorder, on)
    see(player, INCIDENT)
    assert not list(player.intend(replace(met, round=2)))
    assert not list(player.intend(replace(met, reason=CloseReason.EXPIRED_UNMET)))
    await carried_out(player, met)
    assert (recorder.paths, recorder.revisions) == (["/demands/demand/reopen"], [3])
    late = desk(Recorder(), stage(reopens=1.0))
    see(late, replace(INCIDENT, state="closing"))
    await carried_out(late, met)
    assert not late.stage.commands


async def test_sealed_texts_are_read_with_a_reason_and_once() -> None:
    recorder, on = Recorder(), stage(**{**QUIET, "reads_sealed": 1.0}, patience=(300, 300))
    sealed = replace(DEMAND, sealed=("contact",), lines=(SHORT,))
    player = desk(recorder, on)
    await carried_out(player, sealed)
    path, body, key = recorder.posts[0]
    assert (path, key) == ("/demands/demand/sealed", "sealed-demand")
    assert body["reason"] in set(OpeningReason) - {OpeningReason.ACCEPTED}
    assert len(list(player.intend(sealed))) == 1, "closing is left"


async def test_a_line_that_is_no_longer_wanted_is_dropped_never_the_last() -> None:
    recorder, on = Recorder(), stage(**{**QUIET, "drops_line": 1.0})
    other = replace(LINE, id=LineId("other"), number=2, delivered=2)
    player = desk(recorder, on)
    await carried_out(player, replace(DEMAND, lines=(SHORT, other)))
    assert recorder.paths[0] == "/lines/line/drop"
    alone = desk(Recorder(), stage(**{**QUIET, "drops_line": 1.0}))
    assert len(list(alone.intend(replace(DEMAND, lines=(SHORT,))))) == 1, "only closing"


# By hand, on standby, by telephone


async def asked_by_hand(recorder: Recorder, *rows: Any, priority: int = 2) -> list[str]:
    player = desk(recorder, stage(**{**QUIET, "asks_by_hand": 1.0}))
    see(player, *rows)
    await carried_out(player, replace(DEMAND, priority=priority, lines=(SHORT,)))
    return [path for path in recorder.paths if path.startswith("/lines/")]


def near(number: int) -> OrganizationRow:
    return replace(ORGANIZATION, id=OrganizationId(f"team{number}"), lon=number)


async def test_an_urgent_line_that_stays_short_is_asked_for_by_hand_with_a_reason() -> None:
    recorder = Recorder()
    assert await asked_by_hand(recorder, near(2), near(1)) == ["/lines/line/ask"]
    body = recorder.posts[0][1]
    assert body["organization"] == "team1"
    assert body["reason"]
    assert not await asked_by_hand(Recorder(), near(1), priority=3)


async def test_where_units_are_gone_the_next_is_asked() -> None:
    recorder = Recorder()
    recorder.refusals = {"ask": "capacity_taken"}
    rows = [near(number) for number in range(1, 6)]
    assert len(await asked_by_hand(recorder, *rows)) == 3


def test_by_hand_passes_distance_never_a_certificate() -> None:
    graded = replace(SHORT, skill="WATER", grade=2)
    certificate = Certificate(
        skill="WATER",
        grade=2,
        standard="YJ/T 1.4-2022",
        issuer="演练应急管理局",
        number="1",
        valid_through="2025-07-31",
    )
    held = CertificateView(certificate=certificate, withdrawn=False)
    skilled = replace(near(1), capabilities=(replace(ORGANIZATION.capabilities[0], skill="WATER"),))
    fit = replace(
        skilled, registration_class=RegistrationClass.REGISTERED, certificates=(held,), lon=10**7
    )
    lower = replace(held, certificate=replace(certificate, grade=3))
    expired = replace(held, certificate=replace(certificate, valid_through="2025-07-04"))
    for unfit in (
        skilled,
        replace(fit, registration_class=RegistrationClass.VILLAGE_GUIDED),
        replace(fit, retired=True),
        replace(fit, certificates=(lower,)),
        replace(fit, certificates=(expired,)),
        replace(fit, certificates=(replace(held, withdrawn=True),)),
    ):
        assert nearest([unfit], DEMAND, graded, AT) == []
    assert nearest([fit], DEMAND, graded, AT) == [fit]


def test_who_answers_or_works_already_is_left_alone() -> None:
    assert nearest([ORGANIZATION, OFFER], DEMAND, SHORT, AT) == []
    assert nearest([ORGANIZATION, WORK], DEMAND, SHORT, AT) == []
    silent = replace(OFFER, state="no_answer", ended_at=AT)
    assert nearest([ORGANIZATION, silent], DEMAND, SHORT, AT) == [ORGANIZATION]


@pytest.mark.parametrize(
    ("line", "taken"),
    [(LINE, False), (SHORT, True), (replace(LINE, doubtful=2), True)],
)
async def test_a_standby_is_taken_when_its_line_is_short_again(line: Any, taken: bool) -> None:
    recorder, on = Recorder(), stage(**QUIET)
    player = desk(recorder, on)
    standby = replace(OFFER, state="standby", ended_at=AT, standby_until=AT + 120 * MINUTE)
    see(player, standby, DEMAND)
    player.hear(standby)
    changed = replace(DEMAND, lines=(line,))
    see(player, changed)
    player.hear(changed)
    while not on.clock.idle:
        for plan in on.clock._due(on.clock.next() or 0):
            await plan.act()
    assert ("/standby/offer/take" in recorder.paths) == taken


@pytest.mark.parametrize(("reached", "verb"), [(1.0, "accept"), (0, "decline")])
async def test_somebody_silent_is_telephoned_and_the_word_recorded(
    reached: float, verb: str
) -> None:
    recorder = Recorder()
    player = desk(recorder, stage(**{**QUIET, "calls": 1.0}, reached=reached))
    see(player, replace(DEMAND, lines=(SHORT,)))
    silent = replace(OFFER, state="no_answer", ended_at=AT)
    await carried_out(player, silent)
    assert recorder.verbs == ["persons", verb]
    assert not list(player.intend(replace(silent, priority=3)))


# What was moved to a neighbor

MOVED = replace(DEMAND, division=NEIGHBOR, sender=DEMAND.division, returnable=True, lines=(SHORT,))


async def test_what_was_moved_is_taken_back_while_nobody_has_acted() -> None:
    recorder = Recorder()
    player = desk(recorder, stage())
    assert not list(player.intend(replace(MOVED, returnable=False)))
    await carried_out(player, MOVED)
    assert (recorder.paths, recorder.revisions) == (["/demands/demand/take-back"], [3])


async def test_what_has_come_is_taken_up_by_an_amendment_that_changes_no_target() -> None:
    recorder, on = Recorder(), stage(**QUIET, takes_over=1.0, patience=(300, 300))
    await carried_out(desk(recorder, on, NEIGHBOR), MOVED)
    path, body, _ = recorder.posts[0]
    assert path == "/demands/demand/amend"
    assert (body["targets"], body["priority"]) == ([2], 2)
    assert body["rally_point"].startswith(MOVED.rally_point)


def test_what_lies_elsewhere_is_not_its_to_do() -> None:
    player = desk(Recorder(), stage(slips=1.0, forgets_set_off=0))
    for row in (
        replace(WORK, division=NEIGHBOR, state="reported_done"),
        replace(TASK, division=NEIGHBOR, state="proposed"),
        replace(OFFER, division=NEIGHBOR, state="standby"),
    ):
        assert not list(player.intend(row))


# Crews and recovery


async def test_a_wrong_tap_that_nobody_undid_is_put_right() -> None:
    recorder, on = Recorder(), stage(slips=1.0, forgets_set_off=0)
    slipped = replace(WORK, **SLIPPED)
    [at] = await carried_out(desk(recorder, on), slipped)
    assert at > (slipped.undo_until or 0)
    assert recorder.posts == [("/assignments/work/correct", {"step": "committed"}, "correct-work")]


async def test_a_task_that_nobody_hears_of_is_taken_back() -> None:
    recorder = Recorder()
    [at] = await carried_out(desk(recorder, stage()), TASK)
    assert at >= AT + 60 * MINUTE
    assert recorder.posts == [("/tasks/task/take-back", {}, "back-task-team")]
    assert not list(desk(recorder, stage(recovery=False)).intend(TASK))


async def test_the_county_closes_by_the_digest_of_who_is_at_work() -> None:
    recorder, on = Recorder(), stage()
    recorder.pages["/incidents/incident/live"] = {"count": 1, "digest": "d" * 64}
    recorder.refusals = {"close": "incident_has_assignments"}
    county = CountyDesk(on, cast("Session", recorder))
    await carried_out(county, INCIDENT)
    assert [body for _, body, _ in recorder.posts] == [{}, {"live": "d" * 64}]
    assert len({key for _, _, key in recorder.posts}) == 2
    assert not on.clock.idle, "more has begun meanwhile: it tries again"
