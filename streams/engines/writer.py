"""The writer thread: owns the areas and the write connection, decides and commits in batches."""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Final

from schemas.turns import Envelope
from schemas.values import AreaId, Instant, Milliseconds, TimeSource
from schemas.wire import decode_turn
from streams.area import Area
from streams.board import everything
from streams.engines import Defect, KeyReused, Moved, Published, Receipt, TickStale
from streams.engines.alive import SHOWN_EVERY, Alive
from streams.engines.changing import Standing, changing
from streams.engines.clock import Clock
from streams.engines.defects import Defects
from streams.engines.folder import Folder
from streams.engines.folding import fold_all
from streams.engines.handover import (
    Asked,
    Batch,
    Delivery,
    Ended,
    Failed,
    Item,
    Rows,
    Stop,
    WantRows,
)
from streams.engines.keeping import Keeper
from streams.engines.log_file import LogFile, NoRoom
from streams.engines.ticks import Place, Ticker, silent_since
from streams.turning import MovedAway, Repeat, RuleFailed, due, take
from streams.versions import present

BATCH: Final = 256
AHEAD: Final = 100  # organizations that are looked at between two looks at the inbox
PATIENCE: Final = 1_000  # ms; short, since a sleeping machine stops the queue's clock, not ours
PROBE_EVERY: Final = 1_000  # ms between two tries to write on a full disk
EXIT_FAILED: Final = 70
LAST_WORDS_S: Final = 5.0  # for an event loop that does not come round to ending the process

_logger = logging.getLogger("shouwang.writer")


class Writer(threading.Thread):
    """Takes items from `inbox` and gives deliveries in the order of the log."""

    def __init__(
        self,
        folder: Folder,
        log: LogFile,
        clock: Clock,
        alive: Alive,
        deliver: Callable[[Delivery], None],
    ) -> None:
        super().__init__(name="writer", daemon=True)
        self.inbox: SimpleQueue[Item] = SimpleQueue()
        self._folder = folder
        self._log = log
        self._clock = clock
        self._alive = alive
        self._deliver = deliver
        self._defects = Defects(folder.defects)
        self._ticker = Ticker()
        self._keeper = Keeper(folder.path, clock)
        self._areas: dict[AreaId, Area] | None = None
        self._probe_at: Instant | None = None  # set while the disk is full
        self._batch = Batch([])

    def fold(self) -> dict[AreaId, Area]:
        """The state of every area, folded from the log if it is not there.

        For the writer itself, and for whoever opens the log before the writer is started.
        """
        if self._areas is None:
            begun = fold_all(self._folder, self._log)
            self._areas = {area.id: area for area, _ in begun}
            self._keeper.begin(begun)
            for area in self._areas.values():
                if is_live(area):
                    self._ticker.expect(area)
        return self._areas

    def run(self) -> None:
        try:
            while self._round():
                pass
            self._show_alive()
            self._keeper.stop((self._areas or {}).values())
            self._log.close()
            self._drop()
            self._deliver(Ended())
        except BaseException:  # whatever it was, memory may be wrong by now
            _logger.critical("the writer has failed; this process ends", exc_info=True)
            self._deliver(Failed([asked.waiter for asked in self._batch.asked]))
            time.sleep(LAST_WORDS_S)
            os._exit(EXIT_FAILED)

    def _round(self) -> bool:
        """One batch, from the inbox to the event loop. False once it was the last."""
        items = self._gather()
        self._batch = batch = Batch([item for item in items if isinstance(item, Asked)])
        if self._probe_at is None:
            self._write(batch)
        else:
            self._wait_for_room(batch, self._probe_at)
        if batch.worth_telling:
            self._deliver(batch)
        if self._areas is not None:
            self._keeper.look(self._areas.values())
            self._look_ahead(self._areas.values())
        if any(isinstance(item, WantRows) for item in items):
            self._deliver(Rows([_rows(area) for area in self.fold().values()]))
        return not any(isinstance(item, Stop) for item in items)

    def _gather(self) -> list[Item]:
        items: list[Item] = []
        try:
            items.append(self.inbox.get(timeout=self._rest() / 1000))
            while len(items) < BATCH:
                items.append(self.inbox.get_nowait())
        except Empty:
            pass
        return items

    def _rest(self) -> int:
        """How long to wait for an item, in milliseconds."""
        now = self._clock.now()
        if self._probe_at is not None:
            return min(PATIENCE, max(0, self._probe_at - now))
        rest = self._ticker.rest(now)
        return PATIENCE if rest is None else min(PATIENCE, rest)

    def _look_ahead(self, areas: Iterable[Area]) -> None:
        """Until somebody waits: then a search finds everybody looked at already."""
        now = self._clock.now()
        for area in areas:
            while is_live(area) and self.inbox.empty() and area.look_ahead(now, AHEAD):
                pass

    # Deciding and committing

    def _write(self, batch: Batch) -> None:
        areas = self.fold()
        self._change_rules(batch, areas.values())
        self._resume(batch, areas.values())
        for waiter, envelope in batch.asked:
            batch.answers.append((waiter, self._answer(batch, areas[envelope.area], envelope)))
        now = self._clock.now()
        for place in self._ticker.ready(now):
            self._tick(batch, place, now)
        for name in dict.fromkeys(row.area for row in batch.rows):
            self._expect(batch, areas[name])
        self._commit(batch)
        self._clock.look()
        self._show_alive(SHOWN_EVERY)

    def _change_rules(self, batch: Batch, areas: Iterable[Area]) -> None:
        """A log that another version decided so far goes on by the present one."""
        for area in areas:
            rules = present().number if area.told is None else area.told.rules
            if rules < present().number and area.moved is None:
                at = None if is_live(area) else area.at
                self._answer(batch, area, changing(Standing(area.id, rules, area.sequence, at)))

    def _resume(self, batch: Batch, areas: Iterable[Area]) -> None:
        """After a standstill, give lost time back before anybody else has a say."""
        now = self._clock.now()
        for area in areas:
            since = silent_since(area, now, now) if is_live(area) else None
            if since is not None:
                self._ticker.stood_still(area, since)
        for place in self._ticker.resuming(now):
            self._tick(batch, place, now)

    def _answer(self, batch: Batch, area: Area, envelope: Envelope) -> Receipt | Exception:
        """Take one command's turn; the answer is good only once the batch is durable."""
        try:
            outcome = take(area, envelope, self._stamp(area, envelope))
        except KeyReused as reused:
            return reused.with_traceback(None)  # which would hold on to this batch
        except MovedAway:
            return Moved("the log has been moved away")
        except RuleFailed as failure:
            self._defects.record(envelope, area.at, area.sequence + 1, failure)
            return Defect("a rule failed on this command", failure.piece)
        if isinstance(outcome, Repeat):
            return self._earlier(batch, area, outcome.sequence)
        if outcome.left is not None:
            self._defects.record(envelope, area.at, area.sequence, outcome.left)
        batch.add(outcome)
        return Receipt(outcome.turn, repeated=False)

    def _stamp(self, area: Area, envelope: Envelope) -> Instant:
        """The log's own stamp, or the conductor's time; `take` never lets it fall."""
        if is_live(area):
            return self._clock.now()
        assert envelope.at is not None
        return envelope.at

    def _earlier(self, batch: Batch, area: Area, sequence: int) -> Receipt | Exception:
        """The answer of a turn that is in the file, or on its way there in this batch."""
        if sequence == 0:
            return TickStale("this tick is not the next one of its operation")
        turn = batch.turn(area.id, sequence)
        if turn is None:
            turn = decode_turn(self._log.stored(area.id, sequence))
        return Receipt(turn, repeated=True)

    def _tick(self, batch: Batch, place: Place, now: Instant) -> None:
        name, operation = place
        area = self.fold()[name]
        answer = self._answer(batch, area, self._ticker.next(area, operation))
        if isinstance(answer, Defect):
            self._ticker.failed(place, answer.piece, now)
            return
        self._ticker.came_back(place, now)
        self._ticker.gave_back(place, now, now)

    def _expect(self, batch: Batch, area: Area) -> None:
        batch.due[area.id] = due(area)
        if is_live(area):
            self._ticker.expect(area)

    def _commit(self, batch: Batch) -> None:
        if not batch.rows:
            return
        try:
            self._log.append(batch.rows)
        except NoRoom:
            _logger.critical("the disk is full; nothing is written until there is room")
            self._drop()
            gc.collect()  # the old state refers to itself, and there is time now
            self._probe_at = self._clock.now() + PROBE_EVERY
            batch.refuse()
            batch.full = True

    def _wait_for_room(self, batch: Batch, probe_at: Instant) -> None:
        """Refuse whoever came in meanwhile; try now and then whether writing works again."""
        batch.refuse()
        if self._clock.now() < probe_at:
            return
        if self._log.probe():
            _logger.critical("there is room on the disk again; the state is folded from the log")
            self._probe_at = None
            self.fold()
            batch.full = False
        else:
            self._probe_at = self._clock.now() + PROBE_EVERY

    def _show_alive(self, every: Milliseconds = 0) -> None:
        if self._areas is not None and any(map(is_live, self._areas.values())):
            self._alive.show(every)

    def _drop(self) -> None:
        """Let go of a state that has run ahead of the log, or is no longer wanted."""
        self._areas = None
        self._ticker.forget()
        gc.unfreeze()


def is_live(area: Area) -> bool:
    return area.time_source is TimeSource.LIVE


def _rows(area: Area) -> Published:
    return Published(area.id, area.sequence, area.at, everything(area))
