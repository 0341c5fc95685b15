"""The laws: what every person in it may count on, whatever the others do.

Each takes what is known at an instant and yields what is wrong, in words. `Watch` looks on while
somebody plays: at facts after every turn, at needs and promises whenever nothing is due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from schemas import facts as f
from schemas.turns import Turn
from schemas.values import LineId, OrganizationId
from schemas.views import AssignmentRow, DemandRow, IncidentRow, OfferRow, Put, TaskRow
from streams.matching.why import why
from tests.streams import (
    laws_batches,
    laws_beside,
    laws_handing,
    laws_held,
    laws_nobody,
    laws_plans,
    laws_public,
    laws_relief,
    laws_scene,
    laws_shifts,
    laws_told,
    laws_waiting,
    laws_whole,
    laws_words,
    waiting,
)
from tests.streams.book_entries import Line
from tests.streams.books import DAY, Books
from tests.streams.laws_groups import asked_once, grouped
from tests.streams.laws_villages import Villages, guided, spoken
from tests.streams.needs import CAP, JUDGED, Reason, changed, reason, short_lines
from tests.streams.play import Play

Wrong = Iterator[str]
LOOKS = (f.LineUnmet, f.LineInHand, f.OfferSent)


class Watch:
    """Looks on at a play; `complaints` are what it found, by law."""

    def __init__(self, play: Play) -> None:
        self.play, self.books, self.words = play, Books(), laws_words.Words()
        self.villages, self.complaints = Villages(), defaultdict[str, list[str]](list)
        self.hand_ups, self.reliefs = laws_handing.HandUps(), laws_relief.Reliefs()
        self.shifts, self.places = laws_shifts.Shifts(), laws_beside.Places()
        self.planned: dict[str, None] = {}  # requests that a plan has sent
        self.batches, self.public = laws_batches.Batches(), laws_public.Public()
        self.rows: dict[str, Any] = {}
        self.audiences: dict[str, Any] = {}
        self.live: dict[str, Any] = {}  # rows that promise or wait for something
        self.rests = self._seen = 0
        self.pairs: list[tuple[Line, str, Reason | None]] = []  # short lines and who might serve
        self.look()
        play.watch, play.rest = self.look, self.rest

    def look(self) -> None:
        """After every turn."""
        for taken in self.play.world.turns[self._seen :]:
            self._seen += 1
            self.shifts.act(self, taken.turn)
            for fact in taken.turn.facts:
                self._apply(BEFORE, fact, taken.turn)
                self.books.learn(fact, taken.turn)
                for learn in (self.hand_ups.learn, self.reliefs.learn, self.places.learn):
                    learn(self, fact)
                for noun in ("words", "villages", "shifts", "batches", "public"):
                    getattr(self, noun).learn(fact)
            self._show(taken.changes, taken.turn)
            for fact in taken.turn.facts:
                self._apply(AFTER, fact, taken.turn)
            self.complaints["place"] += laws_told.place(self, taken.turn)
            laws_plans.remember(self, taken.turn)

    def rest(self) -> None:
        """At an instant at which nothing is due."""
        at, self.rests = self.play.world.at, self.rests + 1
        self.pairs = [
            (line, team, reason(self.books, line, team, at))
            for line in short_lines(self.books, at)
            for team in self.books.teams
            if line.skill in self.books.teams[team].units
        ]
        for name, law in RESTING.items():
            self.complaints[name] += law(self, at)
        if self.rests % 4 == 0:
            for name, law in SAMPLED.items():
                self.complaints[name] += law(self, at)

    def _apply(self, laws: dict[str, Any], fact: Any, turn: Turn) -> None:
        for name, law in laws.items():
            self.complaints[name] += law(self, fact, turn)

    def _show(self, changes: Any, turn: Turn) -> None:
        for put in changes:
            if not isinstance(put, Put):  # it has left the board, and promises nothing any more
                self.live.pop(put.id, None)
                continue
            row = put.row
            if isinstance(row, DemandRow):
                before = self.rows.get(row.id)
                self.complaints["promises"] += _postponed(before, row, turn)
                self.complaints["given back"] += laws_handing.silently(self, before, row, turn)
                self.complaints["left alone"] += laws_nobody.beside(before, row, turn)
            if isinstance(row, AssignmentRow):
                self.books.crews.shown(row)
            self.rows[row.id] = row
            self.audiences[row.id] = put.audience
            self.live.pop(row.id, None)
            if any(True for _ in promises(row)):
                self.live[row.id] = row


# What a row promises


def promises(row: Any) -> Iterator[tuple[str, int]]:
    """What a row says will have happened by when."""
    match row:
        case DemandRow():
            for line in row.lines:
                if line.retry_at is not None:
                    yield f"line {line.number} is looked at again", line.retry_at
            for helpers in row.helpers:
                yield "its helpers are let go", helpers.until
        case OfferRow(state="sent"):
            yield "it is answered or over", row.answer_by + 1
        case OfferRow(state="standby", standby_until=int(until)):
            yield "they are taken on or let go", until
        case TaskRow(ended_at=None):
            yield "it is opened, done, verified, asked about, or over", row.until or 0
        case IncidentRow(readable=True) if row.destroy_at is not None:
            yield "its key is destroyed", row.destroy_at


def _postponed(before: DemandRow | None, after: DemandRow, turn: Turn) -> Wrong:
    """A next look moves only by a look, or to an earlier time."""
    if before is None:
        return
    looked = {fact.line for fact in turn.facts if isinstance(fact, LOOKS)}
    for fact in turn.facts:
        looked |= set(fact.lines) if isinstance(fact, f.LinesLookedAt) else set()
    for old, new in zip(before.lines, after.lines, strict=False):
        if old.retry_at is None or new.retry_at is None or new.id in looked:
            continue
        if new.retry_at > old.retry_at:
            yield f"{turn.sequence}: line {new.number} is looked at later than was said"


def kept(watch: Watch, at: int) -> Wrong:
    for row in watch.live.values():
        for what, when in promises(row):
            if at >= when:
                yield f"{at}: {type(row).__name__} {row.id}: not so by then: {what}"


def early(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Nothing that was promised for a time happens before it."""
    match fact:
        case f.OfferExpired():
            if fact.at <= watch.books.asks[fact.offer].answer_by:
                yield f"{turn.sequence}: {fact.offer} is over before its deadline"
        case f.OfferStoodDown(reason="standby_over"):
            if fact.at < (watch.rows[fact.offer].standby_until or 0):
                yield f"{turn.sequence}: {fact.offer} is let go too early"
        case f.KeyDestroyed():
            if fact.at < (watch.rows[fact.incident].destroy_at or fact.at + 1):
                yield f"{turn.sequence}: the key is destroyed too early"
        case f.OfferSent() if fact.reason is None:
            line = watch.books.lines[fact.line]
            if fact.at < watch.books.needs[line.need].release_at:
                yield f"{turn.sequence}: {fact.offer} goes out before the demand is released"


# Who is asked


def asked(watch: Watch, at: int) -> Wrong:
    """Whoever is able and in reach of a short line is asked, whoever else is and cannot say yes."""
    for line, team, found in watch.pairs:
        if found is None and (not line.hazardous or watch.books.teams[team].unknown is None):
            yield f"{at}: {team} is able and not asked for {line.id}"


def ends(watch: Watch, at: int) -> Wrong:
    """Every reason ends by time or by a change; by time: then somebody looks."""
    for line, team, found in watch.pairs:
        views = watch.rows[line.need].lines
        [retry_at] = [view.retry_at for view in views if view.id == line.id]
        if retry_at is None:
            yield f"{at}: no next look is said for {line.id}"
        elif found is not None and found.until is None and found.change is None:
            yield f"{at}: {team} is kept from {line.id} by {found.name} for ever"
        elif found is not None and found.until is not None and found.until < retry_at:
            yield f"{at}: {team} may be asked for {line.id} before anybody looks"


def told(watch: Watch, at: int) -> Wrong:
    """The reason that a person is given is the reason, and so is its end. (Of every tenth.)"""
    area, operation = watch.play.world.area, watch.play.operation
    for line, team, found in watch.pairs[watch.rests % 10 :: 10]:
        said = why(area, operation, LineId(line.id), OrganizationId(team), at)
        wanted = (None, None) if found is None else (found.name, found.until)
        if said is None or (said.gate, said.until) != wanted:
            yield f"{at}: {team} on {line.id}: {wanted}, but is told {said}"


def fit(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Nobody is asked whom something keeps from it, nor for more units than are free."""
    if not isinstance(fact, f.OfferSent) or fact.reason is not None:
        return
    line = watch.books.lines[fact.line]
    found = reason(watch.books, line, fact.organization, fact.at)
    if found is not None and not (fact.rank == 0 and found.name in laws_waiting.THERE):
        yield f"{turn.sequence}: {fact.organization} is asked, in spite of {found.name}"
    if fact.quantity > watch.books.free(fact.organization, line.skill):
        yield f"{turn.sequence}: {fact.organization} is asked for {fact.quantity}, and has fewer"


def again(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Nobody is asked again before the time that was said, unless its change came."""
    if not isinstance(fact, f.OfferSent) or fact.reason is not None:
        return
    line = watch.books.lines[fact.line]
    pause = watch.books.pair(line, fact.organization).pause
    if pause is None:
        return
    late = pause.at is not None and fact.at >= pause.at
    if not late and not changed(watch.books, line, fact.organization):
        yield f"{turn.sequence}: {fact.organization} is asked again too early"


def said_again(watch: Watch, at: int) -> Wrong:
    """What an offer's row says of asking again is so; whoever was thanked: at once, but for whom a
    desk has sent home."""
    for key, pair in watch.books.pairs.items():
        row, line = watch.rows.get(pair.newest), watch.books.lines[key[0]]
        if row is None or pair.pause is None or row.state == "sent" or pair.round != line.round:
            continue
        if (row.again_at, row.again_on) != pair.pause[:2]:
            yield f"{at}: {row.id} ({row.state}): {pair.pause}, but its row says {row.again_at}"
        thanked = row.state == "stood_down" and pair.pause is watch.books.asks[row.id].pause
        judged = row.stand_down_reason in JUDGED  # the books know for how long
        if thanked and not judged and row.again_at != row.ended_at:
            yield f"{at}: {row.id} was thanked and may not be asked at once"


def cap(watch: Watch, fact: Any, turn: Turn) -> Wrong:
    """Four demands a day of P3 and P4; repeats and a desk's own asking excepted."""
    if not isinstance(fact, f.OfferSent) or fact.reason is not None:
        return
    line = watch.books.lines[fact.line]
    if watch.books.priority(line) < 3 or fact.rank == 0:
        return
    counted = watch.books.counted.get(fact.organization, [])
    today = {need for need, when in counted if fact.at < when + DAY}
    if line.need not in today and len(today) >= CAP:
        yield f"{turn.sequence}: {fact.organization} is asked for a fifth demand in a day"


# What is alive


def live(watch: Watch, at: int) -> Wrong:
    """Whatever is alive has a next step in time, or a person whom it waits for."""
    for row in watch.rows.values():
        match row:
            case IncidentRow(state="closing"):
                yield f"{at}: {row.id} is closing still"
            case IncidentRow(state="closed", readable=True, destroy_at=None):
                if not _tasks_in(watch, row.id):
                    yield f"{at}: nothing will come of the key of {row.id}"
            case OfferRow(state="sent") if watch.books.asks[row.id].answer_by < at:
                yield f"{at}: nobody waits for the answer to {row.id} any more"
            case AssignmentRow(state="committed" | "en_route", withdrawing=False):
                yield from _expected(watch, row, at)


def _tasks_in(watch: Watch, incident: str) -> bool:
    over = ("verified", "dropped", "lapsed")
    return any(
        row.incident == incident and row.state not in over
        for row in watch.rows.values()
        if isinstance(row, TaskRow)
    )


def _expected(watch: Watch, row: AssignmentRow, at: int) -> Wrong:
    """A crew on its way is expected by a time, and asked for when that is over."""
    crew = watch.books.crews.rows[row.id]
    if row.overdue != crew.overdue or row.replaced != crew.doubted:
        yield f"{at}: {row.id} is shown as on time, and is not"
    if crew.late_at is None and not row.overdue:
        yield f"{at}: {row.id} is waited for, for ever"
    elif crew.late_at is not None and at >= crew.late_at:
        yield f"{at}: {row.id} has not come, and nobody says so"


BEFORE: dict[str, Callable[[Watch, Any, Turn], Wrong]] = {
    "promises": early,
    "clock": laws_waiting.clock,
    "fit": fit,
    "held": waiting.held,
    "drafts": waiting.drafted,
    "again": again,
    "cap": cap,
    "once": asked_once,
    "one desk": laws_handing.one_desk,
    "no gap": laws_relief.no_gap,
    "as told": laws_batches.as_told,
    "may stay": laws_beside.spared,
    "undisturbed": laws_handing.undisturbed,
    "moved": laws_plans.moved,
    "worth": laws_plans.worth,
    "replaced": laws_scene.replaced,
    "heard of": laws_scene.heard_of,
    "missed": laws_scene.missed,
    "cleared": laws_scene.cleared,
    "unread": laws_told.early,
    "shift in time": laws_shifts.early,
    "zones": laws_told.nobody,
    "committed": laws_held.committed,
    "whole": laws_whole.whole,
    "first": laws_waiting.first,
    "taken": laws_waiting.taken,
    "awaited": laws_waiting.awaited,
    "kept": laws_waiting.kept,
    "answered": laws_words.answered,
    "heard": laws_words.heard,
}
"""Seen with what was known before the fact."""
AFTER: dict[str, Callable[[Watch, Any, Turn], Wrong]] = {
    "displaced": laws_held.displaced,
    "given back": laws_handing.given_back,
    "spoken": spoken,
    "left alone": laws_nobody.in_time,
}
"""Seen with what is known behind the turn."""
RESTING: dict[str, Callable[[Watch, int], Wrong]] = {
    "gone on": laws_batches.gone_on,
    "asked": asked,
    "ends": ends,
    "told": told,
    "grouped": grouped,
    "silent": laws_scene.silent,
    "inside": laws_scene.inside,
    "beside": laws_beside.owed,
    "place safe": laws_beside.over,
    "leaving": laws_scene.leaving,
    "reported": laws_scene.reported,
    "owed": laws_told.owed,
    "handed up": laws_handing.waited,
    "unable": laws_waiting.unable,
    "relieved": laws_relief.answered,
    "shifts": laws_shifts.told,
    "public": laws_public.read,
    "promises": kept,
    "left alone": laws_nobody.somebodys,
}
SAMPLED: dict[str, Callable[[Watch, int], Wrong]] = {
    "again": said_again,
    "cover": laws_held.cover,
    "lost": laws_scene.lost,
    "parts": laws_whole.parts,
    "unread": laws_words.unread,
    "live": live,
    "filed": laws_handing.filed,
    "waiting": waiting.climbs,
    "shown": laws_waiting.shown,
    "guided": guided,
}
"""At every fourth of these instants."""
NAMES = tuple(dict.fromkeys([*BEFORE, *AFTER, *RESTING, *SAMPLED, "place"]))

SEEDS, STEPS = range(12), 260


@cache
def watched(seed: int) -> Watch:
    """A play that is over and was watched; every other one is carried to its end."""
    watch = Watch(Play(seed))
    watch.play.run(STEPS)
    if seed % 2:
        watch.play.finish()
    return watch
