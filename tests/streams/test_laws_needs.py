"""Laws as a person's needs, on random play; and each of them notices when a rule is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from schemas import facts as f
from schemas.values import AgainOn, Gate, OfferId
from streams import (
    asking,
    cover,
    gates,
    lateness,
    line,
    load,
    nobody,
    offer,
    organization,
    outcome,
    reach,
    rules,
    standby,
    waited,
    wording,
)
from streams.area import Operation
from streams.gates import Bar
from streams.matching import assign, bars, candidates, planned
from streams.matching import why as telling
from streams.rows import audience
from streams.turning import RuleFailed
from streams.villages import Voice
from streams.wakes import AT_ONCE, Wait, Wakes
from tests.streams import wrong_appeals, wrong_handing, wrong_scene
from tests.streams.laws import NAMES, SEEDS, Watch, watched
from tests.streams.play import EndlessTicks, Play

Patch = pytest.MonkeyPatch


@pytest.mark.parametrize("law", NAMES)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_person_may_count_on(seed: int, law: str) -> None:
    watch = watched(seed)
    assert watch.rests > 100
    assert watch.complaints[law] == []


def test_what_a_person_may_count_on_in_many_more_plays(prove: bool) -> None:
    for seed in range(100, 400 if prove else 102):
        watch = Watch(Play(seed))
        watch.play.run(300)
        watch.play.finish()
        assert {law: found[:3] for law, found in watch.complaints.items() if found} == {}


# Each law notices


def _never_again(patch: Patch) -> None:
    """Asked once is asked for the last time."""

    def barred(operation: Operation, line: Any, organization: Any, at: int) -> Bar | None:
        known = operation.asked.get((line.id, organization.id))
        return None if known is None else Bar(Gate.ASKED_BEFORE)

    patch.setattr(bars, "_asked", barred)


def _always_a_pause(patch: Patch) -> None:
    patch.setattr(asking, "pause", lambda *_: True)


def _silence_without_end(patch: Patch) -> None:
    far = asking.Verdict(10**14, AgainOn.FORCE)
    patch.setattr(asking, "after_silence", lambda *_: far)


def _unreached_without_end(patch: Patch) -> None:
    far = asking.Verdict(10**14, AgainOn.REACH)
    patch.setattr(asking, "after_unreached", lambda *_: far)


def _the_clock_begins_with_the_sending(patch: Patch) -> None:
    patch.setattr(reach, "_answer_by", lambda _, offer, __: offer.answer_by)


def _free_from_is_not_heard(patch: Patch) -> None:
    after = asking.after_decline
    patch.setattr(asking, "after_decline", lambda p, r, d, _, at: after(p, r, d, None, at))


def _nobody_comes_free(patch: Patch) -> None:
    for module in (load, organization):
        patch.setattr(module, "may_serve", lambda *_: None)


def _routine_blocks_urgent(patch: Patch) -> None:
    available, busy = load.available, gates.busy
    patch.setattr(
        bars,
        "busy",
        lambda one, two, held, wanted, at: busy(one, two, held, wanted._replace(priority=4), at),
    )
    patch.setattr(
        load, "available", lambda one, two, skill, _, at: available(one, two, skill, 4, at)
    )


def _held_twice(patch: Patch) -> None:
    patch.setattr(bars, "busy", lambda *_: None)
    patch.setattr(load, "available", lambda _, two, skill, *__: two.units(skill) or 0)


def _no_second_look(patch: Patch) -> None:
    patch.setattr(
        assign, "_next_look", lambda _line, _looks, _ends, _again_at, at: at + 30 * 60_000
    )


def _no_cap(patch: Patch) -> None:
    for module in (bars, gates):
        patch.setattr(module, "capped_until", lambda *_: None)


def _unfit_is_fit(patch: Patch) -> None:
    for module in (bars, gates):
        patch.setattr(module, "graded", lambda *_: None)


def _a_yes_is_not_checked(patch: Patch) -> None:
    patch.setattr(offer, "unable", lambda *_: None)


def _nobody_is_displaced(patch: Patch) -> None:
    patch.setattr(offer, "displaced", lambda *_: ())


def _nothing_is_covered(patch: Patch) -> None:
    patch.setattr(cover, "_cover", lambda *_: None)


def _the_last_round_goes_on(patch: Patch) -> None:
    reopened = line.reopened
    patch.setattr(line, "reopened", lambda row, at: replace(reopened(row, at), round=row.round))


def _thanked_and_put_off(patch: Patch) -> None:
    """Whoever was stood down waits two hours, and is told so."""
    stood_down = outcome._stood_down

    def put_off(operation: Operation, fact: f.OfferStoodDown) -> None:
        stood_down(operation, fact)
        row = operation.offers[OfferId(fact.offer)]
        operation.offers.put(row.id, replace(row, again_at=fact.at + 2 * 3_600_000))
        asking.ended(operation, operation.offers[row.id])

    patch.setattr(outcome, "_stood_down", put_off)


def _held_back_goes_out(patch: Patch) -> None:
    """Lines do not wait for their demand to be released."""
    opened = line.opened
    patch.setattr(line, "opened", lambda *known: replace(opened(*known), wake_at=1))


def _keys_go_at_once(patch: Patch) -> None:
    waits = waited.incident

    def at_once(incident: Any) -> tuple[int, Wait] | None:
        found = waits(incident)
        return None if found is None else (AT_ONCE, found[1])

    patch.setattr(waited, "incident", at_once)


def _nobody_waits(patch: Patch, wait: Wait) -> None:
    hold = Wakes.hold

    def but_one(wakes: Wakes, table: Any, waiting: Any) -> None:
        def others(row: Any) -> tuple[int, Wait] | None:
            found: tuple[int, Wait] | None = waiting(row)
            return None if found is None or found[1] is wait else found

        hold(wakes, table, others)

    patch.setattr(Wakes, "hold", but_one)


def _all_are_replaced(patch: Patch) -> None:
    patch.setattr(lateness, "_replaced", lambda *_: True)


def _both_are_asked(patch: Patch) -> None:
    """A further report goes on asking beside its leader."""
    patch.setattr(line, "put_to_sleep", lambda *_: None)


def _told_nothing(patch: Patch) -> None:
    patch.setattr(telling, "barred", lambda *_: None)


def _asked_on_hold(patch: Patch) -> None:
    opened = line.opened
    patch.setattr(
        line, "opened", lambda *given: replace(opened(*given), wake_at=given[0].release_at)
    )


def _a_draft_asks(patch: Patch) -> None:
    opened = line.opened

    def awake(*given: Any) -> Any:
        return replace(opened(*given), wake_at=given[0].release_at, asleep=False)

    patch.setattr(line, "opened", awake)


def _sent_off_on_hold(patch: Patch) -> None:
    patch.setattr(offer, "would_come", offer.taken)


def _a_part_will_do(patch: Patch) -> None:
    """Whoever says yes, and the own crew, may give a part of a whole line."""
    patch.setattr(line, "together", lambda _: 1)


def _whoever_waits_is_passed_over(patch: Patch) -> None:
    patch.setattr(candidates.Search, "_waits", lambda *_: False)


def _a_yes_is_forgotten(patch: Patch) -> None:
    patch.setattr(standby, "_counts", lambda *_: False)


def _a_clock_for_whoever_waits(patch: Patch) -> None:
    """Whoever waits for the desk's word has two hours, whatever is missing."""
    patch.setattr(offer, "_word_by", lambda _, __, at: at + 2 * 3_600_000)
    patch.setattr(line, "_time_word", lambda *_: None)


def _any_words_will_do(patch: Patch) -> None:
    patch.setattr(wording, "outdated", lambda *_: None)


def _no_time_to_read(patch: Patch) -> None:
    """A yes to earlier words ends the time to answer."""

    def over(operation: Operation, fact: f.YesOutdated) -> None:
        row = operation.offers[OfferId(fact.offer)]
        operation.offers.put(row.id, replace(row, answer_by=fact.at))

    patch.setitem(rules.EVOLVE, f.YesOutdated, over)


def _crews_know_it_all(patch: Patch) -> None:
    patch.setattr(wording, "changed", lambda *_: ())


def _whoever_speaks_is_a_desk(patch: Patch) -> None:
    patch.setattr(offer, "voice_of", lambda *_: Voice(by_desk=True))


def _no_committee_sees_it(patch: Patch) -> None:
    patch.setattr(audience, "guiding", lambda _: None)


def _whoever_is_asked_is_moved(patch: Patch) -> None:
    patch.setattr(planned, "gives_up", lambda offer, line: offer.line != line.id)


def _moved_for_a_minute(patch: Patch) -> None:
    patch.setattr(planned, "MOVED", 0)
    patch.setattr(planned._Weighed, "_saved", lambda _self, _part: 1)


WRONG: list[tuple[str, Callable[[Patch], None]]] = [
    ("ticks", _always_a_pause),
    ("asked", _never_again),
    ("asked", _silence_without_end),
    ("asked", _unreached_without_end),
    ("clock", _the_clock_begins_with_the_sending),
    ("asked", _nobody_comes_free),
    ("asked", _routine_blocks_urgent),
    ("asked", _thanked_and_put_off),
    ("again", _thanked_and_put_off),
    ("again", lambda patch: patch.setattr(asking, "pause", lambda *_: False)),
    ("again", _free_from_is_not_heard),
    ("ends", _no_second_look),
    ("told", _told_nothing),
    ("cap", _no_cap),
    ("fit", _unfit_is_fit),
    ("fit", _held_twice),
    ("committed", _a_yes_is_not_checked),
    ("displaced", _nobody_is_displaced),
    ("cover", _nothing_is_covered),
    ("cover", _the_last_round_goes_on),
    ("promises", _held_back_goes_out),
    ("promises", lambda patch: _nobody_waits(patch, Wait.STANDBY)),
    ("promises", _keys_go_at_once),
    ("live", lambda patch: _nobody_waits(patch, Wait.CREW)),
    ("live", lambda patch: _nobody_waits(patch, Wait.DESTRUCTION)),
    ("live", lambda patch: _nobody_waits(patch, Wait.ANSWER)),
    ("once", _both_are_asked),
    ("grouped", lambda patch: _nobody_waits(patch, Wait.GROUP)),
    ("replaced", _all_are_replaced),
    ("held", _asked_on_hold),
    ("drafts", _a_draft_asks),
    ("public", wrong_appeals.covered_and_still_read),
    ("public", wrong_appeals.moved_and_still_read),
    ("public", wrong_appeals.closed_and_still_marked),
    ("held", _sent_off_on_hold),
    ("waiting", lambda patch: _nobody_waits(patch, Wait.QUIET)),
    ("waiting", lambda patch: _nobody_waits(patch, Wait.CLIMB)),
    ("left alone", lambda patch: patch.setattr(nobody, "climbs_at", lambda *_: None)),
    ("left alone", lambda patch: patch.setattr(nobody, "look", lambda *_: None)),
    ("left alone", lambda patch: patch.setattr(nobody, "LEFT_ALONE", 4)),
    ("left alone", lambda patch: _nobody_waits(patch, Wait.CLIMB)),
    ("left alone", wrong_scene.a_word_of_one_crew_answers_for_another_line),
    ("silent", wrong_scene.silence_is_borne),
    ("silent", lambda patch: _nobody_waits(patch, Wait.CHECK_IN)),
    ("missed", wrong_scene.missed_at_once),
    ("reported", lambda patch: _nobody_waits(patch, Wait.REPORT)),
    ("inside", wrong_scene.left_inside),
    ("heard of", wrong_scene.closed_over_whoever_is_told_to_leave),
    ("leaving", wrong_scene.nobody_asks_whether_they_are_out),
    ("fit", wrong_scene.who_leaves_is_asked_back),
    ("lost", wrong_scene.the_lost_cover_all_the_same),
    ("cleared", wrong_scene.it_goes_on_over_crews_in_danger),
    *wrong_scene.UNABLE,
    ("place", wrong_scene.others_are_sent_where_a_crew_left),
    ("beside", lambda patch: _nobody_waits(patch, Wait.BESIDE)),
    *wrong_scene.BESIDE,
    ("owed", lambda patch: _nobody_waits(patch, Wait.INSTRUCTION)),
    ("unread", wrong_scene.unread_for_seconds),
    ("moved", _whoever_is_asked_is_moved),
    ("worth", _moved_for_a_minute),
    ("zones", wrong_scene.zones_are_open),
    ("zones", wrong_scene.led_farther_in),
    ("whole", _a_part_will_do),
    ("parts", _a_part_will_do),
    ("first", _whoever_waits_is_passed_over),
    ("taken", _a_yes_is_not_checked),
    ("kept", _a_yes_is_forgotten),
    ("shown", lambda patch: _nobody_waits(patch, Wait.STANDBY)),
    ("answered", _any_words_will_do),
    ("heard", _no_time_to_read),
    ("unread", _crews_know_it_all),
    ("spoken", _whoever_speaks_is_a_desk),
    ("guided", _no_committee_sees_it),
    ("handed up", lambda patch: _nobody_waits(patch, Wait.HAND_UP)),
    ("one desk", wrong_handing.the_township_goes_on),
    ("no gap", wrong_handing.gone_at_once),
    ("cover", wrong_handing.who_relieves_fills_a_gap),
    ("gone on", lambda patch: _nobody_waits(patch, Wait.BATCH)),
    ("as told", wrong_handing.all_are_counted),
    ("undisturbed", wrong_handing.crews_go_with_it),
    ("given back", wrong_handing.given_back_to_nobody),
    ("filed", wrong_handing.recovery_stays_behind),
    ("relieved", wrong_handing.no_relief_is_the_townships_alone),
    ("relieved", wrong_handing.a_no_is_heard_an_hour_later),
    ("given back", wrong_handing.anybody_answers),
    ("awaited", _a_clock_for_whoever_waits),
    ("shifts", lambda patch: _nobody_waits(patch, Wait.SHIFT)),
    ("shifts", wrong_handing.whoever_handed_over_is_gone),
    ("shift in time", wrong_handing.nobody_sees_that_the_desk_acts),
]


@pytest.mark.breaks_rules
@pytest.mark.parametrize(("law", "wrong"), WRONG)
def test_a_law_notices_a_wrong_rule(law: str, wrong: Any, monkeypatch: Patch) -> None:
    wrong(monkeypatch)
    assert any(law in _noticed(seed, law) for seed in range(160))


def _noticed(seed: int, law: str) -> set[str]:
    """The laws that were broken in a play, which is over as soon as this one is."""
    watch = Watch(Play(seed))
    try:
        for _ in range(12):
            watch.play.run(12)
            if watch.complaints[law]:
                break
        else:
            watch.play.finish()
    except EndlessTicks:
        return {"ticks"}
    except RuleFailed:
        pass  # so wrong that the turn fails: what was noticed until then counts
    return {name for name, found in watch.complaints.items() if found}


def test_every_law_was_seen_to_notice() -> None:
    assert {law for law, _ in WRONG} == {*NAMES, "ticks"}
